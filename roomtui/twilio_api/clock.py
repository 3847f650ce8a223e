"""Twilio's time, from the `Date` header of its answers."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

DATE_GRAIN: Final = 1.0
"""Seconds: a `Date` header names a second, not a moment in it (RFC 9110, section 5.6.7)."""

DRIFT: Final = 50e-6
"""Seconds per second by which the host's quartz and Twilio's clock may part: what we know gets older."""

JUMP: Final = 5.0
"""Seconds by which Twilio's clock and the host's may part from one answer to the next without a word about it."""

DOUBTED_FOR: Final = 60.0
"""Seconds for which it is told that the time has jumped, even if it has jumped back: it may again."""

ACCEPTED_AFTER: Final = 900.0
"""Seconds after which a time that has jumped, and stays there, is told no more: whoever watches has read it."""

DISAGREEMENT: Final = 0.05
"""Seconds by which the servers behind one address may differ. A gap no wider than this is no jump of the clock."""


def wall_clock() -> datetime:
    """The host's own idea of the time: aware, UTC; good for noticing that it was set, not for deadlines."""
    return datetime.now(timezone.utc)


class ServerClock:
    """Twilio's time now: the host's monotonic clock plus an offset that each answer bounds more closely.

    An answer that was asked for at `sent` and had come at `received` says: at some moment between the two, Twilio's
    clock stood within the second `Date`. So the offset lies in ``[Date - received, Date + 1 s - sent)``. Where the
    second falls differs from answer to answer, so the bounds, laid over each other, soon narrow far below a second.
    Where they exclude each other the clock jumped (a laptop woke up, a sandbox was advanced), and the newest answer
    alone counts.

    Corrections below a second never take the time back: `now` stands still until it is due. A step back would show a
    second of a countdown twice and put an event before its cause; and standing still keeps the error within bounds,
    because a time that is ahead loses its lead by waiting.

    Until the first answer it is the host's wall clock.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = wall_clock,
        rate: float = 1.0,
    ) -> None:
        """Start with nothing known.

        Args:
            monotonic: seconds that only grow.
            wall: the host's own idea of the time; aware.
            rate: seconds that pass at the server in one second here; other than 1 only with a sped-up sandbox.
        """
        self.monotonic = monotonic
        self._wall = wall
        self._rate = rate
        self._bounds: tuple[float, float] | None = None
        self._learnt = 0.0
        self._told: float | None = None
        self._apart = 0.0
        self._jumped: float | None = None
        self._jump = 0.0
        self._before = 0.0

    def now(self) -> datetime:
        """Twilio's time now: aware, UTC."""
        seconds = self._seconds()
        if seconds is None:
            return self._wall().astimezone(timezone.utc)
        self._told = self._not_back(seconds)
        return datetime.fromtimestamp(self._told, timezone.utc)

    def learn(self, date: str | None, *, sent: float, received: float) -> None:
        """Take in the `Date` header of one answer; one that is missing or senseless is ignored.

        Args:
            date: the header's value.
            sent: the monotonic time before the request went out.
            received: the monotonic time after the head of the answer had come.
        """
        told = _read(date)
        if told is None or received < sent:
            return
        low = told - self._rate * received
        high = told + DATE_GRAIN - self._rate * sent
        if self._bounds is not None:
            narrowed = self._narrowed(self._bounds, (low, high), received)
            if narrowed is None:
                self._notice_jump(sum(self._bounds) / 2, (low + high) / 2, received)
            low, high = narrowed or (low, high)
        self._bounds = (low, high)
        self._learnt = received
        self._apart = self._wall().timestamp() - received

    def doubt(self) -> float | None:
        """Seconds by which the time of the answers has jumped lately, if nobody can say why; else None.

        Countdowns go by the newest answer, and may be wrong. A host that slept is no riddle: its own clock, which went
        on, says the same.
        """
        if self._jumped is None or self._bounds is None:
            return None
        since, away = self.monotonic() - self._jumped, sum(self._bounds) / 2 - self._before
        if since < (ACCEPTED_AFTER if abs(away) > JUMP else DOUBTED_FOR):
            return abs(self._jump)
        self._jumped = None
        return None

    def _notice_jump(self, before: float, after: float, at: float) -> None:
        """The offset is no more what it was `before`; so much do we know at monotonic time `at`."""
        jump = after - before
        slept = self._rate * (self._wall().timestamp() - at - self._apart)
        if abs(jump) <= JUMP:
            return
        if abs(jump - slept) <= JUMP:
            self._before += jump
            return
        if self._jumped is None:
            self._before = before
        self._jumped, self._jump = at, jump

    def skew(self) -> float | None:
        """Seconds by which the host's wall clock is ahead of Twilio's; None before the first answer."""
        seconds = self._seconds()
        return None if seconds is None else self._wall().timestamp() - seconds

    def uncertainty(self) -> float | None:
        """Seconds by which `now` may be off either way; None before the first answer."""
        seconds = self._seconds()
        if seconds is None or self._bounds is None:
            return None
        low, high = self._bounds
        return (high - low) / 2 + self._drift(self.monotonic()) + self._not_back(seconds) - seconds

    def _not_back(self, seconds: float) -> float:
        """`seconds`, or what was told before where that is less than a second ahead."""
        if self._told is not None and 0.0 < self._told - seconds < DATE_GRAIN:
            return self._told
        return seconds

    def _narrowed(self, known: tuple[float, float], told: tuple[float, float], at: float) -> tuple[float, float] | None:
        """What two bounds of the offset have in common; None where they exclude each other."""
        drift = self._drift(at)
        low = max(told[0], known[0] - drift)
        high = min(told[1], known[1] + drift)
        if low <= high:
            return low, high
        # Two servers that differ by milliseconds: the truth is what lies between them.
        return (high, low) if low - high <= DISAGREEMENT * self._rate else None

    def _drift(self, at: float) -> float:
        return max(0.0, at - self._learnt) * DRIFT * self._rate

    def _seconds(self) -> float | None:
        if self._bounds is None:
            return None
        low, high = self._bounds
        return (low + high) / 2 + self._rate * self.monotonic()


@lru_cache(maxsize=4)  # twenty answers a second tell the same second
def _read(date: str | None) -> float | None:
    if date is None:
        return None
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # A year far off is no clock; it would also overflow where a time-out is added to it.
    if moment.tzinfo is None or not 2000 <= moment.year < 3000:
        return None
    return moment.timestamp()
