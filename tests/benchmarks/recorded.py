"""A program in a terminal of its own: a thread reads it, answers its questions, and notes what came when."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks.processes import cpu_seconds, end, resident_mb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from typing_extensions import Self

# The first thing a session leader opens becomes its terminal.
_IN_TERMINAL = (
    "import os, sys; d = os.open(sys.argv[1], os.O_RDWR); [os.dup2(d, n) for n in (0, 1, 2)]; "
    "os.execv(sys.argv[2], sys.argv[2:])"
)
# What a terminal of today answers at once: where the cursor is, and that it takes whole frames (mode 2026).
_QUESTION = re.compile(rb"\x1b\[6n|\x1b\[\?2026\$p")
_ANSWERS = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[?2026$p": b"\x1b[?2026;2$y"}
_LONGEST_QUESTION = max(map(len, _ANSWERS))
_LEAVES_WITHIN = 6.0


class Chunk(NamedTuple):
    """What one read of the terminal brought, and when (monotonic seconds)."""

    at: float
    data: bytes


class Load(NamedTuple):
    """What a program did over a while; `since` and `until` are monotonic seconds."""

    cpu_ms: float
    """Milliseconds of CPU a second."""
    bytes: float
    """Bytes a second to the terminal."""
    since: float
    until: float


class Recorded:
    """A program in a pty of so many columns and lines: `with Recorded(command, environ) as recorded: ...`.

    Attributes:
        chunks: all that it has written; only ever appended to.
        began: when it was started (monotonic seconds).
    """

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], *, columns: int = 80, lines: int = 24
    ) -> None:
        self.columns, self.lines = columns, lines
        self.chunks: list[Chunk] = []
        self._tail = b""
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-ISc", _IN_TERMINAL, os.ttyname(self._slave), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            start_new_session=True,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end(self.process)
        with suppress(OSError):
            os.close(self._slave)
        with suppress(OSError):
            # Wakes the reader, which holds the descriptor open in its read.
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 1, 1, 0, 0))
        with suppress(OSError):
            os.close(self._master)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            if not data:
                return
            self.chunks.append(Chunk(time.monotonic(), data))
            self._answer(data)

    def _answer(self, data: bytes) -> None:
        text = self._tail + data
        done = 0
        for question in _QUESTION.finditer(text):
            done = question.end()
            with suppress(OSError):
                os.write(self._master, _ANSWERS[question.group()])
        # The beginning of a question whose end is still to come.
        self._tail = text[max(done, len(text) - _LONGEST_QUESTION + 1) :]

    @property
    def pid(self) -> int:
        return self.process.pid

    def press(self, keys: str) -> float:
        """Type, and the instant (monotonic) at which that was done."""
        pressed = time.monotonic()
        os.write(self._master, keys.encode())
        return pressed

    def leave(self) -> None:
        """Press the dashboard's `q`, and wait until it has ended."""
        with suppress(OSError, subprocess.TimeoutExpired):
            self.press("q")
            self.process.wait(_LEAVES_WITHIN)

    def bytes_between(self, since: float, until: float) -> int:
        """How much was written between two instants."""
        return sum(len(chunk.data) for chunk in self.chunks if since <= chunk.at < until)

    def load(self, seconds: float) -> Load:
        """What it does in the next `seconds`."""
        return loads([self], seconds)[0]

    def resident_mb(self) -> float:
        """Megabytes of memory that it holds."""
        return resident_mb(self.pid)


def loads(programs: Sequence[Recorded], seconds: float) -> list[Load]:
    """What several programs do in the same `seconds`: the machine's noise is the same for all of them."""
    since = time.monotonic()
    before = [cpu_seconds(program.pid) for program in programs]
    time.sleep(seconds)
    until = time.monotonic()
    after = [cpu_seconds(program.pid) for program in programs]
    took = until - since
    return [
        Load((end - begin) * 1000 / took, program.bytes_between(since, until) / took, since, until)
        for program, begin, end in zip(programs, before, after, strict=True)
    ]
