"""One line of the table, as it stands on the screen or is to stand there."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual.strip import Strip

from roomtui.tui.columns import GAP
from roomtui.tui.lines import Piece, Tone, fit

if TYPE_CHECKING:
    from rich.style import Style

    from roomtui.tui.columns import Entry, Placed, View
    from roomtui.tui.lines import Glyphs, Line


@dataclass(frozen=True, slots=True)
class Drawn:
    """What stands on one line: of which room (None: of none), the text in each column, and what that was made of.

    `since` and `until` are the first and the last instant (timestamps) of which it is known that the same text stands
    there then, unless the room or the way to show it becomes another.
    """

    sid: str | None
    is_cursor: bool
    cells: tuple[Piece, ...]
    is_marked: bool = False
    made_of: tuple[Entry, View] | None = field(default=None, compare=False)
    since: float = field(default=-math.inf, compare=False)
    until: float = field(default=math.inf, compare=False)

    def is_of(self, entry: Entry, view: View) -> bool:
        """Whether it was made of this very entry, to be shown in this very way: only time can make it another."""
        return self.made_of is not None and self.made_of[0] is entry and self.made_of[1] is view

    def holds_at(self, instant: float) -> bool:
        """Whether time has not made it another at this instant."""
        return self.since <= instant <= self.until

    @property
    def of_room(self) -> tuple[str | None, bool, bool]:
        """Of which room it is, and what that is to the person: under the cursor, marked."""
        return self.sid, self.is_cursor, self.is_marked

    def changes(self, wanted: Drawn, placed: tuple[Placed, ...], width: int) -> list[tuple[int, int]]:
        """The cells that differ in `wanted`: from which column of the terminal to which (the one behind the last)."""
        if self.sid is None or self.of_room != wanted.of_room:
            return [] if self == wanted else [(0, width)]
        return [
            # The blanks before a column have its tone: of a line in reverse that is seen.
            (each.start if before.tone is after.tone else max(0, each.start - GAP), each.end)
            for each, before, after in zip(placed, self.cells, wanted.cells, strict=True)
            if before != after
        ]

    def patched(self, strip: Strip, wanted: Drawn, placed: tuple[Placed, ...]) -> Strip | None:
        """`strip`, which shows this, with the texts of `wanted`; None where more than texts differ.

        Most of the time a digit has changed: then all that was found out of the rest of the line still holds.
        """
        if self.of_room != wanted.of_room:
            return None
        segments = list(strip)
        for index, (before, after) in enumerate(zip(self.cells, wanted.cells, strict=True)):
            if before == after:
                continue
            found = self._found(index, segments, wanted, placed)
            if found is None:
                return None
            at, offset, text, style = found
            old = segments[at].text
            segments[at] = Segment(old[:offset] + text + old[offset + len(text) :], style)
        return Strip(segments, strip.cell_length)

    def patch(self, strip: Strip, wanted: Drawn, placed: tuple[Placed, ...], start: int, end: int) -> Strip | None:
        """Of `patched`, the cells from `start` to `end`; None where these are not what one column has."""
        if self.of_room == wanted.of_room:
            for index, each in enumerate(placed):
                if each.start == start and each.end == end:
                    found = self._found(index, list(strip), wanted, placed)
                    return None if found is None else _of_one_look(found[2], found[3])
        return None

    def _found(
        self, index: int, segments: list[Segment], wanted: Drawn, placed: tuple[Placed, ...]
    ) -> tuple[int, int, str, Style | None] | None:
        """Which segment has this column, from which of its characters on, what `wanted` has there, and its look."""
        each, before, after = placed[index], self.cells[index], wanted.cells[index]
        was, text = (fit(cell.text, each.width, right=each.column.right) for cell in (before, after))
        # A blank takes its look from what stands before it; what is not ASCII may not be one cell a character.
        if before.tone is not after.tone or not text.isascii() or text.isspace() or was.isspace():
            return None
        end = 0
        for at, (held, style, _) in enumerate(segments):
            if not held.isascii():
                return None
            start, end = end, end + len(held)
            if each.start < end:
                return (at, each.start - start, text, style) if each.end <= end else None
        return None

    def line(self, placed: tuple[Placed, ...], glyphs: Glyphs) -> Line:
        """The whole line: the marker's cell, and the columns where they stand; a mark before the second."""
        # Elsewhere the marker's cell is part of what follows: a style of its own would cost 40 bytes a row.
        pieces = [Piece(">", Tone.STRONG) if self.is_cursor else Piece(" ", self.cells[0].tone)]
        for index, (each, (text, tone)) in enumerate(zip(placed, self.cells, strict=True)):
            if self.is_marked and index == 1:
                pieces.append(Piece(" " * (GAP - 1), tone))
                pieces.append(Piece(glyphs.mark, Tone.TITLE))
            elif index:
                pieces.append(Piece(" " * GAP, tone))
            fitted = fit(text, each.width, right=each.column.right, ellipsis=glyphs.ellipsis)
            pieces.append(Piece(fitted, Tone.TITLE if self.is_marked and each.column.key == "name" else tone))
        return tuple(pieces)


@lru_cache(maxsize=2048)
def _of_one_look(text: str, style: Style | None) -> Strip:
    # The countdowns of many rooms go through the same few hundred texts: what was found out of each still holds.
    return Strip([Segment(text, style)], len(text))
