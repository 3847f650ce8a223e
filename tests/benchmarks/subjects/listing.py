"""`roomtui ls --no-people --json` over 10,000 rooms, against a bare script that reads the same pages.

Both from the start of the process to its end, by turns; they must list the same rooms.
"""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING

from tests.benchmarks.figures import By, Figure, Limit, median
from tests.cli.program import PROGRAM, environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.benchmarks.run import Run

_ROOMS = 10_000
_PATIENCE = 120.0


def measure(run: Run) -> Iterator[Figure]:
    """The least and the middle of some runs."""
    ours: list[float] = []
    bare: list[float] = []
    missing = 0
    run.say("ls")
    with run.standing(ticking=0, still=_ROOMS) as world:
        world.ask("POST", "/_sandbox/account", ReadLimit="0")
        environ = environment(run.home, **world.environ)
        for _ in range(2 if run.quick else 5):
            listed = _timed([*PROGRAM, "ls", "--no-people", "--json"], environ, ours)
            read = _timed(run.command("bare.listing"), environ, bare)
            missing = max(missing, len(read ^ listed), _ROOMS - len(read))
    against = "bare script"
    what = f"ls --no-people --json, {_ROOMS:,} rooms"
    yield Figure("ls", f"{what}, least", min(ours), "s", min(bare), against, Limit(1.5))
    yield Figure("ls", f"{what}, median", median(ours), "s", median(bare), against, aside=True)
    yield Figure("ls", "rooms left out or made up", missing, "", limit=Limit(0, By.VALUE))


def _timed(command: Sequence[str], environ: Mapping[str, str], times: list[float]) -> set[str]:
    began = time.monotonic()
    out = subprocess.run(command, env=dict(environ), stdout=subprocess.PIPE, check=True, timeout=_PATIENCE).stdout
    times.append(time.monotonic() - began)
    return {room["sid"] for room in json.loads(out)}
