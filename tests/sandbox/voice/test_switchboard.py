"""The life of a call on the virtual clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.sandbox.voice.call import CallStatus, Instructions
from roomtui.sandbox.voice.numbers import Behaviour, Manner
from roomtui.sandbox.voice.request import UpdateRequest
from roomtui.sandbox.world.refusals import Refusal
from tests.sandbox.voice.office import ALICE, CAROL, START, Office, response, room

LONG = "<Pause length='20000'/>"


def test_a_call_is_queued_rings_is_answered_and_ends_with_its_last_verb(office: Office) -> None:
    call = office.place("<Pause length='10'/>")
    seen = []
    for _ in range(20):
        office.advance(1)
        seen.append(call.status.value)
    assert seen == ["ringing"] * 4 + ["in-progress"] * 10 + ["completed"] * 6
    assert (call.start_time, call.end_time, call.duration) == (
        START + timedelta(seconds=5),
        START + timedelta(seconds=15),
        10,
    )


def test_one_call_a_second_is_dialled_and_the_others_queue(office: Office) -> None:
    first, second, third = (office.place(LONG) for _ in range(3))
    assert [each.queue_time for each in (first, second, third)] == [0, 1000, 2000]
    office.advance(1)
    assert [each.status.value for each in (first, second, third)] == ["ringing", "queued", "queued"]
    office.advance(2)
    assert [each.status.value for each in (first, second, third)] == ["ringing"] * 3


@pytest.mark.parametrize(
    ("behaviour", "seconds", "status"),
    [
        (Behaviour.FAILED, 1, CallStatus.FAILED),
        (Behaviour.BUSY, 3, CallStatus.BUSY),
        (Behaviour.REJECT, 8, CallStatus.BUSY),
        (Behaviour.NO_ANSWER, 61, CallStatus.NO_ANSWER),
        (Behaviour.ANSWER, 8, CallStatus.IN_PROGRESS),
    ],
)
def test_a_phone_behaves_as_it_was_told(office: Office, behaviour: Behaviour, seconds: int, status: CallStatus) -> None:
    office.board.numbers.set(ALICE, Manner(behaviour, answer_after=7))
    call = office.place(LONG)
    office.advance(seconds - 0.5)
    assert call.status is not status
    office.advance(0.5)
    assert call.status is status
    if status is not CallStatus.IN_PROGRESS:
        assert (call.duration, call.end_time) == (None, None)


def test_who_answers_after_the_timeout_is_not_waited_for(office: Office) -> None:
    office.board.numbers.set(ALICE, Manner(answer_after=16))
    call = office.place(LONG, timeout=15)
    office.advance(15.9)
    assert call.status.value == "ringing"
    office.advance(0.1)
    assert call.status.value == "no-answer"


def test_who_talks_for_a_while_then_hangs_up(office: Office) -> None:
    office.board.numbers.set(ALICE, Manner(talk_for=30))
    office.open_room()
    call = office.talk(room("daily"))
    office.advance(29)
    assert call.is_live
    office.advance(1)
    assert (call.status, call.duration) == (CallStatus.COMPLETED, 30)
    assert office.world.rooms.live_named("daily") is not None


@given(limit=st.integers(1, 14_400))
def test_no_call_outlives_its_time_limit(limit: int) -> None:
    office = Office()
    call = office.place(LONG, time_limit=limit)
    office.advance(5 + limit - 1)
    assert call.is_live
    office.advance(1)
    assert (call.status, call.duration) == (CallStatus.COMPLETED, limit)


def test_four_hours_are_the_limit_where_none_is_given(office: Office) -> None:
    call = office.talk("<Say loop='0'>On and on</Say>")
    office.advance(14_399)
    assert call.is_live
    office.advance(1)
    assert (call.status, call.duration) == (CallStatus.COMPLETED, 14_400)


@pytest.mark.parametrize("wish", ["canceled", "completed"])
@pytest.mark.parametrize("seconds", [0, 2])
def test_before_the_answer_a_call_is_canceled(office: Office, wish: str, seconds: int) -> None:
    call = office.place(LONG)
    office.advance(seconds)
    office.board.update(call, UpdateRequest(status=wish))
    assert (call.status, call.duration, call.end_time) == (CallStatus.CANCELED, None, None)
    office.advance(60)
    assert call.status is CallStatus.CANCELED


def test_after_the_answer_canceled_changes_nothing_and_completed_hangs_up(office: Office) -> None:
    call = office.talk(LONG)
    office.board.update(call, UpdateRequest(status="canceled"))
    assert call.status is CallStatus.IN_PROGRESS
    office.advance(3)
    office.board.update(call, UpdateRequest(status="completed"))
    assert (call.status, call.duration) == (CallStatus.COMPLETED, 3)


def test_a_call_that_is_over_cannot_be_changed(office: Office) -> None:
    call = office.place("<Hangup/>")
    office.advance(5)
    for request in (UpdateRequest(status="completed"), UpdateRequest(time_limit=5), UpdateRequest()):
        with pytest.raises(Refusal) as refused:
            office.board.update(call, request)
        assert (refused.value.code, refused.value.status) == (21220, 400)


def test_only_an_answered_call_can_be_redirected(office: Office) -> None:
    call = office.place(LONG)
    office.advance(2)
    with pytest.raises(Refusal) as refused:
        office.board.update(call, UpdateRequest(instructions=Instructions(twiml=response())))
    assert refused.value.code == 21220
    assert call.status is CallStatus.RINGING


def test_a_live_call_is_moved_out_of_one_room_into_another(office: Office) -> None:
    first, second = office.open_room("first"), office.open_room("second")
    call = office.talk(room("first", "ann"), "<Hangup/>")
    assert list(first.present) == ["ann"]
    office.board.update(call, UpdateRequest(instructions=Instructions(twiml=response(room("second", "ann")))))
    office.advance(1)
    assert (list(first.present), list(second.present)) == ([], ["ann"])
    assert call.status is CallStatus.IN_PROGRESS
    assert call.room_sid == second.sid


def test_a_new_time_limit_counts_from_the_answer(office: Office) -> None:
    call = office.talk(LONG)
    office.advance(10)
    office.board.update(call, UpdateRequest(time_limit=30))
    office.advance(19)
    assert call.is_live
    office.advance(1)
    assert call.duration == 30


def test_the_person_hangs_up_in_any_state_that_has_a_phone_in_it(office: Office) -> None:
    talking, ringing, queued = office.talk(LONG), office.place(LONG), office.place(LONG)
    office.advance(1.5)
    office.board.put_down(talking)
    office.board.put_down(ringing)
    assert (talking.status, ringing.status) == (CallStatus.COMPLETED, CallStatus.BUSY)
    assert queued.status is CallStatus.QUEUED
    for call in (talking, queued):
        with pytest.raises(Refusal):
            office.board.put_down(call)


def test_the_events_that_were_asked_for_are_told_in_order(office: Office) -> None:
    call = office.place("<Pause length='61'/>", events="initiated ringing answered completed")
    office.advance(120)
    assert [(each.event, each.parameters["CallStatus"], each.parameters["SequenceNumber"]) for each in office.told] == [
        ("initiated", "initiated", "0"),
        ("ringing", "ringing", "1"),
        ("answered", "in-progress", "2"),
        ("completed", "completed", "3"),
    ]
    last = office.told[-1].parameters
    assert (last["CallDuration"], last["Duration"]) == ("61", "2")
    assert last["Timestamp"] == "Fri, 20 Nov 2026 12:01:06 +0000"
    assert (last["CallSid"], last["CallbackSource"], last["Direction"]) == (
        call.sid,
        "call-progress-events",
        "outbound-api",
    )
    assert (last["ApiVersion"], last["ToCountry"], last["AccountSid"]) == ("2010-04-01", "US", call.account_sid)
    assert "CallDuration" not in office.told[0].parameters


def test_a_call_that_is_not_answered_completes_with_its_own_status(office: Office) -> None:
    office.board.numbers.set(ALICE, Manner(Behaviour.BUSY))
    office.place(LONG, events="answered completed")
    office.advance(60)
    (told,) = office.told
    assert (told.event, told.parameters["CallStatus"], told.parameters["CallDuration"]) == ("completed", "busy", "0")
    assert told.parameters["SipResponseCode"] == "486"


def test_who_hangs_up_while_their_call_still_rings_is_not_answered(office: Office) -> None:
    office.is_slow = True
    call = office.receive(url="http://127.0.0.1:9999/slow", events="completed")
    assert call.status.value == "ringing"
    office.board.put_down(call)
    assert call.status.value == "no-answer"
    office.deliver()
    assert call.status.value == "no-answer"
    assert [each.parameters["CallStatus"] for each in office.told] == ["no-answer"]


def test_a_live_call_cannot_be_deleted_and_an_ended_one_is_gone(office: Office) -> None:
    call = office.talk(LONG)
    with pytest.raises(Refusal) as refused:
        office.board.delete(call)
    assert (refused.value.code, refused.value.status) == (20009, 409)
    office.board.hang_up(call)
    office.board.delete(call)
    assert office.board.calls.find(call.sid) is None


def test_an_incoming_call_has_the_callers_number_in_the_room(office: Office) -> None:
    daily = office.open_room()
    call = office.receive(room("daily"))
    (identity,) = daily.present
    assert identity.startswith(f"{CAROL}-")
    assert (call.status, call.direction.value) == (CallStatus.IN_PROGRESS, "inbound")
