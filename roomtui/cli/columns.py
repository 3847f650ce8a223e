"""Tables of text: columns as wide as what stands in them, and on a terminal no wider than it is."""

from __future__ import annotations

import os
import sys
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from roomtui.rooms.untrusted import is_part_of_a_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GAP: Final = "  "
# The vowels of India (Mc) are marks, too, but to tmux, xterm and the C library a cell each.
_DRAWN_WITH_ANOTHER: Final = frozenset({"Mn", "Me"})


def terminal_size() -> os.terminal_size | None:
    """Columns and lines of the terminal that stdout is; None where it is none, and nothing has to fit."""
    try:
        # Not `shutil`'s: it also says 80 by 24 where there is no terminal.
        size = os.get_terminal_size(sys.__stdout__.fileno()) if sys.__stdout__ is not None else None
    except (OSError, ValueError):
        return None
    return size if size is not None and size.columns > 0 else None


def terminal_width() -> int | None:
    """Columns of the terminal that stdout is, as above."""
    size = terminal_size()
    return size.columns if size is not None else None


def table(
    titles: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    width: int | None = None,
    giving_way: Sequence[tuple[str, int]] = (),
) -> list[str]:
    """The lines of a table, the titles first.

    Args:
        titles: of the columns.
        rows: safe text, a piece for each column.
        width: cells that there are, or None where any number will do.
        giving_way: the columns that give way where it is narrow, step by step, and the cells that each is cut to at
            the most; to 0: it is left out. Columns that the table does not have are passed over.
    """
    lines = [list(titles), *(list(row) for row in rows)]
    widths = [max(_cells(each[column]) for each in lines) for column in range(len(titles))]
    shown = list(range(len(titles)))
    for title, least in giving_way if width is not None else ():
        over = sum(widths[column] + len(_GAP) for column in shown) - len(_GAP) - (width or 0)
        column = titles.index(title) if title in titles else -1
        if over <= 0 or column not in shown:
            continue
        if least == 0:
            shown.remove(column)
        else:
            widths[column] = max(min(least, widths[column]), widths[column] - over)
    return [_GAP.join(_fitted(each[column], widths[column]) for column in shown).rstrip() for each in lines]


def cut(text: str, width: int) -> str:
    """`text`, or as much of it as goes into so many cells, and a sign that it is not all."""
    if _cells(text) <= width:
        return text
    while _cells(text) > width - 1:
        text = text[:-1]
    return f"{text}~"


def _fitted(text: str, width: int) -> str:
    fitting = cut(text, width)
    return fitting + " " * (width - _cells(fitting))


def _cells(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


@lru_cache(maxsize=4096)
def _width(character: str) -> int:
    if unicodedata.category(character) in _DRAWN_WITH_ANOTHER or is_part_of_a_syllable(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
