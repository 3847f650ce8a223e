"""Where TwiML comes from, and what happens when it cannot be had or followed."""

from __future__ import annotations

import pytest

from roomtui.sandbox.callbacks.courier import CourierError, Reply
from roomtui.sandbox.voice.call import CallStatus, Instructions, Target
from roomtui.sandbox.voice.interpreter import MOST_DOCUMENTS
from roomtui.sandbox.voice.request import UpdateRequest
from tests.sandbox.voice.office import ALICE, BOB, URL, Office, codes, did, no_answer, response, room, xml

BACK = "http://127.0.0.1:9999/fallback"
APOLOGY = ["apology", "hang-up", "completed"]


def test_the_url_is_asked_on_the_answer_with_twilios_parameters(office: Office) -> None:
    office.pages[URL] = xml("<Pause length='9'/>")
    call = office.place(url=URL)
    office.advance(4)
    assert office.asked == []
    office.advance(1)
    (asked,) = office.asked
    assert (asked.method, asked.url) == ("POST", URL)
    assert asked.parameters == {
        "CallSid": call.sid,
        "AccountSid": call.account_sid,
        "From": BOB,
        "To": ALICE,
        "Caller": BOB,
        "Called": ALICE,
        "CallStatus": "in-progress",
        "ApiVersion": "2010-04-01",
        "Direction": "outbound-api",
        **{f"{party}{what}": "" for party in ("From", "To", "Caller", "Called") for what in ("City", "State", "Zip")},
        **{f"{party}Country": "US" for party in ("From", "To", "Caller", "Called")},
    }
    assert did(call)[-1] == "pause"


def test_an_incoming_call_rings_while_its_number_is_asked(office: Office) -> None:
    office.is_slow = True
    office.pages[URL] = xml("<Pause length='9'/><Say>Hello</Say>")
    call = office.receive(url=URL)
    assert (call.status, office.asked[0].parameters["CallStatus"]) == (CallStatus.RINGING, "ringing")
    assert office.asked[0].parameters["Direction"] == "inbound"
    office.deliver()
    office.advance(8)
    assert call.status is CallStatus.RINGING  # a pause at the start delays the answer
    office.advance(1)
    assert (call.status, did(call)[-1]) == (CallStatus.IN_PROGRESS, "say")


@pytest.mark.parametrize(("reason", "status"), [("", "no-answer"), ("rejected", "no-answer"), ("busy", "busy")])
def test_reject_as_the_first_verb_leaves_the_call_unanswered(office: Office, reason: str, status: str) -> None:
    call = office.receive(f"<Reject reason='{reason}'/>" if reason else "<Reject/>", "<Say>no</Say>")
    assert (call.status.value, call.duration) == (status, None)
    assert "in-progress" not in did(call)


def test_reject_anywhere_else_hangs_up(office: Office) -> None:
    call = office.receive("<Pause/><Reject/>")
    office.advance(1)
    assert (call.status.value, call.duration) == ("completed", 0)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (no_answer(), 11205),
        (CourierError(11100, "not a URL"), 11100),
        (CourierError(11750, "too large"), 11750),
        (Reply(500, "text/html", "oops", URL), 11200),
        (Reply(404, "text/xml", response(), URL), 11200),
        (Reply(200, "application/json", "{}", URL), 12300),
        (Reply(200, "", "<Response/>", URL), 12300),
        (Reply(200, "text/xml", "<Response>", URL), 12100),
        (Reply(200, "text/xml", "", URL), 12100),
        (Reply(204, "text/xml", "", URL), 12100),
        (Reply(200, "text/xml", f"<Response>{' ' * 70_000}</Response>", URL), 11750),
    ],
)
def test_what_cannot_be_followed_ends_the_call_with_an_apology(
    office: Office, outcome: Reply | CourierError, code: int
) -> None:
    office.pages[URL] = outcome
    call = office.talk(url=URL)
    office.advance(5)
    assert (codes(call), did(call)[-3:], call.duration) == ([code], APOLOGY, 5)


def test_an_incoming_call_is_answered_for_the_apology(office: Office) -> None:
    office.pages[URL] = no_answer()
    call = office.receive(url=URL)
    office.advance(10)
    assert (call.status, call.duration) == (CallStatus.COMPLETED, 5)


def test_the_fallback_url_is_told_what_was_wrong(office: Office) -> None:
    office.pages = {URL: Reply(503, "text/html", "", URL), BACK: xml("<Pause length='9'/>")}
    call = office.talk(url=URL, fallback=BACK)
    asked = office.asked[-1]
    assert (asked.url, asked.parameters["ErrorCode"], asked.parameters["ErrorUrl"]) == (BACK, "11200", URL)
    assert did(call)[-1] == "pause"


