"""Connections on real sockets: kept, dropped, and never mixed up."""

from __future__ import annotations

import asyncio
import gc
import random
import socket
from typing import TYPE_CHECKING

import pytest

from roomtui.twilio_api.http11.faults import AnswerTimeout, BrokenOff, Closed, Disconnected, HttpFault, NotHttp, TooMuch
from roomtui.twilio_api.http11.message import request
from tests.twilio_api.http11.wired import HELLO, MEGABYTE, Peer, answering, get, ok, wired

if TYPE_CHECKING:
    from roomtui.twilio_api.http11.message import Headers
    from roomtui.twilio_api.http11.pool import Pool

REFUSED = (HttpFault, OSError)


# -- kept, and not kept -----------------------------------------------------------------------------------------------


async def test_one_connection_serves_one_request_after_the_other() -> None:
    async with wired(answering(ok(b"1"), ok(b"2"), ok(b"3"))) as server:
        pool = server.pool()
        assert [(await get(pool)).body for _ in range(3)] == [b"1", b"2", b"3"]
        assert len(server.peers) == 1
        await pool.close()


async def test_as_many_connections_as_requests_at_once() -> None:
    async with wired(answering(ok(b"x"))) as server:
        pool = server.pool()
        for _ in range(3):
            await asyncio.gather(*(get(pool) for _ in range(5)))
        assert len(server.peers) == 5
        await pool.close()


@pytest.mark.parametrize(
    "goodbye",
    [
        ok(b"x", "Connection: close"),
        b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
        ok(b"x") + b"y",
        ok(b"x") + ok(b"forged"),
    ],
)
async def test_a_connection_that_says_goodbye_or_too_much_is_not_used_again(goodbye: bytes) -> None:
    async with wired(answering(goodbye)) as server:
        pool = server.pool()
        assert [(await get(pool)).body for _ in range(3)] == [b"x"] * 3
        assert len(server.peers) == 3
        await pool.close()


async def test_a_connection_that_speaks_while_nobody_asks_is_not_used_again() -> None:
    async def handle(peer: Peer) -> None:
        await peer.asked()
        peer.say(ok(b"first"))
        if peer.number == 0:
            await forge.wait()
            peer.say(ok(b"forged"))
            await peer.ended()
            forged.set()
        else:
            await peer.ended()

    forge, forged = asyncio.Event(), asyncio.Event()
    async with wired(handle) as server:
        pool = server.pool()
        await get(pool)
        forge.set()
        await forged.wait()
        assert (await get(pool)).body == b"first"
        assert len(server.peers) == 2
        await pool.close()


@pytest.mark.parametrize("last_words", [b"", ok(b"forged")])
async def test_looks_into_the_socket_before_it_sends(last_words: bytes) -> None:
    """What came, or ended, since the event loop last looked there: it would be taken for our answer."""
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        async with wired(answering()) as only_for_its_pool:
            only_for_its_pool.origin = type(only_for_its_pool.origin)("http", *server.getsockname())
            pool = only_for_its_pool.pool()
        asking = asyncio.ensure_future(get(pool))
        first, _ = await loop.sock_accept(server)
        await loop.sock_recv(first, 1000)
        await loop.sock_sendall(first, ok(b"first"))
        assert (await asking).body == b"first"

        # No turn of the event loop from here to where the next request is sent.
        if last_words:
            first.send(last_words)
        else:
            first.close()
        asking = asyncio.ensure_future(get(pool))
        second, _ = await loop.sock_accept(server)
        await loop.sock_recv(second, 1000)
        await loop.sock_sendall(second, ok(b"second"))
        assert (await asking).body == b"second"
        await pool.close()
        first.close()
        second.close()


async def test_an_answer_that_comes_before_the_request_is_out_ends_the_connection() -> None:
    async def hasty(peer: Peer) -> None:
        await peer.asked()
        peer.say(ok(b"too early"))
        await done.wait()

    done = asyncio.Event()
    async with wired(hasty) as server:
        pool = server.pool()
        long = request("POST", "/", {"Host": "here"}, b"x" * (32 << 20))
        for _ in range(2):
            assert (await pool.ask(long, timeout=10, body_max=MEGABYTE)).body == b"too early"
        assert len(server.peers) == 2
        done.set()
        await pool.close()


async def test_a_connection_is_closed_when_it_has_not_been_needed_for_long() -> None:
    async with wired(answering(ok(b"x"))) as server:
        pool = server.pool(kept_for=0.0)
        await get(pool)
        await server.until_ended()
        await get(pool)
        assert len(server.peers) == 2
        await server.until_ended()
        await pool.close()


