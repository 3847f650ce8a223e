"""Phone calls: at another host of Twilio's than the rooms, over the same budget."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from roomtui.rooms.calls import NewCall
from roomtui.twilio_api import sdk
from roomtui.twilio_api.clock import ServerClock
from roomtui.twilio_api.errors import (
    Broken,
    ForeignHost,
    NotFound,
    NotTwilio,
    Refused,
    TwilioError,
    Unreachable,
    Unsendable,
)
from roomtui.twilio_api.retries import Retries
from tests.twilio_api.scripted import (
    CALL_SID,
    SECRET,
    Action,
    Asked,
    Counting,
    Reply,
    Reset,
    Scripted,
    call_json,
    calls_page_json,
    refusal_json,
    room_json,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from roomtui.twilio_api.gateway import Gateway
    from tests.twilio_api.conftest import Connect

UTC = timezone.utc
NUMBER = "+15005550006"
NEW = NewCall(to=NUMBER, from_="+15005550001", twiml="<Response><Hangup/></Response>")
CALLS = f"/2010-04-01/Accounts/AC{0:032x}/Calls.json"
CALL = f"/2010-04-01/Accounts/AC{0:032x}/Calls/{CALL_SID}.json"
HEADERS = {"Twilio-Request-Id": "RQ" + "7" * 32}
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def calls_page(*minutes: int, next_uri: str | None = None, **fields: object) -> Reply:
    """A page of calls that were created so many minutes after noon."""
    created = [(NOON + timedelta(minutes=after)).strftime("%a, %d %b %Y %H:%M:%S +0000") for after in minutes]
    records = [call_json(1000 + after, date_created=at, **fields) for after, at in zip(minutes, created, strict=True)]
    return Reply(body=calls_page_json(records, next_uri))


# -- calling ----------------------------------------------------------------------------------------------------------


async def test_calls_a_phone(connect: Connect) -> None:
    new = NewCall(to=NUMBER, from_="+15005550001", twiml="<Response>ä&amp;</Response>", ring_seconds=20)
    async with Scripted(Reply(201, call_json(), HEADERS)) as server:
        call, request_id = await connect(server.url).dial(new)
        assert (call.sid, call.status, request_id) == (CALL_SID, "queued", "RQ" + "7" * 32)
        [asked] = server.asked
        assert (asked.method, asked.target) == ("POST", CALLS)
        assert parse_qs(asked.body, strict_parsing=True) == {
            "To": [NUMBER],
            "From": ["+15005550001"],
            "Twiml": ["<Response>ä&amp;</Response>"],
            "Timeout": ["20"],
        }


async def test_leaves_the_ringing_time_to_twilio(connect: Connect) -> None:
    async with Scripted(Reply(201, call_json())) as server:
        await connect(server.url).dial(NEW)
        assert "Timeout" not in server.asked[0].body


async def test_sends_no_call_whose_twiml_is_too_long(connect: Connect) -> None:
    async with Scripted(Reply(201, call_json())) as server:
        with pytest.raises(Unsendable, match="at most 4000 characters"):
            await connect(server.url).dial(NewCall(to=NUMBER, from_="+15005550001", twiml="x" * 4001))
        assert server.asked == []


async def test_says_why_twilio_would_not_call(connect: Connect) -> None:
    words = "The source phone number provided, +15005550001, is not yet verified for your account."
    async with Scripted(Reply(400, refusal_json(400, 21210, words))) as server:
        with pytest.raises(Refused, match="not yet verified") as refused:
            await connect(server.url).dial(NEW)
        assert refused.value.code == 21210


async def test_reads_a_call(connect: Connect) -> None:
    async with Scripted(Reply(body=call_json(status="ringing"))) as server:
        call = await connect(server.url).call(CALL_SID)
        assert (call.status, call.to.raw) == ("ringing", NUMBER)
        assert (server.asked[0].method, server.asked[0].target) == ("GET", CALL)


async def test_hangs_up(connect: Connect) -> None:
    async with Scripted(Reply(200, call_json(status="completed"), HEADERS)) as server:
        call, request_id = await connect(server.url).hang_up(CALL_SID)
        assert call.is_over
        assert request_id == "RQ" + "7" * 32
        [asked] = server.asked
        assert (asked.method, asked.target, asked.body) == ("POST", CALL, "Status=completed")


@pytest.mark.parametrize("sid", ["", ".", "CA1", CALL_SID + "/x", CALL_SID + "\n", "RM" + "0" * 32])
async def test_addresses_a_call_by_its_sid_only(connect: Connect, sid: str) -> None:
    async with Scripted(Reply(body=call_json())) as server:
        gateway = connect(server.url)
        for asking in (gateway.call(sid), gateway.hang_up(sid)):
            with pytest.raises(NotFound, match="by its SID"):
                await asking
        assert server.asked == []


async def test_takes_no_other_call_for_this_one(connect: Connect) -> None:
    async with Scripted(Reply(body=call_json(2))) as server:
        gateway = connect(server.url)
        for asking in (gateway.call(CALL_SID), gateway.hang_up(CALL_SID)):
            with pytest.raises(NotTwilio, match="another call"):
                await asking


async def test_takes_no_room_for_a_call(connect: Connect) -> None:
    async with Scripted(Reply(201, room_json())) as server:
        with pytest.raises(NotTwilio, match="whose SID is none"):
            await connect(server.url).dial(NEW)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [(Reset(), Unreachable), (Reply(500), Broken), (Reply(200, "<html>"), NotTwilio), (Reply(200, []), NotTwilio)],
)
async def test_never_calls_twice_where_the_answer_is_not_clear(
    connect: Connect, trouble: Action, error: type[TwilioError]
) -> None:
    async with Scripted(trouble) as server:
        gateway = connect(server.url)
        for number, act in enumerate((gateway.dial(NEW), gateway.hang_up(CALL_SID)), start=1):
            with pytest.raises(error):
                await act
            assert len(server.asked) == number


async def test_calls_again_where_twilio_never_did(connect: Connect, slept: list[float]) -> None:
    throttled = Reply(429, refusal_json(429, 20429, "Too Many Requests"), {"Retry-After": "2"})
    async with Scripted(throttled, Reply(201, call_json())) as server:
        assert (await connect(server.url).dial(NEW))[0].sid == CALL_SID
        assert len(server.asked) == 2
        assert 2.0 <= slept[0] < 3.0


# -- finding a call ---------------------------------------------------------------------------------------------------


async def test_finds_the_calls_to_a_number_since_a_moment(connect: Connect) -> None:
    async with Scripted(calls_page(3, 1, 0, -1, -2)) as server:
        found = await connect(server.url).calls_to(NUMBER, since=NOON)
        assert [call.sid for call in found] == [f"CA{1000 + after:032x}" for after in (3, 1, 0)]
        query = parse_qs(urlsplit(server.asked[0].target).query)
        assert query == {"To": [NUMBER], "PageSize": ["1000"]}
        assert urlsplit(server.asked[0].target).path == CALLS


async def test_finds_a_call_of_the_same_second(connect: Connect) -> None:
    """Twilio's times have whole seconds: a call made at half past is told to be from the full second."""
    async with Scripted(calls_page(0)) as server:
        gateway = connect(server.url)
        assert len(await gateway.calls_to(NUMBER, since=NOON + timedelta(seconds=0.5))) == 1
        assert len(await gateway.calls_to(NUMBER, since=NOON + timedelta(seconds=1))) == 0


