"""`/2010-04-01/Accounts/{AC}/Calls` and the phones of the control plane, over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web

from roomtui.sandbox.callbacks.courier import signature
from roomtui.sandbox.options import SandboxOptions
from roomtui.sandbox.server import Sandbox
from tests.sandbox.conftest import CREDENTIALS, Client, basic_auth
from tests.sandbox.receiver import Receiver, status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.sandbox.conftest import Json
    from tests.sandbox.receiver import Received

ACCOUNT = CREDENTIALS.account_sid
CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
TO, FROM = "+14158675309", "+14155550100"
STAY = "<Response><Pause length='3000'/></Response>"
DAILY = "<Response><Connect><Room participantIdentity='alice'>daily</Room></Connect></Response>"

pytestmark = pytest.mark.usefixtures("unlimited")


async def place(client: Client, **form: str) -> Json:
    """A call that Twilio agrees to make."""
    given = {"To": TO, "From": FROM, "Twiml": STAY, **form}
    reply = await client.post(CALLS, **given)
    assert reply.status == 201, reply.text
    return dict(reply.json)


def at(call: Json) -> str:
    return f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{call['sid']}.json"


async def shown(client: Client, call: Json) -> Json:
    """What the control plane knows of a call."""
    return dict((await client.get(f"/_sandbox/calls/{call['sid']}")).json)


async def settled(client: Client) -> None:
    """Nothing is under way to the customer's server any more."""
    await client.sandbox.errands.idle()
    await client.sandbox.deliveries.drain()


def twiml(pages: dict[str, str]) -> Callable[[Received, web.BaseRequest], Awaitable[web.StreamResponse]]:
    """A server of TwiML documents by path."""

    async def answer(received: Received, _request: web.BaseRequest) -> web.StreamResponse:
        if received.path not in pages:
            return web.Response(status=404)
        return web.Response(text=pages[received.path], content_type="text/xml")

    return answer


# The resource


async def test_a_new_call_has_every_documented_field(client: Client) -> None:
    call = await place(client)
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{call['sid']}"
    date = call["date_created"]
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", date)
    assert call == {
        "sid": call["sid"],
        "date_created": date,
        "date_updated": date,
        "parent_call_sid": None,
        "account_sid": ACCOUNT,
        "to": TO,
        "to_formatted": "(415) 867-5309",
        "from": FROM,
        "from_formatted": "(415) 555-0100",
        "phone_number_sid": call["phone_number_sid"],
        "status": "queued",
        "start_time": None,
        "end_time": None,
        "duration": None,
        "price": None,
        "price_unit": "USD",
        "direction": "outbound-api",
        "answered_by": None,
        "api_version": "2010-04-01",
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": f"{path}.json",
        "subresource_uris": {
            "notifications": f"{path}/Notifications.json",
            "recordings": f"{path}/Recordings.json",
            "payments": f"{path}/Payments.json",
            "events": f"{path}/Events.json",
            "siprec": f"{path}/Siprec.json",
            "streams": f"{path}/Streams.json",
            "transcriptions": f"{path}/Transcriptions.json",
            "user_defined_message_subscriptions": f"{path}/UserDefinedMessageSubscriptions.json",
            "user_defined_messages": f"{path}/UserDefinedMessages.json",
        },
    }
    assert re.fullmatch("CA[0-9a-f]{32}", call["sid"])
    assert re.fullmatch("PN[0-9a-f]{32}", call["phone_number_sid"])
    fetched = await client.get(at(call))
    assert (fetched.status, fetched.json["sid"]) == (200, call["sid"])


async def test_a_call_ends_with_its_duration_as_text(client: Client) -> None:
    call = await place(client, Twiml="<Response><Pause length='12'/></Response>")
    await client.advance(60)
    ended = (await client.get(at(call))).json
    assert (ended["status"], ended["duration"]) == ("completed", "12")
    assert ended["end_time"] is not None


