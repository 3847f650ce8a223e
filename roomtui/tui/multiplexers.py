"""tmux and GNU screen between us and the terminal of the person: what they pass on to it, and in which form.

Measured with tmux 3.3a and screen 4.9: an OSC 52 as it is is dropped by screen, and by tmux unless its `set-clipboard`
is `on`; tmux passes on what is wrapped for it where `allow-passthrough` is on (before 3.3 always), screen what is
wrapped in pieces of less than 700 bytes. A longer string than that is spilt on screen's window.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SCREEN_PIECE: Final = 240
SPILT_BY_SCREEN: Final = 500
"""Characters of a sequence up to which screen swallows whole what it does not pass on."""

# Terminals of which it is known that they obey no OSC 52; some of them print what they do not know.
_MUTE: Final = frozenset({"dumb", "linux", "unknown"})

# Only screen passes these on, each by itself. The first begins a string that no terminal knows, so that it swallows the
# word which is tmux's own; the second ends it, if nothing else has, by a mode that none knows.
_SWALLOW: Final = "\x1bP\x1b]9999;\x1b\\"
_SWALLOWED: Final = "\x1bP\x1b[?9999h\x1b\\"

# Of the client that was used last: it is the one that tmux hands a copy to. What may hold anything comes last.
_FIELDS: Final = ("pane_tty", "allow-passthrough", "client_control_mode", "client_termname", "client_termfeatures")
TMUX_FORMAT: Final = "|".join(f"#{{{field}}}" for field in (*_FIELDS, "client_termtype"))
"""What tmux is asked to print for `Tmux.told`."""


class Outside(Enum):
    """What our output arrives at next."""

    TERMINAL = "a terminal"
    MUTE = "a terminal that takes no copies"
    TMUX = "tmux"
    SCREEN = "GNU screen"
    EITHER = "tmux or GNU screen"


def outside(term: str, answers: str = "") -> Outside:
    """What is known by this TERM.

    Args:
        term: as the environment has it, or tmux's `client_termname`.
        answers: what it says it is (XTVERSION), where it has been asked.
    """
    if answers.startswith("tmux") or term.startswith("tmux"):
        return Outside.TMUX
    if term.startswith("screen."):  # screen's own way to name itself
        return Outside.SCREEN
    if term.startswith("screen"):  # that of old or cautious tmuxes too
        return Outside.EITHER
    return Outside.MUTE if term in _MUTE else Outside.TERMINAL


@dataclass(frozen=True, slots=True)
class Tmux:
    """What a tmux says of itself.

    Attributes:
        pane: the terminal that our pane is, as a path.
        passes: whether it passes on what is wrapped for it.
        hands_on: whether it hands copies to the terminal by itself.
        around: what it runs in; None where nobody is attached.
        term: the TERM of that.
    """

    pane: str
    passes: bool
    hands_on: bool
    around: Outside | None
    term: str

    @classmethod
    def told(cls, line: str) -> Tmux:
        """What stands in a line that was asked for by `TMUX_FORMAT`; an old tmux leaves fields of it empty."""
        fields = line.strip("\n").split("|", len(_FIELDS))
        fields += [""] * (len(_FIELDS) + 1 - len(fields))
        pane, passthrough, control, term, features, answers = fields
        plain = bool(term) and control != "1"  # a client in control mode draws by itself, and gets no sequences
        return cls(
            pane=pane,
            passes=plain and passthrough not in {"0", "off"},
            hands_on=plain and "clipboard" in features.split(","),
            around=outside(term, answers) if term else None,
            term=term,
        )


def for_outside(sequence: str, place: Outside) -> str:
    """`sequence` in all the forms in which it may get through what our output arrives at; empty where none does."""
    if place is Outside.MUTE:
        return ""
    if place is Outside.TERMINAL:
        return sequence
    if place is Outside.SCREEN:
        return through_screen(sequence)
    if place is Outside.TMUX:
        return sequence + through_tmux(sequence)
    # tmux drops what is wrapped for screen. The other way round, its own word must be kept off the terminal.
    for_tmux = _SWALLOW + through_tmux(sequence) + _SWALLOWED if len(sequence) <= SPILT_BY_SCREEN else ""
    return sequence + for_tmux + through_screen(sequence)


def through_multiplexer(sequence: str, environ: Mapping[str, str]) -> str:
    """`sequence` for the terminal outside: bare, or wrapped as the multiplexer that we run in passes things on."""
    if environ.get("STY"):
        return through_screen(sequence)
    if environ.get("TMUX") or environ.get("TERM", "").startswith(("screen", "tmux")):
        return through_tmux(sequence)
    return sequence


def through_tmux(sequence: str) -> str:
    """`sequence` as tmux passes it on."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def through_screen(sequence: str) -> str:
    """`sequence` as screen passes it on."""
    return "".join(f"\x1bP{piece}\x1b\\" for piece in _pieces(sequence))


def _pieces(sequence: str) -> Iterator[str]:
    # None may hold the two characters that end it.
    start = 0
    while start < len(sequence):
        end = min(start + _SCREEN_PIECE, len(sequence))
        closing = sequence.find("\x1b\\", start, end)
        if closing >= 0:
            end = closing + 1
        yield sequence[start:end]
        start = end
