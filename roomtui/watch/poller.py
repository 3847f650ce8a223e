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
from roomtui.rooms.model import RoomStatus
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
from roomtui.twilio_api.errors import NotFound, Refused, TwilioError
from roomtui.twilio_api.gateway import RoomQuery
from roomtui.watch.board import Link, LinkState
from roomtui.watch.budget import Attention, rosters_worth_reading
from roomtui.watch.extras import Extras
from roomtui.watch.looks import Looks
from roomtui.watch.rosters import Turns, read_last_roster, read_roster

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
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

    Two jobs: one looks at the rooms list every `refresh` seconds, one reads the rosters that are most worth it, and
    what else there is to know where something is left of the budget. A room that leaves the list is fetched, to learn
    how it ended.

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
        self._given_up: dict[str, float] = {}
        self._failures = 0
        self._turns = Turns()
        self._looks = Looks(self._look_at_room)
        self._extras = Extras(
            gateway,
            self._live,
            clock,
            budget,
            monotonic=monotonic,
            learnt=self._publish_soon,
            failed=lambda sid, error: self._look_failed(sid, _own_fault(error)),
        )
        self._list_task: asyncio.Task[None] | None = None
        self._list_again = False
        self._publishing: asyncio.Handle | None = None
        self._stopped = False

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
        self._stopped = True
        self._schedule.stop()
        if self._publishing is not None:
            self._publishing.cancel()
        if self._list_task is not None:
            self._list_task.cancel()
            await asyncio.gather(self._list_task, return_exceptions=True)
        await self._looks.stop()
        await self._extras.stop()
        await self._schedule.ended()

    def pause(self) -> None:
        """Ask nothing more until `resume`; `refresh_now` still works."""
        self._paused = True
        self._looks.forget_waiting()
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
        next_try = self._board.state.link.next_try
        if next_try is not None:
            self._schedule.put_off(_ROOMS, max(0.0, (next_try - self._clock.now()).total_seconds()))

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
        if self._stopped:
            return
        if self._list_task is None or self._list_task.done():
            self._list_task = asyncio.ensure_future(self._list_until_fresh())
        else:
            self._list_again = True
        if self._attention.selected is not None:
            self.look_at(self._attention.selected)
        for sid in self._attention.visible:
            self._read_at.pop(sid, None)
            if self._paused:  # else it is read next, by worth
                self._looks.begin(sid)

    def look_at(self, sid: str) -> None:
        """Look at this room at once: something was done to it, or a person chose it."""
        if sid in self._live:
            self._looks.ask(sid)

    async def look_at_rooms(self) -> None:
        """List the rooms in progress and put them on the board; fetch those that left the list."""
        await self._list_rooms(urgent=False)

    async def look_closer(self) -> None:
        """Start to read the rosters that are most worth it, as many as the budget allows now, then what else there is.

        It waits for none.

        None while the list is in trouble: who says when the next try is does not try before.
        """
        if self._failures:
            return
        in_flight = len(self._looks.under_way) + self._extras.under_way
        slots = min(_IN_FLIGHT_MAX - in_flight, self._budget.left(self._monotonic()))
        if slots <= 0:
            return
        sids = rosters_worth_reading(
            self._live,
            self._read_at,
            self._attention,
            now=self._monotonic(),
            server_now=self._clock.now(),
            busy=self._looks.under_way,
            limit=slots,
        )
        for sid in sids:
            self._looks.begin(sid)
        self._extras.read_next(self._attention, spare=len(sids) < slots)

    async def settled(self) -> None:
        """Wait until no look is under way."""
        await self._looks.settled()
        await self._extras.settled()

    async def _list_until_fresh(self) -> None:
        await self._list_rooms(urgent=True)
        while self._list_again:
            self._list_again = False
            await self._list_rooms(urgent=True)

    async def _list_rooms(self, *, urgent: bool) -> None:
        listed: dict[str, Room] = {}
        known = set(self._live)
        began = self._monotonic()
        try:
            async for page in self._gateway.room_pages(RoomQuery(), urgent=urgent):
                listed.update((room.sid, room) for room in page)
            self._take_in(listed, known, began)
        except TwilioError as error:
            self._in_trouble(error.sentence, error.retry_after if isinstance(error, Refused) else None)
        except Exception as error:  # noqa: BLE001 - a job that failed unseen would leave an old picture looking new
            self._in_trouble(_own_fault(error))

    def _take_in(self, listed: Mapping[str, Room], known: set[str], began: float) -> None:
        """A whole list, asked for at `began`, when the rooms of `known` were live."""
        self._failures = 0
        self._as_of = self._clock.now()
        for sid, room in listed.items():
            self._see(room, began)
            self._not_found.pop(sid, None)
            self._looks.found(sid)
        for sid in known - listed.keys():
            self._miss(sid)
        self._forget_old_endings()
        self._publish()
        self._board.link(Link(LinkState.PAUSED if self._paused else LinkState.LIVE))
        self._looks.go_on()

    def _see(self, room: Room, began: float) -> None:
        # A list that was under way while the room ended must not bring it back: completed is for ever. One that
        # was only given up comes back when a later list has it.
        if room.sid in self._ended:
            if self._given_up.get(room.sid, began) >= began:
                return
            del self._ended[room.sid], self._given_up[room.sid]
        old = self._live.get(room.sid)
        if old is None or old.room != room or not old.listed:
            self._live[room.sid] = old.told(room, old.roster) if old is not None else LiveRoom.known(room, None)

    def _miss(self, sid: str) -> None:
        live = self._live.get(sid)
        if live is None:
            return
        if live.listed:
            self._live[sid] = replace(live, listed=False)
        self._looks.miss(sid)

    async def _look_at_room(self, sid: str, *, urgent: bool) -> None:
        live = self._live.get(sid)
        if live is None:
            return
        self._read_at[sid] = self._monotonic()
        try:
            await self._learn_of(live, urgent=urgent)
        except NotFound:
            self._not_found_again(sid)
        except TwilioError as error:
            self._look_failed(sid, error.sentence)
        except Exception as error:  # noqa: BLE001 - as above: nobody awaits a look
            self._look_failed(sid, _own_fault(error))
        self._publish_soon()
        if urgent:
            await self._extras.read_rules(sid)

    async def _learn_of(self, live: LiveRoom, *, urgent: bool) -> None:
        sid, room, roster = live.room.sid, live.room, live.roster
        selected = sid == self._attention.selected
        fetched = selected or urgent or not live.listed
        if fetched:
            room = await self._gateway.room(sid, urgent=urgent)
        if room.is_live:
            turn = None if urgent else self._turns.next(sid)
            roster = await read_roster(
                self._gateway, sid, self._clock, before=live.roster, everybody=selected, still_empty=turn, urgent=urgent
            )
            if not fetched and not roster.present and live.roster is not None and live.roster.present:
                # Everybody gone at once: they left, or the room ended, and then there is no countdown to show.
                fetched = True
                room = await self._gateway.room(sid, urgent=urgent)
        if not room.is_live:
            roster = await read_last_roster(self._gateway, sid, self._clock, urgent=urgent)
        self._learnt(room, roster, fetched=fetched)

    def _learnt(self, room: Room, roster: Roster | None, *, fetched: bool) -> None:
        live = self._live.get(room.sid)
        if live is None:
            return  # it ended meanwhile
        if not room.is_live:
            self._ends(room, roster)
        elif fetched:
            # One that is missing from the list but in progress was missed between two pages: it is there.
            self._looks.found(room.sid)
            self._live[room.sid] = live.told(room, roster)
        elif live.listed:
            self._live[room.sid] = live.told(live.room, roster)

    def _ends(self, room: Room, roster: Roster | None) -> None:
        live = self._live.pop(room.sid, None)
        self._read_at.pop(room.sid, None)
        self._not_found.pop(room.sid, None)
        self._turns.forget(room.sid)
        self._looks.forget(room.sid)
        self._extras.forget(room.sid)
        why = ending(
            room,
            roster,
            ended_by_us=room.sid in self._ours,
            last_deadline=live.deadline if live is not None else None,
        ) or Ending(EndingReason.UNKNOWN, certain=False)
        self._ended[room.sid] = EndedRoom(room, roster, why, self._clock.now())

    def _not_found_again(self, sid: str) -> None:
        live = self._live.get(sid)
        if live is None or live.listed:
            return
        times = self._not_found.get(sid, 0) + 1
        self._not_found[sid] = times
        if times < _NOT_FOUND_TOLERATED:
            return
        # Neither listed nor known: it is gone, and how it ended nobody tells any more. A word of our own for its status
        # would make it live.
        self._ends(replace(live.room, status=RoomStatus.COMPLETED.value), None)
        self._given_up[sid] = self._monotonic()

    def _look_failed(self, sid: str, sentence: str) -> None:
        # The roster stays as it was, with its age; the list's own trouble is told by the list.
        if sid == self._attention.selected and self._failures == 0 and self._board.state.link.state is LinkState.LIVE:
            self._board.link(Link(LinkState.LIVE, trouble=sentence))

    def _in_trouble(self, sentence: str, retry_after: float | None = None) -> None:
        self._failures += 1
        wait = max(min(self._refresh * 2 ** min(self._failures - 1, 8), _BACK_OFF_MAX), retry_after or 0.0)
        if self._paused:
            self._board.link(Link(LinkState.PAUSED, trouble=sentence))
            return
        self._schedule.put_off(_ROOMS, wait)
        self._board.link(Link(LinkState.TROUBLE, sentence, self._clock.now() + timedelta(seconds=wait)))

    def _forget_old_endings(self) -> None:
        now = self._clock.now()
        kept = sorted(self._ended.values(), key=lambda ended: ended.ended_at, reverse=True)[:_ENDED_KEPT_MAX]
        self._ended = {ended.room.sid: ended for ended in kept if now - ended.noticed_at < _ENDED_KEPT}
        self._given_up = {sid: at for sid, at in self._given_up.items() if sid in self._ended}
        self._ours &= self._ended.keys() | self._live.keys()

    def _publish_soon(self) -> None:
        # Answers that arrive together make one picture.
        if self._publishing is None and not self._stopped:
            self._publishing = asyncio.get_running_loop().call_soon(self._publish)

    def _publish(self) -> None:
        if self._publishing is not None:
            self._publishing.cancel()
            self._publishing = None
        before = self._board.state.picture
        ended = tuple(sorted(self._ended.values(), key=lambda each: each.ended_at, reverse=True))
        picture = Picture(MappingProxyType(dict(self._live)), ended, self._as_of)
        self._board.show(picture, changes(before, picture, self._clock.now()))


def _own_fault(error: Exception) -> str:
    return f"roomtui itself failed ({type(error).__name__}), which is a bug worth reporting"
