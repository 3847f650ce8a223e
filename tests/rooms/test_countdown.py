from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.countdown import DUE, Urgency, age, countdown, span, urgency

M, H = 60, 3600
WITHIN_A_DAY = range(24 * H + 1)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (24 * H, "24h00"),
        (24 * H - 1, "23h59"),
        (23 * H + 41 * M, "23h41"),
        (23 * H + 41 * M + 59, "23h41"),
        (H + 5 * M, "1h05"),
        (H, "1h00"),
        (H - 1, "59m"),
        (12 * M + 59, "12m"),
        (12 * M, "12m"),
        (10 * M, "10m"),
        (10 * M - 1, "9:59"),
        (5 * M - 1, "4:59"),
        (2 * M, "2:00"),
        (2 * M - 1, "1:59"),
        (M, "1:00"),
        (M - 1, "0:59"),
        (5, "0:05"),
        (1, "0:01"),
        (0, "due"),
        (-1, "due"),
        (-9000, "due"),
    ],
)
def test_a_countdown_is_as_fine_as_the_deadline_is_near(seconds: int, text: str) -> None:
    assert countdown(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "near"),
    [
        (24 * H, Urgency.FAR),
        (600, Urgency.FAR),
        (599, Urgency.SOON),
        (120, Urgency.SOON),
        (119, Urgency.CLOSING),
        (1, Urgency.CLOSING),
        (0, Urgency.DUE),
        (-1, Urgency.DUE),
    ],
)
def test_a_deadline_is_soon_under_ten_minutes_and_closing_under_two(seconds: int, near: Urgency) -> None:
    assert urgency(seconds) is near


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0s"),
        (0, "0s"),
        (45, "45s"),
        (59, "59s"),
        (60, "1m"),
        (12 * M, "12m"),
        (H - 1, "59m"),
        (H + 5 * M, "1h05"),
        (26 * H + 10 * M, "26h10"),
        (99 * H + 59 * M + 59, "99h59"),
    ],
)
def test_a_span_says_how_long_something_lasted(seconds: int, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(-3, "<1m"), (0, "<1m"), (59, "<1m"), (60, "1m"), (31 * M, "31m"), (3 * H + 49 * M, "3h49")]
)
def test_an_age_does_not_count_seconds(seconds: int, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize("write", [countdown, span, age])
def test_every_text_of_a_day_fits_in_five_plain_cells(write: object) -> None:
    assert callable(write)
    texts = {write(seconds) for seconds in WITHIN_A_DAY}
    assert all(1 <= len(text) <= 5 and text.isascii() and text.isprintable() for text in texts)


def test_under_ten_minutes_the_text_changes_every_second_and_before_that_once_a_minute() -> None:
    changes = [left for left in range(24 * H) if countdown(left) != countdown(left + 1)]
    assert [left for left in changes if left < 600] == list(range(600))
    # The change to 23h40 is seen when 23:40:59 are left, so every later one falls on the last second of a minute.
    assert [left for left in changes if left >= 600] == list(range(659, 24 * H, 60))


def test_a_day_s_countdown_never_shows_a_text_again_that_it_has_left() -> None:
    shown = [countdown(left) for left in reversed(WITHIN_A_DAY)]
    runs = [text for n, text in enumerate(shown) if n == 0 or shown[n - 1] != text]
    assert len(runs) == len(set(runs))


def seconds_meant(text: str) -> int:
    """The least number of seconds that a text stands for."""
    if text == DUE:
        return 0
    if clock := re.fullmatch(r"(\d):([0-5]\d)", text):
        return int(clock[1]) * M + int(clock[2])
    if minutes := re.fullmatch(r"([1-5]\d)m", text):
        return int(minutes[1]) * M
    hours = re.fullmatch(r"(\d{1,2})h([0-5]\d)", text)
    assert hours, text
    return int(hours[1]) * H + int(hours[2]) * M


@given(st.integers(-H, 99 * H))
def test_the_text_says_the_time_left_rounded_down_to_its_grain(seconds: int) -> None:
    meant = seconds_meant(countdown(seconds))
    grain = 1 if seconds < 600 else M
    assert 0 <= max(0, seconds) - meant < grain


@given(st.integers(-H, 99 * H), st.integers(0, H))
def test_a_later_look_never_reads_a_longer_time(seconds: int, waited: int) -> None:
    assert seconds_meant(countdown(seconds - waited)) <= seconds_meant(countdown(seconds))


@given(st.integers(-H, 99 * H), st.integers(0, H))
def test_urgency_only_ever_rises(seconds: int, waited: int) -> None:
    order = [Urgency.FAR, Urgency.SOON, Urgency.CLOSING, Urgency.DUE]
    assert order.index(urgency(seconds - waited)) >= order.index(urgency(seconds))


@given(st.integers(-H, 99 * H))
def test_due_is_said_exactly_when_the_urgency_is_due(seconds: int) -> None:
    assert (countdown(seconds) == DUE) == (urgency(seconds) is Urgency.DUE) == (seconds <= 0)