REFUSED: list[tuple[dict[str, str], int, str]] = [
    ({"To": ""}, 21201, "No 'To' number is specified"),
    ({"To": "", "Twiml": "", "From": ""}, 21201, "No 'To' number is specified"),
    ({"Twiml": ""}, 21205, "Url parameter is required."),
    ({"Twiml": "", "From": ""}, 21205, "Url parameter is required."),
    ({"From": ""}, 21213, "No 'From' number is specified"),
    ({"To": "+18667786"}, 21211, "The phone number you are attempting to call, +18667786, is not valid."),
    ({"To": "!!###$%"}, 21211, "The phone number you are attempting to call, !!###$%, is not valid."),
    ({"From": "+18667786"}, 21212, "From is not a valid phone number: +18667786"),
    ({"From": "client:bob"}, 21212, "From is not a valid phone number: client:bob"),
    ({"From": "+15005550001"}, 21212, "From is not a valid phone number: +15005550001"),
    ({"From": TO}, 21211, "'To' and 'From' number cannot be the same"),
    ({"To": "+15005550001"}, 21217, "Phone number does not appear to be valid: +15005550001"),
    ({"To": "+15005550002"}, 21214, "'To' phone number cannot be reached: +15005550002"),
    ({"To": "+15005550003"}, 21215, ""),
    ({"To": "+15005550004"}, 21216, "Account not allowed to call +15005550004"),
    ({"Url": "nonsense"}, 21205, "Url is not a valid URL: nonsense"),
    ({"Url": "ftp://example.com/"}, 21205, "Url is not a valid URL: ftp://example.com/"),
    ({"FallbackUrl": "x"}, 21205, "FallbackUrl is not a valid URL: x"),
    ({"Url": "http://127.0.0.1/", "Method": "PUT"}, 21209, ""),
    ({"StatusCallback": "http://a_b.example/"}, 21609, ""),
    ({"StatusCallback": "http://example.com/", "StatusCallbackMethod": "HEAD"}, 21209, ""),
    ({"Timeout": "-1"}, 21208, ""),
    ({"Timeout": "601"}, 21208, ""),
    ({"Timeout": "soon"}, 21208, ""),
    ({"TimeLimit": "0"}, 20001, ""),
    ({"SendDigits": "12x"}, 21206, ""),
    ({"Twiml": "x" * 4001}, 32018, "Twiml size exceeded maximum allowed value of 4000 characters"),
    ({"ApplicationSid": f"AP{'a' * 32}"}, 21218, ""),
    ({"ApplicationSid": "nonsense"}, 21218, "The application sid provided, nonsense, is invalid."),
]


