"""One line of the table, as it stands on the screen or is to stand there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from roomtui.tui.columns import GAP
from roomtui.tui.lines import Piece, Tone, fit

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.tui.columns import Entry, Placed, View
    from roomtui.tui.lines import Glyphs, Line


@dataclass(frozen=True, slots=True)
class Drawn:
    """What stands on one line: of which room (None: of none), the text in each column, and what that was made of."""

    sid: str | None
    is_cursor: bool
    cells: tuple[Piece, ...]
    is_marked: bool = False
    made_of: tuple[Entry, datetime, View] | None = field(default=None, compare=False)

    def is_of(self, entry: Entry, view: View) -> bool:
        """Whether it was made of this very entry, to be shown in this very way: only time can make it another."""
        return self.made_of is not None and self.made_of[0] is entry and self.made_of[2] is view

    def is_as_of(self, now: datetime) -> bool:
        """Whether it was made for this very instant."""
        return self.made_of is not None and self.made_of[1] is now

    @property
    def of_room(self) -> tuple[str | None, bool, bool]:
        """Of which room it is, and what that is to the person: under the cursor, marked."""
        return self.sid, self.is_cursor, self.is_marked

    def changed_up_to(self, wanted: Drawn, placed: tuple[Placed, ...], width: int) -> int:
        """The first cell behind all that differs in `wanted`, 0 where nothing does.

        The compositor sends a dirty line from the widget's left edge: what matters is where the change ends.
        """
        if self == wanted:
            return 0
        if self.sid is None or self.of_room != wanted.of_room:
            return width
        pairs = zip(placed, self.cells, wanted.cells, strict=True)
        return max(each.end for each, before, after in pairs if before != after)

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
