"""Which way a copy goes from where we run, what that is worth, and what would make it better. Pure: nothing is sent.

No way over a terminal reports success. So the words tell apart what is known (that it lies in tmux's buffer) from what
was only asked for (that the terminal take it).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from roomtui.rooms.untrusted import safe
from roomtui.tui.multiplexers import Outside, Tmux, for_outside, outside, through_screen, through_tmux

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OR_Y: Final = "; if a paste is empty, press Y"

# Programs that put standard input onto the clipboard of this very machine.
_LOCAL: Final = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    (None, ("pbcopy",)),
)


class Way(Enum):
    """The ways; `told` and so on are said of each in `WORDS`."""

    LOCAL = "local"
    TERMINAL = "terminal"
    MUTE = "mute"
    TMUX = "tmux"
    TMUX_ALONE = "tmux-alone"
    TMUX_IN_TMUX = "tmux-in-tmux"
    TMUX_IN_SCREEN = "tmux-in-screen"
    TMUX_SHUT_IN = "tmux-shut-in"
    TMUX_IN_EITHER = "tmux-in-either"
    TMUX_SILENT = "tmux-silent"
    SCREEN = "screen"
    AROUND = "around"


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a way.

    Attributes:
        told: behind a copy, what became of it.
        outlook: before any copy, what will become of it.
        mend: what would make it better, a sentence; empty where nothing would.
    """

    told: str
    outlook: str
    mend: str


WORDS: Final = {
    Way.LOCAL: Words("on the clipboard", "the clipboard of this machine", ""),
    Way.TERMINAL: Words(
        f"your terminal was asked to take it{_OR_Y}",
        "your terminal is asked to take it (OSC 52), and does not say whether it did",
        "If a paste is empty, allow OSC 52 (access to the clipboard) in the terminal's settings, or press Y.",
    ),
    Way.MUTE: Words(
        "not copied, for this terminal takes no copies; press Y",
        "none: a terminal of this kind takes no copies",
        "Y shows what was copied; in tmux it is kept in its buffer; or set TERM to what the terminal really is.",
    ),
    Way.TMUX: Words(
        "in tmux's buffer; your terminal was asked to take it, too",
        "tmux's buffer; your terminal is asked to take it, too (OSC 52)",
        "",
    ),
    Way.TMUX_ALONE: Words(
        "in tmux's buffer, and only there",
        "tmux's buffer alone: tmux does not know that the terminal takes copies",
        "If it does: set -as terminal-features ',{term}:clipboard' in ~/.tmux.conf; then attach anew.",
    ),
    Way.TMUX_IN_TMUX: Words(
        "in tmux's buffer; the tmux around it was asked to pass it on",
        "the inner tmux's buffer; the tmux around it is asked to pass it on, and by itself does not",
        "In the ~/.tmux.conf of the outer one: set -s set-clipboard on",
    ),
    Way.TMUX_IN_SCREEN: Words(
        "in tmux's buffer; screen was asked to pass it on",
        "tmux's buffer; screen around it is asked to pass it on to your terminal",
        "",
    ),
    Way.TMUX_SHUT_IN: Words(
        "in tmux's buffer, and only there",
        "tmux's buffer alone: tmux may pass nothing on to the screen around it",
        "Set in ~/.tmux.conf: set -g allow-passthrough on",
    ),
    Way.TMUX_IN_EITHER: Words(
        "in tmux's buffer; the tmux or screen around it was asked to pass it on",
        "the inner tmux's buffer; the tmux or screen around it is asked to pass it on, and tmux by itself does not",
        "In the ~/.tmux.conf of an outer tmux: set -s set-clipboard on",
    ),
    Way.TMUX_SILENT: Words(
        f"tmux did not answer; your terminal was asked to take it{_OR_Y}",
        "TMUX is set, but tmux does not answer: your terminal is asked to take it (OSC 52)",
        "Put tmux on the PATH, and let this user reach its socket; or leave TMUX unset where there is no tmux.",
    ),
    Way.SCREEN: Words(
        f"screen was asked to pass it on{_OR_Y}",
        "screen is asked to pass it on to your terminal (OSC 52, in pieces)",
        "Nothing is to be set in screen. If a paste is empty, allow OSC 52 in the terminal's settings, or press Y; a "
        "tmux at your side around it needs: set -s set-clipboard on",
    ),
    Way.AROUND: Words(
        f"the tmux or screen around us was asked to pass it on{_OR_Y}",
        "the tmux or screen around us, known by TERM alone, is asked to pass it on; tmux by itself does not",
        "In the ~/.tmux.conf of that tmux, as a rule at your side: set -s set-clipboard on",
    ),
}

