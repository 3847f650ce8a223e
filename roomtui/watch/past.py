"""The rooms that have ended: asked for by day or by name, a page at a time, their people one room after the other.

Nobody's countdown depends on any of it, so it takes few reads, one at a time, and none that is not looked at. What
Twilio does not tell is taken from what the board has seen: why a room ended that ended before our eyes, and who was
reconnecting to its end.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from roomtui.rooms.endings import Ending, EndingReason, ending
from roomtui.rooms.picture import EndedRoom
from roomtui.rooms.timeline import ghosts
from roomtui.twilio_api.errors import NotFound, TwilioError
from roomtui.watch.hindsight import Hindsight, nothing
from roomtui.watch.rosters import kept, read_last_roster
from roomtui.watch.witness import Witness

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
    from datetime import datetime

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.model import Participant, Room, Roster
    from roomtui.twilio_api.gateway import Gateway, RoomQuery
    from roomtui.watch.board import Board
    from roomtui.watch.budget import ReadBudget
    from roomtui.watch.hindsight import Recall
    from roomtui.watch.past_questions import Question

PAGE_SIZE: Final = 100
"""Rooms in a page: some screens full, a tenth of what Twilio would give."""

_SHARE: Final = 0.25
"""What this may take of the reads, while it has something to ask."""
_NOT_KNOWN: Final = Ending(EndingReason.UNKNOWN, certain=False)
_AGAIN_AFTER_MAX: Final = 30.0
_ROSTERS_KEPT: Final = 2000
_OTHERS_KEPT: Final = 50
# Pages in a row in which nothing is new, after which nobody goes on by himself: on a day most of the rooms that were
# created the day before have ended on that one.
_BARREN_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class PastState:
    """What is known of the rooms that were asked for.

    Attributes:
        question: which rooms these are; None before anything was asked.
        rooms: the newest end first. One without a roster has not been looked at yet.
        more: whether Twilio has more of them than were read.
        loading: whether some are being read.
        trouble: why not, a sentence that is safe to show; what was read before stays.
        next_try: when it is tried again (Twilio's time).
    """

    question: Question | None = None
    rooms: tuple[EndedRoom, ...] = ()
    more: bool = False
    loading: bool = False
    trouble: str | None = None
    next_try: datetime | None = None


class Past:
    """Asks for ended rooms, and holds what it was told; whoever subscribes hears of each change.

    Args:
        gateway: Twilio; its reads pass the turnstile of `budget`.
        board: what is seen of the rooms while they live.
        clock: Twilio's time.
        budget: tells how many reads there are a second.
        recall: what the journal says of rooms since then; called in a thread, for it may read long files.
        monotonic: seconds that only grow.
        sleep: waits for so many seconds.
    """

    def __init__(
        self,
        gateway: Gateway,
        board: Board,
        clock: Clock,
        budget: ReadBudget,
        *,
        recall: Recall = nothing,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._gateway = gateway
        self._board = board
        self._clock = clock
        self._budget = budget
        self._recall = recall
        self._monotonic = monotonic
        self._sleep = sleep
        self._state = PastState()
        self._subscribers: list[Callable[[PastState], object]] = []
        self._rooms: dict[str, EndedRoom] = {}
        # All that were read for the question, those that are none of its rooms included.
        self._named: set[str] = set()
        self._order: list[str] | None = None
        self._rosters: dict[str, Roster] = {}
        self._hindsight = Hindsight()
        self._without_roster: set[str] = set()
        self._others: dict[str, EndedRoom] = {}
        self._unknown: set[str] = set()
        self._lists: list[AsyncIterator[tuple[Room, ...]]] = []
        self._more_wanted = False
        self._first_only = False
        self._barren = 0
        self._on_screen: tuple[str, ...] = ()
        self._chosen: str | None = None
        self._held = False
        self._last = float("-inf")
        self._failures = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        # The last of all: it tells at once what the board shows.
        self._witness = Witness(board, heard=self._heard)

    # -- what is known

    @property
    def state(self) -> PastState:
        """What is known now."""
        return self._state

    def subscribe(self, subscriber: Callable[[PastState], object]) -> Callable[[], None]:
        """Call `subscriber` with each new state. Returns what ends the subscription."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber) if subscriber in self._subscribers else None

    def find(self, sid: str) -> EndedRoom | None:
        """The room of this SID, if it was read."""
        return self._rooms.get(sid) or self._others.get(sid)

    def is_looking_for(self, sid: str) -> bool:
        """Whether this room is yet to be read: it was chosen, and nothing is known of it so far."""
        return sid == self._chosen and self.find(sid) is None and sid not in self._unknown

    def is_waiting(self, entry: EndedRoom) -> bool:
        """Whether who was in this room is yet to be read, so that it is not told yet why it ended."""
        return entry.roster is None and entry.room.sid not in self._without_roster

    def made_again(self, room: Room) -> Room | None:
        """The next room of this one's name, among all that are known."""
        return self._witness.namesakes.after(room)

    def made_before(self, room: Room) -> Room | None:
        """The room that had this one's name before it."""
        return self._witness.namesakes.before(room)

    def ghosts(self, entry: EndedRoom) -> tuple[Participant, ...]:
        """Who was in the room to its end, or gone long before that, without Twilio having seen them leave."""
        roster = entry.roster
        return () if roster is None else ghosts(roster, self._hindsight.lost_in(roster).union(self._witness.lost))

    # -- what is asked for

    def ask(self, question: Question) -> None:
        """Ask for these rooms, from the newest on; those that were asked for before are not any more."""
        self._begin_anew(question)
        for sid in self._named - self._witness.ended.keys() - self._board.state.picture.live.keys():
            self._witness.namesakes.remove(sid)
        self._named.clear()
        self._rooms.clear()
        self._order = None
        self._take_in(entry.room for entry in self._witness.ended.values() if self._belongs(entry.room))
        self._say(loading=True)

    def again(self) -> None:
        """Ask the same once more: there may be new ones. Those that are known stay."""
        if self._state.question is not None:
            self._begin_anew(self._state.question)
            self._first_only = True
            self._say(loading=True)

    def more(self) -> None:
        """Read the next page, if there is one."""
        if self._state.more and not self._more_wanted and self._state.trouble is None:
            self._more_wanted, self._barren = True, 0
            self._say(loading=True)
            self._wake.set()

    def attend(self, on_screen: Sequence[str] = (), *, held: bool = False) -> None:
        """Say which rooms are on screen: who was in them is read, top down. `held`: not now, for polling is paused."""
        self._on_screen, self._held = tuple(on_screen), held
        self._wake.set()

    def choose(self, sid: str) -> None:
        """This room is wanted in detail, before all others; it need not be among those that were asked for."""
        self._chosen = sid
        self._wake.set()
        if self._task is None:
            self._task = asyncio.ensure_future(self._work())

    def let_go(self, sid: str) -> None:
        """This room is not wanted in detail any more."""
        if self._chosen == sid:
            self._chosen = None

    async def stop(self) -> None:
        """Ask nothing more."""
        self._witness.stop()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    # -- asking

    def _begin_anew(self, question: Question) -> None:
        if self._task is not None:
            self._task.cancel()
        self._state = replace(self._state, question=question, more=True, trouble=None, next_try=None)
        self._failures = 0
        self._first_only = False
        self._without_roster.clear()
        self._unknown.clear()
        self._open_lists()
        self._task = asyncio.ensure_future(self._work())

    def _open_lists(self) -> None:
        self._more_wanted, self._barren = True, 0
        sid = self._state.question.sid if self._state.question is not None else None
        if sid is not None:
            self._lists = [self._the_one(sid)]
        else:
            self._lists = [self._gateway.room_pages(query, urgent=False) for query in self.queries()]

    async def _the_one(self, sid: str) -> AsyncIterator[tuple[Room, ...]]:
        """The room of this SID, as a list of its own."""
        with suppress(NotFound):
            yield (await self._gateway.room(sid, urgent=True),)

    def queries(self) -> list[RoomQuery]:
        """What is asked of Twilio."""
        return [] if self._state.question is None else self._state.question.queries(PAGE_SIZE)

    def _belongs(self, room: Room) -> bool:
        return self._state.question is not None and self._state.question.means(room)

    async def _work(self) -> None:
        question = self._state.question
        self._hindsight = await asyncio.to_thread(self._recall, question.since if question is not None else None)
        while True:
            self._wake.clear()
            try:
                busy = await self._step()
            except TwilioError as error:
                await self._after(error.sentence)
            except Exception as error:  # noqa: BLE001 - nobody awaits it, and unseen it would look like loading for ever
                await self._after(f"roomtui itself failed ({type(error).__name__}), which is a bug worth reporting")
            else:
                self._failures = 0
                if not busy:
                    await self._wake.wait()

    async def _step(self) -> bool:
        """Ask for what is wanted most; whether there was something."""
        if self._chosen is not None and self.is_looking_for(self._chosen):
            await self._read_room(self._chosen)
        elif (chosen := self._find_unread((self._chosen or "",))) is not None:
            await self._read_roster(chosen, urgent=True)
        elif self._more_wanted:
            await self._read_pages()
        elif not self._held and (unread := self._find_unread(self._on_screen)) is not None:
            await self._turn()
            await self._read_roster(unread, urgent=False)
        else:
            return False
        return True

    def _find_unread(self, sids: Sequence[str]) -> EndedRoom | None:
        known = (self.find(sid) for sid in sids)
        return next((each for each in known if each is not None and self.is_waiting(each)), None)

    async def _turn(self) -> None:
        every = 1 / (self._budget.promise * _SHARE)
        wait = self._last + every - self._monotonic()
        if wait > 0:
            await self._sleep(wait)
        self._last = self._monotonic()

    async def _read_pages(self) -> None:
        """A page of each list; where nothing in it is new, some more."""
        found = False
        for listed in tuple(self._lists):
            size = 0
            while size < PAGE_SIZE:  # behind a page that is not full there is no other, as a rule
                await self._turn()
                try:
                    page = await anext(listed)
                except StopAsyncIteration:
                    self._lists.remove(listed)
                    break
                size = len(page)
                found = self._take_in(page) or found
        self._barren = 0 if found else self._barren + 1
        enough = found or self._first_only or self._barren >= _BARREN_MAX
        self._more_wanted = bool(self._lists) and not enough
        self._first_only = False
        self._state = replace(self._state, more=bool(self._lists), trouble=None, next_try=None)
        self._say(loading=self._more_wanted)

    async def _read_room(self, sid: str) -> None:
        """One room, whether it is among those that were asked for or not."""
        try:
            room = await self._gateway.room(sid, urgent=True)
        except NotFound:
            self._unknown.add(sid)
        else:
            if room.is_live:
                self._unknown.add(sid)  # the board will know it
            else:
                self._others[sid] = self._told(room)
                while len(self._others) > _OTHERS_KEPT:
                    del self._others[next(iter(self._others))]
        self._say(loading=self._state.loading)

    async def _read_roster(self, entry: EndedRoom, *, urgent: bool) -> None:
        sid = entry.room.sid
        try:
            roster = await read_last_roster(self._gateway, sid, self._clock, urgent=urgent)
        except NotFound:
            self._without_roster.add(sid)
        else:
            self._rosters[sid] = kept(roster, None)
            while len(self._rosters) > _ROSTERS_KEPT:
                del self._rosters[next(iter(self._rosters))]
            (self._rooms if sid in self._rooms else self._others)[sid] = self._told(entry.room)
        self._state = replace(self._state, trouble=None, next_try=None)
        self._say(loading=self._state.loading)

    async def _after(self, trouble: str) -> None:
        """Say what is wrong, and wait before it is tried again, from the first page on: a list is read in one go."""
        self._failures += 1
        wait = min(_AGAIN_AFTER_MAX, 2.0**self._failures)
        self._state = replace(self._state, trouble=trouble, next_try=self._clock.now() + timedelta(seconds=wait))
        if self._more_wanted:
            self._open_lists()
        self._say(loading=False)
        await self._sleep(wait)

    # -- taking in

    def _take_in(self, rooms: Iterable[Room]) -> bool:
        """Know these rooms; whether one of them was not known and is among those that were asked for."""
        found = False
        for room in rooms:
            self._witness.namesakes.add(room)
            self._named.add(room.sid)
            if not room.is_live and self._belongs(room):
                found = found or room.sid not in self._rooms
                self._rooms[room.sid] = self._told(room)
                self._order = None
        return found

    def _told(self, room: Room) -> EndedRoom:
        """The room with what is known of its people and its end."""
        sid = room.sid
        seen = self._witness.ended.get(sid)
        roster = self._rosters.get(sid)
        if roster is None and seen is not None and seen.roster is not None and not seen.roster.present:
            roster = seen.roster
        ours = sid in self._hindsight.ours or (seen is not None and seen.ending.reason is EndingReason.ENDED_BY_US)
        why = ending(room, roster, ended_by_us=ours) or _NOT_KNOWN
        if seen is not None and why.reason is EndingReason.UNKNOWN:
            why = seen.ending
        noticed = room.end_time or room.date_updated or (seen.noticed_at if seen is not None else self._clock.now())
        return EndedRoom(room, roster, why, noticed)

    def _heard(self, ended: Sequence[EndedRoom]) -> None:
        """These rooms have just been seen to end, or more is known of their end."""
        if self._state.question is None:
            return
        mine = [each.room for each in ended if each.room.sid in self._rooms or self._belongs(each.room)]
        if mine:
            self._take_in(mine)
            self._say(loading=self._state.loading)

    def _say(self, *, loading: bool) -> None:
        if self._order is None:
            newest_first = sorted(self._rooms.values(), key=lambda each: (each.ended_at, each.room.sid), reverse=True)
            self._order = [each.room.sid for each in newest_first]
        rooms = tuple(self._rooms[sid] for sid in self._order)
        self._state = replace(self._state, rooms=rooms, loading=loading)
        for subscriber in tuple(self._subscribers):
            subscriber(self._state)
