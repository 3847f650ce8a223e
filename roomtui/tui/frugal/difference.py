"""The bytes that take a terminal from what it shows to what it is to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.tui.frugal.grid import CONTINUED, UNKNOWN
from roomtui.tui.frugal.pen import move, restyle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roomtui.tui.frugal.grid import Grid

_BRIDGE: Final = 4
"""So many cells that need not change are rather written again than jumped over, where that is shorter."""


class Terminal:
    """What a terminal shows and how it stands, as far as is known from what was sent to it."""

    def __init__(self, shown: Grid) -> None:
        self.shown = shown
        self._cursor: tuple[int, int] | None = None
        self._style: str | None = None

    def forget(self) -> None:
        """Somebody else wrote to the terminal: nothing is known of it."""
        self.shown.forget()
        self.forget_pen()

    def forget_pen(self) -> None:
        """Where the cursor is and how it writes is not known."""
        self._cursor = None
        self._style = None

    def approach(self, wanted: Grid, *, most: int) -> str:
        """What to send so that the terminal comes closer to showing `wanted`.

        The most urgent rows come first: those that answer the latest key. What was sent counts as shown.

        Args:
            wanted: what is to be shown, of the same size; rows that have come to be shown are no longer dirty in it.
            most: no further row is begun after so many characters.

        Returns:
            Empty where nothing is left to do.
        """
        pieces: list[str] = []
        length = 0
        for row in sorted(wanted.dirty, key=lambda row: (wanted.dirty[row], row)):
            if length >= most:
                break
            piece = "".join(self._row(wanted, row))
            pieces.append(piece)
            length += len(piece)
            del wanted.dirty[row]
        return "".join(pieces)

    def place_cursor(self, cursor: tuple[int, int]) -> str:
        """Take the cursor to where it belongs."""
        sequence = move(self._cursor, cursor)
        self._cursor = cursor
        return sequence

    def _row(self, wanted: Grid, row: int) -> Iterator[str]:
        texts, styles = wanted.texts[row], wanted.styles[row]
        shown_texts, shown_styles = self.shown.texts[row], self.shown.styles[row]
        if texts == shown_texts and styles == shown_styles:
            return
        for start, end in _changed(texts, styles, shown_texts, shown_styles):
            yield from self._reach(start, row, texts, styles)
            yield from self._write(start, end, row, texts, styles)
        self.shown.texts[row] = list(texts)
        self.shown.styles[row] = list(styles)

    def _reach(self, column: int, row: int, texts: list[str], styles: list[str]) -> Iterator[str]:
        """Take the cursor to a cell, over cells that already show what they should."""
        jump = move(self._cursor, (column, row))
        cursor = self._cursor
        if cursor is not None and cursor[1] == row and 0 < column - cursor[0] <= _BRIDGE:
            between = texts[cursor[0] : column]
            as_before = all(style == self._style for style in styles[cursor[0] : column])
            if as_before and len(between) <= len(jump) and all(" " <= text <= "~" for text in between):
                jump = "".join(between)
        self._cursor = (column, row)
        yield jump

    def _write(self, start: int, end: int, row: int, texts: list[str], styles: list[str]) -> Iterator[str]:
        column = start
        while column < end:
            style = styles[column]
            stop = column + 1
            while stop < end and styles[stop] == style:
                stop += 1
            yield restyle(self._style, style)
            self._style = style
            yield "".join(texts[column:stop])
            column = stop
        # At the right edge terminals differ; and what is not ASCII some terminal may measure otherwise than we do.
        known = end < len(texts) and texts[end - 1].isascii() and texts[end - 1] != CONTINUED
        self._cursor = (end, row) if known else None


def _changed(
    texts: list[str], styles: list[str], shown_texts: list[str], shown_styles: list[str]
) -> Iterator[tuple[int, int]]:
    """The stretches of a row that have to be written, from their first column to the one behind them.

    A wide character is written as a whole.
    """
    width = len(texts)
    column = 0
    while column < width:
        if texts[column] == shown_texts[column] and (
            styles[column] == shown_styles[column] or texts[column] == CONTINUED
        ):
            column += 1
            continue
        start = column
        while start > 0 and texts[start] == CONTINUED:
            start -= 1
        while column < width and (
            texts[column] != shown_texts[column]
            or styles[column] != shown_styles[column]
            or texts[column] in {CONTINUED, UNKNOWN}
        ):
            column += 1
        yield start, column
