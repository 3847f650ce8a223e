"""A new connection: to the other end itself or through a proxy, with TLS or without."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from roomtui.twilio_api.http11.addresses import connected
from roomtui.twilio_api.http11.faults import (
    ConnectTimeout,
    Disconnected,
    HandshakeBroken,
    HandshakeTimeout,
    HttpFault,
    NameTimeout,
    NotHttp,
    ProxyFault,
    ProxyRefused,
    TlsInTls,
)
from roomtui.twilio_api.http11.message import request

if TYPE_CHECKING:
    import ssl

    from roomtui.twilio_api.http11.connection import Connection
    from roomtui.twilio_api.origin import Origin

_PROXY_HEAD_MAX: Final = 16 * 1024
_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[0-9] ([1-5][0-9]{2})(?:[ \t][^\r\n]*)?\r?\n", re.ASCII)
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")

_ProtocolT = TypeVar("_ProtocolT", bound=asyncio.BaseProtocol)


@dataclass(frozen=True, slots=True)
class Way:
    """How the other end is reached.

    Attributes:
        origin: whose connection it is to be.
        tls: for the other end, where its scheme is https, and for a proxy that wants it.
        proxy: what is asked to connect us; it sees no more than `origin`.
        authorization: the value of a `Proxy-Authorization` header.
    """

    origin: Origin
    tls: ssl.SSLContext | None = None
    proxy: Origin | None = None
    authorization: str | None = None


class Opening:
    """One attempt; knows, when the time is up, what it was waiting for."""

    def __init__(self, way: Way, connection: Connection) -> None:
        """Along `way`; `connection` is what is to speak there."""
        self._way = way
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._found = False
        self._taken = False
        self._through = way.proxy is None

    def late(self) -> HttpFault:
        """The fault, if there is no connection in time."""
        waited_for = HandshakeTimeout if self._taken else ConnectTimeout if self._found else NameTimeout
        fault: HttpFault = waited_for()
        return fault if self._through else ProxyFault(fault)

    async def run(self) -> Connection:
        """Open the connection.

        Raises:
            HttpFault: it came to nothing.
            OSError: neither, and the system says why.
        """
        if self._way.proxy is None:
            await self._connect(self._way.origin, self._connection)
        else:
            await self._connect_through(self._way.proxy)
        return self._connection

    async def _connect(self, there: Origin, protocol: _ProtocolT) -> asyncio.Transport:
        secure = there.scheme == "https"

        def taken() -> _ProtocolT:
            # Where nothing is to be agreed on any more, it is as good as there.
            self._taken = secure or self._way.proxy is not None
            return protocol

        def found() -> None:
            self._found = True

        sock = await connected(there.host, there.port, found=found)
        try:
            transport, _ = await self._loop.create_connection(
                taken,
                sock=sock,
                ssl=self._way.tls if secure else None,
                server_hostname=there.host if secure else None,
            )
        except ConnectionError as error:
            raise (HandshakeBroken() if secure else error) from None
        return transport

    async def _connect_through(self, proxy: Origin) -> None:
        way = self._way
        tunnel = _Tunnel()
        try:
            transport = await self._connect(proxy, tunnel)
        except (HttpFault, OSError) as fault:
            raise ProxyFault(fault) from None
        try:
            transport.write(_connect_request(way))
            try:
                await tunnel.ready
            except ProxyRefused:
                raise
            except (HttpFault, OSError) as fault:
                raise ProxyFault(fault) from None
            self._through = True
            await self._secure(transport)
        except BaseException:
            transport.abort()
            raise

    async def _secure(self, transport: asyncio.Transport) -> None:
        way = self._way
        assert way.tls is not None, "nothing but https goes through a proxy"  # noqa: S101  # see `proxy.py`
        try:
            secured = await self._loop.start_tls(transport, self._connection, way.tls, server_hostname=way.origin.host)
        except ConnectionError:
            raise HandshakeBroken from None
        except TypeError:  # Python 3.10, and a transport that is TLS already
            raise TlsInTls from None
        assert secured is not None  # noqa: S101  # else it raises; the stubs are in doubt
        self._connection.connection_made(secured)


class _Tunnel(asyncio.Protocol):
    """Reads the proxy's answer, up to where the other end begins to speak."""

    def __init__(self) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._head = b""

    def data_received(self, data: bytes) -> None:
        """A piece of it."""
        if self.ready.done():
            return
        self._head += data
        end = _END_OF_HEAD.search(self._head)
        line = _STATUS_LINE.match(self._head)
        if line is None and (b"\n" in self._head or end is not None or len(self._head) > _PROXY_HEAD_MAX):
            self.ready.set_exception(NotHttp())
        elif end is not None and line is not None:
            self._answered(int(line[1]), early=len(self._head) > end.end())
        elif len(self._head) > _PROXY_HEAD_MAX:
            self.ready.set_exception(NotHttp())

    def _answered(self, status: int, *, early: bool) -> None:
        if not 200 <= status < 300:
            self.ready.set_exception(ProxyRefused(status))
        elif early:
            # In TLS we speak first. Whoever does so here is not the other end.
            self.ready.set_exception(NotHttp())
        else:
            self.ready.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        """It is closed, by the proxy or by us."""
        if not self.ready.done():
            self.ready.set_exception(error if error is not None else Disconnected())
        self.ready.cancelled() or self.ready.exception()  # seen; nobody may be waiting any more


def _connect_request(way: Way) -> bytes:
    """RFC 9110, section 9.3.6."""
    host = f"[{way.origin.host}]" if ":" in way.origin.host else way.origin.host
    place = f"{host}:{way.origin.port}"
    headers = {"Host": place}
    if way.authorization is not None:
        headers["Proxy-Authorization"] = way.authorization
    return request("CONNECT", place, headers)
