"""What the reading costs the account, and what it brings: 10,000 lively rooms, and an account with a small quota.

- With the usual promise of 20 reads a second: the busiest second and the answers 429 as the sandbox counts them, how
  many reads go out, and how old that is which is on screen (`tests.benchmarks.inside.Sample`). Meanwhile somebody pages
  and moves.
- With a quota of 10 reads a second and a promise of 20: whether it settles below the quota. The first half of the time
  is for finding that out, the second half is measured.
"""

from __future__ import annotations

import math
import time
from itertools import cycle
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.benchmarks.emulator import Emulator
from tests.benchmarks.figures import By, Figure, Limit, quantile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.benchmarks.run import Run
    from tests.cli.program import SandboxProcess

_SIZE = (80, 24)
_ROOMS = 10_000
_ROOMS_OF_A_SMALL_ACCOUNT = 1_000
_PROMISE = 20
_QUOTA = 10
_KEYS = ("j", "\x1b[6~", "k", "\x1b[6~", "j", "g")
_KEY_EVERY = 7.0
_STARTED_AFTER = 10.0


class _Asked(NamedTuple):
    peak: float
    reads: int
    refused: int


def measure(run: Run) -> Iterator[Figure]:
    """Both."""
    yield from _promise(run)
    yield from _quota(run)


def _promise(run: Run) -> Iterator[Figure]:
    seconds = run.budget_seconds
    run.say(f"budget: {_ROOMS:,} rooms for {seconds:g} s")
    world, file = run.lively(_ROOMS), run.new_file()
    world.ask("DELETE", "/_sandbox/requests")
    with run.dashboard(world, _SIZE, inside=file) as dashboard:
        began = dashboard.began
        Emulator(dashboard).wait_until_live()
        keys = cycle(_KEYS)
        while (left := began + seconds - time.monotonic()) > 0:
            time.sleep(min(_KEY_EVERY, left))
            dashboard.press(next(keys))
        asked = _asked(world)
        dashboard.leave()
    ages = [sample for sample in run.read_inside(file).ages if sample["at"] > began + _STARTED_AFTER]
    rows = [age for sample in ages for age in sample["rows"]]
    yield Figure("budget", "busiest second", asked.peak, "reads", _PROMISE, "promised", Limit(_PROMISE, By.VALUE))
    yield Figure("budget", "answers 429", asked.refused, "", limit=Limit(0, By.VALUE))
    yield Figure("budget", "reads", asked.reads / seconds, "reads/s", _PROMISE, "promised")
    yield Figure("budget", "age of rows on screen, median", quantile(rows, 0.5), "s")
    yield Figure("budget", "age of rows on screen, oldest", max(rows, default=math.nan), "s", limit=Limit(5, By.VALUE))
    yield Figure("budget", "age of the selected room, oldest", _oldest(ages, "selected"), "s", limit=Limit(2, By.VALUE))
    yield Figure("budget", "age of the list, oldest", _oldest(ages, "listed"), "s")
    if ages:
        read = ages[-1]["live"] - ages[-1]["unread"]
        yield Figure("budget", f"rosters known after {seconds:g} s", read, "")


def _quota(run: Run) -> Iterator[Figure]:
    half = 12.0 if run.quick else 30.0
    run.say(f"budget: a quota of {_QUOTA} and a promise of {_PROMISE} for {2 * half:g} s")
    world = run.lively(_ROOMS_OF_A_SMALL_ACCOUNT)
    limit = world.ask("GET", "/_sandbox/account")["read_limit"]
    world.ask("POST", "/_sandbox/account", ReadLimit=str(_QUOTA))
    try:
        with run.dashboard(world, _SIZE, "--reads-per-second", str(_PROMISE)) as dashboard:
            Emulator(dashboard).wait_until_live()
            time.sleep(half)
            world.ask("DELETE", "/_sandbox/requests")
            time.sleep(half)
            asked = _asked(world)
            dashboard.leave()
    finally:
        world.ask("POST", "/_sandbox/account", ReadLimit=str(limit))
    below = Limit(_QUOTA, By.VALUE)
    yield Figure("budget", "settled, quota 10 and promise 20", asked.reads / half, "reads/s", _QUOTA, "quota", below)
    yield Figure("budget", "answers 429 then, per minute", asked.refused * 60 / half, "")
    yield Figure("budget", "busiest second then", asked.peak, "reads", _QUOTA, "quota")


def _asked(world: SandboxProcess) -> _Asked:
    told = world.ask("GET", "/_sandbox/requests")
    reads = [each for each in told["requests"] if each["method"] == "GET"]
    refused = sum(each["count"] for each in reads if each["status"] == 429)
    return _Asked(told["peak_reads_per_second"], sum(each["count"] for each in reads), refused)


def _oldest(ages: Sequence[dict[str, Any]], what: str) -> float:
    return max((sample[what] for sample in ages if sample[what] is not None), default=math.nan)
