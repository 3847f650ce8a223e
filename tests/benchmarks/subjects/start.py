"""How soon something is to be seen.

From the start of the process: to the first frame (the first text in the terminal), against an app on Textual that does
nothing; and to the first rooms.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.benchmarks.emulator import Emulator
from tests.benchmarks.figures import Figure, median

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.recorded import Recorded
    from tests.benchmarks.run import Run

_SIZE = (80, 24)
_ROOMS = (10, 1_000, 10_000)
_PATIENCE = 30.0
_SOME_LIVE = re.compile(r"\b[1-9]\d* live\b")


def measure(run: Run) -> Iterator[Figure]:
    """First frame and first rooms, by turns with the bare app; the least and the middle of some starts."""
    worlds = {rooms: run.lively(rooms) for rooms in _ROOMS}
    bare: list[float] = []
    frames: dict[int, list[float]] = {rooms: [] for rooms in _ROOMS}
    firsts: dict[int, list[float]] = {rooms: [] for rooms in _ROOMS}
    turns = 2 if run.quick else 5
    for turn in range(turns):
        run.say(f"start: turn {turn + 1} of {turns}")
        with run.other(_SIZE, "bare.app") as app:
            bare.append(_first_frame(app, Emulator(app)))
        for rooms, world in worlds.items():
            with run.dashboard(world, _SIZE) as dashboard:
                emulator = Emulator(dashboard)
                frames[rooms].append(_first_frame(dashboard, emulator))
                firsts[rooms].append(_until(dashboard, emulator, lambda: bool(_SOME_LIVE.search(emulator.text))))  # noqa: B023 - called before the next turn
                dashboard.leave()
    every_frame = [seconds for some in frames.values() for seconds in some]
    yield Figure("start", "first frame, least", min(every_frame), "s", min(bare), "bare Textual app")
    yield Figure("start", "first frame, median", median(every_frame), "s", median(bare), "bare Textual app", aside=True)
    few = min(_ROOMS)
    for rooms in _ROOMS:
        against = (None, "") if rooms == few else (median(firsts[few]), f"{few} rooms")
        yield Figure("start", f"first rooms of {rooms:,}, median", median(firsts[rooms]), "s", *against)


def _first_frame(program: Recorded, emulator: Emulator) -> float:
    return _until(program, emulator, lambda: bool(emulator.text.strip()))


def _until(program: Recorded, emulator: Emulator, condition: Callable[[], bool]) -> float:
    at = emulator.until(condition, _PATIENCE)
    if at is None:
        raise RuntimeError(f"not what it should show:\n{emulator.text}")
    return at - program.began
