"""Status callbacks of a sandbox: what a customer's server is told of a room's whole life, and how it is delivered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # has hints, but no py.typed

from roomtui.sandbox.options import SandboxError
from roomtui.sandbox.server import Sandbox
from tests.sandbox.conftest import CREDENTIALS, STILL, Client
from tests.sandbox.receiver import Received, Receiver, status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.sandbox.conftest import Json

pytestmark = pytest.mark.usefixtures("unlimited")

ALL = {
    "AccountSid",
    "RoomName",
    "RoomSid",
    "RoomStatus",
    "RoomType",
    "StatusCallbackEvent",
    "Timestamp",
    "SequenceNumber",
}
PARTICIPANT = ALL | {"ParticipantSid", "ParticipantStatus", "ParticipantIdentity"}
TRACK = PARTICIPANT | {"TrackSid", "TrackKind"}
RECORDING = ALL | {
    "RecordingSid",
    "ParticipantSid",
    "ParticipantIdentity",
    "SourceSid",
    "RecordingUri",
    "Container",
    "Codec",
    "TrackName",
    "OffsetFromTwilioVideoEpoch",
    "Type",
}
PARAMETERS = {
    "room-created": ALL,
    "room-ended": ALL | {"RoomDuration"},
    "participant-connected": PARTICIPANT,
    "participant-disconnected": PARTICIPANT | {"ParticipantDuration"},
    "track-added": TRACK,
    "track-removed": TRACK,
    "track-enabled": TRACK,
    "track-disabled": TRACK,
    "recording-started": RECORDING,
    "recording-completed": RECORDING | {"MediaUri", "Duration", "Size"},
    "recording-failed": RECORDING | {"FailedOperation"},
}
"""The page's tables (Status Callbacks, "Rooms" and "Recordings"). `MediaExternalLocation` is for external storage."""

ODD_NAME = "Board & Co + Jürgen 100% 😀 #1/2?"


def assert_signed(received: Sequence[Received]) -> None:
    validator = RequestValidator(CREDENTIALS.auth_token)
    for each in received:
        assert validator.validate(each.url, dict(each.form), each.signature), each


def told(received: Sequence[Received]) -> list[str]:
    return [each.parameters["StatusCallbackEvent"] for each in received]


async def drained(client: Client, receiver: Receiver) -> list[Received]:
    """What was received once everything is delivered or given up."""
    await client.sandbox.deliveries.drain()
    return receiver.received


async def report(client: Client) -> Json:
    reply = await client.get("/_sandbox/callbacks")
    assert reply.status == 200
    return dict(reply.json)


# What is told


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_whole_life_is_told_in_order_signed_and_complete(
    client: Client, receiver: Receiver, method: str
) -> None:
    room = await client.create(
        UniqueName=ODD_NAME,
        StatusCallback=receiver.url("/hook?for=room%20events"),
        StatusCallbackMethod=method,
        RecordParticipantsOnConnect="true",
    )
    alice = await client.join(ODD_NAME, "Älice & Co + 50% 😀", Tracks="audio,video,data")
    await client.act(alice, "publish", Kind="audio", Enabled="false")
    await client.act(alice, "publish", Kind="audio", Enabled="true")
    await client.act(alice, "unpublish", Kind="video")
    await client.join(room["sid"], "bob", Tracks="audio")
    bob_again = await client.join(room["sid"], "bob")
    kicked = await client.post(f"/v1/Rooms/{room['sid']}/Participants/{bob_again['sid']}", Status="disconnected")
    assert kicked.status == 202
    client.sandbox.world.join_by_phone(ODD_NAME, "+15005550006")
    await client.advance(61)
    recordings = (await client.get(f"/v1/Rooms/{room['sid']}/Recordings?Status=processing")).json["recordings"]
    failed = await client.post(f"/_sandbox/recordings/{recordings[0]['sid']}/fail", FailedOperation="RecordingUpload")
    assert failed.status == 200
    await client.advance(1)
    await client.post(f"/v1/Rooms/{room['sid']}", Status="completed")
    await client.advance(60)
    received = await drained(client, receiver)

    assert_signed(received)
    assert {each.method for each in received} == {method}
    assert {each.query["for"] for each in received} == {"room events"}
    events = [{name: each.parameters[name] for name in each.parameters if name != "for"} for each in received]
    assert [int(event["SequenceNumber"]) for event in events] == list(range(len(events)))
    instants = [datetime.strptime(event["Timestamp"], "%Y-%m-%dT%H:%M:%S.%fZ") for event in events]  # noqa: DTZ007 - compared only
    assert instants == sorted(set(instants))
    assert all(len(event["Timestamp"]) == len("2025-10-27T18:16:01.876Z") for event in events)
    for event in events:
        assert set(event) == PARAMETERS[event["StatusCallbackEvent"]], event["StatusCallbackEvent"]
        assert (event["RoomSid"], event["RoomName"], event["RoomType"]) == (room["sid"], ODD_NAME, "group")
        assert event["AccountSid"] == CREDENTIALS.account_sid
    assert {event["StatusCallbackEvent"] for event in events} == set(PARAMETERS)
    assert events[0]["StatusCallbackEvent"] == "room-created"
    statuses = [event["RoomStatus"] for event in events]
    ended = [event["StatusCallbackEvent"] for event in events].index("room-ended")
    assert set(statuses[:ended]) == {"in-progress"}
    assert set(statuses[ended:]) == {"completed"}
    assert events[ended]["RoomDuration"] == "62"
    alices = [event for event in events if event.get("ParticipantSid") == alice["sid"]]
    assert {event["ParticipantIdentity"] for event in alices} == {"Älice & Co + 50% 😀"}
    gone = next(event for event in alices if event["StatusCallbackEvent"] == "participant-disconnected")
    assert (gone["ParticipantStatus"], gone["ParticipantDuration"]) == ("disconnected", "62")
    phone = [event for event in events if event.get("ParticipantIdentity", "").startswith("+15005550006-")]
    assert phone[0]["StatusCallbackEvent"] == "participant-connected"
    done = next(event for event in events if event["StatusCallbackEvent"] == "recording-completed")
    assert done["MediaUri"] == f"/v1/Recordings/{done['RecordingSid']}/Media"
    assert done["RecordingUri"] == f"/v1/Recordings/{done['RecordingSid']}"
    assert (await report(client))["delivered"] == len(events)


