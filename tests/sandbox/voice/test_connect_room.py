"""`<Connect><Room>`, as its documents tell it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roomtui.sandbox.voice.call import CallStatus, Instructions
from roomtui.sandbox.voice.request import UpdateRequest
from roomtui.sandbox.world.limits import RoomType
from roomtui.sandbox.world.participant import Departure
from tests.sandbox.voice.office import ALICE, START, URL, Office, codes, did, response, room, xml


def test_the_phone_takes_part_with_one_audio_track_until_the_call_ends(office: Office) -> None:
    daily = office.open_room()
    call = office.talk(room("daily", "alice"))
    alice = daily.present["alice"]
    assert (alice.sid, alice.phone) == (call.participant_sid, ALICE)
    assert [track.kind for track in alice.tracks.values()] == ["audio"]
    office.advance(100)
    office.board.put_down(call)
    assert (alice.departure, alice.duration, call.duration) == (Departure.LEFT, 100, 100)
    assert daily.is_live


def test_without_an_identity_one_is_made_up_and_an_empty_one_is_none(office: Office) -> None:
    daily = office.open_room()
    office.talk(room("daily"))
    office.talk(room("daily", ""))
    assert len(daily.present) == 2
    assert all(identity.startswith(f"{ALICE}-") for identity in daily.present)


def test_white_space_around_the_name_does_not_count(office: Office) -> None:
    daily = office.open_room("Board & Co")
    office.talk(room("\n  Board &amp; Co\n", "a"))
    assert list(daily.present) == ["a"]


def test_a_nameless_room_is_called_by_its_sid(office: Office) -> None:
    daily = office.open_room("")
    office.talk(room(daily.sid, "a"))
    assert list(daily.present) == ["a"]


def test_no_such_room_moves_the_call_to_the_next_verb(office: Office) -> None:
    call = office.talk(room("nobody"), "<Pause length='9'/>")
    assert (did(call)[-1], codes(call)) == ("pause", [53106])
    assert office.world.rooms.live_named("nobody") is None


def test_no_such_room_in_the_last_verb_disconnects_the_call(office: Office) -> None:
    call = office.place(room("nobody"))
    office.advance(5)
    assert (call.status, call.duration) == (CallStatus.COMPLETED, 0)
    assert office.world.rooms.live_named("nobody") is None


def test_an_ended_room_is_no_room_in_progress(office: Office) -> None:
    office.world.complete_room(office.open_room())
    call = office.talk(room("daily"), "<Pause length='9'/>")
    assert codes(call) == [53106]


@pytest.mark.parametrize("kind", [RoomType.PEER_TO_PEER, RoomType.GO, RoomType.GROUP_SMALL])
def test_only_group_rooms_take_phones(office: Office, kind: RoomType) -> None:
    daily = office.open_room(kind=kind)
    call = office.talk(room("daily"), "<Pause length='9'/>")
    assert (did(call)[-1], codes(call), list(daily.present)) == ("pause", [53114], [])


def test_35_phones_is_the_most(office: Office) -> None:
    daily = office.open_room()
    calls = [office.talk(room("daily"), "<Pause length='900'/>") for _ in range(36)]
    assert len(daily.present) == 35
    assert [codes(call) for call in calls] == [[]] * 35 + [[53105]]
    assert did(calls[-1])[-1] == "pause"


def test_the_same_identity_puts_the_first_one_out_whose_call_goes_on(office: Office) -> None:
    daily = office.open_room()
    first = office.talk(room("daily", "alice"), "<Pause length='60'/>")
    second = office.talk(room("daily", "alice"))
    office.advance(0)
    assert daily.present["alice"].sid == second.participant_sid
    gone = office.world.find_participant(first.participant_sid or "")
    assert gone is not None
    assert gone.departure is Departure.DUPLICATE_IDENTITY
    assert did(first)[-2:] == ["left-room", "pause"]
    office.advance(60)
    assert (first.status, second.status) == (CallStatus.COMPLETED, CallStatus.IN_PROGRESS)


def test_two_calls_that_take_each_others_place_for_ever_are_stopped(office: Office) -> None:
    office.open_room(minutes=60)
    office.pages[URL] = xml(room("daily", "alice"), f"<Redirect>{URL}</Redirect>")
    calls = [office.place(url=URL), office.place(url=URL)]
    office.advance(60)
    assert any(12400 in codes(call) for call in calls)
    assert len(office.asked) < 300


@pytest.mark.parametrize("identity", ["x" * 129])
def test_an_identity_that_cannot_be_moves_the_call_on(office: Office, identity: str) -> None:
    daily = office.open_room()
    call = office.talk(room("daily", identity), "<Pause length='9'/>")
    assert (codes(call), list(daily.present)) == ([53201], [])


@pytest.mark.parametrize("region", ["ie1", "au1"])
def test_the_verb_is_not_available_outside_us1(office: Office, region: str) -> None:
    daily = office.open_room()
    office.world.account.region = region
    call = office.talk(room("daily"), "<Pause length='9'/>")
    assert (did(call)[-1], list(daily.present)) == ("pause", [])
    assert region.upper() in call.notices[0].message


def _kick(office: Office) -> None:
    alice = office.world.rooms.live_named("daily")
    assert alice is not None
    office.world.remove(alice.present["alice"])


def _complete(office: Office) -> None:
    daily = office.world.rooms.live_named("daily")
    assert daily is not None
    office.world.complete_room(daily)


@pytest.mark.parametrize("put_out", [_kick, _complete])
def test_who_is_put_out_goes_on_with_the_next_verb_or_is_hung_up_on(office: Office, put_out: object) -> None:
    office.open_room()
    call = office.talk(room("daily", "alice"), "<Pause length='7'/>")
    last = office.talk(room("daily", "bob"))
    office.advance(10)
    assert callable(put_out)
    put_out(office)
    office.advance(0)
    assert did(call)[-1] == "pause"
    assert last.is_live is (put_out is _kick)
    office.advance(7)
    assert call.status is CallStatus.COMPLETED


def test_the_session_length_puts_a_phone_out_at_its_second(office: Office) -> None:
    daily = office.open_room()
    call = office.place(room("daily", "alice"), "<Pause length='7'/>", time_limit=20_000)
    office.advance(86_000)
    assert did(call)[-2:] == ["hang-up", "completed"]
    assert call.duration == 14_400 + 7
    assert daily.end_time == START + timedelta(seconds=5 + 14_400 + 300)


def test_who_stands_in_a_room_that_ends_does_not_come_back_into_it(office: Office) -> None:
    daily = office.open_room()
    call = office.talk(room("daily", "alice"), room("daily", "alice"), "<Pause length='9'/>")
    office.world.complete_room(daily)
    office.advance(0)
    assert (did(call)[-1], codes(call)) == ("pause", [53106])
    assert len(daily.participants) == 1


def test_a_kicked_phone_may_come_back_with_its_next_verb(office: Office) -> None:
    daily = office.open_room()
    call = office.talk(room("daily", "alice"), room("daily", "alice"))
    _kick(office)
    office.advance(0)
    assert list(daily.present) == ["alice"]
    assert daily.present["alice"].sid == call.participant_sid
    assert len(daily.participants) == 2


def test_an_action_is_asked_when_the_stay_is_over(office: Office) -> None:
    office.open_room()
    office.pages[URL] = xml(room("daily", "alice").replace("<Connect>", "<Connect action='after?x=1' method='GET'>"))
    office.pages["http://127.0.0.1:9999/after"] = xml("<Pause length='9'/>")
    call = office.talk("<Pause/>", url=URL)
    office.advance(0)
    _kick(office)
    office.advance(0)
    last = office.asked[-1]
    assert (last.method, last.url) == ("GET", "http://127.0.0.1:9999/after?x=1")
    assert (last.parameters["CallSid"], last.parameters["CallStatus"]) == (call.sid, "in-progress")
    assert did(call)[-1] == "pause"


def test_a_call_that_could_not_be_connected_ignores_the_action(office: Office) -> None:
    call = office.talk(room("nobody").replace("<Connect>", f"<Connect action='{URL}'>"), "<Pause length='9'/>")
    assert (did(call)[-1], office.asked) == ("pause", [])


def test_other_nouns_are_passed_over(office: Office) -> None:
    call = office.talk("<Connect><Stream url='wss://x'/></Connect><Connect/><Pause length='9'/>")
    assert (did(call)[-1], codes(call)) == ("pause", [12200, 12200])


def test_a_redirect_while_the_room_puts_the_phone_out_wins(office: Office) -> None:
    daily = office.open_room()
    call = office.talk(room("daily", "alice"), "<Hangup/>")
    _kick(office)  # the call has not heard of it yet
    office.board.update(call, UpdateRequest(instructions=Instructions(twiml=response(room("daily", "alice")))))
    office.advance(0)
    assert (list(daily.present), call.is_live) == (["alice"], True)
