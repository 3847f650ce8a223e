"""The other end of a connection: on a real socket, byte by byte as a test wants it, or none at all."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, cast

from roomtui.twilio_api.http11.connection import Connection
from roomtui.twilio_api.http11.message import request
from roomtui.twilio_api.http11.opening import Way
from roomtui.twilio_api.http11.pool import Pool
from roomtui.twilio_api.origin import Origin

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator

    from roomtui.twilio_api.http11.message import Answer

HELLO = request("GET", "/hello", {"Host": "here"})
MEGABYTE = 1 << 20


@contextlib.contextmanager
def refusing() -> Iterator[int]:
    """A port of loopback at which nobody listens, nor begins to within the block: it is taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


class Peer:
    """One connection, as its server sees it."""

    def __init__(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.number = number
        self.reader = reader
        self.writer = writer

    async def asked(self) -> str:
        """Method and target of the next request; empty where the connection has ended."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return ""
        return head.decode().partition(" HTTP/1.1")[0]

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def ended(self) -> None:
        """Return when the other side has closed."""
        with contextlib.suppress(ConnectionError):
            await self.reader.read()


class Wired:
    """A server that treats each connection as its handler says."""

    def __init__(self, handler: Callable[[Peer], Awaitable[None]]) -> None:
        self._handler = handler
        self.peers: list[Peer] = []
        self.ended = 0
        self.origin = Origin("http", "127.0.0.1", 0)
        self._all_ended = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(len(self.peers), reader, writer)
        self.peers.append(peer)
        self._all_ended.clear()
        try:
            with contextlib.suppress(ConnectionError):
                await self._handler(peer)
        finally:
            writer.close()
            self.ended += 1
            if self.ended == len(self.peers):
                self._all_ended.set()

    async def until_ended(self) -> None:
        """Return when all connections have."""
        await self._all_ended.wait()

    def pool(self, *, kept_for: float = 15.0, connect_timeout: float = 5.0, tls: ssl.SSLContext | None = None) -> Pool:
        return Pool(Way(self.origin, tls), connect_timeout=connect_timeout, kept_for=kept_for)


@contextlib.asynccontextmanager
async def wired(
    handler: Callable[[Peer], Awaitable[None]], tls: ssl.SSLContext | None = None, name: str = "127.0.0.1"
) -> AsyncIterator[Wired]:
    made = Wired(handler)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls)
    made.origin = Origin("http" if tls is None else "https", name, server.sockets[0].getsockname()[1])
    try:
        yield made
    finally:
        server.close()
        for peer in made.peers:
            peer.writer.transport.abort()
        if made.peers:
            await made.until_ended()


def answering(*answers: bytes) -> Callable[[Peer], Awaitable[None]]:
    """One answer to each request of a connection, the last one again and again; then whatever the client does."""

    async def handle(peer: Peer) -> None:
        number = 0
        while await peer.asked():
            peer.say(answers[min(number, len(answers) - 1)])
            number += 1

    return handle


def ok(body: bytes, *headers: str) -> bytes:
    """An answer with these headers, and its length."""
    lines = ["HTTP/1.1 200 OK", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


async def get(pool: Pool, target: str = "/hello", *, body_max: int = MEGABYTE, timeout: float = 10.0) -> Answer:
    return await pool.ask(request("GET", target, {"Host": "here"}), timeout=timeout, body_max=body_max)


class _Nowhere(asyncio.Transport):
    """A transport that leads nowhere and tells its protocol that it is closed, as asyncio's do."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._protocol = protocol
        self.written = b""
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        if not self.aborted:
            self.aborted = True
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)


def told(pieces: Iterable[bytes], *, body_max: int = MEGABYTE, ends: bool = False, headless: bool = False) -> Told:
    """What a connection makes of an answer that comes in these pieces; `ends`: and is then closed."""

    async def run() -> Told:
        connection = Connection(lambda _: None, lambda _: None)
        transport = _Nowhere(connection)
        connection.connection_made(transport)
        deadline = asyncio.get_running_loop().time() + 60
        asking = asyncio.ensure_future(connection.ask(HELLO, deadline=deadline, body_max=body_max, headless=headless))
        await asyncio.sleep(0)
        for piece in pieces:
            if not transport.aborted:
                connection.data_received(piece)
        if ends and not transport.aborted:
            transport.abort()
        for _ in range(3):
            await asyncio.sleep(0)
        if not asking.done():
            asking.cancel()
            await asyncio.wait((asking,))
            return Told(None, None, kept=False)
        fault = asking.exception()
        kept = connection.is_open
        if kept:
            transport.abort()
            await asyncio.sleep(0)
        return Told(asking.result() if fault is None else None, cast("Exception | None", fault), kept=kept)

    return asyncio.run(run())


class Told:
    """An answer or a fault, or neither yet; and whether the connection may be used again."""

    def __init__(self, answer: Answer | None, fault: Exception | None, *, kept: bool) -> None:
        self.answer = answer
        self.fault = fault
        self.kept = kept
