"""Faults over HTTP, as an unlucky client meets them."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.sandbox.conftest import basic_auth
from tests.sandbox.receiver import PATIENCE

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client


async def fault(client: Client, **form: str) -> None:
    assert (await client.post("/_sandbox/faults", **form)).status == 201


@pytest.mark.parametrize(
    ("kind", "status", "code"), [("429", 429, 20429), ("500", 500, 20500), ("503", 503, 20503), ("auth", 401, 20003)]
)
async def test_a_refusing_fault_strikes_so_many_times(client: Client, kind: str, status: int, code: int) -> None:
    await fault(client, Kind=kind, Count="2")
    for _ in range(2):
        reply = await client.get("/v1/Rooms")
        assert (reply.status, reply.json["code"]) == (status, code)
        assert "Retry-After" not in reply.headers
    assert (await client.get("/v1/Rooms")).status == 200


async def test_retry_after_is_sent_when_asked_for(client: Client) -> None:
    await fault(client, Kind="429", RetryAfter="7")
    assert (await client.get("/v1/Rooms")).headers["Retry-After"] == "7"


async def test_a_fault_touches_its_path_only_and_never_the_control_plane(client: Client) -> None:
    await fault(client, Kind="500", Rate="1", Path="/v1/Rooms/*/Participants*")
    await client.join("huddle", "ann")
    assert (await client.get("/v1/Rooms/huddle")).status == 200
    assert (await client.get("/v1/Rooms/huddle/Participants")).status == 500
    assert (await client.get("/_sandbox/faults")).json["faults"][0]["rate"] == 1
    await client.ask("DELETE", "/_sandbox/faults")
    assert (await client.get("/v1/Rooms/huddle/Participants")).status == 200


async def test_a_prefix_is_a_path_too(client: Client) -> None:
    await fault(client, Kind="503", Count="9", Path="/v1/Rooms/RM")
    assert (await client.get("/v1/Rooms")).status == 200
    assert (await client.get("/v1/Rooms/RM1")).status == 503


@pytest.mark.usefixtures("unlimited")
async def test_a_rate_strikes_about_as_often_as_it_says(client: Client) -> None:
    await fault(client, Kind="500", Rate="0.3")
    statuses = [(await client.get("/v1/Rooms")).status for _ in range(200)]
    assert 30 <= statuses.count(500) <= 90


async def test_a_page_of_a_proxy_is_html(client: Client) -> None:
    await fault(client, Kind="html")
    reply = await client.get("/v1/Rooms")
    assert (reply.status, reply.headers["Content-Type"]) == (502, "text/html; charset=utf-8")


async def test_malformed_json_is_complete_http_and_broken_json(client: Client) -> None:
    await fault(client, Kind="malformed")
    async with client.session.get(f"{client.sandbox.url}/v1/Rooms", headers=known()) as response:
        text = await response.text()
    assert response.status == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        json.loads(text)


async def test_a_truncated_answer_ends_before_its_length(client: Client) -> None:
    await fault(client, Kind="truncated")
    with pytest.raises(aiohttp.ClientPayloadError):
        await client.get("/v1/Rooms")


async def test_a_spoilt_answer_has_been_acted_upon(client: Client) -> None:
    await fault(client, Kind="truncated")
    with pytest.raises(aiohttp.ClientPayloadError):
        await client.post("/v1/Rooms", UniqueName="daily")
    assert (await client.get("/v1/Rooms/daily")).status == 200


async def test_a_reset_connection_is_not_answered_and_not_acted_upon(client: Client) -> None:
    await fault(client, Kind="reset", Count="9")
    with pytest.raises(aiohttp.ClientOSError):
        await client.post("/v1/Rooms", UniqueName="daily")
    await client.ask("DELETE", "/_sandbox/faults")
    assert (await client.get("/v1/Rooms/daily")).status == 404


async def test_a_timeout_lasts_until_the_client_gives_up_and_is_counted_as_unanswered(client: Client) -> None:
    await fault(client, Kind="timeout", Count="9")
    waiting = asyncio.ensure_future(client.get("/v1/Rooms"))
    while client.sandbox._meter.in_flight == 0:  # noqa: ASYNC110 - the request has to get there first
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    for _ in range(200):
        counted = (await client.get("/_sandbox/requests")).json["requests"]
        if counted:
            break
        await asyncio.sleep(0)
    assert counted == [{"method": "GET", "route": "/v1/Rooms", "status": 0, "count": 1}]


async def test_a_stopping_server_lets_go_of_a_client_that_hangs(client: Client) -> None:
    await fault(client, Kind="timeout", Count="9")
    hanging = asyncio.ensure_future(client.get("/v1/Rooms"))
    while client.sandbox._meter.in_flight == 0:  # noqa: ASYNC110 - the request has to get there first
        await asyncio.sleep(0)
    await asyncio.wait_for(client.sandbox.stop(), PATIENCE)
    with pytest.raises(aiohttp.ClientError):
        await hanging


async def test_a_slow_answer_is_the_true_one(client: Client) -> None:
    await fault(client, Kind="slow", Delay="0.01")
    assert (await client.get("/v1/Rooms")).json["rooms"] == []


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"Kind": "earthquake"},
        {"Kind": "500", "Count": "0"},
        {"Kind": "500", "Count": "x"},
        {"Kind": "500", "Rate": "2"},
        {"Kind": "500", "Rate": "0.5", "Count": "3"},
        {"Kind": "429", "RetryAfter": "-1"},
        {"Kind": "slow", "Delay": "inf"},
    ],
)
async def test_a_fault_that_cannot_be_is_refused(client: Client, form: dict[str, str]) -> None:
    assert (await client.post("/_sandbox/faults", **form)).status == 400
    assert (await client.get("/_sandbox/faults")).json["faults"] == []


def known() -> dict[str, str]:
    return {"Authorization": basic_auth(f"SK{'b' * 32}", "secret")}
