"""The bytes that take a terminal from what it shows to what it is to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.tui.frugal.runs import runs
from roomtui.tui.frugal.traits import Traits
from roomtui.tui.frugal.writer import Writer

if TYPE_CHECKING:
    from roomtui.tui.frugal.grid import Grid
    from roomtui.tui.frugal.runs import Run

_NONE: Final = Traits()
_OVERHEAD: Final = 6
"""Characters to get to a run, roughly."""


class Terminal:
    """What a terminal shows and how it stands, as far as is known from what was sent to it."""

    def __init__(self, shown: Grid, traits: Traits = _NONE) -> None:
        self.shown = shown
        self._writer = Writer(shown.width, traits)

    def forget(self) -> None:
        """Somebody else wrote to the terminal: nothing is known of it."""
        self.shown.forget()
        self.forget_pen()

    def forget_pen(self) -> None:
        """Where the cursor is and how it writes is not known."""
        self._writer.forget()

    def trust(self, traits: Traits) -> None:
        """Make use of what it is known to do."""
        self._writer.trust(traits)

    def approach(self, wanted: Grid, *, most: int) -> str:
        """What to send so that the terminal comes closer to showing `wanted`.

        The most urgent rows come first: those that answer the latest key, and of these the one with the cursor, where
        people look. What was sent counts as shown.

        Args:
            wanted: what is to be shown, of the same size; rows that have come to be shown are no longer dirty in it.
            most: no further row is begun after about so many characters.

        Returns:
            Empty where nothing is left to do.
        """
        pieces: list[str] = []
        length = 0
        batch: list[Run] = []
        answering: int | None = None
        at = wanted.cursor[1]
        for urgency, _, row in sorted((urgency, row != at, row) for row, urgency in wanted.dirty.items()):
            if length >= most:
                break
            if urgency[0] != answering:
                pieces.append(self._writer.write(batch))
                batch, answering = [], urgency[0]
            for run in self._runs(wanted, row):
                batch.append(run)
                length += len(run.text) + _OVERHEAD
            del wanted.dirty[row]
        pieces.append(self._writer.write(batch))
        return "".join(pieces)

    def place_cursor(self, cursor: tuple[int, int]) -> str:
        """Take the cursor to where it belongs."""
        return self._writer.go(cursor)

    def _runs(self, wanted: Grid, row: int) -> list[Run]:
        texts, styles = wanted.texts[row], wanted.styles[row]
        shown_texts, shown_styles = self.shown.texts[row], self.shown.styles[row]
        if texts == shown_texts and styles == shown_styles:
            return []
        found = runs(row, texts, styles, shown_texts, shown_styles)
        self.shown.texts[row] = list(texts)
        self.shown.styles[row] = list(styles)
        return found
