"""Text from outside, made safe to show.

Room names, identities, track names and Twilio's own messages are chosen by strangers. Textual is no filter: escape
sequences in a name reach the terminal and can write to its clipboard. So outside text is wrapped where it enters the
program, and the only way to show it is its safe form.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# More marks than this on one letter is not a script, it is an attack on the lines above and below.
_MARKS_PER_LETTER: Final = 2

# Letters by category, yet drawn as nothing at all: two names that look the same must not be two names.
_BLANK_LETTERS: Final = frozenset(
    "\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5\U00013441\U00013442\U00016fe4\U0001d159"
)
# Narrow before Unicode 16 and wide since, as hexagrams and counting rods, or as wide as each terminal likes: tens on a
# black square, and marks of tone and reading that are as wide as the letter before them.
_OF_DOUBTFUL_WIDTH: Final = re.compile(
    "[\u2630-\u2637\u268a-\u268f\u302e\u302f\u3248-\u324f\u4dc0-\u4dff"
    "\U00016ff0\U00016ff1\U0001d300-\U0001d356\U0001d360-\U0001d376]"
)
_SPACES: Final = frozenset(" \u3000")
_INVISIBLE: Final = frozenset({"Cf", "Cs", "Cn", "Co", "Zl", "Zp", "Zs"})
_MARKS: Final = frozenset({"Mn", "Me"})
_BESIDE_MAX: Final = 2


class Untrusted:
    """A string from outside: `raw` for look-ups, TwiML and JSON; `safe` (and `str()`) for people's eyes.

    Compared, ordered and hashed by its raw value, so it may key a dictionary.
    """

    __slots__ = ("raw",)

    raw: str

    def __init__(self, raw: str) -> None:
        self.raw = raw

    @property
    def safe(self) -> str:
        """One printable line: no control, bidi, zero-width or unassigned character, none of them lost.

        Control characters are shown as ``^[``, the other unprintable ones as ``<202E>``; the text is in NFC. It may
        still hold markup such as ``[b]`` or ``<b>``: never hand it to anything that reads markup.
        """
        return safe(self.raw)

    def __str__(self) -> str:
        return self.safe

    def __format__(self, spec: str) -> str:
        return format(self.safe, spec)

    def __repr__(self) -> str:
        return f"Untrusted({self.safe!r})"

    def __eq__(self, other: object) -> bool:
        return self.raw == other.raw if isinstance(other, Untrusted) else NotImplemented

    def __lt__(self, other: Untrusted) -> bool:
        return self.raw < other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __bool__(self) -> bool:
        return bool(self.raw)


def safe(raw: str) -> str:
    """`raw` as one printable line; see `Untrusted.safe`."""
    if raw.isascii() and raw.isprintable():
        return raw
    # A lone surrogate cannot be normalised together with its neighbours, but NFC leaves it alone.
    return "".join(_drawn(unicodedata.normalize("NFC", raw)))


def letter_for_letter(raw: str) -> str:
    """`raw` as one printable line in which each character has its place: `?` for what `safe` would show as more."""
    if raw.isascii() and raw.isprintable():
        return raw
    return "".join(drawn if len(drawn) == 1 else "?" for drawn in _drawn(raw))


def _drawn(text: str) -> Iterator[str]:
    """Each of these characters as it is shown."""
    marks = _MARKS_PER_LETTER  # a mark with no letter before it has nothing to stand on
    beside = _BESIDE_MAX
    for character in text:
        category = unicodedata.category(character)
        if category in _MARKS and character not in _BLANK_LETTERS and not _is_variation_selector(character):
            marks += 1
            yield character if marks <= _MARKS_PER_LETTER else _visible(character)
            continue
        drawn = _shown(character, category)
        if category == "Mc" or is_part_of_a_syllable(character):
            beside += 1
            drawn = drawn if beside <= _BESIDE_MAX else _visible(character)
        else:
            beside = 0
        if drawn is character and character not in _SPACES:
            marks = 0
        else:
            marks, beside = _MARKS_PER_LETTER, _BESIDE_MAX
        yield drawn


def _shown(character: str, category: str) -> str:
    if category == "Cc":
        return _caret(character)
    if character in _SPACES:
        return character
    if category in _INVISIBLE or character in _BLANK_LETTERS or category in _MARKS or _is_half_a_picture(character):
        return _visible(character)
    if _OF_DOUBTFUL_WIDTH.match(character):
        return _visible(character)
    return character


def _is_variation_selector(character: str) -> bool:
    # They change how wide the letter before is drawn, and no two terminals agree on it.
    return (
        "\u180b" <= character <= "\u180f"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def _is_half_a_picture(character: str) -> bool:
    # Two letters that are one flag, a colour of skin: as above, they are drawn with what stands beside them, or not.
    return "\U0001f1e6" <= character <= "\U0001f1ff" or "\U0001f3fb" <= character <= "\U0001f3ff"


def is_part_of_a_syllable(character: str) -> bool:
    """Whether it is a Korean vowel or final: it is drawn into the syllable before it."""
    return "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7fb"


def _caret(control: str) -> str:
    point = ord(control)
    return f"^{chr(point ^ 0x40)}" if point < 0x80 else _visible(control)


def _visible(character: str) -> str:
    return f"<{ord(character):04X}>"
