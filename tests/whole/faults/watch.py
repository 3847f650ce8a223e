"""The dashboard as it is wired together, on a screen of its own, in a time that passes second by second."""

from __future__ import annotations

import asyncio
import base64
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

from roomtui.sandbox.options import SandboxOptions
from roomtui.sandbox.server import Sandbox
from roomtui.tui.app import RoomtuiApp
from roomtui.tui.session import Session, Settings
from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widgets.room_table import RoomTable
from roomtui.twilio_api.clock import ServerClock, wall_clock
from roomtui.twilio_api.credentials import Credentials
from roomtui.twilio_api.retries import OPEN
from roomtui.twilio_api.sdk import SdkGateway
from roomtui.twilio_api.transport import Transport
from roomtui.watch.board import Board
from roomtui.watch.budget import ReadBudget
from roomtui.watch.chronicle import Chronicle
from roomtui.watch.journal import Journal
from roomtui.watch.lasting import LastingActions
from roomtui.watch.poller import Poller
from roomtui.watch.schedule import Schedule
from roomtui.watch.turnstile import Turnstile
from tests.tui.conftest import _until_idle
from tests.watch.virtual import VirtualTime
from tests.whole.faults.middle import Middle
from tests.whole.faults.truth import SOON, RoomTruth, Row, Town, Truth, truth_of, untrue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
    from datetime import datetime
    from pathlib import Path

    from textual.pilot import Pilot

_T = TypeVar("_T")

REFRESH: Final = 2.0
PATIENCE: Final = 0.25
"""Seconds that an answer may take here, in the place of ten."""
FRESH: Final = 12
"""Seconds that what is shown as new may be old: the list's own bound is three refreshes and two seconds."""
_A_MOMENT: Final = 0.05
"""Seconds. Who waits for the read budget looks for it again and again, so that it is never quite idle."""
_STALE = re.compile(r"\bold$|^connecting$|^no data yet$|^paused|every")


class Jobs(Schedule):
    """A schedule in virtual time: who owns the time runs what is due."""

    def __init__(self, time: VirtualTime) -> None:
        self._time = time
        self._run: dict[str, Callable[[], Awaitable[None]]] = {}
        self._every: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self._tasks: dict[str, asyncio.Future[None]] = {}

    def add(self, name: str, run: Callable[[], Awaitable[None]], seconds: float) -> None:
        self._run[name], self._every[name], self._due[name] = run, seconds, self._time.monotonic()

    def start(self) -> None:
        pass

    def stop(self) -> None:
        self._due.clear()
        for task in self._tasks.values():
            task.cancel()

    async def ended(self) -> None:
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def put_off(self, name: str, seconds: float) -> None:
        self._due[name] = self._time.monotonic() + seconds

    def every(self, name: str, seconds: float) -> None:
        self._every[name] = seconds

    @property
    def next_due(self) -> float:
        return min(self._due.values(), default=float("inf"))

    def run_due(self) -> None:
        for name, due in tuple(self._due.items()):
            if due <= self._time.monotonic():
                self._due[name] = self._time.monotonic() + self._every[name]
                if name not in self._tasks or self._tasks[name].done():
                    self._tasks[name] = asyncio.ensure_future(self._run[name]())


@dataclass
class Shown:
    """What stands on the screen.

    Attributes:
        live: rooms in progress, None where no number is shown.
        people: people in rooms, None where no number is shown.
        soon: rooms that are closing soon.
        unread: rooms that are said not to be read.
        freshness: in the top right corner.
        banner: what is said to be wrong; nothing while all is well.
        rows: those of the rooms that are in progress.
        text: the whole screen.
    """

    live: int | None
    people: int | None
    soon: int
    unread: int
    freshness: str
    banner: str
    rows: list[Row]
    text: str

    @property
    def is_said_to_be_old(self) -> bool:
        return bool(self.banner) or _STALE.search(self.freshness) is not None


