"""When the transport sends, sends again, and waits."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from roomtui.twilio_api.clock import ServerClock
from roomtui.twilio_api.errors import Unreachable
from roomtui.twilio_api.retries import Retries
from roomtui.twilio_api.transport import POLLS_AT_ONCE, URGENT_AT_ONCE, urgently
from tests.twilio_api.scripted import SECRET, Action, Asked, Reply, Reset, Scripted, Silence, Truncated

if TYPE_CHECKING:
    from tests.twilio_api.conftest import Open

AUTH = ("SKkey", SECRET)
THROTTLE = Reply(429, {"code": 20429, "message": "Too Many Requests", "status": 429})


class Gate:
    """A pace that writes down what it was asked and told."""

    def __init__(self) -> None:
        self.admitted: list[bool] = []
        self.gone_out = 0
        self.heard: list[object] = []

    async def admit(self, *, urgent: bool) -> None:
        self.admitted.append(urgent)

    def sent(self) -> None:
        self.gone_out += 1

    def over(self) -> None:
        """Nothing to write down."""

    def throttled(self, retry_after: float | None) -> None:
        self.heard.append(("throttled", retry_after))

    def served(self) -> None:
        self.heard.append("served")


# -- retries ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [THROTTLE, Reply(500), Reply(502), Reply(503), Reply(504), Reset(), Truncated()])
async def test_asks_again_when_a_read_fails_in_passing(open_to: Open, slept: list[float], trouble: Action) -> None:
    async with Scripted(trouble, trouble, Reply(body={"sid": "RM1"})) as server:
        transport = open_to(server.url)
        answer = await transport.request("GET", f"{server.url}/v1/Rooms", auth=AUTH)
        assert answer.text == '{"sid": "RM1"}'
        assert len(server.asked) == 3
        assert (transport.counts.reads, transport.counts.retries) == (3, 2)
        assert len(slept) == 2
        assert slept[0] <= Retries().first
        assert slept[1] <= Retries().first * 2


async def test_gives_up_in_the_end_and_hands_out_the_last_answer(open_to: Open, slept: list[float]) -> None:
    async with Scripted(Reply(503)) as server:
        answer = await open_to(server.url).request("GET", f"{server.url}/v1/Rooms")
        assert answer.status_code == 503
        assert len(server.asked) == Retries().attempts
        assert len(slept) == Retries().attempts - 1


@pytest.mark.parametrize("trouble", [Reply(500), Reply(503), Reset(), Truncated(), Silence(60.0)])
async def test_never_sends_a_write_twice_that_may_have_been_carried_out(open_to: Open, trouble: Action) -> None:
    async with Scripted(trouble) as server:
        transport = open_to(server.url)
        try:
            answer = await transport.request("POST", f"{server.url}/v1/Rooms/RM1", data={"Status": "completed"})
            assert answer.status_code >= 500
        except Unreachable:
            pass
        assert len(server.asked) == 1
        assert transport.counts.writes == 1
        assert transport.counts.reads == 0


async def test_sends_a_write_again_that_was_throttled(open_to: Open, slept: list[float]) -> None:
    async with Scripted(THROTTLE, THROTTLE, Reply(202, {"status": "completed"})) as server:
        transport = open_to(server.url)
        answer = await transport.request("POST", f"{server.url}/v1/Rooms/RM1", data={"Status": "completed"})
        assert answer.status_code == 202
        assert [asked.body for asked in server.asked] == ["Status=completed"] * 3
        assert transport.counts.throttled == 2
        assert len(slept) == 2


async def test_tells_each_time_that_twilio_holds_it_up(open_to: Open, slept: list[float]) -> None:
    told: list[float] = []
    async with Scripted(THROTTLE, Reply(503), Reply(429, headers={"Retry-After": "1"}), Reply()) as server:
        await open_to(server.url, held_up=told.append).request("GET", f"{server.url}/v1/Rooms")
        assert told == [slept[0], slept[2]]


async def test_waits_as_long_as_twilio_asks(open_to: Open, slept: list[float]) -> None:
    async with Scripted(Reply(429, headers={"Retry-After": "3"}), Reply()) as server:
        await open_to(server.url).request("GET", f"{server.url}/v1/Rooms")
        assert 3.0 <= slept[0] <= 3.0 + Retries().first


async def test_waits_until_the_date_that_twilio_names_by_twilios_clock(open_to: Open, slept: list[float]) -> None:
    now = datetime(2031, 1, 1, tzinfo=timezone.utc)
    headers = {
        "Date": format_datetime(now, usegmt=True),
        "Retry-After": format_datetime(now + timedelta(seconds=5), usegmt=True),
    }
    clock = ServerClock(monotonic=lambda: 100.0)
    async with Scripted(Reply(503, headers=headers), Reply()) as server:
        await open_to(server.url, clock=clock).request("GET", f"{server.url}/v1/Rooms")
        assert 4.0 <= slept[0] <= 6.0


async def test_does_not_keep_anybody_waiting_for_longer_than_its_patience(open_to: Open, slept: list[float]) -> None:
    async with Scripted(Reply(429, headers={"Retry-After": "45"})) as server:
        transport = open_to(server.url)
        answer = await transport.request("GET", f"{server.url}/v1/Rooms")
        assert answer.status_code == 429
        assert transport.retry_after(answer.headers) == 45.0
        assert len(server.asked) == 1
        assert slept == []


async def test_begins_no_attempt_when_its_time_is_up(open_to: Open) -> None:
    clock = ServerClock(monotonic=lambda: asyncio.get_running_loop().time())
    async with Scripted(Silence(50.0)) as server:
        retries = Retries(attempts=100, first=0.0, total=120.0)
        transport = open_to(server.url, timeout=50.0, clock=clock, retries=retries)
        with pytest.raises(Unreachable, match="no answer within 50 s"):
            await transport.request("GET", f"{server.url}/v1/Rooms")
        assert len(server.asked) == 3


async def test_counts_its_waits_against_its_time(open_to: Open, slept: list[float]) -> None:
    async with Scripted(Reply(503, headers={"Retry-After": "8"})) as server:
        await open_to(server.url, retries=Retries(attempts=100, total=20.0)).request("GET", f"{server.url}/v1/Rooms")
        assert len(slept) == 2
        assert len(server.asked) == 3


# -- the pace ---------------------------------------------------------------------------------------------------------


async def test_asks_the_pace_before_each_read_retries_included(open_to: Open) -> None:
    gate = Gate()
    busy = Reply(429, headers={"Retry-After": "2"})
    async with Scripted(busy, Reply(503), Reset(), Reply()) as server:
        await open_to(server.url, pace=gate).request("GET", f"{server.url}/v1/Rooms")
        assert len(gate.admitted) == gate.gone_out == len(server.asked) == 4
        assert gate.heard == [("throttled", 2.0), "served", "served"]


async def test_asks_the_pace_when_a_kept_connection_was_closed_meanwhile(open_to: Open) -> None:
    """aiohttp alone would send such a read again by itself, and past the budget."""
    gate = Gate()
    async with Scripted(Reply(), Reset(), Reply()) as server:
        transport = open_to(server.url, pace=gate)
        for _ in range(2):
            assert (await transport.request("GET", f"{server.url}/v1/Rooms")).status_code == 200
        assert len(gate.admitted) == gate.gone_out == len(server.asked) == transport.counts.reads == 3


async def test_the_pace_hears_that_a_read_went_out_before_it_is_answered(open_to: Open) -> None:
    gate = Gate()
    async with Scripted(Silence()) as server:
        asking = asyncio.ensure_future(open_to(server.url, pace=gate).request("GET", f"{server.url}/v1/Rooms"))
        await server.until_asked(1)
        assert not asking.done()
        assert gate.gone_out == 1
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    assert gate.gone_out == 1


async def test_does_not_count_writes_against_the_reads(open_to: Open) -> None:
    gate = Gate()
    async with Scripted(THROTTLE, Reply(202)) as server:
        await open_to(server.url, pace=gate).request("POST", f"{server.url}/v1/Rooms/RM1", data={"Status": "x"})
        assert (gate.admitted, gate.heard, gate.gone_out) == ([], [], 0)


async def test_tells_the_pace_what_a_person_waits_for(open_to: Open) -> None:
    gate = Gate()
    async with Scripted(Reply(503), Reply()) as server:
        transport = open_to(server.url, pace=gate)
        with urgently():
            await transport.request("GET", f"{server.url}/v1/Rooms")
        await transport.request("GET", f"{server.url}/v1/Rooms")
        assert gate.admitted == [True, True, False]


async def test_lets_nothing_stand_behind_what_matters_less(open_to: Open) -> None:
    release = asyncio.Event()

    async def script(asked: Asked) -> Action:
        if "slow" in asked.target:
            await release.wait()
        return Reply()

    async with Scripted(script=script) as server:
        transport = open_to(server.url)
        slow = [asyncio.create_task(transport.request("GET", f"{server.url}/slow")) for _ in range(50)]
        await server.until_asked(POLLS_AT_ONCE)
        with urgently():
            assert (await transport.request("GET", f"{server.url}/quick")).status_code == 200
            slow += [asyncio.create_task(transport.request("GET", f"{server.url}/slow")) for _ in range(50)]
        await server.until_asked(POLLS_AT_ONCE + 1 + URGENT_AT_ONCE)
        assert (await transport.request("POST", f"{server.url}/quick", data={"a": "b"})).status_code == 200
        assert transport.counts.in_flight == POLLS_AT_ONCE + URGENT_AT_ONCE
        release.set()
        await asyncio.gather(*slow)
        assert transport.counts.in_flight == 0


# -- concurrency ------------------------------------------------------------------------------------------------------


async def test_gives_each_of_300_requests_its_own_answer(open_to: Open) -> None:
    async def script(asked: Asked) -> Action:
        number = int(asked.target.rpartition("/")[2])
        await asyncio.sleep(number % 7 / 1000)
        return Reply(body={"number": number})

    async with Scripted(script=script) as server:
        transport = open_to(server.url)
        answers = await asyncio.gather(
            *(transport.request("GET", f"{server.url}/v1/Rooms/{number}", auth=AUTH) for number in range(300))
        )
        assert [answer.text for answer in answers] == [f'{{"number": {number}}}' for number in range(300)]
        assert server.most_at_once <= POLLS_AT_ONCE
        assert transport.counts.reads == 300
        assert transport.counts.in_flight == 0


async def test_passes_cancelling_through_and_frees_the_connection(open_to: Open) -> None:
    async with Scripted(Silence()) as server:
        transport = open_to(server.url)
        tasks = [asyncio.create_task(transport.request("GET", f"{server.url}/v1/Rooms")) for _ in range(30)]
        await server.until_asked(POLLS_AT_ONCE)
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results)
        assert transport.counts.in_flight == 0
