from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.model import NOTHING_MORE
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api import parse
from roomtui.twilio_api.errors import NotTwilio
from roomtui.twilio_api.fields import is_word, moment
from tests.twilio_api.scripted import participant_json, room_json

UTC = timezone.utc
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001  # written with its Z below
    lambda instant: instant.strftime("%Y-%m-%dT%H:%M:%SZ")
)
COUNTS = st.none() | st.integers(0, 10**9)
FLAGS = st.none() | st.booleans()
WORDS = st.none() | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)

DOCUMENTED_ROOMS = st.fixed_dictionaries(
    {
        "sid": st.from_regex(r"\ARM[0-9a-f]{32}\Z"),
        "status": st.sampled_from(["in-progress", "completed", "failed", "a-new-one"]),
        "date_created": MOMENTS,
        "date_updated": MOMENTS,
        "account_sid": st.from_regex(r"\AAC[0-9a-f]{32}\Z"),
        "enable_turn": FLAGS,
        "unique_name": st.text(min_size=1, max_size=128),
        "status_callback": st.none() | st.text(max_size=1024),
        "status_callback_method": st.sampled_from([None, "GET", "POST"]),
        "end_time": st.none() | MOMENTS,
        "duration": COUNTS,
        "type": st.sampled_from(["group", "go", "peer-to-peer", "group-small", "a-new-one", None]),
        "max_participants": COUNTS,
        "max_participant_duration": COUNTS,
        "max_concurrent_published_tracks": COUNTS,
        "record_participants_on_connect": FLAGS,
        "video_codecs": st.none() | st.lists(st.sampled_from(["VP8", "H264", "AV1"]), max_size=3),
        "media_region": WORDS,
        "audio_only": FLAGS,
        "empty_room_timeout": COUNTS,
        "unused_room_timeout": COUNTS,
        "large_room": FLAGS,
        "url": WORDS,
        "links": st.none() | st.dictionaries(st.text(min_size=1), WORDS.filter(bool), max_size=4),
    },
    optional={"transcribe_participants_on_connect": JSON, "a_new_field": JSON},
)
DOCUMENTED_PARTICIPANTS = st.fixed_dictionaries(
    {
        "sid": st.from_regex(r"\APA[0-9a-f]{32}\Z"),
        "room_sid": st.from_regex(r"\ARM[0-9a-f]{32}\Z"),
        "account_sid": st.from_regex(r"\AAC[0-9a-f]{32}\Z"),
        "status": st.sampled_from(["connected", "disconnected", "reconnecting", "a-new-one"]),
        "identity": st.text(min_size=1, max_size=128),
        "date_created": MOMENTS,
        "date_updated": MOMENTS,
        "start_time": MOMENTS,
        "end_time": st.none() | MOMENTS,
        "duration": COUNTS,
        "url": WORDS,
        "links": st.none() | st.dictionaries(st.text(min_size=1), WORDS.filter(bool), max_size=4),
    },
    optional={"a_new_field": JSON},
)


def test_reads_a_room_that_a_live_account_answered() -> None:
    room = parse.room(room_json(7, unique_name="Board & Co"))
    assert room.sid == f"RM{7:032x}"
    assert room.is_live
    assert room.unique_name == Untrusted("Board & Co")
    assert room.date_created == datetime(2025, 6, 12, 15, 42, 32, tzinfo=UTC)
    assert room.end_time is None
    assert room.duration is None
    assert (room.empty_room_timeout, room.unused_room_timeout, room.max_participant_duration) == (5, 5, 14400)
    assert room.video_codecs == ("VP8", "H264")
    assert room.links is not None
    assert room.links["participants"].endswith("/Participants")
    assert room.record_participants_on_connect is False
    assert room.more is NOTHING_MORE


def test_reads_a_participant() -> None:
    participant = parse.participant(participant_json(3, status="reconnecting"))
    assert participant.sid == f"PA{3:032x}"
    assert participant.identity == Untrusted("person-3")
    assert participant.start_time == datetime(2025, 6, 12, 15, 42, 40, tzinfo=UTC)
    assert participant.is_present
    assert participant.more is NOTHING_MORE


@given(DOCUMENTED_ROOMS)
def test_gives_a_documented_room_back_as_it_came(record: dict[str, object]) -> None:
    assert parse.to_api(parse.room(record)) == record


