from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from typing import TYPE_CHECKING

import pytest

from roomtui.twilio_api import proxy
from roomtui.twilio_api.credentials import basic
from roomtui.twilio_api.errors import Unreachable
from roomtui.twilio_api.origin import Origin, origin_of
from roomtui.twilio_api.retries import Retries
from tests.passing import let_pass
from tests.twilio_api.http11.wired import refusing
from tests.twilio_api.scripted import SECRET, Reply, Scripted, room_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.twilio_api.conftest import Connect

TWILIO = origin_of("https://video.twilio.com")


class Tunnel:
    """A proxy on loopback that answers `CONNECT` with one line and keeps what it was sent."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self.address = ""
        self.heads: list[bytes] = []
        self.tunnelled = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self._answer)
            if b" 200 " in self._answer:
                self.tunnelled = await reader.readexactly(1)
        writer.close()


@contextlib.asynccontextmanager
async def tunnel(answer: bytes) -> AsyncIterator[Tunnel]:
    made = Tunnel(answer)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    async with server:
        made.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield made


async def test_goes_through_the_proxy_of_the_environment(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    async with tunnel(b"HTTP/1.1 200 Connection established\r\n\r\n") as way:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:p%40ss@{way.address}")
        with pytest.raises(Unreachable, match=r"TLS|closed|reset"):  # the tunnel ends after the first byte
            await connect("https://video.twilio.com", retries=Retries(attempts=1)).room("x")
        [head] = way.heads
        assert head.startswith(b"CONNECT video.twilio.com:443 HTTP/1.1\r\n")
        assert f"Proxy-Authorization: {basic('me', 'p@ss')!s}\r\n".encode() in head
        assert way.tunnelled == b"\x16", "a TLS handshake"
        assert b"\r\nAuthorization:" not in head, "Twilio's credentials are not the proxy's business"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            "does not take the user name and password",
        ),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", r"does not connect us to video.twilio.com \(HTTP 403"),
    ],
)
async def test_says_that_the_proxy_refuses(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, answer: bytes, words: str
) -> None:
    async with tunnel(answer) as way:
        monkeypatch.setenv("https_proxy", f"http://me:{SECRET}@{way.address}")
        with pytest.raises(Unreachable, match=words) as refused:
            await connect("https://video.twilio.com").room("x")
        assert way.address in refused.value.sentence
        assert SECRET not in refused.value.sentence
        assert len(way.heads) == 1, "it would not get better"


@pytest.mark.parametrize(
    ("answer", "words", "tries"),
    [
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "does not connect us to video.twilio.com (HTTP 502).", 2),
        (b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n", "(HTTP 302). Have it allow that", 1),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not answer like a proxy: is HTTPS_PROXY right?", 1),
        (b"\x15\x03\x01\x00\x02\x02\x16\n", "does not answer like a proxy: is HTTPS_PROXY right?", 1),
        (b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n", "does not answer like a proxy: is HTTPS_PROXY right?", 1),
        (b"x" * 20_000, "does not answer like a proxy: is HTTPS_PROXY right?", 1),
        (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 20_000, "does not answer like a proxy: is HTTPS_PROXY right?", 1),
        (b"", "closed the connection without an answer. HTTPS_PROXY names it.", 2),
        (b"HTTP/1.1 403 Forb", "closed the connection without an answer. HTTPS_PROXY names it.", 2),
    ],
)
async def test_says_what_the_proxy_did_instead(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, answer: bytes, words: str, tries: int
) -> None:
    async with tunnel(answer) as way:
        monkeypatch.setenv("https_proxy", f"http://me:{SECRET}@{way.address}")
        with pytest.raises(Unreachable) as failed:
            await connect("https://video.twilio.com", retries=Retries(attempts=2)).room("x")
        assert failed.value.sentence.startswith(f"The proxy {way.address} ")
        assert words in failed.value.sentence
        assert SECRET not in failed.value.sentence
        assert len(way.heads) == tries


async def test_does_not_wait_for_the_proxys_answer_for_ever(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        let_pass(2.5)
        await reader.read()
        gone.set()
        writer.close()

    gone = asyncio.Event()
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        monkeypatch.setenv("HTTPS_PROXY", f"http://{address}")
        gateway = connect("https://video.twilio.com", connect_timeout=2.5, retries=Retries(attempts=1))
        with pytest.raises(Unreachable) as failed:
            await gateway.room("x")
        assert failed.value.sentence == (
            f"The proxy {address} took the connection, but did not connect us to video.twilio.com within 2.5 s."
        )
        await gateway.close()
        await gone.wait()


async def test_says_that_the_proxy_cannot_be_reached(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    with refusing() as port:
        address = f"127.0.0.1:{port}"
        monkeypatch.setenv("HTTPS_PROXY", f"http://{address}")
        with pytest.raises(Unreachable, match=f"The proxy {address} cannot be reached"):
            await connect("https://video.twilio.com", retries=Retries(attempts=1)).room("x")


async def test_goes_straight_where_no_proxy_says_so(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[object] = []

    def no_names(host: object, *_: object, **__: object) -> object:
        looked_up.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with tunnel(b"HTTP/1.1 200 Connection established\r\n\r\n") as way:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{way.address}")
        monkeypatch.setenv("NO_PROXY", "localhost,.twilio.com")
        monkeypatch.setattr(socket, "getaddrinfo", no_names)
        with pytest.raises(Unreachable, match=r"its name is not known here \(DNS\)"):
            await connect("https://video.twilio.com", retries=Retries(attempts=1)).room("x")
        assert looked_up == ["video.twilio.com"]
        assert way.heads == []


async def test_never_asks_a_proxy_for_this_machine(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    async with tunnel(b"") as way, Scripted(Reply(body=room_json(1))) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{way.address}")
            monkeypatch.setenv(name.lower(), f"http://{way.address}")
        assert (await connect(server.url).room("x")).is_live
        assert way.heads == []


@pytest.mark.parametrize(
    ("setting", "origin", "name"),
    [
        ("http://proxy.example:3128", Origin("http", "proxy.example", 3128), "proxy.example:3128"),
        ("proxy.example:3128", Origin("http", "proxy.example", 3128), "proxy.example:3128"),
        ("http://me:secret@proxy.example:3128/", Origin("http", "proxy.example", 3128), "proxy.example:3128"),
        ("http://proxy.example", Origin("http", "proxy.example", 80), "proxy.example"),
        ("https://proxy.example", Origin("https", "proxy.example", 443), "proxy.example"),
        ("http://[::1]:3128", Origin("http", "::1", 3128), "[::1]:3128"),
    ],
)
def test_reads_the_setting(monkeypatch: pytest.MonkeyPatch, setting: str, origin: Origin, name: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", setting)
    found = proxy.from_environment(TWILIO)
    assert found is not None
    assert (found.origin, found.name) == (origin, name)
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("no_proxy", "url"),
    [
        ("*", "https://video.twilio.com"),
        ("localhost, *", "https://video.twilio.com"),
        ("twilio.com", "https://video.twilio.com"),
        (".Twilio.com", "https://video.twilio.com"),
        ("*.twilio.com", "https://video.twilio.com"),
        ("video.twilio.com:443", "https://video.twilio.com"),
        ("a.example, video.twilio.com", "https://video.twilio.com"),
        ("localhost .twilio.com", "https://video.twilio.com"),
        ("10.1.2.3", "https://10.1.2.3:8443"),
        ("localhost,10.0.0.0/8", "https://10.1.2.3:8443"),
        ("fd00::2", "https://[fd00::2]:8443"),
        ("[fd00::2]:8443", "https://[fd00::2]:8443"),
        ("[fd00::2]", "https://[fd00::2]"),
        ("fd00::/8", "https://[fd00::2]"),
    ],
)
def test_honours_no_proxy(monkeypatch: pytest.MonkeyPatch, no_proxy: str, url: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy.from_environment(origin_of(url)) is None


@pytest.mark.parametrize(
    "no_proxy",
    [
        "",
        "io.com",
        "*.example",
        "video.twilio.com:8443",
        "10.0.0.0/8",
        "video.twilio.com.example",
        "[",
        "*o.com,/,:443",
    ],
)
def test_asks_the_proxy_for_what_no_proxy_does_not_name(monkeypatch: pytest.MonkeyPatch, no_proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy.from_environment(TWILIO) is not None


def test_takes_the_proxy_for_everything_where_there_is_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy.from_environment(TWILIO) is None
    monkeypatch.setenv("HTTP_PROXY", "http://plain.example:1")
    assert proxy.from_environment(TWILIO) is None
    monkeypatch.setenv("ALL_PROXY", "http://all.example:2")
    found = proxy.from_environment(TWILIO)
    assert found is not None
    assert found.name == "all.example:2"


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("socks5://me:secret@proxy.example:1080", "is of a kind we cannot use: socks5."),
        ("http://", "is not a web address"),
        ("http://:3128", "is not a web address"),
        ("http://proxy.example:port", "is not a web address"),
        ('"http://me:secret@proxy.example:3128"', "is not a web address"),
        # A part of the password must not be told as the name of a host.
        ("http://me:1234/secret@proxy.example:3128", "is not a web address"),
        ("http://me:1234#secret@proxy.example:3128", "is not a web address"),
        ("http://me:1@secret?2@proxy.example:3128", "is not a web address"),
        ("http://me:secret\udcff@proxy.example:3128", "is not a web address"),
    ],
)
def test_says_that_it_cannot_use_a_proxy(
    monkeypatch: pytest.MonkeyPatch, variable: str, setting: str, words: str
) -> None:
    monkeypatch.setenv(variable, setting)
    with pytest.raises(Unreachable) as refused:
        proxy.from_environment(TWILIO)
    assert refused.value.sentence.startswith(f"The proxy in the environment ({variable}) {words}")
    assert not {"secret", "1234"} & set(re.findall(r"\w+", refused.value.sentence))
    assert proxy.secrets(TWILIO) == ()


def test_takes_blanks_around_it_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", " http://proxy.example:3128\n")
    monkeypatch.setenv("HTTPS_PROXY", " ")
    found = proxy.from_environment(TWILIO)
    assert found is not None
    assert (found.name, found.variable) == ("proxy.example:3128", "ALL_PROXY")