async def test_the_old_are_looked_for_no_more_often_than_one_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    kept_for = 15.0
    # Taken away again, the 15 seconds leave less than it was.
    since = next(each for each in (tenth / 10 for tenth in range(1, 1000)) if each + kept_for - kept_for < each)
    loop, looks = asyncio.get_running_loop(), list[float]()
    async with wired(answering(ok(b"x"))) as server:
        pool = server.pool(kept_for=kept_for)
        await get(pool)
        (idle,) = pool._idle
        idle.idle_since = since
        with monkeypatch.context() as patch:
            patch.setattr(loop, "time", lambda: since + kept_for)
            patch.setattr(loop, "call_at", lambda when, *_: looks.append(when))
            pool._close_the_old()
        assert (looks, pool._idle) == ([], [])
        await pool.close()


async def test_small_pieces_are_not_held_back() -> None:
    async with wired(answering(ok(b"x"))) as server:
        pool = server.pool()
        await get(pool)
        [connection] = pool._open
        assert connection._transport is not None
        sock = connection._transport.get_extra_info("socket")
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        await pool.close()


# -- when it goes wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (b"", Disconnected),
        (b"HTTP/1.1 200", Disconnected),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", BrokenOff),
        (b"hello\r\n", NotHttp),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n", TooMuch),
    ],
)
@pytest.mark.parametrize("kept", [False, True])
async def test_sends_nothing_twice(words: bytes, fault: type[Exception], *, kept: bool) -> None:
    async def handle(peer: Peer) -> None:
        if kept and peer.number == 0:
            asked.append(await peer.asked())
            peer.say(ok(b"good"))
        asked.append(await peer.asked())
        peer.say(words)

    asked: list[str] = []
    async with wired(handle) as server:
        pool = server.pool()
        if kept:
            await get(pool)
        with pytest.raises(fault):
            await get(pool, "/once")
        await server.until_ended()
        await pool.close()
    assert asked.count("GET /once") == 1
    assert len(server.peers) == 1


async def test_is_told_when_a_request_goes_out_and_when_the_head_of_its_answer_is_there() -> None:
    async def handle(peer: Peer) -> None:
        await asked.wait()
        await peer.asked()
        peer.say(b"HTTP/1.1 429 Slow down\r\nContent-Length: 5\r\n\r\n")
        await heard.wait()
        peer.say(b"hello")
        await peer.ended()

    asked, heard = asyncio.Event(), asyncio.Event()
    order: list[object] = []

    def sending() -> None:
        order.append("out")
        asked.set()

    def hearing(status: int, headers: Headers) -> None:
        order.append((status, headers["Content-Length"]))
        heard.set()

    async with wired(handle) as server:
        pool = server.pool()
        answer = await pool.ask(
            HELLO,
            timeout=10,
            body_max=MEGABYTE,
            sending=sending,
            heard=hearing,
        )
        assert answer.body == b"hello"
        assert order == ["out", (429, "5")]
        await pool.close()


async def test_a_mistake_of_ours_while_the_answer_is_read_is_not_called_a_bad_answer() -> None:
    def heard(status: int, _headers: object) -> None:
        raise ZeroDivisionError(status)

    async with wired(answering(ok(b"x"))) as server:
        pool = server.pool()
        with pytest.raises(ZeroDivisionError, match="200"):
            await pool.ask(HELLO, timeout=10, body_max=MEGABYTE, heard=heard)
        await server.until_ended()
        await pool.close()


async def test_who_waits_too_long_closes_the_connection() -> None:
    async def silent(peer: Peer) -> None:
        await peer.asked()
        peer.say(ok(b"x"))
        await peer.asked()
        await peer.ended()

    async with wired(silent) as server:
        pool = server.pool()
        await get(pool)
        with pytest.raises(AnswerTimeout):
            await get(pool, timeout=0.02)
        await server.until_ended()
        await pool.close()


async def test_one_byte_after_the_other_does_not_take_longer_than_there_is_time() -> None:
    async def dripping(peer: Peer) -> None:
        await peer.asked()
        peer.say(ok(b"x"))
        await peer.asked()
        peer.say(b"HTTP/1.1 200 OK\r\n\r\n")
        while not peer.writer.is_closing():
            peer.say(b".")
            await peer.writer.drain()
            await asyncio.sleep(0)

    async with wired(dripping) as server:
        pool = server.pool()
        await get(pool)
        with pytest.raises(AnswerTimeout):
            await get(pool, timeout=0.05, body_max=1 << 30)
        await pool.close()


