"""The first address of a host that answers."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from roomtui.twilio_api.http11 import addresses
from roomtui.twilio_api.http11.addresses import connected
from roomtui.twilio_api.http11.faults import NameTimeout
from roomtui.twilio_api.http11.opening import Way
from roomtui.twilio_api.http11.pool import Pool
from roomtui.twilio_api.origin import Origin
from tests.twilio_api.http11.wired import answering, get, ok, refusing, wired

if TYPE_CHECKING:
    from collections.abc import Callable

Known = list[tuple[int, tuple[str, int]]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[[Known], None]:
    """Says which addresses every name has."""

    def know(known: Known) -> None:
        found = [(family, socket.SOCK_STREAM, 6, "", address) for family, address in known]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    return know


async def test_goes_to_the_next_address_where_one_refuses(names: Callable[[Known], None]) -> None:
    with refusing() as port:
        async with wired(answering(ok(b"x"))) as server:
            names([(socket.AF_INET, ("127.0.0.1", port)), (socket.AF_INET, ("127.0.0.1", server.origin.port))])
            with await connected("several.example", 1) as sock:
                assert sock.getpeername() == ("127.0.0.1", server.origin.port)


async def test_goes_to_the_next_address_where_one_says_nothing(
    names: Callable[[Known], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    connect, gone = loop.sock_connect, asyncio.Event()

    async def never(sock: socket.socket, address: tuple[str, int]) -> None:
        if address[1] == 1:
            try:
                await asyncio.Event().wait()
            finally:
                gone.set()
        await connect(sock, address)

    monkeypatch.setattr(loop, "sock_connect", never)
    monkeypatch.setattr(addresses, "DELAY", 0.0)
    async with wired(answering(ok(b"x"))) as server:
        names([(socket.AF_INET, ("127.0.0.1", 1)), (socket.AF_INET, ("127.0.0.1", server.origin.port))])
        with await connected("several.example", 1) as sock:
            assert sock.getpeername()[1] == server.origin.port
        await gone.wait()


async def test_says_what_the_first_address_said_where_none_answers(names: Callable[[Known], None]) -> None:
    with refusing() as port, refusing() as another:
        names([(socket.AF_INET, ("127.0.0.1", port)), (socket.AF_INET, ("127.0.0.1", another))])
        with pytest.raises(ConnectionRefusedError) as failed:
            await connected("several.example", 1)
    assert failed.value.errno == errno.ECONNREFUSED


async def test_takes_the_families_by_turns(names: Callable[[Known], None]) -> None:
    four, six = socket.AF_INET, socket.AF_INET6
    names([(six, ("::1", 1)), (six, ("::2", 1)), (six, ("::3", 1)), (four, ("127.0.0.1", 1)), (four, ("127.0.0.2", 1))])
    hosts = [address[0] for _, address in await addresses._resolved("several.example", 1)]
    assert hosts == ["::1", "127.0.0.1", "::2", "127.0.0.2", "::3"]


@pytest.mark.parametrize("host", ["a..example", "x" * 64 + ".example"])
async def test_what_cannot_be_a_name_is_not_known(host: str) -> None:
    with pytest.raises(socket.gaierror):
        await connected(host, 443)


async def test_a_name_that_is_still_looked_up_is_told_in_time_and_waited_for_by_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop, asked, let_go = asyncio.get_running_loop(), asyncio.Event(), threading.Event()
    threads: list[threading.Thread] = []

    def silent(*_: object, **__: object) -> list[object]:
        threads.append(threading.current_thread())
        loop.call_soon_threadsafe(asked.set)
        let_go.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    pool = Pool(Way(Origin("http", "silent.example", 80)), connect_timeout=0.01)
    with pytest.raises(NameTimeout):
        await get(pool)
    await asked.wait()
    let_go.set()
    (thread,) = threads
    assert thread.daemon, "the event loop waits for its own, which are none"
    thread.join(10)
    await pool.close()


async def test_of_two_that_answer_at_once_one_is_closed(
    names: Callable[[Known], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "DELAY", 0.0)
    async with wired(answering(ok(b"x"))) as server:
        names([(socket.AF_INET, ("127.0.0.1", server.origin.port))] * 2)
        for _ in range(5):
            (await connected("several.example", 1)).close()
        await asyncio.sleep(0)
    # A socket left open would warn when it is collected, and a warning is an error.