async def test_events_are_told_as_they_were_when_they_happened(client: Client, receiver: Receiver) -> None:
    receiver.answer = receiver.hang
    room = await client.create(StatusCallback=receiver.url())
    alice = await client.join(room["sid"], "alice", Tracks="audio")
    await client.act(alice, "leave")
    await client.post(f"/v1/Rooms/{room['sid']}", Status="completed")
    receiver.released.set()
    received = await drained(client, receiver)
    by_event = {each.parameters["StatusCallbackEvent"]: each.parameters for each in received}
    assert by_event["room-created"]["RoomStatus"] == "in-progress"
    assert by_event["participant-connected"]["ParticipantStatus"] == "connected"
    assert by_event["participant-disconnected"]["ParticipantStatus"] == "disconnected"
    assert by_event["participant-disconnected"]["RoomStatus"] == "in-progress"
    assert by_event["room-ended"]["RoomStatus"] == "completed"


async def test_somebody_reconnecting_counts_as_connected(client: Client, receiver: Receiver) -> None:
    room = await client.create(StatusCallback=receiver.url())
    alice = await client.join(room["sid"], "alice", Tracks="audio")
    await client.act(alice, "drop")
    participant = client.sandbox.world.find_participant(alice["sid"])
    assert participant is not None
    client.sandbox.world.publish(participant, "video")
    received = await drained(client, receiver)
    assert received[-1].parameters["StatusCallbackEvent"] == "track-added"
    assert received[-1].parameters["ParticipantStatus"] == "connected"


async def test_a_nameless_room_is_called_by_its_sid_and_a_failed_one_failed(client: Client, receiver: Receiver) -> None:
    room = await client.create(StatusCallback=receiver.url())
    await client.post(f"/_sandbox/rooms/{room['sid']}/fail")
    received = await drained(client, receiver)
    assert told(received) == ["room-created", "room-ended"]
    assert {each.parameters["RoomName"] for each in received} == {room["sid"]}
    assert received[-1].parameters["RoomStatus"] == "failed"


