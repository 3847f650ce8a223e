"""When to ask again, and after how long. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random
    from datetime import datetime

THROTTLED: Final = 429
"""Never processed, always safe to send again (Twilio's error 20429)."""

PASSING: Final = frozenset({500, 502, 503, 504})
"""Trouble at the other end that often passes. Only a read may be sent again: a write may have been carried out."""

RETRY_AFTER_MAX: Final = 60.0
"""Seconds. Who is asked to wait longer asks again after this long: one bad header must not silence the dashboard."""

_SECONDS: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often and how patiently a request is sent again. All times in seconds.

    Attributes:
        attempts: how often at most, the first one included.
        throttled_attempts: how often at most while Twilio says 429; None: as often as otherwise. A dashboard has a
            later look to hope for and a person to tell; a command has not.
        patience: who is asked to wait longer than this does not, but tells so: as above.
        first: the longest wait before the second attempt; each further one doubles it.
        longest: no wait of our own choosing is longer.
        total: no attempt begins after so much time on the wire and between attempts. Waiting for the read budget
            does not count.
    """

    attempts: int = 4
    first: float = 0.25
    longest: float = 8.0
    total: float = 20.0
    throttled_attempts: int | None = None
    patience: float = math.inf

    def wants(self, *, attempt: int, reading: bool, status: int | None) -> bool:
        """Whether to send again after attempt number `attempt` (from 1) failed.

        Args:
            attempt: how often it was sent.
            reading: whether it changes nothing at Twilio.
            status: the HTTP status, or None where no answer came.
        """
        if status == THROTTLED:
            return attempt < (self.attempts if self.throttled_attempts is None else self.throttled_attempts)
        if attempt >= self.attempts:
            return False
        return reading and (status is None or status in PASSING)

    def delay(self, *, attempt: int, retry_after: float | None, rng: random.Random) -> float:
        """Seconds to wait before the next attempt: exponential with full jitter, or what Twilio asks for.

        Jitter comes on top of Twilio's wish, lest all watchers come back at the same moment. For ever, where nobody
        has the patience.
        """
        ceiling = min(self.longest, self.first * 2.0 ** (attempt - 1))
        if retry_after is None:
            return rng.uniform(0.0, ceiling)
        if retry_after > self.patience:
            return math.inf
        return retry_after + rng.uniform(0.0, min(self.first, ceiling))


PATIENT: Final = Retries(throttled_attempts=20, total=60.0)
"""For a command: slow down with everybody else who reads this account, rather than fail."""

OPEN: Final = Retries(patience=2.0)
"""For a dashboard: whoever looks at it is told what is wrong, rather than kept waiting."""


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds that a `Retry-After` header asks for (RFC 9110, section 10.2.3); None where there is no sense in it.

    Args:
        value: a number of seconds (a fraction is understood) or an HTTP date.
        now: the server's time, aware.
    """
    if value is None:
        return None
    text = value.strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), RETRY_AFTER_MAX)
    try:
        seconds = (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):  # not a date, or one without a zone
        return None
    return min(max(seconds, 0.0), RETRY_AFTER_MAX)