@dataclass
class Watch:
    """A dashboard, the sandbox it watches, the man between them, and the time of all three."""

    sandbox: Sandbox
    middle: Middle
    town: Town
    time: VirtualTime
    jobs: Jobs
    transport: Transport
    app: RoomtuiApp
    pilot: Pilot[None]
    journal: Path
    secrets: tuple[str, ...]
    host: list[timedelta]
    truths: list[Truth] = field(default_factory=list)
    screens: list[str] = field(default_factory=list)

    # -- time

    async def second(self) -> Shown:
        """One second passes, for Twilio and for us."""
        end = self.time.seconds + 1.0
        await self._settle()
        while (next_one := min(self.jobs.next_due, self._wakes)) <= end:
            self._go_to(max(next_one, self.time.seconds))
            self.jobs.run_due()
            while self.time._sleepers and self.time._sleepers[0][0] <= self.time.seconds:
                _, _, waking = self.time._sleepers.pop(0)
                self.time._sleepers.sort()
                if not waking.done():
                    waking.set_result(None)
            await self._settle()
        self._go_to(end)
        self.app.tick()
        await self._settle()
        self.truths.append(truth_of(self.sandbox))
        shown = self._look()
        self.screens.append(shown.text)
        return shown

    @property
    def _wakes(self) -> float:
        return self.time._sleepers[0][0] if self.time._sleepers else float("inf")

    def _go_to(self, seconds: float) -> None:
        self.sandbox.clock.advance(seconds - self.time.seconds)
        self.sandbox.clock.run_due()
        self.time.seconds = seconds

    async def _settle(self) -> None:
        """Until everybody waits for time to pass. A time-out on the wire is real time."""
        await _until_idle(max_sleep=_A_MOMENT)
        while self.transport.counts.in_flight:
            await asyncio.sleep(0.005)
            await _until_idle(max_sleep=_A_MOMENT)

    async def through(self, deed: Coroutine[object, object, _T]) -> _T:
        """What comes of a deed; time passes until something does."""
        task = asyncio.ensure_future(deed)
        while not task.done():
            await asyncio.sleep(0.01)  # the journal is written in a thread
            await self.second()
        return await task

    # -- what is seen

    def _look(self) -> Shown:
        screen = self.app.screen_stack[0]
        summary, freshness = (
            _text(screen.query_one("#summary", LineView)),
            _text(screen.query_one("#freshness", LineView)),
        )
        banner = screen.query_one("#banner", LineView)
        return Shown(
            live=_number(r"(\d+) live", summary),
            people=_number(r"(\d+) (?:person|people)", summary),
            soon=_number(r"(\d+) closing soon", summary) or 0,
            unread=_number(r"\((\d+) not read\)", summary) or 0,
            freshness=freshness.rpartition("reads/s")[2].strip(),
            banner=" ".join(_text(banner).split()) if banner.display else "",
            rows=self._rows(screen.query_one(RoomTable)),
            text=self._drawn(),
        )

    def _rows(self, table: RoomTable) -> list[Row]:
        placed = {each.column.key: each for each in table._columns()}
        found = []
        for y in range(table.size.height):
            sid = table._rows.at(y)
            if sid is None:
                break  # the divider, or the end
            if sid not in table._live:
                continue  # ended under the cursor
            line = table.render_line(y).text
            cells = {key: line[each.start : each.end].strip() for key, each in placed.items()}
            found.append(Row(sid, cells["closes"], cells["people"]))
        return found

    def _drawn(self) -> str:
        width = self.app.screen.size.width
        return "\n".join(strip.crop(0, width).text for strip in self.app.screen._compositor.render_strips())

    # -- whether it is true

    def wrong(self, shown: Shown) -> list[str]:
        """The numbers on the screen that are wrong and look right.

        What is said to be old was true once; what is not, within the last seconds.
        """
        truths = self.truths if shown.is_said_to_be_old else self.truths[-FRESH:]
        now = self.truths[-1].at
        timeless = "countdowns may be wrong" in shown.banner
        wrong = [
            each
            for row in shown.rows
            for each in untrue(row, self.truths if row.is_said_to_be_old else truths, now, timeless=timeless)
        ]
        doubtful = shown.unread > 0 or any("?" in row.people for row in shown.rows)
        bounds = any(row.closes.startswith(("?", "≤")) for row in shown.rows)
        if any(row.is_said_to_be_old for row in shown.rows):
            truths = self.truths  # what is old in a row is old in the sum
        # One room may be known as it is now, another one as it was a moment ago.
        live, people, soon = (bounds_of(truths, what) for what in (lambda *_: 1, _people, _is_soon))
        if shown.live is not None and shown.live not in live:
            wrong.append(f"{shown.live} live, where {live} are")
        if shown.people is not None and shown.people not in people and not (doubtful and shown.people < people.stop):
            wrong.append(f"{shown.people} people, where {people} are")
        if shown.soon not in soon and not timeless and not (bounds and shown.soon < soon.stop):
            wrong.append(f"{shown.soon} closing soon, where {soon} are")
        if not shown.is_said_to_be_old:
            always = set.intersection(*(set(truth.rooms) for truth in truths)) if len(truths) >= FRESH else set()
            missing = always - {row.sid for row in shown.rows}
            wrong += [f"{sid} is missing" for sid in missing]
        return wrong

    def is_right(self, shown: Shown) -> bool:
        """Whether all is well and everything is as it is now."""
        truth = self.truths[-1]
        return (
            not shown.is_said_to_be_old
            and {row.sid for row in shown.rows} == set(truth.rooms)
            and not any("?" in row.people or row.closes.startswith(("?", "≤")) for row in shown.rows)
            and not any(untrue(row, [truth], truth.at) for row in shown.rows)
            and (shown.live, shown.people, shown.soon) == (len(truth.rooms), truth.people, truth.closing_soon)
        )