async def test_understands_a_moment_in_any_zone(connect: Connect) -> None:
    east = timezone(timedelta(hours=9))
    async with Scripted(calls_page(0, -1)) as server:
        assert len(await connect(server.url).calls_to(NUMBER, since=NOON.astimezone(east))) == 1


async def test_misses_no_call_whose_time_is_not_told(connect: Connect) -> None:
    async with Scripted(Reply(body=calls_page_json([call_json(date_created=None)]))) as server:
        assert len(await connect(server.url).calls_to(NUMBER, since=NOON)) == 1


async def test_takes_no_call_to_another_number(connect: Connect) -> None:
    async with Scripted(calls_page(1, to="+15005550009")) as server:
        assert await connect(server.url).calls_to(NUMBER, since=NOON) == ()


async def test_reads_on_until_the_calls_are_older(connect: Connect) -> None:
    def script(asked: Asked) -> Action:
        page = int(parse_qs(urlsplit(asked.target).query).get("Page", ["0"])[0])
        minutes = [(5, 4), (3, -1), (-2, -3), (-4, -5)][page]
        return calls_page(*minutes, next_uri=f"{CALLS}?To=%2B15005550006&Page={page + 1}&PageToken=PA{page}")

    async with Scripted(script=script) as server:
        found = await connect(server.url).calls_to(NUMBER, since=NOON)
        assert len(found) == 3
        assert len(server.asked) == 3, "the page that has nothing but older calls is the last one read"
        assert server.asked[1].target == f"{CALLS}?To=%2B15005550006&Page=1&PageToken=PA0"


@pytest.mark.parametrize("next_uri", ["https://evil.example/2010-04-01/x", "javascript:alert(1)"])
async def test_follows_the_pages_of_calls_to_no_other_host(connect: Connect, next_uri: str) -> None:
    async with Scripted(calls_page(1, next_uri=next_uri)) as server:
        with pytest.raises((ForeignHost, NotTwilio)):
            await connect(server.url).calls_to(NUMBER, since=NOON)
        assert len(server.asked) == 1


