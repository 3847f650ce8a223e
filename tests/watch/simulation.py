"""A whole account in virtual time: the real poller, budget and choice against a Twilio that only counts.

Nothing sleeps: the event loop's clock jumps to whatever comes next. So an hour of ten thousand rooms takes seconds.
`python -m tests.watch.simulation` prints how old everything grows, with 10, 1,000, 10,000 and 100,000 rooms.
"""

from __future__ import annotations

import asyncio
import selectors
import sys
from bisect import bisect, insort
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from roomtui.rooms.model import Participant, ParticipantStatus, Room, RoomStatus
from roomtui.rooms.recording import RecordingRules
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import NotFound, Throttled
from roomtui.twilio_api.retries import Retries
from roomtui.twilio_api.transport import POLLS_AT_ONCE, URGENT_AT_ONCE
from roomtui.watch.board import Board
from roomtui.watch.budget import Attention, ReadBudget
from roomtui.watch.poller import Poller
from roomtui.watch.schedule import Schedule
from roomtui.watch.turnstile import Turnstile
from tests.rooms.builders import room as a_room
from tests.watch.virtual import NOON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence

    from roomtui.rooms.model import Track
    from roomtui.twilio_api.gateway import Gateway, RoomQuery

PAGE = 1000


class _Leap(selectors.DefaultSelector):
    """Waits for nothing: the time in which nothing happens is over at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "everybody waits for something that never comes"
        self.now += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to whatever comes next."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)

    def time(self) -> float:
        return self._leap.now

    def stand_still(self, seconds: float) -> None:
        """Something takes so long; whose time comes meanwhile is late."""
        self._leap.now += seconds


class Ticking(Schedule):
    """Runs jobs at intervals in the loop's own time; never two runs of one, as the real one."""

    def __init__(self) -> None:
        self._jobs: dict[str, tuple[Callable[[], Awaitable[None]], float]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._not_before: dict[str, float] = {}

    def add(self, name: str, run: Callable[[], Awaitable[None]], seconds: float) -> None:
        self._jobs[name] = run, seconds

    def start(self) -> None:
        self._tasks = [asyncio.ensure_future(self._go_on(name)) for name in self._jobs]

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def ended(self) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def put_off(self, name: str, seconds: float) -> None:
        self._not_before[name] = asyncio.get_running_loop().time() + seconds

    async def _go_on(self, name: str) -> None:
        run, seconds = self._jobs[name]
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await run()
            due = max(due + seconds, self._not_before.get(name, 0.0), loop.time() // seconds * seconds)
            await asyncio.sleep(max(due - loop.time(), 1e-6))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is simulated. Times in seconds.

    Attributes:
        rooms: live at any time.
        seconds: for how long.
        promise: reads a second.
        rows: rooms on screen; the first is selected.
        empty: the share of the rooms in which nobody is.
        life: how long a room lives on average; None: for ever.
        moves: joins and leaves a second, in all rooms.
        way: how long a request is on its way, and its answer on the way back, between these.
        stalls: how long the event loop stands still now and then, at the most, and how long Twilio does: what arrives
            meanwhile is counted when that is over. Each does about every second.
        handshake: what a new connection takes.
        quota: reads a second that the account grants.
        storm: from when to when every read is refused.
        scroll: how often the rows are others.
        warm_up: from when on ages are sampled.
    """

    rooms: int
    seconds: float
    promise: int = 20
    rows: int = 20
    empty: float = 0.1
    life: float | None = None
    moves: float = 1.0
    way: tuple[float, float] = (0.015, 0.075)
    stalls: tuple[float, float] = (0.0, 0.0)
    handshake: float = 0.0
    quota: int = 80
    storm: tuple[float, float] | None = None
    scroll: float | None = None
    warm_up: float = 5.0
    seed: int = 1


@dataclass
class Report:
    """What came of it.

    Attributes:
        arrivals: when each read arrived at Twilio.
        refused: when one was refused.
        reads: how many of each kind (`rooms`, `room`, `connected`, `rules` ...) arrived.
        on_screen: ages of the rows, sampled; each from the fifth second of its being on screen on.
        selected: those of the selected one.
        unread: samples of (instant, rooms not read yet).
        ages: of all rosters at the end; unread ones count from the start.
        as_of: how old the list was, sampled.
        allowed: samples of (instant, reads a second that were allowed).
    """

    plan: Plan
    arrivals: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    reads: Counter[str] = field(default_factory=Counter)
    on_screen: list[float] = field(default_factory=list)
    selected: list[float] = field(default_factory=list)
    unread: list[tuple[float, int]] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)
    as_of: list[float] = field(default_factory=list)
    allowed: list[tuple[float, int]] = field(default_factory=list)
    not_told: int = 0

    @property
    def peak(self) -> int:
        """The most reads that arrived in any one second."""
        most, within = 0, deque[float]()
        for at in sorted(self.arrivals):
            within.append(at)
            while within[0] <= at - 1.0:
                within.popleft()
            most = max(most, len(within))
        return most

    @property
    def all_read_at(self) -> float | None:
        """When every room had been read for the first time."""
        return next((at for at, unread in self.unread if at > 0.5 and unread == 0), None)

    def lines(self) -> list[str]:
        """For people."""
        plan = self.plan
        last = self.unread[-1][1] if self.unread else 0
        return [
            f"{plan.rooms} rooms (life {plan.life} s), {plan.promise} reads/s, {plan.rows} rows, {plan.seconds:g} s",
            f"  reads/s: mean {len(self.arrivals) / plan.seconds:.1f}, peak {self.peak}, refused {len(self.refused)}",
            f"  {', '.join(f'{kind} {count}' for kind, count in self.reads.most_common())}",
            f"  selected {quantiles(self.selected)}",
            f"  rows     {quantiles(self.on_screen)}",
            f"  list     {quantiles(self.as_of)}",
            f"  all      {quantiles(self.ages)}",
            f"  all read after {self.all_read_at} s; unread at the end: {last}; ends not told yet: {self.not_told}",
        ]


def _number(sid: str) -> int:
    return int(sid.removeprefix("RM"), base=16)


def quantiles(ages: Sequence[float]) -> str:
    """The distribution of ages, for people."""
    if not ages:
        return "-"
    in_order = sorted(ages)
    at = [in_order[min(len(in_order) - 1, int(share * len(in_order)))] for share in (0.1, 0.5, 0.9, 0.99)]
    return f"p10 {at[0]:.1f}  p50 {at[1]:.1f}  p90 {at[2]:.1f}  p99 {at[3]:.1f}  max {in_order[-1]:.1f} s"


class Account:
    """Twilio, and the way there: a `Gateway` as far as the poller asks."""

    # ruff: noqa: ARG002 - what a `Gateway` is asked, not all of which matters here

    def __init__(self, plan: Plan, report: Report, turnstile: Turnstile, chance: Random) -> None:
        self._plan, self._report, self._turnstile, self._chance = plan, report, turnstile, chance
        self._polls, self._urgent = asyncio.Semaphore(POLLS_AT_ONCE), asyncio.Semaphore(URGENT_AT_ONCE)
        self._connections = 0
        self._idle = 0
        self._loop = asyncio.get_running_loop()
        self._within: list[float] = []
        self._numbers = iter(range(10**9))
        self.live: dict[str, Room] = {}
        self.over: dict[str, Room] = {}
        self.present: dict[str, tuple[Participant, ...]] = {}
        self.gone: dict[str, tuple[Participant, ...]] = {}
        crowd = tuple(self._someone("") for _ in range(4))  # whoever is there at first is in all rooms
        for _ in range(plan.rooms):
            sid = self.opens(people=0)
            self.present[sid] = () if chance.random() < plan.empty else crowd[: chance.randint(1, 4)]

    def now(self) -> datetime:
        return NOON + timedelta(seconds=asyncio.get_running_loop().time())

    def opens(self, *, people: int) -> str:
        sid = f"RM{next(self._numbers):032x}"
        self.live[sid] = a_room(f"room {sid[-8:]}", sid=sid, created=self.now(), empty=60, unused=60)
        self.present[sid], self.gone[sid] = (), ()
        for _ in range(people):
            self.joins(sid)
        return sid

    def joins(self, sid: str) -> None:
        self.present[sid] = (*self.present[sid][:9], self._someone(sid))

    def _someone(self, room_sid: str) -> Participant:
        return Participant(
            sid=f"PA{next(self._numbers):032x}",
            room_sid=room_sid,
            status=ParticipantStatus.CONNECTED,
            identity=Untrusted("guest"),
            start_time=self.now(),
        )

    def leaves(self, sid: str) -> None:
        if self.present[sid]:
            who = replace(self.present[sid][0], status=ParticipantStatus.DISCONNECTED, end_time=self.now())
            self.present[sid] = self.present[sid][1:]
            self.gone[sid] = (*self.gone[sid][-9:], who)

    def ends(self, sid: str) -> None:
        room = self.live.pop(sid)
        self.over[sid] = replace(room, status=RoomStatus.COMPLETED.value, end_time=self.now())
        while self.present[sid]:
            self.leaves(sid)

    async def room_pages(self, query: RoomQuery, *, urgent: bool = False) -> AsyncIterator[tuple[Room, ...]]:
        await self._read("rooms", urgent=urgent)
        rooms = list(self.live.values())
        for start in range(0, max(1, len(rooms)), PAGE):
            if start:
                await self._read("rooms", urgent=urgent)
            yield tuple(room for room in rooms[start : start + PAGE] if room.sid in self.live)

    async def room(self, name_or_sid: str, *, urgent: bool = False) -> Room:
        await self._read("room", urgent=urgent)
        room = self.live.get(name_or_sid) or self.over.get(name_or_sid)
        if room is None:
            raise NotFound(status=404, code=20404, message=Untrusted("not found"))
        return room

    async def participants(
        self, room_sid: str, *, status: str | None = None, urgent: bool = False
    ) -> tuple[Participant, ...]:
        await self._read(f"{status}", urgent=urgent)
        people = self.gone if status == ParticipantStatus.DISCONNECTED else self.present
        return tuple(each for each in people[room_sid] if each.status == status)

    async def published_tracks(self, room_sid: str, participant_sid: str, *, urgent: bool = False) -> tuple[Track, ...]:
        await self._read("tracks", urgent=urgent)
        return ()

    async def recording_rules(self, room_sid: str, *, urgent: bool = False) -> RecordingRules:
        await self._read("rules", urgent=urgent)
        return RecordingRules(room_sid, (), self.now())

    async def _read(self, kind: str, *, urgent: bool) -> None:
        """One read, over all its attempts, as the transport does it."""
        retries, attempt = Retries(), 1
        while not await self._attempt(kind, urgent=urgent):
            if not retries.wants(attempt=attempt, reading=True, status=429):
                raise Throttled(status=429, code=20429, message=Untrusted("Too Many Requests"))
            await asyncio.sleep(retries.delay(attempt=attempt, retry_after=None, rng=self._chance))
            attempt += 1

    async def _attempt(self, kind: str, *, urgent: bool) -> bool:
        async with self._urgent if urgent else self._polls:
            await self._turnstile.admit(urgent=urgent)
            if self._idle:
                self._idle -= 1
            elif self._plan.handshake:
                # All that begin together are through together: the slowest case for the server.
                await asyncio.sleep(self._plan.handshake)
            self._turnstile.sent()
            arrives = self._not_in_a_stall(self._loop.time() + self._chance.uniform(*self._plan.way))
            await self._until(arrives)
            granted = self._arrives(kind, arrives)
            await self._until(arrives + self._chance.uniform(*self._plan.way))
            self._idle += 1
            if granted:
                self._turnstile.served()
            else:
                self._turnstile.throttled(None)
            self._turnstile.over()
            return granted

    async def _until(self, instant: float) -> None:
        await asyncio.sleep(max(0.0, instant - self._loop.time()))

    def _not_in_a_stall(self, instant: float) -> float:
        """That instant, or the end of the stall that it falls into: of each second Twilio stalls at some time."""
        longest = self._plan.stalls[1]
        second = int(instant)
        draw = Random(second)  # noqa: S311 - a repeatable day
        begins = second + draw.uniform(0.0, 1.0 - longest)
        ends = begins + draw.uniform(0.0, longest)
        return max(instant, ends) if begins <= instant else instant

    def _arrives(self, kind: str, now: float) -> bool:
        within, storm = self._within, self._plan.storm
        self._report.arrivals.append(now)
        self._report.reads[kind] += 1
        insort(within, now)
        del within[: bisect(within, now - 2.0)]
        granted = len(within) - bisect(within, now - 1.0) <= self._plan.quota
        if storm is not None and storm[0] <= now < storm[1]:
            granted = False
        if not granted:
            self._report.refused.append(now)
        return granted


def simulate(plan: Plan) -> Report:
    """Run it, and tell."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(_Run(plan).run())
    finally:
        loop.close()


class _Run:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.report = Report(plan)
        self.chance = Random(plan.seed)  # noqa: S311 - a repeatable day, nothing secret
        self.on_screen_since: dict[str, float] = {}

    async def run(self) -> Report:
        plan, loop = self.plan, asyncio.get_running_loop()
        budget = ReadBudget(plan.promise)
        turnstile = Turnstile(budget, monotonic=loop.time)
        self.account = account = Account(plan, self.report, turnstile, self.chance)
        self.board = Board()
        gateway: Gateway = account  # type: ignore[assignment]  # it reads, and does nothing
        self.poller = Poller(gateway, self.board, account, budget, Ticking(), monotonic=loop.time)
        self.poller.start()
        jobs: list[Coroutine[Any, Any, None]] = [self.look(budget), self.sit()]
        if plan.moves:
            jobs.append(self.often(1 / plan.moves, self.move))
        if plan.stalls[0]:
            jobs.append(self.often(1.0, self.stall))
        if plan.life:
            jobs.append(self.often(plan.life / plan.rooms, self.succeed))
        tasks = [asyncio.ensure_future(job) for job in jobs]
        await asyncio.sleep(plan.seconds)
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self.sum_up()
        await self.poller.stop()
        return self.report

    async def often(self, seconds: float, what: Callable[[], None]) -> None:
        while True:
            await asyncio.sleep(self.chance.expovariate(1 / seconds))
            what()

    def stall(self) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.stand_still(self.chance.uniform(0.0, self.plan.stalls[0]))

    def move(self) -> None:
        sid = self.some_room()
        if self.chance.random() < 0.5:
            self.account.joins(sid)
        else:
            self.account.leaves(sid)

    def succeed(self) -> None:
        """One room ends, and another one opens."""
        self.account.ends(self.some_room())
        self.account.opens(people=self.chance.randint(0, 3))

    def some_room(self) -> str:
        sids = self.account.live
        while True:  # SIDs are numbers: to draw one costs nothing, however many there are
            sid = f"RM{self.chance.randrange(self.last_number() + 1):032x}"
            if sid in sids:
                return sid

    def last_number(self) -> int:
        return _number(next(reversed(self.account.live)))

    async def sit(self) -> None:
        """Somebody sits at the screen, and now and then turns the page."""
        loop = asyncio.get_running_loop()
        turned, page = 0.0, 0
        while True:
            await asyncio.sleep(0.5)
            live = self.board.state.picture.live
            if self.plan.scroll is not None and loop.time() - turned >= self.plan.scroll:
                turned, page = loop.time(), page + 1
                self.on_screen_since.clear()
            self.on_screen_since = {sid: at for sid, at in self.on_screen_since.items() if sid in live}
            if len(self.on_screen_since) < min(self.plan.rows, len(live)):
                sids = list(live)
                start = page * self.plan.rows % max(1, len(sids) - self.plan.rows)
                for sid in sids[start:] + sids[:start]:
                    if len(self.on_screen_since) >= self.plan.rows:
                        break
                    self.on_screen_since.setdefault(sid, loop.time())
            rows = frozenset(self.on_screen_since)
            self.poller.attend(Attention(next(iter(self.on_screen_since), None), rows))

    async def look(self, budget: ReadBudget) -> None:
        """What somebody at the screen sees, ten times a second."""
        loop, report = asyncio.get_running_loop(), self.report
        while True:
            await asyncio.sleep(0.1)
            now, picture = self.account.now(), self.board.state.picture
            report.unread.append((loop.time(), picture.unread if picture.as_of else self.plan.rooms))
            report.allowed.append((loop.time(), budget.allowed))
            if picture.as_of is not None:
                report.as_of.append((now - picture.as_of).total_seconds())
            for place, (sid, since) in enumerate(self.on_screen_since.items()):
                live = picture.live.get(sid)
                if live is None or not live.listed or loop.time() - since < 5.0 or loop.time() < self.plan.warm_up:
                    continue
                age = loop.time() if live.roster is None else (now - live.roster.as_of).total_seconds()
                (report.on_screen if place else report.selected).append(age)

    def sum_up(self) -> None:
        now, seconds = self.account.now(), asyncio.get_running_loop().time()
        for live in self.board.state.picture.live.values():
            self.report.not_told += not live.listed
            self.report.ages.append((now - live.roster.as_of).total_seconds() if live.roster is not None else seconds)


def main() -> None:
    """Print the figures."""
    for plan in (
        Plan(rooms=10, seconds=300, rows=10, life=1600),
        Plan(rooms=300, seconds=120, life=1600),
        Plan(rooms=1000, seconds=600, life=1600, moves=10),
        Plan(rooms=10_000, seconds=600, moves=50),
        Plan(rooms=10_000, seconds=600, moves=50, rows=45),
        Plan(rooms=10_000, seconds=600, moves=50, rows=45, life=1600, scroll=30),
        Plan(rooms=100_000, seconds=200, moves=100, rows=45),
    ):
        sys.stdout.write("\n".join(simulate(plan).lines()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
