"""How many bytes may be under way to the terminal, learnt from how long it takes to answer. Pure."""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

FIRST: Final = 2048
LEAST: Final = 256
MOST: Final = 65_536
ASK_EVERY: Final = 512
"""Bytes between two questions: one costs four, its answer some more the other way."""
SLOW: Final = 1024
"""With a smaller window than this, a key's answer is noticeably late behind anything else."""
_SHARE: Final = 4
"""On a slow line it is asked after a part of the window, so that a part of it becomes free again."""
_LEAST_SHARE: Final = 2
"""What is sent at once is no smaller part of the window: each packet costs some fifty bytes of its own."""
_AT_ONCE_LEAST: Final = 192
QUEUEING: Final = 0.15
"""Seconds that bytes may wait on the way beyond what the way itself takes."""
PATIENCE: Final = 5.0
"""Seconds after which the answer to a question counts as lost."""
REMEMBERED: Final = 60.0
"""Seconds for which the quickest answer, and twice that long at most, tells what the way itself takes."""
FIRST_PATIENCE: Final = 0.5
"""Seconds without the very first answer after which as much again is sent as at first."""
NO_ANSWER: Final = 2.0
"""Seconds after which a terminal that has never answered is not waited for any longer."""


class _Question(NamedTuple):
    """Asked when so many bytes had been sent and so many of them were under way, at this time."""

    sent: int
    under_way: int
    at: float


class Window:
    """Counts bytes under way. A terminal that never answers is not waited for.

    Over ssh no pipe is ever full: the machines on the way hold megabytes, and a key is answered after all of it. Only
    the terminal's own answers tell what has arrived. All times are seconds that only grow.
    """

    def __init__(self) -> None:
        self.size = FIRST
        self._sent = 0
        self._arrived = 0
        self._asked_at_byte: int | None = None
        self._questions: deque[_Question] = deque()
        # The quickest answer of this while and of the one before: the way may become another (RFC 6817, 2.4.2).
        self._quickest_now: float | None = None
        self._quickest_before: float | None = None
        self._while_ends = 0.0
        self._overdue = 0
        self._calm_at = 0.0

    def room(self, now: float, *, more: int = 0) -> int:
        """How many bytes may be sent now; `more`: with so many more under way than there should be."""
        if self._quickest is None and self._questions:
            waited = now - self._questions[0].at
            granted = FIRST * (1 + int(waited / FIRST_PATIENCE))
            return MOST if waited >= NO_ANSWER else max(0, granted + more - self._sent)
        if self.overdue_in(now) == 0:
            # The answer is lost, or the line is: go on, carefully.
            self._overdue = len(self._questions)
            self._questions.clear()
            self._arrived = self._sent
            self.size = LEAST
        return max(0, self.size + more - (self._sent - self._arrived))

    def overdue_in(self, now: float) -> float | None:
        """Seconds until it is gone on without a missing answer; None where none is missing."""
        if not self._questions:
            return None
        waited = now - self._questions[0].at
        if self._quickest is None:
            return 0.0 if waited >= NO_ANSWER else FIRST_PATIENCE - waited % FIRST_PATIENCE
        return max(0.0, PATIENCE - waited)

    def unanswered_for(self, now: float) -> float | None:
        """Seconds that an answer is missing; None where none is."""
        return now - self._questions[0].at if self._questions else None

    @property
    def is_slow(self) -> bool:
        """Whether what is under way makes noticeably late what comes behind it."""
        return self.size < SLOW

    @property
    def worth_sending(self) -> int:
        """With less room than this it is waited for more."""
        return self.size // _LEAST_SHARE

    @property
    def room_at_once(self) -> int:
        """How many bytes to send in one piece; ssh lets nobody see a packet before all of it is there."""
        return max(self.size // 2, _AT_ONCE_LEAST) if self.size < FIRST else MOST

    @property
    def room_for_late(self) -> int:
        """How many bytes of what nobody waits for may be sent at once, so that there is room for more urgent ones."""
        return self.size // 2 if self.is_slow else MOST

    def calm_in(self, now: float) -> float | None:
        """Seconds until what nobody waits for may be sent; None: not before an answer has come.

        On a slow line it waits until nothing is under way, and then for as long as the last bytes waited: so half of
        the line stays free, and a key is answered as soon as it can be.
        """
        if not self.is_slow:
            return 0.0
        return None if self._questions else max(0.0, self._calm_at - now)

    @property
    def is_blind(self) -> bool:
        """Whether much is under way and nothing was asked that would tell when it has arrived.

        So it is when the very first answer comes after it was waited for: with it, the waiting begins.
        """
        return not self._questions and self._sent - (self._asked_at_byte or 0) >= self._ask_every

    def sent(self, size: int, now: float) -> bool:
        """So many bytes are sent; whether the terminal is to be asked, right behind them, if they have arrived."""
        self._sent += size
        asked = self._asked_at_byte
        if asked is not None and (self._sent - asked < self._ask_every or (self._questions and self._quickest is None)):
            return False
        self._asked_at_byte = self._sent
        self._questions.append(_Question(self._sent, self._sent - self._arrived, now))
        return True

    def answered(self, now: float) -> None:
        """The terminal answered the oldest question."""
        taken = now - self._questions[0].at if self._questions else 0.0
        if not self._questions or (self._overdue and taken < (self._quickest or 0.0) / 2):
            self._overdue = max(0, self._overdue - 1)  # none can have come so soon: it is one that was given up
            return
        question = self._questions.popleft()
        used = question.sent - self._arrived
        self._arrived = question.sent
        self._remember(taken, now)
        # As LEDBAT does (RFC 6817): towards the size at which bytes wait just so long.
        queued = taken - (self._quickest or 0.0)
        self._calm_at = now + min(queued, PATIENCE)
        change = used * (1.0 - queued / QUEUEING)
        # A window that was not made use of tells nothing about a larger one (RFC 7661).
        most = max(self.size, 2 * question.under_way)
        if self.is_slow and queued < QUEUEING / 4:
            # The line was held up, and is no slow one: what is sent in its pauses does not make more use of it.
            most = max(most, 4 * question.under_way)
        self.size = round(min(max(self.size + change, self.size / 2, LEAST), most, MOST))

    @property
    def _ask_every(self) -> int:
        return min(ASK_EVERY, self.size // _SHARE) if self.is_slow else ASK_EVERY

    @property
    def _quickest(self) -> float | None:
        """The quickest answer lately; None before the first."""
        known = [each for each in (self._quickest_now, self._quickest_before) if each is not None]
        return min(known, default=None)

    def _remember(self, taken: float, now: float) -> None:
        if now >= self._while_ends:
            self._quickest_before, self._quickest_now = self._quickest_now, None
            self._while_ends = now + REMEMBERED
        self._quickest_now = taken if self._quickest_now is None else min(self._quickest_now, taken)