@given(DOCUMENTED_PARTICIPANTS)
def test_gives_a_documented_participant_back_as_it_came(record: dict[str, object]) -> None:
    assert parse.participant_to_api(parse.participant(record)) == record


@given(st.dictionaries(st.sampled_from(sorted(room_json())), JSON))
def test_reads_any_room_with_a_sid_and_loses_nothing_it_did_not_understand(fields: dict[str, object]) -> None:
    record = {**room_json(), **fields, "sid": "RM1"}
    room = parse.room(record)
    json.dumps(parse.to_api(room))
    for key, value in room.more.items():
        assert value == record[key]


@given(st.dictionaries(st.sampled_from(sorted(participant_json())), JSON))
def test_reads_any_participant_with_a_sid(fields: dict[str, object]) -> None:
    participant = parse.participant({**participant_json(), **fields, "sid": "PA1"})
    json.dumps(parse.participant_to_api(participant))


@given(DOCUMENTED_ROOMS)
def test_times_it_read_can_be_added_to_its_timeouts(record: dict[str, object]) -> None:
    room = parse.room(record)
    assert room.date_created is not None
    assert room.date_created + timedelta(minutes=room.unused_room_timeout or 0) >= room.date_created


@pytest.mark.parametrize("sid", [None, "", 7, ["RM1"], "RM 1", "RM1\x1b[2J", "RM/../1", "R" * 65])
@pytest.mark.parametrize("read", [parse.room, parse.participant])
def test_refuses_a_record_without_a_sid(read: Any, sid: object) -> None:  # either reader
    with pytest.raises(NotTwilio, match="without a SID"):
        read({"sid": sid, "status": "in-progress"})
    with pytest.raises(NotTwilio, match="without a SID"):
        read({"status": "in-progress"})


def test_takes_a_missing_field_for_unknown() -> None:
    room = parse.room({"sid": "RM1"})
    assert room.unique_name == Untrusted("")
    assert room.status == ""
    assert room.is_live, "what does not say that it has ended may go on"
    assert (room.date_created, room.duration, room.video_codecs, room.links) == (None, None, None, None)
    assert room.more is NOTHING_MORE


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (300, 300),
        ("300", 300),
        (0, 0),
        (None, None),
        (True, None),
        (-1, None),
        (3.5, None),
        ("3.5", None),
        ("٣", None),
        ("", None),
        (10**30, None),
        ("9" * 5000, None),
        ([300], None),
    ],
)
def test_reads_numbers(value: object, read: int | None) -> None:
    room = parse.room(room_json(duration=value))
    assert room.duration == read
    assert type(room.duration) is not bool


@pytest.mark.parametrize("value", ["true", "false", 1, 0, [], "yes"])
def test_takes_only_a_boolean_for_a_flag(value: object) -> None:
    room = parse.room(room_json(audio_only=value))
    assert room.audio_only is None
    assert parse.to_api(room)["audio_only"] == value


@pytest.mark.parametrize("value", ["group\x1b]52;c;QUFB\x1b\\", "gr\u202eoup", "g" * 3000, 7, {}])
def test_does_not_take_an_escape_sequence_for_a_word(value: object) -> None:
    room = parse.room(room_json(type=value, status=value, media_region=value, video_codecs=[value]))
    assert (room.type, room.status, room.media_region, room.video_codecs) == (None, "", None, None)
    assert parse.to_api(room)["type"] == value, "it is still there for JSON"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-11-20T12:00:00Z", datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)),
        ("2026-11-20T12:00:00.123Z", datetime(2026, 11, 20, 12, 0, 0, 123000, tzinfo=UTC)),
        ("2026-11-20T12:00:00.123456789Z", datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-20T12:00:00+00:00", datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)),
        ("2026-11-20T12:00:00+02:00", datetime(2026, 11, 20, 10, 0, 0, tzinfo=UTC)),
        ("2026-11-20T12:00:00.5-0330", datetime(2026, 11, 20, 15, 30, 0, 500000, tzinfo=UTC)),
        ("2026-11-20 12:00:00", datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)),
        ("2026-11-20t12:00:00z", datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)),
        ("2026-02-30T12:00:00Z", None),
        ("2026-11-20T12:00:60Z", None),
        ("2026-11-20T25:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", None),
        ("2026-11-20T12:00:00+05:75", None),
        ("2026-11-20T12:00:00-24:00", None),
        ("2026-11-20", None),
        ("٢٠٢٦-11-20T12:00:00Z", None),
        ("", None),
    ],
)
def test_reads_times(text: str, read: datetime | None) -> None:
    assert moment(text) == read
    room = parse.room(room_json(end_time=text))
    assert room.end_time == read
    if read is not None:
        assert room.end_time is not None
        assert room.end_time.utcoffset() == timedelta(0)
    else:
        assert parse.to_api(room)["end_time"] == text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Fri, 20 Nov 2026 12:00:00 +0000", datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 12:00:00 GMT", datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 12:00:00 -0000", datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 12:00:00 +0200", datetime(2026, 11, 20, 10, 0, 0, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 12:00:00 EST", datetime(2026, 11, 20, 17, 0, 0, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 12:00:00 CET", None),
        ("Fri, 20 Nov 2026 12:00:00 +02:00", None),
        ("Fri, 20 Nov 2026 01:00:00 PM +0000", None),
        ("Fri, 20 Nov 2026 12:00:00", None),
        ("Fri, 31 Feb 2026 12:00:00 +0000", None),
        ("Tue, 20 Nov 1900 12:00:00 +0000", None),
        ("Fri, 31 Dec 9999 23:59:59 -1400", None),
        ("Fri", None),
    ],
)
def test_reads_times_of_the_older_api(text: str, read: datetime | None) -> None:
    room = parse.room(room_json(end_time=text))
    assert room.end_time == read
    assert room.more == ({} if read is not None else {"end_time": text}), "nothing Twilio said is lost"


