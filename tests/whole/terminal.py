"""A terminal of our own: the program in a real pty, its screen read by an emulator, its bytes counted."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyte

from tests.cli.program import PROGRAM, until

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from typing_extensions import Self

# The first thing a session leader opens becomes its terminal.
_IN_TERMINAL = (
    "import os, sys; d = os.open(sys.argv[1], os.O_RDWR); [os.dup2(d, n) for n in (0, 1, 2)]; "
    "os.execv(sys.argv[2], sys.argv[2:])"
)
# Questions and modes that the emulator takes for text.
_NOT_FOR_EMULATOR = re.compile(rb"\x1b\[(?:\?[0-9;]*\$p|[<>=][0-9;]*[a-z])")
_WHERE = b"\x1b[6n"
_BEGUN = re.compile(rb"\x1b(?:\[[0-9;?<>=$]*)?$")
_READ_WITHIN = 2.0
"""Seconds in which what has been read is on the screen, unless the terminal stands still."""


class Terminal:
    """`roomtui` (or another program) with these arguments, in a terminal of so many columns and lines."""

    def __init__(
        self,
        *arguments: str,
        environ: Mapping[str, str],
        columns: int = 80,
        lines: int = 24,
        cwd: Path | None = None,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self._lock = threading.Lock()
        self.raw = bytearray()
        self._pending = b""
        self._master, slave = pty.openpty()
        self._size(columns, lines)
        self.cooked = termios.tcgetattr(slave)
        self._slave = slave
        self.began = self._drawn_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-ISc", _IN_TERMINAL, os.ttyname(slave), *program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            start_new_session=True,
            cwd=cwd,
        )
        self._hung_up, self._hangs_up = os.pipe()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.hang_up()

    def _read(self) -> None:
        master = self._master
        waiting = select.poll()
        for each in (master, self._hung_up):
            waiting.register(each, select.POLLIN)
        while self._master == master:
            ready = {each for each, _ in waiting.poll()}
            # Never within a read once it is hung up: that would hold the terminal open, and nobody would be told.
            # The last words of a program that has ended are heard all the same.
            if self._hung_up in ready and (self.process.poll() is None or master not in ready):
                return
            with self._lock:  # what is neither in the terminal any more nor on the screen yet is seen by nobody
                try:
                    data = os.read(master, 65536)
                except OSError:
                    return
                if not data:
                    return
                self._drawn_at = time.monotonic()
                self.raw += data
                data = self._pending + data
                begun = _BEGUN.search(data)
                cut = begun.start() if begun else len(data)
                self._pending = data[cut:]
                self._feed(_NOT_FOR_EMULATOR.sub(b"", data[:cut]))

    def _feed(self, data: bytes) -> None:
        first, *others = data.split(_WHERE)
        self._stream.feed(first)
        for each in others:
            # Every terminal answers where its cursor is, when it has come so far.
            cursor = self.screen.cursor
            with suppress(OSError):
                os.write(self._master, b"\x1b[%d;%dR" % (cursor.y + 1, cursor.x + 1))
            self._stream.feed(each)

    def _size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, columns: int, lines: int) -> None:
        with self._lock:
            self.screen.resize(lines, columns)
        self._size(columns, lines)

    def wipe(self) -> None:
        """Forget what stands on the screen: what is there from now on has been written from now on."""
        with self._lock:
            self.screen.reset()

    def hang_up(self) -> None:
        """Close our side, as a lost connection does."""
        if self._master < 0:
            return
        os.close(self._hangs_up)
        self._reader.join(_READ_WITHIN)
        master, self._master = self._master, -1
        for each in (self._slave, master, self._hung_up):
            with suppress(OSError):
                os.close(each)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        with self._lock:
            return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def text_before(self, data: bytes) -> str:
        """What stood on the screen when this was written for the first time, which it has been."""
        with self._lock:
            screen = pyte.Screen(self.screen.columns, self.screen.lines)
            written = self.raw[: self.raw.index(data)]
        pyte.ByteStream(screen).feed(_NOT_FOR_EMULATOR.sub(b"", written))
        return "\n".join(line.rstrip() for line in screen.display)

    @property
    def bytes_written(self) -> int:
        with self._lock:
            return len(self.raw)

    def drawn_ago(self) -> float:
        """Seconds since anything was written."""
        with self._lock:
            return time.monotonic() - self._drawn_at

    @property
    def settings(self) -> list[Any]:
        """The line discipline's settings; `cooked` is what they were."""
        return termios.tcgetattr(self._slave)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def shows(self, *wanted: str, seconds: float = 30.0) -> str:
        """The screen, once all of it stands there."""

        def seen() -> str | None:
            text = self.text
            return text if all(each in text for each in wanted) else None

        try:
            return str(until(seen, seconds))
        except AssertionError:
            raise AssertionError(f"{wanted} not within {seconds:g} s on:\n{self.text}") from None

    def shows_no(self, unwanted: str, seconds: float = 30.0) -> str:
        """The screen, once it stands there no more."""
        return str(until(lambda: unwanted not in self.text and (self.text or " "), seconds, what=f"no {unwanted!r}"))

    def shows_no_match(self, pattern: str) -> None:
        """Wait until nothing of the kind stands on the screen."""
        try:
            until(lambda: re.search(pattern, self.text) is None)
        except AssertionError:
            raise AssertionError(f"{pattern} still on:\n{self.text}") from None

    def ends(self, seconds: float = 30.0) -> int:
        """The exit code, once it has ended and its last words are on the screen."""
        until(lambda: self.process.poll() is not None, seconds, what=f"end of the program; screen:\n{self.text}")
        until(self._is_read, what="its last words")
        return int(self.process.returncode)

    def _is_read(self) -> bool:
        """Whether all that was written up to now has been read, as long as anybody reads."""
        waiting = select.poll()
        with self._lock:
            if self._master < 0 or not self._reader.is_alive():
                return True
            waiting.register(self._master, select.POLLIN)
            return not waiting.poll(0)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)


_KERNEL_TELLS = Path("/proc/thread-self/children").exists()
"""Whether the kernel lists the children of a thread (proc(5), CONFIG_PROC_CHILDREN)."""


def children_of(pid: int) -> set[int]:
    """The processes that it started, and theirs."""
    found = _told_by_kernel(pid) if _KERNEL_TELLS else _found_among_all(pid)
    return found.union(*(children_of(child) for child in found))


def _told_by_kernel(pid: int) -> set[int]:
    found: set[int] = set()
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 # a hundred times a second in some tests
            with suppress(OSError), open(f"/proc/{pid}/task/{thread}/children", "rb") as told:  # noqa: PTH123 # as above
                found.update(map(int, told.read().split()))
    return found


def _found_among_all(pid: int) -> set[int]:
    parents: dict[int, int] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            with suppress(OSError):
                parents[int(place.name)] = int(_status(int(place.name))[1])
    return {child for child, parent in parents.items() if parent == pid}


def is_running(pid: int) -> bool:
    """Whether a process lives; one that nobody has buried yet does not."""
    try:
        return _status(pid)[0] not in "ZX"
    except OSError:
        return False


def _status(pid: int) -> list[str]:
    # The name of the program, in parentheses, may hold anything.
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
