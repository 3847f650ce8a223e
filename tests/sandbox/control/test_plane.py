"""The control plane over HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from roomtui.sandbox.world.events import EventKind
from tests.sandbox.receiver import PATIENCE

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client


async def test_the_clock_tells_its_time_and_takes_a_jump_and_a_speed(client: Client) -> None:
    before = (await client.get("/_sandbox/clock")).json
    assert before["speed"] == 0
    jumped = (await client.post("/_sandbox/clock", Advance="90.5")).json
    assert client.sandbox.clock.now().isoformat(timespec="milliseconds") == jumped["now"].replace("Z", "+00:00")
    assert (await client.post("/_sandbox/clock", Speed="2.5")).json["speed"] == 2.5


@pytest.mark.parametrize(
    "form", [{"Advance": "-1"}, {"Advance": "nan"}, {"Advance": "1e99"}, {"Speed": "-1"}, {"Speed": "fast"}]
)
async def test_a_clock_setting_that_cannot_be_changes_nothing(client: Client, form: dict[str, str]) -> None:
    before = (await client.get("/_sandbox/clock")).json
    reply = await client.post("/_sandbox/clock", **{"Advance": "5", "Speed": "7", **form})
    assert (reply.status, reply.json["code"]) == (400, 20001)
    assert (await client.get("/_sandbox/clock")).json == before


async def test_how_far_a_jump_may_go_is_said_in_plain_digits(client: Client) -> None:
    reply = await client.post("/_sandbox/clock", Advance="1e99")
    assert reply.json["message"] == "Advance must be a number from 0 to 31622400"


async def test_everything_a_jump_passes_has_happened_when_it_is_answered(client: Client) -> None:
    room = await client.create(UnusedRoomTimeout="1")
    await client.advance(60)
    assert client.sandbox.world.rooms.by_sid(room["sid"]).status.value == "completed"  # type: ignore[union-attr] # it is there


async def test_timers_fire_by_themselves_when_time_runs(client: Client) -> None:
    room = await client.create(UnusedRoomTimeout="1")
    ended = asyncio.Event()
    client.sandbox.world.happened.append(lambda event: ended.set() if event.kind is EventKind.ROOM_ENDED else None)
    await client.post("/_sandbox/clock", Speed="100000")
    await asyncio.wait_for(ended.wait(), PATIENCE)
    seen = (await client.get(f"/v1/Rooms/{room['sid']}")).json
    assert (seen["status"], seen["duration"]) == ("completed", 60)


async def test_a_join_is_refused_with_the_code_the_clients_sdk_is_given(client: Client) -> None:
    async def code(**form: str) -> tuple[int, int]:
        reply = await client.post("/_sandbox/participants", **form)
        return reply.status, reply.json["code"]

    full = await client.create(MaxParticipants="1")
    audio = await client.create(AudioOnly="true")
    over = await client.create()
    await client.post(f"/v1/Rooms/{over['sid']}", Status="completed")
    await client.join(full["sid"], "ann")
    assert await code(Room=full["sid"], Identity="bob") == (400, 53105)
    assert await code(Room=f"RM{'0' * 32}", Identity="bob") == (400, 53106)
    assert await code(Room=over["sid"], Identity="bob") == (400, 53118)
    assert await code(Room=audio["sid"], Identity="bob", Tracks="audio,video") == (400, 53125)
    assert await code(Room="new", Identity="bob", Tracks="smell") == (400, 53300)
    assert await code(Room="new", Identity="") == (400, 53200)
    assert await code(Room="new", Identity="x" * 129) == (400, 53201)
    assert await code(Room="x" * 129, Identity="bob") == (400, 53101)
    assert await code(Room="", Identity="bob") == (400, 53100)
    assert await code(Room="new") == (400, 20001)
    assert await code(Identity="bob") == (400, 20001)
    await client.post("/_sandbox/account", ParticipantQuota="1")
    assert await code(Room=audio["sid"], Identity="bob") == (400, 53206)
    await client.post("/_sandbox/account", AdHocRooms="false", ParticipantQuota="9")
    assert await code(Room="new", Identity="bob") == (400, 53106)
    assert (await client.get("/v1/Rooms/new")).status == 404


async def test_a_refused_join_leaves_the_first_of_that_identity_alone(client: Client) -> None:
    ann = await client.join("huddle", "ann")
    tracks = ",".join(["data"] * 171)
    refused = await client.post("/_sandbox/participants", Room="huddle", Identity="ann", Tracks=tracks)
    assert refused.json["code"] == 53203
    assert (await client.get(f"/_sandbox/participants/{ann['sid']}")).json["status"] == "connected"


async def test_who_has_left_can_do_nothing_more(client: Client) -> None:
    await client.create(UniqueName="daily")
    ann = await client.join("daily", "ann")
    await client.act(ann, "leave")
    for act in ("leave", "drop", "resume", "unpublish"):
        reply = await client.post(f"/_sandbox/participants/{ann['sid']}/{act}")
        assert reply.status == (200 if act == "unpublish" else 400)
    assert (await client.post(f"/_sandbox/participants/PA{'0' * 32}/leave")).status == 404
    assert (await client.post(f"/_sandbox/participants/{ann['sid']}/dance")).status == 404


async def test_tracks_are_published_muted_and_taken_back(client: Client) -> None:
    ann = await client.join("huddle", "ann", Tracks="audio, video")
    assert [(track["kind"], track["enabled"]) for track in ann["tracks"]] == [("audio", True), ("video", True)]
    assert ann["tracks"][0]["name"] == ann["tracks"][0]["sid"]
    muted = await client.act(ann, "publish", Kind="audio", Enabled="false")
    assert [track["enabled"] for track in muted["tracks"]] == [False, True]
    await client.act(ann, "publish", Kind="video", Name="screen")
    clash = await client.post(f"/_sandbox/participants/{ann['sid']}/publish", Kind="audio", Name="screen")
    assert clash.json["code"] == 53304
    left = await client.act(ann, "unpublish", Name="screen")
    assert len(left["tracks"]) == 2
    assert (await client.post(f"/_sandbox/participants/{ann['sid']}/unpublish", Name="screen")).status == 404
    assert [track["kind"] for track in (await client.act(ann, "unpublish", Kind="audio"))["tracks"]] == ["video"]
    assert (await client.act(ann, "unpublish"))["tracks"] == []


async def test_several_tracks_are_named_as_for_a_join(client: Client) -> None:
    ann = await client.join("huddle", "ann")
    both = await client.act(ann, "publish", Tracks="audio, video")
    assert [(track["kind"], track["enabled"]) for track in both["tracks"]] == [("audio", True), ("video", True)]
    muted = await client.act(ann, "publish", Tracks="audio,video", Enabled="false")
    assert [(track["sid"], track["enabled"]) for track in muted["tracks"]] == [
        (track["sid"], False) for track in both["tracks"]
    ]
    assert [track["kind"] for track in (await client.act(ann, "unpublish", Tracks="video"))["tracks"]] == ["audio"]
    assert (await client.post(f"/_sandbox/participants/{ann['sid']}/publish", Tracks="smell")).json["code"] == 53300
    assert (await client.post(f"/_sandbox/participants/{ann['sid']}/publish")).json["code"] == 20001


async def test_why_a_room_ended_is_told_here(client: Client) -> None:
    async def ending(name: str) -> str:
        return str((await client.get(f"/_sandbox/rooms/{name}")).json["ending"])

    rooms = {name: (await client.create(UniqueName=name))["sid"] for name in ("api", "unused", "empty", "failed")}
    await client.post("/v1/Rooms/api", Status="completed")
    assert (await client.post("/_sandbox/rooms/failed/fail")).json["status"] == "failed"
    assert (await client.post(f"/_sandbox/rooms/{rooms['failed']}/fail")).json["code"] == 53112
    await client.act(await client.join("empty", "ann"), "leave")
    await client.advance(3600)
    told = {name: await ending(sid) for name, sid in rooms.items()}
    assert told == {
        "api": "ended-by-api",
        "unused": "unused-room-timeout",
        "empty": "empty-room-timeout",
        "failed": "failed",
    }
    assert (await client.get("/_sandbox/rooms/none")).status == 404


async def test_account_settings_are_taken_whole_or_not_at_all(client: Client) -> None:
    before = (await client.get("/_sandbox/account")).json
    assert (before["era"], before["ad_hoc_rooms"], before["read_limit"], before["write_limit"]) == (
        "legacy",
        True,
        80,
        20,
    )
    for wrong in ({"Era": "stone"}, {"WriteLimit": "-1"}, {"AdHocRooms": "maybe"}, {"StatusCallback": "nowhere"}):
        reply = await client.post("/_sandbox/account", **{"ReadLimit": "7", **wrong})
        assert reply.status == 400
        assert (await client.get("/_sandbox/account")).json == before
    after = (await client.post("/_sandbox/account", ReadLimit="7", StatusCallback="http://x.example/y")).json
    assert (after["read_limit"], after["status_callback"]) == (7, "http://x.example/y")
    await client.join("huddle", "ann")
    assert (await client.get("/v1/Rooms/huddle")).json["status_callback"] == "http://x.example/y"
    assert (await client.post("/_sandbox/account", StatusCallback="")).json["status_callback"] is None


async def test_json_is_taken_for_a_form(client: Client) -> None:
    kind = {"Content-Type": "application/json"}
    reply = await client.ask("POST", "/_sandbox/account", data='{"AdHocRooms": false, "ReadLimit": 9}', headers=kind)
    assert (reply.json["ad_hoc_rooms"], reply.json["read_limit"]) == (False, 9)
    for body in ("[]", "{", "[" * 50_000):
        assert (await client.ask("POST", "/_sandbox/account", data=body, headers=kind)).status == 400


async def test_requests_are_counted_by_method_route_and_status(client: Client) -> None:
    room = await client.create()
    await client.get(f"/v1/Rooms/{room['sid']}")
    await client.get("/v1/Rooms/none")
    await client.get("/nowhere", headers={"Authorization": ""})
    seen = (await client.get("/_sandbox/requests")).json
    assert seen["requests"] == [
        {"method": "GET", "route": "/v1/Rooms/{NameOrSid}", "status": 200, "count": 1},
        {"method": "GET", "route": "/v1/Rooms/{NameOrSid}", "status": 404, "count": 1},
        {"method": "GET", "route": "unknown", "status": 401, "count": 1},
        {"method": "POST", "route": "/v1/Rooms", "status": 201, "count": 1},
    ]
    assert seen["total"] == 4
    assert (await client.ask("DELETE", "/_sandbox/requests")).json["total"] == 0


async def test_unknown_control_paths_and_methods_are_refused(client: Client) -> None:
    assert (await client.get("/_sandbox")).status == 404
    assert (await client.get("/_sandbox/nothing")).status == 404
    assert (await client.get("/_sandbox/participants")).status == 405