@given(st.text())
def test_reads_any_time_without_harm(text: str) -> None:
    moment(text)
    parse.room(room_json(end_time=text))


def test_keeps_a_fraction_of_a_second_on_the_way_to_json() -> None:
    room = parse.room(room_json(end_time="2026-11-20T12:00:00.250+01:00"))
    assert parse.to_api(room)["end_time"] == "2026-11-20T11:00:00.250000Z"


@given(DOCUMENTED_ROOMS)
def test_keeps_what_rooms_have_in_common_only_once(record: dict[str, object]) -> None:
    first, second = (parse.room(json.loads(json.dumps(record))) for _ in range(2))
    assert first == second
    shared = ("account_sid", "date_created", "end_time", "type", "status", "status_callback_method", "video_codecs")
    for field in shared:
        assert getattr(first, field) is getattr(second, field), field
    assert first.more is second.more or len(str(first.more)) > 500


@pytest.mark.parametrize("one", [1, True, 1.0, [1], {"a": 1}, {"a": True}])
def test_does_not_take_one_unknown_value_for_another_that_python_calls_equal(one: object) -> None:
    for other in (1, True, 1.0, [True], {"a": 1.0}):
        parse.room({"sid": "RM1", "a_new_field": other})
    assert repr(parse.room({"sid": "RM1", "a_new_field": one}).more["a_new_field"]) == repr(one)


def test_reads_an_unknown_field_that_is_nested_too_deeply_to_be_shared() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    assert parse.room({"sid": "RM1", "a_new_field": deep}).more["a_new_field"] is deep


LINKS = st.dictionaries(st.text(max_size=5), st.text(max_size=10) | st.integers() | st.none(), max_size=4)


@given(LINKS, st.sampled_from(["https://x/v1/Rooms/RM1", "", None, 7]), st.booleans())
def test_reads_links_below_the_record_and_elsewhere(
    endings: dict[str, object],
    address: object,
    below: bool,  # noqa: FBT001  # one of two cases
) -> None:
    links = {
        name: f"{address}{ending}" if below and isinstance(ending, str) else ending for name, ending in endings.items()
    }
    room = parse.room({"sid": "RM1", "url": address, "links": links})
    understood = all(is_word(link) for link in links.values())
    assert (room.links is not None) is understood
    assert parse.to_api(room)["links"] == links
    assert list(parse.to_api(room)["links"] or ()) == list(links), "in Twilio's order"  # type: ignore[call-overload]  # a dict


def test_links_below_an_address_are_a_mapping_like_any_other() -> None:
    links = parse.room(room_json(1)).links
    assert links is not None
    plain = dict(links)
    assert links == plain
    assert links == parse.room(room_json(1)).links
    assert links != parse.room(room_json(2)).links
    assert links != {**plain, "more": "x"}
    assert links["recordings"] == plain["recordings"]
    assert "nothing" not in links
    assert len(links) == len(plain) == 4
    assert repr(plain) in repr(links)
