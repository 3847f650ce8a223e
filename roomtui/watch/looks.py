"""The looks at single rooms: how many are under way, and which wait."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Coroutine

# Rooms that a person asks for: so many at once (the transport's lane for them), and so many that wait. Somebody who
# runs down the list wants the room they end on, not all that they passed.
_ASKED_AT_ONCE: Final = 4
_ASKED_MAX: Final = 8
# Rooms that left the list: one after the other, lest those that end together keep what is on screen from being read;
# and where more than so many wait, only when it is their share of the reads.
_MISSING_AT_ONCE: Final = 1
_MISSING_FEW: Final = 1
# Where rooms end faster than it can be asked how, those of which so many ended later are not asked about any more, once
# they waited for so long (seconds): nobody sees more ends than that.
_MISSING_MAX: Final = 200
_MISSING_FOR: Final = 60.0


class Look(Protocol):
    """Asks Twilio about one room and takes in the answer; raises nothing."""

    def __call__(self, sid: str, *, urgent: bool) -> Coroutine[object, object, None]:
        """Look at the room of `sid`; `urgent`: a person waits for it."""
        ...


class Looks:
    """Looks at rooms, never twice at one room at a time, never too many at once.

    Args:
        look: looks at one room.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._urgent: set[str] = set()
        self._sought: set[str] = set()
        self._asked: dict[str, None] = {}
        self._missing: dict[str, float] = {}
        self._stopped = False

    @property
    def under_way(self) -> Collection[str]:
        """The SIDs of the rooms that are being looked at."""
        return self._tasks.keys()

    @property
    def waiting(self) -> Collection[str]:
        """The SIDs of the rooms that will be looked at."""
        return self._asked.keys() | self._missing.keys()

    @property
    def missing(self) -> Collection[str]:
        """The SIDs of the rooms that left the list and wait to be looked at."""
        return self._missing.keys()

    def ask(self, sid: str) -> None:
        """A person waits for this room. If it is being looked at already it is looked at once more after that."""
        self._asked.pop(sid, None)
        self._asked[sid] = None
        if len(self._asked) > _ASKED_MAX:
            del self._asked[next(iter(self._asked))]
        self.go_on()

    def miss(self, sid: str, now: float) -> None:
        """This room left the list: it is looked at when there is a place for it. `now` in monotonic seconds."""
        self._missing.setdefault(sid, now)

    def too_late(self, now: float) -> list[str]:
        """Of rooms that left the list those for which there was no place for long, where too many wait. No more do."""
        many = islice(self._missing.items(), max(0, len(self._missing) - _MISSING_MAX))
        late = [sid for sid, missed in many if now - missed > _MISSING_FOR]
        for sid in late:
            del self._missing[sid]
        return late

    def found(self, sid: str) -> None:
        """This room is not missing any more."""
        self._missing.pop(sid, None)

    def forget(self, sid: str) -> None:
        """There is nothing more to see."""
        self._asked.pop(sid, None)
        self._missing.pop(sid, None)

    def forget_waiting(self) -> None:
        """Finish what is under way, and no more."""
        self._asked.clear()
        self._missing.clear()

    def begin(self, sid: str, *, urgent: bool = False) -> None:
        """Look at this room now, unless somebody does."""
        if sid in self._tasks or self._stopped:
            return
        task = self._tasks[sid] = asyncio.ensure_future(self._look(sid, urgent=urgent))
        if urgent:
            self._urgent.add(sid)
        task.add_done_callback(lambda _: self._ended(sid))

    def go_on(self) -> None:
        """Begin the looks that wait, as far as there is room for them: the latest that a person asked for first."""
        self._begin_asked()
        self.begin_missing(_MISSING_AT_ONCE - len(self._sought))

    def begin_missing(self, count: int) -> None:
        """Look at so many of those that left the list, the latest first."""
        # Of as many as are being looked at none can be begun.
        for sid in tuple(islice(reversed(self._missing), count + len(self._tasks))) if count > 0 else ():
            if count > 0 and sid not in self._tasks:
                del self._missing[sid]
                self.begin(sid)
                self._sought.add(sid)
                count -= 1

    def _begin_asked(self) -> None:
        for sid in reversed(tuple(self._asked)):
            if len(self._urgent) < _ASKED_AT_ONCE and sid not in self._tasks:
                del self._asked[sid]
                self.begin(sid, urgent=True)

    async def settled(self) -> None:
        """Wait until no look is under way or waits."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())  # `gather` lets nobody else go on where all are done

    async def stop(self) -> None:
        """Cancel what is under way, and begin nothing more."""
        self._stopped = True
        self.forget_waiting()
        for task in self._tasks.values():
            task.cancel()
        await self.settled()

    def _ended(self, sid: str) -> None:
        del self._tasks[sid]
        self._urgent.discard(sid)
        self._sought.discard(sid)
        if len(self._missing) <= _MISSING_FEW:
            self.go_on()
        else:
            self._begin_asked()  # so many that left the list wait for their share of the reads
