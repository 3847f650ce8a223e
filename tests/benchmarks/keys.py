"""How soon a key is answered."""

from __future__ import annotations

import time
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.benchmarks.emulator import Emulator
    from tests.benchmarks.recorded import Recorded

_NO_ANSWER_AFTER = 3.0
_BETWEEN = (0.03, 0.13)
_PAGE_DOWN = "\x1b[6~"
# Away from both ends: rooms that close must not leave a key with nowhere to go.
_INTO_THE_MIDDLE = ("g", *(_PAGE_DOWN,) * 8, "k", "k", "k", "k")
_PAGES_APART = 0.15


def go_into_the_middle(dashboard: Recorded) -> None:
    """Put the cursor where it can go both ways for a while."""
    for key in _INTO_THE_MIDDLE:
        dashboard.press(key)
        time.sleep(_PAGES_APART)


def latencies(dashboard: Recorded, emulator: Emulator, keys: int, chance: Random) -> Iterator[float]:
    """Milliseconds from the writing of a key to the first byte of the frame in which the cursor has moved.

    `j` and `k` by turns, each at a moment of chance after the answer to the one before; other output that comes
    meanwhile is no answer. A key that is not answered counts as the patience it was given.
    """
    for key, _ in zip(cycle("jk"), range(keys), strict=False):
        time.sleep(chance.uniform(*_BETWEEN))
        emulator.catch_up()
        before = emulator.marked_room
        pressed = dashboard.press(key)
        answered = emulator.until(partial(_is_on_another, emulator, before), _NO_ANSWER_AFTER)
        yield 1000 * (_NO_ANSWER_AFTER if answered is None else answered - pressed)


def _is_on_another(emulator: Emulator, before: str | None) -> bool:
    return emulator.marked_room not in {before, None}
