"""A screen full of ticks on a slow line, simulated: each key is seen to be answered, whatever else is to be sent."""

from __future__ import annotations

import io
from collections import deque

import pytest

from roomtui.tui.frugal.pipe import ASK, Pipe

_STEP = 0.01
_PACKET = 50
"""Bytes that ssh and what carries it add to whatever is written at once."""
_THINKS = 0.05
"""Seconds from a key to the frame that answers it."""
_KEYS_APART = 2.3


class _Line:
    """A terminal behind so many bytes a second and so many seconds each way; time goes on as it is told to."""

    def __init__(self, rate: float, delay: float, width: int, height: int) -> None:
        self.now = 0.0
        self.width, self.height = width, height
        self.arrived: deque[tuple[float, str]] = deque()
        self.waited = 0.0
        self._rate, self._delay = rate, delay
        self._free = {"down": 0.0, "up": 0.0}
        self._answers: deque[float] = deque()
        self.pipe = Pipe(io.StringIO(), asks=True, monotonic=lambda: self.now)
        self.pipe.control("<mode>")

    def step(self) -> None:
        self.now += _STEP
        while self._answers and self._answers[0] <= self.now:
            self._answers.popleft()
            self.pipe.answered()
        if chunk := self.pipe._next():
            if self.now > 10.0:  # by then it is known what the line is like
                self.waited = max(self.waited, self._free["down"] - self.now)
            seen = self._carried("down", len(chunk), self.now)
            self.arrived.append((seen, chunk))
            self._answers += [self._carried("up", len(ASK), seen)] * chunk.count(ASK)

    def _carried(self, way: str, size: int, at: float) -> float:
        self._free[way] = max(self._free[way], at) + (size + _PACKET) / self._rate
        return self._free[way] + self._delay

    def key(self) -> float:
        """A key is pressed now; when the program has an answer to it."""
        return self._carried("up", 1, self.now) + _THINKS

    def rows(self, text: str, style: str, *rows: int) -> None:
        """A frame in which these rows are written."""
        filled = (f"\x1b[{row + 1};1H\x1b[{style}m{text:{self.width}.{self.width}}\x1b[0m" for row in rows)
        self.pipe.frame("".join(filled) + f"\x1b[{rows[0] + 1};1H", self.width, self.height)

    def tick(self, second: int) -> None:
        """A frame in which something in each row has changed."""
        frame = (f"\x1b[{row + 1};150H\x1b[38;5;222m{(second + row) % 60:02}\x1b[0m" for row in range(self.height))
        self.pipe.frame("".join(frame), self.width, self.height)

    def seen_at(self, text: str) -> float | None:
        return next((at for at, chunk in self.arrived if text in chunk), None)


@pytest.mark.parametrize(("rate", "delay"), [(1_000, 0.0), (3_000, 0.1)])
def test_a_key_is_seen_to_be_answered_within_a_second(rate: float, delay: float) -> None:
    line = _Line(rate, delay, 200, 50)
    asked: list[tuple[float, str]] = []
    answer: tuple[float, str] | None = None
    second, pressed_last, row = 0, 10.0, 5
    while line.now < 120.0:
        line.step()
        if line.now >= second:
            second += 1
            line.tick(second)
        if line.now - pressed_last >= _KEYS_APART:
            pressed_last = line.now
            text = chr(ord("A") + len(asked) % 26) * 7 + str(len(asked))
            asked.append((line.now, text))
            answer = line.key(), text
        if answer is not None and line.now >= answer[0]:
            line.pipe.key_pressed()
            row = 4 + (row + 1) % 40
            if len(asked) % 10 == 0:
                # A whole screen of something else: the next keys come while it is still on its way.
                line.rows(answer[1] + "~ " * 90, "38;5;250", row, *(each for each in range(50) if each != row))
            else:
                line.rows(answer[1], "48;5;23", row)
                line.rows(" once", "38;5;253", row - 1)
            answer = None
    waits = [(line.seen_at(text) or line.now) - at for at, text in asked[:-1]]
    assert len(waits) > 40
    assert max(waits) <= 1.0, sorted(waits)[-5:]
    assert line.waited <= 0.5, "and nothing piles up"


def test_what_ticks_leaves_half_of_a_slow_line_free_and_no_row_behind() -> None:
    line = _Line(1_000, 0.0, 200, 50)
    second = 0
    while line.now < 100.0:
        line.step()
        if line.now >= second:
            second += 1
            line.tick(second)
    late = [(at, chunk) for at, chunk in line.arrived if at > 50.0]
    assert sum(len(chunk) + _PACKET for _, chunk in late) <= 0.6 * 1_000 * 50
    while line.pipe.wanted.dirty:
        line.step()
        assert line.now < 110.0, "each row has its turn"


@pytest.mark.parametrize("drawn", ["by itself", "with the answer"])
def test_what_ticks_between_a_key_and_its_answer_takes_neither_its_place_nor_its_turn(drawn: str) -> None:
    line = _Line(1_000, 0.0, 200, 50)
    asked: list[tuple[float, str]] = []
    second, row = 0, 5
    while line.now < 120.0:
        line.step()
        if line.now < second:
            continue
        second += 1
        if line.now > 20.0 and second % 3 == 0:
            text = chr(ord("A") + len(asked) % 26) * 7 + str(len(asked))
            asked.append((line.now, text))
            row = 4 + (row + 1) % 40
            line.pipe.key_pressed()
            line.tick(second)
            if drawn == "by itself":
                line.step()
            line.rows(text, "48;5;23", row)
            line.rows(" once", "38;5;253", row - 1)
        else:
            line.tick(second)
    waits = [(line.seen_at(text) or line.now) - at for at, text in asked]
    assert len(waits) > 30
    assert max(waits) <= 0.45, sorted(waits)[-5:]
