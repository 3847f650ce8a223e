"""How much we may ask of Twilio, and what is most worth asking next. Pure: instants are monotonic seconds handed in.

An account has 80 reads a second for everything its owner runs (Programmable Video Limits), and the rooms list carries
no participant counts: every room costs a read of its own. So reads are rationed, and the ration is a promise.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from roomtui.rooms.countdown import CLOSING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from roomtui.rooms.picture import LiveRoom

# The promise holds where the requests arrive; they may bunch up by this much on their way (seconds).
_BUNCHING: Final = 0.1
_WINDOW: Final = 1.0 + _BUNCHING
# Nobody sleeps for less: a sum of floats may miss its instant by a hair, and who waits would spin (seconds).
_GRAIN: Final = 1e-6
# Near the rate at which Twilio last refused, feel the way back slowly (seconds a step).
_STEP: Final = 1.0
_CAREFUL_STEP: Final = 30.0
_CAREFUL_FROM: Final = 0.75


class ReadBudget:
    """The reads that may go out: at most `promise` in any one second, fewer after Twilio refused some.

    After a refusal (429) the allowance is halved, then grows by one read a second while nothing is refused, slowly
    near the rate that was refused (additive increase, multiplicative decrease). Ordinary reads leave a part free, so
    that what a person asks for need not wait.
    """

    def __init__(self, promise: int) -> None:
        if promise < 1:
            raise ValueError(f"the read budget is {promise} a second: it must be at least 1")
        self.promise = promise
        self.total = 0
        """Reads that went out so far."""
        self._allowed = promise
        self._refused_at: int | None = None
        self._halved = float("-inf")
        self._calm_since = float("-inf")
        self._hold_until = float("-inf")
        self._sent: deque[float] = deque()

    @property
    def allowed(self) -> int:
        """Reads a second that we allow ourselves now; `promise` unless Twilio refused some."""
        return self._allowed

    def spent(self, now: float) -> int:
        """Reads that went out in the last second."""
        self._forget(now)
        return sum(sent > now - 1.0 for sent in self._sent)

    def left(self, now: float, *, urgent: bool = False) -> int:
        """How many reads may go out at `now`."""
        if now < self._hold_until - _GRAIN:
            return 0
        self._forget(now)
        return max(0, self._ceiling(urgent=urgent) - len(self._sent))

    def delay(self, now: float, *, urgent: bool = False) -> float:
        """Seconds until one more read may go out; 0 if it may go now."""
        if self.left(now, urgent=urgent):
            return 0.0
        ceiling = self._ceiling(urgent=urgent)
        free_at = self._sent[-ceiling] + _WINDOW if len(self._sent) >= ceiling else now
        return max(free_at, self._hold_until) - now

    def spend(self, now: float) -> None:
        """One read goes out."""
        self.total += 1
        self._sent.append(now)

    def throttled(self, now: float, retry_after: float | None = None) -> None:
        """Twilio refused a read with 429; `retry_after` seconds if it said so."""
        if retry_after is not None:
            self._hold_until = max(self._hold_until, now + retry_after)
        self._calm_since = now
        # The refusals of one burst count once.
        if now - self._halved < _WINDOW:
            return
        self._refused_at = self._allowed
        self._allowed = max(1, self._allowed // 2)
        self._halved = now

    def served(self, now: float) -> None:
        """Twilio answered a read."""
        if self._allowed >= self.promise:
            return
        refused = self._refused_at
        # Once past the rate that was refused, that refusal tells nothing any more.
        careful = refused is not None and refused * _CAREFUL_FROM <= self._allowed <= refused
        if now - self._calm_since >= (_CAREFUL_STEP if careful else _STEP):
            self._allowed += 1
            self._calm_since = now

    def _ceiling(self, *, urgent: bool) -> int:
        return self._allowed if urgent else max(1, self._allowed - 1 - self._allowed // 10)

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0] + _WINDOW <= now + _GRAIN:
            self._sent.popleft()


@dataclass(frozen=True, slots=True)
class Attention:
    """What the person at the screen sees: the selected room's SID and those of the rooms on screen.

    `detail` is whether more of the selected room is on screen than its row: who publishes what, and what is recorded.
    """

    selected: str | None = None
    visible: frozenset[str] = field(default_factory=frozenset)
    detail: bool = True


# How old a roster may grow, in seconds, before it is worth a read.
_SELECTED: Final = 2.0
_VISIBLE: Final = 4.0
_HOT: Final = 5.0
_REST: Final = 15.0
# What is not known at all counts as this much older than the oldest that is.
_UNKNOWN: Final = 60.0


def rosters_worth_reading(
    rooms: Mapping[str, LiveRoom],
    read_at: Mapping[str, float],
    attention: Attention,
    *,
    now: float,
    server_now: datetime,
    busy: Collection[str] = (),
    limit: int,
) -> list[str]:
    """The SIDs of the rosters to read next, most worth first, at most `limit`.

    Worth is age over the age that is fitting: 2 s for the selected room, 4 s for those on screen, 5 s for empty ones
    and those about to close, 15 s for the rest. Off the screen it counts with its square root, so that thousands of
    rooms do not crowd out those a person looks at. As worth grows with age, nothing starves; a roster that was never
    read counts as older than all that were.

    Args:
        rooms: the live rooms by SID.
        read_at: monotonic instant of each roster's last read.
        attention: what is on screen.
        now: the monotonic instant.
        server_now: Twilio's time, to tell what is about to close.
        busy: SIDs that are being read already.
        limit: how many to return at the most.
    """
    unknown = min(read_at.values(), default=now) - _UNKNOWN
    worth = {
        sid: _worth(sid, live, now - read_at.get(sid, unknown), attention, server_now)
        for sid, live in rooms.items()
        if sid not in busy
    }
    due = [sid for sid, value in worth.items() if value >= 1.0]
    due.sort(key=worth.__getitem__, reverse=True)
    return due[:limit]


def _worth(sid: str, live: LiveRoom, age: float, attention: Attention, server_now: datetime) -> float:
    ratio = age / _fitting_age(sid, live, attention, server_now)
    on_screen = sid == attention.selected or sid in attention.visible
    return ratio if on_screen else math.sqrt(ratio)


def _fitting_age(sid: str, live: LiveRoom, attention: Attention, server_now: datetime) -> float:
    if sid == attention.selected:
        return _SELECTED
    if sid in attention.visible:
        return _VISIBLE
    if live.roster is not None and not live.roster.present:
        return _HOT
    if live.deadline is not None and live.deadline.seconds_left(server_now) < CLOSING:
        return _HOT
    return _REST
