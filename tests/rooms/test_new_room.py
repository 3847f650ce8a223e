from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roomtui.rooms.model import Room, RoomType
from roomtui.rooms.new_room import (
    CODECS,
    DEFAULTS,
    METHODS,
    REGIONS,
    SEATS,
    TYPES,
    NewRoom,
    check,
    field_of,
    like,
)
from roomtui.rooms.recording import EVERYTHING, NOTHING, RecordingRule
from roomtui.rooms.untrusted import Untrusted
from tests.rooms.builders import CREATED, ROOM_SID, room

PARAMETERS = [field.name for field in fields(NewRoom)]
INCLUDE = RecordingRule(type="include", kind="audio")


def complained(new: NewRoom) -> list[str]:
    found = check(new)
    for complaint in found:
        assert complaint.field in PARAMETERS
        assert complaint.sentence.isprintable()
        assert complaint.sentence.endswith(".")
        assert complaint.sentence[0].isupper()
    return [complaint.field for complaint in found]


class TestTheCheck:
    def test_nothing_said_is_nothing_wrong(self) -> None:
        assert check(NewRoom()) == ()

    def test_twilio_s_own_defaults_may_be_asked_for(self) -> None:
        assert check(DEFAULTS) == ()

    @given(st.integers(-10, 200), st.sampled_from(TYPES))
    def test_a_room_holds_as_many_as_its_type_does(self, people: int, kind: str) -> None:
        new = NewRoom(type=kind, max_participants=people)
        assert complained(new) == ([] if 1 <= people <= SEATS[kind] else ["max_participants"])

    @given(st.integers(-10, 200))
    def test_without_a_type_it_is_a_group_room(self, people: int) -> None:
        assert complained(NewRoom(max_participants=people)) == ([] if 1 <= people <= 50 else ["max_participants"])

    def test_how_large_a_large_room_is_is_twilio_s_to_say(self) -> None:
        assert complained(NewRoom(large_room=True, max_participants=90)) == []
        assert complained(NewRoom(large_room=False, max_participants=90)) == ["max_participants"]
        assert complained(NewRoom(large_room=True, max_participants=0)) == ["max_participants"]

    def test_it_says_how_many_a_room_holds(self) -> None:
        [complaint] = check(NewRoom(type="go", max_participants=3))
        assert complaint.sentence == "A go room holds 1 to 2 people."

    @given(st.integers(-10, 100_000))
    @example(599)
    @example(600)
    @example(86_400)
    @example(86_401)
    def test_somebody_stays_ten_minutes_to_a_day(self, seconds: int) -> None:
        new = NewRoom(max_participant_duration=seconds)
        assert complained(new) == ([] if 600 <= seconds <= 86_400 else ["max_participant_duration"])

    @given(st.integers(-10, 100), st.sampled_from(["empty_room_timeout", "unused_room_timeout"]))
    def test_a_time_out_is_up_to_an_hour_and_never_0(self, minutes: int, field: str) -> None:
        new = {"empty_room_timeout": NewRoom(empty_room_timeout=minutes)}.get(
            field, NewRoom(unused_room_timeout=minutes)
        )
        assert complained(new) == ([] if 1 <= minutes <= 60 else [field])

    @given(st.text(max_size=140))
    @example("x" * 128)
    @example("x" * 129)
    def test_any_text_of_1_to_128_characters_is_a_name(self, name: str) -> None:
        good = 1 <= len(name) <= 128 and not any("\ud800" <= each <= "\udfff" for each in name)
        assert complained(NewRoom(unique_name=name)) == ([] if good else ["unique_name"])

    @pytest.mark.parametrize(
        ("name", "sentence"),
        [
            ("", "A name has at least one character; without one, Twilio calls the room by its SID."),
            ("\U0001f600" * 129, "A name has at most 128 characters, this one has 129."),
            ("a\udce9", "The name holds characters that are no UTF-8."),
        ],
    )
    def test_it_says_what_is_wrong_with_a_name(self, name: str, sentence: str) -> None:
        [complaint] = check(NewRoom(unique_name=name))
        assert complaint.sentence == sentence

    @pytest.mark.parametrize("kind", ["", "Group", "huge", "\x1b[2J"])
    def test_a_type_that_there_is_not_is_wrong(self, kind: str) -> None:
        assert complained(NewRoom(type=kind, max_participants=50, video_codecs=CODECS)) == ["type"]

    @pytest.mark.parametrize(
        "url",
        ["https://example.com", "http://127.0.0.1:8089/hook?a=b#c", "https://example.com/" + "x" * (1023 - 20)],
    )
    def test_a_web_address_may_be_told_what_happens(self, url: str) -> None:
        assert len(url) <= 1023
        assert complained(NewRoom(status_callback=url)) == []

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "example.com",
            "ftp://example.com",
            "https://",
            "https:///path",
            "https://example.com:99999/",
            "https://example.com:0/",
            "https://[::1/",
            "https://exa mple.com",
            "https://example.com/\x1b",
            "https://exämple.com",
            "javascript:alert(1)",
            "https://example.com/" + "x" * (1024 - 20),
        ],
    )
    def test_what_is_no_web_address_is_told_nothing(self, url: str) -> None:
        assert complained(NewRoom(status_callback=url)) == ["status_callback"]

    @pytest.mark.parametrize("method", ["", "PUT", "post"])
    def test_it_is_told_by_post_or_get(self, method: str) -> None:
        assert complained(NewRoom(status_callback_method=method)) == ["status_callback_method"]
        assert [complained(NewRoom(status_callback_method=good)) for good in METHODS] == [[], []]

    @pytest.mark.parametrize("region", REGIONS)
    def test_the_media_regions_are_twilio_s(self, region: str) -> None:
        assert complained(NewRoom(media_region=region)) == []
        assert complained(NewRoom(media_region=region.upper() + "x")) == ["media_region"]

    @pytest.mark.parametrize(
        ("codecs", "good"), [((), True), (("H264",), True), (("VP9",), False), (("VP8", ""), False)]
    )
    def test_the_codecs_are_twilio_s(self, codecs: tuple[str, ...], *, good: bool) -> None:
        assert complained(NewRoom(video_codecs=codecs)) == ([] if good else ["video_codecs"])

    def test_the_sentence_about_a_strange_codec_is_safe_to_show(self) -> None:
        assert complained(NewRoom(video_codecs=("\x1b]52;c;QUFB\x07",))) == ["video_codecs"]

    @pytest.mark.parametrize("kind", ["peer-to-peer", "go"])
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("record_participants_on_connect", True),
            ("recording_rules", EVERYTHING),
            ("video_codecs", ("VP8",)),
            ("media_region", "us1"),
            ("transcribe_participants_on_connect", True),
            ("transcriptions_configuration", {}),
            ("audio_only", True),
        ],
    )
    def test_what_needs_a_media_server_needs_a_room_that_has_one(self, kind: str, field: str, value: object) -> None:
        asked = replace(NewRoom(), **{field: value})  # type: ignore[arg-type]  # one value of each field's type
        assert complained(replace(asked, type=kind)) == [field]
        assert complained(replace(asked, type="group")) == []
        assert complained(asked) == []

    @pytest.mark.parametrize("kind", TYPES)
    def test_nothing_is_wrong_with_what_is_off(self, kind: str) -> None:
        off = NewRoom(
            type=kind,
            record_participants_on_connect=False,
            video_codecs=(),
            audio_only=False,
            large_room=False,
            transcribe_participants_on_connect=False,
        )
        assert check(off) == ()

    def test_audio_only_is_for_group_rooms_alone(self) -> None:
        assert complained(NewRoom(type="group-small", audio_only=True)) == ["audio_only"]

    @given(st.integers(0, 40))
    def test_there_are_1_to_20_recording_rules(self, count: int) -> None:
        new = NewRoom(recording_rules=(INCLUDE,) * count)
        assert complained(new) == ([] if 1 <= count <= 20 else ["recording_rules"])

    @pytest.mark.parametrize(
        "rule",
        [
            *EVERYTHING,
            *NOTHING,
            RecordingRule(type="exclude", kind="video"),
            RecordingRule(type="include", publisher=Untrusted("alice")),
            RecordingRule(type="include", kind="audio", publisher=Untrusted("alice"), track=Untrusted("mic")),
        ],
    )
    def test_documented_rules_are_right(self, rule: RecordingRule) -> None:
        assert complained(NewRoom(recording_rules=(rule,))) == []

    @pytest.mark.parametrize(
        "rule",
        [
            RecordingRule(type="include"),
            RecordingRule(type="", all=True),
            RecordingRule(type="record", all=True),
            RecordingRule(type="include", all=False),
            RecordingRule(type="include", all=True, kind="audio"),
            RecordingRule(type="include", all=True, publisher=Untrusted("a")),
            RecordingRule(type="include", kind="data"),
            RecordingRule(type="include", kind=""),
            RecordingRule(type="include", publisher=Untrusted("")),
            RecordingRule(type="include", kind="audio", track=Untrusted("")),
        ],
    )
    def test_a_rule_that_twilio_would_refuse_is_told_by_its_number(self, rule: RecordingRule) -> None:
        [complaint] = check(NewRoom(recording_rules=(INCLUDE, rule)))
        assert complaint.field == "recording_rules"
        assert complaint.sentence.startswith("Recording rule 2: ")

    def test_everything_wrong_is_told_at_once_in_the_order_of_the_fields(self) -> None:
        wrong = NewRoom(
            unique_name="",
            type="x",
            max_participants=0,
            max_participant_duration=0,
            empty_room_timeout=0,
            unused_room_timeout=0,
            status_callback="",
            status_callback_method="",
            recording_rules=(),
            video_codecs=("x",),
            media_region="",
            audio_only=True,
        )
        asked = [name for name in PARAMETERS if getattr(wrong, name) is not None]
        assert complained(wrong) == asked


