"""Twilio's Python SDK, unmodified, against the sandbox: what its users write works here."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException  # type: ignore[import-untyped]  # has hints, but no py.typed
from twilio.http.async_http_client import AsyncTwilioHttpClient  # type: ignore[import-untyped]  # has hints, but no py.typed
from twilio.rest import Client as TwilioClient  # type: ignore[import-untyped]  # has hints, but no py.typed

from tests.sandbox.sdk import in_thread, sdk

if TYPE_CHECKING:
    from roomtui.sandbox.server import Sandbox
    from tests.sandbox.conftest import Client

# The SDK's async client hands aiohttp its credentials in a way that aiohttp has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:twilio", "ignore::DeprecationWarning:aiohttp")


async def test_fetch_list_and_end_by_name_and_sid(sandbox: Sandbox, client: Client) -> None:
    rooms = sdk(sandbox).video.v1.rooms
    daily = await client.create(UniqueName="DailyStandup")
    other = await client.create(UniqueName="Other")
    assert (await in_thread(rooms("DailyStandup").fetch)).sid == daily["sid"]
    assert (await in_thread(rooms(other["sid"]).fetch)).unique_name == "Other"
    ended = await in_thread(partial(rooms(daily["sid"]).update, status="completed"))
    assert (ended.status, ended.duration) == ("completed", 0)
    assert ended.end_time == ended.date_updated
    done = await in_thread(partial(rooms.list, status="completed", unique_name="DailyStandup"))
    assert [room.sid for room in done] == [daily["sid"]]
    since = datetime.now(timezone.utc) - timedelta(days=1)
    recent = await in_thread(partial(rooms.list, date_created_after=since))
    assert [room.sid for room in recent] == [other["sid"]]
    with pytest.raises(TwilioRestException) as missing:
        await in_thread(rooms("DailyStandup").fetch)
    assert (missing.value.status, missing.value.code) == (404, 20404)


async def test_a_list_follows_every_page(sandbox: Sandbox, client: Client) -> None:
    made = [(await client.create())["sid"] for _ in range(7)]
    rooms = sdk(sandbox).video.v1.rooms
    listed = await in_thread(partial(rooms.list, page_size=3))
    assert [room.sid for room in listed] == made[::-1]
    with pytest.raises(TwilioException):
        await in_thread(partial(rooms.list, page_size=1001))


async def test_participants_are_listed_fetched_and_put_out(sandbox: Sandbox, client: Client) -> None:
    room = await client.create()
    ann = await client.join(room["sid"], "ann b@example.com")
    participants = sdk(sandbox).video.v1.rooms(room["sid"]).participants
    (listed,) = await in_thread(participants.list)
    assert (listed.sid, listed.identity, listed.status, listed.duration) == (
        ann["sid"],
        "ann b@example.com",
        "connected",
        None,
    )
    assert (await in_thread(participants("ann b@example.com").fetch)).sid == ann["sid"]
    await client.advance(3)
    gone = await in_thread(partial(participants(ann["sid"]).update, status="disconnected"))
    assert (gone.status, gone.duration) == ("disconnected", 3)
    assert await in_thread(participants.list) == []
    (left,) = await in_thread(partial(participants.list, status="disconnected", identity="ann b@example.com"))
    assert left.end_time == left.start_time + timedelta(seconds=3)


async def test_the_async_client_does_the_same(sandbox: Sandbox, client: Client) -> None:
    async with AsyncTwilioHttpClient() as http:
        rooms = sdk(sandbox, http).video.v1.rooms
        room = await rooms.create_async(unique_name="daily", empty_room_timeout=2)
        await client.join("daily", "ann")
        assert (await rooms("daily").fetch_async()).sid == room.sid
        assert [each.sid for each in await rooms.list_async()] == [room.sid]
        (ann,) = await rooms(room.sid).participants.list_async()
        assert (await rooms(room.sid).participants(ann.sid).update_async(status="disconnected")).duration == 0
        assert (await rooms(room.sid).update_async(status="completed")).status == "completed"
        with pytest.raises(TwilioRestException) as again:
            await rooms(room.sid).update_async(status="completed")
        assert again.value.code == 53112


async def test_wrong_credentials_are_401_and_20003(sandbox: Sandbox) -> None:
    wrong = TwilioClient("SKnobody", "wrong", sandbox.credentials.account_sid, environment={})
    wrong.video.base_url = sandbox.url
    with pytest.raises(TwilioRestException) as refused:
        await in_thread(wrong.video.v1.rooms("x").fetch)
    assert (refused.value.status, refused.value.code) == (401, 20003)
