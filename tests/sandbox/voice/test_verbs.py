"""The verbs around `<Connect><Room>`."""

from __future__ import annotations

import pytest

from roomtui.sandbox.voice.call import CallStatus, Instructions, PhoneCall
from roomtui.sandbox.voice.numbers import Behaviour, Manner
from roomtui.sandbox.voice.request import UpdateRequest
from tests.sandbox.voice.office import CAROL, URL, Office, codes, did, response, room, xml

STAY = "<Pause length='900'/>"


def seconds_of(office: Office, verb: str) -> int:
    """How long a verb takes, in whole seconds."""
    call = office.talk(verb, "<Pause length='100'/>")
    seconds = 0
    while did(call)[-1] != "pause":
        office.advance(1)
        seconds += 1
    return seconds


@pytest.mark.parametrize(
    ("verb", "seconds"),
    [
        (f"<Say>{'x' * 150}</Say>", 10),
        (f"<Say loop='3'>{'x' * 150}</Say>", 30),
        ("<Say>Hi</Say>", 1),
        (f"<Say><prosody>{'x' * 75}</prosody>{'y' * 74}</Say>", 10),
        ("<Play>http://127.0.0.1/a.mp3</Play>", 5),
        ("<Play loop='2'>http://127.0.0.1/a.mp3</Play>", 10),
        ("<Play digits='wwww1234'/>", 4),
        ("<Gather timeout='7'><Say>Press a key</Say></Gather>", 8),
        ("<Gather/>", 5),
        ("<Say/>", 0),
        ("<Play>nonsense</Play>", 0),
        ("<Record/>", 0),
        ("<Conference/>", 0),
        ("<say>hi</say>", 0),
    ],
)
def test_how_long_a_verb_takes(office: Office, verb: str, seconds: int) -> None:
    if "Gather" in verb:  # its own time-out is a pause, too
        verb += "<Say>so</Say>"
        call = office.talk(verb, "<Hangup/>")
        office.advance(seconds)
        assert did(call)[-1] == "say"
        return
    assert seconds_of(office, verb) == seconds


@pytest.mark.parametrize("length", [1, 3, 60])
def test_a_pause_takes_its_length(office: Office, length: int) -> None:
    call = office.talk(f"<Pause length='{length}'/>")
    office.advance(length - 1)
    assert call.is_live
    office.advance(1)
    assert call.duration == length


@pytest.mark.parametrize("length", ["0", "-1", "x", "1.5", ""])
def test_a_pause_of_no_length_is_warned_of_and_takes_a_second(office: Office, length: str) -> None:
    call = office.talk(f"<Pause length='{length}'/>")
    office.advance(1)
    assert (codes(call), call.duration) == ([13910], 1)


def test_a_loop_that_is_no_number_is_warned_of(office: Office) -> None:
    call = office.talk("<Say loop='often'>Hello</Say><Play loop='-1'>http://127.0.0.1/a</Play>")
    office.advance(6)
    assert (codes(call), call.duration) == ([13510, 13410], 6)


def test_what_the_sandbox_does_not_carry_out_is_told_and_passed_over(office: Office) -> None:
    call = office.talk("<Enqueue>x</Enqueue><Unknown/><Say>Hello</Say>")
    assert (codes(call), did(call)[-1]) == ([12200, 12200], "say")


def test_gather_asks_its_action_for_an_empty_result_where_that_is_wanted(office: Office) -> None:
    office.pages[URL] = xml("<Pause length='9'/>")
    call = office.talk(f"<Gather timeout='2' actionOnEmptyResult='true' action='{URL}'/><Hangup/>")
    office.advance(2)
    assert (office.asked[0].url, did(call)[-1]) == (URL, "pause")


# Dial


def child_of(office: Office, parent: PhoneCall) -> PhoneCall:
    (child,) = [each for each in office.board.calls if each.parent is parent]
    return child


