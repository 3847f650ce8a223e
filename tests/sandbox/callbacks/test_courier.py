"""Signed requests to a customer's server: what arrives there, what is refused, what is survived."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # has hints, but no py.typed

from roomtui.sandbox.callbacks.courier import MOST_BYTES, MOST_REDIRECTS, Courier, CourierError, signature
from roomtui.sandbox.callbacks.overrides import Overrides, overrides_of
from roomtui.sandbox.callbacks.url import displayed
from tests.passing import let_pass
from tests.sandbox.conftest import basic_auth
from tests.sandbox.receiver import Received, Receiver, status

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TOKEN = "12345"
ODD = {"RoomName": "Board & Co + Jürgen 100% 😀", "Empty": "", "Sign": "=?#/;", "Line": "a\nb"}


@pytest.fixture
async def courier() -> AsyncIterator[Courier]:
    made = Courier(TOKEN)
    yield made
    await made.close()


def is_valid(received: Received) -> bool:
    return bool(RequestValidator(TOKEN).validate(received.url, dict(received.form), received.signature))


# Signatures


def test_the_signature_of_twilios_own_example() -> None:
    example = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    assert signature(TOKEN, "https://mycompany.com/myapp.php?foo=1&bar=2", example) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@given(
    token=st.text(min_size=1),
    parameters=st.dictionaries(st.text(alphabet="AbcZ", min_size=1), st.text(alphabet=st.characters(codec="utf-8"))),
)
def test_twilios_validator_computes_the_same_signature(token: str, parameters: dict[str, str]) -> None:
    url = "http://127.0.0.1:8080/hook?x=1"
    assert signature(token, url, parameters) == RequestValidator(token).compute_signature(url, parameters)


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(
    "rest",
    ["", "/", "/hook", "/hook?", "/hook?a=b%20c+d&e=%C3%BC", "/hook/ü ber?ü=1".replace(" ", ""), "/a/../b//c", "/#x"],
)
async def test_what_arrives_is_what_was_signed(courier: Courier, receiver: Receiver, method: str, rest: str) -> None:
    reply = await courier.send(method, receiver.url(rest), ODD)
    (received,) = receiver.received
    assert received.method == method
    assert is_valid(received)
    assert {name: received.parameters[name] for name in ODD} == ODD
    assert (reply.status, reply.content_type, reply.text) == (200, "text/xml", "<Response/>")
    assert reply.url == received.url


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_wrong_token_or_a_changed_parameter_is_found_out(
    courier: Courier, receiver: Receiver, method: str
) -> None:
    await courier.send(method, receiver.url(), ODD)
    (received,) = receiver.received
    assert not RequestValidator("54321").validate(received.url, dict(received.form), received.signature)
    changed = received.url.replace("Empty=", "Empty=1")
    assert not RequestValidator(TOKEN).validate(changed, {**received.form, "New": "1"}, received.signature)


async def test_requests_look_like_twilios(courier: Courier, receiver: Receiver) -> None:
    for method in ("POST", "GET"):
        await courier.send(method, receiver.url("/hook?own=1"), {"Name": "a b"}, idempotency_token="once")
    post, get = receiver.received
    for received in (post, get):
        assert received.headers["User-Agent"] == "TwilioProxy/1.1"
        assert received.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert received.headers["I-Twilio-Idempotency-Token"] == "once"
        assert "Cookie" not in received.headers
    assert post.body == b"Name=a%20b"
    assert post.url.endswith("/hook?own=1")
    assert get.body == b""
    assert get.url.endswith("/hook?own=1&Name=a%20b")


async def test_a_fragment_is_never_sent(courier: Courier, receiver: Receiver) -> None:
    await courier.send("POST", receiver.url("/hook?x=1#rc=2&ct=2000"), {})
    (received,) = receiver.received
    assert received.url == receiver.url("/hook?x=1")


async def test_cookies_are_not_kept(courier: Courier, receiver: Receiver) -> None:
    receiver.answer = status(200, **{"Set-Cookie": "session=1; Path=/"})
    await courier.send("POST", receiver.url(), {})
    await courier.send("POST", receiver.url(), {})
    assert "Cookie" not in receiver.received[1].headers


async def test_proxies_of_the_environment_are_not_used(
    courier: Courier, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await courier.send("POST", receiver.url(), {})).status == 200


async def test_any_status_is_an_answer(courier: Courier, receiver: Receiver) -> None:
    for code in (204, 400, 404, 500, 503):
        receiver.answer = status(code)
        assert (await courier.send("POST", receiver.url(), {})).status == code


@pytest.mark.parametrize(
    ("declared", "body", "text"),
    [
        ("text/xml", "ü".encode(), "ü"),
        ("text/xml; charset=latin-1", "ü".encode("latin-1"), "ü"),
        ("text/xml; charset=klingon", "ü".encode(), "ü"),
        ("text/xml", b"\xff", "\ufffd"),
        ("Text/XML;charset=UTF-8", b"", ""),
    ],
)
async def test_text_is_read_whatever_its_character_set(
    courier: Courier, receiver: Receiver, declared: str, body: bytes, text: str
) -> None:
    async def answer(_received: Received, _request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=body, headers={"Content-Type": declared})

    receiver.answer = answer
    reply = await courier.send("POST", receiver.url(), {})
    assert (reply.content_type, reply.text) == ("text/xml", text)


# Which hosts


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names that were asked for; all of them are this machine."""
    names: list[str] = []

    async def resolve(_self: object, host: str, port: int = 0, family: int = 0) -> list[dict[str, object]]:
        names.append(host)
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]

    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", resolve)
    return names


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "EXAMPLE.com.",
        "10.0.0.1",
        "0.0.0.0",  # noqa: S104 - refused
        "169.254.169.254",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil-localhost",
        "2130706433",
        "127.1",
        "0x7f.0.0.1",
        "[::]",
        "[fe80::1]",
        "[::ffff:10.0.0.1]",
        "127.0.0.1@example.com",
        "bücher.example",
    ],
)
async def test_other_machines_are_not_called_and_not_asked_for(courier: Courier, asked: list[str], host: str) -> None:
    with pytest.raises(CourierError, match=r"^11205: The sandbox calls this machine only: .*\.$") as caught:
        await courier.send("POST", f"http://{host}:1/", {})
    assert caught.value.policy is None  # trying again is no use
    assert not asked


