"""What the frames of a recorded terminal cost, and what they could have cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.emulator import Emulator
from tests.benchmarks.smallest import changed_cells, smallest

if TYPE_CHECKING:
    from tests.benchmarks.recorded import Recorded

_SILENCE = 0.04


@dataclass(slots=True)
class Cost:
    """What some frames took, and the smallest: without looks, by line feeds too, with looks; and how many cells."""

    bytes: int = 0
    smallest: int = 0
    by_line_feeds: int = 0
    coloured: int = 0
    cells: int = 0


class Replay:
    """Follows a terminal frame by frame: a frame is what comes without a silence of 40 ms in between."""

    def __init__(self, recorded: Recorded) -> None:
        self._emulator = Emulator(recorded)
        self._emulator.catch_up()
        self._stand()

    def _stand(self) -> None:
        emulator = self._emulator
        self._before, self._cursor, self._pen = emulator.cells, emulator.cursor, emulator.screen.cursor.attrs

    def cost(self, so_far: Cost | None = None) -> Cost:
        """What has come since it was last asked, or since it began; added to `so_far`."""
        cost = so_far or Cost()
        last = 0.0
        while (chunk := self._emulator.coming) is not None:
            if chunk.at - last > _SILENCE:
                self._end_frame(cost)
            last = chunk.at
            cost.bytes += len(chunk.data)
            self._emulator.next()
        self._end_frame(cost)
        return cost

    def _end_frame(self, cost: Cost) -> None:
        after = self._emulator.cells
        cost.smallest += smallest(self._before, after, self._cursor)
        cost.by_line_feeds += smallest(self._before, after, self._cursor, line_feeds=True)
        cost.coloured += smallest(self._before, after, self._cursor, self._pen)
        cost.cells += changed_cells(self._before, after)
        self._stand()
