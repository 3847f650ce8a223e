"""A customer's server on loopback: writes down what it is sent, and answers as the test says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from aiohttp import web

from tests.passing import let_pass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import TracebackType

    from typing_extensions import Self

PATIENCE = 60
"""Real seconds after which a test that waits has failed."""


@dataclass(frozen=True)
class Received:
    """One request, as a web framework would show it to Twilio's validator.

    Attributes:
        url: rebuilt from the request line and the `Host` header.
        form: the parameters of the body.
    """

    method: str
    path: str
    url: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]

    @property
    def parameters(self) -> Mapping[str, str]:
        """Those of the body, or of the query of a GET."""
        return self.form if self.method == "POST" else self.query

    @property
    def signature(self) -> str:
        return self.headers["X-Twilio-Signature"]


async def ok(_received: Received, _request: web.BaseRequest) -> web.StreamResponse:
    return web.Response(text="<Response/>", content_type="text/xml")


@dataclass
class Receiver:
    """`async with Receiver() as receiver`: listens until the block ends, and lets go whoever hangs on `released`.

    Attributes:
        answer: answers each request, after it was written down.
        received: in the order of arrival.
        most_at_once: how many requests there were at the same time.
        released: for answers that hang until the test is done with them.
    """

    host: str = "127.0.0.1"
    answer: Callable[[Received, web.BaseRequest], Awaitable[web.StreamResponse]] = ok
    received: list[Received] = field(default_factory=list)
    most_at_once: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)
    _now: int = 0
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __aenter__(self) -> Self:
        self._runner = web.ServerRunner(web.Server(self._respond), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, 0).start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        await self._runner.cleanup()

    def url(self, rest: str = "/") -> str:
        """An address of this server, whatever is to follow its port."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}{rest}"

    async def until(self, is_enough: Callable[[list[Received]], bool]) -> list[Received]:
        """Wait for what is to come."""
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: is_enough(self.received)), PATIENCE)
        return self.received

    async def hang(self, _received: Received, _request: web.BaseRequest) -> web.StreamResponse:
        """An answer that does not come before `released` is set."""
        await self.released.wait()
        return web.Response()

    async def hang_while_time_passes(self, received: Received, request: web.BaseRequest) -> web.StreamResponse:
        """The same, and a minute passes at once."""
        let_pass(60)
        return await self.hang(received, request)

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        received = Received(
            method=request.method,
            path=request.path,
            url=f"{request.scheme}://{request.host}{request.raw_path}",
            query=dict(request.query),
            form=dict(parse_qsl(body.decode(), keep_blank_values=True)),
            body=body,
            headers=request.headers,
        )
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        async with self._news:
            self.received.append(received)
            self._news.notify_all()
        try:
            return await self.answer(received, request)
        finally:
            self._now -= 1


def status(code: int, **headers: str) -> Callable[[Received, web.BaseRequest], Awaitable[web.StreamResponse]]:
    """An answer without a body."""

    async def answer(_received: Received, _request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=code, headers=headers)

    return answer
