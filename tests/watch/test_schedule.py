from __future__ import annotations

import asyncio
import gc
import logging
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Protocol

import pytest
from apscheduler.schedulers import base as apscheduler_base

from roomtui.twilio_api.clock import wall_clock
from roomtui.watch.schedule import Schedule
from tests.watch.virtual import VirtualTime, idle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LONG = 3600.0
SOON = 0.01


class Work:
    """A job that can be counted, held up, and made to fail."""

    def __init__(self) -> None:
        self.begun = 0
        self.at_once = 0
        self.most_at_once = 0
        self.cancelled = 0
        self.failing = False
        self.open = asyncio.Event()
        self.open.set()
        self._began = asyncio.Condition()

    async def run(self) -> None:
        self.begun += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            async with self._began:
                self._began.notify_all()
            if self.failing:
                raise RuntimeError("a fault in the job")
            await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.at_once -= 1

    async def times(self, number: int) -> None:
        """Wait until it has begun so often."""
        async with self._began:
            await self._began.wait_for(lambda: self.begun >= number)


class Metronome(Protocol):
    """Lets a job of the same short interval run so often; what did not run meanwhile does not run."""

    async def __call__(self, times: int = 5) -> None: ...


@pytest.fixture
async def beats() -> AsyncIterator[Metronome]:
    work, other = Work(), Schedule()
    other.add("beat", work.run, SOON)
    other.start()

    async def beat(times: int = 5) -> None:
        await work.times(work.begun + times)

    yield beat
    other.stop()
    await other.ended()


@pytest.fixture
async def schedule() -> AsyncIterator[Schedule]:
    made = Schedule()
    yield made
    made.stop()
    await made.ended()


async def test_a_job_runs_at_once_and_then_again_and_again(schedule: Schedule) -> None:
    work = Work()
    schedule.add("work", work.run, SOON)
    schedule.start()
    await work.times(4)


async def test_two_runs_of_one_job_never_overlap(schedule: Schedule) -> None:
    slow, quick = Work(), Work()
    slow.open.clear()
    schedule.add("slow", slow.run, SOON)
    schedule.add("quick", quick.run, SOON)
    schedule.start()
    await quick.times(20)
    assert (slow.begun, slow.most_at_once) == (1, 1)
    slow.open.set()
    await slow.times(3)
    assert slow.most_at_once == 1


async def test_a_job_that_fails_is_run_again(schedule: Schedule) -> None:
    work = Work()
    work.failing = True
    schedule.add("work", work.run, SOON)
    schedule.start()
    await work.times(3)


async def test_all_jobs_can_be_run_now(schedule: Schedule) -> None:
    one, two = Work(), Work()
    schedule.add("one", one.run, LONG)
    schedule.add("two", two.run, LONG)
    schedule.start()
    await asyncio.gather(one.times(1), two.times(1))
    schedule.run_now()
    await asyncio.gather(one.times(2), two.times(2))


async def test_a_job_can_be_put_off_and_goes_on_after_that(schedule: Schedule) -> None:
    work, other = Work(), Work()
    schedule.add("work", work.run, SOON)
    schedule.add("other", other.run, SOON)
    schedule.start()
    await work.times(1)
    schedule.put_off("work", LONG)
    await idle()
    begun = work.begun
    await other.times(other.begun + 5)
    assert work.begun == begun
    schedule.put_off("work", SOON)
    await work.times(begun + 3)


async def test_a_job_that_puts_itself_off_waits(schedule: Schedule) -> None:
    other = Work()
    runs: list[int] = []

    async def run() -> None:
        runs.append(1)
        schedule.put_off("work", LONG)

    schedule.add("work", run, SOON)
    schedule.add("other", other.run, SOON)
    schedule.start()
    await other.times(10)
    assert len(runs) == 1


async def test_nothing_runs_while_paused(schedule: Schedule, beats: Metronome) -> None:
    work = Work()
    schedule.add("work", work.run, SOON)
    schedule.start()
    await work.times(1)
    schedule.pause()
    await idle()
    begun = work.begun
    schedule.run_now()
    schedule.put_off("work", 0.0)
    await beats()
    assert work.begun == begun
    schedule.resume()
    await work.times(begun + 3)


async def test_resuming_runs_everything_at_once(schedule: Schedule) -> None:
    work = Work()
    schedule.add("work", work.run, LONG)
    schedule.start()
    await work.times(1)
    schedule.pause()
    schedule.resume()
    await work.times(2)


