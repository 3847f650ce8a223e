"""What asking costs: the dashboard polling 10,000 lively rooms, against a bare loop that asks the same.

The sandbox tells what the dashboard asked (`GET /_sandbox/requests`); then, with the dashboard paused, a plain aiohttp
loop (`bare.polling`) asks the same number of each route in the same time and decodes the JSON. By turns, the middle of
some.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.benchmarks.emulator import Emulator
from tests.benchmarks.figures import Figure, Limit, median
from tests.benchmarks.run import authorization

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.run import Run
    from tests.cli.program import SandboxProcess

_SIZE = (80, 24)
_ROOMS = 10_000
_SETTLED = 2.0


def measure(run: Run) -> Iterator[Figure]:
    """CPU of both."""
    turns, seconds = (1, 8.0) if run.quick else (3, 15.0)
    world = run.lively(_ROOMS)
    ours: list[float] = []
    bare: list[float] = []
    asked: list[float] = []
    with run.dashboard(world, _SIZE) as dashboard:
        Emulator(dashboard).wait_until_live()
        time.sleep(_SETTLED)
        for turn in range(turns):
            run.say(f"polling: turn {turn + 1} of {turns}")
            world.ask("DELETE", "/_sandbox/requests")
            load = dashboard.load(seconds)
            asks = _asks(world)
            ours.append(load.cpu_ms)
            dashboard.press("p")
            time.sleep(_SETTLED)
            told = _bare(run, world, asks, seconds)
            bare.append(told["cpu_seconds"] * 1000 / seconds)
            asked.append(told["asked"] / sum(asks.values()))
            dashboard.press("p")
            time.sleep(_SETTLED)
        dashboard.leave()
    against = "bare aiohttp loop"
    yield Figure("polling", f"CPU, {_ROOMS:,} rooms", median(ours), "ms/s", median(bare), against, Limit(1.5))
    yield Figure("polling", "requests of the bare loop for one of ours", median(asked), "")


def _asks(world: SandboxProcess) -> Counter[str]:
    """How often each route was asked."""
    asks: Counter[str] = Counter()
    for each in world.ask("GET", "/_sandbox/requests")["requests"]:
        if each["method"] == "GET":
            asks[each["route"]] += each["count"]
    return asks


def _bare(run: Run, world: SandboxProcess, asks: Counter[str], seconds: float) -> dict[str, float]:
    told = {
        "url": world.url,
        "authorization": authorization(world),
        "seconds": seconds,
        "asks": asks,
    }
    with run.python("bare.polling", stdin=subprocess.PIPE) as process:
        out, _ = process.communicate(json.dumps(told), timeout=seconds + 30)
    found: dict[str, float] = json.loads(out)
    return found
