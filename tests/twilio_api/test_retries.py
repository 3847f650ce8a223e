from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.twilio_api.retries import PATIENT, RETRY_AFTER_MAX, Retries, read_retry_after

if TYPE_CHECKING:
    from random import Random

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, None])
def test_sends_a_read_again_after_trouble_that_passes(status: int | None) -> None:
    assert Retries().wants(attempt=1, reading=True, status=status)


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 409, 501, 505])
def test_lets_every_other_answer_stand(status: int) -> None:
    assert not Retries().wants(attempt=1, reading=True, status=status)


@pytest.mark.parametrize(("status", "again"), [(429, True), (500, False), (503, False), (504, False), (None, False)])
def test_sends_a_write_again_only_where_it_was_certainly_not_carried_out(status: int | None, *, again: bool) -> None:
    assert Retries().wants(attempt=1, reading=False, status=status) is again


def test_gives_up_after_its_attempts() -> None:
    assert Retries(attempts=3).wants(attempt=2, reading=True, status=503)
    assert not Retries(attempts=3).wants(attempt=3, reading=True, status=503)
    assert not Retries(attempts=1).wants(attempt=1, reading=True, status=429)


@given(attempt=st.integers(1, 50), rng=st.randoms(use_true_random=False))
def test_waits_anything_up_to_a_bound_that_doubles(attempt: int, rng: Random) -> None:
    retries = Retries(first=0.5, longest=8.0)
    delay = retries.delay(attempt=attempt, retry_after=None, rng=rng)
    assert 0.0 <= delay <= min(8.0, 0.5 * 2 ** (attempt - 1))


@given(asked=st.floats(0, 3600), rng=st.randoms(use_true_random=False))
def test_never_comes_back_before_twilio_wants_it(asked: float, rng: Random) -> None:
    delay = Retries().delay(attempt=1, retry_after=asked, rng=rng)
    assert asked <= delay <= asked + Retries().first


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0.5", 0.5),
        ("59.5", 59.5),
        ("60", 60.0),
        ("61", 60.0),
        ("3600", 60.0),
        ("999999999", 60.0),
        ("Fri, 20 Nov 2026 12:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 11:59:00 GMT", 0.0),
        ("Fri, 20 Nov 2026 12:01:30 GMT", 60.0),
        ("Fri, 20 Nov 2099 12:00:00 GMT", 60.0),
        ("Fri, 20 Nov 2026 12:00:30", None),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("٣", None),
        (None, None),
    ],
)
def test_reads_retry_after(value: str | None, seconds: float | None) -> None:
    assert read_retry_after(value, NOW) == seconds


@given(st.text())
def test_reads_any_retry_after_without_harm(value: str) -> None:
    seconds = read_retry_after(value, NOW)
    assert seconds is None or 0.0 <= seconds <= RETRY_AFTER_MAX


def test_a_command_is_more_patient_with_429_than_with_trouble() -> None:
    assert PATIENT.wants(attempt=19, reading=True, status=429)
    assert not PATIENT.wants(attempt=20, reading=True, status=429)
    assert not PATIENT.wants(attempt=4, reading=True, status=503)
    assert not Retries(attempts=1).wants(attempt=1, reading=True, status=429)