@pytest.mark.parametrize(("form", "code", "message"), REFUSED)
async def test_what_twilio_refuses(client: Client, form: dict[str, str], code: int, message: str) -> None:
    reply = await client.post(CALLS, **{"To": TO, "From": FROM, "Twiml": STAY, **form})
    assert (reply.status, reply.json["code"]) == (400, code)
    assert reply.json["message"] == message or not message
    assert reply.json["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert (await client.get(CALLS)).json["calls"] == []


@pytest.mark.parametrize(
    "form",
    [
        {"Timeout": "600"},
        {"Timeout": "0"},
        {"TimeLimit": "1"},
        {"To": "client:alice", "From": "Bob"},
        {"To": "sip:alice@example.com", "From": "client:bob"},
        {"To": "(415) 867-5309"},
        {"Twiml": "x" * 4000},
        {"Method": "get"},
        {"SendDigits": "wW1234#*"},
        {"Record": "true", "CallerId": FROM, "MachineDetection": "Enable"},
    ],
)
async def test_what_twilio_accepts(client: Client, form: dict[str, str]) -> None:
    await place(client, **form)


async def test_a_url_comes_before_twiml(client: Client) -> None:
    async with Receiver(answer=twiml({"/voice": DAILY})) as receiver:
        await client.create(UniqueName="daily")
        await place(client, Url=receiver.url("/voice"), Twiml="<Response><Hangup/></Response>")
        await client.advance(5)
        await settled(client)
        assert (await client.get("/v1/Rooms/daily/Participants")).json["participants"][0]["identity"] == "alice"


async def test_an_account_may_be_kept_from_numbers_it_has_not_verified(client: Client) -> None:
    for number in (TO, FROM):
        assert (await client.post("/_sandbox/numbers", Number=number, Verified="false")).status == 201
    refused = await client.post(CALLS, To="+14155550111", From=FROM, Twiml=STAY)
    assert refused.json["code"] == 21210
    assert refused.json["message"].startswith(f"The source phone number provided, {FROM}, is not yet verified")
    refused = await client.post(CALLS, To=TO, From="+14155550111", Twiml=STAY)
    assert refused.json["code"] == 21219


async def test_only_the_own_account_is_there_and_only_for_who_may(client: Client) -> None:
    call = await place(client)
    other = f"/2010-04-01/Accounts/AC{'f' * 32}"
    for path in (f"{other}/Calls.json", f"{other}/Calls/{call['sid']}.json"):
        reply = await client.get(path)
        assert (reply.status, reply.json["code"]) == (404, 20404)
        assert reply.json["message"] == f"The requested resource {path} was not found"
    refused = await client.get(CALLS, headers={"Authorization": basic_auth("SKnobody", "wrong")})
    assert (refused.status, refused.json["code"]) == (401, 20003)


@pytest.mark.parametrize("sid", [f"CA{'f' * 32}", "CA1", "x"])
async def test_a_call_that_is_not_there(client: Client, sid: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        reply = await client.ask(method, f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{sid}.json")
        assert (reply.status, reply.json["code"]) == (404, 20404)


@pytest.mark.usefixtures("same_second")
async def test_calls_count_against_the_accounts_limits(client: Client) -> None:
    client.sandbox.world.account.write_limit = 1
    await place(client)
    reply = await client.post(CALLS, To=TO, From=FROM, Twiml=STAY)
    assert (reply.status, reply.json["code"]) == (429, 20429)


# Changes


async def test_a_live_call_is_put_into_a_room_by_new_twiml(client: Client) -> None:
    await client.create(UniqueName="daily")
    call = await place(client)
    await client.advance(10)
    reply = await client.post(at(call), Twiml=DAILY)
    assert (reply.status, reply.json["status"]) == (200, "in-progress")
    (alice,) = (await client.get("/v1/Rooms/daily/Participants")).json["participants"]
    assert (alice["identity"], alice["sid"]) == ("alice", (await shown(client, call))["participant_sid"])
    again = await client.post(at(call), Twiml=STAY)
    assert again.status == 200
    assert (await client.get("/v1/Rooms/daily/Participants")).json["participants"] == []


async def test_a_live_call_is_redirected_to_a_url(client: Client) -> None:
    async with Receiver(answer=twiml({"/move": DAILY})) as receiver:
        await client.create(UniqueName="daily")
        call = await place(client)
        await client.advance(10)
        reply = await client.post(at(call), Url=receiver.url("/move"), Method="GET")
        assert reply.status == 200
        await settled(client)
        (asked,) = receiver.received
        assert (asked.method, asked.query["CallSid"]) == ("GET", call["sid"])
        assert len((await client.get("/v1/Rooms/daily/Participants")).json["participants"]) == 1


@pytest.mark.parametrize("form", [{"Status": "completed"}, {"Twiml": STAY}, {"Url": "http://127.0.0.1/"}, {}])
async def test_an_ended_call_cannot_be_redirected(client: Client, form: dict[str, str]) -> None:
    call = await place(client)
    assert (await client.post(at(call), Status="completed")).json["status"] == "canceled"
    reply = await client.post(at(call), **form)
    assert (reply.status, reply.json["code"]) == (400, 21220)
    assert reply.json["message"] == "Call is not in-progress. Cannot redirect."


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"Status": "in-progress"}, 20001),
        ({"Url": "http://127.0.0.1/", "Twiml": STAY}, 20001),
        ({"Url": "x"}, 21205),
        ({"Twiml": "x" * 4001}, 32018),
        ({"StatusCallback": "x"}, 21609),
    ],
)
async def test_what_a_live_call_cannot_become(client: Client, form: dict[str, str], code: int) -> None:
    call = await place(client)
    await client.advance(10)
    reply = await client.post(at(call), **form)
    assert (reply.status, reply.json["code"]) == (400, code)
    assert (await client.get(at(call))).json["status"] == "in-progress"


