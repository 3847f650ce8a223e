"""A long shift: the whole dashboard on a lively sandbox, in the time of a leaping loop."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections import Counter
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import cycle
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple
from unittest import mock

from apscheduler.executors import base as apscheduler_executors
from apscheduler.schedulers import base as apscheduler_base

from roomtui.sandbox.clock import Clock as SandboxClock
from roomtui.sandbox.options import SandboxOptions
from roomtui.sandbox.server import Sandbox
from roomtui.tui.app import RoomtuiApp
from roomtui.tui.session import Session, Settings
from roomtui.twilio_api.clock import ServerClock
from roomtui.twilio_api.credentials import Credentials
from roomtui.twilio_api.transport import Transport
from roomtui.watch.board import Board
from roomtui.watch.budget import ReadBudget
from roomtui.watch.chronicle import Chronicle
from roomtui.watch.closings import Closings
from roomtui.watch.journal import Journal
from roomtui.watch.lasting import LastingActions
from roomtui.watch.past import Past
from roomtui.watch.poller import Poller
from roomtui.watch.schedule import Schedule
from roomtui.watch.turnstile import Turnstile
from tests.watch.soak.heard import OverheardGateway
from tests.watch.soak.leaping import LeapingLoop
from tests.watch.soak.truth import Witness

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from textual.pilot import Pilot

    from tests.watch.soak.truth import Ledger

PROMISE: Final = 20
_KEYS: Final = ("j", "j", "enter", "escape", "s", "c", "k", "2", "down", "1", "3", "1", "G", "g", "p", "p")
_KEY_EVERY: Final = 20.0
_SANDBOX_REMEMBERS: Final = 300
_SETTLES_WITHIN: Final = 20.0
_Cached: Final = type(lru_cache(len))
_PAGE: Final = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is watched.

    Attributes:
        hours: of Twilio's time.
        rate: Twilio's seconds in one of the dashboard's.
        rooms: about how many there are at any time.
        refresh: the dashboard's seconds between two lists.
        samples: how often the resources are looked at.
        keys: whether somebody presses keys now and then.
    """

    hours: float
    rate: float = 240.0
    rooms: int = 12
    refresh: float = 0.5
    samples: int = 60
    keys: bool = True
    seed: int = 1

    @property
    def seconds(self) -> float:
        """The dashboard's seconds."""
        return self.hours * 3600 / self.rate


class Sample(NamedTuple):
    """What the process holds. `at`: hours of Twilio's time.

    `ours`, `sandbox` and `record` are objects of the dashboard's classes, of the sandbox's, and of those that the soak
    writes down itself. `spared` are the results in the caches of functions (`lru_cache`), which fill up for days, to
    their bounds.
    """

    at: float
    resident_kb: int
    descriptors: int
    tasks: int
    threads: int
    objects: int
    ours: int
    sandbox: int
    record: int
    spared: int
    clock_off: float


@dataclass
class Watched:
    """What came of it."""

    plan: Plan
    ledger: Ledger
    samples: list[Sample] = field(default_factory=list)
    reads: int = 0
    peak: int = 0
    journal_ends: int = 0
    live_at_the_end: tuple[int, int] = (0, 0)
    told: list[str] = field(default_factory=list)


def watch(plan: Plan, home: Path) -> Watched:
    """Watch it all; `home` is a folder for the journal."""
    loop = LeapingLoop()
    asyncio.set_event_loop(loop)
    try:
        with in_the_time_of(loop):
            return loop.run_until_complete(Shift(plan, home, loop).go())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


@contextmanager
def in_the_time_of(loop: LeapingLoop) -> Iterator[None]:
    """Textual, APScheduler and the sandbox ask the machine for the time; and the sandbox remembers less than usual."""

    class Now(apscheduler_base.datetime):  # type: ignore[misc] # untyped
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return loop.wall().astimezone(tz)

    with (
        mock.patch("textual._time.get_time", loop.time),
        # What the sandbox remembers is not to be taken for what the dashboard does.
        mock.patch("roomtui.sandbox.world.register.ENDED_ROOMS_KEPT", _SANDBOX_REMEMBERS),
        mock.patch.object(apscheduler_base, "datetime", Now),
        mock.patch.object(apscheduler_executors, "datetime", Now),
        mock.patch.multiple(
            "roomtui.sandbox.server",
            real_seconds=loop.time,
            wall_time=loop.wall,
            Clock=partial(SandboxClock, ticks=loop.time),
        ),
    ):
        yield


