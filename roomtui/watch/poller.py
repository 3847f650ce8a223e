"""The poller: spends the read budget, and feeds the board what it learns."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from roomtui.twilio_api.errors import NotFound, Refused, TwilioError
from roomtui.watch.ailments import Ailments
from roomtui.watch.board import Link, LinkState
from roomtui.watch.budget import Attention
from roomtui.watch.extras import Extras
from roomtui.watch.known import Known
from roomtui.watch.listing import Listing
from roomtui.watch.looks import Looks
from roomtui.watch.room_reading import RoomReading
from roomtui.watch.showing import GATHER, Showing
from roomtui.watch.worth import Rota

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.picture import LiveRoom
    from roomtui.twilio_api.gateway import Gateway
    from roomtui.watch.board import Board
    from roomtui.watch.budget import ReadBudget
    from roomtui.watch.schedule import Schedule
    from roomtui.watch.showing import Later

DEFAULT_REFRESH: Final = 2.0
"""Seconds between two looks at the rooms list."""

_ROOMS: Final = "rooms"
_ROSTERS: Final = "rosters"
# A run of the schedule costs several wake-ups: in between, what is still to be done is found by the event loop's timer.
_ROSTERS_EVERY: Final = 5.0
_LOOK_AGAIN: Final = 0.25
# Who waits for the next read looks for it no more often (seconds).
_SOONEST: Final = 0.01
_IN_FLIGHT_MAX: Final = 8
# More rooms than so many seconds' reads are many: of those on screen, and of those that were never read.
_MANY: Final = 2
_MANY_UNREAD: Final = 1
_BACK_OFF_MAX: Final = 30.0
# Who waits longer for the list is told why; who may ask nothing for longer than this, was asked to by Twilio (seconds).
_LATE: Final = 5.0
_PEACE: Final = 1.5


class Poller:
    """Keeps a board current by asking Twilio; a `Feed`.

    Two jobs: one looks at the rooms list every `refresh` seconds, one reads the rosters that are most worth it, and
    what else there is to know where something is left of the budget. A room that leaves the list is fetched, to learn
    how it ended. What is learnt is kept in `Known`, and put on the board by `Showing`.

    Args:
        gateway: Twilio; its reads pass the turnstile of `budget`.
        board: what to feed.
        clock: Twilio's time.
        budget: tells how many rosters may be asked for now.
        schedule: runs the jobs.
        refresh: seconds between two looks at the rooms list.
        monotonic: seconds that only grow.
        gather: seconds for which answers are gathered into one picture.
        later: a timer in place of the event loop's.
        doubt: the seconds by which Twilio's time has jumped lately, None where it has not.
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
        gather: float = GATHER,
        later: Later | None = None,
        doubt: Callable[[], float | None] = lambda: None,
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
        self._rota = Rota()
        self._failures = 0
        self._ailments = Ailments(doubt)
        self._asked_at: float | None = None
        self._looks = Looks(self._look_at_room)
        self._known = Known(clock, seen=self._rota.see, gone=self._forget)
        self._showing = Showing(self._known, board, gather=gather, later=later)
        self._listing = Listing(gateway, self._known, self._looks, self._showing, clock, budget, monotonic=monotonic)
        self._reading = RoomReading(
            gateway,
            self._known,
            self._looks,
            clock,
            monotonic=monotonic,
            list_interval=lambda: self._listing.interval(self._refresh),
        )
        self._extras = Extras(
            gateway,
            self._known.live,
            clock,
            budget,
            monotonic=monotonic,
            learnt=self._showing.at_leisure,
            failed=lambda sid, error: self._look_failed(sid, _own_fault(error)),
        )
        self._list_task: asyncio.Task[None] | None = None
        self._list_again = False
        self._next_look: asyncio.TimerHandle | None = None
        self._keeps_looking = False
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
        self._schedule.add(_ROSTERS, self._keep_looking, _ROSTERS_EVERY)
        self._schedule.start()

    async def stop(self) -> None:
        """End; what is under way is cancelled."""
        self._stopped = True
        self._stop_looking()
        self._schedule.stop()
        self._showing.stop()
        if self._list_task is not None:
            self._list_task.cancel()
            await asyncio.gather(self._list_task, return_exceptions=True)
        await self._looks.stop()
        await self._extras.stop()
        await self._schedule.ended()

    def pause(self) -> None:
        """Ask nothing more until `resume`; `refresh_now` still works."""
        self._paused = True
        self._stop_looking()
        self._looks.forget_waiting()
        self._schedule.pause()
        self._link(LinkState.PAUSED)

    def resume(self) -> None:
        """Go on asking, at once."""
        self._paused = False
        self._failures = 0
        self._link(LinkState.CONNECTING if self._known.as_of is None else LinkState.LIVE)
        self._schedule.resume()

    def set_refresh(self, seconds: float) -> None:
        """Look at the rooms list every `seconds` from now on."""
        self._refresh = seconds
        self._schedule.every(_ROOMS, seconds)
        self._keep_the_list_to_its_share()
        next_try = self._board.state.link.next_try
        if next_try is not None:
            self._schedule.put_off(_ROOMS, max(0.0, (next_try - self._clock.now()).total_seconds()))

    def attend(self, attention: Attention) -> None:
        """Read the rosters of what is on screen more often."""
        self._attention = attention
        self._rota.attend(attention)

    def ended_by_us(self, sid: str) -> None:
        """Know that this room's end is our own doing."""
        self._known.ended_by_us(sid)
        self._showing.at_once()

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
            self._rota.doubt(sid)
            if self._paused:  # else it is read next, by worth
                self._looks.begin(sid)

    def look_at(self, sid: str) -> None:
        """Look at this room at once: something was done to it, or a person chose it."""
        if sid in self._known.live:
            self._looks.ask(sid)

    async def look_at_rooms(self) -> None:
        """List the rooms in progress and put them on the board; fetch those that left the list."""
        await self._list_rooms(urgent=False)

    def look_closer(self) -> None:
        """Start to read the rosters that are most worth it, as many as the budget allows now, then what else there is.

        None while the list is in trouble: who says when the next try is does not try before.
        """
        self._stop_looking()
        if self._failures or self._stopped:
            return
        now = self._monotonic()
        self._say_what_is_late(now)
        looks = max(_IN_FLIGHT_MAX, self._budget.allowed // 4) - len(self._looks.under_way) - self._extras.under_way
        if looks <= 0:
            self._look_again()
            return
        # Reads that wait already are of looks that were begun before.
        waiting = self._budget.waiting
        reads = self._budget.left(now) - waiting
        if reads > 0:
            choice = self._rota.choose(
                now,
                self._clock.now(),
                reads=reads,
                looks=looks,
                gone=len(self._looks.missing),
                busy=self._looks.under_way,
            )
            for sid in choice.rosters:
                self._looks.begin(sid)
            self._looks.begin_missing(choice.gone)
            self._extras.read_next(self._attention, spare=choice.spare)
            if choice.spare:
                self._look_again()
                return
            waiting += len(choice.rosters) + choice.gone
        # Go on when the next read may go out, not before: until then something else may be worth more.
        delay = self._budget.delay(now, behind=waiting)
        self._next_look = asyncio.get_running_loop().call_later(max(delay, _SOONEST), self.look_closer)

    async def _keep_looking(self) -> None:
        self._keeps_looking = True
        self.look_closer()

    def _say_what_is_late(self, now: float) -> None:
        """While the list is waited for, nobody else says why."""
        if self._paused:
            return
        state = self._board.state.link.state
        # Nothing but a wish of Twilio's keeps a read that a person waits for from going out for so long.
        peace = self._budget.delay(now, urgent=True)
        if peace > _PEACE:
            again = self._clock.now() + timedelta(seconds=peace)
            self._link(LinkState.TROUBLE, "Twilio limits this account's requests, and asks us to wait", again)
        elif self._asked_at is not None and now - self._asked_at > _LATE and state is not LinkState.TROUBLE:
            self._link(state, f"The rooms list, asked for more than {_LATE:g} s ago, has not come yet")

    @property
    def _is_live(self) -> bool:
        return self._board.state.link.state is LinkState.LIVE

    def _look_again(self) -> None:
        if self._keeps_looking and not self._paused:
            self._next_look = asyncio.get_running_loop().call_later(_LOOK_AGAIN, self.look_closer)

    def _stop_looking(self) -> None:
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None

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
        self._asked_at = self._monotonic()
        try:
            await self._listing.read(urgent=urgent)
            was_in_trouble, self._failures = self._failures > 0, 0
            self._showing.now()
            self._link(LinkState.PAUSED if self._paused else LinkState.LIVE, self._ailments.told(self._attention))
            self._keep_the_list_to_its_share()
            self._looks.go_on()
            if was_in_trouble and not self._paused:
                self.look_closer()  # who is in the rooms is as old as the trouble
        except TwilioError as error:
            self._in_trouble(error.sentence, error.retry_after if isinstance(error, Refused) else None)
        except Exception as error:  # noqa: BLE001 - a job that failed unseen would leave an old picture looking new
            self._in_trouble(_own_fault(error))
        finally:
            self._asked_at = None

    async def _look_at_room(self, sid: str, *, urgent: bool) -> None:
        live = self._known.live.get(sid)
        if live is None:
            return
        # Where so many wait that nobody may go into detail, it is better to know a little of each.
        allowed, visible = self._budget.allowed, self._attention.visible
        seen = sid in visible and len(visible) <= _MANY * allowed
        briefly = self._rota.unread > _MANY_UNREAD * allowed and not seen
        self._rota.begun(sid, self._monotonic())
        try:
            await self._reading.read(live, self._attention, briefly=briefly, urgent=urgent)
        except NotFound as error:
            self._known.not_found(sid, self._monotonic())
            self._look_failed(sid, error.sentence, lost=True)
        except TwilioError as error:
            self._look_failed(sid, error.sentence)
        except Exception as error:  # noqa: BLE001 - as above: nobody awaits a look
            self._look_failed(sid, _own_fault(error))
        else:
            self._ailments.well(sid)
            self._tell_what_ails()
        if urgent:
            self._showing.at_once()
            await self._extras.read_rules(sid)
            self._showing.at_once()
        elif self._is_of_interest(live):
            self._showing.soon()
        else:
            self._showing.at_leisure()

    def _forget(self, sid: str) -> None:
        """This room has ended."""
        self._rota.forget(sid)
        self._reading.forget(sid)
        self._looks.forget(sid)
        self._extras.forget(sid)
        self._ailments.well(sid)

    def _is_of_interest(self, before: LiveRoom) -> bool:
        """Whether a person sees more of what a look at this room has found than that it was looked at."""
        sid = before.room.sid
        if sid == self._attention.selected:
            return True
        now = self._known.live.get(sid)
        return sid in self._attention.visible and not (now is not None and now.tells_the_same(before))

    def _look_failed(self, sid: str, sentence: str, *, lost: bool = False) -> None:
        # The roster stays as it was, with its age; the list's own trouble is told by the list.
        if sid in self._known.live:  # else it has ended meanwhile, and nobody would forget it any more
            (self._ailments.lost if lost else self._ailments.failed)(sid, sentence)
        self._tell_what_ails()

    def _tell_what_ails(self) -> None:
        if self._failures == 0 and self._is_live:
            self._link(LinkState.LIVE, self._ailments.told(self._attention))

    def _in_trouble(self, sentence: str, retry_after: float | None = None) -> None:
        self._failures += 1
        wait = max(min(self._refresh * 2 ** min(self._failures - 1, 8), _BACK_OFF_MAX), retry_after or 0.0)
        if self._paused:
            self._link(LinkState.PAUSED, sentence)
            return
        self._schedule.put_off(_ROOMS, wait)
        self._link(LinkState.TROUBLE, sentence, self._clock.now() + timedelta(seconds=wait))

    def _keep_the_list_to_its_share(self) -> None:
        interval = self._listing.interval(self._refresh)
        if interval > self._refresh and not self._paused:
            self._schedule.put_off(_ROOMS, interval)

    def _link(self, state: LinkState, trouble: str | None = None, next_try: datetime | None = None) -> None:
        interval = self._listing.interval(self._refresh)
        self._board.link(Link(state, trouble, next_try, interval if interval > self._refresh else None))


def _own_fault(error: Exception) -> str:
    return f"roomtui itself failed ({type(error).__name__}), which is a bug worth reporting"