async def test_only_an_ended_call_can_be_deleted(client: Client) -> None:
    call = await place(client)
    refused = await client.ask("DELETE", at(call))
    assert (refused.status, refused.json["code"]) == (409, 20009)
    await client.post(at(call), Status="canceled")
    gone = await client.ask("DELETE", at(call))
    assert (gone.status, gone.text) == (204, "")
    assert (await client.get(at(call))).status == 404
    assert (await client.get(CALLS)).json["calls"] == []


# Lists


async def test_an_empty_list_has_the_envelope_of_2010(client: Client) -> None:
    assert (await client.get(CALLS)).json == {
        "calls": [],
        "page": 0,
        "page_size": 50,
        "start": 0,
        "end": 0,
        "first_page_uri": f"{CALLS}?PageSize=50&Page=0",
        "previous_page_uri": None,
        "next_page_uri": None,
        "uri": f"{CALLS}?PageSize=50&Page=0",
    }


async def test_pages_lead_forth_and_back_though_calls_are_deleted_meanwhile(client: Client) -> None:
    made = [await place(client) for _ in range(7)]
    newest_first = [each["sid"] for each in made][::-1]
    first = (await client.get(f"{CALLS}?PageSize=3")).json
    assert first["next_page_uri"] == f"{CALLS}?PageSize=3&Page=1&PageToken=PA{newest_first[2]}"
    assert (first["start"], first["end"]) == (0, 2)
    await client.post(at(made[4]), Status="canceled")
    await client.ask("DELETE", at(made[4]))  # the call that the page token names
    second = (await client.get(first["next_page_uri"])).json
    third = (await client.get(second["next_page_uri"])).json
    assert [each["sid"] for page in (first, second, third) for each in page["calls"]] == newest_first
    assert (third["next_page_uri"], third["page"], third["start"], third["end"]) == (None, 2, 6, 6)
    back = (await client.get(third["previous_page_uri"])).json
    assert [each["sid"] for each in back["calls"]] == newest_first[3:6]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("PageSize=0", 20001),
        ("PageSize=1001", 20007),
        ("Page=1", 20001),
        ("Page=-1", 20001),
        ("PageToken=PA1", 20001),
        ("PageToken=", 20001),
        ("Status=initiated", 20001),
        ("StartTime=yesterday", 20001),
        ("EndTime%3E=x", 20001),
        ("EndTime%3C=13/11/2019", 20001),
        ("EndTime%3C=00/11/2019", 20001),
        ("EndTime%3C=06/31/2019+22:05", 20001),
        ("EndTime%3C=06/11/2019+22:05:25+XYZ", 20001),
    ],
)
async def test_a_list_that_cannot_be(client: Client, query: str, code: int) -> None:
    reply = await client.get(f"{CALLS}?{query}")
    assert (reply.status, reply.json["code"]) == (400, code)


