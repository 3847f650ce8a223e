"""An event loop that waits for nothing but real sockets: the time in which nothing happens is over at once.

Sandbox and dashboard live in one process and talk over loopback. What one has written the other reads before any time
passes, so a machine that is busy changes nothing of what is seen; and a week takes minutes.
"""

from __future__ import annotations

import asyncio
import selectors
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

BEGINS = datetime(2025, 6, 9, 6, 0, 0, tzinfo=timezone.utc)
# Real seconds in which loopback delivers what is on its way, however busy the machine is.
_PATIENCE = 0.05


class _Leap(selectors.DefaultSelector):
    """Leaps to the next timer, unless something is on its way over a socket."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.on_its_way: Callable[[], bool] = lambda: False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if not found and timeout != 0 and self.on_its_way():
            found = super().select(_PATIENCE)
        if not found:
            assert timeout is not None, "everybody waits for something that never comes"
            self.now += timeout
        return found


class LeapingLoop(asyncio.SelectorEventLoop):
    """The loop. What others do in a thread is done at once: a thread would take no time at all, or for ever."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)
        self._slept = 0.0

    def time(self) -> float:
        return self._leap.now

    def wall(self) -> datetime:
        """The host's clock."""
        return BEGINS + timedelta(seconds=self._leap.now + self._slept)

    def sleep_for(self, seconds: float, *, monotonic_goes_on: bool) -> None:
        """The machine sleeps; on Linux its monotonic clock stops meanwhile (`clock_gettime`, CLOCK_MONOTONIC)."""
        if monotonic_goes_on:
            self._leap.now += seconds
        else:
            self._slept += seconds

    def waits_for(self, on_its_way: Callable[[], bool]) -> None:
        """As long as this says so, something is on its way over a socket."""
        self._leap.on_its_way = on_its_way

    def run_in_executor(  # type: ignore[override] # as the base class has it, but for its type variables
        self,
        executor: Any,  # noqa: ARG002 - there is none
        func: Callable[..., Any],
        *args: Any,
    ) -> asyncio.Future[Any]:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is whoever waits for it that is to have it
            done.set_exception(error)
        return done