async def test_time_outs_are_told_at_their_own_time(client: Client, receiver: Receiver) -> None:
    await client.create(StatusCallback=receiver.url(), UnusedRoomTimeout="3")
    await client.advance(86_400)
    created, ended = await drained(client, receiver)
    assert ended.parameters["RoomDuration"] == "180"
    first, last = (
        datetime.strptime(each.parameters["Timestamp"], "%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: DTZ007 - subtracted only
        for each in (created, ended)
    )
    assert 179 <= (last - first).total_seconds() <= 181


# Where to


async def test_without_an_address_nobody_is_told(client: Client) -> None:
    room = await client.create()
    await client.join(room["sid"], "alice")
    assert await report(client) == {
        "delivered": 0,
        "failed": 0,
        "dropped": 0,
        "waiting": 0,
        "callbacks": [],
        "warnings": [],
    }


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_the_accounts_default_is_for_rooms_without_their_own(
    client: Client, receiver: Receiver, method: str
) -> None:
    reply = await client.post("/_sandbox/account", StatusCallback=receiver.url("/default"), StatusCallbackMethod=method)
    assert reply.json["status_callback"] == receiver.url("/default")
    assert reply.json["status_callback_method"] == method
    other = "POST" if method == "GET" else "GET"
    await client.create(UniqueName="plain")
    await client.create(UniqueName="own", StatusCallback=receiver.url("/own"), StatusCallbackMethod=other)
    await client.join("ad-hoc", "alice")
    received = await drained(client, receiver)
    assert_signed(received)
    created = {
        each.parameters["RoomName"]: (each.path, each.method)
        for each in received
        if each.parameters["StatusCallbackEvent"] == "room-created"
    }
    assert created == {"plain": ("/default", method), "own": ("/own", other), "ad-hoc": ("/default", method)}


async def test_an_ad_hoc_room_keeps_the_default_it_was_made_with(client: Client, receiver: Receiver) -> None:
    await client.post("/_sandbox/account", StatusCallback=receiver.url("/old"))
    plain = await client.create(UniqueName="plain")
    alice = await client.join("ad-hoc", "alice")
    await client.post("/_sandbox/account", StatusCallback=receiver.url("/new"))
    await client.act(alice, "leave")
    await client.post(f"/v1/Rooms/{plain['sid']}", Status="completed")
    received = await drained(client, receiver)
    ended = {
        each.parameters["RoomName"]: each.path
        for each in received
        if each.parameters["StatusCallbackEvent"] == "room-ended"
    }
    assert ended == {"ad-hoc": "/old", "plain": "/new"}


async def test_the_default_can_be_taken_away(client: Client, receiver: Receiver) -> None:
    await client.post("/_sandbox/account", StatusCallback=receiver.url())
    await client.post("/_sandbox/account", StatusCallback="")
    await client.create()
    assert await drained(client, receiver) == []


async def test_a_method_that_is_none_changes_nothing(client: Client) -> None:
    reply = await client.post("/_sandbox/account", StatusCallback="http://127.0.0.1:1/", StatusCallbackMethod="PUT")
    assert reply.status == 400
    assert (await client.get("/_sandbox/account")).json["status_callback"] is None


async def test_another_machine_is_not_called_and_the_control_plane_says_why(client: Client) -> None:
    room = await client.create(StatusCallback="https://hooks.example.com/room-events?key=1")
    assert room["status_callback"] == "https://hooks.example.com/room-events?key=1"
    await client.sandbox.deliveries.drain()
    said = await report(client)
    (callback,) = said["callbacks"]
    assert (said["delivered"], said["failed"]) == (0, 1)
    assert callback == {
        "event": "room-created",
        "resource_sid": room["sid"],
        "room_sid": room["sid"],
        "method": "POST",
        "url": "https://hooks.example.com/room-events?key=1",
        "timestamp": callback["timestamp"],
        "outcome": "failed",
        "status": None,
        "attempts": 1,
        "code": 11205,
        "message": "The sandbox calls this machine only: hooks.example.com is not a loopback host,"
        " and was not allowed (--allow-callbacks-to).",
    }


async def test_a_redirect_to_another_machine_is_not_followed(client: Client, receiver: Receiver) -> None:
    receiver.answer = status(307, Location="http://hooks.example.com/")
    await client.create(StatusCallback=receiver.url())
    assert len(await drained(client, receiver)) == 1
    (callback,) = (await report(client))["callbacks"]
    assert (callback["outcome"], callback["code"]) == ("failed", 11205)


async def test_an_allowed_host_is_called(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(_self: object, host: str, port: int = 0, family: int = 0) -> list[dict[str, object]]:
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]

    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", resolve)
    options = replace(STILL, allow_callbacks_to=frozenset({"Hooks.Test"}))
    async with Sandbox(options) as sandbox, aiohttp.ClientSession() as session:
        client = Client(sandbox, session)
        await client.create(StatusCallback=f"http://hooks.test:{receiver.port}/")
        received = await drained(client, receiver)
        assert_signed(received)
        assert told(received) == ["room-created"]


@pytest.mark.parametrize("host", ["http://hooks.test", "hooks.test/x", "hooks.test:8080", "", "a b"])
def test_what_is_no_host_cannot_be_allowed(host: str) -> None:
    with pytest.raises(SandboxError, match=r"^Callbacks are allowed to a host by its name or address, not to '.*'\.$"):
        Sandbox(replace(STILL, allow_callbacks_to=frozenset({host})))


# How patiently


async def test_a_hanging_receiver_delays_neither_the_api_nor_other_receivers(
    client: Client, receiver: Receiver
) -> None:
    receiver.answer = receiver.hang
    for number in range(40):
        await client.create(UniqueName=f"stuck-{number}", StatusCallback=receiver.url())
    async with Receiver() as other:
        room = await client.create(StatusCallback=other.url())
        await client.post(f"/v1/Rooms/{room['sid']}", Status="completed")
        received = await other.until(lambda received: len(received) == 2)
        assert told(received) == ["room-created", "room-ended"]
    assert not receiver.released.is_set()
    assert receiver.most_at_once <= 16
    assert (await report(client))["waiting"] >= 40


async def test_a_slow_address_does_not_hold_up_other_rooms_of_the_same_server(
    client: Client, receiver: Receiver
) -> None:
    async def answer(received: Received, request: web.BaseRequest) -> web.StreamResponse:
        return await receiver.hang(received, request) if received.path == "/slow" else web.Response()

    receiver.answer = answer
    await client.create(UniqueName="slow", StatusCallback=receiver.url("/slow"))
    await client.create(UniqueName="quick", StatusCallback=receiver.url("/quick"))
    await receiver.until(lambda received: any(each.path == "/quick" for each in received))


async def test_a_receiver_may_ask_the_api_before_it_answers(client: Client, receiver: Receiver) -> None:
    ended: list[int] = []

    async def answer(received: Received, _request: web.BaseRequest) -> web.StreamResponse:
        if received.form["StatusCallbackEvent"] == "room-created":
            reply = await client.post(f"/v1/Rooms/{received.form['RoomSid']}", Status="completed")
            ended.append(reply.status)
        return web.Response()

    receiver.answer = answer
    await client.create(StatusCallback=receiver.url())
    assert told(await drained(client, receiver)) == ["room-created", "room-ended"]
    assert ended == [202]
    assert (await report(client))["delivered"] == 2


async def test_what_went_wrong_is_told_as_twilios_debugger_does(client: Client, receiver: Receiver) -> None:
    receiver.answer = status(404)
    room = await client.create(StatusCallback=f"http://user:secret@127.0.0.1:{receiver.port}/hook")
    await client.sandbox.deliveries.drain()
    said = await report(client)
    assert said["warnings"] == [
        {
            "level": "error",
            "code": 11200,
            "message": f"{receiver.url('/hook')} answered 404.",
            "more_info": "https://www.twilio.com/docs/errors/11200",
            "event": "room-created",
            "resource_sid": room["sid"],
            "room_sid": room["sid"],
            "method": "POST",
            "url": receiver.url("/hook"),
        }
    ]
    assert (said["callbacks"][0]["status"], said["callbacks"][0]["attempts"]) == (404, 1)


async def test_a_receiver_that_takes_too_long_is_a_warning(client: Client, receiver: Receiver) -> None:
    receiver.answer = receiver.hang
    await client.create(StatusCallback=receiver.url("/#rt=100&rc=0"))
    await client.sandbox.deliveries.drain()
    said = await report(client)
    assert [(warning["level"], warning["code"]) for warning in said["warnings"]] == [("warning", 53660)]
    assert (said["failed"], said["callbacks"][0]["outcome"]) == (1, "failed")


async def test_the_list_can_be_emptied(client: Client, receiver: Receiver) -> None:
    receiver.answer = status(404)
    await client.create(StatusCallback=receiver.url())
    await client.sandbox.deliveries.drain()
    assert (await report(client))["failed"] == 1
    reply = await client.ask("DELETE", "/_sandbox/callbacks")
    assert reply.status == 200
    emptied: Mapping[str, object] = reply.json
    assert emptied == await report(client)
    assert (emptied["failed"], emptied["callbacks"], emptied["warnings"]) == (0, [], [])


async def test_a_sandbox_stops_while_receivers_hang(receiver: Receiver) -> None:
    receiver.answer = receiver.hang
    async with Sandbox(STILL) as sandbox, aiohttp.ClientSession() as session:
        client = Client(sandbox, session)
        room = await client.create(StatusCallback=receiver.url())
        for number in range(30):
            await client.join(room["sid"], f"guest-{number}")
        await receiver.until(lambda received: len(received) >= 1)
    assert not receiver.released.is_set()
