"""What the gateway changes at Twilio, and the reads that belong to it, against a server that answers anything."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from roomtui.rooms.new_room import NewRoom
from roomtui.rooms.recording import EVERYTHING, NOTHING, RecordingRule
from roomtui.twilio_api.clock import ServerClock
from roomtui.twilio_api.errors import Broken, NotFound, NotTwilio, Refused, TwilioError, Unreachable, Unsendable
from tests.twilio_api.scripted import (
    CALL_SID,
    PARTICIPANT_SID,
    ROOM_SID,
    Action,
    Counting,
    Reply,
    Reset,
    Scripted,
    call_json,
    calls_page_json,
    page_json,
    participant_json,
    refusal_json,
    room_json,
    rules_json,
    track_json,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from roomtui.twilio_api.gateway import Gateway
    from tests.twilio_api.conftest import Connect

REQUEST_ID = "RQ" + "7" * 32
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
HEADERS = {"Twilio-Request-Id": REQUEST_ID}
RECORD: list[dict[str, object]] = [{"type": "include", "all": True}]
PARTICIPANT_PATH = f"/v1/Rooms/{ROOM_SID}/Participants/{PARTICIPANT_SID}"
NO_SIDS = [
    "alice",
    "",
    ".",
    "..",
    "RM1",
    "a/b",
    ROOM_SID + "/x",
    ROOM_SID + "\n",
    PARTICIPANT_SID + "?x",
    "RT" + "0" * 32,
]

# A request that changes something, the answer that it wants, and how a person would call it.
DEEDS: dict[str, tuple[Callable[[Gateway], Awaitable[object]], Reply]] = {
    "create": (lambda gateway: gateway.create_room(NewRoom()), Reply(201, room_json())),
    "remove": (
        lambda gateway: gateway.remove_participant(ROOM_SID, PARTICIPANT_SID),
        Reply(202, participant_json(status="disconnected")),
    ),
    "record": (lambda gateway: gateway.set_recording_rules(ROOM_SID, EVERYTHING), Reply(200, rules_json(RECORD))),
}
READS: dict[str, Callable[[Gateway, str, str], Awaitable[object]]] = {
    "participant": lambda gateway, room, person: gateway.participant(room, person),
    "published tracks": lambda gateway, room, person: gateway.published_tracks(room, person),
    "recording rules": lambda gateway, room, _: gateway.recording_rules(room),
}
LOOKS: dict[str, tuple[Callable[[Gateway, bool], Awaitable[object]], dict[str, object]]] = {
    "participant": (
        lambda gateway, urgent: gateway.participant(ROOM_SID, PARTICIPANT_SID, urgent=urgent),
        participant_json(),
    ),
    "published tracks": (
        lambda gateway, urgent: gateway.published_tracks(ROOM_SID, PARTICIPANT_SID, urgent=urgent),
        page_json("published_tracks", []),
    ),
    "recording rules": (
        lambda gateway, urgent: gateway.recording_rules(ROOM_SID, urgent=urgent),
        rules_json(RECORD),
    ),
    "call": (lambda gateway, urgent: gateway.call(CALL_SID, urgent=urgent), call_json()),
    "calls to": (
        lambda gateway, urgent: gateway.calls_to("+15005550006", since=NOON, urgent=urgent),
        calls_page_json([]),
    ),
}
ACTS: dict[str, Callable[[Gateway, str, str], Awaitable[object]]] = {
    "remove": lambda gateway, room, person: gateway.remove_participant(room, person),
    "record": lambda gateway, room, _: gateway.set_recording_rules(room, NOTHING),
}


# -- creating a room --------------------------------------------------------------------------------------------------


async def test_creates_a_room_and_tells_what_twilio_made_of_it(connect: Connect) -> None:
    new = NewRoom(unique_name="Board & Cö", empty_room_timeout=7, video_codecs=("H264",), large_room=False)
    async with Scripted(Reply(201, room_json(3, unique_name="Board & Cö", empty_room_timeout=7), HEADERS)) as server:
        room, request_id = await connect(server.url).create_room(new)
        assert (room.sid, room.empty_room_timeout, request_id) == (f"RM{3:032x}", 7, REQUEST_ID)
        [asked] = server.asked
        assert (asked.method, asked.target) == ("POST", "/v1/Rooms")
        assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert parse_qs(asked.body, strict_parsing=True) == {
            "UniqueName": ["Board & Cö"],
            "EmptyRoomTimeout": ["7"],
            "VideoCodecs": ["H264"],
            "LargeRoom": ["false"],
        }


async def test_creates_a_room_of_which_nothing_is_said(connect: Connect) -> None:
    async with Scripted(Reply(201, room_json(3, unique_name=f"RM{3:032x}"))) as server:
        room, request_id = await connect(server.url).create_room(NewRoom())
        assert not room.has_name
        assert request_id is None
        assert server.asked[0].body == ""


@pytest.mark.parametrize("told", [room_json(3, unique_name="another"), room_json(3, sid="CA" + "0" * 32)])
async def test_takes_no_other_room_for_the_one_it_created(connect: Connect, told: dict[str, object]) -> None:
    async with Scripted(Reply(201, told)) as server:
        with pytest.raises(NotTwilio, match="to create a room and answered about another one"):
            await connect(server.url).create_room(NewRoom(unique_name="room-3"))


async def test_says_why_twilio_would_not_create_it(connect: Connect) -> None:
    async with Scripted(Reply(400, refusal_json(400, 53113, "Room exists"))) as server:
        with pytest.raises(Refused, match="Room exists") as refused:
            await connect(server.url).create_room(NewRoom(unique_name="daily"))
        assert refused.value.code == 53113


async def test_sends_nothing_that_is_no_text(connect: Connect) -> None:
    async with Scripted(Reply(201, room_json())) as server:
        with pytest.raises(Unsendable):
            await connect(server.url).create_room(NewRoom(unique_name="\udce9"))
        assert server.asked == []


# -- removing somebody ------------------------------------------------------------------------------------------------


async def test_removes_somebody_by_sid(connect: Connect) -> None:
    async with Scripted(Reply(202, participant_json(status="disconnected"), HEADERS)) as server:
        gone, request_id = await connect(server.url).remove_participant(ROOM_SID, PARTICIPANT_SID)
        assert (gone.sid, gone.is_present, request_id) == (PARTICIPANT_SID, False, REQUEST_ID)
        [asked] = server.asked
        assert (asked.method, asked.target, asked.body) == ("POST", PARTICIPANT_PATH, "Status=disconnected")


@pytest.mark.parametrize(
    "told", [participant_json(2), participant_json(1, room_sid=f"RM{2:032x}"), participant_json(1, sid=ROOM_SID)]
)
async def test_takes_nobody_else_for_who_was_asked_about(connect: Connect, told: dict[str, object]) -> None:
    async with Scripted(Reply(202, told)) as server:
        gateway = connect(server.url)
        with pytest.raises(NotTwilio, match=f"to remove {PARTICIPANT_SID} and answered about another participant"):
            await gateway.remove_participant(ROOM_SID, PARTICIPANT_SID)
        with pytest.raises(NotTwilio, match=f"for {PARTICIPANT_SID} and answered about another participant"):
            await gateway.participant(ROOM_SID, PARTICIPANT_SID)


async def test_reads_one_participant(connect: Connect) -> None:
    async with Scripted(Reply(body=participant_json(1, status="reconnecting"))) as server:
        person = await connect(server.url).participant(ROOM_SID, PARTICIPANT_SID)
        assert (person.identity.raw, person.status) == ("person-1", "reconnecting")
        assert (server.asked[0].method, server.asked[0].target) == ("GET", PARTICIPANT_PATH)


# -- tracks -----------------------------------------------------------------------------------------------------------


async def test_reads_all_tracks_that_somebody_publishes(connect: Connect) -> None:
    first = page_json("published_tracks", [track_json(1), track_json(2, kind="video")], "/v1/next?Page=1")
    second = page_json("published_tracks", [track_json(3, kind="data")])
    async with Scripted(Reply(body=first), Reply(body=second)) as server:
        tracks = await connect(server.url).published_tracks(ROOM_SID, PARTICIPANT_SID)
        assert [track.kind for track in tracks] == ["audio", "video", "data"]
        assert server.asked[0].target == f"{PARTICIPANT_PATH}/PublishedTracks?PageSize=1000"


async def test_takes_nobody_elses_tracks_for_theirs(connect: Connect) -> None:
    told = page_json("published_tracks", [track_json(1), track_json(2, participant_sid=f"PA{2:032x}")])
    async with Scripted(Reply(body=told)) as server:
        with pytest.raises(NotTwilio, match="another participant"):
            await connect(server.url).published_tracks(ROOM_SID, PARTICIPANT_SID)


# -- recording rules --------------------------------------------------------------------------------------------------


async def test_reads_recording_rules_as_of_twilios_time(connect: Connect) -> None:
    clock = ServerClock(rate=0.0)
    async with Scripted(Reply(body=rules_json(RECORD), headers={"Date": "Fri, 20 Nov 2026 12:00:00 GMT"})) as server:
        rules = await connect(server.url, clock=clock).recording_rules(ROOM_SID)
        assert rules.rules == EVERYTHING
        assert rules.room_sid == ROOM_SID
        assert rules.as_of.isoformat().startswith("2026-11-20T12:00:00")
        assert server.asked[0].target == f"/v1/Rooms/{ROOM_SID}/RecordingRules"


async def test_puts_rules_in_the_place_of_a_rooms_rules(connect: Connect) -> None:
    rules = (RecordingRule(type="include", kind="audio"),)
    told = rules_json([{"type": "include", "kind": "audio"}])
    async with Scripted(Reply(200, told, HEADERS)) as server:
        set_, request_id = await connect(server.url).set_recording_rules(ROOM_SID, rules)
        assert (set_.rules, request_id) == (rules, REQUEST_ID)
        [asked] = server.asked
        assert (asked.method, asked.target) == ("POST", f"/v1/Rooms/{ROOM_SID}/RecordingRules")
        assert parse_qs(asked.body) == {"Rules": ['[{"type":"include","kind":"audio"}]']}


async def test_takes_no_other_rooms_rules_for_this_ones(connect: Connect) -> None:
    async with Scripted(Reply(200, rules_json(RECORD, room_sid=f"RM{2:032x}"))) as server:
        gateway = connect(server.url)
        for asking in (gateway.recording_rules(ROOM_SID), gateway.set_recording_rules(ROOM_SID, NOTHING)):
            with pytest.raises(NotTwilio, match="another room"):
                await asking


# -- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sid", NO_SIDS)
@pytest.mark.parametrize("asking", [*READS.values(), *ACTS.values()], ids=[*READS, *ACTS])
async def test_addresses_nothing_but_by_its_sid(
    connect: Connect, asking: Callable[[Gateway, str, str], Awaitable[object]], sid: str
) -> None:
    async with Scripted(Reply()) as server:
        with pytest.raises(NotFound, match="by its SID"):
            await asking(connect(server.url), sid, PARTICIPANT_SID)
        assert server.asked == []


@pytest.mark.parametrize("sid", [*NO_SIDS, ROOM_SID])
@pytest.mark.parametrize("asking", [READS["participant"], READS["published tracks"], ACTS["remove"]])
async def test_addresses_nobody_but_by_their_sid(
    connect: Connect, asking: Callable[[Gateway, str, str], Awaitable[object]], sid: str
) -> None:
    async with Scripted(Reply()) as server:
        with pytest.raises(NotFound, match="a participant is addressed by its SID"):
            await asking(connect(server.url), ROOM_SID, sid)
        assert server.asked == []


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("urgent", [True, False])
async def test_a_person_who_waits_stands_behind_no_poll(connect: Connect, look: str, *, urgent: bool) -> None:
    asking, answer = LOOKS[look]
    pace = Counting()
    async with Scripted(Reply(body=answer)) as server:
        await asking(connect(server.url, pace=pace), urgent)
        assert pace.admitted == [urgent]


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(
    ("trouble", "error"),
    [(Reset(), Unreachable), (Reply(500), Broken), (Reply(503), Broken), (Reply(200, "<html>"), NotTwilio)],
)
async def test_is_done_once_where_the_answer_is_not_clear(
    connect: Connect, deed: str, trouble: Action, error: type[TwilioError]
) -> None:
    async with Scripted(trouble) as server:
        with pytest.raises(error):
            await DEEDS[deed][0](connect(server.url))
        assert len(server.asked) == 1


@pytest.mark.parametrize("deed", DEEDS)
async def test_is_asked_again_where_twilio_never_did_it(connect: Connect, deed: str, slept: list[float]) -> None:
    act, answer = DEEDS[deed]
    throttled = Reply(429, refusal_json(429, 20429, "Too Many Requests"))
    async with Scripted(throttled, throttled, answer) as server:
        await act(connect(server.url))
        assert len(server.asked) == 3
        assert len(slept) == 2


@pytest.mark.parametrize("trouble", [Reply(418, "teapot"), Reply(200, b"\xff"), Reply(200, []), Reply(200, {"sid": 1})])
async def test_raises_nothing_but_twilio_errors(connect: Connect, trouble: Action) -> None:
    async with Scripted(trouble) as server:
        gateway = connect(server.url)
        asked = [act(gateway) for act, _ in DEEDS.values()]
        asked += [read(gateway, ROOM_SID, PARTICIPANT_SID) for read in READS.values()]
        for asking in asked:
            with pytest.raises(TwilioError) as raised:
                await asking
            assert raised.value.sentence.isprintable()
