from __future__ import annotations

import asyncio
import gzip
import logging
import warnings
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]  # has hints, but no py.typed
from twilio.rest import Client  # type: ignore[import-untyped]  # has hints, but no py.typed

from roomtui.twilio_api import transport as transport_module
from roomtui.twilio_api.clock import ServerClock
from roomtui.twilio_api.errors import ForeignHost, InvalidApiUrl, NotTwilio, Unreachable
from roomtui.twilio_api.retries import Retries
from roomtui.twilio_api.transport import Transport
from tests.twilio_api.http11.wired import refusing
from tests.twilio_api.scripted import SECRET, Action, Reply, Reset, Scripted, Silence, Truncated, room_json

if TYPE_CHECKING:
    from tests.twilio_api.conftest import Open

AUTH = ("SKkey", SECRET)


# -- the address ------------------------------------------------------------------------------------------------------


def test_needs_no_running_loop_to_be_built() -> None:
    assert Transport("https://video.twilio.com").counts.reads == 0


def test_refuses_an_address_that_would_show_the_credentials() -> None:
    with pytest.raises(InvalidApiUrl, match="https://"):
        Transport("http://video.twilio.com")


async def test_sends_nothing_to_another_origin(open_to: Open) -> None:
    async with Scripted(Reply()) as home, Scripted(Reply()) as elsewhere:
        transport = open_to(home.url)
        with pytest.raises(ForeignHost):
            await transport.request("GET", f"{elsewhere.url}/v1/Rooms", auth=AUTH)
        with pytest.raises(ForeignHost):
            await transport.request("POST", home.url.replace("http:", "https:"), auth=AUTH, data={"Status": "x"})
        assert home.asked == elsewhere.asked == []
        assert transport.counts.reads == transport.counts.writes == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_does_not_follow_a_redirect(open_to: Open, status: int) -> None:
    async with Scripted(Reply()) as elsewhere:
        async with Scripted(Reply(status, headers={"Location": f"{elsewhere.url}/v1/Rooms"})) as home:
            transport = open_to(home.url)
            answer = await transport.request("GET", f"{home.url}/v1/Rooms", auth=AUTH, allow_redirects=True)
            assert answer.status_code == status
        assert elsewhere.asked == []


# -- what is sent -----------------------------------------------------------------------------------------------------


async def test_encodes_the_query_with_times_in_utc(open_to: Open) -> None:
    async with Scripted(Reply()) as server:
        transport = open_to(server.url)
        east = timezone(timedelta(hours=9))
        params = {
            "Name": "a b&c=d#é",
            "After": datetime(2026, 11, 20, 8, 30, tzinfo=east),
            "Flag": True,
            "PageSize": 1000,
            "Nothing": None,
            "Codec": ["VP8", "H264"],
        }
        await transport.request("GET", f"{server.url}/v1/Rooms", params=params)
        assert server.asked[0].target == (
            "/v1/Rooms?Name=a+b%26c%3Dd%23%C3%A9&After=2026-11-19T23%3A30%3A00Z"
            "&Flag=true&PageSize=1000&Codec=VP8&Codec=H264"
        )


async def test_refuses_to_guess_a_time_zone(open_to: Open) -> None:
    async with Scripted(Reply()) as server:
        naive = datetime(2026, 11, 20)  # noqa: DTZ001  # the case
        with pytest.raises(ValueError, match="zone"):
            await open_to(server.url).request("GET", f"{server.url}/v1/Rooms", params={"After": naive})


async def test_sends_a_path_as_it_is_encoded(open_to: Open) -> None:
    target = "/v1/Rooms/a%2Fb%3F%23%25%20%2e%2E;x=%7e?PageToken=%2Bx+y%3d"
    async with Scripted(Reply()) as server:
        await open_to(server.url).request("GET", server.url + target)
        assert server.asked[0].target == target


