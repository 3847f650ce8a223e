"""What ten thousand rooms cost that ten do not.

- `ticking`: the polling is paused, ten rooms on top tick. Dashboards on 10, 50, 1,000 and 10,000 rooms side by side, so
  that the machine's noise is the same for all of them. In the one as in the others the same ten rows change. Fifty
  rooms fill the largest window, as ten thousand do, and ten do not: what is more than with fifty is the rooms' doing.
- `polling`: lively worlds, by turns; a dashboard whose turn it is not is paused.

CPU is that of the whole process; a stall is the longest turn of its event loop (`tests.benchmarks.inside`); a key's
latency is that of `tests.benchmarks.keys`.
"""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import ExitStack
from random import Random
from typing import TYPE_CHECKING

from tests.benchmarks.emulator import Emulator
from tests.benchmarks.figures import By, Figure, Limit, median, quantile
from tests.benchmarks.keys import go_into_the_middle, latencies
from tests.benchmarks.recorded import loads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.recorded import Load, Recorded
    from tests.benchmarks.run import Run

_SIZES = ((80, 24), (200, 50))
_FEW, _WINDOWFUL, _SOME, _MANY = 10, 50, 1_000, 10_000
_TICKING = 10
_SETTLED = 1.0
_ALL_IS_OLD = 25.0
"""So many seconds after a pause every row has been said to be old, which is drawn once, and nothing was told since."""
_FAST = ("--reads-per-second", "80")
"""Those that tick are paused when they are measured; until then they may know everything soon."""


def measure(run: Run) -> Iterator[Figure]:
    """All of it, at both sizes."""
    yield from _ticking(run)
    for size in _SIZES:
        yield from _polling(run, size)


def _ticking(run: Run) -> Iterator[Figure]:
    seconds = 6.0 if run.quick else 20.0
    amounts = (_FEW, _WINDOWFUL, _MANY) if run.quick else (_FEW, _WINDOWFUL, _SOME, _MANY)
    run.say(f"scale: ticking at {amounts} rooms")
    files: dict[tuple[tuple[int, int], int], Path] = {}
    boards: dict[tuple[tuple[int, int], int], Recorded] = {}
    with ExitStack() as stack:
        worlds = {
            rooms: stack.enter_context(run.standing(ticking=_TICKING, still=rooms - _TICKING)) for rooms in amounts
        }
        for world in worlds.values():
            world.ask("POST", "/_sandbox/account", ReadLimit="0")  # one account, two dashboards
        for size in _SIZES:
            for rooms, world in worlds.items():
                files[size, rooms] = run.new_file()
                board = run.dashboard(world, size, *_FAST, inside=files[size, rooms])
                boards[size, rooms] = stack.enter_context(board)
        for (_, rooms), board in boards.items():
            Emulator(board).wait_until_read(rooms)
        for board in boards.values():
            board.press("p")
        time.sleep(_ALL_IS_OLD)
        measured = dict(zip(boards, loads(list(boards.values()), seconds), strict=True))
        for board in boards.values():
            board.leave()
    stalls = {which: run.read_inside(file).longest_turn_ms(measured[which]) for which, file in files.items()}
    for size in _SIZES:
        few, full = measured[size, _FEW], measured[size, _WINDOWFUL]
        for rooms in amounts[2:]:
            load, name = measured[size, rooms], f"ticking, {rooms:,} rooms, {_name(size)}"
            against = f"{_FEW} rooms"
            yield Figure("scale", f"CPU {name}", load.cpu_ms, "ms/s", few.cpu_ms, against, Limit(1.3))
            yield Figure("scale", f"CPU {name}", load.cpu_ms, "ms/s", full.cpu_ms, f"{_WINDOWFUL} rooms", Limit(1.3))
            yield Figure("scale", f"bytes {name}", load.bytes, "B/s", few.bytes, against, aside=True)
            stall = stalls[size, _FEW], against, Limit(20, By.DIFFERENCE)
            yield Figure("scale", f"longest stall {name}", stalls[size, rooms], "ms", *stall)


class _Polling:
    """One dashboard on a lively world, and what was measured of it."""

    def __init__(self, run: Run, dashboard: Recorded, file: Path) -> None:
        self._run = run
        self._dashboard = dashboard
        self._emulator = Emulator(dashboard)
        self._file = file
        self._chance = Random(1)  # noqa: S311 - moments to press a key at
        self._loads: list[Load] = []
        self._keys: list[float] = []
        self.resident = 0.0

    def turn(self, keys: int, seconds: float) -> None:
        """Poll for a while, then pause."""
        self._dashboard.press("p")
        time.sleep(_SETTLED)
        go_into_the_middle(self._dashboard)
        time.sleep(_SETTLED)
        self._keys += latencies(self._dashboard, self._emulator, keys, self._chance)
        time.sleep(_SETTLED)
        self._loads.append(self._dashboard.load(seconds))
        self.resident = max(self.resident, self._dashboard.resident_mb())
        self._dashboard.press("p")

    def pause(self) -> None:
        """Once it has begun, wait for its turn."""
        self._emulator.wait_until_live()
        time.sleep(_SETTLED)
        self._dashboard.press("p")

    def leave(self) -> None:
        self._dashboard.leave()

    def figures(self) -> dict[str, float]:
        inside = self._run.read_inside(self._file)
        return {
            "CPU": median([load.cpu_ms for load in self._loads]),
            "bytes": median([load.bytes for load in self._loads]),
            "key p50": median(self._keys),
            "key p99": quantile(self._keys, 0.99),
            "longest stall": median([inside.longest_turn_ms(load) for load in self._loads]),
            "memory": self.resident,
        }


_POLLING = {
    "CPU": ("ms/s", None),
    "bytes": ("B/s", None),
    "key p50": ("ms", None),
    "key p99": ("ms", Limit(1.5)),
    "longest stall": ("ms", Limit(20, By.DIFFERENCE)),
    "memory": ("MB", Limit(2)),
}


def _polling(run: Run, size: tuple[int, int]) -> Iterator[Figure]:
    amounts = (_FEW, _MANY) if run.quick or size != _SIZES[0] else (_FEW, _SOME, _MANY)
    turns, keys, seconds = (1, 40, 4.0) if run.quick else (3, 60, 6.0)
    found: dict[int, dict[str, float]] = defaultdict(dict)
    with ExitStack() as stack:
        boards: dict[int, _Polling] = {}
        for rooms in amounts:
            file = run.new_file()
            dashboard = stack.enter_context(run.dashboard(run.lively(rooms), size, inside=file))
            boards[rooms] = _Polling(run, dashboard, file)
        for board in boards.values():
            board.pause()
        for turn in range(turns):
            for rooms, board in boards.items():
                run.say(f"scale: polling {rooms:,} rooms at {_name(size)}, turn {turn + 1} of {turns}")
                board.turn(keys, seconds)
        for rooms, board in boards.items():
            board.leave()
            found[rooms] = board.figures()
    for rooms in amounts[1:]:
        for what, (unit, limit) in _POLLING.items():
            name = f"{what} polling, {rooms:,} rooms, {_name(size)}"
            yield Figure(
                "scale", name, found[rooms][what], unit, found[_FEW][what], f"{_FEW} rooms", limit, aside=limit is None
            )


def _name(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