def bounds_of(truths: list[Truth], count: Callable[[RoomTruth, Truth], int]) -> range:
    """What can be counted where each room is as it was at any of these moments."""
    sids = {sid for truth in truths for sid in truth.rooms}
    counts = [[count(t.rooms[sid], t) if sid in t.rooms else 0 for t in truths] for sid in sids]
    return range(sum(map(min, counts)), sum(map(max, counts)) + 1)


def _people(room: RoomTruth, _truth: Truth) -> int:
    return room.people


def _is_soon(room: RoomTruth, truth: Truth) -> int:
    return room.closes_within(SOON, truth.at)


def _text(view: LineView) -> str:
    return "\n".join("".join(piece.text for piece in line) for line in view.lines)


def _number(pattern: str, text: str) -> int | None:
    found = re.search(pattern, text)
    return int(found[1]) if found is not None else None


def secrets_of(sandbox: Sandbox) -> tuple[str, ...]:
    """What must be seen nowhere: the secret, the token, and the header in which they are sent."""
    known = sandbox.credentials
    headers = (f"{known.api_key}:{known.api_secret}", f"{known.account_sid}:{known.auth_token}")
    return (known.api_secret, known.auth_token, *(base64.b64encode(each.encode()).decode() for each in headers))


@asynccontextmanager
async def watching(place: Path, *, api_url: str | None = None, middle: type[Middle] = Middle) -> AsyncIterator[Watch]:
    """A dashboard that has just been started; it is left at the end."""
    async with Sandbox(SandboxOptions(speed=0)) as sandbox, middle(sandbox.url) as between:
        sandbox.world.account.read_limit = sandbox.world.account.write_limit = 0
        town, time, board, known = Town(sandbox), VirtualTime(), Board(), sandbox.credentials
        host = [timedelta()]
        began = wall_clock()

        def wall() -> datetime:
            return began + host[0] + timedelta(seconds=time.seconds)

        clock, budget = ServerClock(monotonic=time.monotonic, wall=wall), ReadBudget(20)
        transport = Transport(
            api_url or between.url,
            clock=clock,
            pace=Turnstile(budget, monotonic=time.monotonic, sleep=time.sleep),
            timeout=PATIENCE,
            connect_timeout=PATIENCE,
            retries=OPEN,
            rng=Random(1),  # noqa: S311 # jitter
            sleep=lambda seconds: time.sleep(max(seconds, 0.001)),
        )
        gateway = SdkGateway(Credentials(known.api_key, known.api_secret, known.account_sid), transport)
        jobs = Jobs(time)
        poller = Poller(
            gateway,
            board,
            clock,
            budget,
            jobs,
            refresh=REFRESH,
            monotonic=time.monotonic,
            gather=0.0,
            doubt=clock.doubt,
        )
        journal = place / "journal.jsonl"
        about = {"who": "tester", "profile": "acme", "account_sid": known.account_sid}
        actions = LastingActions(gateway, Journal(journal), clock, context=about, sleep=time.sleep)
        chronicle = Chronicle(
            board, Journal(journal), clock, about=about, ended_by_us=poller.ended_by_us, tell=lambda _: None
        )

        async def connect() -> Session:
            chronicle.start()
            return Session(poller, actions, close)

        async def close() -> None:
            await chronicle.stop()
            await actions.finish(0.0)
            await gateway.close()

        look = Settings(account="acme", refresh=REFRESH, reads_per_second=20, reads=lambda: budget.total)
        app = RoomtuiApp(board, clock, connect, look, ticks=False)
        async with app.run_test(size=(110, 30)) as pilot:
            yield Watch(sandbox, between, town, time, jobs, transport, app, pilot, journal, secrets_of(sandbox), host)
            await between.become(between.bend)
