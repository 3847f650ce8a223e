"""Who is let in, how often, and what every answer carries."""

from __future__ import annotations

import base64
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from roomtui.sandbox.options import Credentials
from roomtui.sandbox.rest.gate import Gate
from roomtui.sandbox.world.account import Account
from roomtui.sandbox.world.refusals import Refusal
from tests.sandbox.conftest import basic_auth

if TYPE_CHECKING:
    from tests.sandbox.conftest import Client

KNOWN = Credentials()


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": basic_auth(user, password)}


async def test_account_token_and_api_key_are_let_in(client: Client) -> None:
    known = client.sandbox.credentials
    for user, password in ((known.account_sid, known.auth_token), (known.api_key, known.api_secret)):
        assert (await client.get("/v1/Rooms", headers=basic(user, password))).status == 200


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !!",
        "Bearer token",
        f"Basic {base64.b64encode(b'nocolon').decode()}",
        f"Basic {base64.b64encode(bytes([255, 254])).decode()}",
        basic_auth(f"SK{'b' * 32}", "token"),
        basic_auth(f"SK{'b' * 32}", ""),
        basic_auth("", ""),
        basic_auth(f"AC{'a' * 32}", "sécret"),
    ],
)
async def test_anybody_else_gets_401_whatever_they_ask(client: Client, authorization: str) -> None:
    for path in ("/v1/Rooms", "/v1/Rooms/none", "/nowhere"):
        reply = await client.get(path, headers={"Authorization": authorization})
        assert (reply.status, reply.json["code"], reply.json["message"]) == (401, 20003, "Authenticate")
        assert reply.headers["WWW-Authenticate"] == 'Basic realm="Twilio API"'


async def test_every_answer_carries_twilios_headers_and_the_virtual_date(client: Client) -> None:
    await client.advance(40 * 86_400)
    for reply in (await client.get("/v1/Rooms"), await client.get("/v1/None"), await client.get("/v1/Rooms?Page=x")):
        assert re.fullmatch("RQ[0-9a-f]{32}", reply.headers["Twilio-Request-Id"])
        assert reply.headers["Twilio-Concurrent-Requests"] == "1"
        assert float(reply.headers["Twilio-Request-Duration"]) >= 0
        assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
        assert parsedate_to_datetime(reply.headers["Date"]) == client.sandbox.clock.second()


async def test_unknown_path_and_method_are_refused_in_twilios_shape(client: Client) -> None:
    for path in ("/", "/v1", "/v1/Rooms/", "/v1/Rooms/a/b/c/d/e", "/2010-04-01/x", "//", "/v1/rooms"):
        reply = await client.get(path)
        assert (reply.status, reply.json["code"], reply.json["status"]) == (404, 20404, 404)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        reply = await client.ask(method, "/v1/Rooms")
        assert (reply.status, reply.json["code"]) == (405, 20004)
    assert (await client.post("/v1/Rooms/x/Participants")).status == 405


async def test_a_method_that_a_path_does_not_have_is_told_those_it_has(client: Client) -> None:
    for method, path, allowed in (
        ("DELETE", "/v1/Rooms", "GET, HEAD, POST"),
        ("PUT", "/v1/Recordings/x", "DELETE, GET, HEAD"),
        ("GET", "/v1/Rooms/x/Participants/y/Anonymize", "POST"),
        ("HEAD", "/v1/Rooms/x/Participants/y/Anonymize", "POST"),
    ):
        reply = await client.ask(method, path)
        assert (reply.status, reply.headers["Allow"]) == (405, allowed)


@pytest.mark.usefixtures("same_second")
async def test_head_is_get_without_the_body_and_a_read(client: Client) -> None:
    room = await client.create()
    client.sandbox.world.account.write_limit = 1  # which the room has used
    path = f"/v1/Rooms/{room['sid']}"
    body = (await client.get(path)).text
    reply = await client.ask("HEAD", path)
    assert (reply.status, reply.text, reply.headers["Content-Length"]) == (200, "", str(len(body)))
    assert (await client.ask("HEAD", "/v1/Rooms/none")).status == 404
    requests = (await client.get("/_sandbox/requests")).json
    assert (requests["peak_reads_per_second"], requests["peak_writes_per_second"]) == (3, 1)


async def test_urls_are_on_the_origin_the_client_used(client: Client) -> None:
    room = await client.create()
    port = client.sandbox.url.rpartition(":")[2]
    by_name = (await client.get(f"/v1/Rooms/{room['sid']}", headers={"Host": f"twilio.test:{port}"})).json
    assert by_name["url"] == f"http://twilio.test:{port}/v1/Rooms/{room['sid']}"
    odd = (await client.get("/v1/Rooms", headers={"Host": 'x"><script>'})).json
    assert odd["meta"]["url"].startswith(client.sandbox.url)


async def test_urls_are_https_for_a_client_that_comes_through_a_proxy_which_ends_tls(client: Client) -> None:
    """An SDK without a base URL keeps https; its next page must go the way of its first."""
    for _ in range(2):
        await client.create()
    proxied = {"Host": "video.twilio.com", "X-Forwarded-Proto": "https"}
    meta = (await client.get("/v1/Rooms?PageSize=1", headers=proxied)).json["meta"]
    assert meta["next_page_url"].startswith("https://video.twilio.com/v1/Rooms?")
    odd = (await client.get("/v1/Rooms", headers={"X-Forwarded-Proto": "javascript"})).json["meta"]
    assert odd["url"].startswith(f"{client.sandbox.url}/v1/Rooms?")


def gate_with(limit: int) -> tuple[Gate, list[float]]:
    now = [100.0]
    account = Account(sid=KNOWN.account_sid, read_limit=limit, write_limit=1)
    return Gate(KNOWN, account, lambda: now[0]), now


def test_one_more_read_than_the_limit_in_any_second_is_refused() -> None:
    gate, now = gate_with(3)
    for _ in range(3):
        gate.admit("GET")
        now[0] += 0.3
    with pytest.raises(Refusal) as refused:
        gate.admit("GET")
    assert (refused.value.code, refused.value.status) == (20429, 429)
    now[0] = 101.0
    gate.admit("GET")
    with pytest.raises(Refusal):
        gate.admit("GET")


def test_reads_and_writes_are_limited_apart_and_zero_is_no_limit() -> None:
    gate, _ = gate_with(0)
    gate.admit("POST")
    with pytest.raises(Refusal):
        gate.admit("POST")
    for _ in range(500):
        gate.admit("GET")


@pytest.mark.usefixtures("same_second")
async def test_the_account_is_limited_as_the_control_plane_says(client: Client) -> None:
    await client.post("/_sandbox/account", ReadLimit="2")
    replies = [await client.get("/v1/Rooms") for _ in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert (replies[2].json["code"], replies[2].json["message"]) == (20429, "Too Many Requests")
