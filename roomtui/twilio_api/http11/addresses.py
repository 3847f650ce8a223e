"""A socket to a host that has several addresses: the first that answers (RFC 8305, "Happy Eyeballs").

asyncio has it too, but loses a socket where whoever asked for it gives up at the moment in which it is connected.
"""

from __future__ import annotations

import asyncio
import socket
from functools import partial
from ipaddress import ip_address
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any, Final

from roomtui.threads import in_a_thread

if TYPE_CHECKING:
    from collections.abc import Callable

DELAY: Final = 0.25
"""Seconds after which the next address is tried beside one that does not answer."""

_Address = tuple[int, Any]
"""Its family, and what the system calls it, which differs from family to family."""


async def connected(host: str, port: int, *, found: Callable[[], object] = lambda: None) -> socket.socket:
    """A connected socket that does not block.

    Args:
        host: a name or an address.
        port: of its service.
        found: called when the addresses of the name are known.

    Raises:
        OSError: no address took the connection; what the first of them said, or that the name has none.
    """
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[socket.socket]] = set()
    first: OSError | None = None
    won: socket.socket | None = None
    waiting = await _resolved(host, port)
    found()
    try:
        while waiting or tasks:
            if waiting:
                tasks.add(loop.create_task(_connect(loop, *waiting.pop(0))))
            done, tasks = await asyncio.wait(
                tasks, timeout=DELAY if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                error = task.exception()
                if error is None and won is None:
                    won = task.result()
                elif isinstance(error, OSError):
                    first = first or error
                else:
                    tasks.add(task)  # another one that answered, to be dropped
            if won is not None:
                return won
    finally:
        for task in tasks:
            task.cancel()
            task.add_done_callback(_drop)
    raise first or socket.gaierror(socket.EAI_NONAME, "no address")


def _drop(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()


async def _connect(loop: asyncio.AbstractEventLoop, family: int, address: Any) -> socket.socket:  # noqa: ANN401  # as above
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio does so only for sockets of its own
        await loop.sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock


async def _resolved(host: str, port: int) -> list[_Address]:
    """Each address of the host, the families by turns, beginning with that which the system prefers."""
    try:
        if _is_address(host):
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        else:
            # Not in one of the event loop's threads: the program would not end before a silent DNS is given up.
            found = await in_a_thread(partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM), name="name")
    except UnicodeError:  # too long, or with an empty part
        raise socket.gaierror(socket.EAI_NONAME, "not a name") from None
    families: dict[int, list[_Address]] = {}
    for family, *_, address in found:
        families.setdefault(family, []).append((family, address))
    return [each for each in chain.from_iterable(zip_longest(*families.values())) if each is not None]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
