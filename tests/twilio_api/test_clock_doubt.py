"""A `Date` that jumps is followed, and doubted, unless the host slept as long."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from roomtui.twilio_api.clock import ACCEPTED_AFTER, DOUBTED_FOR, ServerClock

NOON = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)


class Host:
    """A host, and Twilio's answers to it."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.wall = NOON
        self.twilio = NOON
        self.clock = ServerClock(monotonic=lambda: self.seconds, wall=lambda: self.wall)

    def go_on(self, seconds: float) -> None:
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)
        self.twilio += timedelta(seconds=seconds)

    def hear(self) -> float | None:
        self.go_on(1)
        self.clock.learn(format_datetime(self.twilio, usegmt=True), sent=self.seconds - 0.05, received=self.seconds)
        return self.clock.doubt()


@pytest.fixture
def host() -> Host:
    made = Host()
    assert [made.hear() for _ in range(10)] == [None] * 10
    return made


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_a_jump_is_doubted_until_it_is_back_for_a_minute(host: Host, hours: int) -> None:
    host.twilio += timedelta(hours=hours)
    assert host.hear() == pytest.approx(abs(hours) * 3600, abs=2)
    host.go_on(10 * DOUBTED_FOR)
    assert host.hear() is not None, "it is still away"
    host.twilio -= timedelta(hours=hours)
    assert host.hear() is not None
    host.go_on(DOUBTED_FOR)
    assert host.hear() is None


def test_a_time_that_stays_away_is_accepted_in_the_end(host: Host) -> None:
    host.twilio += timedelta(hours=1)
    assert host.hear() is not None
    host.go_on(ACCEPTED_AFTER)
    assert host.hear() is None


def test_a_host_that_slept_doubts_nothing(host: Host) -> None:
    host.wall += timedelta(hours=1)
    host.twilio += timedelta(hours=1)
    assert host.hear() is None


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_host_whose_clock_is_set_doubts_nothing(host: Host, hours: int) -> None:
    host.wall += timedelta(hours=hours)
    assert host.hear() is None


def test_servers_that_do_not_agree_are_doubted_all_the_time(host: Host) -> None:
    host.twilio += timedelta(seconds=3)
    host.hear()
    for _ in range(50):
        host.twilio -= timedelta(seconds=6)
        assert host.hear() is not None
        host.twilio += timedelta(seconds=6)
        assert host.hear() is not None
