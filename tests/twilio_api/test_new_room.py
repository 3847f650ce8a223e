from __future__ import annotations

import json
from dataclasses import fields, replace
from urllib.parse import parse_qs

import pytest

from roomtui.rooms.new_room import NewRoom
from roomtui.rooms.recording import RecordingRule
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import Unsendable
from roomtui.twilio_api.forms import encoded
from roomtui.twilio_api.new_room import new_room_form

EVERY = NewRoom(
    unique_name="Board & Cö",
    type="group",
    max_participants=7,
    max_participant_duration=3600,
    empty_room_timeout=6,
    unused_room_timeout=8,
    status_callback="https://example.com/hook?a=b&c",
    status_callback_method="GET",
    record_participants_on_connect=True,
    recording_rules=(
        RecordingRule(type="include", kind="audio", publisher=Untrusted("böb")),
        RecordingRule(type="exclude", track=Untrusted('"x"')),
    ),
    video_codecs=("VP8", "H264"),
    media_region="ie1",
    audio_only=True,
    large_room=False,
    transcribe_participants_on_connect=True,
    transcriptions_configuration={"languageCode": "de-DE", "partialResults": True},
    enable_turn=False,
)


def test_sends_every_parameter_as_twilio_reads_it() -> None:
    assert parse_qs(encoded(new_room_form(EVERY)), strict_parsing=True) == {
        "UniqueName": ["Board & Cö"],
        "Type": ["group"],
        "MaxParticipants": ["7"],
        "MaxParticipantDuration": ["3600"],
        "EmptyRoomTimeout": ["6"],
        "UnusedRoomTimeout": ["8"],
        "StatusCallback": ["https://example.com/hook?a=b&c"],
        "StatusCallbackMethod": ["GET"],
        "RecordParticipantsOnConnect": ["true"],
        "RecordingRules": [
            '[{"type":"include","kind":"audio","publisher":"böb"},{"type":"exclude","track":"\\"x\\""}]'
        ],
        "VideoCodecs": ["VP8", "H264"],
        "MediaRegion": ["ie1"],
        "AudioOnly": ["true"],
        "LargeRoom": ["false"],
        "TranscribeParticipantsOnConnect": ["true"],
        "TranscriptionsConfiguration": ['{"languageCode":"de-DE","partialResults":true}'],
        "EnableTurn": ["false"],
    }


@pytest.mark.parametrize("field", [field.name for field in fields(NewRoom)])
def test_leaves_out_what_is_not_said(field: str) -> None:
    every, without = (parse_qs(encoded(new_room_form(new))) for new in (EVERY, replace(EVERY, **{field: None})))
    assert len(without) == len(every) - 1
    assert parse_qs(encoded(new_room_form(NewRoom()))) == {}


@pytest.mark.parametrize("bad", [{"a": object()}, {"a": float("nan")}, {"a": {1, 2}}])
def test_sends_no_configuration_that_is_no_json(bad: dict[str, object]) -> None:
    with pytest.raises(Unsendable, match="JSON"):
        new_room_form(replace(EVERY, transcriptions_configuration=bad))


@pytest.mark.parametrize(
    "new",
    [
        NewRoom(unique_name="a\ud800"),
        NewRoom(recording_rules=(RecordingRule(type="include", publisher=Untrusted("\udfff")),)),
        NewRoom(transcriptions_configuration={"a": "\udfff"}),
    ],
)
def test_sends_no_text_that_is_no_utf_8(new: NewRoom) -> None:
    with pytest.raises(Unsendable, match="UTF-8"):
        encoded(new_room_form(new))


def test_sends_rules_as_a_json_array_though_there_is_only_one() -> None:
    new = NewRoom(recording_rules=(RecordingRule(type="exclude", all=True),))
    assert json.loads(str(new_room_form(new)["RecordingRules"])) == [{"type": "exclude", "all": True}]
