from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.countdown import span
from roomtui.rooms.recording import EVERYTHING, RecordingRule
from roomtui.rooms.typed import both, json_object, minutes, recording_rules, seconds, written_rules
from roomtui.rooms.untrusted import Untrusted
from roomtui.rooms.words import limit


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


@given(st.integers(0, 999), st.integers(0, 9999), st.integers(0, 99999))
def test_a_span_is_the_sum_of_its_parts(hours: int, minutes: int, rest: int) -> None:
    assert seconds(f"{hours}h{minutes}m{rest}s") == hours * 3600 + minutes * 60 + rest


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


def test_rules_are_read_as_the_api_writes_them() -> None:
    assert recording_rules('[{"type": "include", "all": true}]') == EVERYTHING
    text = '[{"type": "exclude", "kind": "video", "publisher": "al\\u001bice"}, {"type": "include", "track": "MT1"}]'
    assert recording_rules(text) == (
        RecordingRule(type="exclude", kind="video", publisher=Untrusted("al\x1bice")),
        RecordingRule(type="include", track=Untrusted("MT1")),
    )
    assert recording_rules("[]") == ()


_TEXTS = st.text(st.characters(codec="utf-8"), max_size=5)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXTS,
    lambda each: (
        st.lists(each, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "all", "kind", "publisher", "x"]), each, max_size=3)
    ),
    max_leaves=8,
)


@given(_JSON)
def test_whatever_json_it_is_rules_are_read_or_refused(value: object) -> None:
    try:
        rules = recording_rules(json.dumps(value))
    except ValueError:
        return
    assert isinstance(value, list)
    assert [rule.type for rule in rules] == [rule["type"] for rule in value]
    assert recording_rules(written_rules(rules)) == rules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "include"}', "A list of rules"),
        ("[1]", "A list of rules"),
        ('[{"type": "include"', "not JSON (character"),
        ("[" * 100_000, "not JSON"),
        ('[{"typ\\u001be": "x"}]', "not typ^[e"),
        ('[{"type": "include", "all": "yes"}]', "all is true"),
        ('[{"type": "include", "all": 1}]', "all is true"),
        ('[{"type": 1}]', "type is a text"),
        ('[{"all": true}]', "A rule has a type"),
    ],
)
def test_what_is_no_list_of_rules_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        recording_rules(text)


def test_a_filter_that_is_not_known_is_written_as_it_came() -> None:
    assert json.loads(written_rules((RecordingRule(type="include", more={"region": "us1"}),))) == [
        {"type": "include", "region": "us1"}
    ]


@pytest.mark.parametrize(
    "text", ["", "{", "NaN", '{"a": NaN}', "[]", "3", '"\\ud800"', '{"\\ud800": 1}', "[" * 100_000]
)
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(This is not|A JSON object)"):
        json_object(text)


def test_a_json_object_is_kept_as_it_is() -> None:
    assert json_object('{"languageCode": "de-DE", "partialResults": true}') == {
        "languageCode": "de-DE",
        "partialResults": True,
    }