def test_a_fallback_that_fails_too_is_the_end(office: Office) -> None:
    office.pages = {URL: no_answer(), BACK: no_answer()}
    call = office.talk(url=URL, fallback=BACK)
    office.advance(5)
    assert (len(office.asked), codes(call), did(call)[-3:]) == (2, [11205, 11205], APOLOGY)


def test_broken_twiml_of_a_request_goes_to_the_fallback(office: Office) -> None:
    office.pages[BACK] = xml("<Pause length='9'/>")
    call = office.board.receive(ALICE, BOB, Instructions(twiml="<Response>", fallback=Target(BACK, "GET")))
    office.advance(0)
    assert (office.asked[0].method, office.asked[0].parameters["ErrorCode"]) == ("GET", "12100")
    assert did(call)[-1] == "pause"


def test_text_is_read_out_and_audio_is_played(office: Office) -> None:
    office.pages[URL] = Reply(200, "text/plain", "Hello there", URL)
    spoken = office.talk(url=URL)
    office.pages[URL] = Reply(200, "audio/mpeg", "", URL)
    played = office.talk(url=URL)
    assert (spoken.steps[-3].detail, did(played)[-1]) == ("Hello there", "play")


def test_redirect_resolves_relative_urls_against_where_the_document_came_from(office: Office) -> None:
    office.pages = {
        "http://127.0.0.1:9999/a/one": Reply(
            200,
            "text/xml",
            response("<Redirect method='GET'>two?x=1&amp;y=2</Redirect><Hangup/>"),
            "http://127.0.0.1:9999/b/one",
        ),
        "http://127.0.0.1:9999/b/two": xml("<Pause length='9'/>"),
    }
    call = office.talk(url="http://127.0.0.1:9999/a/one")
    assert (office.asked[-1].method, office.asked[-1].url) == ("GET", "http://127.0.0.1:9999/b/two?x=1&y=2")
    assert did(call)[-1] == "pause"


@pytest.mark.parametrize("where", ["", "relative", "ftp://127.0.0.1/x", "http://", "http://127.0.0.1:99999999/"])
def test_a_redirect_to_nowhere_is_an_invalid_url(office: Office, where: str) -> None:
    call = office.talk(f"<Redirect>{where}</Redirect><Pause length='9'/>")
    assert (codes(call), did(call)[-1]) == ([11100], "apology")


def test_redirects_that_take_no_time_are_stopped(office: Office) -> None:
    office.pages[URL] = xml("<Redirect/>")
    call = office.talk(url=URL)
    office.advance(5)
    assert (len(office.asked), codes(call), did(call)[-3:]) == (MOST_DOCUMENTS, [12400], APOLOGY)


def test_waiting_for_the_host_in_a_loop_gets_in_when_the_room_is_there(office: Office) -> None:
    office.pages[URL] = xml(
        room("daily", "alice"), "<Say>The meeting has not begun.</Say><Pause length='5'/>", "<Redirect/>"
    )
    call = office.talk(url=URL)
    office.advance(600)
    assert (call.is_live, len(office.asked) > MOST_DOCUMENTS) == (True, True)
    daily = office.open_room()
    office.advance(10)
    assert list(daily.present) == ["alice"]


def test_an_answer_that_comes_after_the_call_was_told_otherwise_is_ignored(office: Office) -> None:
    office.is_slow = True
    office.pages[URL] = xml("<Hangup/>")
    call = office.talk(url=URL)
    office.board.update(call, UpdateRequest(instructions=Instructions(twiml=response("<Pause length='9'/>"))))
    office.deliver()
    assert did(call)[-1] == "pause"


def test_an_answer_that_comes_after_the_end_is_ignored(office: Office) -> None:
    office.is_slow = True
    daily = office.open_room()
    office.pages[URL] = xml(room("daily", "alice"))
    call = office.talk(url=URL)
    office.board.put_down(call)
    office.deliver()
    assert (call.status, list(daily.present)) == (CallStatus.COMPLETED, [])


def test_a_document_that_does_not_come_is_waited_for_no_longer_than_the_call_may_last(office: Office) -> None:
    office.is_slow = True
    call = office.talk(url=URL)
    office.advance(14_400)
    assert (call.status, call.duration) == (CallStatus.COMPLETED, 14_400)