class TestTheSameAgain:
    def full(self, **told: object) -> Room:
        given_ = {
            "audio_only": True,
            "record_participants_on_connect": True,
            "video_codecs": ("VP8",),
            "media_region": "ie1",
            "status_callback": Untrusted("https://example.com/hook"),
            "status_callback_method": "GET",
            **told,
        }
        return replace(room("Board & Co", empty=7, unused=9, limit=3600, seats=12), **given_)  # type: ignore[arg-type]  # fields of a room

    def test_a_room_is_made_again_with_all_its_settings(self) -> None:
        assert like(self.full()) == NewRoom(
            unique_name="Board & Co",
            type="group",
            max_participants=12,
            max_participant_duration=3600,
            empty_room_timeout=7,
            unused_room_timeout=9,
            status_callback="https://example.com/hook",
            status_callback_method="GET",
            record_participants_on_connect=True,
            video_codecs=("VP8",),
            media_region="ie1",
            audio_only=True,
        )

    @pytest.mark.parametrize("name", [ROOM_SID, ""])
    def test_a_nameless_room_stays_nameless(self, name: str) -> None:
        assert like(room(name)).unique_name is None

    def test_the_time_outs_of_an_ad_hoc_room_cannot_be_asked_for(self) -> None:
        again = like(room(empty=0, unused=0))
        assert (again.empty_room_timeout, again.unused_room_timeout) == (None, None)
        assert check(again) == ()

    def test_what_twilio_did_not_tell_is_left_to_twilio(self) -> None:
        bare = Room(sid=ROOM_SID, status="completed", unique_name=Untrusted(""), date_created=CREATED)
        assert like(bare) == NewRoom()

    def test_what_is_off_is_not_mentioned_where_its_mention_is_refused(self) -> None:
        again = like(self.full(audio_only=False, large_room=False, record_participants_on_connect=False))
        assert (again.audio_only, again.large_room) == (None, None)
        assert again.record_participants_on_connect is False, "the account's own default may be another"

    def test_without_a_callback_its_method_says_nothing(self) -> None:
        again = like(self.full(status_callback=None, status_callback_method="POST"))
        assert (again.status_callback, again.status_callback_method) == (None, None)

    @pytest.mark.parametrize("kind", TYPES)
    def test_what_it_makes_of_a_room_of_any_type_can_be_asked_for(self, kind: str) -> None:
        live = self.full(type=kind, max_participants=SEATS[kind], audio_only=False)
        assert check(like(live)) == ()

    def test_a_room_of_a_type_that_we_do_not_know_is_asked_for_as_it_is(self) -> None:
        assert like(room(kind="holographic")).type == "holographic"


@pytest.mark.parametrize(
    ("code", "field"),
    [
        (53100, "unique_name"),
        (53101, "unique_name"),
        (53102, "unique_name"),
        (53103, "large_room"),
        (53107, "max_participants"),
        (53108, "type"),
        (53109, "empty_room_timeout"),
        (53110, "status_callback_method"),
        (53111, "status_callback"),
        (53113, "unique_name"),
        (53114, "type"),
        (53115, "media_region"),
        (53116, "media_region"),
        (53120, "recording_rules"),
        (53122, "recording_rules"),
        (53123, "max_participant_duration"),
        (53124, "audio_only"),
        (53126, "type"),
        (53127, "audio_only"),
        (53119, None),  # the account's quota
        (20429, None),
        (20001, None),
        (None, None),
    ],
)
def test_an_error_code_tells_which_field_it_means(code: int | None, field: str | None) -> None:
    assert field_of(code) == field
    assert field is None or field in PARAMETERS


def test_the_types_offered_are_those_that_the_domain_knows() -> None:
    assert tuple(kind.value for kind in RoomType) == TYPES
    assert sorted(SEATS) == sorted(TYPES)
