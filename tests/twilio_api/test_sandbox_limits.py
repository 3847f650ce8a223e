"""Twilio's limits as the dashboard knows them, held against those that the sandbox enforces: they share no code."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roomtui.rooms.new_room import CODECS, METHODS, REGIONS, TYPES, NewRoom, check, field_of
from roomtui.rooms.recording import RecordingRule
from roomtui.rooms.untrusted import Untrusted
from roomtui.sandbox.world.account import Account
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.room_request import room_settings
from roomtui.twilio_api.forms import encoded
from roomtui.twilio_api.new_room import new_room_form

rules = st.builds(
    RecordingRule,
    type=st.sampled_from(["include", "exclude", "", "x"]),
    all=st.none() | st.booleans(),
    kind=st.none() | st.sampled_from(["audio", "video", "data", ""]),
    publisher=st.none() | st.sampled_from(["", "alice"]).map(Untrusted),
    track=st.none() | st.sampled_from(["", "mic"]).map(Untrusted),
)
FIELDS: dict[str, st.SearchStrategy[object]] = {
    "unique_name": st.text(st.characters(exclude_categories=["Cs"]), max_size=140),
    "type": st.sampled_from([*TYPES, "huge"]),
    "max_participants": st.integers(-1, 60),
    "max_participant_duration": st.integers(0, 90_000) | st.sampled_from([599, 600, 86_400, 86_401]),
    "empty_room_timeout": st.integers(-1, 62),
    "unused_room_timeout": st.integers(-1, 62),
    "status_callback": st.sampled_from(
        [
            "https://example.com/hook",
            "http://127.0.0.1:1/",
            "ftp://x",
            "x",
            "https://",
            "https://example.com/" + "x" * 1010,
        ]
    ),
    "status_callback_method": st.sampled_from([*METHODS, "PUT"]),
    "record_participants_on_connect": st.booleans(),
    "recording_rules": st.lists(rules, max_size=3).map(tuple)
    | st.just((RecordingRule(type="include", all=True),) * 21),
    "video_codecs": st.lists(st.sampled_from([*CODECS, "VP9"]), max_size=2, unique=True).map(tuple),
    "media_region": st.sampled_from([*REGIONS, "xx1"]),
    "audio_only": st.booleans(),
    "transcribe_participants_on_connect": st.booleans(),
    "transcriptions_configuration": st.just({}),
    "enable_turn": st.booleans(),
}
new_rooms = st.fixed_dictionaries({}, optional=FIELDS).map(lambda said: NewRoom(**said))  # type: ignore[arg-type]  # each of its field's type


def refusal(new: NewRoom) -> int | None:
    """The code with which the sandbox refuses this room, None if it makes it."""
    form = parse_qs(encoded(new_room_form(new)), keep_blank_values=True)
    try:
        room_settings(form, Account(sid="AC" + "0" * 32))
    except Refusal as refused:
        return refused.code
    return None


@given(new_rooms)
def test_what_we_find_nothing_wrong_with_can_be_made_and_nothing_else(new: NewRoom) -> None:
    # Of a room without video the sandbox never reads the codecs; we do, since Twilio says nothing of it.
    assume(not new.audio_only or not new.video_codecs)
    assert (refusal(new) is None) is (check(new) == ())


@pytest.mark.parametrize("field", FIELDS)
@given(data=st.data())
def test_a_refusal_is_about_the_field_that_we_complain_of(field: str, data: st.DataObject) -> None:
    new = NewRoom(**{field: data.draw(FIELDS[field])})  # type: ignore[arg-type]  # of its field's type
    code = refusal(new)
    if code is None:
        return
    assert [complaint.field for complaint in check(new)] == [field]
    told = field_of(code)
    assert told == (
        "empty_room_timeout" if field == "unused_room_timeout" else None if field == "video_codecs" else field
    )