async def test_authenticates_without_a_cookie_and_without_netrc(
    open_to: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w", encoding="utf-8") as file:  # noqa: ASYNC230, PTH123  # a line for a test
        file.write("default login somebody password else\n")
    monkeypatch.setenv("NETRC", netrc)
    async with Scripted(Reply(headers={"Set-Cookie": "tracked=1; Path=/"})) as server:
        url = server.url.replace("127.0.0.1", "localhost")  # an address has no cookies anyway
        transport = open_to(url)
        for _ in range(2):
            await transport.request("GET", f"{url}/v1/Rooms", auth=AUTH)
        for asked in server.asked:
            assert "Cookie" not in asked.headers
            assert asked.headers["Authorization"].startswith("Basic U0trZXk6")


async def test_is_a_client_the_sdk_takes(open_to: Open) -> None:
    async with Scripted(Reply(body=room_json(5))) as server:
        transport = open_to(server.url)
        assert isinstance(transport, AsyncHttpClient)
        client = Client("SKkey", SECRET, "ACme", http_client=transport)
        client.video.base_url = server.url
        room = await client.video.v1.rooms("RM5").fetch_async()
        assert room.sid == f"RM{5:032x}"


async def test_calls_nothing_deprecated(open_to: Open) -> None:
    """The SDK's own client makes aiohttp warn on every call, and breaks with its next version."""
    async with Scripted(Reply()) as server:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            transport = open_to(server.url)
            await transport.request("GET", f"{server.url}/v1/Rooms", params={"PageSize": 1000}, auth=AUTH)
            await transport.request("POST", f"{server.url}/v1/Rooms", data={"Status": "completed"}, auth=AUTH)
            await transport.close()
        assert [str(warning.message) for warning in warned] == []


async def test_logs_nothing(open_to: Open, caplog: pytest.LogCaptureFixture) -> None:
    async with Scripted(Reply()) as server:
        with caplog.at_level(logging.DEBUG, logger="twilio"):
            await open_to(server.url).request("GET", f"{server.url}/v1/Rooms/secret-room", auth=AUTH)
    assert not [record for record in caplog.records if record.name.startswith("twilio")]


# -- faults -----------------------------------------------------------------------------------------------------------


async def test_says_that_no_answer_came_in_time(open_to: Open) -> None:
    async with Scripted(Silence(12.5)) as server:
        transport = open_to(server.url, timeout=12.5, retries=Retries(attempts=1))
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1:\d+ gave no answer within 12\.5 s"):
            await transport.request("GET", f"{server.url}/v1/Rooms?Name=secret", auth=AUTH)


async def test_takes_the_timeout_of_a_single_request(open_to: Open) -> None:
    async with Scripted(Silence(12.5)) as server:
        transport = open_to(server.url, timeout=60.0, retries=Retries(attempts=1))
        with pytest.raises(Unreachable, match=r"12\.5 s"):
            await transport.request("GET", f"{server.url}/v1/Rooms", timeout=12.5)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [(Reset(), "closed the connection|was reset"), (Truncated(), "broke off half-way")],
)
async def test_says_how_the_connection_failed(open_to: Open, trouble: Action, words: str) -> None:
    async with Scripted(trouble) as server:
        with pytest.raises(Unreachable, match=words) as failed:
            await open_to(server.url).request("GET", f"{server.url}/v1/Rooms?Name=secret", auth=AUTH)
        assert "secret" not in str(failed.value)
        assert failed.value.__cause__ is None
        assert failed.value.__suppress_context__


async def test_says_that_nothing_listens_there(open_to: Open) -> None:
    with refusing() as port:
        url = f"http://127.0.0.1:{port}"
        with pytest.raises(Unreachable, match="refused the connection"):
            await open_to(url).request("GET", f"{url}/v1/Rooms")


@pytest.mark.parametrize("trouble", [Reset(), Truncated()])
async def test_does_not_know_what_became_of_what_it_sent(open_to: Open, trouble: Action) -> None:
    async with Scripted(trouble) as server:
        with pytest.raises(Unreachable) as failed:
            await open_to(server.url).request("POST", f"{server.url}/v1/Rooms", data={"A": "b"})
        assert not failed.value.unsent


