"""The poller: spends the read budget, and feeds the board what it learns."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from roomtui.rooms.changes import changes
from roomtui.rooms.endings import Ending, EndingReason, ending
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
from roomtui.twilio_api.errors import NotFound, TwilioError
from roomtui.twilio_api.gateway import RoomQuery
from roomtui.watch.board import Link, LinkState
from roomtui.watch.budget import Attention, rosters_worth_reading
from roomtui.watch.rosters import read_last_roster, read_roster

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.model import Room, Roster
    from roomtui.twilio_api.gateway import Gateway
    from roomtui.watch.board import Board
    from roomtui.watch.budget import ReadBudget
    from roomtui.watch.schedule import Schedule

DEFAULT_REFRESH: Final = 2.0
"""Seconds between two looks at the rooms list."""

_ROOMS: Final = "rooms"
_ROSTERS: Final = "rosters"
_ROSTERS_EVERY: Final = 0.25
_IN_FLIGHT_MAX: Final = 8
_BACK_OFF_MAX: Final = 30.0
_ENDED_KEPT: Final = timedelta(minutes=30)
_ENDED_KEPT_MAX: Final = 200
# Just after an end Twilio may answer 404 for a room that it will know again (twilio-node issue 593).
_NOT_FOUND_TOLERATED: Final = 2


class Poller:
    """Keeps a board current by asking Twilio; a `Feed`.

    Two jobs: one looks at the rooms list every `refresh` seconds, one reads the rosters that are most worth it. A room
    that leaves the list is fetched, to learn how it ended.

    Args:
        gateway: Twilio; its reads pass the turnstile of `budget`.
        board: what to feed.
        clock: Twilio's time.
        budget: tells how many rosters may be asked for now.
        schedule: runs the jobs.
        refresh: seconds between two looks at the rooms list.
        monotonic: seconds that only grow.
    """

    def __init__(
        self,
        gateway: Gateway,
        board: Board,
        clock: Clock,
        budget: ReadBudget,
        schedule: Schedule,
        *,
        refresh: float = DEFAULT_REFRESH,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gateway = gateway
        self._board = board
        self._clock = clock
        self._budget = budget
        self._schedule = schedule
        self._refresh = refresh
        self._monotonic = monotonic
        self._attention = Attention()
        self._paused = False
        self._live: dict[str, LiveRoom] = {}
        self._ended: dict[str, EndedRoom] = {}
        self._as_of: datetime | None = None
        self._ours: set[str] = set()
        self._read_at: dict[str, float] = {}
        self._not_found: dict[str, int] = {}
        self._failures = 0
        self._looks: dict[str, asyncio.Task[None]] = {}
        self._list_task: asyncio.Task[None] | None = None
        self._list_again = False
        self._publishing: asyncio.Handle | None = None

    @property
    def paused(self) -> bool:
        """Whether it has been told to pause."""
        return self._paused

    @property
    def refresh(self) -> float:
        """Seconds between two looks at the rooms list."""
        return self._refresh

    def start(self) -> None:
        """Begin to poll; to be called in the running event loop."""
        self._schedule.add(_ROOMS, self.look_at_rooms, self._refresh)
        self._schedule.add(_ROSTERS, self.look_closer, _ROSTERS_EVERY)
        self._schedule.start()

    async def stop(self) -> None:
        """End; what is under way is cancelled."""
        self._schedule.stop()
        if self._publishing is not None:
            self._publishing.cancel()
        tasks = [*self._looks.values(), *([self._list_task] if self._list_task is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def pause(self) -> None:
        """Ask nothing more until `resume`; `refresh_now` still works."""
        self._paused = True
        self._schedule.pause()
        self._board.link(Link(LinkState.PAUSED))

    def resume(self) -> None:
        """Go on asking, at once."""
        self._paused = False
        self._failures = 0
        self._board.link(Link(LinkState.CONNECTING if self._as_of is None else LinkState.LIVE))
        self._schedule.resume()

    def set_refresh(self, seconds: float) -> None:
        """Look at the rooms list every `seconds` from now on."""
        self._refresh = seconds
        self._schedule.every(_ROOMS, seconds)

    def attend(self, attention: Attention) -> None:
        """Read the rosters of what is on screen more often."""
        self._attention = attention

    def ended_by_us(self, sid: str) -> None:
        """Know that this room's end is our own doing."""
        self._ours.add(sid)
        ended = self._ended.get(sid)
        if ended is not None:
            self._ended[sid] = replace(ended, ending=Ending(EndingReason.ENDED_BY_US))
            self._publish_soon()

    def refresh_now(self) -> None:
        """Look at the list and at what is on screen at once, even while paused."""
        for sid in self._attention.visible:
            self._read_at.pop(sid, None)
        if self._attention.selected is not None:
            self.look_at(self._attention.selected)
        if self._list_task is not None and not self._list_task.done():
            self._list_again = True
            return
        self._list_task = asyncio.ensure_future(self._list_until_fresh())

    def look_at(self, sid: str) -> None:
        """Look at this room at once: something was done to it, or a person chose it."""
        self._look(sid, self._look_at_room(sid, urgent=True))

    async def look_at_rooms(self) -> None:
        """List the rooms in progress and put them on the board; fetch those that left the list."""
        await self._list_rooms(urgent=False)

    async def look_closer(self) -> None:
        """Start to read the rosters that are most worth it, as many as the budget allows now; wait for none."""
        slots = min(_IN_FLIGHT_MAX - len(self._looks), self._budget.left(self._monotonic()))
        if slots <= 0:
            return
        for sid in rosters_worth_reading(
            self._live,
            self._read_at,
            self._attention,
            now=self._monotonic(),
            server_now=self._clock.now(),
            busy=self._looks,
            limit=slots,
        ):
            self._look(sid, self._look_at_room(sid, urgent=False))

    async def settled(self) -> None:
        """Wait until no look is under way."""
        while self._looks:
            await asyncio.gather(*self._looks.values(), return_exceptions=True)

    async def _list_until_fresh(self) -> None:
        await self._list_rooms(urgent=True)
        while self._list_again:
            self._list_again = False
            await self._list_rooms(urgent=True)

    async def _list_rooms(self, *, urgent: bool) -> None:
        listed: dict[str, Room] = {}
        known = set(self._live)
        try:
            async for page in self._gateway.room_pages(RoomQuery(), urgent=urgent):
                listed.update((room.sid, room) for room in page)
        except TwilioError as error:
            self._in_trouble(error)
            return
        self._failures = 0
        self._as_of = self._clock.now()
        for sid, room in listed.items():
            self._see(room)
            self._not_found.pop(sid, None)
        for sid in known - listed.keys():
            self._miss(sid)
        self._forget_old_endings()
        self._publish()
        if not self._paused:
            self._board.link(Link(LinkState.LIVE))

    def _see(self, room: Room) -> None:
        # A list that was under way while the room ended must not bring it back: completed is for ever.
        if room.sid in self._ended:
            return
        old = self._live.get(room.sid)
        if old is None or old.room != room or not old.listed:
            self._live[room.sid] = LiveRoom.known(room, old.roster if old is not None else None)

    def _miss(self, sid: str) -> None:
        live = self._live.get(sid)
        if live is None:
            return
        if live.listed:
            self._live[sid] = replace(live, listed=False)
        self._look(sid, self._look_at_room(sid, urgent=False))

    def _look(self, sid: str, look: Coroutine[object, object, None]) -> None:
        if sid in self._looks:
            look.close()
            return
        task = asyncio.ensure_future(look)
        self._looks[sid] = task
        task.add_done_callback(lambda _: self._looks.pop(sid, None))

    async def _look_at_room(self, sid: str, *, urgent: bool) -> None:
        live = self._live.get(sid)
        if live is None:
            return
        self._read_at[sid] = self._monotonic()
        selected = sid == self._attention.selected
        try:
            room = live.room
            if selected or urgent or not live.listed:
                room = await self._gateway.room(sid, urgent=urgent)
            if room.is_live:
                roster = await read_roster(
                    self._gateway, sid, self._clock, before=live.roster, everybody=selected, urgent=urgent
                )
            else:
                roster = await read_last_roster(self._gateway, sid, self._clock, urgent=urgent)
        except NotFound:
            self._not_found_again(sid)
        except TwilioError as error:
            self._roster_failed(sid, error)
        else:
            self._learnt(room, roster)
        self._publish_soon()

    def _learnt(self, room: Room, roster: Roster) -> None:
        if room.sid in self._ended:
            return
        if room.is_live:
            # One that is missing from the list but in progress was missed between two pages: it is there.
            self._live[room.sid] = LiveRoom.known(room, roster)
        else:
            self._ends(room, roster)

    def _ends(self, room: Room, roster: Roster | None) -> None:
        live = self._live.pop(room.sid, None)
        self._read_at.pop(room.sid, None)
        self._not_found.pop(room.sid, None)
        why = ending(
            room,
            roster,
            ended_by_us=room.sid in self._ours,
            last_deadline=live.deadline if live is not None else None,
        ) or Ending(EndingReason.UNKNOWN, certain=False)
        self._ended[room.sid] = EndedRoom(room, roster, why, self._clock.now())

    def _not_found_again(self, sid: str) -> None:
        times = self._not_found.get(sid, 0) + 1
        self._not_found[sid] = times
        live = self._live.get(sid)
        if live is None or live.listed or times < _NOT_FOUND_TOLERATED:
            return
        # Neither listed nor known: it is gone, and how it ended nobody tells any more.
        gone = replace(live.room, status="unknown")
        self._ends(gone, None)

    def _roster_failed(self, sid: str, error: TwilioError) -> None:
        # The roster stays as it was, with its age; the list's own trouble is told by the list.
        if sid == self._attention.selected and self._failures == 0 and self._board.state.link.state is LinkState.LIVE:
            self._board.link(Link(LinkState.LIVE, trouble=error.sentence))

    def _in_trouble(self, error: TwilioError) -> None:
        self._failures += 1
        wait = min(self._refresh * 2 ** min(self._failures - 1, 8), _BACK_OFF_MAX)
        if self._paused:
            self._board.link(Link(LinkState.PAUSED, trouble=error.sentence))
            return
        self._schedule.put_off(_ROOMS, wait)
        self._board.link(Link(LinkState.TROUBLE, error.sentence, self._clock.now() + timedelta(seconds=wait)))

    def _forget_old_endings(self) -> None:
        now = self._clock.now()
        kept = sorted(self._ended.values(), key=lambda ended: ended.ended_at, reverse=True)[:_ENDED_KEPT_MAX]
        self._ended = {ended.room.sid: ended for ended in kept if now - ended.noticed_at < _ENDED_KEPT}
        self._ours &= self._ended.keys() | self._live.keys()

    def _publish_soon(self) -> None:
        # Answers that arrive together make one picture.
        if self._publishing is None:
            self._publishing = asyncio.get_running_loop().call_soon(self._publish)

    def _publish(self) -> None:
        if self._publishing is not None:
            self._publishing.cancel()
            self._publishing = None
        before = self._board.state.picture
        ended = tuple(sorted(self._ended.values(), key=lambda each: each.ended_at, reverse=True))
        picture = Picture(MappingProxyType(dict(self._live)), ended, self._as_of)
        self._board.show(picture, changes(before, picture, self._clock.now()))
