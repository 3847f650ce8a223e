"""When rooms and participants end, seen over HTTP with a clock that only the test moves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client, Json


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


async def room_now(client: Client, room: Json) -> Json:
    return dict((await client.get(f"/v1/Rooms/{room['sid']}")).json)


async def test_unused_room_ends_exactly_at_its_timeout_however_far_the_clock_jumps(client: Client) -> None:
    room = await client.create(UnusedRoomTimeout="3", EmptyRoomTimeout="9")
    await client.advance(50_000)
    ended = await room_now(client, room)
    assert ended["status"] == "completed"
    assert instant(ended["end_time"]) - instant(room["date_created"]) == timedelta(minutes=3)
    assert ended["duration"] == 180
    assert ended["date_updated"] == ended["end_time"]


async def test_room_is_in_progress_until_the_last_second_of_its_timeout(client: Client) -> None:
    room = await client.create(UnusedRoomTimeout="1")
    await client.advance(59)
    still = await room_now(client, room)
    assert (still["status"], still["end_time"], still["duration"]) == ("in-progress", None, None)
    await client.advance(1)
    assert (await room_now(client, room))["status"] == "completed"


async def test_empty_room_ends_its_timeout_after_the_last_leave(client: Client) -> None:
    room = await client.create(UnusedRoomTimeout="1", EmptyRoomTimeout="2")
    ann, bob = await client.join(room["sid"], "ann"), await client.join(room["sid"], "bob")
    await client.advance(100.7)
    await client.act(ann, "leave")
    await client.advance(30.6)
    left = await client.act(bob, "leave")
    await client.advance(1000)
    ended = await room_now(client, room)
    assert instant(ended["end_time"]) - instant(left["end_time"]) == timedelta(minutes=2)


async def test_a_join_stops_the_empty_countdown(client: Client) -> None:
    room = await client.create(EmptyRoomTimeout="1")
    await client.act(await client.join(room["sid"], "ann"), "leave")
    await client.advance(59)
    await client.join(room["sid"], "ann")
    await client.advance(120)
    assert (await room_now(client, room))["status"] == "in-progress"


@pytest.mark.usefixtures("unlimited")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(unused=st.integers(1, 60), empty=st.integers(1, 60), stay=st.integers(0, 590))
async def test_timeouts_hold_over_their_whole_range(client: Client, unused: int, empty: int, stay: int) -> None:
    form = {"UnusedRoomTimeout": str(unused), "EmptyRoomTimeout": str(empty)}
    lonely, visited = await client.create(**form), await client.create(**form)
    ann = await client.join(visited["sid"], "ann")
    await client.advance(stay)
    left = await client.act(ann, "leave")
    await client.advance(7201)
    assert (await room_now(client, lonely))["duration"] == unused * 60
    end = instant((await room_now(client, visited))["end_time"])
    assert end - instant(left["end_time"]) == timedelta(minutes=empty)


async def test_participant_is_put_out_at_the_max_participant_duration(client: Client) -> None:
    room = await client.create(MaxParticipantDuration="600", EmptyRoomTimeout="1")
    ann = await client.join(room["sid"], "ann")
    await client.advance(86_400)
    gone = (await client.get(f"/v1/Rooms/{room['sid']}/Participants/{ann['sid']}")).json
    assert (gone["status"], gone["duration"]) == ("disconnected", 600)
    assert (await room_now(client, room))["duration"] == 660
    told = (await client.get(f"/_sandbox/participants/{ann['sid']}")).json
    assert (told["departure"], told["error_code"]) == ("max-participant-duration", 53216)


async def test_no_room_outlives_24_hours_and_everybody_goes_with_it(client: Client) -> None:
    room = await client.create(MaxParticipantDuration="86400")
    await client.advance(200)
    ann = await client.join(room["sid"], "ann")
    await client.advance(90_000)
    ended = (await client.get(f"/_sandbox/rooms/{room['sid']}")).json
    assert (ended["duration"], ended["ending"]) == (86_400, "max-room-duration")
    (gone,) = ended["participants"]
    assert (gone["sid"], gone["duration"], gone["end_time"]) == (ann["sid"], 86_200, ended["end_time"])


async def test_completing_a_room_disconnects_everybody_at_that_second(client: Client) -> None:
    room = await client.create()
    await client.join(room["sid"], "ann")
    await client.advance(40)
    await client.join(room["sid"], "bob")
    await client.advance(2)
    reply = await client.post(f"/v1/Rooms/{room['sid']}", Status="completed")
    assert (reply.status, reply.json["duration"]) == (202, 42)
    people = (await client.get(f"/v1/Rooms/{room['sid']}/Participants")).json["participants"]
    assert [(who["identity"], who["duration"]) for who in people] == [("bob", 2), ("ann", 42)]
    assert {who["end_time"] for who in people} == {reply.json["end_time"]}


async def test_ad_hoc_room_is_made_by_a_join_and_ends_at_the_last_leave(client: Client) -> None:
    ann = await client.join("huddle", "ann")
    room = (await client.get("/v1/Rooms/huddle")).json
    assert (room["empty_room_timeout"], room["unused_room_timeout"], room["type"]) == (0, 0, "group")
    await client.advance(9)
    await client.act(ann, "leave")
    assert (await room_now(client, room))["duration"] == 9
    assert (await client.get("/v1/Rooms/huddle")).status == 404


async def test_same_identity_again_puts_the_first_out_and_never_empties_the_room(client: Client) -> None:
    first = await client.join("huddle", "ann")
    await client.advance(5)
    second = await client.join("huddle", "ann")
    assert second["sid"] != first["sid"]
    room = (await client.get(f"/_sandbox/rooms/{first['room_sid']}")).json
    assert room["status"] == "in-progress"
    told = {who["sid"]: (who["status"], who["error_code"]) for who in room["participants"]}
    assert told == {first["sid"]: ("disconnected", 53205), second["sid"]: ("connected", None)}


async def test_same_identity_takes_its_own_place_in_a_full_room(client: Client) -> None:
    room = await client.create(MaxParticipants="1")
    await client.join(room["sid"], "ann")
    await client.join(room["sid"], "ann")
    full = await client.post("/_sandbox/participants", Room=room["sid"], Identity="bob")
    assert (full.status, full.json["code"]) == (400, 53105)


async def test_a_dropped_participant_holds_the_room_for_30_seconds(client: Client) -> None:
    room = await client.create(EmptyRoomTimeout="1", MaxParticipants="1")
    ann = await client.join(room["sid"], "ann")
    await client.advance(10)
    assert (await client.act(ann, "drop"))["status"] == "reconnecting"
    full = await client.post("/_sandbox/participants", Room=room["sid"], Identity="bob")
    assert full.json["code"] == 53105
    await client.advance(29.5)
    assert (await client.get(f"/_sandbox/participants/{ann['sid']}")).json["status"] == "reconnecting"
    await client.advance(1000)
    gone = (await client.get(f"/_sandbox/participants/{ann['sid']}")).json
    assert (gone["status"], gone["duration"], gone["departure"]) == ("disconnected", 40, "connection-lost")
    assert (await room_now(client, room))["duration"] == 100


async def test_a_dropped_participant_who_comes_back_stays_the_same(client: Client) -> None:
    ann = await client.join("huddle", "ann")
    await client.act(ann, "drop")
    await client.advance(20)
    assert (await client.act(ann, "resume"))["status"] == "connected"
    await client.advance(100)
    assert (await client.get(f"/_sandbox/participants/{ann['sid']}")).json["status"] == "connected"


async def test_a_failed_room_is_listed_as_failed_only(client: Client) -> None:
    room = await client.create()
    await client.post(f"/_sandbox/rooms/{room['sid']}/fail")
    assert (await client.get("/v1/Rooms")).json["rooms"] == []
    assert [each["sid"] for each in (await client.get("/v1/Rooms?Status=failed")).json["rooms"]] == [room["sid"]]


async def test_a_name_is_free_again_once_its_room_has_ended(client: Client) -> None:
    first = await client.create(UniqueName="daily")
    taken = await client.post("/v1/Rooms", UniqueName="daily")
    assert (taken.status, taken.json["code"]) == (400, 53113)
    await client.post("/v1/Rooms/daily", Status="completed")
    assert (await client.create(UniqueName="daily"))["sid"] != first["sid"]
