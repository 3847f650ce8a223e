from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.twilio_api.clock import DRIFT, ServerClock

START = datetime(2026, 11, 20, 12, 0, 0, tzinfo=timezone.utc)
FIVE_MINUTES = timedelta(minutes=5)


class Server:
    """A server's clock, a host's wrong wall clock and a network, on a time of their own."""

    def __init__(self, *, rate: float = 1.0, drift: float = 0.0, wall_off: timedelta = FIVE_MINUTES) -> None:
        self.at = 1000.0
        self.true = START.timestamp() + 0.625
        self.speed = rate * (1.0 + drift)
        self._wall_off = wall_off
        self._wall = START
        self.clock = ServerClock(monotonic=lambda: self.at, wall=lambda: self._wall + self._wall_off, rate=rate)

    def wait(self, seconds: float) -> None:
        self.at += seconds
        self.true += seconds * self.speed
        self._wall += timedelta(seconds=seconds)

    def answer(self, out: float = 0.0, back: float = 0.0) -> None:
        """One request: `out` seconds there, `back` seconds for the answer."""
        sent = self.at
        self.wait(out)
        date = http_date(floor(self.true))
        self.wait(back)
        self.clock.learn(date, sent=sent, received=self.at)

    @property
    def error(self) -> float:
        return self.clock.now().timestamp() - self.true


def http_date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, timezone.utc), usegmt=True)


LATENCY = st.floats(0.0, 0.45)
ANSWERS = st.lists(st.tuples(st.floats(0.0, 30.0), LATENCY, LATENCY), min_size=1, max_size=60)


@given(answers=ANSWERS, start=st.floats(0.0, 1.0), wall_off=st.timedeltas(-FIVE_MINUTES, FIVE_MINUTES))
def test_is_never_off_by_a_second_whatever_network_and_host(
    answers: list[tuple[float, float, float]], start: float, wall_off: timedelta
) -> None:
    server = Server(wall_off=wall_off)
    server.true += start
    before = None
    for gap, out, back in answers:
        server.answer(out, back)
        uncertainty = server.clock.uncertainty()
        assert uncertainty is not None
        assert abs(server.error) <= uncertainty + 1e-5
        assert abs(server.error) < 1.0
        if before is not None:
            assert uncertainty <= before + 1e-4, "an answer never makes it less sure"
        server.wait(gap)
        assert abs(server.error) < 1.0
        before = server.clock.uncertainty()


@given(answers=ANSWERS, drift=st.floats(-0.8 * DRIFT, 0.8 * DRIFT))
def test_keeps_within_its_bounds_while_the_clocks_part(answers: list[tuple[float, float, float]], drift: float) -> None:
    server = Server(drift=drift)
    for gap, out, back in answers:
        server.answer(out, back)
        server.wait(gap)
        uncertainty = server.clock.uncertainty()
        assert uncertainty is not None
        assert abs(server.error) <= uncertainty + 1e-4


@given(answers=ANSWERS)
def test_never_goes_back_while_the_server_does_not(answers: list[tuple[float, float, float]]) -> None:
    server = Server()
    server.answer()
    told = server.clock.now()
    for gap, out, back in answers:
        server.wait(gap)
        server.answer(out, back)
        assert server.clock.now() >= told
        told = server.clock.now()


def test_becomes_sharper_than_the_second_of_a_date() -> None:
    server = Server()
    for _ in range(50):
        server.answer(0.02, 0.03)
        server.wait(0.93)
    uncertainty = server.clock.uncertainty()
    assert uncertainty is not None
    assert uncertainty < 0.06
    assert abs(server.error) < 0.06


def test_tells_the_hosts_time_before_the_first_answer() -> None:
    server = Server()
    assert server.clock.now() == START + FIVE_MINUTES
    assert server.clock.skew() is None
    assert server.clock.uncertainty() is None


def test_tells_by_how_much_the_host_is_wrong() -> None:
    server = Server()
    server.true = START.timestamp()
    server.answer()
    skew = server.clock.skew()
    assert skew is not None
    assert skew == pytest.approx(300.0, abs=1.0)


@pytest.mark.parametrize("jump", [300.0, -300.0, 3.0, 86400.0])
def test_follows_a_clock_that_jumped(jump: float) -> None:
    server = Server()
    for _ in range(20):
        server.answer(0.01, 0.01)
        server.wait(0.9)
    server.true += jump
    server.answer(0.01, 0.01)
    assert abs(server.error) < 0.6


def test_is_not_thrown_back_by_servers_that_differ_by_milliseconds() -> None:
    server = Server()
    for number in range(400):
        server.wait(0.913)
        server.true += 0.02 if number % 2 else -0.02
        server.answer(0.001, 0.001)
        uncertainty = server.clock.uncertainty()
        assert uncertainty is not None
        if number > 50:
            assert abs(server.error) < 0.1
            assert uncertainty < 0.1


def test_grows_less_sure_while_nobody_answers() -> None:
    server = Server(drift=0.8 * DRIFT)
    for _ in range(50):
        server.answer(0.01, 0.01)
        server.wait(0.93)
    server.wait(2000.0)
    uncertainty = server.clock.uncertainty()
    assert uncertainty is not None
    assert 0.05 < abs(server.error) <= uncertainty < 0.2
    server.answer(0.01, 0.01)
    assert abs(server.error) < 0.2


def test_keeps_pace_with_a_server_that_runs_fast() -> None:
    server = Server(rate=60.0)
    for _ in range(10):
        server.answer(0.001, 0.001)
        server.wait(0.313)
    assert abs(server.error) < 0.6
    server.wait(10.0)
    assert abs(server.error) < 0.6


@pytest.mark.parametrize(
    "date",
    [
        None,
        "",
        "yesterday",
        "Fri, 20 Nov 2026 12:00:00",
        "Fri, 32 Nov 2026 12:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 20 Nov 9999 12:00:00 GMT",
        "Fri, 20 Nov 99999999999 12:00:00 GMT",
        "Fri, 20 Nov 2026 12:00:00 +99999999999999999999",
        "1795176000",
    ],
)
def test_ignores_a_date_without_sense(date: str | None) -> None:
    server = Server()
    server.clock.learn(date, sent=1000.0, received=1000.1)
    assert server.clock.skew() is None


@given(st.text())
def test_takes_any_header_without_harm(date: str) -> None:
    clock = ServerClock(monotonic=lambda: 0.0)
    clock.learn(date, sent=0.0, received=0.0)
    clock.now()


def test_ignores_an_answer_from_before_its_question() -> None:
    server = Server()
    server.clock.learn(http_date(server.true), sent=1001.0, received=1000.0)
    assert server.clock.skew() is None


def test_always_tells_utc() -> None:
    east = timezone(timedelta(hours=9))
    clock = ServerClock(monotonic=lambda: 0.0, wall=lambda: START.astimezone(east))
    assert clock.now() == START
    assert clock.now().tzinfo is timezone.utc