async def test_a_list_is_filtered_and_says_so_in_its_uris(client: Client) -> None:
    other = await place(client, To="+442071838750")
    ended = await place(client, Twiml="<Response/>")
    live = await place(client)
    await client.advance(100)
    today = str(client.sandbox.clock.now().date())
    wanted: dict[str, list[Json]] = {
        "": [live, ended, other],
        "To=%2B442071838750": [other],
        "To=(415)%20867-5309": [live, ended],
        "To=nonsense": [],
        f"From=%2B{FROM[1:]}": [live, ended, other],
        "Status=completed": [ended],
        "Status=in-progress": [live, other],
        f"ParentCallSid=CA{'a' * 32}": [],
        f"StartTime={today}": [live, ended, other],
        "StartTime=2008-01-02": [],
        f"StartTime%3E={today}": [live, ended, other],
        f"StartTime%3C={today}": [],
        "StartTime%3E=2999-01-01": [],
        "EndTime%3E=2008-01-02": [ended],
        "EndTime%3C=2999-01-01": [ended],
        "EndTime%3E=2008-01-02&EndTime%3C=2009-01-02": [],
    }
    for query, calls in wanted.items():
        page = (await client.get(f"{CALLS}?{query}")).json
        assert [each["sid"] for each in page["calls"]] == [each["sid"] for each in calls], query
        assert all(part.replace("(415)", "%28415%29") in page["uri"] for part in query.split("&"))


async def test_a_list_reads_the_dates_of_the_documents_example(client: Client) -> None:
    """OpenAPI, `readEmptyDateFunDateFormats`."""
    example = "EndTime%3C=2019-06-11+22:05:25.000&StartTime%3C=06/11/2019+22:05:25+MST"
    assert (await client.get(f"{CALLS}?{example}")).json["calls"] == []
    made = await place(client)
    await client.advance(100)
    (call,) = (await client.get(CALLS)).json["calls"]
    started = parsedate_to_datetime(call["start_time"])
    for zone, hours in (("GMT", 0), ("UTC", 0), ("MST", -7), ("PDT", -7), ("EST", -5)):
        there = started + timedelta(hours=hours)
        for off, found in ((0, [made["sid"]]), (1, [])):
            text = quote(f"{there + timedelta(seconds=off):%m/%d/%Y %H:%M:%S} {zone}")
            page = (await client.get(f"{CALLS}?StartTime%3E={text}")).json
            assert [each["sid"] for each in page["calls"]] == found, text
    assert len((await client.get(f"{CALLS}?StartTime={started:%m/%d/%Y}")).json["calls"]) == 1


# The customer's server


async def test_status_callbacks_are_signed_and_come_in_order(client: Client) -> None:
    async with Receiver() as receiver:
        events = "".join(f"&StatusCallbackEvent={each}" for each in ("initiated", "ringing", "answered", "completed"))
        callback = f"&StatusCallback={receiver.url('/told')}"
        form = f"To=%2B{TO[1:]}&From=%2B{FROM[1:]}&Twiml=%3CResponse%2F%3E{callback}{events}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await client.ask("POST", CALLS, data=form, headers=headers)).status == 201
        await client.advance(60)
        told = await receiver.until(lambda received: len(received) == 4)
        assert [each.form["CallStatus"] for each in told] == ["initiated", "ringing", "in-progress", "completed"]
        assert all(each.signature == signature(CREDENTIALS.auth_token, each.url, each.form) for each in told)


async def test_a_running_clock_sees_a_call_through_while_nobody_asks() -> None:
    options = SandboxOptions(speed=1000, credentials=CREDENTIALS)
    async with Receiver(answer=twiml({"/voice": "<Response><Pause length='30'/></Response>"})) as receiver:
        async with Sandbox(options) as sandbox, aiohttp.ClientSession() as session:
            client = Client(sandbox, session)
            await place(client, Url=receiver.url("/voice"), Twiml="", StatusCallback=receiver.url("/told"))
            _voice, told = await receiver.until(lambda received: len(received) == 2)
        assert (told.path, told.form["CallStatus"]) == ("/told", "completed")
        assert int(told.form["CallDuration"]) >= 30


