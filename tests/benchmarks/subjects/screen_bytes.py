"""What goes over the line, against the smallest that takes one screen to the next (`tests.benchmarks.smallest`).

Each frame (what comes without a silence of 40 ms in between) is replayed by an emulator; its bytes are held against the
smallest for the change that it made.

- `ticking`: a screen full of rooms of which each changes each second, the polling paused;
- `page`: `pgdn` and `pgup` there;
- `idle`: rooms that change once a minute, polled.

With `--plain-output` (where the dashboard has it), and against a `DataTable` that ticks with `update_cell`.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.emulator import Emulator
from tests.benchmarks.figures import By, Figure, Limit
from tests.benchmarks.recorded import loads
from tests.benchmarks.run import TOAST_SECONDS
from tests.benchmarks.smallest import changed_cells, smallest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.recorded import Recorded
    from tests.benchmarks.run import Run

_SIZES = ((80, 24), (200, 50))
_ROOMS = 200
_SILENCE = 0.04
_PAGES = ("\x1b[6~", "\x1b[6~", "\x1b[5~", "\x1b[5~")
_PAGE_SECONDS = 1.0
_PLAIN = "--plain-output"


@dataclass
class _Cost:
    """What some frames took, and what they could have."""

    bytes: int = 0
    smallest: int = 0
    coloured: int = 0
    cells: int = 0


class _Replay:
    """Follows a terminal frame by frame."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded
        self._emulator = Emulator(recorded)

    def skip(self) -> None:
        """What has come so far does not count."""
        self._emulator.catch_up()

    def cost(self) -> _Cost:
        """What has come since."""
        cost = _Cost()
        emulator = self._emulator
        before, cursor, pen = emulator.cells, emulator.cursor, emulator.screen.cursor.attrs
        last = 0.0

        def end_frame() -> None:
            nonlocal before, cursor, pen
            after = emulator.cells
            cost.smallest += smallest(before, after, cursor)[0]
            cost.coloured += smallest(before, after, cursor, pen)[0]
            cost.cells += changed_cells(before, after)
            before, cursor, pen = after, emulator.cursor, emulator.screen.cursor.attrs

        for chunk in self._recorded.chunks[emulator.fed :]:
            if chunk.at - last > _SILENCE:
                end_frame()
            last = chunk.at
            emulator.next()
            cost.bytes += len(chunk.data)
        end_frame()
        return cost


def measure(run: Run) -> Iterator[Figure]:
    """Both sizes; all programs side by side, for bytes do not mind the company."""
    seconds = 6.0 if run.quick else 20.0
    outputs = {"": (), f" {_PLAIN}": (_PLAIN,)} if run.has_plain_output else {"": ()}
    ticking: dict[tuple[tuple[int, int], str], Recorded] = {}
    idle: dict[tuple[tuple[int, int], str], Recorded] = {}
    tables: dict[tuple[int, int], Recorded] = {}
    run.say(f"bytes: {len(outputs)} kinds of output")
    with ExitStack() as stack:
        full = stack.enter_context(run.standing(ticking=_ROOMS, still=0))
        still = stack.enter_context(run.standing(ticking=0, still=_ROOMS))
        for world in (full, still):
            world.ask("POST", "/_sandbox/account", ReadLimit="0")  # one account, several dashboards
        for size in _SIZES:
            tables[size] = stack.enter_context(run.other(size, "bare.table", str(_ROOMS)))
            for name, options in outputs.items():
                ticking[size, name] = stack.enter_context(run.dashboard(full, size, *options))
                idle[size, name] = stack.enter_context(run.dashboard(still, size, *options))
        for board in (*ticking.values(), *idle.values()):
            Emulator(board).wait_until_read()
        for board in ticking.values():
            board.press("p")
        time.sleep(TOAST_SECONDS)
        replays = {which: _Replay(board) for which, board in ticking.items()}
        for replay in replays.values():
            replay.skip()
        everyone = [*ticking.values(), *idle.values(), *tables.values()]
        bytes_of = dict(zip(map(id, everyone), (load.bytes for load in loads(everyone, seconds)), strict=True))
        ticks = {which: replay.cost() for which, replay in replays.items()}
        for _ in range(1 if run.quick else 3):
            for key in _PAGES:
                for board in ticking.values():
                    board.press(key)
                time.sleep(_PAGE_SECONDS)
        pages = {which: replay.cost() for which, replay in replays.items()}
        for board in (*ticking.values(), *idle.values()):
            board.leave()
    for (size, name), cost in ticks.items():
        table = bytes_of[id(tables[size])]
        yield from _figures(size, name, "ticking", cost, Limit(1.5))
        yield Figure(
            "bytes", _what("ticking", size, name), bytes_of[id(ticking[size, name])], "B/s", table, "DataTable"
        )
        yield from _figures(size, name, "page keys", pages[size, name], Limit(1.2))
        wanted = None if name else Limit(64, By.VALUE)
        yield Figure("bytes", _what("idle", size, name), bytes_of[id(idle[size, name])], "B/s", limit=wanted)


def _figures(size: tuple[int, int], name: str, doing: str, cost: _Cost, limit: Limit) -> Iterator[Figure]:
    wanted = None if name else limit
    what = _what(doing, size, name)
    yield Figure("bytes", what, cost.bytes, "B", cost.smallest, "smallest, colours not counted", wanted)
    yield Figure("bytes", what, cost.bytes, "B", cost.coloured, f"smallest for {cost.cells:,} cells, with colours")


def _what(doing: str, size: tuple[int, int], name: str) -> str:
    return f"{doing}, {size[0]}x{size[1]}{name}"
