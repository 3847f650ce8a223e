"""Real time driving the virtual clock: one asyncio timer, set to the first virtual timer that is due."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roomtui.sandbox.clock import Clock

_SLICE = 2000
"""Virtual timers fired before the event loop gets a turn."""

_SHORTEST = 0.01
"""Real seconds between two beats, so that a fast clock does not burn a core. Answers are exact all the same,
because the clock catches up before each of them."""


class Pulse:
    """Keeps a clock's timers firing while nobody asks anything."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._beat: asyncio.TimerHandle | None = None

    async def catch_up(self) -> None:
        """Fire everything that is due. Long jumps let others have a turn, who then wait here too."""
        while not self._clock.run_due(_SLICE):  # noqa: ASYNC110 - each turn fires the next slice, none is idle
            await asyncio.sleep(0)
        self._set()

    def stop(self) -> None:
        """Let the clock's timers rest."""
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None

    def _set(self) -> None:
        self.stop()
        due = self._clock.next_due()
        wait = None if due is None else self._clock.seconds_until(due)
        if wait is not None:
            self._beat = asyncio.get_running_loop().call_later(max(wait, _SHORTEST), self._strike)

    def _strike(self) -> None:
        self._clock.run_due(_SLICE)
        self._set()
