from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from roomtui.sandbox.clock import LATEST, Clock

START = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=timezone.utc)


class Ticks:
    """Real seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_time_runs_at_the_speed_it_is_given() -> None:
    ticks = Ticks()
    clock = Clock(start=START, speed=60, ticks=ticks)
    ticks.now += 2
    assert clock.now() == after(120)
    clock.speed = 0.5
    ticks.now += 10
    assert clock.now() == after(125)


def test_a_clock_at_speed_zero_moves_only_when_advanced() -> None:
    ticks = Ticks()
    clock = Clock(start=START, speed=0, ticks=ticks)
    ticks.now += 99
    clock.advance(1.5)
    assert clock.now() == after(1.5)
    assert clock.seconds_until(after(10)) is None


def test_seconds_until_are_real_ones() -> None:
    clock = Clock(start=START, speed=60, ticks=Ticks())
    assert clock.seconds_until(after(120)) == 2
    assert clock.seconds_until(after(-5)) == 0


@given(waits=st.lists(st.integers(0, 5000), max_size=30), jumps=st.lists(st.integers(0, 2000), min_size=1, max_size=5))
def test_timers_fire_in_order_each_at_its_own_time_however_the_clock_jumps(waits: list[int], jumps: list[int]) -> None:
    clock = Clock(start=START, speed=0)
    fired: list[datetime] = []
    for wait in waits:
        clock.at(after(wait), lambda: fired.append(clock.now()))
    for jump in jumps:
        clock.advance(jump)
        clock.run_due()
    assert fired == [after(wait) for wait in sorted(waits) if wait <= sum(jumps)]
    assert clock.now() == after(sum(jumps))


def test_a_timer_set_by_a_timer_fires_in_the_same_jump_if_it_is_due() -> None:
    clock = Clock(start=START, speed=0)
    fired: list[datetime] = []

    def set_another() -> None:
        clock.at(clock.now() + timedelta(seconds=5), lambda: fired.append(clock.now()))

    clock.at(after(10), set_another)
    clock.advance(60)
    clock.run_due()
    assert fired == [after(15)]


def test_a_cancelled_timer_never_fires_and_many_of_them_are_swept_away() -> None:
    clock = Clock(start=START, speed=0)
    fired: list[int] = []
    timers = [clock.at(after(5), lambda: fired.append(1)) for _ in range(5000)]
    for timer in timers[:-1]:
        timer.cancel()
        timer.cancel()
    assert len(clock._timers) < 2500
    clock.advance(10)
    clock.run_due()
    assert fired == [1]


def test_a_long_jump_can_be_done_in_slices_and_time_waits_for_the_last() -> None:
    clock = Clock(start=START, speed=0)
    for second in range(10):
        clock.at(after(second), lambda: None)
    clock.advance(100)
    assert not clock.run_due(4)
    assert clock.now() == after(3)
    assert not clock.run_due(4)
    assert clock.run_due(4)
    assert clock.now() == after(100)


def test_the_clock_stops_at_the_end_of_dates() -> None:
    clock = Clock(start=START, speed=0)
    clock.advance(1e15)
    assert clock.now() == LATEST
