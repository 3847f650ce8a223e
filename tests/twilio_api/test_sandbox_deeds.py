"""What the gateway changes at Twilio, done to the sandbox over real HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.calls import CallStatus, NewCall
from roomtui.rooms.new_room import NewRoom, like
from roomtui.rooms.personal import is_phone
from roomtui.rooms.recording import EVERYTHING, NOTHING, Recording, RecordingRule, recording
from roomtui.rooms.twiml import FALLBACK_SAY, snippet
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api import sdk
from roomtui.twilio_api.errors import Broken, NotFound, NotTwilio, Refused, TwilioError, Unreachable

if TYPE_CHECKING:
    from roomtui.rooms.model import Room
    from tests.twilio_api.town import Town

NUMBER = "+15005550006"
OURS = "+15005550100"


# -- rooms ------------------------------------------------------------------------------------------------------------


async def test_creates_a_room_with_every_parameter(town: Town) -> None:
    new = NewRoom(
        unique_name="Board & Cö",
        type="group",
        max_participants=7,
        max_participant_duration=3600,
        empty_room_timeout=6,
        unused_room_timeout=8,
        status_callback="http://127.0.0.1:9/hook?a=b&c",
        status_callback_method="GET",
        record_participants_on_connect=True,
        recording_rules=(RecordingRule(type="include", kind="audio", publisher=Untrusted("böb")),),
        video_codecs=("H264",),
        media_region="ie1",
        audio_only=False,
        large_room=False,
        transcribe_participants_on_connect=False,
        transcriptions_configuration={"languageCode": "de-DE"},
        enable_turn=True,
    )
    room, request_id = await town.gateway.create_room(new)
    assert request_id is not None
    assert room.is_live
    assert (room.unique_name.raw, room.type, room.max_participants) == ("Board & Cö", "group", 7)
    assert (room.max_participant_duration, room.empty_room_timeout, room.unused_room_timeout) == (3600, 6, 8)
    assert room.status_callback == Untrusted("http://127.0.0.1:9/hook?a=b&c")
    assert (room.status_callback_method, room.video_codecs, room.media_region) == ("GET", ("H264",), "ie1")
    assert room.record_participants_on_connect is True
    assert (await town.gateway.recording_rules(room.sid)).rules == new.recording_rules
    assert await town.gateway.room(room.sid) == room
    with pytest.raises(Refused, match="Room exists") as refused:
        await town.gateway.create_room(new)
    assert refused.value.code == 53113


async def test_creates_a_nameless_room_and_the_same_again(town: Town) -> None:
    first, _ = await town.gateway.create_room(NewRoom(empty_room_timeout=9))
    second, _ = await town.gateway.create_room(like(first))
    assert first.sid != second.sid
    assert not first.has_name
    assert not second.has_name
    assert like(first) == like(second)
    assert (second.empty_room_timeout, second.max_participants) == (9, 50)


async def test_creates_a_room_like_an_ad_hoc_one(town: Town) -> None:
    await town.join("talk", "alice")
    ad_hoc = await town.gateway.room("talk")
    await town.gateway.end_room(ad_hoc.sid)
    again, _ = await town.gateway.create_room(like(ad_hoc))
    assert (ad_hoc.empty_room_timeout, again.empty_room_timeout) == (0, 5)
    assert again.unique_name.raw == "talk"


@pytest.mark.parametrize(
    ("fault", "error"),
    [("500", Broken), ("503", Broken), ("reset", Unreachable), ("truncated", Unreachable), ("malformed", NotTwilio)],
)
async def test_asks_for_a_room_once_where_the_answer_is_not_clear(
    town: Town, fault: str, error: type[TwilioError]
) -> None:
    await town.fault(fault, Count="1")
    writes = town.transport.counts.writes
    with pytest.raises(error):
        await town.gateway.create_room(NewRoom(unique_name="once"))
    assert town.transport.counts.writes == writes + 1


async def test_removes_one_of_two(town: Town) -> None:
    sid = await town.create(UniqueName="talk")
    alice, bob = await town.join("talk", "alice"), await town.join("talk", "bob")
    gone, request_id = await town.gateway.remove_participant(sid, bob)
    assert (gone.sid, gone.identity.raw, gone.is_present) == (bob, "bob", False)
    assert request_id is not None
    assert [person.sid for person in await town.gateway.participants(sid, status="connected")] == [alice]
    assert not (await town.gateway.participant(sid, bob)).is_present
    with pytest.raises(NotFound):
        await town.gateway.participant(sid, "PA" + "0" * 32)
    with pytest.raises(NotFound):
        await town.gateway.remove_participant("RM" + "0" * 32, alice)


async def test_tells_what_somebody_publishes_and_whether_it_is_muted(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdk, "PAGE_SIZE", 1)
    sid = await town.create(UniqueName="talk")
    alice = str((await town.post("/_sandbox/participants", Room="talk", Identity="alice", Tracks="audio,video"))["sid"])
    tracks = await town.gateway.published_tracks(sid, alice)
    assert sorted(track.kind for track in tracks) == ["audio", "video"]
    assert all(track.enabled and track.participant_sid == alice for track in tracks)
    bob = await town.join("talk", "bob")
    assert {track.participant_sid for track in await town.gateway.published_tracks(sid, bob)} <= {bob}


async def test_starts_and_stops_recording(town: Town) -> None:
    sid = await town.create(UniqueName="talk")
    before = await town.gateway.recording_rules(sid)
    assert recording(before.rules) is Recording.OFF
    assert abs((before.as_of - town.sandbox.clock.now()).total_seconds()) < 1.0
    told, request_id = await town.gateway.set_recording_rules(sid, EVERYTHING)
    assert recording(told.rules) is Recording.ON
    assert request_id is not None
    assert (await town.gateway.recording_rules(sid)).rules == EVERYTHING
    await town.gateway.set_recording_rules(sid, NOTHING)
    assert (await town.gateway.recording_rules(sid)).rules == NOTHING
    with pytest.raises(Refused, match="53120"):
        await town.gateway.set_recording_rules(sid, ())


# -- calls ------------------------------------------------------------------------------------------------------------


async def room_for_calls(town: Town) -> Room:
    room, _ = await town.gateway.create_room(NewRoom(unique_name="Board & Co"))
    return room


async def follow(town: Town, sid: str) -> list[str]:
    """The statuses that a call goes through until it is answered or over."""
    seen: list[str] = []
    for _ in range(200):
        call = await town.gateway.call(sid)
        if call.status not in seen:
            seen.append(call.status)
        if call.is_over or call.status == CallStatus.IN_PROGRESS:
            return seen
        await town.advance(0.5)
    raise AssertionError(seen)


async def until_somebody_is_in(town: Town, room: Room) -> None:
    for _ in range(200):
        if await town.gateway.participants(room.sid, status="connected"):
            return
        await town.advance(0.5)
    raise AssertionError("nobody came")


@pytest.mark.parametrize("identity", ["", "alice & bob"])
async def test_calls_a_phone_into_a_room_and_hangs_up(town: Town, identity: str) -> None:
    room = await room_for_calls(town)
    twiml = snippet(room.unique_name.raw, identity=identity, fallback_say=FALLBACK_SAY)
    asked_at = town.transport.clock.now()
    call, request_id = await town.gateway.dial(NewCall(to=NUMBER, from_=OURS, twiml=twiml))
    assert request_id is not None
    assert (call.to.raw, call.from_.raw, call.direction) == (NUMBER, OURS, "outbound-api")
    assert call.date_created is not None
    assert not call.is_over
    assert [found.sid for found in await town.gateway.calls_to(NUMBER, since=asked_at)] == [call.sid]
    assert (await follow(town, call.sid))[-1] == CallStatus.IN_PROGRESS
    await until_somebody_is_in(town, room)
    [phone] = await town.gateway.participants(room.sid, status="connected")
    if identity:
        assert phone.identity.raw == identity
    else:
        assert is_phone(phone.identity.raw)
        assert phone.identity.raw.startswith(NUMBER)
    await town.advance(30)
    over, _ = await town.gateway.hang_up(call.sid)
    assert over.sid == call.sid
    ended = await town.gateway.call(call.sid)
    assert ended.status == CallStatus.COMPLETED
    assert ended.duration is not None
    assert ended.duration >= 30
    assert ended.end_time is not None
    assert await town.gateway.participants(room.sid, status="connected") == ()


@pytest.mark.parametrize("behaviour", ["busy", "no-answer", "failed"])
async def test_follows_a_call_that_comes_to_nothing(town: Town, behaviour: str) -> None:
    room = await room_for_calls(town)
    await town.post("/_sandbox/numbers", Number=NUMBER, Behaviour=behaviour)
    call, _ = await town.gateway.dial(NewCall(to=NUMBER, from_=OURS, twiml=snippet(room.unique_name.raw)))
    assert (await follow(town, call.sid))[-1] == behaviour
    assert (await town.gateway.call(call.sid)).duration in {None, 0}


async def test_hangs_up_before_anybody_answers(town: Town) -> None:
    call, _ = await town.gateway.dial(NewCall(to=NUMBER, from_=OURS, twiml="<Response/>", ring_seconds=20))
    await town.gateway.hang_up(call.sid)
    assert (await town.gateway.call(call.sid)).is_over


async def test_finds_calls_over_pages_and_none_that_is_older(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "PAGE_SIZE", 2)
    old, _ = await town.gateway.dial(NewCall(to=NUMBER, from_=OURS, twiml="<Response/>"))
    await town.advance(60)
    since = town.transport.clock.now()
    other, _ = await town.gateway.dial(NewCall(to="+15005550009", from_=OURS, twiml="<Response/>"))
    made = [(await town.gateway.dial(NewCall(to=NUMBER, from_=OURS, twiml="<Response/>")))[0].sid for _ in range(5)]
    found = [call.sid for call in await town.gateway.calls_to(NUMBER, since=since)]
    assert found == made[::-1], "newest first"
    assert not {old.sid, other.sid} & set(found)
    assert len(await town.gateway.calls_to(NUMBER, since=since - timedelta(minutes=2))) == 6


async def test_says_why_a_number_cannot_be_called(town: Town) -> None:
    with pytest.raises(Refused) as refused:
        await town.gateway.dial(NewCall(to="+15005550001", from_=OURS, twiml="<Response/>"))
    assert refused.value.code == 21217
    with pytest.raises(NotFound):
        await town.gateway.call("CA" + "0" * 32)
