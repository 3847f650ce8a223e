"""The budget, enforced where requests go out."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from roomtui.watch.budget import ReadBudget


class Turnstile:
    """Lets one read through at a time, in order, as the budget allows; the transport's `Pace`.

    Every read passes here, retries and pages included, so the promise is kept whoever asks.
    """

    def __init__(
        self,
        budget: ReadBudget,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.budget = budget
        self._monotonic = monotonic
        self._sleep = sleep
        # One of each sleeps, the rest stand behind in the order in which they came.
        self._ordinary = asyncio.Lock()
        self._urgent = asyncio.Lock()

    async def admit(self, *, urgent: bool) -> None:
        """Wait until one more read may go out, and let it through."""
        self.budget.waiting += 1
        try:
            async with self._urgent if urgent else self._ordinary:
                while delay := self.budget.delay(self._monotonic(), urgent=urgent):
                    await self._sleep(delay)
                self.budget.let_through(self._monotonic(), urgent=urgent)
        finally:
            self.budget.waiting -= 1

    def sent(self) -> None:
        """One of those admitted has gone out."""
        self.budget.went_out(self._monotonic())

    def over(self) -> None:
        """One of those that went out is answered, or nobody waits for its answer any more."""
        self.budget.over(self._monotonic())

    def throttled(self, retry_after: float | None) -> None:
        """Twilio refused a read (429)."""
        self.budget.throttled(self._monotonic(), retry_after)

    def served(self) -> None:
        """Twilio answered a read."""
        self.budget.served(self._monotonic())
