from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from roomtui.twilio_api.credentials import Credentials
from roomtui.twilio_api.errors import Unreachable
from roomtui.twilio_api.http11 import pool
from roomtui.twilio_api.http11.opening import Opening
from roomtui.twilio_api.retries import Retries
from roomtui.twilio_api.sdk import SdkGateway
from roomtui.twilio_api.transport import Transport
from roomtui.watch.budget import ReadBudget
from roomtui.watch.turnstile import Turnstile
from tests.watch.virtual import VirtualTime, idle

if TYPE_CHECKING:
    from roomtui.twilio_api.http11.connection import Connection
    from tests.watch.conftest import Twilio


class Gate:
    """A turnstile in virtual time, and when it let somebody through."""

    def __init__(self, promise: int) -> None:
        self.time = VirtualTime()
        self.turnstile = Turnstile(ReadBudget(promise), monotonic=self.time.monotonic, sleep=self.time.sleep)
        self.through: list[tuple[float, str]] = []
        self._tasks: list[asyncio.Task[None]] = []

    def come(self, name: str, *, urgent: bool = False) -> None:
        self._tasks.append(asyncio.create_task(self._pass(name, urgent=urgent)))

    async def _pass(self, name: str, *, urgent: bool) -> None:
        await self.turnstile.admit(urgent=urgent)
        self.turnstile.sent()
        self.turnstile.over()
        self.through.append((self.time.seconds, name))

    def when(self, name: str) -> float:
        return next(instant for instant, who in self.through if who == name)


@pytest.mark.parametrize("promise", [1, 2, 7, 20])
async def test_a_crowd_goes_through_at_the_promised_pace_and_no_faster(promise: int) -> None:
    gate = Gate(promise)
    for number in range(60):
        gate.come(f"poll-{number}", urgent=number % 3 == 0)
    await gate.time.pass_time(90)
    instants = [instant for instant, _ in gate.through]
    assert len(instants) == 60
    assert all(later - earlier >= 1.0 for earlier, later in zip(instants, instants[promise:], strict=False))
    assert instants[-1] - instants[0] <= 1.2 * 60 / max(1, promise - 1 - promise // 10), "and not much slower"


@pytest.mark.parametrize("urgent", [False, True])
async def test_nobody_overtakes(*, urgent: bool) -> None:
    gate = Gate(5)
    for number in range(20):
        gate.come(f"poll-{number}", urgent=urgent)
    await gate.time.pass_time(0.1)
    gate.time.seconds += 1.5  # who sleeps wakes up late
    gate.come("latest", urgent=urgent)
    await gate.time.pass_time(60)
    assert [name for _, name in gate.through] == [*(f"poll-{number}" for number in range(20)), "latest"]


async def test_a_person_goes_before_the_polls_that_wait() -> None:
    gate = Gate(5)
    for number in range(50):
        gate.come(f"poll-{number}")
    await gate.time.pass_time(0.5)
    gate.come("person", urgent=True)
    await gate.time.pass_time(60)
    assert gate.when("person") == pytest.approx(1000.5)


async def test_retry_after_stops_everybody_and_then_everybody_goes_on() -> None:
    gate = Gate(20)
    gate.turnstile.throttled(8.0)
    gate.come("poll")
    gate.come("person", urgent=True)
    await gate.time.pass_time(7.9)
    assert gate.through == []
    await gate.time.pass_time(0.2)
    assert {who for _, who in gate.through} == {"poll", "person"}


async def test_refusals_slow_it_down_and_answers_speed_it_up_again() -> None:
    gate = Gate(20)
    gate.turnstile.throttled(None)
    assert gate.turnstile.budget.allowed == 10
    for _ in range(300):
        await gate.time.pass_time(1.0)
        gate.turnstile.served()
    assert gate.turnstile.budget.allowed == 20


async def test_who_gives_up_waiting_uses_up_nothing() -> None:
    gate = Gate(2)
    for name in ("first", "second", "third", "fourth"):
        gate.come(name)
    await gate.time.pass_time(0.1)
    waiting = gate._tasks[1:]
    for task in waiting[:2]:
        task.cancel()
    await gate.time.pass_time(10)
    assert [who for _, who in gate.through] == ["first", "fourth"]
    assert gate.turnstile.budget.total == 2


async def test_a_hundred_lists_at_once_arrive_at_twilio_within_the_promise(paced: Twilio) -> None:
    # Real seconds on purpose: how the requests bunch up between the turnstile and the server is what is measured.
    sid = await paced.create(UniqueName="talk")
    await paced.join("talk", "alice")
    rosters = await asyncio.gather(*(paced.gateway.participants(sid) for _ in range(100)))
    assert all(len(people) == 1 for people in rosters)
    report = await paced.control("GET", "/requests")
    assert report["peak_reads_per_second"] <= 20
    assert sum(line["count"] for line in report["requests"] if line["method"] == "GET") == 100
    assert paced.transport.counts.throttled == 0


class SlowOpening(Opening):
    """No handshake ends before `up` is set; then all do, or all fail."""

    up: asyncio.Event
    failing = False

    async def run(self) -> Connection:
        await self.up.wait()
        if self.failing:
            raise ConnectionResetError
        return await super().run()


async def arrived(twilio: Twilio, count: int) -> int:
    """The reads that have arrived, once they are so many and any more would be there, too."""
    total = 0
    while total < count:
        total = (await twilio.control("GET", "/requests"))["total"]
    await idle(200)
    return int((await twilio.control("GET", "/requests"))["total"])


@pytest.mark.parametrize("failing", [False, True])
async def test_handshakes_that_end_together_do_not_let_more_arrive_than_promised(
    paced: Twilio, monkeypatch: pytest.MonkeyPatch, *, failing: bool
) -> None:
    time, known = VirtualTime(), paced.sandbox.credentials
    monkeypatch.setattr(pool, "Opening", SlowOpening)
    monkeypatch.setattr(SlowOpening, "up", asyncio.Event(), raising=False)
    sid = await paced.create()
    await paced.control("DELETE", "/requests")
    budget = ReadBudget(5)
    pace = Turnstile(budget, monotonic=time.monotonic, sleep=time.sleep)
    transport = Transport(paced.sandbox.url, pace=pace, retries=Retries(attempts=1))
    gateway = SdkGateway(Credentials(known.api_key, known.api_secret, known.account_sid), transport)
    reads = [asyncio.ensure_future(gateway.participants(sid, urgent=number % 2 == 0)) for number in range(12)]
    try:
        await all_sent_within_five_a_second(paced, time, budget, failing=failing, monkeypatch=monkeypatch)
        results = await asyncio.gather(*reads, return_exceptions=True)
    finally:
        await gateway.close()
    assert [isinstance(each, Unreachable) for each in results] == [failing] * 12


async def all_sent_within_five_a_second(
    paced: Twilio, time: VirtualTime, budget: ReadBudget, *, failing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await time.pass_time(4)
    assert (budget.total, budget.spent(time.seconds)) == (5, 0), "they wait for their connections"
    monkeypatch.setattr(SlowOpening, "failing", failing)
    SlowOpening.up.set()
    if not failing:
        assert await arrived(paced, 5) == 5
    else:
        await idle(200)
    assert budget.spent(time.seconds) == 5, "who came to nothing counts as well"
    await time.pass_time(0.9)
    assert budget.total == 5
    for second in range(8):
        await time.pass_time(1)
        assert budget.spent(time.seconds) <= 5, second
        if not failing:
            assert await arrived(paced, budget.total) == budget.total
    assert budget.total == 12
