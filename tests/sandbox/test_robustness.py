"""Whatever is sent, the answer has Twilio's shape and nothing is written to the log."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.conftest import basic_auth
from tests.sandbox.receiver import PATIENCE

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client

HEAD = f"Host: x\r\nAuthorization: {basic_auth(f'SK{chr(98) * 32}', 'secret')}\r\nConnection: close\r\n"
PARAMETERS = [
    "UniqueName", "Type", "MaxParticipants", "EmptyRoomTimeout", "UnusedRoomTimeout", "StatusCallback", "Status",
    "StatusCallbackMethod", "RecordingRules", "VideoCodecs", "MediaRegion", "AudioOnly", "MaxParticipantDuration",
    "Room", "Identity", "Tracks", "Kind", "Name", "Enabled", "Advance", "Era", "ReadLimit", "Rate", "Count", "PageSize",
    "Page", "PageToken", "DateCreatedAfter", "DateCreatedBefore",
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=20),
    st.binary(max_size=12),
    st.integers().map(str),
    st.sampled_from(["completed", "disconnected", "go", "true", "[]", "[{}]", "VP8", "daily", "ann", "9" * 400, "nan"]),
)
PARTS = ["v1", "Rooms", "Participants", "daily", "ann", "_sandbox", "participants", "leave", "account", "rooms", "fail"]
PATHS = st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=6)), max_size=6)


async def raw(client: Client, request: bytes) -> bytes:
    """What comes back for these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(client.sandbox.url.rpartition(":")[2]))
    writer.write(request)
    answer = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    return answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x00\xff garbage\r\n\r\n",
        b"BREW /v1/Rooms HTTP/1.1\r\n\r\n",
        f"GET /v1/Rooms/{'a' * 9000} HTTP/1.1\r\n{HEAD}\r\n".encode(),
        f"GET /v1/Rooms HTTP/1.1\r\n{HEAD}X: {'a' * 9000}\r\n\r\n".encode(),
        f"GET /v1/Rooms/\xff HTTP/1.1\r\n{HEAD}\r\n".encode("latin-1"),
        f"POST /v1/Rooms HTTP/1.1\r\n{HEAD}Content-Length: abc\r\n\r\n".encode(),
        f"POST /v1/Rooms HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode(),
        f"POST /v1/Rooms HTTP/1.1\r\n{HEAD}Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc".encode(),
        f"POST /v1/Rooms HTTP/1.1\r\n{HEAD}Content-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc".encode(),
    ],
)
async def test_what_is_not_http_or_no_form_is_refused_in_twilios_shape(
    client: Client, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    head, _, body = (await raw(client, request_bytes)).partition(b"\r\n\r\n")
    assert b" 400 " in head.splitlines()[0]
    assert json.loads(body)["code"] == 20001
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_an_absolute_request_target_is_understood(client: Client) -> None:
    request = f"GET http://twilio.test/v1/Rooms?PageSize=7 HTTP/1.1\r\n{HEAD}\r\n".encode()
    assert b'"page_size": 7' in await raw(client, request)


async def test_expect_100_continue_is_answered_before_the_body(client: Client) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(client.sandbox.url.rpartition(":")[2]))
    writer.write(f"POST /v1/Rooms HTTP/1.1\r\n{HEAD}Expect: 100-continue\r\nContent-Length: 17\r\n\r\n".encode())
    assert await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE) == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"UniqueName=patien")
    assert b'"unique_name": "patien"' in await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()


async def test_a_body_too_large_is_413_in_twilios_shape(client: Client) -> None:
    reply = await client.post("/v1/Rooms", UniqueName="x" * 300_000)
    assert (reply.status, reply.json["status"]) == (413, 413)


async def test_too_many_parameters_are_refused(client: Client) -> None:
    form = {f"P{number}": "x" for number in range(2000)}
    assert (await client.post("/v1/Rooms", **form)).status == 400
    assert (await client.get(f"/v1/Rooms?{urlencode(form)[:8000]}")).status in {200, 400}


@pytest.mark.usefixtures("unlimited")
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    method=st.sampled_from(["GET", "POST", "POST", "DELETE", "PUT"]),
    parts=PATHS,
    form=st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), max_size=5),
    query=st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), max_size=3),
)
async def test_no_request_breaks_the_server_or_the_shape_of_its_answers(
    client: Client,
    method: str,
    parts: list[str],
    form: list[tuple[str, str | bytes]],
    query: list[tuple[str, str | bytes]],
) -> None:
    path = "/" + "/".join(quote(part, safe="") for part in parts)
    reply = await client.ask(method, f"{path}?{encoded(query)}", data=encoded(form), headers=FORM)
    assert reply.status < 500
    assert isinstance(reply.json, dict)
    if reply.status >= 400:
        assert {"code", "message", "more_info", "status"} == set(reply.json)
        assert reply.json["status"] == reply.status


def encoded(fields: list[tuple[str, str | bytes]]) -> str:
    return urlencode(fields, errors="surrogatepass")


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