async def test_keeps_a_path_of_the_api_url_from_page_to_page(connect: Connect) -> None:
    async with Scripted(calls_page(2, next_uri=f"{CALLS}?Page=1"), calls_page(1)) as server:
        assert len(await connect(f"{server.url}/twilio/").calls_to(NUMBER, since=NOON)) == 2
        assert [asked.target for asked in server.asked] == [
            f"/twilio{CALLS}?To=%2B15005550006&PageSize=1000",
            f"/twilio{CALLS}?Page=1",
        ]


# -- two hosts --------------------------------------------------------------------------------------------------------


async def test_asks_for_calls_at_the_host_of_calls_alone(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Scripted(Reply(body=room_json())) as video, Scripted(Reply(body=call_json())) as phone:
        monkeypatch.setattr(sdk, "calls_url", lambda _: phone.url)
        gateway = connect(video.url)
        await gateway.room("x")
        await gateway.call(CALL_SID)
        await gateway.dial(NEW)
        assert [asked.target for asked in video.asked] == ["/v1/Rooms/x"]
        assert [asked.target for asked in phone.asked] == [CALL, CALLS]
        assert video.asked[0].headers["Authorization"] == phone.asked[0].headers["Authorization"]
        await gateway.close()
        for asking in (gateway.room("x"), gateway.call(CALL_SID)):
            with pytest.raises(Unreachable, match="have been closed"):
                await asking


async def test_reads_of_both_hosts_wait_for_one_budget_and_tell_one_clock(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    pace, clock = Counting(), ServerClock(rate=0.0)
    trouble = Reply(503, refusal_json(503, 20503, "Service unavailable"))
    date = {"Date": "Fri, 20 Nov 2026 12:00:00 GMT"}
    answers = trouble, Reply(body=call_json(), headers=date)
    async with Scripted(Reply(body=room_json())) as video, Scripted(*answers) as phone:
        monkeypatch.setattr(sdk, "calls_url", lambda _: phone.url)
        gateway = connect(video.url, pace=pace, clock=clock)
        await gateway.call(CALL_SID, urgent=True)
        assert clock.now().date() == NOON.date()
        await gateway.room("x")
        assert pace.admitted == [True, True, False], "the retry too"
        await gateway.close()


async def test_the_host_of_calls_is_asked_as_often_and_as_patiently(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Scripted(Reply(503), Reply(body=call_json())) as phone:
        monkeypatch.setattr(sdk, "calls_url", lambda _: phone.url)
        gateway = connect("https://video.twilio.com", retries=Retries(attempts=1), timeout=7.0, connect_timeout=3.0)
        with pytest.raises(Broken):
            await gateway.call(CALL_SID)
        assert len(phone.asked) == 1
        beside = gateway._phone_transport
        assert (beside._timeout, beside._connect_timeout) == (7.0, 3.0)
        await gateway.close()


async def test_one_address_is_asked_over_one_transport(connect: Connect) -> None:
    async with Scripted(Reply(body=call_json())) as server:
        gateway = connect(server.url)
        await gateway.call(CALL_SID)
        assert gateway._transport.counts.reads == 1


async def test_names_the_host_that_failed(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Scripted(Reply(200, "<html>")) as phone:
        monkeypatch.setattr(sdk, "calls_url", lambda _: phone.url)
        gateway = connect("https://video.twilio.com")
        with pytest.raises(NotTwilio, match=phone.url.removeprefix("http://")):
            await gateway.call(CALL_SID)
        await gateway.close()


async def test_no_refusal_of_a_call_repeats_the_secret(connect: Connect) -> None:
    def script(asked: Asked) -> Action:
        return Reply(400, refusal_json(400, 20001, f"{asked.headers['Authorization']} is {SECRET}"))

    async with Scripted(script=script) as server:
        with pytest.raises(Refused) as refused:
            await connect(server.url).dial(NEW)
        assert refused.value.message.raw == "Basic *** is ***"


@pytest.mark.parametrize("trouble", [Reply(418, "teapot"), Reply(200, b"\xff"), Reply(200, []), Reply(200, {"sid": 1})])
async def test_raises_nothing_but_twilio_errors(connect: Connect, trouble: Action) -> None:
    asked: list[Callable[[Gateway], Awaitable[object]]] = [
        lambda gateway: gateway.dial(NEW),
        lambda gateway: gateway.call(CALL_SID),
        lambda gateway: gateway.calls_to(NUMBER, since=NOON),
        lambda gateway: gateway.hang_up(CALL_SID),
    ]
    async with Scripted(trouble) as server:
        gateway = connect(server.url)
        for asking in asked:
            with pytest.raises(TwilioError) as raised:
                await asking(gateway)
            assert raised.value.sentence.isprintable()