# Those from which it is not known to have come to where it can be pasted from.
_UNSURE: Final = frozenset({Way.TERMINAL, Way.MUTE, Way.TMUX_SILENT, Way.SCREEN, Way.AROUND})

# By what tmux runs in.
_ASKED: Final[dict[Outside | None, Way]] = {
    Outside.TMUX: Way.TMUX_IN_TMUX,
    Outside.SCREEN: Way.TMUX_IN_SCREEN,
    Outside.EITHER: Way.TMUX_IN_EITHER,
}
_NOT_ASKED: Final[dict[Outside | None, Way]] = {
    Outside.SCREEN: Way.TMUX_SHUT_IN,
    Outside.EITHER: Way.TMUX_SHUT_IN,
}


@dataclass(frozen=True, slots=True)
class Route:
    """The way from here.

    Attributes:
        way: which.
        forms: make of a sequence what is written to our terminal.
        command: what is run instead, with the text on its standard input.
        spills: whether a long sequence may be spilt on the screen.
        term: what the terminal is called that tmux runs in.
    """

    way: Way
    forms: tuple[Callable[[str], str], ...] = ()
    command: tuple[str, ...] = ()
    spills: bool = False
    term: str = ""

    @property
    def told(self) -> str:
        """What became of a copy."""
        return WORDS[self.way].told + self._by

    @property
    def outlook(self) -> str:
        """What will become of a copy."""
        return WORDS[self.way].outlook + self._by

    @property
    def sure(self) -> bool:
        """Whether it is known to lie where it can be pasted from."""
        return self.way not in _UNSURE

    @property
    def mend(self) -> str:
        """What would make it better; empty where nothing would."""
        return WORDS[self.way].mend.format(term=safe(self.term))

    @property
    def _by(self) -> str:
        return f" ({self.command[0]})" if self.command else ""

    def written(self, sequence: str) -> str:
        """What is written to our terminal."""
        return "".join(form(sequence) for form in self.forms)


def is_remote(environ: Mapping[str, str]) -> bool:
    """Whether the person sits at another machine, whose clipboard no program of this one reaches."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))


def route(
    environ: Mapping[str, str], tmux: Tmux | None, which: Callable[[str], str | None], tty: str | None = None
) -> Route:
    """The way from here.

    Args:
        environ: the environment.
        tmux: what tmux said; None where there is none, or it did not answer.
        which: finds a program.
        tty: the terminal that we write to, as a path, if it is known.
    """
    if environ.get("TMUX"):
        return _beside_silent(environ) if tmux is None else _through(tmux, environ, tty)
    if environ.get("STY"):
        return Route(Way.SCREEN, (through_screen,))
    term = environ.get("TERM", "")
    around = outside(term)
    if around not in {Outside.TERMINAL, Outside.MUTE}:
        return Route(Way.AROUND, (_form(around),), spills=around is Outside.EITHER)
    if not is_remote(environ):
        for variable, command in _LOCAL:
            if (variable is None or environ.get(variable)) and which(command[0]):
                return Route(Way.LOCAL, command=command)
    return Route(Way.MUTE) if around is Outside.MUTE else Route(Way.TERMINAL, (_form(around),))


def _through(tmux: Tmux, environ: Mapping[str, str], tty: str | None) -> Route:
    around = tmux.around
    forms: list[Callable[[str], str]] = []
    needed = around is not Outside.MUTE and not (around is Outside.TERMINAL and tmux.hands_on)
    if around is not None and tmux.passes and needed:
        form = _form(around)
        forms.append(lambda sequence: through_tmux(form(sequence)))
    asked = tmux.hands_on or bool(forms)
    way = _ASKED.get(around, Way.TMUX) if asked else _NOT_ASKED.get(around, Way.TMUX_ALONE)
    if tty and tmux.pane and tty != tmux.pane:
        # We do not write to the pane: there is a screen in it, or we only inherited the variable.
        forms.append(through_screen if environ.get("STY") else _form(Outside.TERMINAL))
        way = way if asked else Way.TMUX
    return Route(way, tuple(forms), spills=bool(forms) and around is Outside.EITHER, term=tmux.term)


def _beside_silent(environ: Mapping[str, str]) -> Route:
    if environ.get("STY"):
        return Route(Way.TMUX_SILENT, (through_screen,))
    around = outside(environ.get("TERM", ""))
    if around is Outside.MUTE:
        return Route(Way.MUTE)
    # Where TERM is none of tmux's, the variable may be left over from one.
    return Route(Way.TMUX_SILENT, (_form(around if around is Outside.TERMINAL else Outside.TMUX),))


def _form(around: Outside) -> Callable[[str], str]:
    return lambda sequence: for_outside(sequence, around)