class Shift:
    def __init__(self, plan: Plan, home: Path, loop: LeapingLoop) -> None:
        self.plan, self.loop = plan, loop
        self.journal = home / "journal-soak.jsonl"

    async def go(self) -> Watched:
        plan, loop = self.plan, self.loop
        async with AsyncExitStack() as stack:
            sandbox = Sandbox(SandboxOptions(speed=plan.rate, rooms=plan.rooms, seed=plan.seed))
            board = Board()
            witness = Witness(sandbox, board, plan.rate)
            await stack.enter_async_context(sandbox)
            self.sandbox = sandbox
            self.clock = ServerClock(rate=plan.rate, monotonic=loop.time, wall=loop.wall)
            self.budget = ReadBudget(PROMISE)
            self.done = Watched(plan, witness.ledger)
            app = self._app(board, witness)
            pilot = await stack.enter_async_context(app.run_test(size=(80, 24)))
            try:
                await self._sit(pilot)
                self.done.live_at_the_end = len(board.state.picture.live), sandbox.world.rooms.live_count
            finally:
                session = app.session
                if session is not None:
                    await session.feed.stop()
                    await session.close()
        self.done.reads = self.budget.total
        self.done.journal_ends = sum(
            line.count('"room-ended"')
            for file in self.journal.parent.glob(f"{self.journal.name}*")
            if not file.name.endswith((".lock", ".audit"))
            for line in file.read_text(encoding="utf-8").splitlines()
        )
        return self.done

    def _app(self, board: Board, witness: Witness) -> RoomtuiApp:
        known, clock, budget, loop = self.sandbox.credentials, self.clock, self.budget, self.loop
        transport = Transport(
            self.sandbox.url,
            clock=clock,
            pace=Turnstile(budget, monotonic=loop.time),
            rng=Random(1),  # noqa: S311 - jitter
        )
        loop.waits_for(lambda: transport.counts.in_flight > 0)
        credentials = Credentials(known.api_key, known.api_secret, known.account_sid)
        gateway = OverheardGateway(credentials, transport, witness.heard.answered)
        about = {"account_sid": known.account_sid}

        async def open_session() -> Session:
            poller = Poller(
                gateway,
                board,
                clock,
                budget,
                Schedule(wall=loop.wall, monotonic=loop.time),
                refresh=self.plan.refresh,
                monotonic=loop.time,
            )
            actions = LastingActions(gateway, Journal(self.journal), clock, context=about, monotonic=loop.time)
            past = Past(gateway, board, clock, budget, monotonic=loop.time)
            chronicle = Chronicle(
                board,
                Journal(self.journal),
                clock,
                about=about,
                ended_by_us=poller.ended_by_us,
                tell=self.done.told.append,
                monotonic=loop.time,
                wall=lambda: loop.wall().timestamp(),
            )
            closings = Closings(board, clock)
            closings.start()
            chronicle.start()

            async def close() -> None:
                closings.stop()
                await past.stop()
                await chronicle.stop()
                await actions.finish(0.0)
                await gateway.close()

            return Session(poller, actions, close, past)

        settings = Settings(
            account="soak",
            refresh=self.plan.refresh,
            reads_per_second=PROMISE,
            reads=lambda: budget.total,
            speed=self.plan.rate,
            journal=self.journal,
        )
        return RoomtuiApp(board, clock, open_session, settings)

    async def _sit(self, pilot: Pilot[None]) -> None:
        """Look on, and press a key now and then; in the end time stands still until all is told."""
        plan, loop = self.plan, self.loop
        begins = loop.time()
        keys = cycle(_KEYS)
        stops = sorted(
            [(begins + plan.seconds * n / plan.samples, self._look) for n in range(plan.samples + 1)]
            + [(begins + _KEY_EVERY * n, None) for n in range(1, int(plan.seconds / _KEY_EVERY) + 1)],
            key=lambda stop: stop[0],
        )
        for at, what in stops:
            await asyncio.sleep(max(0.0, at - loop.time()))
            if what is not None:
                what(begins)
            elif plan.keys:
                await pilot.press(next(keys))
        self.sandbox.clock.speed = 0.0
        await asyncio.sleep(_SETTLES_WITHIN)
        self.done.peak = self._peak()

    def _peak(self) -> int:
        peak = self.sandbox._meter.report()["peak_reads_per_second"]
        assert isinstance(peak, int)
        return peak

    def _look(self, begins: float) -> None:
        gc.collect()
        objects = gc.get_objects()
        whose = Counter(map(_whose, objects))
        spared = sum(each.cache_info().currsize for each in objects if isinstance(each, _Cached))
        resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE // 1024
        self.done.samples.append(
            Sample(
                (self.loop.time() - begins) * self.plan.rate / 3600,
                resident,
                sum(1 for _ in Path("/proc/self/fd").iterdir()),
                len(asyncio.all_tasks()),
                threading.active_count(),
                len(objects),
                whose["roomtui."],
                whose["roomtui.sandbox."],
                whose["tests."],
                spared,
                (self.clock.now() - self.sandbox.clock.now()).total_seconds(),
            )
        )


def _whose(thing: object) -> str:
    """Of whose classes it is: how their modules' names begin, "" for all others."""
    module = getattr(type(thing), "__module__", None)
    name = module if isinstance(module, str) else ""
    return next((each for each in ("roomtui.sandbox.", "roomtui.", "tests.") if name.startswith(each)), "")
