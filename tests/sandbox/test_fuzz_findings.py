"""What random requests have brought to light, each thing on its own."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from aiohttp import web

from roomtui.sandbox.clock import Clock
from roomtui.sandbox.traffic.director import Director
from roomtui.sandbox.world.account import Account
from roomtui.sandbox.world.register import RoomFilter, Span
from roomtui.sandbox.world.world import World
from tests.sandbox.conftest import CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.sandbox.conftest import Client
    from tests.sandbox.receiver import Received, Receiver

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
CALLS = f"/2010-04-01/Accounts/{CREDENTIALS.account_sid}/Calls"


def charset(name: str) -> Callable[[Received, web.BaseRequest], Awaitable[web.StreamResponse]]:
    """An answer in a character set."""

    async def answer(_received: Received, _request: web.BaseRequest) -> web.StreamResponse:
        head = {"Content-Type": f'text/xml; charset="{name}"'}
        return web.Response(body=b"<Response><Hangup/></Response>", headers=head)

    return answer


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("seconds", ["99999999999999", "999999999999999999"])
async def test_a_room_may_be_hidden_for_longer_than_time_lasts(client: Client, seconds: str) -> None:
    room = await client.create()
    assert (await client.post("/_sandbox/account", NotFoundAfterEnd=seconds)).status == 200
    assert (await client.get(f"/v1/Rooms/{room['sid']}")).status == 200
    await client.post(f"/v1/Rooms/{room['sid']}", Status="completed")
    await client.advance(86_400)
    assert (await client.get(f"/v1/Rooms/{room['sid']}")).status == 404


@pytest.mark.parametrize("name", ["StartTime", "EndTime"])
async def test_calls_can_be_asked_for_by_the_last_of_all_days(client: Client, name: str) -> None:
    reply = await client.get(f"{CALLS}.json?{name}=9999-12-31")
    assert (reply.status, reply.json["calls"]) == (200, [])


@pytest.mark.usefixtures("unlimited")
async def test_json_is_refused_before_it_is_too_deep_to_be_written_again(client: Client) -> None:
    json = {"Content-Type": "application/json"}
    for depth in (31, 33, *range(900, 1000)):
        deep = f'{{"a": {"[" * (depth - 1)}{"]" * (depth - 1)}}}'
        made = await client.post("/v1/Rooms", TranscribeParticipantsOnConnect="true", TranscriptionsConfiguration=deep)
        assert made.status == (201 if depth < 33 else 400)
        if made.status == 201:
            await client.join(made.json["sid"], "ann")
        reply = await client.ask("POST", "/_sandbox/clock", data=deep.replace("a", "Advance"), headers=json)
        assert reply.status == 400


@pytest.mark.usefixtures("unlimited")
async def test_what_is_told_to_customers_servers_must_be_utf_8(
    client: Client, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    room = await client.create(RecordParticipantsOnConnect="true", StatusCallback=receiver.url())
    await client.join(room["sid"], "ann", Tracks="audio")
    recording = (await client.get("/v1/Recordings")).json["recordings"][0]["sid"]
    failed = await client.ask("POST", f"/_sandbox/recordings/{recording}/fail", data=b"FailedOperation=%FF")
    form = f"From=%2B14155550100&To=%2B14155550101&VoiceUrl={quote(receiver.url())}&ForwardedFrom=%FF"
    called = await client.ask("POST", "/_sandbox/calls/incoming", data=form.encode(), headers=FORM)
    assert (failed.status, called.status) == (400, 400)
    assert called.json["message"] == "ForwardedFrom must be valid UTF-8"
    await client.sandbox.deliveries.drain()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("name", ["idna", "punycode", "PUNYCODE", "undefined", "hex", "utf-99"])
async def test_twiml_in_no_character_set_is_read_as_utf_8(client: Client, receiver: Receiver, name: str) -> None:
    receiver.answer = charset(name)
    made = await client.post(
        "/_sandbox/calls/incoming", From="+14155550100", To="+14155550101", VoiceUrl=receiver.url()
    )
    await client.sandbox.errands.idle()
    call = (await client.get(f"/_sandbox/calls/{made.json['sid']}")).json
    assert (call["status"], call["fetching"], call["notices"]) == ("completed", False, [])


@pytest.mark.usefixtures("unlimited")
async def test_a_call_goes_on_even_if_asking_for_its_twiml_breaks(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def send(*_request: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(client.sandbox.errands._courier, "send", send)
    form = {"From": "+14155550100", "To": "+14155550101", "VoiceUrl": "http://127.0.0.1:1/"}
    made = await client.post("/_sandbox/calls/incoming", **form)
    await client.sandbox.errands.idle()
    await client.advance(10)
    call = (await client.get(f"/_sandbox/calls/{made.json['sid']}")).json
    assert (call["status"], [notice["code"] for notice in call["notices"]]) == ("completed", [11200])
    assert [record.message for record in caplog.records] == ["no answer from http://127.0.0.1:1/"]


async def test_nobody_is_in_a_room_that_was_refused_for_too_many_tracks(client: Client) -> None:
    refused = await client.post("/_sandbox/participants", Room="new", Identity="ann", Tracks=",".join(["audio"] * 171))
    assert (refused.status, refused.json["code"]) == (400, 53203)
    assert (await client.get("/v1/Rooms")).json["rooms"] == []
    joined = await client.join("new", "ann", Tracks=",".join(["audio"] * 170))
    assert len(joined["tracks"]) == 170


def test_a_clock_too_fast_for_its_timers_falls_behind_and_does_not_run_away() -> None:
    seconds = count(1000.0, 0.01)
    clock = Clock(start=START, speed=100_000, ticks=lambda: next(seconds))

    def strike() -> None:
        clock.at(clock.now() + timedelta(seconds=1), strike)

    strike()
    for _ in range(20):
        turns = 0
        while not clock.run_due(100):  # which takes at least one of those hundredths of a second
            turns += 1
            assert turns < 40
    assert clock.now() > START + timedelta(hours=1)


@pytest.mark.parametrize("rooms", [3, 60])
def test_a_year_of_traffic_is_not_played_meeting_by_meeting(rooms: int) -> None:
    clock = Clock(start=START, speed=0)
    world = World(clock, Account(sid=CREDENTIALS.account_sid), seed=1)
    Director(world, rooms, 1).begin()
    before = next(world._numbers)
    clock.advance(366 * 86_400)
    slices = 0
    while not clock.run_due(1000):
        slices += 1
        assert slices < 100
    assert next(world._numbers) - before < 60_000
    assert rooms * 0.85 - 1 <= world.rooms.live_count <= rooms
    oldest = min(room.date_created for room in world.rooms.newest_first(RoomFilter(), Span(1000)))
    assert clock.now() - oldest < timedelta(days=1)


@pytest.mark.usefixtures("unlimited")
async def test_a_call_that_is_told_an_apology_is_in_no_room_any_more(client: Client) -> None:
    room = await client.create(UniqueName="daily")
    twiml = '<Response><Connect action="http://["><Room>daily</Room></Connect></Response>'
    form = {"From": "+14155550100", "To": "+14155550101", "Twiml": twiml}
    made = await client.post("/_sandbox/calls/incoming", **form)
    assert made.json["doing"] == "Connect"
    gone = f"/v1/Rooms/{room['sid']}/Participants/{made.json['participant_sid']}"
    assert (await client.post(gone, Status="disconnected")).status == 202
    call = (await client.get(f"/_sandbox/calls/{made.json['sid']}")).json
    assert (call["status"], call["doing"], call["steps"][-1]["what"]) == ("in-progress", None, "apology")
