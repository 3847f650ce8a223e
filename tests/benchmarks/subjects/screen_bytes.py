"""What goes over the line, against the smallest that takes one screen to the next (`tests.benchmarks.smallest`).

- `ticking`: a screen full of rooms of which each changes each second, the polling paused;
- `page keys`: `pgdn` and `pgup` there, each pressed between two ticks, and nothing but what comes right after it;
- `idle`: rooms that change once a minute, polled, once everything about them is known.

With `--plain-output` (where the dashboard has it), and against a `DataTable` that ticks with `update_cell`. The limits
are for the smallest without colours, though the screen has them: every byte that a colour takes is too much by this
measure. It is told by two more, on a line that lets line feeds through, and with the colours that the screen shows.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks.emulator import Emulator
from tests.benchmarks.figures import By, Figure, Limit
from tests.benchmarks.recorded import loads
from tests.benchmarks.replayed import Cost, Replay
from tests.benchmarks.run import TOAST_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.recorded import Recorded
    from tests.benchmarks.run import Run
    from tests.cli.program import SandboxProcess

_SIZES = ((80, 24), (200, 50))
_TICKING = 200
_STILL = 45
_FAST = ("--reads-per-second", "80")
"""The one that ticks is paused when it is measured; until then it may know everything soon."""
_PAGES = ("\x1b[6~", "\x1b[6~", "\x1b[5~", "\x1b[5~")
_BETWEEN_TICKS = 0.25
_ANSWERED_WITHIN = 0.35
_NEVER_QUIET = 5.0
_PLAIN = "--plain-output"


class _Boards(NamedTuple):
    """Two dashboards of one size and one kind of output."""

    name: str
    size: tuple[int, int]
    plain: bool
    ticking: Recorded
    idle: Recorded


def measure(run: Run) -> Iterator[Figure]:
    """Both sizes; all programs side by side, for bytes do not mind the company."""
    # A whole minute: what is idle changes once in one, and all of it at the same time.
    seconds, pages = 60.0, 1 if run.quick else 3
    with ExitStack() as stack:
        full, still = (
            stack.enter_context(run.standing(ticking=ticking, still=still))
            for ticking, still in ((_TICKING, 0), (0, _STILL))
        )
        tables = {size: stack.enter_context(run.other(size, "bare.table", str(_TICKING))) for size in _SIZES}
        for world in (full, still):
            world.ask("POST", "/_sandbox/account", ReadLimit="0")  # one account, several dashboards
        boards = [boards for size in _SIZES for boards in _start(run, stack, size, full, still)]
        run.say(f"bytes: {len(boards)} screens")
        for each in boards:
            Emulator(each.idle).wait_until_read(_STILL, "not read")
            Emulator(each.ticking).wait_until_read(_TICKING)
        for each in boards:
            each.ticking.press("p")
        time.sleep(TOAST_SECONDS)
        replays = [Replay(each.ticking) for each in boards]
        everyone = [*(each.idle for each in boards), *tables.values()]
        rates = [load.bytes for load in loads(everyone, seconds)]
        ticked = [replay.cost() for replay in replays]
        paged = [_pages(each.ticking, replay, pages) for each, replay in zip(boards, replays, strict=True)]
        for each in boards:
            each.ticking.leave()
            each.idle.leave()
    table_rates = dict(zip(tables, rates[len(boards) :], strict=True))
    for each, tick, page, idle in zip(boards, ticked, paged, rates, strict=False):
        yield from _against_smallest(each, "ticking", tick, Limit(1.5))
        per_second = tick.bytes / seconds
        table = table_rates[each.size]
        yield Figure("bytes", f"ticking, {each.name}", per_second, "B/s", table, "DataTable", aside=each.plain)
        yield from _against_smallest(each, "page keys", page, Limit(1.2))
        limit = None if each.plain else Limit(64, By.VALUE)
        yield Figure("bytes", f"idle, {each.name}", idle, "B/s", limit=limit)


def _start(
    run: Run, stack: ExitStack, size: tuple[int, int], full: SandboxProcess, still: SandboxProcess
) -> Iterator[_Boards]:
    for plain in (False, True) if run.has_plain_output else (False,):
        options = (_PLAIN,) if plain else ()
        ticking = stack.enter_context(run.dashboard(full, size, *options, *_FAST))
        idle = stack.enter_context(run.dashboard(still, size, *options))
        yield _Boards(" ".join((f"{size[0]}x{size[1]}", *options)), size, plain, ticking, idle)


def _pages(dashboard: Recorded, replay: Replay, times: int) -> Cost:
    """What page keys cost, and the seconds that tick in between do not."""
    cost = Cost()
    for key in _PAGES * times:
        given_up = time.monotonic() + _NEVER_QUIET
        while time.monotonic() - dashboard.chunks[-1].at < _BETWEEN_TICKS and time.monotonic() < given_up:
            time.sleep(_BETWEEN_TICKS / 10)
        replay.cost()
        dashboard.press(key)
        time.sleep(_ANSWERED_WITHIN)
        replay.cost(cost)
    return cost


def _against_smallest(boards: _Boards, doing: str, cost: Cost, limit: Limit) -> Iterator[Figure]:
    what = f"{doing}, {boards.name}"
    wanted = None if boards.plain else limit
    yield Figure(
        "bytes", what, cost.bytes, "B", cost.smallest, "smallest, colours not counted", wanted, aside=boards.plain
    )
    line_feeds = "smallest by line feeds, colours not counted"
    yield Figure("bytes", what, cost.bytes, "B", cost.by_line_feeds, line_feeds, aside=True)
    coloured = f"smallest with colours ({cost.cells:,} cells)"
    yield Figure("bytes", what, cost.bytes, "B", cost.coloured, coloured, aside=boards.plain)
