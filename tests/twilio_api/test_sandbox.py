"""The gateway against the sandbox, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from roomtui.sandbox.options import SandboxOptions
from roomtui.sandbox.server import Sandbox
from roomtui.twilio_api import parse, sdk
from roomtui.twilio_api.clock import ServerClock
from roomtui.twilio_api.credentials import Credentials
from roomtui.twilio_api.errors import CredentialsRefused, NotFound, NotTwilio, Refused, Throttled, Unreachable
from roomtui.twilio_api.gateway import RoomQuery
from roomtui.twilio_api.retries import Retries
from roomtui.twilio_api.sdk import SdkGateway
from roomtui.twilio_api.transport import Transport
from tests.twilio_api.test_sdk import HOSTILE_NAMES
from tests.twilio_api.town import key_of

if TYPE_CHECKING:
    from tests.twilio_api.conftest import Open
    from tests.twilio_api.town import Town


async def test_reads_a_room_as_the_api_tells_it(town: Town) -> None:
    sid = await town.create(UniqueName="daily-standup", EmptyRoomTimeout="7", MaxParticipantDuration="600")
    room = await town.gateway.room("daily-standup")
    assert (room.sid, room.empty_room_timeout, room.max_participant_duration) == (sid, 7, 600)
    assert room.date_created is not None
    known = town.sandbox.credentials
    auth = (known.account_sid, known.auth_token)
    raw = await town.transport.request("GET", f"{town.sandbox.url}/v1/Rooms/{sid}", auth=auth)
    assert parse.to_api(room) == json.loads(raw.text)
    assert not room.more, "the sandbox sends nothing we do not know"


async def test_reads_all_pages(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "PAGE_SIZE", 3)
    sids = [await town.create(UniqueName=f"room-{number}") for number in range(8)]
    pages = [page async for page in town.gateway.room_pages(RoomQuery())]
    assert [len(page) for page in pages] == [3, 3, 2]
    assert sorted(room.sid for page in pages for room in page) == sorted(sids)


async def test_reads_a_list_of_a_thousand(town: Town) -> None:
    sids = [await town.create() for _ in range(1001)]
    assert sorted(room.sid for room in await town.rooms()) == sorted(sids)
    assert town.transport.counts.reads == 2


async def test_lists_what_it_is_asked_for(town: Town) -> None:
    old = await town.create(UniqueName="old")
    await town.gateway.end_room(old)
    await town.post("/_sandbox/clock", Advance="100")
    new = await town.create(UniqueName="new")
    created = (await town.gateway.room(new)).date_created
    assert created is not None
    assert [room.sid for room in await town.rooms()] == [new]
    assert [room.sid for room in await town.rooms(status="completed")] == [old]
    assert [room.sid for room in await town.rooms(unique_name="new")] == [new]
    east = timezone(timedelta(hours=9))
    assert [room.sid for room in await town.rooms(created_after=created.astimezone(east))] == [new]
    assert await town.rooms(created_before=created.astimezone(east)) == []
    assert len(await town.rooms(created_before=created + timedelta(microseconds=1))) == 1


async def test_addresses_each_room_by_its_name(town: Town) -> None:
    names = [name for name in HOSTILE_NAMES if name.isprintable()] + [".", "..", "a", "Rooms"]
    made = {name: await town.create(UniqueName=name) for name in names}
    for name, sid in made.items():
        assert (await town.gateway.room(name)).sid == sid, quote(name)


async def test_gives_each_of_300_fetches_its_own_room(town: Town) -> None:
    sids = [await town.create() for _ in range(300)]
    rooms = await asyncio.gather(*(town.gateway.room(sid) for sid in sids))
    assert [room.sid for room in rooms] == sids


async def test_tells_who_is_in_and_who_was(town: Town) -> None:
    room = await town.create(UniqueName="talk")
    alice = await town.join("talk", "alice")
    bob = await town.join("talk", "bob")
    await town.post(f"/_sandbox/participants/{bob}/leave")
    [present] = await town.gateway.participants(room)
    [gone] = await town.gateway.participants(room, status="disconnected")
    assert (present.sid, present.identity.raw, present.is_present) == (alice, "alice", True)
    assert (gone.sid, gone.identity.raw, gone.is_present) == (bob, "bob", False)
    assert gone.end_time is not None
    assert present.end_time is None
    assert present.room_sid == room


async def test_ends_a_room_for_everybody(town: Town) -> None:
    sid = await town.create(UniqueName="talk")
    await town.join("talk", "alice")
    room, request_id = await town.gateway.end_room(sid)
    assert (room.sid, room.status) == (sid, "completed")
    assert request_id is not None
    assert request_id == town.transport.counts.last_request_id
    assert not (await town.gateway.room(sid)).is_live
    [alice] = await town.gateway.participants(sid)
    assert not alice.is_present
    with pytest.raises(NotFound):
        await town.gateway.room("talk")
    with pytest.raises(Refused, match="53112"):
        await town.gateway.end_room(sid)


async def test_knows_a_refusal_from_a_room_that_is_not_there(town: Town) -> None:
    with pytest.raises(NotFound) as missing:
        await town.gateway.room("RM" + "0" * 32)
    assert (missing.value.status, missing.value.code) == (404, 20404)
    with pytest.raises(NotFound):
        await town.gateway.participants("RM" + "0" * 32)
    with pytest.raises(Refused, match="Status") as refused:
        await town.rooms(status="nonsense")
    assert refused.value.status == 400


@pytest.mark.parametrize("right_user", [True, False])
async def test_says_that_the_credentials_are_wrong(town: Town, *, right_user: bool) -> None:
    known = town.sandbox.credentials
    user = known.api_key if right_user else "SK" + "0" * 32
    gateway = SdkGateway(Credentials(user, "wrong", known.account_sid), town.transport)
    with pytest.raises(CredentialsRefused, match="20003"):
        await gateway.room("x")
    with pytest.raises(CredentialsRefused, match="20003"):
        await anext(gateway.room_pages(RoomQuery()))


async def test_works_with_the_account_and_its_token_too(town: Town) -> None:
    known = town.sandbox.credentials
    gateway = SdkGateway(Credentials(known.account_sid, known.auth_token, known.account_sid), town.transport)
    sid = await town.create()
    assert (await gateway.room(sid)).sid == sid


async def test_learns_the_time_of_the_sandbox_and_follows_its_jumps(town: Town) -> None:
    clock = town.transport.clock
    for jump in (0, 300, 86_400, 5):
        await town.post("/_sandbox/clock", Advance=str(jump))
        await town.rooms()
        assert abs((clock.now() - town.sandbox.clock.now()).total_seconds()) < 1.0


async def test_keeps_within_a_second_with_a_host_that_is_wrong_by_five_minutes(open_to: Open) -> None:
    looks = count(1000.0, 0.002)  # time goes on by being looked at: it does not hang on how busy this machine is

    def ticks() -> float:
        return next(looks)

    async with Sandbox(SandboxOptions(speed=0)) as sandbox:
        sandbox.clock._ticks = ticks
        sandbox.clock.speed = 60

        def wrong() -> datetime:
            return sandbox.clock.now() - timedelta(minutes=5)

        clock = ServerClock(monotonic=ticks, wall=wrong, rate=60.0)
        gateway = SdkGateway(key_of(sandbox), open_to(sandbox.url, clock=clock))
        for _ in range(20):
            with pytest.raises(NotFound):
                await gateway.room("nobody")
        assert abs((clock.now() - sandbox.clock.now()).total_seconds()) < 1.0
        skew = clock.skew()
        assert skew is not None
        assert skew == pytest.approx(-300.0, abs=1.0)


@pytest.mark.parametrize("kind", ["429", "500", "503", "reset", "truncated"])
async def test_gets_over_trouble_that_passes(town: Town, kind: str) -> None:
    sid = await town.create()
    await town.fault(kind, Count="2")
    assert (await town.gateway.room(sid)).sid == sid
    assert town.transport.counts.retries == 2


async def test_sends_an_end_again_that_was_throttled_and_nothing_else(town: Town) -> None:
    sid = await town.create()
    await town.fault("429", Count="2")
    assert (await town.gateway.end_room(sid))[0].status == "completed"
    other = await town.create()
    await town.fault("503", Count="1")
    with pytest.raises(Refused, match="trouble"):
        await town.gateway.end_room(other)
    assert (await town.gateway.room(other)).is_live


@pytest.mark.parametrize(
    ("kind", "error"),
    [("malformed", NotTwilio), ("timeout", Unreachable), ("auth", CredentialsRefused), ("429", Throttled)],
)
async def test_says_what_is_wrong(town: Town, kind: str, error: type[Exception]) -> None:
    await town.fault(kind, Count="50")
    impatient = Transport(town.sandbox.url, retries=Retries(attempts=1), timeout=0.1 if kind == "timeout" else 10.0)
    gateway = SdkGateway(key_of(town.sandbox), impatient)
    with pytest.raises(error):
        await gateway.room("x")
    with pytest.raises(error):
        await anext(gateway.room_pages(RoomQuery()))
    await gateway.close()


async def test_counts_as_the_sandbox_counts(town: Town) -> None:
    sid = await town.create()
    for _ in range(5):
        await town.gateway.room(sid)
    await town.rooms()
    await town.gateway.participants(sid)
    known = town.sandbox.credentials
    raw = await town.transport.request("GET", f"{town.sandbox.url}/_sandbox/requests", auth=(known.api_key, "x"))
    report = json.loads(raw.text)
    assert sum(row["count"] for row in report["requests"] if row["method"] == "GET") == 7
    assert town.transport.counts.reads == 8, "the report is one more"
