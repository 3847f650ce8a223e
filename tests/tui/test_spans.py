from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.countdown import span
from roomtui.rooms.words import limit
from roomtui.tui.spans import both, minutes, seconds


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("4h", 14400),
        ("4 H", 14400),
        ("90m", 5400),
        ("90 min", 5400),
        ("90 minutes", 5400),
        ("1h30m", 5400),
        ("1h30", 5400),
        ("1h05", 3900),
        ("1 h 30 min 5 s", 5405),
        ("600", 600),
        ("600 s", 600),
        (" 45 seconds ", 45),
        ("0", 0),
    ],
)
def test_spans_are_read_as_people_write_them(text: str, wanted: int) -> None:
    assert seconds(text) == wanted


@pytest.mark.parametrize(
    "text", ["", " ", "four hours", "4d", "-5", "1.5h", "h", "m30", "1h 30x", "٤h", "4h4h", "9" * 200, "1h300"]
)
def test_what_is_no_span_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="Write it as 4h, 90m or 1h30"):
        seconds(text)


@given(st.integers(0, 10**6))
def test_what_this_program_writes_it_can_read(number: int) -> None:
    assert seconds(limit(number)) == number
    assert seconds(span(number)) <= number
    assert seconds(f"{number}") == number


def test_a_bare_number_of_minutes_is_minutes() -> None:
    assert minutes("5") == 5
    assert minutes("1h") == 60
    with pytest.raises(ValueError, match="whole minutes"):
        minutes("90s")
    with pytest.raises(ValueError, match="a bare number is minutes"):
        minutes("soon")


def test_a_span_is_said_in_both_ways_where_they_differ() -> None:
    assert both(14400) == "4 h = 14400 s"
    assert both(5400) == "90 min = 5400 s"
    assert both(601) == "601 s"
