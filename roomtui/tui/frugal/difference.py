"""The bytes that take a terminal from what it shows to what it is to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.tui.frugal.grid import LATE
from roomtui.tui.frugal.runs import runs
from roomtui.tui.frugal.traits import Traits
from roomtui.tui.frugal.writer import Writer

if TYPE_CHECKING:
    from roomtui.tui.frugal.grid import Grid
    from roomtui.tui.frugal.runs import Run

_NONE: Final = Traits()
_WAY: Final = 6
"""Characters to get to a run, roughly."""
_LOOK: Final = 11
"""Characters to change the look, roughly."""
_PIECE: Final = 16
"""A run is not cut into less than so many characters."""


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

    def approach(self, wanted: Grid, *, most: int, late: bool = True, older: bool = True) -> str:
        """What to send so that the terminal comes closer to showing `wanted`.

        The most urgent rows come first: those that answer the latest key, and of these the one where people look, the
        one where they looked before, and frame by frame those next to it. What was sent counts as shown. A row may be
        sent in part, but no half of a wide character; of the first row no more than half of all, as long as the
        second still shows that people look there.

        Args:
            wanted: what is to be shown, of the same size; rows that have come to be shown are no longer dirty in it.
            most: about so many characters.
            late: whether rows that answer no key are to be sent, too.
            older: whether rows that answer none or an older key than the latest are.

        Returns:
            Empty where nothing is left to do.
        """
        pieces: list[str] = []
        batch: list[Run] = []
        looks: set[str] = set()
        answering: int | None = None
        room = most
        for key, row in self._by_urgency(wanted):
            if room <= 0 or (key == LATE and not late) or (key != wanted.latest and not older):
                break
            if key != answering:
                pieces.append(self._writer.write(batch))
                batch, answering = [], key
            kept = room // 2 if row == wanted.looked_at and wanted.left in wanted.dirty else 0
            for run in self._runs(wanted, row):
                if room <= kept:
                    break
                room -= _WAY + _LOOK * (run.style not in looks)
                looks.add(run.style)
                part = _cut(run, max(room - kept, _PIECE))
                room -= self._writer.length(part)
                batch.append(part)
                self._has_shown(wanted, row, part.start, part.end)
                if part is not run:
                    break
            else:
                self._has_shown(wanted, row, 0, wanted.width)
                del wanted.dirty[row]
        pieces.append(self._writer.write(batch))
        return "".join(pieces)

    def place_cursor(self, cursor: tuple[int, int]) -> str:
        """Take the cursor to where it belongs."""
        return self._writer.go(cursor)

    @staticmethod
    def _by_urgency(wanted: Grid) -> list[tuple[int, int]]:
        at, left = wanted.looked_at, wanted.left

        def rank(row: int) -> tuple[int, int, int, int, int]:
            key, frame = wanted.dirty[row]
            return key, 0 if row == at else 1 if row == left else 2, frame, abs(row - at), row

        return [(key, row) for key, *_, row in sorted(map(rank, wanted.dirty))]

    def _runs(self, wanted: Grid, row: int) -> list[Run]:
        texts, styles = wanted.texts[row], wanted.styles[row]
        shown_texts, shown_styles = self.shown.texts[row], self.shown.styles[row]
        if texts == shown_texts and styles == shown_styles:
            return []
        return runs(row, texts, styles, shown_texts, shown_styles)

    def _has_shown(self, wanted: Grid, row: int, start: int, end: int) -> None:
        self.shown.texts[row][start:end] = wanted.texts[row][start:end]
        self.shown.styles[row][start:end] = wanted.styles[row][start:end]


def _cut(run: Run, length: int) -> Run:
    """The first characters of a run; of those whose width nobody doubts."""
    if len(run.text) <= length or not run.text.isascii():
        return run
    return run._replace(end=run.start + length, text=run.text[:length])