async def test_knows_that_nothing_was_sent(open_to: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with refusing() as port:
        for scheme, setting in (("http", ""), ("https", "/not/there")):
            monkeypatch.setenv("SSL_CERT_FILE", setting)
            url = f"{scheme}://127.0.0.1:{port}"
            transport = open_to(url)
            with pytest.raises(Unreachable) as failed:
                await transport.request("POST", f"{url}/v1/Rooms", data={"A": "b"})
            assert failed.value.unsent
            assert transport.counts.in_flight == 0


async def test_says_that_the_other_end_speaks_no_tls(open_to: Open, slept: list[float]) -> None:
    async with Scripted(Reply()) as server:
        url = server.url.replace("http:", "https:")
        with pytest.raises(Unreachable, match="TLS"):
            await open_to(url).request("GET", f"{url}/v1/Rooms")
        assert slept == [], "it would not get better"


async def test_says_that_the_other_end_speaks_no_http(open_to: Open) -> None:
    async def mumble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP ready\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(mumble, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(NotTwilio, match="does not answer in HTTP"):
            await open_to(url).request("GET", f"{url}/v1/Rooms")


@pytest.mark.parametrize("compressed", [False, True])
async def test_stops_reading_an_answer_that_would_fill_the_memory(
    open_to: Open, monkeypatch: pytest.MonkeyPatch, *, compressed: bool
) -> None:
    monkeypatch.setattr(transport_module, "BODY_MAX", 1 << 20)
    body = b" " * (64 << 20) if compressed else b" " * (2 << 20)
    reply = Reply(body=gzip.compress(body), headers={"Content-Encoding": "gzip"}) if compressed else Reply(body=body)
    async with Scripted(reply) as server:
        with pytest.raises(NotTwilio, match="more than 1 MB"):
            await open_to(server.url).request("GET", f"{server.url}/v1/Rooms")
        assert len(server.asked) == 1


async def test_shows_a_thousand_rooms_though_one_byte_is_broken(open_to: Open) -> None:
    async with Scripted(Reply(body=b'{"unique_name": "caf\xe9"}')) as server:
        answer = await open_to(server.url).request("GET", f"{server.url}/v1/Rooms")
        assert answer.text == '{"unique_name": "caf\ufffd"}'


async def test_stays_closed(open_to: Open) -> None:
    async with Scripted(Reply()) as server:
        transport = open_to(server.url)
        await transport.request("GET", f"{server.url}/v1/Rooms")
        await transport.close()
        await transport.close()
        with pytest.raises(Unreachable, match="closed"):
            await transport.request("GET", f"{server.url}/v1/Rooms")


# -- what it learns ---------------------------------------------------------------------------------------------------


async def test_learns_twilios_time_from_every_answer(open_to: Open) -> None:
    then = datetime(2031, 5, 5, 12, 0, 0, tzinfo=timezone.utc)
    async with Scripted(Reply(404, headers={"Date": format_datetime(then, usegmt=True)})) as server:
        clock = ServerClock(monotonic=lambda: 100.0)
        await open_to(server.url, clock=clock).request("GET", f"{server.url}/v1/Rooms")
        assert abs((clock.now() - then).total_seconds()) < 1.5


@pytest.mark.parametrize("date", ["", "soon", "Thu, 01 Jan 1970 00:00:00 GMT"])
async def test_keeps_the_hosts_time_when_the_date_is_wrong(open_to: Open, date: str) -> None:
    async with Scripted(Reply(headers={"Date": date})) as server:
        transport = open_to(server.url)
        await transport.request("GET", f"{server.url}/v1/Rooms")
        assert transport.clock.skew() is None


async def test_remembers_what_twilio_says_of_the_request(open_to: Open) -> None:
    headers = {"Twilio-Request-Id": "RQ" + "1" * 32, "Twilio-Concurrent-Requests": "17"}
    async with Scripted(Reply(headers=headers), Reply(headers={"Twilio-Concurrent-Requests": "many"})) as server:
        transport = open_to(server.url)
        for _ in range(2):
            await transport.request("GET", f"{server.url}/v1/Rooms")
            assert transport.counts.last_request_id == "RQ" + "1" * 32
            assert transport.counts.last_concurrent_requests == 17
