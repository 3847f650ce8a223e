"""Twilio's Python SDK, unmodified: what the documentation's examples of calls do works here."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]  # has hints, but no py.typed
from twilio.twiml.voice_response import Connect, VoiceResponse  # type: ignore[import-untyped]  # as above

from tests.sandbox.sdk import in_thread, sdk

if TYPE_CHECKING:
    from twilio.rest.api.v2010.account.call import CallList  # type: ignore[import-untyped]  # as above

    from roomtui.sandbox.server import Sandbox
    from tests.sandbox.conftest import Client

pytestmark = pytest.mark.usefixtures("unlimited")


def calls_of(sandbox: Sandbox) -> CallList:
    client = sdk(sandbox)
    client.api.base_url = sandbox.url
    return client.calls


def into(room: str, identity: str) -> str:
    response, connect = VoiceResponse(), Connect()
    connect.room(room, participant_identity=identity)
    response.append(connect)
    return str(response)


async def test_the_documented_way_to_call_a_phone_into_a_room(sandbox: Sandbox, client: Client) -> None:
    calls = calls_of(sandbox)
    await client.create(UniqueName="DailyStandup")
    create = partial(calls.create, to="+14158675309", from_="+14155550100", twiml=into("DailyStandup", "alice"))
    call = await in_thread(create)
    assert (call.status, call.direction, call.duration) == ("queued", "outbound-api", None)
    await client.advance(10)
    assert (await in_thread(calls(call.sid).fetch)).status == "in-progress"
    (alice,) = (await client.get("/v1/Rooms/DailyStandup/Participants")).json["participants"]
    assert alice["identity"] == "alice"
    ended = await in_thread(partial(calls(call.sid).update, status="completed"))
    assert (ended.status, ended.duration) == ("completed", "5")
    assert ended.end_time - ended.start_time == timedelta(seconds=5)
    with pytest.raises(TwilioRestException) as refused:
        await in_thread(partial(calls(call.sid).update, twiml=into("DailyStandup", "alice")))
    assert (refused.value.status, refused.value.code) == (400, 21220)
    assert await in_thread(calls(call.sid).delete) is True
    with pytest.raises(TwilioRestException) as gone:
        await in_thread(calls(call.sid).fetch)
    assert (gone.value.status, gone.value.code) == (404, 20404)


async def test_a_live_call_is_moved_by_an_update(sandbox: Sandbox, client: Client) -> None:
    calls = calls_of(sandbox)
    await client.create(UniqueName="one")
    await client.create(UniqueName="two")
    create = partial(calls.create, to="+14158675309", from_="+14155550100", twiml=into("one", "alice"))
    call = await in_thread(create)
    await client.advance(10)
    await in_thread(partial(calls(call.sid).update, twiml=into("two", "alice")))
    assert (await client.get("/v1/Rooms/one/Participants")).json["participants"] == []
    assert len((await client.get("/v1/Rooms/two/Participants")).json["participants"]) == 1


async def test_lists_follow_the_relative_uris_of_every_page(sandbox: Sandbox) -> None:
    calls = calls_of(sandbox)
    create = partial(calls.create, to="+14158675309", from_="+14155550100", twiml="<Response/>")
    made = [(await in_thread(create)).sid for _ in range(7)]
    listed = await in_thread(partial(calls.list, page_size=3))
    assert [each.sid for each in listed] == made[::-1]
    streamed = await in_thread(lambda: [each.sid for each in calls.stream(limit=5, page_size=2)])
    assert streamed == made[::-1][:5]


async def test_lists_take_the_sdks_filters(sandbox: Sandbox, client: Client) -> None:
    calls = calls_of(sandbox)
    create = partial(calls.create, to="+14158675309", from_="+14155550100", twiml="<Response/>")
    call = await in_thread(create)
    await client.advance(30)
    yesterday, tomorrow = (datetime.now(timezone.utc) + timedelta(days=days) for days in (-1, 1))
    for wanted, found in (
        ({"to": "+14158675309", "status": "completed"}, [call.sid]),
        ({"start_time_after": yesterday, "start_time_before": tomorrow}, [call.sid]),
        ({"start_time_after": tomorrow}, []),
        ({"end_time_before": yesterday}, []),
        ({"start_time": call.date_created}, [call.sid]),
        ({"status": "in-progress"}, []),
    ):
        assert [each.sid for each in await in_thread(partial(calls.list, **wanted))] == found


async def test_the_sdk_raises_twilios_refusals(sandbox: Sandbox) -> None:
    calls = calls_of(sandbox)
    with pytest.raises(TwilioRestException) as refused:
        await in_thread(partial(calls.create, to="+15005550003", from_="+15005550006", twiml="<Response/>"))
    assert (refused.value.status, refused.value.code) == (400, 21215)


async def test_several_events_are_told(sandbox: Sandbox, client: Client) -> None:
    """The SDK repeats the parameter for each of a list."""
    calls = calls_of(sandbox)
    create = partial(
        calls.create,
        to="+14158675309",
        from_="+14155550100",
        twiml="<Response/>",
        status_callback="http://127.0.0.1:1/",
        status_callback_event=["initiated", "completed"],
    )
    call = await in_thread(create)
    await client.advance(30)
    placed = sandbox.phones.calls.find(call.sid)
    assert placed is not None
    assert (placed.callbacks_sent, list(placed.notices)) == (2, [])
