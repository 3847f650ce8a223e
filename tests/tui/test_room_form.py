from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.new_room import CODECS, REGIONS, TYPES, NewRoom
from roomtui.rooms.recording import EVERYTHING, RecordingRule
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.room_form import BY_KEY, FIELDS, read, said_again, written

_LETTERS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


def complaints(**texts: str) -> dict[str, str]:
    return {each.field: each.sentence for each in read(texts)[1]}


def test_there_is_a_field_for_everything_but_what_is_deprecated() -> None:
    assert set(BY_KEY) == {each.name for each in dataclasses.fields(NewRoom)} - {"enable_turn"}


def test_an_untouched_form_asks_for_nothing() -> None:
    assert read({}) == (NewRoom(), ())
    assert read({field.key: "" for field in FIELDS}) == (NewRoom(), ())


def test_every_field_says_what_holds_if_it_is_left_alone() -> None:
    assert all(field.default for field in FIELDS)
    assert BY_KEY["empty_room_timeout"].default == "default: 5 min"
    assert BY_KEY["max_participant_duration"].default == "default: 4 h = 14400 s"


def test_what_is_typed_is_asked_for() -> None:
    new, wrong = read(
        {
            "unique_name": " Board & Co ",
            "type": "group",
            "max_participants": "12",
            "max_participant_duration": "90m",
            "empty_room_timeout": "10",
            "unused_room_timeout": "1h",
            "record_participants_on_connect": "yes",
            "recording_rules": '[{"type": "include", "all": true}]',
            "video_codecs": "VP8 H264",
            "media_region": "ie1",
            "audio_only": "no",
            "status_callback": "https://example.com/x",
            "status_callback_method": "GET",
            "transcribe_participants_on_connect": "yes",
            "transcriptions_configuration": '{"languageCode": "de-DE"}',
            "large_room": "no",
        }
    )
    assert wrong == ()
    assert new == NewRoom(
        unique_name=" Board & Co ",
        type="group",
        max_participants=12,
        max_participant_duration=5400,
        empty_room_timeout=10,
        unused_room_timeout=60,
        record_participants_on_connect=True,
        recording_rules=EVERYTHING,
        video_codecs=CODECS,
        media_region="ie1",
        audio_only=False,
        status_callback="https://example.com/x",
        status_callback_method="GET",
        transcribe_participants_on_connect=True,
        transcriptions_configuration={"languageCode": "de-DE"},
        large_room=False,
    )


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("max_participants", "many", "A whole number"),
        ("max_participants", "²", "A whole number"),
        ("max_participant_duration", "long", "Write it as 4h"),
        ("empty_room_timeout", "30s", "whole minutes"),
        ("recording_rules", '{"type": "include"}', "A list of rules"),
        ("recording_rules", "[1]", "A list of rules"),
        ("recording_rules", '[{"type": "include"', "not JSON (character"),
        ("recording_rules", "[" * 100_000, "not JSON"),
        ("recording_rules", '[{"typ\\u001be": "x"}]', "not typ^[e"),
        ("recording_rules", '[{"type": "include", "all": "yes"}]', "all is true"),
        ("recording_rules", '[{"type": 1}]', "type is a text"),
        ("transcriptions_configuration", "[]", "A JSON object"),
    ],
)
def test_what_cannot_be_read_is_complained_of_at_its_field(key: str, text: str, said: str) -> None:
    (sentence,) = complaints(**{key: text, "unique_name": "x"}).values()
    assert said in sentence
    assert key in complaints(**{key: text})


_RULES = st.lists(
    st.builds(
        RecordingRule,
        type=st.sampled_from(["include", "exclude"]),
        all=st.sampled_from([None, True]),
        kind=st.sampled_from([None, "audio", "video"]),
        publisher=st.one_of(st.none(), _LETTERS.map(Untrusted)),
        track=st.one_of(st.none(), _LETTERS.map(Untrusted)),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
_ROOMS = st.fixed_dictionaries(
    {},
    optional={
        "unique_name": _LETTERS,
        "type": st.sampled_from(TYPES),
        "max_participants": st.integers(1, 50),
        "max_participant_duration": st.integers(600, 86400),
        "empty_room_timeout": st.integers(1, 60),
        "unused_room_timeout": st.integers(1, 60),
        "record_participants_on_connect": st.booleans(),
        "recording_rules": _RULES,
        "video_codecs": st.sampled_from([("VP8",), ("H264",), ("VP8", "H264"), ("H264", "VP8")]),
        "media_region": st.sampled_from(REGIONS),
        "audio_only": st.booleans(),
        "status_callback_method": st.sampled_from(["GET", "POST"]),
        "transcriptions_configuration": st.dictionaries(_LETTERS, _LETTERS),
        "large_room": st.booleans(),
    },
)


@given(_ROOMS)
def test_what_is_prefilled_reads_back_as_what_it_was(values: dict[str, Any]) -> None:
    new = NewRoom(**values)
    assert read(written(new)) == (new, ())


def test_a_kept_value_holds_where_nothing_is_typed_and_only_there() -> None:
    assert read({"unique_name": ""}, {"unique_name": "a\x1bb"})[0].unique_name == "a\x1bb"
    assert read({"unique_name": "x"}, {"unique_name": "a\x1bb"})[0].unique_name == "x"


def test_how_long_somebody_may_stay_is_said_in_both_ways_while_it_is_typed() -> None:
    assert said_again("max_participant_duration", "90m") == "90 min = 5400 s"
    assert said_again("max_participant_duration", "9x") == ""
    assert said_again("max_participant_duration", "") == ""
    assert said_again("unique_name", "4h") == ""