async def test_without_events_only_the_end_is_told(client: Client) -> None:
    async with Receiver() as receiver:
        await place(client, Twiml="<Response/>", StatusCallback=receiver.url(), StatusCallbackMethod="GET")
        await client.advance(60)
        (told,) = await receiver.until(lambda received: len(received) == 1)
        assert (told.method, told.query["CallStatus"], told.query["SequenceNumber"]) == ("GET", "completed", "0")


async def test_events_in_one_parameter_are_warned_of_and_nothing_is_told(client: Client) -> None:
    async with Receiver() as receiver:
        call = await place(client, StatusCallback=receiver.url(), StatusCallbackEvent="initiated ringing")
        await client.advance(10)
        await client.post(at(call), Status="completed")
        await settled(client)
        assert receiver.received == []
        (notice,) = (await shown(client, call))["notices"]
        assert notice["code"] == 21626


async def test_a_customers_server_that_hangs_holds_nobody_up(client: Client) -> None:
    receiver = Receiver()
    receiver.answer = receiver.hang
    async with receiver:
        call = await place(client, Url=receiver.url("/voice"))
        await client.advance(5)
        await receiver.until(lambda received: len(received) == 1)
        view = await shown(client, call)
        assert (view["status"], view["fetching"]) == ("in-progress", True)
        assert (await client.post(at(call), Status="completed")).json["status"] == "completed"


async def test_a_failing_url_goes_to_the_fallback(client: Client) -> None:
    async with Receiver(answer=twiml({"/back": STAY})) as receiver:
        call = await place(client, Url=receiver.url("/voice"), FallbackUrl=receiver.url("/back"))
        await client.advance(5)
        await settled(client)
        view = await shown(client, call)
        assert [notice["code"] for notice in view["notices"]] == [11200]
        assert (view["doing"], receiver.received[1].form["ErrorCode"]) == ("Pause", "11200")


async def test_no_other_host_than_this_machine_is_called(client: Client) -> None:
    call = await place(client, Url="http://example.com/voice")
    await client.advance(5)
    await settled(client)
    (notice,) = (await shown(client, call))["notices"]
    assert (notice["code"], "calls this machine only" in notice["message"]) == (11205, True)


# The control plane


async def ring(client: Client, **form: str) -> Json:
    reply = await client.post("/_sandbox/calls/incoming", **{"From": TO, "To": FROM, **form})
    assert reply.status == 201, reply.text
    return dict(reply.json)


async def test_an_incoming_call_asks_its_numbers_url_and_follows_it_into_a_room(client: Client) -> None:
    async with Receiver(answer=twiml({"/voice": DAILY})) as receiver:
        await client.create(UniqueName="daily")
        call = await ring(client, VoiceUrl=receiver.url("/voice?x=1"), ForwardedFrom="+14155550199")
        assert (call["status"], call["direction"], call["fetching"]) == ("ringing", "inbound", True)
        await settled(client)
        (asked,) = receiver.received
        assert asked.signature == signature(CREDENTIALS.auth_token, asked.url, asked.form)
        expected = {"CallStatus": "ringing", "Direction": "inbound", "From": TO, "To": FROM, "CallSid": call["sid"]}
        assert {name: asked.form[name] for name in expected} == expected
        assert asked.form["ForwardedFrom"] == "+14155550199"
        view = await shown(client, call)
        assert (view["status"], view["doing"]) == ("in-progress", "Connect")
        hung_up = await client.post(f"/_sandbox/calls/{call['sid']}/hangup")
        assert (hung_up.status, hung_up.json["status"]) == (200, "completed")
        assert (await client.get("/v1/Rooms/daily/Participants")).json["participants"] == []


