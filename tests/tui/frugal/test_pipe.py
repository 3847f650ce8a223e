"""The thread that writes: only the newest frame, controls in order, and nobody waits for the terminal."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import sys
import termios
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomtui.tui.frugal.pipe import ASK, Pipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random
    from typing import TextIO


class Line(io.StringIO):
    """A terminal's line that may be held up, and that tells when something came through."""

    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()
        self.open.set()
        self._written = threading.Condition()
        self.begun = threading.Event()

    def write(self, text: str) -> int:
        self.begun.set()
        self.open.wait(20)
        with self._written:
            count = super().write(text)
            self._written.notify_all()
        return count

    def until(self, seen: Callable[[str], bool]) -> str:
        with self._written:
            assert self._written.wait_for(lambda: seen(self.getvalue()), timeout=20), self.getvalue()
            return self.getvalue()


@pytest.fixture(autouse=True)
def _has_time_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the thread may be late: only a line that takes nothing is not waited for."""
    monkeypatch.setattr("roomtui.tui.frugal.pipe._LAST_WORDS", 60.0)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def pipe(line: Line) -> Iterator[Pipe]:
    pipe = Pipe(line, asks=True)
    pipe.start()
    yield pipe
    line.open.set()
    pipe.stop()
    assert not pipe.is_alive()


def test_of_the_frames_that_a_held_up_line_missed_only_the_newest_is_sent(pipe: Pipe, line: Line) -> None:
    line.open.clear()
    pipe.frame("\x1b[1;1Hfirst", 20, 3)
    assert line.begun.wait(20)
    for number in range(500):
        pipe.frame(f"\x1b[1;1Hn{number:04}", 20, 3)
    line.open.set()
    sent = line.until(lambda text: "n0499" in text or "499" in text)
    assert len(sent) < 60


def test_controls_keep_their_order(pipe: Pipe, line: Line) -> None:
    line.open.clear()
    for number in range(20):
        pipe.control(f"<{number}>")
    line.open.set()
    sent = line.until(lambda text: "<19>" in text)
    assert sent.replace(ASK, "") == "".join(f"<{number}>" for number in range(20))


def test_a_frame_that_is_not_understood_is_handed_on_after_all_that_was_and_so_are_all_after_it(
    pipe: Pipe, line: Line
) -> None:
    pipe.frame("\x1b[1;1Hone", 20, 3)
    line.until(lambda text: "one" in text)
    odd = "\x1b[2;1H\x1b[5Ltwo"
    pipe.frame(odd, 20, 3)
    pipe.frame("\x1b[1;1Hone", 20, 3)
    sent = line.until(lambda text: text.endswith("\x1b[1;1Hone"))
    assert odd in sent
    assert sent.count("one") == 3, "as understood, whole once more before the odd one, and then as it comes"
    assert pipe.aside is not None
    assert "5L" in pipe.aside


def test_another_size_is_painted_whole(pipe: Pipe, line: Line) -> None:
    pipe.frame("\x1b[1;1Hsame", 20, 3)
    line.until(lambda text: "same" in text)
    pipe.frame("\x1b[1;1Hsame", 30, 3)
    line.until(lambda text: text.count("same") == 2)


def test_a_repaint_sends_everything_anew(pipe: Pipe, line: Line) -> None:
    pipe.frame("\x1b[1;1Hone\x1b[3;1Hthree", 20, 3)
    line.until(lambda text: "one" in text and "three" in text)
    pipe.repaint()
    line.until(lambda text: text.count("one") == 2 and text.count("three") == 2)


def test_a_large_frame_waits_for_an_answer_wherever_no_more_may_be_under_way(line: Line) -> None:
    pipe = Pipe(line, asks=True, monotonic=lambda: 0.0)
    pipe.start()
    pipe.control("<mode>")
    line.until(lambda text: text.endswith(ASK))
    pipe.answered()
    pipe.frame("".join(f"\x1b[{row + 1};1H{'x' * 100}" for row in range(60)), 100, 60)
    sent = line.until(lambda text: "x" in text and text.endswith(ASK))
    assert sent.count("x") < 6000
    pipe.answered()
    line.until(lambda text: text.count("x") > sent.count("x"))
    pipe.stop()


@settings(max_examples=40)
@given(st.integers(300, 50_000), st.floats(0, 3), st.sampled_from([0.0, 0.3]), st.randoms(use_true_random=False))
def test_whatever_the_line_is_like_everything_gets_through(
    rate: int, delay: float, lost: float, chance: Random
) -> None:
    """Simulated: two screens one after the other, on a line of so many bytes and seconds, that loses some answers."""
    now = free_at = 0.0
    pipe = Pipe(io.StringIO(), asks=True, monotonic=lambda: now)
    pipe.control("<mode>")
    answers: deque[float] = deque()
    for letter in "ab":
        pipe.frame("".join(f"\x1b[{row + 1};1H{letter * 100}" for row in range(60)), 100, 60)
        while pipe.wanted.dirty:
            while answers and answers[0] <= now:
                answers.popleft()
                pipe.answered()
            if chunk := pipe._next():
                free_at = max(free_at, now) + len(chunk) / rate
                answers += [free_at + 2 * delay] * (chunk.endswith(ASK) and chance.random() >= lost)
            now += 0.1
            assert now < 400.0, "it has come to a standstill"


def test_who_leaves_hears_the_last_answer_asks_nothing_more_and_leaves_the_cursor_alone(pipe: Pipe, line: Line) -> None:
    pipe.frame("\x1b[1;1H" + "x" * 2000, 2000, 1)
    line.until(lambda sent: sent.endswith(ASK))
    leaving = threading.Thread(target=pipe.hush)
    leaving.start()
    pipe.answered()
    leaving.join(20)
    assert not leaving.is_alive()
    pipe.repaint()
    pipe.leave_out()
    asked = line.getvalue().count(ASK)
    pipe.control("\x1b[?1049l" + "\x07" * 5000)
    pipe.stop()
    after = line.getvalue().rpartition("\x1b[?1049l")[2]
    assert after == "\x07" * 5000
    assert line.getvalue().count(ASK) == asked


def test_a_terminal_that_has_gone_ends_the_thread(line: Line) -> None:
    pipe = Pipe(line, asks=False)
    line.close()
    pipe.start()
    pipe.frame("\x1b[1;1Hx", 5, 5)
    pipe.join(20)
    assert not pipe.is_alive()
    pipe.stop()


def test_whoever_stops_waits_only_so_long_for_a_line_that_takes_nothing(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomtui.tui.frugal.pipe._LAST_WORDS", 0.01)
    pipe = Pipe(line, asks=False)
    pipe.start()
    line.open.clear()
    pipe.control("x")
    assert line.begun.wait(20)
    pipe.stop()
    assert pipe.is_alive(), "still stuck, and left behind"
    line.open.set()
    pipe.join(20)
    assert not pipe.is_alive()


def test_a_line_that_takes_nothing_holds_up_nobody_and_keeps_the_modes_and_the_newest(pipe: Pipe, line: Line) -> None:
    line.open.clear()
    pipe.control("<first>")
    assert line.begun.wait(20)
    pipe.control("\x1b[?1006h")
    for number in range(1000):
        pipe.control(f"\x1b]52;c;{number}\x07")
        pipe.frame(f"\x1b[1;1Hn{number:04}", 20, 3)
    assert len(pipe._controls) < 100
    line.open.set()
    sent = line.until(lambda text: "0999" in text)
    assert sent.index("\x1b[?1006h") < sent.index("\x1b]52;c;999\x07")
    assert "\x1b]52;c;5\x07" not in sent


@pytest.fixture
def terminal() -> Iterator[tuple[TextIO, int]]:
    """A terminal, and its other end."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "w", encoding="utf-8") as file:
        yield file, master
        os.close(master)