def test_dial_makes_a_call_of_its_own_and_goes_on_when_that_is_over(office: Office) -> None:
    office.board.numbers.set(CAROL, Manner(talk_for=20))
    parent = office.talk(f"<Dial>{CAROL}</Dial><Pause length='9'/>")
    child = child_of(office, parent)
    assert (child.direction.value, child.called, child.caller) == ("outbound-dial", CAROL, parent.caller)
    office.advance(5)
    assert child.status is CallStatus.IN_PROGRESS
    office.advance(20)
    assert (child.status, child.duration, did(parent)[-1]) == (CallStatus.COMPLETED, 20, "pause")


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        (Behaviour.BUSY, "busy"),
        (Behaviour.NO_ANSWER, "no-answer"),
        (Behaviour.FAILED, "failed"),
        (Behaviour.ANSWER, "completed"),
    ],
)
def test_the_action_of_dial_is_told_how_it_went(office: Office, behaviour: Behaviour, status: str) -> None:
    office.board.numbers.set(CAROL, Manner(behaviour, talk_for=20))
    office.pages[URL] = xml("<Pause length='9'/>")
    parent = office.talk(f"<Dial action='{URL}' timeout='10' callerId='+14155550123'><Number>{CAROL}</Number></Dial>")
    child = child_of(office, parent)
    office.advance(60)
    (asked,) = office.asked
    told = asked.parameters
    assert (told["DialCallStatus"], told["DialCallSid"]) == (status, child.sid)
    assert told["DialCallDuration"] == ("20" if status == "completed" else "0")
    assert (child.caller, told["CallSid"]) == ("+14155550123", parent.sid)


def test_the_dialled_call_ends_with_the_one_that_dialled(office: Office) -> None:
    parent = office.talk(f"<Dial>{CAROL}</Dial>")
    child = child_of(office, parent)
    office.advance(10)
    office.board.put_down(parent)
    assert (parent.status, child.status) == (CallStatus.COMPLETED, CallStatus.COMPLETED)
    other = office.talk(f"<Dial>{CAROL}</Dial>")
    ringing = child_of(office, other)
    office.advance(2)
    office.board.put_down(other)
    assert ringing.status is CallStatus.CANCELED


def test_a_dialled_party_that_is_redirected_goes_its_own_way(office: Office) -> None:
    daily = office.open_room()
    parent = office.talk(f"<Dial>{CAROL}</Dial>{STAY}")
    child = child_of(office, parent)
    office.advance(10)
    office.board.update(child, UpdateRequest(instructions=Instructions(twiml=response(room("daily", "carol")))))
    assert (list(daily.present), did(parent)[-1]) == (["carol"], "pause")
    office.board.put_down(parent)
    assert child.is_live


@pytest.mark.parametrize(
    ("dial", "code"),
    [
        ("<Dial/>", 13224),
        ("<Dial>nobody</Dial>", 13224),
        ("<Dial>+15005550001</Dial>", 13224),
        (f"<Dial callerId='x'>{CAROL}</Dial>", 13214),
        ("<Dial><Conference>x</Conference></Dial>", 12200),
    ],
)
def test_nobody_to_dial_is_told_and_the_next_verb_follows(office: Office, dial: str, code: int) -> None:
    call = office.talk(dial + STAY)
    assert (codes(call), did(call)[-1]) == ([code], "pause")


def test_thousands_of_dials_to_nobody_are_one_after_the_other(office: Office) -> None:
    call = office.talk("<Dial/>" * 9000 + STAY)
    assert did(call)[-1] == "pause"


def test_wrong_attributes_of_dial_are_warned_of_and_replaced(office: Office) -> None:
    call = office.talk(f"<Dial timeout='soon' timeLimit='0'><Number>{CAROL}</Number><Number>{CAROL}</Number></Dial>")
    child = child_of(office, call)
    assert (codes(call), child.timeout, child.time_limit) == ([12200, 13212, 13216], 30, 14_400)


def test_a_number_noun_has_a_status_callback_of_its_own(office: Office) -> None:
    number = f"<Number statusCallback='{URL}' statusCallbackEvent='answered completed'>{CAROL}</Number>"
    office.talk(f"<Dial>{number}</Dial>")
    office.advance(120)
    assert [each.event for each in office.told] == ["answered", "completed"]
    assert office.told[0].parameters["Direction"] == "outbound-dial"
    assert "ParentCallSid" in office.told[0].parameters