@pytest.mark.parametrize("when", ["before the answer", "within its head", "within its body"])
async def test_who_is_cancelled_closes_the_connection(when: str) -> None:
    said = {"before the answer": b"", "within its head": b"HTTP/1.1 ", "within its body": ok(b"hello")[:-1]}[when]

    async def handle(peer: Peer) -> None:
        if peer.number == 0:
            await peer.asked()
            peer.say(said)
            asked.set()
            await peer.ended()
        else:
            await answering(ok(b"mine"))(peer)

    asked = asyncio.Event()
    async with wired(handle) as server:
        pool = server.pool()
        asking = asyncio.ensure_future(get(pool))
        await asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert (await get(pool)).body == b"mine"
        assert len(server.peers) == 2
        await pool.close()


async def _all_told_their_own(pool: Pool, chance: random.Random, count: int) -> tuple[int, int]:
    """Ask `count` questions, twelve at a time, and give some up; how many were answered, how many came to nothing."""
    lanes = asyncio.Semaphore(12)
    answered = nothing = 0

    async def ask(number: int) -> None:
        nonlocal answered, nothing
        async with lanes:
            asking = asyncio.ensure_future(get(pool, f"/{number}"))
            if chance.random() < 0.2:
                for _ in range(chance.randrange(8)):
                    await asyncio.sleep(0)
                asking.cancel()
            await asyncio.wait((asking,))
            if asking.cancelled():
                nothing += 1
            elif (fault := asking.exception()) is not None:
                assert isinstance(fault, REFUSED), fault
                nothing += 1
            else:
                assert asking.result().body == f"GET /{number}".encode()
                answered += 1

    await asyncio.gather(*(ask(number) for number in range(count)))
    return answered, nothing


@pytest.mark.parametrize("seed", range(6))
async def test_nobody_is_ever_handed_what_another_asked_for(seed: int) -> None:
    """Five hundred questions over connections that answer twice, unasked, in part, or in somebody else's words.

    What comes unasked after the next question has gone out nobody can tell from its answer; a server that does that is
    beyond help in HTTP/1.1.
    """
    chance = random.Random(seed)  # noqa: S311  # which fault comes next

    def mood(mine: bytes) -> list[bytes | None]:
        """What is said, all at once where nothing (None: a pause) stands between; at the end of the list, no more."""
        cut = chance.randrange(len(mine))
        if chance.random() < 0.6:
            return [mine]
        moods: list[list[bytes | None]] = [
            [mine + mine],
            [mine + ok(b"GET /somebody-elses")],
            [mine + b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\nGET /"],
            [mine[:cut], None, mine[cut:]],
            [mine[:cut], b""],
            [b""],
        ]
        return chance.choice(moods)

    async def moody(peer: Peer) -> None:
        while asked := await peer.asked():
            for words in mood(ok(asked.encode())):
                if words is None:
                    await asyncio.sleep(0)
                elif not words:
                    return
                else:
                    peer.say(words)

    async with wired(moody) as server:
        pool = server.pool()
        answered, nothing = await _all_told_their_own(pool, chance, 500)
        assert answered + nothing == 500
        assert answered > 250
        assert nothing > 50
        await pool.close()
        await server.until_ended()


# -- the end ----------------------------------------------------------------------------------------------------------


async def test_closing_ends_all_and_tells_who_still_waits() -> None:
    async def handle(peer: Peer) -> None:
        while (target := await peer.asked()) and "slow" not in target:
            peer.say(ok(b"x"))
        if target:
            asked.set()
            await peer.ended()

    asked = asyncio.Event()
    async with wired(handle) as server:
        pool = server.pool()
        await asyncio.gather(get(pool), get(pool), get(pool))
        waiting = asyncio.ensure_future(get(pool, "/slow"))
        await asked.wait()
        await pool.close()
        with pytest.raises(Closed):
            await waiting
        await server.until_ended()
        assert len(server.peers) == 3
        with pytest.raises(Closed):
            await get(pool)
        await pool.close()
    gc.collect()  # a socket left open would warn now, and a warning is an error


async def test_closing_ends_connections_that_are_being_made() -> None:
    async with wired(answering(ok(b"x"))) as server:
        pool = server.pool()
        waiting = [asyncio.ensure_future(get(pool)) for _ in range(5)]
        await asyncio.sleep(0)
        await pool.close()
        for each in waiting:
            with pytest.raises(Closed):
                await each
    gc.collect()


async def test_giving_up_while_a_connection_is_made_leaves_none_behind() -> None:
    async with wired(answering(ok(b"x"))) as server:
        for turns in range(12):
            pool = server.pool()
            asking = asyncio.ensure_future(get(pool))
            for _ in range(turns):
                await asyncio.sleep(0)
            asking.cancel()
            await asyncio.wait((asking,))
            await pool.close()
            assert not pool._open
    gc.collect()
