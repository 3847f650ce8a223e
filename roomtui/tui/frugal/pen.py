"""The cheapest sequences that move a terminal's cursor and change how it writes.

Only what every terminal since the VT100 does, and what `pyte`, tmux, screen and xterm do alike; what else may be used
where it is known to work is asked for (`line_feeds`, `blanks`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_FOREGROUNDS: Final = frozenset(map(str, (*range(30, 39), *range(90, 98))))
_BACKGROUNDS: Final = frozenset(map(str, (*range(40, 49), *range(100, 108))))
# What takes an attribute back, and what else that takes back.
_OFF: Final = {
    **dict.fromkeys(("1", "2"), "22"),
    "3": "23",
    **dict.fromkeys(("4", "21"), "24"),
    **dict.fromkeys(("5", "6"), "25"),
    "7": "27",
    "8": "28",
    "9": "29",
}
_NOT_SEEN_IN_A_BLANK: Final = frozenset({"1", "2", "3"})
_ANOTHER: Final = "48;5;256"
"""A background that nothing has."""
_INDEX: Final = "\x1bD"
_STRETCH: Final = re.compile(" {9,}")


class Look(NamedTuple):
    """SGR parameters, taken apart: the colours, and everything else in order."""

    foreground: str
    background: str
    attributes: tuple[str, ...]

    def __str__(self) -> str:
        return ";".join(part for part in (*self.attributes, self.foreground, self.background) if part)


@lru_cache(maxsize=4096)
def look(style: str) -> Look:
    """SGR parameters such as `1;38;2;1;2;3;48;5;16` taken apart."""
    foreground = background = ""
    attributes: list[str] = []
    numbers = style.split(";") if style else []
    at = 0
    while at < len(numbers):
        number = numbers[at]
        taken = 1
        if number in {"38", "48"} and at + 1 < len(numbers):
            taken = 5 if numbers[at + 1] == "2" else 3
        value = ";".join(numbers[at : at + taken])
        if number in _FOREGROUNDS:
            foreground = value
        elif number in _BACKGROUNDS:
            background = value
        else:
            attributes.append(value)
        at += taken
    return Look(foreground, background, tuple(attributes))


@lru_cache(maxsize=4096)
def ground(style: str) -> str:
    """What is seen of a style where nothing is written but a space: two with the same ground look the same there."""
    foreground, background, attributes = look(style)
    if _NOT_SEEN_IN_A_BLANK.issuperset(attributes):
        return background
    if attributes == ("7",) and foreground:
        return _as_background(foreground)
    return ";".join(part for part in (*attributes, foreground, background) if part)


def _as_background(foreground: str) -> str:
    if foreground.startswith("38;"):
        return f"48;{foreground[3:]}"
    return str(int(foreground) + 10)


@lru_cache(maxsize=16384)
def restyle(before: str | None, after: str) -> str:
    """The sequence that lets a terminal that writes as `before` (None: nobody knows) write as `after`."""
    if before == after:
        return ""
    if not after:
        return "\x1b[m"
    whole = f"\x1b[{after}m" if before == "" else f"\x1b[;{after}m"
    if not before:
        return whole
    old, new = look(before), look(after)
    lost = [attribute for attribute in old.attributes if attribute not in new.attributes]
    if not _OFF.keys() >= set(lost):
        return whole
    changes = list(dict.fromkeys(_OFF[attribute] for attribute in lost))
    # One switch may put out what is to stay.
    changes += [each for each in new.attributes if each not in old.attributes or _OFF.get(each) in changes]
    if new.foreground != old.foreground:
        changes.append(new.foreground or "39")
    if new.background != old.background:
        changes.append(new.background or "49")
    if not changes:
        return ""  # the same look, said in another order
    return min(f"\x1b[{';'.join(changes)}m", whole, key=len)


@lru_cache(maxsize=4096)
def restyle_and_tell_the_ground(before: str, after: str) -> str:
    """The same, with the background told even where it stays what it is."""
    told = look(before)._replace(background=_ANOTHER)
    return restyle(str(told), after)


@lru_cache(maxsize=16384)
def blanking(before: str | None, wanted: str) -> str:
    """The style on that ground which is nearest to `before`: for spaces alone."""
    if before is None:
        return wanted
    if ground(before) == wanted:
        return before
    old = look(before)
    if not (_NOT_SEEN_IN_A_BLANK.issuperset(old.attributes) and erasable(wanted)):
        return wanted
    return str(old._replace(background=wanted))


@lru_cache(maxsize=4096)
def erasable(style: str) -> bool:
    """Whether what is erased in this style looks like spaces written in it: nothing is seen but the background."""
    return ground(style) == look(style).background


def blanks(text: str, *, to_edge: bool) -> tuple[str, int]:
    """The shortest sequence that writes `text`, where what is erased takes the background; and how far it leads.

    Spaces at the end are erased where they stand, so that the cursor comes to stand before them: EL up to the edge of
    the screen (`to_edge`), ECH elsewhere. Longer stretches of spaces within are erased, and jumped over.
    """
    kept = text.rstrip(" ")
    behind = len(text) - len(kept)
    erased = "\x1b[K" if to_edge else f"\x1b[{behind}X"
    if behind <= len(erased):
        kept, behind, erased = text, 0, ""
    return _STRETCH.sub(_jump, kept) + erased, len(kept)


def _jump(spaces: re.Match[str]) -> str:
    count = len(spaces.group())
    return min(spaces.group(), f"\x1b[{count}X\x1b[{count}C", key=len)


def move(before: tuple[int | None, int] | None, after: tuple[int, int], *, line_feeds: bool = False) -> str:
    """The shortest sequence that takes the cursor from `before` to `after`.

    Both are column and row, from 0; of `before` the column may not be known, or (None) neither. Line feeds are used
    only where they do nothing but go down (`line_feeds`): the terminal's line may make more of them.
    """
    column, row = after
    absolute = _address(column, row)
    if before is None:
        return absolute
    if before == after:
        return ""
    relative = _vertically(row - before[1], row, "\n" if line_feeds else _INDEX) + _horizontally(before[0], column)
    return relative if len(relative) < len(absolute) else absolute


@lru_cache(maxsize=16384)
def _address(column: int, row: int) -> str:
    return f"\x1b[{row + 1 if row else ''}{f';{column + 1}' if column else ''}H"


@lru_cache(maxsize=4096)
def _vertically(rows: int, to: int, down: str) -> str:
    if not rows:
        return ""
    # Index and reverse index scroll at the edges of the screen, and nothing goes there from there.
    steps = (down if rows > 0 else "\x1bM") * abs(rows)
    return min(steps, f"\x1b[{abs(rows)}{'B' if rows > 0 else 'A'}", f"\x1b[{to + 1}d", key=len)


@lru_cache(maxsize=16384)
def _horizontally(start: int | None, end: int) -> str:
    if start == end:
        return ""
    if end == 0:
        return "\r"
    options = [f"\x1b[{end + 1}G", f"\r\x1b[{'' if end == 1 else end}C"]
    if start is not None:
        distance = abs(end - start)
        options.append(f"\x1b[{'' if distance == 1 else distance}{'C' if end > start else 'D'}")
        if end < start:
            options.append("\b" * distance)
    return min(options, key=len)
