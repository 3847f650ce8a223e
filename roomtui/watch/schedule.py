"""The poller's jobs, on APScheduler.

APScheduler goes by the wall clock. Where that is set back, nothing would run until it caught up; a watchdog compares
it with the monotonic clock and runs every job at once when the two part.
"""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from roomtui.twilio_api.clock import wall_clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from apscheduler.job import Job

_WATCH_EVERY: Final = 1.0
_SKEW_THAT_MATTERS: Final = 2.0


class Schedule:
    """Coroutine functions run at intervals: never two runs of one at a time, missed ones made up for by one.

    Args:
        wall: the host's clock, which APScheduler goes by.
        monotonic: the clock that nobody can set, in seconds.
    """

    def __init__(
        self,
        *,
        wall: Callable[[], datetime] = wall_clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        # Its executor logs a traceback for a run that is cancelled; on the way out that would land on the terminal.
        logger = logging.getLogger("apscheduler")
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
        self._wall = wall
        self._monotonic = monotonic
        self._scheduler = AsyncIOScheduler(
            timezone=timezone.utc,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._watch: asyncio.TimerHandle | None = None
        self._apart = 0.0
        self._stopping = False
        self._runs: set[asyncio.Task[Any]] = set()

    def add(self, name: str, run: Callable[[], Awaitable[None]], seconds: float) -> None:
        """Run `run` at once and then every `seconds`, from `start` on."""

        async def one_run() -> None:
            task = asyncio.current_task()
            if task is not None:
                self._runs.add(task)
                task.add_done_callback(self._runs.discard)
            await run()

        self._scheduler.add_job(one_run, "interval", seconds=seconds, id=name, next_run_time=self._wall())

    def start(self) -> None:
        """Begin; to be called in the running event loop."""
        self._scheduler.start()
        self._apart = self._difference()
        self._watch = asyncio.get_running_loop().call_later(_WATCH_EVERY, self._look_at_the_clocks)

    def stop(self) -> None:
        """End, for good; runs under way are cancelled."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        # It calls itself running until the loop's next turn; a second shutdown would print a traceback there.
        if self._scheduler.running and not self._stopping:
            self._stopping = True
            self._scheduler.shutdown(wait=False)

    async def ended(self) -> None:
        """Wait until the runs that `stop` cancelled are over."""
        await asyncio.sleep(0)  # APScheduler cancels them in the loop's next turn
        await asyncio.gather(*self._runs, return_exceptions=True)

    def pause(self) -> None:
        """Run nothing until `resume`."""
        for job in self._scheduler.get_jobs():
            job.pause()

    def resume(self) -> None:
        """Run everything at once, and go on."""
        for job in self._scheduler.get_jobs():
            job.resume()
        self.run_now()

    def run_now(self) -> None:
        """Bring the next run of every job that is not paused to this moment."""
        for job in self._scheduler.get_jobs():
            if job.next_run_time is not None:
                job.modify(next_run_time=self._wall())

    def put_off(self, name: str, seconds: float) -> None:
        """Let `seconds` pass before the next run of `name`, then go on as before."""
        job = self._job(name)
        if job is not None and job.next_run_time is not None:
            job.modify(next_run_time=self._wall() + timedelta(seconds=seconds))

    def every(self, name: str, seconds: float) -> None:
        """Change the interval of `name`; a paused job stays paused."""
        job = self._job(name)
        if job is None:
            return
        paused = job.next_run_time is None
        job.reschedule("interval", seconds=seconds)
        if paused:
            job.pause()

    def _job(self, name: str) -> Job | None:
        return self._scheduler.get_job(name)

    def _difference(self) -> float:
        return self._wall().timestamp() - self._monotonic()

    def _look_at_the_clocks(self) -> None:
        difference = self._difference()
        if abs(difference - self._apart) > _SKEW_THAT_MATTERS:
            self.run_now()
        self._apart = difference
        self._watch = asyncio.get_running_loop().call_later(_WATCH_EVERY, self._look_at_the_clocks)
