"""How soon a key is answered over real ssh on a slow line (`tests.benchmarks.throttle`), while every row ticks.

For 1 kB/s, and for 3 kB/s with 200 ms there and back, at 80x24 and 200x50: seconds from a key to its first visible
answer, and until the screen is complete. By name only (`python -m tests.benchmarks line`): it takes twenty minutes
(quick: ten), and an sshd of its own on this machine. The line carries what ssh makes of it: each piece that is written
costs it some fifty bytes more, and so does each key, and each answer of the terminal to what it is asked.

- first answer: of `j`, `k` and page keys, the `>` stands before another room; of all others, four cells have changed in
  which there are no digits;
- complete: the screen is what it is ten seconds after the key, but for digits and six cells.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks.emulator import Emulator
from tests.benchmarks.figures import By, Figure, Limit
from tests.benchmarks.recorded import Recorded
from tests.cli.program import environment
from tests.sshd import missing_programs, running_sshd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.run import Run
    from tests.cli.program import SandboxProcess
    from tests.sshd import Sshd

_LINES = ((1_000, 0.0), (3_000, 0.1))
_SIZES = ((80, 24), (200, 50))
_ROOMS = 199
_LIVE_WITHIN = 90.0
_SETTLES = 15.0
_NO_ANSWER_AFTER = 10.0
_COMPLETE_WITHIN = 10.0
_NEARLY = 6
_SOME = 4
_PAGES = ("\x1b[6~", "\x1b[6~", "\x1b[5~", "\x1b[5~")
_SCREENS = (("?", "?"), ("esc", "\x1b"), ("enter", "\r"), ("esc", "\x1b"), ("/", "/"), ("esc", "\x1b"))


class _Wait(NamedTuple):
    """Seconds to the first answer, and to the complete screen; None: not within patience, or not looked for."""

    first: float | None
    complete: float | None


def measure(run: Run) -> Iterator[Figure]:
    """All lines and sizes, one after the other."""
    missing = missing_programs()
    if missing:
        run.say(f"line: nothing is measured, there is no {', no '.join(missing)} here (package openssh-server)")
        return
    with running_sshd(run.home / "sshd") as sshd:
        for rate, delay in _LINES:
            for size in _SIZES:
                yield from _on_one(run, sshd, rate, delay, size)


def _on_one(run: Run, sshd: Sshd, rate: int, delay: float, size: tuple[int, int]) -> Iterator[Figure]:
    name = f"{size[0]}x{size[1]} on {rate / 1000:g} kB/s" + (f", {2000 * delay:g} ms" if delay else "")
    run.say(f"line: {name}")
    waits: dict[str, list[_Wait]] = {}
    with (
        run.standing(ticking=_ROOMS, still=0) as world,  # anew each time: its rooms close in minutes
        run.python("throttle", str(rate), str(delay), str(sshd.port), stdin=subprocess.PIPE) as line,
        Recorded(_command(run, sshd, line, world), environment(run.home), columns=size[0], lines=size[1]) as dashboard,
    ):
        emulator = Emulator(dashboard)
        if emulator.until(lambda: f"{_ROOMS} live" in emulator.text, _LIVE_WITHIN) is None:
            raise RuntimeError(f"no rooms on the screen:\n{emulator.text}")
        time.sleep(_SETTLES)
        chance = random.Random(1)  # noqa: S311 - the same keys each time
        for what, key, keeps_list in _keys(1 if run.quick else 2):
            time.sleep(chance.uniform(0.3, 1.8))
            waits.setdefault(what, []).append(_press(emulator, key, moves=keeps_list, follow=what != "j, k"))
        dashboard.leave()
    for what, each in waits.items():
        first = [1000 * (_NO_ANSWER_AFTER if wait.first is None else wait.first) for wait in each]
        yield Figure("line", f"{what} answered at the latest, {name}", max(first), "ms", limit=Limit(1000, By.VALUE))
        yield Figure("line", f"{what} answered, p50, {name}", median(first), "ms", aside=True)
        complete = [wait.complete for wait in each if wait.complete is not None]
        if complete:
            yield Figure("line", f"{what} complete, p50, {name}", 1000 * median(complete), "ms", aside=True)


def _keys(times: int) -> Iterator[tuple[str, str, bool]]:
    """What it is called, what is typed, and whether the cursor moves in the list."""
    for key in "jk" * 10:
        yield "j, k", key, True
    for _ in range(times):
        for key in _PAGES:
            yield "page keys", key, True
        for what, key in _SCREENS:
            yield what, key, False


def _press(emulator: Emulator, key: str, *, moves: bool, follow: bool) -> _Wait:
    emulator.catch_up()
    room, before = emulator.marked_room, _without_digits(emulator)

    def is_answered() -> bool:
        if moves:
            return emulator.marked_room not in {room, None}
        return _different(before, _without_digits(emulator)) >= _SOME

    pressed = emulator.recorded.press(key)
    answered = emulator.until(is_answered, _NO_ANSWER_AFTER)
    first = None if answered is None else answered - pressed
    return _Wait(first, _complete_at(emulator, pressed) if follow else None)


def _complete_at(emulator: Emulator, pressed: float) -> float:
    seen: list[tuple[float, list[str]]] = []
    while (left := pressed + _COMPLETE_WITHIN - time.monotonic()) > 0:
        chunk = emulator.next()
        if chunk is None:
            time.sleep(min(0.01, left))
        else:
            seen.append((chunk.at, _without_digits(emulator)))
    final = _without_digits(emulator)
    wrong_until = max((at for at, screen in seen if _different(screen, final) > _NEARLY), default=pressed)
    return next((at for at, _ in seen if at > wrong_until), wrong_until) - pressed


def _without_digits(emulator: Emulator) -> list[str]:
    return [re.sub(r"\d", "0", line) for line in emulator.screen.display]


def _different(one: list[str], other: list[str]) -> int:
    return sum(a != b for before, after in zip(one, other, strict=True) for a, b in zip(before, after, strict=False))


def _command(run: Run, sshd: Sshd, line: subprocess.Popen[str], world: SandboxProcess) -> list[str]:
    assert line.stdout is not None
    told = environment(run.home, **world.environ, PYTHONPATH=str(Path.cwd()))
    words = [f"{name}={value}" for name, value in told.items()]
    watch = [sys.executable, "-m", "roomtui", "watch", "--reads-per-second", "40"]
    return sshd.command(["env", "-C", str(Path.cwd()), *words, *watch], port=int(line.stdout.readline()))