async def test_the_interval_can_be_changed_while_it_runs(schedule: Schedule) -> None:
    work = Work()
    schedule.add("work", work.run, LONG)
    schedule.start()
    await work.times(1)
    schedule.every("work", SOON)
    await work.times(4)


async def test_a_new_interval_does_not_wake_a_paused_job(schedule: Schedule, beats: Metronome) -> None:
    work = Work()
    schedule.add("work", work.run, LONG)
    schedule.start()
    await work.times(1)
    schedule.pause()
    schedule.every("work", SOON)
    await beats()
    assert work.begun == 1
    schedule.resume()
    await work.times(4)


async def test_an_unknown_job_is_no_trouble(schedule: Schedule) -> None:
    schedule.start()
    schedule.every("nothing", 1.0)
    schedule.put_off("nothing", 1.0)


# The wall clock is set


class SetBack(datetime):
    """A wall clock that somebody can set."""

    by = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> SetBack:
        real = super().now(tz)
        return real - cls.by


@pytest.fixture
def set_back(monkeypatch: pytest.MonkeyPatch) -> type[SetBack]:
    monkeypatch.setattr(SetBack, "by", timedelta())
    monkeypatch.setattr(apscheduler_base, "datetime", SetBack)
    return SetBack


async def test_a_wall_clock_set_back_is_noticed_and_everything_runs_at_once(set_back: type[SetBack]) -> None:
    schedule = Schedule(wall=lambda: wall_clock() - set_back.by)
    work = Work()
    schedule.add("work", work.run, SOON)
    schedule.start()
    await work.times(2)
    set_back.by = timedelta(seconds=60)
    waits = schedule._scheduler.get_job("work").next_run_time - set_back.now(timezone.utc)
    assert waits > timedelta(seconds=50), "APScheduler itself would now wait for a minute"
    begun = work.begun
    schedule._look_at_the_clocks()
    await work.times(begun + 3)
    schedule.stop()
    await schedule.ended()


class Clocks:
    """A wall clock and a monotonic one that somebody can part."""

    def __init__(self) -> None:
        self.time = VirtualTime()
        self.off = 0.0

    def wall(self) -> datetime:
        return self.time.now() + timedelta(seconds=self.off)


@pytest.mark.parametrize(("off", "runs_now"), [(-60.0, True), (60.0, True), (-1.0, False), (0.5, False)])
async def test_only_a_jump_of_the_wall_clock_matters(
    monkeypatch: pytest.MonkeyPatch, off: float, *, runs_now: bool
) -> None:
    clocks = Clocks()
    schedule = Schedule(wall=clocks.wall, monotonic=clocks.time.monotonic)
    told: list[str] = []
    monkeypatch.setattr(schedule, "run_now", lambda: told.append("now"))
    schedule.start()
    for _ in range(10):
        clocks.time.seconds += 1.0
        schedule._look_at_the_clocks()
    assert told == [], "both go on at the same pace"
    clocks.off = off
    schedule._look_at_the_clocks()
    schedule._look_at_the_clocks()
    assert told == ["now"] * runs_now, "a jump is told once"
    schedule.stop()
    await schedule.ended()


async def test_a_clock_that_is_slowly_corrected_is_no_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = Clocks()
    schedule = Schedule(wall=clocks.wall, monotonic=clocks.time.monotonic)
    monkeypatch.setattr(schedule, "run_now", lambda: pytest.fail("nothing jumped"))
    schedule.start()
    for _ in range(100):
        clocks.time.seconds += 1.0
        clocks.off -= 0.5
        schedule._look_at_the_clocks()
    schedule.stop()
    await schedule.ended()


# The end


async def test_stopping_in_the_middle_of_a_run_cancels_it_and_prints_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    # As in a program: pytest's own handlers would hide what goes to the terminal.
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    try:
        schedule = Schedule()
        work = Work()
        work.open.clear()
        schedule.add("work", work.run, SOON)
        schedule.start()
        await work.times(1)
        schedule.stop()
        schedule.stop()
        await schedule.ended()
        gc.collect()
        await idle()
    finally:
        root.handlers = handlers
    assert (work.cancelled, work.at_once) == (1, 0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert capfd.readouterr() == ("", "")


async def test_nothing_runs_after_the_end(beats: Metronome) -> None:
    schedule = Schedule()
    work = Work()
    schedule.add("work", work.run, SOON)
    schedule.start()
    await work.times(1)
    schedule.stop()
    await schedule.ended()
    begun = work.begun
    await beats()
    assert work.begun == begun


async def test_a_schedule_that_never_began_can_be_stopped() -> None:
    schedule = Schedule()
    schedule.stop()
    await schedule.ended()
