"""What every benchmark is handed: how long it may take, and the worlds and programs it needs."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.benchmarks.processes import end
from tests.benchmarks.recorded import Recorded
from tests.cli.program import PROGRAM, SandboxProcess, environment, running_sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.benchmarks.recorded import Load

TOAST_SECONDS = 6.5
"""After so long nothing is left of what a key has told (`textual.notifications.Notification.timeout`, 5 s)."""


def authorization(world: SandboxProcess) -> str:
    """The header that lets in a client of this account."""
    who = f"{world.account['api_key']}:{world.account['api_secret']}"
    return f"Basic {base64.b64encode(who.encode()).decode()}"


@dataclass
class Inside:
    """What `tests.benchmarks.inside` has written."""

    turns: list[tuple[float, float]]
    ages: list[dict[str, Any]]

    def longest_turn_ms(self, load: Load) -> float:
        """Milliseconds that the event loop was longest held up during `load`; 1 if it never was for as long."""
        return 1000 * max((took for at, took in self.turns if load.since <= at <= load.until), default=0.001)


@dataclass
class Run:
    """One run of the benchmarks.

    Attributes:
        home: a folder that is thrown away.
        quick: whether rough figures will do.
        budget_seconds: how long the read budget is watched.
    """

    home: Path
    quick: bool
    budget_seconds: float
    _stack: ExitStack = field(default_factory=ExitStack)
    _lively: dict[int, SandboxProcess] = field(default_factory=dict)
    _files: int = 0

    def __post_init__(self) -> None:
        self._began = time.monotonic()

    def say(self, what: str) -> None:
        """Tell on stderr what is being done."""
        sys.stderr.write(f"[{time.monotonic() - self._began:4.0f} s] {what}\n")
        sys.stderr.flush()

    def close(self) -> None:
        """End all worlds."""
        self._stack.close()

    # -- worlds

    def lively(self, rooms: int) -> SandboxProcess:
        """`roomtui sandbox --rooms N`: people come and go. It is kept for the next benchmark that wants it."""
        if rooms not in self._lively:
            running = running_sandbox(self.home, "--rooms", str(rooms))
            self._lively[rooms] = self._stack.enter_context(running)
        return self._lively[rooms]

    @contextmanager
    def standing(self, *, ticking: int, still: int) -> Iterator[SandboxProcess]:
        """A world in which nothing happens but time (`tests.benchmarks.standing`)."""
        with self.python("standing", str(ticking), str(still), stdin=subprocess.PIPE) as process:
            assert process.stdout is not None
            yield SandboxProcess(json.loads(process.stdout.readline()), process)

    @contextmanager
    def python(self, module: str, *arguments: str, stdin: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[str]]:
        """A module of this folder in a process of its own, its stdout to be read; ended with the block."""
        process = subprocess.Popen(
            self.command(module, *arguments),
            stdin=stdin,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(self.home),
        )
        try:
            yield process
        finally:
            end(process)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    @staticmethod
    def command(module: str, *arguments: str) -> list[str]:
        """What runs a module of this folder."""
        return [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]

    # -- programs in a terminal

    def dashboard(
        self, world: SandboxProcess, size: tuple[int, int], *options: str, inside: Path | None = None
    ) -> Recorded:
        """The dashboard on a world; `inside`: the file for what is seen of it from inside."""
        program: Sequence[str] = PROGRAM if inside is None else self.command("inside", str(inside))
        environ = environment(self.home, **world.environ)
        return Recorded([*program, "watch", *options], environ, columns=size[0], lines=size[1])

    def other(self, size: tuple[int, int], module: str, *arguments: str) -> Recorded:
        """Another program of this folder in a terminal."""
        return Recorded(self.command(module, *arguments), environment(self.home), columns=size[0], lines=size[1])

    def new_file(self) -> Path:
        """A file that nobody has written yet."""
        self._files += 1
        return self.home / f"inside-{self._files}.json"

    @staticmethod
    def read_inside(file: Path) -> Inside:
        """What is in it, once the program has ended."""
        seen = json.loads(file.read_text(encoding="utf-8"))
        return Inside([(at, took) for at, took in seen["turns"]], seen["ages"])

    @cached_property
    def has_plain_output(self) -> bool:
        """Whether the dashboard can be told to write what Textual writes."""
        told = subprocess.run(
            [*PROGRAM, "watch", "--help"], capture_output=True, text=True, check=True, env=environment(self.home)
        )
        return re.search(r"--plain-output\b", told.stdout) is not None