def _long_running(file: TextIO) -> Pipe:
    """A pipe, whose thread does not run, to a terminal that answers at once."""
    now = [0.0]
    pipe = Pipe(file, asks=True, monotonic=lambda: now[0])
    pipe.control("<mode>")
    assert pipe._next().endswith(ASK)
    pipe.answered()
    now[0] = 60.0
    return pipe


def test_little_that_answers_a_key_is_written_by_whoever_draws_it(terminal: tuple[TextIO, int]) -> None:
    file, other_end = terminal
    pipe = _long_running(file)
    pipe.frame("\x1b[5;1Hticks", 20, 5)
    pipe.key_pressed()
    pipe.frame("\x1b[2;1H>é one\x1b[3;1H two\x1b[2;1H", 20, 5)
    read = b""
    while b"two" not in read:
        read += os.read(other_end, 65536)
    sent = read.decode()
    assert ">é one" in sent
    assert "ticks" not in sent, "there is time for that"
    assert "ticks" in pipe._next()
    assert not pipe.wanted.dirty


@pytest.mark.parametrize("why", ["much", "slow", "controls first", "no key", "is being written to"])
def test_all_else_is_left_to_the_thread(terminal: tuple[TextIO, int], why: str) -> None:
    file, other_end = terminal
    pipe = _long_running(file)
    if why != "no key":
        pipe.key_pressed()
    if why == "slow":
        pipe._window.size = 256
    elif why == "controls first":
        pipe.control("<another mode>")
    elif why == "is being written to":
        pipe._is_writing = True
    rows = range(20) if why == "much" else range(2)
    pipe.frame("".join(f"\x1b[{row + 1};1Hrow {row}" for row in rows), 20, 20)
    os.set_blocking(other_end, False)
    with pytest.raises(BlockingIOError):
        os.read(other_end, 65536)
    assert "row 0" in pipe._next()


