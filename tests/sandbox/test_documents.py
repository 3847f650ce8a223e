"""The examples of the documents the system is specified by, done with Twilio's Python SDK, unmodified.

Each test names the page and the section. Where the page's sample output contradicts its own text (a room in progress
that has ended, a default type that is not the default), the text holds.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]  # has hints, but no py.typed

from tests.sandbox.sdk import in_thread, sdk

if TYPE_CHECKING:
    from roomtui.sandbox.server import Sandbox
    from tests.sandbox.conftest import Client

FIELDS = {
    "account_sid", "audio_only", "date_created", "date_updated", "duration", "empty_room_timeout", "enable_turn",
    "end_time", "large_room", "links", "max_concurrent_published_tracks", "max_participant_duration",
    "max_participants", "media_region", "record_participants_on_connect", "sid", "status", "status_callback",
    "status_callback_method", "type", "unique_name", "unused_room_timeout", "url", "video_codecs",
}  # fmt: skip
"""The Rooms page, "Resource properties"."""


async def created(sandbox: Sandbox, **parameters: object) -> Any:
    """What the SDK makes of the answer to a create request."""
    room = await in_thread(partial(sdk(sandbox).video.v1.rooms.create, **parameters))
    assert (room.status, room.end_time, room.duration) == ("in-progress", None, None)
    assert room.url == f"{sandbox.url}/v1/Rooms/{room.sid}"
    return room


async def expect_not_found(sandbox: Sandbox, name_or_sid: str) -> None:
    with pytest.raises(TwilioRestException) as missing:
        await in_thread(sdk(sandbox).video.v1.rooms(name_or_sid).fetch)
    assert (missing.value.status, missing.value.code) == (404, 20404)


async def test_rooms_page_resource_properties(client: Client) -> None:
    room = await client.create(UniqueName="DailyStandup")
    assert set(room) == FIELDS
    assert {"participants", "recordings", "recording_rules"} <= set(room["links"])
    assert room["links"]["participants"] == f"{room['url']}/Participants"


async def test_rooms_page_retrieve_an_in_progress_room_by_unique_name(sandbox: Sandbox) -> None:
    room = await created(sandbox, unique_name="DailyStandup")
    fetched = await in_thread(sdk(sandbox).video.v1.rooms("DailyStandup").fetch)
    assert (fetched.sid, fetched.unique_name) == (room.sid, "DailyStandup")
    await in_thread(partial(room.update, status="completed"))
    await expect_not_found(sandbox, "DailyStandup")
    await expect_not_found(sandbox, "NeverThere")


async def test_rooms_page_retrieve_an_in_progress_or_completed_room_by_sid(sandbox: Sandbox) -> None:
    room = await created(sandbox, unique_name="DailyStandup")
    fetch = sdk(sandbox).video.v1.rooms(room.sid).fetch
    assert (await in_thread(fetch)).status == "in-progress"
    await in_thread(partial(room.update, status="completed"))
    assert (await in_thread(fetch)).status == "completed"
    await expect_not_found(sandbox, f"RM{'0' * 32}")


async def test_rooms_page_complete_an_in_progress_room(sandbox: Sandbox, client: Client) -> None:
    room = await created(sandbox, unique_name="DailyStandup")
    await client.join("DailyStandup", "ann")
    await client.advance(10)
    ended = await in_thread(partial(sdk(sandbox).video.v1.rooms(room.sid).update, status="completed"))
    assert (ended.status, ended.duration, ended.sid) == ("completed", 10, room.sid)
    assert ended.end_time == ended.date_updated == room.date_created + timedelta(seconds=10)
    (gone,) = await in_thread(sdk(sandbox).video.v1.rooms(room.sid).participants.list)
    assert (gone.identity, gone.status) == ("ann", "disconnected")


async def test_rooms_page_example_1_create_a_room_called_daily_standup(sandbox: Sandbox) -> None:
    room = await created(sandbox, unique_name="DailyStandup")
    assert (room.unique_name, room.type, room.enable_turn, room.large_room) == ("DailyStandup", "group", True, False)
    assert (room.empty_room_timeout, room.unused_room_timeout) == (5, 5)
    assert (room.max_participants, room.max_participant_duration) == (50, 14_400)
    assert (room.status_callback, room.status_callback_method) == (None, "POST")
    assert (room.record_participants_on_connect, room.audio_only, room.media_region) == (False, False, "us1")


async def test_rooms_page_example_2_a_peer_to_peer_room_with_a_status_callback(sandbox: Sandbox) -> None:
    callback = "http://example.org"
    room = await created(sandbox, status_callback=callback, type="peer-to-peer", unique_name="SalesMeeting")
    assert (room.unique_name, room.type, room.status_callback) == ("SalesMeeting", "peer-to-peer", callback)
    assert (room.status_callback_method, room.max_participants, room.max_concurrent_published_tracks) == ("POST", 10, 0)


async def test_rooms_page_example_3_a_recorded_group_room_with_a_status_callback(
    sandbox: Sandbox, client: Client
) -> None:
    callback = "http://example.org"
    room = await created(
        sandbox,
        record_participants_on_connect=True,
        status_callback=callback,
        type="group",
        unique_name="DailyStandup",
    )
    assert (room.type, room.record_participants_on_connect, room.status_callback) == ("group", True, callback)
    assert (room.max_participants, room.max_concurrent_published_tracks) == (50, 170)
    await client.join("DailyStandup", "ann", Tracks="audio,video")
    recordings = await in_thread(sdk(sandbox).video.v1.rooms(room.sid).recordings.list)
    assert {(each.type, each.status) for each in recordings} == {("audio", "processing"), ("video", "processing")}


async def test_rooms_page_example_4_an_audio_only_group_room(sandbox: Sandbox, client: Client) -> None:
    room = await created(sandbox, audio_only=True, unique_name="Audio-Only Call", type="group")
    assert (room.unique_name, room.type, room.audio_only) == ("Audio-Only Call", "group", True)
    refused = await client.post("/_sandbox/participants", Room="Audio-Only Call", Identity="ann", Tracks="video")
    assert refused.json["code"] == 53125
    fetched = await in_thread(sdk(sandbox).video.v1.rooms("Audio-Only Call").fetch)
    assert fetched.sid == room.sid


async def test_rooms_page_example_5_a_60_minute_empty_room_timeout(sandbox: Sandbox, client: Client) -> None:
    room = await created(sandbox, unique_name="DailyStandup", empty_room_timeout=60)
    assert (room.empty_room_timeout, room.unused_room_timeout) == (60, 5)
    await client.act(await client.join("DailyStandup", "ann"), "leave")
    fetch = sdk(sandbox).video.v1.rooms(room.sid).fetch
    await client.advance(3599)
    assert (await in_thread(fetch)).status == "in-progress"
    await client.advance(1)
    assert (await in_thread(fetch)).status == "completed"


async def test_rooms_page_configure_the_maximum_participant_duration(sandbox: Sandbox) -> None:
    room = await created(sandbox, unique_name="DailyStandup", max_participant_duration=86_400)
    assert (room.unique_name, room.max_participant_duration) == ("DailyStandup", 86_400)


async def test_rooms_page_a_room_nobody_joins_exists_for_five_minutes(sandbox: Sandbox, client: Client) -> None:
    room = await created(sandbox, unique_name="DailyStandup")
    await client.advance(300)
    assert (await in_thread(sdk(sandbox).video.v1.rooms(room.sid).fetch)).duration == 300


@pytest.fixture
async def three_rooms(sandbox: Sandbox) -> dict[str, str]:
    """A completed DailyStandup, another completed room, and a DailyStandup in progress."""
    sids = {}
    for key, name, ends in (("old", "DailyStandup", True), ("other", "Other", True), ("live", "DailyStandup", False)):
        room = await created(sandbox, unique_name=name)
        sids[key] = room.sid
        if ends:
            await in_thread(partial(room.update, status="completed"))
    return sids


async def test_rooms_page_filter_by_unique_name(sandbox: Sandbox, three_rooms: dict[str, str]) -> None:
    read = sdk(sandbox).video.v1.rooms.list
    done = await in_thread(partial(read, unique_name="DailyStandup", status="completed", limit=20))
    assert [room.sid for room in done] == [three_rooms["old"]]
    by_default = await in_thread(partial(read, unique_name="DailyStandup", limit=20))
    assert [room.sid for room in by_default] == [three_rooms["live"]]


async def test_rooms_page_filter_by_status(sandbox: Sandbox, three_rooms: dict[str, str]) -> None:
    done = await in_thread(partial(sdk(sandbox).video.v1.rooms.list, status="completed", limit=20))
    assert {room.sid for room in done} == {three_rooms["old"], three_rooms["other"]}


async def test_rooms_page_using_multiple_list_filters(sandbox: Sandbox, three_rooms: dict[str, str]) -> None:
    read = sdk(sandbox).video.v1.rooms.list
    done = await in_thread(partial(read, status="completed", unique_name="Other", limit=20))
    assert [room.sid for room in done] == [three_rooms["other"]]
    assert await in_thread(partial(read, status="failed", unique_name="Other", limit=20)) == []


async def test_understanding_rooms_page_names_of_active_rooms_must_be_unique(sandbox: Sandbox) -> None:
    await created(sandbox, unique_name="DailyStandup")
    with pytest.raises(TwilioRestException) as refused:
        await created(sandbox, unique_name="DailyStandup")
    assert (refused.value.status, refused.value.code) == (400, 53113)


async def test_understanding_rooms_page_ad_hoc_rooms(sandbox: Sandbox, client: Client) -> None:
    first = await client.join("myFancyRoomName", "ann")
    second = await client.join("myFancyRoomName", "bob")
    assert first["room_sid"] == second["room_sid"]
    room = await in_thread(sdk(sandbox).video.v1.rooms("myFancyRoomName").fetch)
    assert (room.sid, room.empty_room_timeout) == (first["room_sid"], 0)
    await client.act(first, "leave")
    await client.act(second, "leave")
    await expect_not_found(sandbox, "myFancyRoomName")
    await client.post("/_sandbox/account", AdHocRooms="false")
    refused = await client.post("/_sandbox/participants", Room="myFancyRoomName", Identity="ann")
    assert refused.json["code"] == 53106


async def test_understanding_rooms_page_no_room_lives_longer_than_24_hours(sandbox: Sandbox, client: Client) -> None:
    room = await created(sandbox, unique_name="DailyStandup", max_participant_duration=86_400)
    await client.join("DailyStandup", "ann")
    await client.join("huddle", "bob")
    huddle = await in_thread(sdk(sandbox).video.v1.rooms("huddle").fetch)
    await client.advance(2 * 86_400)
    assert (await in_thread(sdk(sandbox).video.v1.rooms(room.sid).fetch)).duration == 86_400
    assert (await in_thread(sdk(sandbox).video.v1.rooms(huddle.sid).fetch)).duration == 14_400
