"""What options take: durations, JSON, recording rules, phone numbers."""

from __future__ import annotations

import json

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.cli.values import duration, json_object, phone, recording_rules
from roomtui.rooms.recording import EVERYTHING, RecordingRule
from roomtui.rooms.untrusted import Untrusted


@given(st.integers(0, 999), st.integers(0, 9999), st.integers(0, 99999))
def test_a_duration_is_the_sum_of_its_parts(hours: int, minutes: int, seconds: int) -> None:
    whole = hours * 3600 + minutes * 60 + seconds
    assert duration(f"{hours}h{minutes}m{seconds}s") == whole
    assert duration(f"{hours}h{minutes}m{seconds}") == whole
    assert duration(str(seconds)) == seconds


@pytest.mark.parametrize(("text", "seconds"), [("4h", 14400), ("90m", 5400), ("1h30m", 5400), ("600s", 600)])
def test_a_duration_as_people_write_it(text: str, seconds: int) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "h", "4 h", "1.5h", "30m1h", "-1", "٤h", "9" * 5000, "4h\n"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(click.BadParameter, match="write seconds, or 4h, 90m, 1h30m"):
        duration(text)


def test_rules_are_read_as_the_api_writes_them() -> None:
    assert recording_rules('[{"type": "include", "all": true}]') == EVERYTHING
    text = '[{"type": "exclude", "kind": "video", "publisher": "al\\u001bice"}, {"type": "include", "track": "MT1"}]'
    assert recording_rules(text) == (
        RecordingRule(type="exclude", kind="video", publisher=Untrusted("al\x1bice")),
        RecordingRule(type="include", track=Untrusted("MT1")),
    )
    assert recording_rules("[]") == ()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda each: (
            st.lists(each, max_size=3)
            | st.dictionaries(st.sampled_from(["type", "all", "kind", "publisher", "x"]), each, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_whatever_json_it_is_rules_are_read_or_refused(value: object) -> None:
    try:
        rules = recording_rules(json.dumps(value))
    except click.BadParameter:
        return
    assert isinstance(value, list)
    assert [rule.type for rule in rules] == [rule["type"] for rule in value]


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", '{"a": NaN}', "[]", "3", '"\\ud800"', '{"\\ud800": 1}', "[" * 100_000]
)
def test_what_is_no_json_object(text: str) -> None:
    with pytest.raises(click.BadParameter):
        json_object(text)


def test_a_json_object_is_kept_as_it_is() -> None:
    assert json_object('{"languageCode": "de-DE", "partialResults": true}') == {
        "languageCode": "de-DE",
        "partialResults": True,
    }


def test_a_phone_number_is_brought_into_its_form() -> None:
    assert phone("+1 (500) 555-0006") == "+15005550006"
    with pytest.raises(click.BadParameter, match="country code"):
        phone("0151 2345678")
