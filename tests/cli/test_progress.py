"""How far a long reading is: seldom, honest, and gone when it is over."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from roomtui.cli.progress import Progress

if TYPE_CHECKING:
    import pytest


class Watch:
    """A stopwatch that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def run(watch: Watch, count: int, seconds: float, *, total: int, expected: float) -> Progress:
    progress = Progress("rosters", total, watch, expected=expected)
    for _ in range(count):
        watch.now += seconds
        progress.one_more()
    return progress


def test_where_nothing_can_be_written_over_it_says_one_line_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    run(Watch(), 800, 0.25, total=10_000, expected=1000).clear()
    assert capsys.readouterr().err.splitlines() == [
        "240 of 10000 rosters read, about 40m left.",
        "480 of 10000 rosters read, about 39m left.",
        "720 of 10000 rosters read, about 38m left.",
    ]


def test_the_time_left_follows_the_speed_and_is_never_less_than_the_promise_allows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(Watch(), 60, 1, total=120, expected=12)
    assert capsys.readouterr().err == "60 of 120 rosters read, about 1m left.\n"
    run(Watch(), 60, 1, total=120, expected=1200)
    assert capsys.readouterr().err == "60 of 120 rosters read, about 10m left.\n"


def test_a_short_reading_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run(Watch(), 10, 1, total=10, expected=10).clear()
    assert capsys.readouterr().err == ""


def test_on_a_terminal_one_line_is_written_over_twice_a_second_at_most(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    progress = run(Watch(), 80, 0.125, total=120, expected=6)
    progress.clear()
    written = capsys.readouterr().err
    states = written.split("\r")
    assert "\n" not in written
    assert len(states) == 1 + 20 + 2, "twenty states in ten seconds, and two to clear them"
    assert "80 of 120 rosters read, about 5s left" in written
    assert states[-1] == ""
    assert states[-2].strip() == "", "the line is blank in the end"
    assert len(states[-2]) >= len(states[-3].rstrip())
