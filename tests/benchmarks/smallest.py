"""The fewest bytes that take a terminal from one screen to another: what a program's output is held against.

For each changed cell its character, and the cheapest way for the cursor from one to the next, from left to right and
line by line: addressed or relative moves, or the cells between written again. Only what every terminal since the VT100
does, and every line lets through: no repeat, no erasing, no insert and delete, no scroll. Three yardsticks:

- without colours: what a program that writes cells in that order cannot do with less, on a line as it is found;
- the same on a line that lets line feeds through (without ONLCR, which makes two characters of one), as programs for
  whole screens may set it: a line down is one byte then, rather than two;
- with colours: each change of looks between two cells that are written one after the other costs the cheapest SGR.

No law of nature: another order can be shorter, and blanks can be erased. The dashboard does both, and sets the line, so
that it may come out below one of them. They are the same whatever it does, which is what a yardstick is for.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pyte.graphics import FG_BG_256

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyte.screens import Char

    from tests.benchmarks.emulator import Cells

_NAMED = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
_PALETTE = {colour: number for number, colour in reversed(list(enumerate(FG_BG_256)))}
_SWITCHES = (("bold", "1", "22"), ("italics", "3", "23"), ("underscore", "4", "24"), ("blink", "5", "25"))
_MORE_SWITCHES = (("reverse", "7", "27"), ("strikethrough", "9", "29"))


def smallest(
    before: Cells, after: Cells, cursor: tuple[int, int], pen: Char | None = None, *, line_feeds: bool = False
) -> int:
    """The bytes from `before` to `after`.

    Args:
        before: what the terminal shows.
        after: what it is to show.
        cursor: its column and line at the start.
        pen: how it writes at the start; None: looks cost nothing.
        line_feeds: whether a line feed goes down, and does nothing else.
    """
    total = 0
    for line, (old, new) in enumerate(zip(before, after, strict=True)):
        for column in _changed(old, new):
            total += _way(cursor, (column, line), new, pen, 1 if line_feeds else 2)
            cell = new[column]
            if pen is not None:
                total += restyle(_look(pen), _look(cell))
                pen = cell
            total += len(cell.data.encode())
            wide = column + 1 < len(new) and not new[column + 1].data
            cursor = (min(column + 1 + wide, len(new) - 1), line)
    return total


def changed_cells(before: Cells, after: Cells) -> int:
    """How many cells differ."""
    return sum(1 for old, new in zip(before, after, strict=True) for _ in _changed(old, new))


def _changed(old: Sequence[Char], new: Sequence[Char]) -> Iterator[int]:
    # The second half of a wide character has no text of its own.
    return (column for column, (was, is_) in enumerate(zip(old, new, strict=True)) if was != is_ and is_.data)


def _way(start: tuple[int, int], end: tuple[int, int], row: Sequence[Char], pen: Char | None, down: int) -> int:
    cost = move(start, end, down)
    if start[1] == end[1] and start[0] < end[0]:
        between = row[start[0] : end[0]]
        if pen is None or all(_look(cell) == _look(pen) for cell in between):
            cost = min(cost, sum(len(cell.data.encode()) for cell in between))
    return cost


@lru_cache(maxsize=65536)
def move(start: tuple[int, int], end: tuple[int, int], down: int = 2) -> int:
    """The bytes of the cheapest way from one cell (column, line) to another; `down`: those of one line down."""
    if start == end:
        return 0
    column, line = end
    absolute = len(f"\x1b[{line + 1};{column + 1}H") if column else len(f"\x1b[{line + 1}H") if line else 3
    return min(absolute, _vertically(line - start[1], line, down) + _horizontally(start[0], column))


def _vertically(lines: int, to: int, down: int) -> int:
    if not lines:
        return 0
    # IND (or LF) and RI (`ESC D`, `ESC M`) a line each, CUU or CUD, VPA.
    steps = down * lines if lines > 0 else -2 * lines
    return min(steps, 3 if abs(lines) == 1 else 3 + len(str(abs(lines))), len(f"\x1b[{to + 1}d"))


def _horizontally(start: int, end: int) -> int:
    if start == end:
        return 0
    if end == 0:
        return 1
    distance = abs(end - start)
    relative = 3 if distance == 1 else 3 + len(str(distance))
    cheapest = min(relative, len(f"\x1b[{end + 1}G"))
    from_the_margin = 1 + (3 if end == 1 else 3 + len(str(end)))
    return min(cheapest, from_the_margin, distance) if end < start else cheapest


@lru_cache(maxsize=16384)
def restyle(before: tuple[str, ...], after: tuple[str, ...]) -> int:
    """The bytes of the cheapest SGR from one look to another."""
    if before == after:
        return 0
    changes = [new for old, new in zip(before, after, strict=True) if old != new]
    from_nothing = [new for nothing, new in zip(_PLAIN, after, strict=True) if nothing != new]
    anew = ["0", *from_nothing] if from_nothing else [""]
    return 3 + min(len(";".join(changes)), len(";".join(anew)))


@lru_cache(maxsize=16384)
def _look(cell: Char) -> tuple[str, ...]:
    """The SGR parameters of a cell, one for each thing that can be set."""
    switches = (on if getattr(cell, name) else off for name, on, off in (*_SWITCHES, *_MORE_SWITCHES))
    return _colour(cell.fg, 3), _colour(cell.bg, 4), *switches


def _colour(name: str, ground: int) -> str:
    if name == "default":
        return f"{ground}9"
    bright = name.startswith("bright")
    if name.removeprefix("bright") in _NAMED:
        number = _NAMED.index(name.removeprefix("bright"))
        return f"{ground + 6}{number}" if bright else f"{ground}{number}"
    if name in _PALETTE:
        return f"{ground}8;5;{_PALETTE[name]}"
    red, green, blue = (int(name[at : at + 2], 16) for at in (0, 2, 4))
    return f"{ground}8;2;{red};{green};{blue}"


_PLAIN = ("39", "49", *(off for _, _, off in (*_SWITCHES, *_MORE_SWITCHES)))
