"""How many cells a text takes on a terminal: Rich's measure, put right for the vowels of India.

Unicode calls them marks, and Rich's table (like the library it is made from, until 2026) gives marks no cell. But these
are spacing ones (`Mc`): to tmux, GNU screen, xterm, gnome-terminal and whoever else asks the C library they are a cell
each. Measured as none, they lost letters of Hindi or Tamil names to what was written behind them, and moved the columns
beside. Whoever measures imports it from here, so that Rich's table is put right before it is used.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from rich.cells import cached_cell_len, cell_len, chop_cells, get_character_cell_size

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["cell_len", "chop_cells", "is_vowel"]

_LAST: Final = 0x1FFFF
"""Behind it there are no spacing marks."""


def is_vowel(character: str) -> bool:
    """Whether it takes a cell of its own, and yet is drawn with the letter before it, in one cell by some terminals."""
    return unicodedata.category(character[:1] or " ") == "Mc"


def _put_right() -> None:
    # The table is Rich's own affair: where it is none or another one, names of India are a little off, and no more.
    with suppress(ImportError, AttributeError, TypeError, ValueError):
        from rich._unicode_data import load  # noqa: PLC0415 - for that reason

        table = load("auto").widths
        table[:] = [part for entry in table for part in _without_vowels(*entry)]  # type: ignore[index] # it is a list
        for measure in (get_character_cell_size, cached_cell_len):
            measure.cache_clear()


def _without_vowels(first: int, last: int, width: int) -> Iterator[tuple[int, int, int]]:
    """The characters from `first` to `last`, which have this width, but for those that are a cell by themselves."""
    if not width:
        for point in range(first, min(last, _LAST) + 1):
            if is_vowel(chr(point)):
                if first < point:
                    yield first, point - 1, width
                first = point + 1
    if first <= last:
        yield first, last, width


_put_right()
