"""How much we may ask of Twilio. Pure: instants are monotonic seconds handed in.

An account has 80 reads a second for everything its owner runs (Programmable Video Limits), and the rooms list carries
no participant counts: every room costs a read of its own. So reads are rationed, and the ration is a promise. What is
most worth asking next is told in `worth`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

# A read keeps its place for so long after its answer: a second, and what two clocks may differ by in it (seconds).
_PLACE: Final = 1.0 + 0.002
# A read that is not answered after so long has arrived all the same, or was lost (seconds).
_ON_ITS_WAY_MAX: Final = 2.0
# How much the latest answer tells of how long answers take, and what is thought before the first (seconds).
_LATEST: Final = 1 / 16
_AT_FIRST: Final = 0.1
# Nobody sleeps for less: a sum of floats may miss its instant by a hair, and who waits would spin (seconds).
_GRAIN: Final = 1e-6
# The distance that ordinary reads keep, as a part of what would be even; the rest allows for who wakes up late.
_DISTANCE: Final = 0.9
# Refusals within so many seconds are of one burst.
_BURST: Final = 1.1
# Near the rate at which Twilio last refused, feel the way back slowly (seconds a step).
_STEP: Final = 1.0
_CAREFUL_STEP: Final = 30.0
_CAREFUL_FROM: Final = 0.75
# What the rooms list may take of the reads: with ten pages and twenty reads a second, a list every five seconds. The
# list tells who is new and who is gone; how long everybody has left only the rosters tell.
_LIST_SHARE: Final = 0.1


class ReadBudget:
    """The reads that may go out: at most `promise` arrive in any one second, fewer after Twilio refused some.

    The promise is counted where reads arrive, and nobody knows how long they are on their way: the network, a busy
    host or a busy server may push the reads of two seconds into one. But each has arrived before its answer has. So a
    read takes up a place from when it is let through until a second after it was answered: of two reads of which one
    was let through a second after the other was answered, no second has both. What that costs follows what it is for:
    on a quick line next to nothing, on one with answers after 100 ms a tenth of the promise. Two seconds on the way
    are the most that is allowed for, so that a server that does not answer does not stop everything.

    After a refusal (429) the allowance is halved, then grows by one read a second while nothing is refused, slowly
    near the rate that was refused (additive increase, multiplicative decrease). Ordinary reads leave a part free, so
    that what a person asks for need not wait. Half of them may go at once; then they keep a distance, lest a burst be
    followed by a second of silence, and that by a burst, for ever. Who comes late does not catch up.

    Reads are told apart by nothing: which of them was answered does not matter. An answer that comes after its read
    was given up is not taken for that of another one.

    Attributes:
        promise: reads a second.
        total: reads that were let through so far.
        waiting: reads that wait to be let through; whoever makes them wait keeps count.
    """

    def __init__(self, promise: int) -> None:
        if promise < 1:
            raise ValueError(f"the read budget is {promise} a second: it must be at least 1")
        self.promise = promise
        self.total = 0
        self.waiting = 0
        self._allowed = promise
        self._refused_at: int | None = None
        self._served = True
        self._halved = float("-inf")
        self._calm_since = float("-inf")
        self._hold_until = float("-inf")
        self._ordinary_at = float("-inf")
        # Instants, oldest first: of the sending of all within the last second, of that of those under way, and of the
        # answers to those that still have their place.
        self._sent: deque[float] = deque()
        self._unsent = 0
        self._under_way: deque[float] = deque()
        self._given_up = 0
        self._answered: deque[float] = deque()
        self._takes = _AT_FIRST

    @property
    def allowed(self) -> int:
        """Reads a second that we allow ourselves now; `promise` unless Twilio refused some."""
        return self._allowed

    @property
    def distance(self) -> float:
        """Seconds that ordinary reads keep between them where there is not enough for all at once."""
        return _DISTANCE * (_PLACE + self._takes) / self._ceiling(urgent=False)

    def spent(self, now: float) -> int:
        """Reads that went out in the last second."""
        self._forget_sent(now)
        return len(self._sent)

    def left(self, now: float, *, urgent: bool = False) -> int:
        """How many reads may go out at `now`."""
        if now < self._hold_until - _GRAIN:
            return 0
        self._forget(now)
        ceiling, used = self._ceiling(urgent=urgent), self._used
        if urgent or used >= ceiling:
            return max(0, ceiling - used)
        return max(ceiling // 2 - used, now >= self._spaced_at() - _GRAIN)

    def delay(self, now: float, *, urgent: bool = False, behind: int = 0) -> float:
        """Seconds until it is worth asking for one more read; 0 if it may go out now.

        Args:
            now: the monotonic instant.
            urgent: whether a person waits for it.
            behind: so many others have been begun and go first.
        """
        if not behind and self.left(now, urgent=urgent):
            return 0.0
        self._forget(now)
        free_at = max(self._free_at(now, self._ceiling(urgent=urgent) - behind), self._hold_until)
        if urgent:
            return free_at - now
        return max(free_at, now + self.distance if behind else self._spaced_at()) - now

    def let_through(self, now: float, *, urgent: bool = False) -> None:
        """One read may go out; `went_out` tells when it did."""
        self.total += 1
        self._unsent += 1
        if not urgent:
            self._ordinary_at = now

    def went_out(self, now: float) -> None:
        """One of those let through went out, or came to nothing: a read that nobody can be sure of counts."""
        self._forget_sent(now)
        self._unsent -= 1
        self._sent.append(now)
        self._under_way.append(now)

    def over(self, now: float) -> None:
        """One of those that went out was answered, or nobody waits for its answer any more: told once for each."""
        self._forget(now)
        if self._given_up:
            self._given_up -= 1
        elif self._under_way:
            took = now - self._under_way.popleft()
            self._takes += (took - self._takes) * _LATEST
            self._answered.append(now)

    def spend(self, now: float, *, urgent: bool = False) -> None:
        """One read goes out, and is answered, at once."""
        self.let_through(now, urgent=urgent)
        self.went_out(now)
        self.over(now)

    def throttled(self, now: float, retry_after: float | None = None) -> None:
        """Twilio refused a read with 429; `retry_after` seconds if it said so."""
        if retry_after is not None:
            self._hold_until = max(self._hold_until, now + retry_after)
        self._calm_since = now
        # The refusals of one burst count once.
        if now - self._halved < _BURST:
            return
        # Where nothing was served since the last time, it is not for the rate that all is refused.
        self._refused_at = self._allowed if self._served else None
        self._served = False
        self._allowed = max(1, self._allowed // 2)
        self._halved = now

    def served(self, now: float) -> None:
        """Twilio answered a read."""
        self._served = True
        if self._allowed >= self.promise:
            return
        refused = self._refused_at
        # Once past the rate that was refused, that refusal tells nothing any more.
        careful = refused is not None and refused * _CAREFUL_FROM <= self._allowed <= refused
        if now - self._calm_since >= (_CAREFUL_STEP if careful else _STEP):
            self._allowed += 1
            self._calm_since = now

    def _ceiling(self, *, urgent: bool) -> int:
        return self._allowed if urgent else max(1, self._allowed - max(1, self._allowed // 20))

    def _spaced_at(self) -> float:
        """When an ordinary read is far enough from the one before."""
        return self._ordinary_at + self.distance

    @property
    def _used(self) -> int:
        return self._unsent + len(self._under_way) + len(self._answered)

    def _free_at(self, now: float, ceiling: int) -> float:
        """When there may be a place, at the earliest: who is under way may be answered at this moment."""
        too_many = self._used - ceiling + 1
        if too_many <= 0:
            return now
        return (self._answered[too_many - 1] if too_many <= len(self._answered) else now) + _PLACE

    def _forget_sent(self, now: float) -> None:
        while self._sent and self._sent[0] <= now - 1.0:
            self._sent.popleft()

    def _forget(self, now: float) -> None:
        while self._under_way and self._under_way[0] + _ON_ITS_WAY_MAX <= now:
            self._answered.append(self._under_way.popleft() + _ON_ITS_WAY_MAX)
            self._given_up += 1
        while self._answered and self._answered[0] + _PLACE <= now + _GRAIN:
            self._answered.popleft()


def list_interval(pages: int, promise: int, refresh: float) -> float:
    """Seconds between two looks at a rooms list of so many pages: `refresh`, or as many as keep it to its share.

    Args:
        pages: reads that the list took the last time.
        promise: reads a second that may go out.
        refresh: seconds that a person wishes.
    """
    return max(refresh, pages / (promise * _LIST_SHARE))


@dataclass(frozen=True, slots=True)
class Attention:
    """What the person at the screen sees: the selected room's SID and those of the rooms on screen.

    `detail` is whether more of the selected room is on screen than its row: who publishes what, and what is recorded.
    """

    selected: str | None = None
    visible: frozenset[str] = field(default_factory=frozenset)
    detail: bool = True
