from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.recording import EVERYTHING, NOTHING, RecordingRule, RecordingRules
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api import media
from roomtui.twilio_api.errors import NotTwilio
from tests.twilio_api.scripted import ROOM_SID, rules_json, track_json

READ_AT = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
names = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(Untrusted)
rules = st.builds(
    RecordingRule,
    type=st.sampled_from(["include", "exclude"]),
    all=st.none() | st.booleans(),
    kind=st.none() | st.sampled_from(["audio", "video", "data"]),
    publisher=names,
    track=names,
)


def test_reads_a_published_track() -> None:
    track = media.track(track_json(3, name="screen\x1b[2J", enabled=False))
    assert (track.sid, track.participant_sid) == (f"MT{3:032x}", f"PA{1:032x}")
    assert (track.kind, track.enabled) == ("audio", False)
    assert track.name == Untrusted("screen\x1b[2J")


def test_reads_a_track_that_says_next_to_nothing() -> None:
    track = media.track({"sid": "MT1", "enabled": "yes", "kind": 7, "name": None})
    assert (track.participant_sid, track.name.raw, track.kind, track.enabled) == ("", "", "", None)


def test_refuses_a_track_without_a_sid() -> None:
    with pytest.raises(NotTwilio, match="track"):
        media.track({"name": "x"})


def test_writes_a_track_under_the_apis_names() -> None:
    record = track_json(3)
    written = media.track_to_api(media.track(record))
    assert written == {name: record[name] for name in ("sid", "participant_sid", "name", "kind", "enabled")}


@given(st.lists(rules, max_size=20).map(tuple))
def test_reads_back_the_rules_it_sends(sent: tuple[RecordingRule, ...]) -> None:
    told = {"room_sid": ROOM_SID, "rules": json.loads(media.rules_form(sent))}
    assert media.recording_rules(told, ROOM_SID, READ_AT) == RecordingRules(ROOM_SID, sent, READ_AT)


def test_sends_the_documented_rules_to_start_and_to_stop() -> None:
    assert media.rules_form(EVERYTHING) == '[{"type":"include","all":true}]'
    assert media.rules_form(NOTHING) == '[{"type":"exclude","all":true}]'


def test_writes_rules_under_the_apis_names() -> None:
    listed: dict[str, object] = {"type": "include", "kind": "audio", "publisher": "böb", "track": "mic"}
    read = media.recording_rules(rules_json([listed]), ROOM_SID, READ_AT)
    assert media.recording_rules_to_api(read) == {"room_sid": ROOM_SID, "rules": [listed]}


def test_keeps_a_filter_of_a_rule_that_it_does_not_know() -> None:
    listed: dict[str, object] = {"type": "exclude", "all": True, "region": {"near": ["us1"]}}
    read = media.recording_rules(rules_json([{**listed, "label": None}]), ROOM_SID, READ_AT)
    assert media.recording_rules_to_api(read)["rules"] == [listed]
    assert not read.rules[0].is_for_all


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"rules": None},
        {"rules": {"type": "include", "all": True}},
        {"rules": ["include"]},
        {"rules": [{"all": True}]},
        {"rules": [{"type": "ignore", "all": True}]},
        {"rules": [{"type": "include", "all": True}], "room_sid": "RM" + "f" * 32},
        {"rules": [{"type": "include", "all": True}], "room_sid": 7},
    ],
)
def test_takes_nothing_else_for_rules(told: dict[str, object]) -> None:
    with pytest.raises(NotTwilio):
        media.recording_rules(told, ROOM_SID, READ_AT)


def test_takes_rules_without_a_room_for_those_of_the_room_asked() -> None:
    assert media.recording_rules({"rules": []}, ROOM_SID, READ_AT).room_sid == ROOM_SID