@pytest.mark.parametrize(
    "url", ["", "/hook", "ftp://127.0.0.1/", "http://", "http://[::1/", "http://a b/", "http://x:0/"]
)
async def test_what_is_no_url_is_said_in_one_sentence(courier: Courier, url: str) -> None:
    with pytest.raises(CourierError, match=r"^11100: .* is not an absolute http\(s\) URL\.$"):
        await courier.send("POST", url, {})


async def test_localhost_is_this_machine_without_asking_anybody(
    courier: Courier, receiver: Receiver, asked: list[str]
) -> None:
    await courier.send("POST", f"http://LocalHost:{receiver.port}/", {})
    assert is_valid(receiver.received[0])
    assert receiver.received[0].url == f"http://localhost:{receiver.port}/"
    assert not asked


@pytest.mark.parametrize("name", ["[::1]", "localhost", "[0:0:0:0:0:0:0:1]"])
async def test_the_other_loopback_address(courier: Courier, name: str) -> None:
    async with Receiver(host="::1") as receiver:
        await courier.send("POST", f"http://{name}:{receiver.port}/hook", ODD)
        (received,) = receiver.received
        assert signature(TOKEN, received.url, received.form) == received.signature


@pytest.mark.parametrize("allowed", ["hooks.test", "HOOKS.Test", "hooks.test."])
async def test_an_allowed_name_is_called_in_any_case(receiver: Receiver, asked: list[str], allowed: str) -> None:
    courier = Courier(TOKEN, frozenset({allowed}))
    await courier.send("POST", f"http://Hooks.TEST:{receiver.port}/", {})
    assert receiver.received[0].url == f"http://hooks.test:{receiver.port}/"
    assert is_valid(receiver.received[0])
    assert asked == ["hooks.test"]
    with pytest.raises(CourierError, match="this machine only"):
        await courier.send("POST", f"http://www.hooks.test:{receiver.port}/", {})
    await courier.close()


