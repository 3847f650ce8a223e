"""A man in the middle: stands in front of a sandbox, and bends what it answers for as long as it is told to.

On raw sockets, so that it can do what no server does by itself: reset, fall silent, drip, lie about a length.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable
    from types import TracebackType
    from typing import TypeAlias

    from typing_extensions import Self

    Bend: TypeAlias = "Callable[[Exchange], Awaitable[None]]"


@dataclass(frozen=True)
class Message:
    """A request or an answer: its first line, its headers without their length, its body."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def status(self) -> int:
        return int(self.first.split(" ")[1])

    @property
    def method(self) -> str:
        return self.first.split(" ")[0]

    @property
    def target(self) -> str:
        """The path and the query of a request."""
        return self.first.split(" ")[1]

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def having(self, name: str, value: str | None) -> Message:
        """The same with this header, or without it."""
        kept = tuple((key, old) for key, old in self.headers if key.lower() != name.lower())
        return replace(self, headers=kept if value is None else (*kept, (name, value)))

    def encoded(self, *, length: int | None = None) -> bytes:
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers)]
        lines.append(f"Content-Length: {len(self.body) if length is None else length}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


@dataclass(frozen=True)
class Exchange:
    """One request, who sent it, and the way to the one who knows the truth."""

    middle: Middle
    request: Message
    writer: asyncio.StreamWriter

    async def truth(self, target: str | None = None) -> Message:
        """What the sandbox answers; `target`: to another question."""
        request = self.request
        if target is not None:
            method, _, version = request.first.split(" ")
            request = replace(request, first=f"{method} {target} {version}")
        return await self.middle.ask(request)

    async def answer(self, message: Message) -> None:
        await self.raw(message.encoded())

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hang(self) -> None:
        """Say nothing more, until the other one has gone or the fault is over."""
        await self.middle.over.wait()
        self.close()

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """End the connection as a router does that has forgotten it."""
        linger = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()


async def pass_on(exchange: Exchange) -> None:
    """The truth, unbent."""
    await exchange.answer(await exchange.truth())


@dataclass
class Middle:
    """Listens on a port of its own on loopback, in front of the sandbox at `upstream`.

    Attributes:
        upstream: the sandbox's URL.
        tls: what it shows who it is with; None: it speaks plainly.
        bend: what becomes of each request.
        over: is set when the fault is over.
        seen: the requests that came.
        drip: seconds between two bytes of an answer that drips.
    """

    upstream: str
    tls: ssl.SSLContext | None = None
    bend: Bend = pass_on
    over: asyncio.Event = field(default_factory=asyncio.Event)
    seen: list[Message] = field(default_factory=list)
    port: int = 0
    drip: float = 0.02
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.deafen()

    async def listen(self) -> None:
        """Take connections, at the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def deafen(self) -> None:
        """Take no connections any more, and end those that there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.hang_up()

    async def hang_up(self) -> None:
        """End all connections that there are."""
        self.over.set()
        for writer in tuple(self._writers):
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.over = asyncio.Event()

    async def become(self, bend: Bend) -> None:
        """Bend the answers so from now on; who hangs is let go."""
        self.bend = bend
        self.over.set()
        self.over = asyncio.Event()

    async def ask(self, request: Message) -> Message:
        """The sandbox's answer."""
        where = urlsplit(self.upstream)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        try:
            writer.write(request.having("Connection", "close").encoded())
            answer = await _read(reader)
            if answer is None:
                raise ConnectionResetError  # it is being stopped
            return answer.having("Connection", None)
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                self.seen.append(request)
                await self.bend(Exchange(self, request, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass  # they have gone
        finally:
            self._writers.discard(writer)
            self._tasks.discard(task)
            with suppress(OSError):
                writer.close()


async def _read(reader: asyncio.StreamReader) -> Message | None:
    head = b""
    with suppress(asyncio.IncompleteReadError, OSError):
        head = await reader.readuntil(b"\r\n\r\n")
    if not head:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    headers = tuple((name, value) for name, _, value in (line.partition(": ") for line in lines))
    message = Message(first, headers, b"")
    body = await reader.readexactly(int(message.header("Content-Length") or 0))
    return replace(message.having("Content-Length", None), body=body)
