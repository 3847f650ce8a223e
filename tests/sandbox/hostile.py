"""A server of a customer that gets all wrong: no HTTP, no end, no answer, circular redirects, TwiML of all sorts."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.sandbox.nonsense_twiml import document

if TYPE_CHECKING:
    from random import Random
    from types import TracebackType

    from typing_extensions import Self

STATUS_LINES = (
    *(b"HTTP/1.1 200 OK",) * 8, b"HTTP/1.1 302 Found", b"HTTP/1.1 307 Here", b"HTTP/1.1 401 Who", b"HTTP/1.1 404 No",
    b"HTTP/1.1 500 Ouch", b"HTTP/1.1 204 No", b"HTTP/1.1 100 Continue", b"HTTP/1.1 101 Switching", b"HTTP/1.0 200",
    b"HTTP/9.9 200 OK", b"HTTP/1.1 99999 OK", b"HTTP/1.1 000 OK", b"ICY 200 OK", b"", b"\x16\x03\x01",
)  # fmt: skip
TYPES = (
    "text/xml", "text/xml", "text/html; charset={}", "text/plain; charset={}", 'text/xml; charset="{}"', "audio/mpeg",
    "; charset={}", "/", "text/xml;charset*=utf-8''{}", "\xff", "",
)  # fmt: skip
CHARSETS = (
    "utf-8", "idna", "punycode", "undefined", "utf-7", "raw_unicode_escape", "utf-16", "base64", "x" * 300, "", "%00",
    "\xe9", "cp037",
)  # fmt: skip
PLACES = (
    "/", "/again", "", "//", "http://[", "http://127.0.0.1:{}/x", "http://elsewhere.example/", "ftp://x", "?a=b", "#f",
    "http://127.0.0.1:99999/", "\xff\xfe", "http://u:p@127.0.0.1:{}/\xe9", "http://localhost:{}/", "http://[::1]:{}/",
    "http://127.0.0.1:{}\\@x/", "javascript:1", "http:///x", "http://xn--/", "http://a..b/", "/" + "a" * 5000,
)  # fmt: skip
BODIES = (
    b"",
    b"\xff\x00" * 50,
    b"+2AA-",
    b"\\ud800",
    b"\x1f\x8b\x08junk",
    b"5\r\nhello\r\n0\r\n\r\n",
    b"fffffffffffffffff\r\n",
)
HEADERS = (
    "Content-Encoding: gzip", "Content-Encoding: br, x", "Transfer-Encoding: chunked", "Transfer-Encoding: x",
    "Content-Length: -1", "Content-Length: 99", "Content-Length: " + "1" * 30, "X: " + "a" * 9000, "X\x00Y: 1", ": x",
    " x", "Connection: upgrade", "Set-Cookie: a=b; Domain=x", "WWW-Authenticate: Negotiate",
)  # fmt: skip


class Hostile:
    """`async with Hostile(random) as server`: listens on loopback.

    Attributes:
        asked: how many requests came.
    """

    def __init__(self, random: Random) -> None:
        self.asked = 0
        self._random = random
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()
        while self._writers:  # noqa: ASYNC110 - every turn lets some of them go
            await asyncio.sleep(0)

    @property
    def urls(self) -> list[str]:
        """Where it can be asked. It is waited for a tenth of a second, and asked once."""
        places = ("", "/x", "/%C3%A9?q=%FF", "/?a=b&a=c")
        return [f"http://{user}127.0.0.1:{self._port}{place}#tt=100&rc=0" for place in places for user in ("", "u:p@")]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await reader.readuntil(b"\r\n\r\n")
            self.asked += 1
            await self._misbehave(reader, writer)
        writer.close()
        self._writers.discard(writer)

    async def _misbehave(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        manner = self._random.random()
        if manner < 0.04:  # no answer
            await reader.read()
        elif manner < 0.08:  # no end
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
            while not writer.is_closing():
                writer.write(b"<Response>" * 1000)
                await writer.drain()
        else:
            answer = self._answer()
            writer.write(answer[: self._random.randrange(len(answer) + 1)] if manner < 0.15 else answer)
            await writer.drain()

    def _answer(self) -> bytes:
        pick = self._random.choice
        headers = [f"Content-Type: {pick(TYPES).format(pick(CHARSETS))}"]
        if self._random.random() < 0.4:
            headers.append(f"Location: {pick(PLACES).format(self._port)}")
        if self._random.random() < 0.2:
            headers.append(pick(HEADERS))
        body = pick(BODIES)
        if self._random.random() < 0.7:
            body = document(self._random, self.urls).encode()
            headers.append(f"Content-Length: {len(body)}")
        return pick(STATUS_LINES) + b"\r\n" + "\r\n".join(headers).encode("latin-1") + b"\r\n\r\n" + body