async def test_an_unknown_name_is_a_bad_host_name(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(_self: object, _host: str, _port: int = 0, _family: int = 0) -> list[dict[str, object]]:
        raise OSError(None, "Name or service not known")

    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", resolve)
    courier = Courier(TOKEN, frozenset({"hooks.test"}))
    with pytest.raises(CourierError, match=r"^11210: "):
        await courier.send("POST", "http://hooks.test/", {})
    await courier.close()


# Passwords


async def test_a_name_and_password_answer_a_server_that_asks_for_them(courier: Courier, receiver: Receiver) -> None:
    async def answer(received: Received, _request: web.BaseRequest) -> web.StreamResponse:
        if received.headers.get("Authorization") == basic_auth("me&you", "s:cret"):
            return web.Response()
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="My Realm"'})

    receiver.answer = answer
    url = f"http://me%26you:s%3Acret@127.0.0.1:{receiver.port}/hook"
    assert (await courier.send("POST", url, ODD)).status == 200
    first, second = receiver.received
    assert "Authorization" not in first.headers
    assert is_valid(first)
    assert is_valid(second)
    assert base64.b64encode(b"me&you:s:cret").decode() in second.headers["Authorization"]


async def test_a_password_that_is_refused_is_not_offered_again(courier: Courier, receiver: Receiver) -> None:
    receiver.answer = status(401, **{"WWW-Authenticate": "Basic realm=x"})
    assert (await courier.send("POST", f"http://u:p@127.0.0.1:{receiver.port}/", {})).status == 401
    assert len(receiver.received) == 2


async def test_a_password_is_not_told_to_another_server(courier: Courier, receiver: Receiver) -> None:
    async with Receiver() as other:
        other.answer = status(401, **{"WWW-Authenticate": "Basic realm=x"})
        receiver.answer = status(302, Location=other.url("/elsewhere"))
        assert (await courier.send("POST", f"http://u:p@127.0.0.1:{receiver.port}/", {})).status == 401
        assert [received.headers.get("Authorization") for received in other.received] == [None]


async def test_a_password_is_told_to_the_same_server_elsewhere(courier: Courier, receiver: Receiver) -> None:
    async def answer(received: Received, _request: web.BaseRequest) -> web.StreamResponse:
        if received.path == "/":
            return web.Response(status=302, headers={"Location": "/elsewhere"})
        return web.Response(status=200 if "Authorization" in received.headers else 401)

    receiver.answer = answer
    assert (await courier.send("POST", f"http://u:p@127.0.0.1:{receiver.port}/", {})).status == 200


async def test_a_password_is_not_shown(courier: Courier) -> None:
    with pytest.raises(CourierError) as caught:
        await courier.send("POST", "http://user:secret@127.0.0.1:1/hook?key=private", {})
    assert "secret" not in str(caught.value)
    assert "private" not in str(caught.value)
    assert displayed("http://user:secret@127.0.0.1:1/hook") == "http://127.0.0.1:1/hook"


# Redirects


@pytest.mark.parametrize(
    ("code", "method", "form"), [(301, "GET", {}), (302, "GET", {}), (303, "GET", {}), (307, "POST", ODD)]
)
async def test_redirects_are_followed_and_signed_anew(
    courier: Courier, receiver: Receiver, code: int, method: str, form: dict[str, str]
) -> None:
    async def answer(received: Received, _request: web.BaseRequest) -> web.StreamResponse:
        if received.path == "/new":
            return web.Response(text="here")
        return web.Response(status=code, headers={"Location": "../new?x=1#there"})

    receiver.answer = answer
    reply = await courier.send("POST", receiver.url("/old/hook"), ODD)
    first, second = receiver.received
    assert (second.method, second.form) == (method, form)
    assert is_valid(first)
    assert is_valid(second)
    assert (reply.text, reply.url) == ("here", receiver.url("/new?x=1"))


@pytest.mark.parametrize(
    "location", ["http://example.com/", "//example.com/x", "http://10.0.0.1:8080/", "http://127.0.0.1@example.com/"]
)
async def test_a_redirect_to_another_machine_is_not_followed(
    courier: Courier, receiver: Receiver, asked: list[str], location: str
) -> None:
    receiver.answer = status(307, Location=location)
    with pytest.raises(CourierError, match=r"^11205: The sandbox calls this machine only"):
        await courier.send("POST", receiver.url(), ODD)
    assert len(receiver.received) == 1
    assert not asked


async def test_redirects_in_a_circle_come_to_an_end(courier: Courier, receiver: Receiver) -> None:
    receiver.answer = status(302, Location="/again")
    with pytest.raises(CourierError, match=r"^11215: "):
        await courier.send("POST", receiver.url(), {})
    assert len(receiver.received) == MOST_REDIRECTS + 1


@pytest.mark.parametrize(
    "answer", [status(302), status(304), status(308, Location="/new"), status(302, Location="ftp://127.0.0.1/")]
)
async def test_redirects_that_twilio_does_not_follow(courier: Courier, receiver: Receiver, answer: object) -> None:
    receiver.answer = answer  # type: ignore[assignment] # pytest hides the type
    with pytest.raises(CourierError, match=r"^11216: "):
        await courier.send("POST", receiver.url(), {})
    assert len(receiver.received) == 1


# Bad receivers


async def test_an_answer_of_just_the_right_size_is_taken_in(courier: Courier, receiver: Receiver) -> None:
    async def answer(_received: Received, _request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=b"x" * MOST_BYTES)

    receiver.answer = answer
    assert len((await courier.send("POST", receiver.url(), {})).text) == MOST_BYTES


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_an_endless_answer_is_cut_off(courier: Courier, receiver: Receiver, method: str) -> None:
    async def answer(_received: Received, request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 10_000)

    receiver.answer = answer
    with pytest.raises(CourierError, match=rf"^11750: .* longer than {MOST_BYTES} bytes\.$") as caught:
        await courier.send(method, receiver.url(), {})
    assert caught.value.status == 200


async def test_a_hanging_server_is_given_up(receiver: Receiver) -> None:
    receiver.answer = receiver.hang_while_time_passes
    courier = Courier(TOKEN, timeout=4)
    with pytest.raises(CourierError, match=r"^11205: .* did not answer") as caught:
        await courier.send("POST", receiver.url(), {})
    assert caught.value.policy == "rt"
    await courier.close()


async def test_a_server_that_answers_in_drops_is_given_up(receiver: Receiver) -> None:
    async def answer(_received: Received, request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while not receiver.released.is_set():
            await response.write(b"x")
            for _ in range(10):
                await asyncio.sleep(0)  # the drop arrives
            let_pass(1)
        return response

    receiver.answer = answer
    courier = Courier(TOKEN, timeout=4)
    with pytest.raises(CourierError, match=r"did not answer within 4 seconds") as caught:
        await courier.send("POST", receiver.url(), {})
    assert caught.value.policy == "rt"
    receiver.released.set()
    await courier.close()


@pytest.mark.parametrize("override", ["rt=100", "tt=100"])
async def test_a_url_says_how_long_to_wait(courier: Courier, receiver: Receiver, override: str) -> None:
    receiver.answer = receiver.hang
    with pytest.raises(CourierError, match="did not answer"):
        await courier.send("POST", receiver.url(f"/#{override}"), {})


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_server_that_closes_is_asked_once(courier: Courier, receiver: Receiver, method: str) -> None:
    async def answer(_received: Received, request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    receiver.answer = answer
    with pytest.raises(CourierError, match=r"^11205: .* closed the connection without an answer\.$") as caught:
        await courier.send(method, receiver.url(), {})
    assert caught.value.policy == "ct"
    assert len(receiver.received) == 1


@pytest.mark.parametrize("answer", [b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"])
async def test_what_is_no_whole_http_answer_is_a_protocol_violation(courier: Courier, answer: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(CourierError, match=r"^11206: "):
            await courier.send("POST", f"http://127.0.0.1:{port}/", {})


async def test_a_port_where_nobody_listens_is_a_connection_failure(courier: Courier) -> None:
    async with Receiver() as gone:
        url = gone.url()
    with pytest.raises(CourierError, match=r"^11205: .* cannot be connected to\.$") as caught:
        await courier.send("POST", url, {})
    assert caught.value.policy == "ct"


async def test_a_server_without_tls_is_a_handshake_error(courier: Courier, receiver: Receiver) -> None:
    with pytest.raises(CourierError, match=r"^11220: "):
        await courier.send("POST", f"https://127.0.0.1:{receiver.port}/", {})


async def test_nothing_is_sent_after_the_end(receiver: Receiver) -> None:
    courier = Courier(TOKEN)
    await courier.send("POST", receiver.url(), {})
    await courier.close()
    await courier.close()
    with pytest.raises(CourierError, match="stopped"):
        await courier.send("POST", receiver.url(), {})
    assert len(receiver.received) == 1


# Overrides


@pytest.mark.parametrize(
    ("fragment", "overrides"),
    [
        ("", Overrides()),
        ("#rc=2&rp=5xx,ct", Overrides(retries=2, policies=frozenset({"5xx", "ct"}))),
        ("#ct=100&rt=15000&tt=3000", Overrides(connect=0.1, read=15.0, total=3.0)),
        ("#rp=all", Overrides(policies=frozenset({"4xx", "5xx", "ct", "rt"}))),
        ("#rc=0", Overrides(retries=0)),
        ("#rc=6&ct=99&rt=15001&tt=x&rp=6xx,ct&e=ashburn&sni=y", Overrides()),
        ("#section-2", Overrides()),
    ],
)
def test_overrides_are_read_from_the_fragment(fragment: str, overrides: Overrides) -> None:
    assert overrides_of(f"https://example.com/hook?rc=1{fragment}") == overrides


@given(st.text())
def test_any_text_at_all_has_overrides(text: str) -> None:
    assert isinstance(overrides_of(text), Overrides)
    assert isinstance(overrides_of(f"http://x/#{text}"), Overrides)
