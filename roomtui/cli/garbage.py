"""Looking for garbage where ten thousand rooms are held.

Now and then Python goes through all objects that could hold each other in a circle, and nobody is answered meanwhile:
75 ms with ten thousand rooms and the people in them. They hold nobody in a circle, and are freed without.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from roomtui.watch.board import BoardState

# Python's own, but for the last: the first list of ten thousand rooms fits between two looks through everything.
_THRESHOLDS: Final = (700, 10, 30)
# Rooms and people that may be gone through; and as many more as a quarter of those that are spared.
_MANY: Final = 1000


class Garbage:
    """Spares the rooms of a board, as they become more and more, from being gone through.

    Whatever else is there at that moment is spared, too. That does not add up: it happens some twenty times, the more
    rooms there are the more rarely.
    """

    def __init__(self) -> None:
        self._spared = 0

    def begin(self) -> None:
        """Look through everything less often."""
        gc.set_threshold(*_THRESHOLDS)

    @staticmethod
    def end() -> None:
        """Go through everything once, what was spared included: the board is no more."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def hear(self, state: BoardState) -> None:
        """This is on the board now."""
        held = len(state.picture.live) + state.picture.people
        if held >= self._spared + max(_MANY, self._spared // 4):
            gc.collect(1)  # what is garbage now would be spared for ever
            gc.freeze()
            self._spared = held