def test_the_answer_to_a_key_is_begun_though_something_else_was_sent_for_it(line: Line) -> None:
    pipe = Pipe(line, asks=True, monotonic=lambda: 0.0)  # its thread does not run
    pipe.control("<mode>")
    assert pipe._next()
    pipe.answered()
    pipe._window.size = 256
    pipe.control("x" * 250)
    assert pipe._next()
    pipe.key_pressed()
    pipe.frame("".join(f"\x1b[{row + 1};9H{row:02} ticks" for row in range(40)) + "\x1b[7;1H", 100, 40)
    assert "ticks" in pipe._next()
    pipe.frame("\x1b[7;1H \x1b[8;1H>\x1b[8;1H", 100, 40)
    assert ">" in pipe._next()
    for row in range(9, 38):  # the key is held, and nothing has arrived yet
        pipe.key_pressed()
        pipe.frame(f"\x1b[{row - 1};1H \x1b[{row};1H> {row:60}\x1b[{row};1H", 100, 40)
        pipe._next()
    assert pipe._window._sent - pipe._window._arrived < 256 + 3 * 128, "as much as that, and no more"


def test_what_a_terminal_does_not_take_at_once_is_written_first_of_all_that_follows(
    terminal: tuple[TextIO, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, other_end = terminal
    pipe = _long_running(file)
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:5]))
    pipe.key_pressed()
    pipe.frame("\x1b[1;1H>éé first", 20, 5)
    pipe.frame("\x1b[2;1Hsecond", 20, 5)
    pipe.control("<third>")
    pipe.start()
    read = b""
    while b"second" not in read or b"<third>" not in read:
        read += os.read(other_end, 65536)
    pipe.stop()
    assert read.startswith((b"\x1b[H", b"\x1b[m"))
    text = read.decode()
    assert text.index(">éé first") < text.index("<third>") < text.index("second")


def test_a_full_terminal_holds_up_nobody_who_draws_the_answer_to_a_key(full_terminal: tuple[TextIO, int]) -> None:
    file, _ = full_terminal
    pipe = _long_running(file)
    pipe.key_pressed()
    pipe.frame("\x1b[1;1H>one", 20, 5)
    assert ">one" in pipe._next()


_MOST_TO_READ = 4095
"""Bytes that Linux keeps ready for whoever reads at the other end of a terminal (N_TTY_BUF_SIZE - 1)."""


def _bytes_to_read(descriptor: int) -> int:
    return int.from_bytes(fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)), sys.byteorder)


@pytest.fixture
def full_terminal() -> Iterator[tuple[TextIO, int]]:
    """A terminal that takes nothing, since nobody reads at its other end; and that end."""
    master, slave = pty.openpty()
    os.set_blocking(slave, False)
    is_full = False
    while not is_full:
        # What is written Linux hands on to the other end a little later; then there is room for as much again.
        is_full = _bytes_to_read(master) == _MOST_TO_READ
        with suppress(BlockingIOError):
            while True:
                os.write(slave, b"x" * 512)
                is_full = False
    os.set_blocking(slave, True)
    with os.fdopen(slave, "w", encoding="utf-8") as file:
        yield file, master
        os.close(master)


def test_whoever_flushes_the_file_of_a_terminal_that_takes_nothing_is_not_held_up(
    full_terminal: tuple[TextIO, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roomtui.tui.frugal.pipe._LAST_WORDS", 0.01)
    file, other_end = full_terminal
    pipe = Pipe(file, asks=False)
    pipe.start()
    pipe.control("x" * 500_000 + "<stuck>")

    def end() -> None:
        file.flush()
        pipe.stop()

    flushed = threading.Thread(target=end, daemon=True)
    flushed.start()
    flushed.join(20)
    assert not flushed.is_alive()
    assert pipe.is_alive(), "still stuck, and left behind"
    read = b""
    while b"<stuck>" not in read:
        read += os.read(other_end, 65536)
    pipe.join(20)
    assert not pipe.is_alive()


def test_a_terminal_that_somebody_lets_wait_for_nothing_gets_everything_all_the_same(
    full_terminal: tuple[TextIO, int],
) -> None:
    file, other_end = full_terminal
    os.set_blocking(file.fileno(), False)
    pipe = Pipe(file, asks=False)
    pipe.start()
    text = "é" * 30_000
    pipe.control(f"<{text}>")
    read = b""
    while not read.endswith(b">"):
        read += os.read(other_end, 65536)
    assert f"<{text}>".encode() in read
    pipe.stop()
    assert not pipe.is_alive()
