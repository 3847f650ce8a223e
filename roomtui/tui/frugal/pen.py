"""The cheapest sequences that move a terminal's cursor and change how it writes."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

_FOREGROUNDS: Final = frozenset(map(str, (*range(30, 39), *range(90, 98))))
_BACKGROUNDS: Final = frozenset(map(str, (*range(40, 49), *range(100, 108))))


class Look(NamedTuple):
    """SGR parameters, taken apart: the colours, and everything else in order."""

    foreground: str
    background: str
    attributes: tuple[str, ...]


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


@lru_cache(maxsize=16384)
def restyle(before: str | None, after: str) -> str:
    """The sequence that lets a terminal that writes as `before` (None: nobody knows) write as `after`."""
    if before == after:
        return ""
    if not after:
        return "\x1b[m"
    whole = f"\x1b[{after}m" if before == "" else f"\x1b[0;{after}m"
    if not before:
        return whole
    old, new = look(before), look(after)
    lost_colour = (old.foreground and not new.foreground) or (old.background and not new.background)
    if lost_colour or not set(old.attributes) <= set(new.attributes):
        return whole
    changes = [attribute for attribute in new.attributes if attribute not in old.attributes]
    if new.foreground != old.foreground:
        changes.append(new.foreground)
    if new.background != old.background:
        changes.append(new.background)
    if not changes:
        return ""  # the same look, said in another order
    return min(f"\x1b[{';'.join(changes)}m", whole, key=len)


def move(before: tuple[int, int] | None, after: tuple[int, int]) -> str:
    """The shortest sequence that takes the cursor from `before` (None: nobody knows) to `after`.

    Both are column and row, from 0. Line feeds are not used: a terminal line may make more of them.
    """
    column, row = after
    absolute = f"\x1b[{row + 1};{column + 1}H" if column else f"\x1b[{row + 1}H" if row else "\x1b[H"
    if before is None or before == after:
        return absolute if before is None else ""
    return min(absolute, _vertically(row - before[1]) + _horizontally(before[0], column), key=len)


def _vertically(rows: int) -> str:
    if not rows:
        return ""
    count = "" if abs(rows) == 1 else str(abs(rows))
    return f"\x1b[{count}{'B' if rows > 0 else 'A'}"


def _horizontally(start: int, end: int) -> str:
    if start == end:
        return ""
    if end == 0:
        return "\r"
    distance = abs(end - start)
    relative = f"\x1b[{'' if distance == 1 else distance}{'C' if end > start else 'D'}"
    options = [relative, f"\x1b[{end + 1}G"]
    if end < start:
        options.append("\b" * distance)
    return min(options, key=len)
