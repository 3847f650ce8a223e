"""Time that passes only when nobody has anything left to do."""

from __future__ import annotations

import asyncio
import heapq
from datetime import datetime, timedelta, timezone
from itertools import count

NOON = datetime(2025, 6, 12, 12, 0, 0, tzinfo=timezone.utc)


async def idle(turns: int = 50) -> None:
    """Let every task run until it waits for something that does not come by itself."""
    for _ in range(turns):
        await asyncio.sleep(0)


class VirtualTime:
    """A monotonic clock, a wall clock and a sleep that go together. Only `pass_time` moves them."""

    def __init__(self, start: float = 1000.0) -> None:
        self.seconds = start
        self._start = start
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds - self._start)

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0, "whoever sleeps for nothing spins"
        waking = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.seconds + seconds, next(self._order), waking))
        await waking

    async def pass_time(self, seconds: float) -> None:
        """Wake up everybody whose time comes, each at its own."""
        end = self.seconds + seconds
        await idle()
        while self._sleepers and self._sleepers[0][0] <= end:
            self.seconds, _, waking = heapq.heappop(self._sleepers)
            if not waking.done():
                waking.set_result(None)
            await idle()
        self.seconds = end
