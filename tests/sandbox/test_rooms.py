"""`/v1/Rooms` over HTTP: creating, fetching and ending."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ALL = '[{"type": "include", "all": true}]'


async def test_a_room_without_parameters_has_twilios_defaults(client: Client) -> None:
    room = await client.create()
    url = f"{client.sandbox.url}/v1/Rooms/{room['sid']}"
    assert room == {
        "sid": room["sid"],
        "status": "in-progress",
        "date_created": room["date_created"],
        "date_updated": room["date_created"],
        "account_sid": client.sandbox.credentials.account_sid,
        "enable_turn": True,
        "unique_name": room["sid"],
        "status_callback": None,
        "status_callback_method": "POST",
        "end_time": None,
        "duration": None,
        "type": "group",
        "max_participants": 50,
        "max_participant_duration": 14_400,
        "max_concurrent_published_tracks": 170,
        "record_participants_on_connect": False,
        "video_codecs": ["VP8", "H264"],
        "media_region": "us1",
        "audio_only": False,
        "empty_room_timeout": 5,
        "unused_room_timeout": 5,
        "large_room": False,
        "url": url,
        "links": {
            "participants": f"{url}/Participants",
            "recordings": f"{url}/Recordings",
            "recording_rules": f"{url}/RecordingRules",
            "transcriptions": f"{url}/Transcriptions",
        },
    }


async def test_every_parameter_comes_back(client: Client) -> None:
    form = {
        "UniqueName": "Board & Co/東京 <b>",
        "StatusCallback": "https://example.com/hook?a=b",
        "StatusCallbackMethod": "GET",
        "MaxParticipants": "7",
        "RecordParticipantsOnConnect": "TRUE",
        "RecordingRules": ALL,
        "MediaRegion": "jp1",
        "MaxParticipantDuration": "86400",
        "EmptyRoomTimeout": "60",
        "UnusedRoomTimeout": "1",
        "VideoCodecs": "H264",
        "EnableTurn": "false",
        "SomethingNew": "ignored",
    }
    room = await client.create(**form)
    expected = {
        "unique_name": "Board & Co/東京 <b>",
        "status_callback": "https://example.com/hook?a=b",
        "status_callback_method": "GET",
        "max_participants": 7,
        "record_participants_on_connect": True,
        "media_region": "jp1",
        "max_participant_duration": 86_400,
        "empty_room_timeout": 60,
        "unused_room_timeout": 1,
        "video_codecs": ["H264"],
        "enable_turn": True,
    }
    assert {name: room[name] for name in expected} == expected
    assert (await client.get("/v1/Rooms/Board%20%26%20Co%2F%E6%9D%B1%E4%BA%AC%20%3Cb%3E")).json == room


@pytest.mark.parametrize(
    ("room_type", "seats", "tracks"),
    [("group", 50, 170), ("group-small", 4, 170), ("peer-to-peer", 10, 0), ("go", 2, 0)],
)
async def test_each_room_type_has_its_limits(client: Client, room_type: str, seats: int, tracks: int) -> None:
    room = await client.create(Type=room_type)
    assert (room["max_participants"], room["max_concurrent_published_tracks"]) == (seats, tracks)
    too_many = await client.post("/v1/Rooms", Type=room_type, MaxParticipants=str(seats + 1))
    assert (too_many.status, too_many.json["code"]) == (400, 53107)


async def test_a_type_or_callback_left_blank_counts_as_not_given(client: Client) -> None:
    """Error 53108: "leave this field blank for the default"; some clients send an empty callback for none."""
    room = await client.create(Type="", StatusCallback="")
    assert (room["type"], room["status_callback"]) == ("group", None)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("UniqueName", "", 53100),
        ("UniqueName", "x" * 129, 53101),
        ("MaxParticipants", "0", 53107),
        ("MaxParticipants", "51", 53107),
        ("MaxParticipants", "many", 53107),
        ("MaxParticipants", "9" * 4000, 53107),
        ("Type", "Group", 53108),
        ("EmptyRoomTimeout", "0", 53109),
        ("EmptyRoomTimeout", "61", 53109),
        ("UnusedRoomTimeout", "1.5", 53109),
        ("UnusedRoomTimeout", "", 53109),
        ("StatusCallbackMethod", "PUT", 53110),
        ("StatusCallback", "example.com/hook", 53111),
        ("StatusCallback", "ftp://example.com", 53111),
        ("StatusCallback", "http://", 53111),
        ("StatusCallback", "http://[::1", 53111),
        ("StatusCallback", "http://x:99999/", 53111),
        ("StatusCallback", "http://x/" + "a" * 1015, 53111),
        ("MediaRegion", "mars1", 53115),
        ("RecordingRules", "{}", 53120),
        ("RecordingRules", "[]", 53120),
        ("RecordingRules", "[" * 20_000, 53120),
        ("RecordingRules", json.dumps([{"type": "include", "all": True}] * 21), 53120),
        ("RecordingRules", '[{"type": "include"}]', 53120),
        ("RecordingRules", '[{"type": "include", "all": false}]', 53120),
        ("RecordingRules", '[{"type": "include", "all": true, "kind": "audio"}]', 53120),
        ("RecordingRules", '[{"type": "include", "kind": "data"}]', 53120),
        ("RecordingRules", '[{"type": "perhaps", "all": true}]', 53120),
        ("RecordingRules", '[{"type": "include", "publisher": 7}]', 53120),
        ("MaxParticipantDuration", "599", 53123),
        ("MaxParticipantDuration", "86401", 53123),
        ("LargeRoom", "true", 53103),
        ("AudioOnly", "yes", 20001),
        ("RecordParticipantsOnConnect", "1", 20001),
        ("TranscribeParticipantsOnConnect", "on", 20001),
        ("TranscriptionsConfiguration", "{", 20001),
        ("TranscriptionsConfiguration", "[]", 20001),
        ("TranscriptionsConfiguration", "[" * 20_000, 20001),
        ("VideoCodecs", "AV1", 20001),
        ("VideoCodecs", '["VP8", {}]', 20001),
    ],
)
async def test_a_parameter_out_of_bounds_is_refused_with_its_code(
    client: Client, name: str, value: str, code: int
) -> None:
    reply = await client.post("/v1/Rooms", **{name: value})
    assert reply.status == 400
    assert reply.json == {
        "code": code,
        "message": reply.json["message"],
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": 400,
    }
    assert (await client.get("/v1/Rooms")).json["rooms"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UniqueName", "x" * 128),
        ("UniqueName", "界" * 128),
        ("UniqueName", "\x1b]52;c;x\x07\u202e"),
        ("StatusCallback", "http://x/" + "a" * 1014),
        ("MaxParticipantDuration", "600"),
        ("MaxParticipants", "1"),
        ("RecordingRules", '[{"type": "exclude", "kind": "video", "publisher": "ann", "track": "cam"}]'),
        ("VideoCodecs", "[]"),
        ("VideoCodecs", '["H264", "VP8", "H264"]'),
        ("MediaRegion", "gll"),
        ("LargeRoom", "false"),
    ],
)
async def test_a_parameter_at_its_bound_is_accepted(client: Client, name: str, value: str) -> None:
    assert (await client.post("/v1/Rooms", **{name: value})).status == 201


@pytest.mark.parametrize(
    "form",
    [
        {"VideoCodecs": "VP8"},
        {"MediaRegion": "us1"},
        {"RecordParticipantsOnConnect": "true"},
        {"RecordingRules": ALL},
        {"TranscribeParticipantsOnConnect": "true"},
        {"TranscriptionsConfiguration": "{}"},
    ],
)
@pytest.mark.parametrize("room_type", ["peer-to-peer", "go"])
async def test_what_needs_a_media_server_is_refused_without_one(
    client: Client, form: dict[str, str], room_type: str
) -> None:
    assert (await client.post("/v1/Rooms", Type=room_type, **form)).json["code"] == 53114


async def test_audio_only_is_for_group_rooms_and_leaves_no_video_codecs(client: Client) -> None:
    assert (await client.create(AudioOnly="true"))["video_codecs"] == []
    assert (await client.post("/v1/Rooms", AudioOnly="true", Type="group-small")).json["code"] == 53124


async def test_an_account_of_today_has_group_rooms_only(client: Client) -> None:
    await client.post("/_sandbox/account", Era="current")
    for room_type in ("go", "peer-to-peer", "group-small"):
        assert (await client.post("/v1/Rooms", Type=room_type)).json["code"] == 53126
    assert (await client.post("/v1/Rooms", AudioOnly="true")).json["code"] == 53127
    assert (await client.create(Type="group"))["type"] == "group"


async def test_video_codecs_may_be_repeated(client: Client) -> None:
    reply = await client.ask("POST", "/v1/Rooms", data=b"VideoCodecs=H264&VideoCodecs=VP8", headers=FORM)
    assert reply.json["video_codecs"] == ["H264", "VP8"]


async def test_a_name_that_is_not_utf8_is_refused(client: Client) -> None:
    for body in (b"UniqueName=%ff", b"UniqueName=\xff"):
        assert (await client.ask("POST", "/v1/Rooms", data=body, headers=FORM)).json["code"] == 53102


async def test_the_concurrent_rooms_quota_is_for_rooms_in_progress(client: Client) -> None:
    await client.post("/_sandbox/account", RoomQuota="1")
    room = await client.create()
    assert (await client.post("/v1/Rooms")).json["code"] == 53119
    await client.post(f"/v1/Rooms/{room['sid']}", Status="completed")
    await client.create()


async def test_what_is_asked_about_transcriptions_is_kept_with_the_room(client: Client) -> None:
    configuration = {"languageCode": "en-US", "partialResults": True}
    room = await client.create(
        TranscribeParticipantsOnConnect="true", TranscriptionsConfiguration=json.dumps(configuration)
    )
    made = client.sandbox.world.rooms.by_sid(room["sid"])
    assert made is not None
    assert made.settings.transcribe_participants_on_connect is True
    assert made.settings.transcriptions_configuration == configuration


async def test_a_room_cannot_be_fetched_for_as_long_after_its_end_as_the_account_says(client: Client) -> None:
    lag = (await client.post("/_sandbox/account", NotFoundAfterEnd="4")).json["not_found_after_end"]
    assert lag == 4
    room = await client.create(UnusedRoomTimeout="1")
    live = await client.create(UnusedRoomTimeout="60")
    ended = await client.create()
    assert (await client.post(f"/v1/Rooms/{ended['sid']}", Status="completed")).status == 202
    lost = await client.get(f"/v1/Rooms/{ended['sid']}")
    assert (lost.status, lost.json["code"]) == (404, 20404)
    await client.advance(63.9 - client.sandbox.clock.now().microsecond / 1e6)
    assert (await client.get(f"/v1/Rooms/{room['sid']}")).status == 404
    assert (await client.get(f"/v1/Rooms/{live['sid']}")).status == 200
    assert {each["sid"] for each in (await client.get("/v1/Rooms?Status=completed")).json["rooms"]} == {
        room["sid"],
        ended["sid"],
    }
    await client.advance(0.1)
    assert (await client.get(f"/v1/Rooms/{room['sid']}")).json["status"] == "completed"


async def test_by_name_only_in_progress_by_sid_any_status(client: Client) -> None:
    room = await client.create(UniqueName="daily")
    assert (await client.get("/v1/Rooms/daily")).json == room
    await client.post("/v1/Rooms/daily", Status="completed")
    gone = await client.get("/v1/Rooms/daily")
    assert gone.status == 404
    assert gone.json["message"] == "The requested resource /Rooms/daily was not found"
    assert (await client.get(f"/v1/Rooms/{room['sid']}")).json["status"] == "completed"


async def test_a_room_named_like_anothers_sid_does_not_hide_it(client: Client) -> None:
    victim = await client.create(UniqueName="victim")
    thief = await client.create(UniqueName=victim["sid"])
    assert (await client.get(f"/v1/Rooms/{victim['sid']}")).json["sid"] == victim["sid"]
    assert (await client.get(f"/v1/Rooms/{thief['sid']}")).json["unique_name"] == victim["sid"]
    nameless = await client.create()
    assert (await client.post("/v1/Rooms", UniqueName=nameless["sid"])).json["code"] == 53113


@pytest.mark.parametrize("name", ["a/b", "a?x=1", "a#b", "50%", "a+b", "a b", "ä", "..", "%2F"])
async def test_any_name_addresses_its_room_when_it_is_encoded(client: Client, name: str) -> None:
    other = await client.create(UniqueName="a")
    room = await client.create(UniqueName=name)
    ended = await client.post(f"/v1/Rooms/{quote(name, safe='')}", Status="completed")
    assert (ended.status, ended.json["sid"]) == (202, room["sid"])
    assert (await client.get(f"/v1/Rooms/{other['sid']}")).json["status"] == "in-progress"


async def test_ending_a_room_answers_202_once(client: Client) -> None:
    room = await client.create(UniqueName="daily")
    ended = await client.post(f"/v1/Rooms/{room['sid']}", Status="completed")
    assert (ended.status, ended.json["status"], ended.json["duration"]) == (202, "completed", 0)
    again = await client.post(f"/v1/Rooms/{room['sid']}", Status="completed")
    assert (again.status, again.json["code"], again.json["message"]) == (400, 53112, "Status is invalid")
    assert (await client.post("/v1/Rooms/daily", Status="completed")).status == 404


async def test_an_update_needs_the_one_status_there_is(client: Client) -> None:
    room = await client.create()
    missing = await client.post(f"/v1/Rooms/{room['sid']}")
    assert (missing.status, missing.json["code"]) == (400, 20001)
    assert missing.json["message"] == "Missing required parameter Status in the post body"
    for status in ("in-progress", "failed", "Completed", ""):
        assert (await client.post(f"/v1/Rooms/{room['sid']}", Status=status)).json["code"] == 53112
