"""The virtual clock: it can run fast, stand still or jump, and every timer fires at its own virtual time.

Nobody else in the sandbox reads the machine's clock.
"""

from __future__ import annotations

import heapq
import time
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LATEST = datetime(9000, 1, 1, tzinfo=timezone.utc)
"""The clock stops here, so that no timer can be set beyond what a date can hold."""

_COMPACT_FROM = 1024


def wall_time() -> datetime:
    """The machine's own idea of the time: where a virtual clock starts."""
    return datetime.fromtimestamp(time.time(), tz=timezone.utc)


def real_seconds() -> float:
    """Real seconds that only go forward: for rate limits, which are counted in real time."""
    return time.monotonic()


class Timer:
    """Something that happens at one instant of virtual time, unless it is cancelled."""

    __slots__ = ("_clock", "action", "instant")

    def __init__(self, clock: Clock, instant: datetime, action: Callable[[], None]) -> None:
        self._clock = clock
        self.instant = instant
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Make sure it does not happen. Cancelling twice, or after the fact, is harmless."""
        if self.action is not None:
            self.action = None
            self._clock.forget_cancelled()


class Clock:
    """Virtual time in UTC, and the timers on it.

    Args:
        start: the first virtual instant.
        speed: virtual seconds per real second, 0 or more.
        ticks: a monotonic count of real seconds.
    """

    def __init__(self, *, start: datetime, speed: float = 1.0, ticks: Callable[[], float] = real_seconds) -> None:
        self._ticks = ticks
        self._base = start
        self._base_ticks = ticks()
        self._speed = speed
        self._firing_at: datetime | None = None
        self._is_behind = False
        self._timers: list[tuple[datetime, int, Timer]] = []
        self._order = count()
        self._cancelled = 0

    @property
    def speed(self) -> float:
        """Virtual seconds per real second."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._rebase()
        self._speed = speed

    def now(self) -> datetime:
        """The virtual time; while timers fire, the instant of the timer that fires."""
        return self._firing_at if self._firing_at is not None else self._running()

    @property
    def present(self) -> datetime:
        """What `now()` will be once everything that is due has fired: later than it while a jump is passed through."""
        return self._running()

    def second(self) -> datetime:
        """The virtual time in whole seconds: the grain of every instant Twilio reports."""
        return self.now().replace(microsecond=0)

    def advance(self, seconds: float) -> None:
        """Jump forward. The timers that are passed fire in `run_due`, each at its own time."""
        self._rebase()
        try:
            self._base = min(self._base + timedelta(seconds=seconds), LATEST)
        except OverflowError:
            self._base = LATEST

    def at(self, instant: datetime, action: Callable[[], None]) -> Timer:
        """Let `action` happen at `instant` (or now, if that is past)."""
        timer = Timer(self, max(instant, self.now()), action)
        heapq.heappush(self._timers, (timer.instant, next(self._order), timer))
        return timer

    def next_due(self) -> datetime | None:
        """The instant of the first timer that waits."""
        self._drop_cancelled_head()
        return self._timers[0][0] if self._timers else None

    def seconds_until(self, instant: datetime) -> float | None:
        """Real seconds until a virtual instant; None while the clock stands still."""
        if self._speed <= 0:
            return None
        return max((instant - self._running()).total_seconds() / self._speed, 0.0)

    def run_due(self, most: int = 0) -> bool:
        """Fire the timers whose time has come, in order of time, then of setting.

        Args:
            most: stop after so many (0: no bound), so that a long jump need not block the caller.

        Returns:
            Whether all of them are done. Until they are, `now()` stays at the last one fired, and no time is added:
            a clock that is faster than its timers can be fired would never be done.
        """
        horizon = self._running()
        fired = 0
        while (instant := self.next_due()) is not None and instant <= horizon:
            if most and fired >= most:
                self._base, self._is_behind = horizon, True
                return False
            timer = heapq.heappop(self._timers)[2]
            self._firing_at = instant
            action, timer.action = timer.action, None
            if action is not None:
                action()
            fired += 1
        self._firing_at = None
        if self._is_behind:
            self._base_ticks, self._is_behind = self._ticks(), False
        return True

    def forget_cancelled(self) -> None:
        """Count a cancelled timer, and rebuild the heap once most of it is cancelled."""
        self._cancelled += 1
        if self._cancelled > _COMPACT_FROM and self._cancelled * 2 > len(self._timers):
            self._timers = [entry for entry in self._timers if entry[2].action is not None]
            heapq.heapify(self._timers)
            self._cancelled = 0

    def _drop_cancelled_head(self) -> None:
        while self._timers and self._timers[0][2].action is None:
            heapq.heappop(self._timers)
            self._cancelled -= 1

    def _running(self) -> datetime:
        if self._speed == 0 or self._is_behind:
            return self._base
        elapsed = (self._ticks() - self._base_ticks) * self._speed
        try:
            return min(self._base + timedelta(seconds=elapsed), LATEST)
        except OverflowError:
            return LATEST

    def _rebase(self) -> None:
        self._base, self._base_ticks = self._running(), self._ticks()
