"""Recordings and recording rules over HTTP, with a clock that only the test moves."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.sandbox.world.events import EventKind
from tests.sandbox.sdk import in_thread, sdk

if TYPE_CHECKING:
    from roomtui.sandbox.server import Sandbox
    from roomtui.sandbox.world.events import Event
    from tests.sandbox.conftest import Client, Json

ALL, NONE = '[{"type": "include", "all": true}]', '[{"type": "exclude", "all": true}]'
FINISHED = 5
"""Seconds after which a recording that has stopped is completed."""
DAY = 86_400


async def recordings(client: Client, room: Json, query: str = "") -> list[Json]:
    """Oldest first."""
    return list(reversed((await client.get(f"/v1/Rooms/{room['sid']}/Recordings{query}")).json["recordings"]))


async def of_account(client: Client, query: str) -> set[str]:
    return {each["sid"] for each in (await client.get(f"/v1/Recordings?{query}")).json["recordings"]}


async def set_rules(client: Client, room: Json, rules: str) -> Json:
    reply = await client.post(f"/v1/Rooms/{room['sid']}/RecordingRules", Rules=rules)
    assert reply.status == 200, reply.text
    return dict(reply.json)


async def recorded_now(client: Client, room: Json) -> set[str]:
    """The names of the tracks that are being recorded."""
    world = client.sandbox.world
    found = world.rooms.by_sid(room["sid"])
    assert found is not None
    return {recording.track_name for recording in found.recording_now.values()}


async def one_recording(client: Client) -> Json:
    """The completed recording of an audio track, ten seconds long."""
    room = await client.create(RecordParticipantsOnConnect="true")
    ann = await client.join(room["sid"], "ann", Tracks="audio")
    await client.advance(10)
    await client.act(ann, "unpublish")
    await client.advance(FINISHED)
    (recording,) = await recordings(client, room)
    return recording


# What a recording is


async def test_a_room_recording_has_every_documented_field(client: Client) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    ann = await client.join(room["sid"], "ann", Tracks="audio")
    (shown,) = await recordings(client, room)
    url = f"{client.sandbox.url}/v1/Rooms/{room['sid']}/Recordings/{shown['sid']}"
    assert shown == {
        "account_sid": room["account_sid"],
        "status": "processing",
        "date_created": ann["date_created"],
        "sid": shown["sid"],
        "source_sid": ann["tracks"][0]["sid"],
        "size": 0,
        "url": url,
        "type": "audio",
        "duration": 0,
        "container_format": "mka",
        "codec": "OPUS",
        "grouping_sids": {"room_sid": room["sid"], "participant_sid": ann["sid"]},
        "track_name": ann["tracks"][0]["sid"],
        "offset": shown["offset"],
        "media_external_location": None,
        "room_sid": room["sid"],
        "links": {"media": f"{url}/Media"},
    }
    assert (await client.get(url)).json == shown


async def test_an_account_recording_tells_the_status_callback_instead_of_the_room(client: Client) -> None:
    room = await client.create(RecordParticipantsOnConnect="true", StatusCallback="http://x.example/y")
    await client.join(room["sid"], "ann", Tracks="audio")
    (in_room,) = await recordings(client, room)
    url = f"{client.sandbox.url}/v1/Recordings/{in_room['sid']}"
    shown = (await client.get(url)).json
    del in_room["room_sid"]
    assert shown == {
        **in_room,
        "url": url,
        "links": {"media": f"{url}/Media"},
        "status_callback": "http://x.example/y",
        "status_callback_method": "POST",
    }


async def test_codec_and_container_follow_from_the_track(client: Client) -> None:
    room = await client.create(UniqueName="daily", RecordParticipantsOnConnect="true", VideoCodecs="H264")
    await client.join("daily", "ann", Tracks="audio,video,data")
    client.sandbox.world.join_by_phone("daily", "+16505550123")
    told = [(each["type"], each["codec"], each["container_format"]) for each in await recordings(client, room)]
    assert told == [("audio", "OPUS", "mka"), ("video", "H264", "mkv"), ("audio", "PCMU", "mka")]


async def test_offsets_tell_how_far_apart_tracks_began(client: Client) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    ann = await client.join(room["sid"], "ann", Tracks="audio")
    await client.advance(12.345)
    await client.act(ann, "publish", Kind="video", Name="screen")
    sound, screen = await recordings(client, room)
    assert screen["offset"] - sound["offset"] == pytest.approx(12_345, abs=1)
    assert screen["track_name"] == "screen"


@pytest.mark.parametrize(("length", "duration"), [(0, 1), (0.2, 1), (1.4, 1), (1.6, 2), (59.9, 60)])
async def test_it_is_completed_some_seconds_after_its_end_with_a_rounded_duration(
    client: Client, length: float, duration: int
) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    ann = await client.join(room["sid"], "ann", Tracks="audio")
    await client.advance(length)
    await client.act(ann, "leave")
    await client.advance(FINISHED - 0.1)
    assert (await recordings(client, room))[0]["status"] == "processing"
    await client.advance(0.1)
    (done,) = await recordings(client, room)
    assert (done["status"], done["duration"]) == ("completed", duration)
    assert done["size"] == pytest.approx(length * 4000, abs=8)


# When tracks are recorded


async def test_everything_is_recorded_on_connect_until_it_goes_and_nothing_for_being_muted(client: Client) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    ann = await client.join(room["sid"], "ann", Tracks="audio")
    bob = await client.join(room["sid"], "bob")
    await client.act(bob, "publish", Kind="video", Name="cam")
    await client.act(bob, "publish", Kind="video", Name="cam", Enabled="false")
    await client.act(bob, "publish", Kind="data", Name="chat")
    await client.act(bob, "drop")
    assert await recorded_now(client, room) == {ann["tracks"][0]["sid"], "cam"}
    await client.act(ann, "leave")
    assert await recorded_now(client, room) == {"cam"}
    await client.act(bob, "unpublish", Name="cam")
    assert await recorded_now(client, room) == set()
    assert len(await recordings(client, room)) == 2


async def test_a_room_that_ends_ends_its_recordings(client: Client) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    await client.join(room["sid"], "ann", Tracks="audio,video")
    await client.advance(7)
    await client.post(f"/v1/Rooms/{room['sid']}", Status="completed")
    assert {each["status"] for each in await recordings(client, room)} == {"processing"}
    await client.advance(FINISHED)
    assert {(each["status"], each["duration"]) for each in await recordings(client, room)} == {("completed", 7)}


async def test_nothing_is_recorded_by_default(client: Client) -> None:
    room = await client.create()
    await client.join(room["sid"], "ann", Tracks="audio,video")
    assert await recordings(client, room) == []
    assert (await client.get(f"/v1/Rooms/{room['sid']}/RecordingRules")).json == {
        "room_sid": room["sid"],
        "rules": [],
        "date_created": room["date_created"],
        "date_updated": room["date_created"],
    }


async def test_recording_starts_stops_and_starts_again_with_new_sids_and_new_joiners(client: Client) -> None:
    room = await client.create()
    ann = await client.join(room["sid"], "ann", Tracks="audio")
    await client.advance(3)
    answer = await set_rules(client, room, ALL)
    assert (answer["room_sid"], answer["rules"]) == (room["sid"], json.loads(ALL))
    assert answer["date_updated"] > answer["date_created"] == room["date_created"]
    bob = await client.join(room["sid"], "bob", Tracks="audio")
    assert await recorded_now(client, room) == {ann["tracks"][0]["sid"], bob["tracks"][0]["sid"]}
    await set_rules(client, room, ALL)
    assert len(await recordings(client, room)) == 2
    await set_rules(client, room, NONE)
    assert await recorded_now(client, room) == set()
    await set_rules(client, room, ALL)
    again = await recordings(client, room)
    assert len({each["sid"] for each in again}) == 4
    assert len({each["source_sid"] for each in again}) == 2


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ('[{"type": "include", "kind": "audio"}]', {"alice-audio", "bob-audio"}),
        (
            '[{"type": "include", "publisher": "Alice"}, {"type": "include", "kind": "audio"}]',
            {"alice-audio", "alice-cam", "screen", "bob-audio"},
        ),
        ('[{"type": "include", "all": true}, {"type": "exclude", "kind": "video"}]', {"alice-audio", "bob-audio"}),
        ('[{"type": "exclude", "kind": "video"}]', set()),
        ('[{"type": "include", "publisher": "PTB", "kind": "video"}]', {"bob-cam"}),
        ('[{"type": "include", "track": "Screen"}]', set()),
        ('{"rules": [{"type": "include", "track": "screen", "publisher": null}]}', {"screen"}),
    ],
)
async def test_rules_mean_what_the_recording_rules_page_says(client: Client, rules: str, expected: set[str]) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    alice, bob = await client.join(room["sid"], "Alice"), await client.join(room["sid"], "Bob")
    for who, kind, name in (
        (alice, "audio", "alice-audio"),
        (alice, "video", "alice-cam"),
        (alice, "video", "screen"),
        (alice, "data", "chat"),
        (bob, "audio", "bob-audio"),
        (bob, "video", "bob-cam"),
    ):
        await client.act(who, "publish", Kind=kind, Name=name)
    await set_rules(client, room, rules.replace("PTB", bob["sid"]))
    assert await recorded_now(client, room) == expected


async def test_rules_of_the_creation_are_applied_to_what_is_recorded_on_connect(client: Client) -> None:
    rules = '[{"type": "exclude", "kind": "video"}]'
    both = await client.create(RecordParticipantsOnConnect="true", RecordingRules=rules)
    only = await client.create(RecordingRules=rules)
    for room in (both, only):
        await client.join(room["sid"], "ann", Tracks="audio,video")
        assert (await client.get(f"/v1/Rooms/{room['sid']}/RecordingRules")).json["rules"] == json.loads(rules)
    assert [each["type"] for each in await recordings(client, both)] == ["audio"]
    assert await recordings(client, only) == []
    on_connect = await client.create(RecordParticipantsOnConnect="true")
    assert (await client.get(f"/v1/Rooms/{on_connect['sid']}/RecordingRules")).json["rules"] == json.loads(ALL)


@pytest.mark.parametrize(
    "rules",
    [
        "[]",
        '[{"type": "include", "all": false}]',
        '[{"type": "include", "kind": "data"}]',
        '[{"type": "include", "kind": "audio", "kind": "video"}]',
        '[{"type": "include", "all": "true", "kind": "audio"}]',
        '{"type": "include", "all": true}',
        '{"rules": {"type": "include", "all": true}}',
        '[{"type": "include", "all": true, "priority": "low"}]',
        "[[]]",
        "",
    ],
)
async def test_invalid_rules_have_the_documented_answer_and_change_nothing(client: Client, rules: str) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    reply = await client.post(f"/v1/Rooms/{room['sid']}/RecordingRules", Rules=rules)
    assert reply.status == 400
    assert reply.json == {
        "code": 53120,
        "message": "Invalid Recording Rule(s)",
        "more_info": "https://www.twilio.com/docs/errors/53120",
        "status": 400,
    }
    assert (await client.get(f"/v1/Rooms/{room['sid']}/RecordingRules")).json["rules"] == json.loads(ALL)


async def test_twenty_rules_are_accepted_and_none_at_all_are_not(client: Client) -> None:
    room = await client.create()
    twenty = json.dumps([{"type": "include", "publisher": f"guest {number}"} for number in range(20)])
    assert len((await set_rules(client, room, twenty))["rules"]) == 20
    assert (await client.post(f"/v1/Rooms/{room['sid']}/RecordingRules")).json["code"] == 53120


@pytest.mark.parametrize("room_type", ["peer-to-peer", "go"])
async def test_without_a_media_server_there_is_no_recording(client: Client, room_type: str) -> None:
    room = await client.create(Type=room_type)
    reply = await client.post(f"/v1/Rooms/{room['sid']}/RecordingRules", Rules=ALL)
    assert (reply.status, reply.json["code"]) == (400, 53122)
    assert (await client.get(f"/v1/Rooms/{room['sid']}/RecordingRules")).json["code"] == 53122
    assert await recordings(client, room) == []


async def test_rules_of_a_room_that_is_over_can_be_read_only(client: Client) -> None:
    room = await client.create(UniqueName="daily", RecordParticipantsOnConnect="true")
    await client.post("/v1/Rooms/daily", Status="completed")
    assert (await client.post(f"/v1/Rooms/{room['sid']}/RecordingRules", Rules=NONE)).json["code"] == 53118
    assert (await client.get(f"/v1/Rooms/{room['sid']}/RecordingRules")).json["rules"] == json.loads(ALL)
    assert (await client.post("/v1/Rooms/daily/RecordingRules", Rules=ALL)).status == 404


# Lists


async def test_lists_filter_by_everything_documented(client: Client) -> None:
    rooms = [await client.create(RecordParticipantsOnConnect="true") for _ in range(2)]
    ann = await client.join(rooms[0]["sid"], "ann", Tracks="audio,video")
    await client.advance(10)
    bob = await client.join(rooms[1]["sid"], "bob", Tracks="audio")
    (sound, picture), (other,) = await recordings(client, rooms[0]), await recordings(client, rooms[1])
    await client.act(ann, "leave")
    await client.advance(FINISHED)
    every = {sound["sid"], picture["sid"], other["sid"]}
    assert await of_account(client, "") == every
    assert await of_account(client, "Status=processing") == {other["sid"]}
    assert await of_account(client, "Status=completed") == {sound["sid"], picture["sid"]}
    assert await of_account(client, f"SourceSid={picture['source_sid']}") == {picture["sid"]}
    assert await of_account(client, f"GroupingSid={rooms[0]['sid']}") == {sound["sid"], picture["sid"]}
    assert await of_account(client, f"GroupingSid={bob['sid']}") == {other["sid"]}
    assert await of_account(client, f"GroupingSid={rooms[1]['sid']}&GroupingSid={bob['sid']}") == {other["sid"]}
    assert await of_account(client, f"GroupingSid={rooms[0]['sid']}&GroupingSid={bob['sid']}") == set()
    assert await of_account(client, "MediaType=video") == {picture["sid"]}
    assert await of_account(client, "MediaType=data") == set()
    assert await of_account(client, f"DateCreatedAfter={other['date_created']}") == {other["sid"]}
    assert await of_account(client, f"DateCreatedBefore={other['date_created']}") == {sound["sid"], picture["sid"]}
    assert await recordings(client, rooms[0], "?Status=processing") == []
    in_room = await recordings(client, rooms[0], f"?SourceSid={sound['source_sid']}")
    assert [each["sid"] for each in in_room] == [sound["sid"]]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("PageSize=101", 20007),
        ("PageSize=0", 20001),
        ("PageSize=many", 20001),
        ("Page=1", 20001),
        ("Status=done", 20001),
        ("MediaType=text", 20001),
    ],
)
async def test_a_list_of_the_account_refuses_what_cannot_be(client: Client, query: str, code: int) -> None:
    reply = await client.get(f"/v1/Recordings?{query}")
    assert (reply.status, reply.json["code"]) == (400, code)


async def test_a_room_lists_a_thousand_on_a_page_and_the_account_a_hundred(client: Client) -> None:
    room = await client.create()
    assert (await client.get(f"/v1/Rooms/{room['sid']}/Recordings?PageSize=1000")).status == 200
    assert (await client.get(f"/v1/Rooms/{room['sid']}/Recordings?PageSize=1001")).json["code"] == 20007
    assert (await client.get("/v1/Recordings?PageSize=100")).status == 200


async def test_pages_keep_their_filters_and_lose_nothing_while_recordings_come(client: Client) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    ann = await client.join(room["sid"], "ann", Tracks="audio,video")
    bob = await client.join(room["sid"], "bob", Tracks="audio,video")
    expected = [each["sid"] for each in reversed(await recordings(client, room))]
    query = f"GroupingSid={room['sid']}&MediaType=audio&PageSize=1"
    first = (await client.get(f"/v1/Recordings?{query}")).json
    await client.act(ann, "publish", Kind="audio", Name="second")
    second = (await client.get(first["meta"]["next_page_url"])).json
    assert f"GroupingSid={room['sid']}" in second["meta"]["url"]
    sound = [each["sid"] for page in (first, second) for each in page["recordings"]]
    assert sound == [expected[1], expected[3]]
    assert second["meta"]["next_page_url"] is None
    back = (await client.get(second["meta"]["previous_page_url"])).json
    assert back["recordings"] == first["recordings"]
    assert first["recordings"][0]["grouping_sids"]["participant_sid"] == bob["sid"]


# Deleting, media, failing


async def test_a_deleted_recording_keeps_its_metadata_for_30_days_and_is_listed_when_asked_for(client: Client) -> None:
    recording = await one_recording(client)
    account_url = f"/v1/Recordings/{recording['sid']}"
    reply = await client.ask("DELETE", account_url)
    assert (reply.status, reply.text) == (204, "")
    assert (await client.get(account_url)).json["status"] == "deleted"
    assert await of_account(client, "") == set()
    assert await of_account(client, "Status=deleted") == {recording["sid"]}
    assert (await client.get(f"{account_url}/Media")).status == 404
    assert (await client.ask("DELETE", account_url)).status == 404
    await client.advance(30 * DAY - 1)
    assert (await client.get(recording["url"])).status == 200
    await client.advance(1)
    assert (await client.get(account_url)).status == 404
    assert await of_account(client, "Status=deleted") == set()


async def test_a_recording_is_deleted_through_its_room_too_but_not_while_it_is_processing(client: Client) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    other = await client.create()
    ann = await client.join(room["sid"], "ann", Tracks="audio")
    (recording,) = await recordings(client, room)
    refused = await client.ask("DELETE", recording["url"])
    assert (refused.status, refused.json["code"]) == (400, 20009)
    await client.act(ann, "leave")
    await client.advance(FINISHED)
    assert (await client.ask("DELETE", f"/v1/Rooms/{other['sid']}/Recordings/{recording['sid']}")).status == 404
    assert (await client.ask("DELETE", recording["url"])).status == 204


async def test_media_of_a_completed_recording_is_a_redirect_to_where_nothing_is(client: Client) -> None:
    recording = await one_recording(client)
    for url in (recording["links"]["media"], f"/v1/Recordings/{recording['sid']}/Media/?Ttl=3600"):
        reply = await client.ask("GET", url, follow=False)
        assert (reply.status, reply.headers["Location"]) == (302, reply.json["redirect_to"])
        assert reply.json["redirect_to"].startswith(f"{client.sandbox.url}/")
    nothing = await client.get(reply.json["redirect_to"])
    assert (nothing.status, nothing.json["message"]) == (
        404,
        f"The sandbox makes no media: there is no {recording['sid']}.mka",
    )
    for wrong in ("0", "3601", "soon"):
        assert (await client.get(f"{recording['links']['media']}?Ttl={wrong}")).json["code"] == 20001


async def test_there_is_no_media_of_what_is_processing_or_was_muted_all_the_time(client: Client) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    ann = await client.join(room["sid"], "ann")
    for name in ("silent", "heard"):
        await client.act(ann, "publish", Kind="audio", Name=name, Enabled="false")
    await client.advance(4)
    await client.act(ann, "publish", Kind="audio", Name="heard", Enabled="true")
    silent, heard = await recordings(client, room)
    assert (await client.get(heard["links"]["media"])).status == 404
    await client.act(ann, "leave")
    await client.advance(FINISHED)
    assert (await client.ask("GET", silent["links"]["media"], follow=False)).status == 404
    assert (await client.ask("GET", heard["links"]["media"], follow=False)).status == 302
    assert (await client.get(silent["url"])).json["size"] == 0


async def test_a_recording_fails_on_demand_and_its_track_is_recorded_again_only_by_new_rules(client: Client) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    await client.join(room["sid"], "ann", Tracks="audio")
    (recording,) = await recordings(client, room)
    failed = await client.post(f"/_sandbox/recordings/{recording['sid']}/fail", FailedOperation="encode")
    assert (failed.status, failed.json["status"], failed.json["failed_operation"]) == (200, "failed", "encode")
    assert await recorded_now(client, room) == set()
    await client.advance(60)
    assert [each["status"] for each in await recordings(client, room)] == ["failed"]
    assert (await client.post(f"/_sandbox/recordings/{recording['sid']}/fail")).status == 400
    await set_rules(client, room, ALL)
    assert len(await recorded_now(client, room)) == 1
    assert (await client.ask("DELETE", recording["url"])).status == 204
    assert (await client.post("/_sandbox/recordings/none/fail")).status == 404


async def test_a_recording_that_fails_while_it_is_finished_is_never_completed(client: Client) -> None:
    room = await client.create(RecordParticipantsOnConnect="true")
    ann = await client.join(room["sid"], "ann", Tracks="audio")
    await client.act(ann, "unpublish")
    again = await client.act(ann, "publish", Kind="audio")
    old, new = await recordings(client, room)
    await client.post(f"/_sandbox/recordings/{old['sid']}/fail")
    assert await recorded_now(client, room) == {again["tracks"][0]["sid"]}
    await client.advance(FINISHED)
    assert [each["status"] for each in await recordings(client, room)] == ["failed", "processing"]
    assert new["status"] == "processing"


async def test_recordings_are_told_of_in_order_after_their_tracks(client: Client) -> None:
    told: list[tuple[str, str | None]] = []

    def hear(event: Event) -> None:
        told.append((event.kind.value, event.recording.sid if event.recording is not None else None))

    room = await client.create(RecordParticipantsOnConnect="true")
    client.sandbox.world.happened.append(hear)
    ann = await client.join(room["sid"], "ann", Tracks="audio,video")
    sound, picture = [each["sid"] for each in await recordings(client, room)]
    await client.post(f"/_sandbox/recordings/{picture}/fail")
    await client.advance(2)
    await client.act(ann, "leave")
    await client.advance(FINISHED)
    assert told == [
        (EventKind.PARTICIPANT_CONNECTED.value, None),
        (EventKind.TRACK_ADDED.value, None),
        (EventKind.RECORDING_STARTED.value, sound),
        (EventKind.TRACK_ADDED.value, None),
        (EventKind.RECORDING_STARTED.value, picture),
        (EventKind.RECORDING_FAILED.value, picture),
        (EventKind.TRACK_REMOVED.value, None),
        (EventKind.TRACK_REMOVED.value, None),
        (EventKind.PARTICIPANT_DISCONNECTED.value, None),
        (EventKind.RECORDING_COMPLETED.value, sound),
    ]


async def test_the_sdk_records_lists_and_deletes(sandbox: Sandbox, client: Client) -> None:
    video: Any = sdk(sandbox).video.v1
    room = await client.create()
    ann = await client.join(room["sid"], "ann", Tracks="audio")
    rules = video.rooms(room["sid"]).recording_rules
    set_to = await in_thread(partial(rules.update, rules=[{"type": "include", "all": True}]))
    assert (set_to.room_sid, set_to.rules) == (room["sid"], [{"type": "include", "all": True}])
    assert (await in_thread(rules.fetch)).rules == set_to.rules
    (live,) = await in_thread(partial(video.rooms(room["sid"]).recordings.list, status="processing"))
    assert (live.source_sid, live.type, live.codec) == (ann["tracks"][0]["sid"], "audio", "OPUS")
    await client.act(ann, "leave")
    await client.advance(FINISHED)
    (done,) = await in_thread(partial(video.recordings.list, grouping_sid=[room["sid"]], media_type="audio"))
    assert (done.sid, done.status, done.duration) == (live.sid, "completed", 1)
    assert await in_thread(video.recordings(done.sid).delete) is True
    assert (await in_thread(video.recordings(done.sid).fetch)).status == "deleted"