async def test_an_incoming_call_with_twiml_is_answered_at_once(client: Client) -> None:
    call = await ring(client, Twiml="<Response><Say loop='0'>Hello</Say></Response>")
    assert (call["status"], call["doing"]) == ("in-progress", "Say")
    assert [step["what"] for step in call["steps"]] == ["ringing", "in-progress", "say"]
    listed = (await client.get(CALLS)).json["calls"]
    assert [each["direction"] for each in listed] == ["inbound"]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"Twiml": STAY, "VoiceUrl": "http://127.0.0.1/"},
        {"VoiceUrl": "x"},
        {"Twiml": STAY, "From": "x"},
        {"Twiml": STAY, "To": ""},
        {"VoiceUrl": "http://127.0.0.1/", "VoiceMethod": "PUT"},
        {"Twiml": STAY, "StatusCallback": "http://127.0.0.1/", "StatusCallbackEvent": "begun"},
    ],
)
async def test_an_incoming_call_that_cannot_be(client: Client, form: dict[str, str]) -> None:
    reply = await client.post("/_sandbox/calls/incoming", **{"From": TO, "To": FROM, **form})
    assert (reply.status, reply.json["code"]) == (400, 20001)


async def test_phones_behave_as_the_control_plane_says(client: Client) -> None:
    told = await client.post("/_sandbox/numbers", Number=TO, Behaviour="busy")
    assert (told.status, told.json["behaviour"]) == (201, "busy")
    call = await place(client)
    await client.advance(10)
    assert (await client.get(at(call))).json["status"] == "busy"
    await client.post("/_sandbox/numbers", Number=TO, AnswerAfter="1", TalkFor="5")
    call = await place(client)
    await client.advance(60)
    assert (await client.get(at(call))).json["duration"] == "5"
    (number,) = (await client.get("/_sandbox/numbers")).json["numbers"]
    assert number == {"number": TO, "behaviour": "answer", "answer_after": 1.0, "talk_for": 5.0, "verified": True}


@pytest.mark.parametrize(
    "form", [{"Number": "x"}, {"Number": TO, "Behaviour": "sing"}, {"Number": TO, "AnswerAfter": "-1"}, {}]
)
async def test_phones_cannot_behave_otherwise(client: Client, form: dict[str, str]) -> None:
    assert (await client.post("/_sandbox/numbers", **form)).status == 400


async def test_the_region_of_the_account_decides_over_rooms(client: Client) -> None:
    account = await client.post("/_sandbox/account", Region="ie1")
    assert (account.status, account.json["region"]) == (200, "ie1")
    await client.create(UniqueName="daily")
    call = await ring(client, Twiml=DAILY)
    assert (call["status"], call["notices"][0]["code"]) == ("completed", 12200)
    assert (await client.post("/_sandbox/account", Region="mars")).status == 400


async def test_a_call_that_nobody_knows_cannot_be_shown_or_hung_up(client: Client) -> None:
    assert (await client.get(f"/_sandbox/calls/CA{'f' * 32}")).status == 404
    assert (await client.post(f"/_sandbox/calls/CA{'f' * 32}/hangup")).status == 404
    call = await ring(client, Twiml="<Response/>")
    over = await client.post(f"/_sandbox/calls/{call['sid']}/hangup")
    assert (over.status, over.json["code"]) == (400, 21220)


async def test_a_jump_of_the_clock_passes_everything_at_its_own_second(client: Client) -> None:
    room = await client.create(UniqueName="daily", EmptyRoomTimeout="3")
    call = await place(client, Twiml=DAILY, TimeLimit="100")
    await client.advance(4000)
    ended = (await client.get(f"/v1/Rooms/{room['sid']}")).json
    assert (ended["status"], ended["duration"]) == ("completed", 5 + 100 + 180)
    assert (await client.get(at(call))).json["duration"] == "100"


async def test_a_refused_callback_is_told_by_the_sandbox(client: Client) -> None:
    async with Receiver(answer=status(410)) as receiver:
        call = await place(client, Twiml="<Response/>", StatusCallback=receiver.url("/gone"))
        await client.advance(60)
        await receiver.until(lambda received: len(received) == 1)
        await client.sandbox.deliveries.drain()
        report: dict[str, Any] = (await client.get("/_sandbox/callbacks")).json
        assert (report["failed"], call["sid"] in str(report)) == (1, True)
