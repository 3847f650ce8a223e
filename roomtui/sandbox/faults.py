"""Faults on demand: what an unlucky client meets. They touch the REST API only, never the control plane."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from random import Random
from typing import TYPE_CHECKING

from roomtui.sandbox.wire import Answer, refusal_answer
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

LONGEST_HANG = 120.0
"""Real seconds after which even a `timeout` lets go of its connection."""

SLOW_SECONDS = 5.0

_HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, for which requests.

    Attributes:
        kind: one of `KINDS`.
        count: how many requests still meet it; None where `rate` decides.
        rate: the share of requests that meet it, 0 to 1.
        path: a prefix or a pattern (`*`, `?`) of the paths that meet it.
        retry_after: the `Retry-After` of a 429 or 503, in seconds; Twilio's own answers carry none.
        delay: real seconds that `slow` waits.
    """

    kind: str
    count: int | None = None
    rate: float = 1.0
    path: str = ""
    retry_after: int | None = None
    delay: float = SLOW_SECONDS


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request on its way, as far as a fault can meddle with it.

    Attributes:
        answer: produces the true answer (which may change the world).
        transport: the connection to the client.
        closing: set when the server stops.
    """

    answer: Callable[[], Awaitable[Answer]]
    transport: asyncio.Transport
    closing: asyncio.Event


class FaultBook:
    """The faults that wait for requests.

    Args:
        seed: decides which requests a rate hits.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - repeatable misfortune, nothing secret
        self.faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        self.faults.append(fault)

    def clear(self) -> None:
        """Let everything go right again."""
        self.faults.clear()

    def strike(self, path: str) -> Fault | None:
        """The fault this request meets, if any. A counted one wears off."""
        for place, fault in enumerate(self.faults):
            if not (path.startswith(fault.path) or fnmatchcase(path, fault.path)):
                continue
            if fault.count is None:
                if self._random.random() < fault.rate:
                    return fault
                continue
            if fault.count > 1:
                self.faults[place] = replace(fault, count=fault.count - 1)
            else:
                del self.faults[place]
            return fault
        return None


async def suffer(fault: Fault, exchange: Exchange) -> Answer | None:
    """What the client gets instead of the true answer; None when the connection is gone."""
    return await KINDS[fault.kind](fault, exchange)


def _refuse(code: int) -> Callable[[Fault, Exchange], Awaitable[Answer | None]]:
    async def refuse(fault: Fault, _exchange: Exchange) -> Answer:
        answer = refusal_answer(Refusal(code))
        if fault.retry_after is None:
            return answer
        return replace(answer, headers={**answer.headers, "Retry-After": str(fault.retry_after)})

    return refuse


async def _html(_fault: Fault, _exchange: Exchange) -> Answer:
    """The page of a proxy in between."""
    return Answer(502, _HTML, {"Content-Type": "text/html; charset=utf-8"})


async def _slow(fault: Fault, exchange: Exchange) -> Answer:
    await _wait(exchange.closing, fault.delay)
    return await exchange.answer()


async def _timeout(_fault: Fault, exchange: Exchange) -> None:
    """No answer at all, until the client gives up."""
    await _wait(exchange.closing, LONGEST_HANG)
    exchange.transport.abort()


async def _reset(_fault: Fault, exchange: Exchange) -> None:
    """The connection is reset before an answer."""
    connection = exchange.transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.transport.abort()


async def _malformed(_fault: Fault, exchange: Exchange) -> Answer:
    """A complete response whose JSON breaks off in the middle."""
    answer = await exchange.answer()
    return replace(answer, body=answer.body[: len(answer.body) // 2])


async def _truncated(_fault: Fault, exchange: Exchange) -> None:
    """A response that ends before its announced length."""
    answer = await exchange.answer()
    body = answer.body.encode()
    head = f"HTTP/1.1 {answer.status} \r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    exchange.transport.write(head.encode() + body[: len(body) // 2])
    exchange.transport.close()


async def _wait(closing: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(closing.wait(), seconds)
    except asyncio.TimeoutError:  # not the built-in TimeoutError before Python 3.11
        return


KINDS: Mapping[str, Callable[[Fault, Exchange], Awaitable[Answer | None]]] = {
    "429": _refuse(20429),
    "500": _refuse(20500),
    "503": _refuse(20503),
    "auth": _refuse(20003),
    "html": _html,
    "malformed": _malformed,
    "reset": _reset,
    "slow": _slow,
    "timeout": _timeout,
    "truncated": _truncated,
}
