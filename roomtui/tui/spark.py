"""How many there were lately, as a line of small bars."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from roomtui.rooms.history import levels
from roomtui.tui.lines import Piece, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from roomtui.rooms.history import History
    from roomtui.tui.lines import Glyphs

_ONE: Final = 100
_BOTH: Final = 140
_SMALL: Final = 12
_LARGE: Final = 20


def spark(values: Sequence[int | None], width: int, bars: str) -> str:
    """`values` in at most `width` cells, the newest on the right; a blank where nobody looked."""
    return "".join(" " if level is None else bars[level] for level in levels(values, width, len(bars)))


def last_hour(history: History, now: datetime, width: int, glyphs: Glyphs) -> tuple[Piece, Piece]:
    """What stands behind the number of rooms, and behind that of people, on a screen so wide."""
    if width < _ONE:
        return Piece(""), Piece("")
    cells = _LARGE if width >= _BOTH else _SMALL
    people = _bars(history.people(now), cells, glyphs)
    return (_bars(history.rooms(now), cells, glyphs) if width >= _BOTH else Piece("")), people


@lru_cache(maxsize=8)
def _bars(values: tuple[int | None, ...], cells: int, glyphs: Glyphs) -> Piece:
    # A single bar tells nothing.
    seen = sum(value is not None for value in values)
    return Piece(f" {spark(values, cells, glyphs.bars).lstrip()}", Tone.DIM) if seen > 1 else Piece("")
