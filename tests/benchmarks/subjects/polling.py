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
    run.say("polling: one read, ours and a bare one")
    own, plain = _one_read(run, world, 200 if run.quick else 1000, 3 if run.quick else 5)
    yield Figure("polling", "CPU, one read through our transport", own, "ms", plain, "one by bare aiohttp", Limit(0.8))


def _one_read(run: Run, world: SandboxProcess, times: int, turns: int) -> tuple[float, float]:
    """Milliseconds of CPU for a read of a room's people, ours and a bare one, by turns; the least of some."""
    [room, *_] = world.ask("GET", "/v1/Rooms?PageSize=1")["rooms"]
    told = {
        "url": world.url,
        "path": f"/v1/Rooms/{room['sid']}/Participants?Status=connected&PageSize=1000",
        "authorization": authorization(world),
        "times": times,
    }
    found: dict[bool, list[float]] = {True: [], False: []}
    world.ask("POST", "/_sandbox/account", ReadLimit="0")  # one after the other, they are more than 80 a second
    try:
        for turn in range(2 * turns):
            own = turn % 2 == 0
            with run.python("bare.reading", stdin=subprocess.PIPE) as process:
                out, _ = process.communicate(json.dumps({**told, "own": own}), timeout=120)
            found[own].append(json.loads(out)["cpu_seconds"] * 1000 / times)
    finally:
        world.ask("POST", "/_sandbox/account", ReadLimit="80")
    return min(found[True]), min(found[False])


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
