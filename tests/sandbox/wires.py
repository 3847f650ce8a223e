"""Raw connections to a sandbox, for what no HTTP client would send, and patience counted in turns of the event loop."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from random import Random

    from tests.sandbox.nonsense import Request

Result = TypeVar("Result")

PATIENCE = 3000
"""Turns of the event loop in which an answer must be there. It takes some ten; waiting for anybody takes for ever."""
SECONDS = 20.0
"""Real seconds that it may take all the same: a busy machine hands on late what has been sent."""


class NoAnswer(AssertionError):
    """It took too long."""


@dataclass(frozen=True)
class Response:
    """An answer as it came over the wire.

    Attributes:
        status: 0 if the connection was closed without an answer.
        is_last: whether the server closes the connection after it.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_last: bool = False

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


async def within(turns: int, work: Coroutine[Any, Any, Result], *, seconds: float = SECONDS) -> Result:
    """The result of some work, if it is there in so many turns of the event loop, each of which does all it can.

    Or else in so many seconds.

    Raises:
        NoAnswer: if it is not.
    """
    task = asyncio.ensure_future(work)
    until = time.monotonic() + seconds
    while turns > 0 or time.monotonic() < until:
        if task.done():
            return task.result()
        await asyncio.sleep(0)
        turns -= 1
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    raise NoAnswer(f"no answer in {turns} turns")


class Wire:
    """One client, whose connection is kept as long as the server keeps it.

    Args:
        port: of the sandbox, on loopback.
        head: header lines that go with every request.
    """

    def __init__(self, port: int, head: bytes) -> None:
        self._port = port
        self._head = head
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: Request, *, patience: int = PATIENCE, seconds: float = SECONDS) -> Response:
        """Send a request, and read its answer."""
        raw, is_head = framed(request, self._head), request.method == "HEAD"
        return await self.send(raw, is_head=is_head, patience=patience, seconds=seconds)

    async def send(
        self, raw: bytes, *, is_head: bool = False, patience: int = PATIENCE, seconds: float = SECONDS
    ) -> Response:
        """Send anything, and read one answer.

        Raises:
            NoAnswer: if there is none, and the connection stays open all the same.
        """
        try:
            return await within(patience, self._exchange(raw, is_head=is_head), seconds=seconds)
        except NoAnswer:
            self.close()
            raise

    async def leave(self, raw: bytes) -> None:
        """Send something, and go without waiting for anything."""
        _reader, writer = await self._connection()
        writer.write(raw)
        self.close()

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None or self._reader.at_eof() or self._writer.is_closing():
            self.close()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self._reader, self._writer

    async def _exchange(self, raw: bytes, *, is_head: bool) -> Response:
        reader, writer = await self._connection()
        try:
            writer.write(raw)
            response = await read_response(reader, is_head=is_head)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            return Response(0)
        if response.is_last:
            self.close()
        return response


async def read_response(reader: asyncio.StreamReader, *, is_head: bool = False) -> Response:
    """One answer, read to its announced length."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    status = int(head[0].split(" ")[1])
    if status == 100:
        return await read_response(reader, is_head=is_head)
    body = b"" if is_head or status == 204 else await reader.readexactly(int(headers["content-length"]))
    is_last = headers.get("connection") == "close" or head[0].startswith("HTTP/1.0")
    return Response(status, headers, body, is_last)


def framed(request: Request, head: bytes) -> bytes:
    """A request in plain HTTP/1.1."""
    start = b"%s %s HTTP/1.1\r\nHost: sandbox.test\r\n%s" % (request.method.encode(), request.target, head)
    length = b"Content-Type: %s\r\nContent-Length: %d\r\n" % (request.kind.encode(), len(request.body))
    return start + (length if request.body else b"") + b"\r\n" + request.body


def mangled(random: Random, request: Request, head: bytes) -> bytes:
    """A request as nobody should send it: in pieces that do not fit, too large, too old, or none at all."""
    method, target, body = request.method.encode(), request.target, request.body
    whole = framed(request, head)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(body[at : at + 9]), body[at : at + 9]) for at in range(0, len(body), 9))
    start = b"%s %s HTTP/1.1\r\nHost: x\r\n%s" % (method, target, head)
    kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
    return random.choice(
        (
            start + kind + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n",
            start + kind + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"zz\r\n\r\n",
            start + kind + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n" + body,
            start + kind + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunks + b"0\r\n\r\n",
            start + kind + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body,
            start + kind + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + body,
            start + kind + b"Content-Length: -1\r\n\r\n",
            start + kind + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            start + b"X: " + b"a" * 9000 + b"\r\n\r\n",
            start + b"".join(b"X%d: y\r\n" % number for number in range(300)) + b"\r\n",
            start + b"Expect: 100-continue\r\n" + kind + b"Content-Length: %d\r\n\r\n" % len(body) + body,
            start + b"Upgrade: websocket\r\nConnection: upgrade\r\n\r\n",
            start + b"X: a\x00b\r\n\r\n",
            start + b" folded: yes\r\n\r\n",
            start.replace(b"HTTP/1.1", b"HTTP/1.0") + kind + b"Content-Length: %d\r\n\r\n" % len(body) + body,
            start.replace(b"HTTP/1.1", b"HTTP/9.9") + b"\r\n",
            start.replace(b"Host: x\r\n", b"") + b"\r\n",
            start.replace(b"Host: x\r\n", b"Host: a b/\x01?#\r\n") + b"\r\n",
            start.replace(target, b"http://elsewhere.test" + target) + b"\r\n",
            start.replace(target, b"http://[" + target) + b"\r\n",
            start.replace(target, b"*") + b"\r\n",
            start.replace(target, target + b" x") + b"\r\n",
            whole.replace(method + b" ", b"BREW ", 1),
            whole.replace(method + b" ", b"CONNECT ", 1),
            whole.replace(b"\r\n", b"\n"),
            whole.replace(b"Authorization", b"Authorisation"),
            random.randbytes(random.randrange(1, 60)) + b"\r\n\r\n",
            b"\r\n\r\n" + whole,
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + random.randbytes(90),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        )
    )
