"""How callbacks are delivered: tried again, kept in order, kept apart, kept bounded. Pauses take no time here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from roomtui.sandbox.callbacks import deliveries as module
from roomtui.sandbox.callbacks.courier import Courier
from roomtui.sandbox.callbacks.deliveries import Deliveries
from roomtui.sandbox.callbacks.log import MOST_ENTRIES, Callback, CallbackLog, Outcome
from tests.sandbox.receiver import Received, Receiver, status

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping


@dataclass
class Post:
    """Deliveries to look into, which note the pauses that they would make."""

    order_seconds: float = 60.0
    timeout: float = 15.0
    pauses: list[float] = field(default_factory=list)
    log: CallbackLog = field(default_factory=CallbackLog)

    def __post_init__(self) -> None:
        self.courier = Courier("token", timeout=self.timeout)
        self.deliveries = Deliveries(self.courier, self.log, sleep=self._sleep, order_seconds=self.order_seconds)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def add(self, url: str, line: str = "RM1", **parameters: str) -> None:
        self.deliveries.add(Callback(line, "room-created", "POST", url, {"RoomSid": line, **parameters}))

    async def done(self) -> Mapping[str, object]:
        """Wait for all of it; what the control plane shows then."""
        await self.deliveries.drain()
        return self.log.report()

    async def close(self) -> None:
        await self.deliveries.stop()
        await self.courier.close()


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    made = Post()
    yield made
    await made.close()


def entry(report: Mapping[str, object]) -> Mapping[str, object]:
    """The only callback there was."""
    entries = report["callbacks"]
    assert isinstance(entries, list)
    (only,) = entries
    return dict(only)


# Again


@pytest.mark.parametrize("code", [500, 502, 503])
async def test_a_failing_server_is_tried_three_times_with_growing_pauses(
    post: Post, receiver: Receiver, code: int
) -> None:
    receiver.answer = status(code)
    post.add(receiver.url())
    report = await post.done()
    assert len(receiver.received) == 3
    assert post.pauses == [1.0, 2.0]
    assert (report["failed"], report["delivered"]) == (1, 0)
    assert (entry(report)["attempts"], entry(report)["status"], entry(report)["code"]) == (3, code, 11200)
    warnings = report["warnings"]
    assert isinstance(warnings, list)
    assert len(warnings) == 3


async def test_every_attempt_is_the_same_request(post: Post, receiver: Receiver) -> None:
    receiver.answer = status(500)
    post.add(receiver.url(), Name="Jürgen & Co")
    post.add(receiver.url(), Name="another")
    await post.done()
    first = receiver.received[:3]
    assert len({each.body for each in first}) == len({each.signature for each in first}) == 1
    tokens = [each.headers["I-Twilio-Idempotency-Token"] for each in receiver.received]
    assert (len(set(tokens[:3])), len(set(tokens))) == (1, 2)


async def test_a_server_that_recovers_gets_it(post: Post, receiver: Receiver) -> None:
    async def answer(_received: Received, request: web.BaseRequest) -> web.StreamResponse:
        if len(receiver.received) == 1:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=503 if len(receiver.received) == 2 else 200)

    receiver.answer = answer
    post.add(receiver.url())
    report = await post.done()
    assert (report["delivered"], report["failed"], entry(report)["attempts"]) == (1, 0, 3)
    assert entry(report)["code"] is None


async def test_a_port_where_nobody_listens_is_tried_again(post: Post) -> None:
    async with Receiver() as gone:
        url = gone.url()
    post.add(url)
    report = await post.done()
    assert (entry(report)["attempts"], entry(report)["code"]) == (3, 11205)


@pytest.mark.parametrize("code", [400, 401, 404, 410, 429])
async def test_a_refusal_is_not_tried_again(post: Post, receiver: Receiver, code: int) -> None:
    receiver.answer = status(code)
    post.add(receiver.url())
    report = await post.done()
    assert len(receiver.received) == 1
    assert entry(report)["status"] == code


@pytest.mark.parametrize("url", ["http://example.com/", "http://10.0.0.1/", "not a URL"])
async def test_what_can_never_be_sent_is_not_tried_again(post: Post, url: str) -> None:
    post.add(url)
    assert entry(await post.done())["attempts"] == 1
    assert not post.pauses


@pytest.mark.parametrize(
    ("fragment", "code", "attempts"),
    [("rc=0", 500, 1), ("rc=5", 500, 6), ("rc=1&rp=4xx", 404, 2), ("rc=5&rp=4xx", 500, 1), ("rc=3&rp=all", 404, 4)],
)
async def test_a_url_says_what_is_tried_how_often(
    post: Post, receiver: Receiver, fragment: str, code: int, attempts: int
) -> None:
    receiver.answer = status(code)
    post.add(receiver.url(f"/#{fragment}"))
    assert entry(await post.done())["attempts"] == attempts
    assert post.pauses == [2.0**number for number in range(attempts - 1)]


async def test_a_huge_answer_counts_as_delivered_with_a_remark(post: Post, receiver: Receiver) -> None:
    async def answer(_received: Received, _request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=b"x" * 10_000_000)

    receiver.answer = answer
    post.add(receiver.url())
    report = await post.done()
    assert len(receiver.received) == 1
    assert (report["delivered"], entry(report)["code"]) == (1, 11750)


async def test_a_hanging_server_is_a_time_out_each_time(receiver: Receiver) -> None:
    receiver.answer = receiver.hang_while_time_passes
    post = Post(timeout=4)
    post.add(receiver.url())
    report = await post.done()
    assert (entry(report)["attempts"], entry(report)["code"]) == (3, 53660)
    await post.close()


# In order, apart


async def test_a_line_keeps_its_order(post: Post, receiver: Receiver) -> None:
    for number in range(200):
        post.add(receiver.url(), line=f"RM{number % 3}", Number=str(number))
    await post.done()
    for line in range(3):
        numbers = [int(each.form["Number"]) for each in receiver.received if each.form["RoomSid"] == f"RM{line}"]
        assert numbers == list(range(line, 200, 3))


async def test_a_slow_answer_is_not_waited_for_longer_than_agreed(receiver: Receiver) -> None:
    receiver.answer = receiver.hang
    post = Post(order_seconds=0.0)
    for number in range(3):
        post.add(receiver.url(), Number=str(number))
    received = await receiver.until(lambda received: len(received) == 3)
    assert [each.form["Number"] for each in received] == ["0", "1", "2"]
    assert not receiver.released.is_set()
    await post.close()


async def test_a_retry_does_not_take_the_place_of_others_while_it_pauses(receiver: Receiver) -> None:
    paused = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        await paused.wait()

    async def answer(received: Received, _request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=200 if received.path == "/good" else 500)

    receiver.answer = answer
    courier, log = Courier("token"), CallbackLog()
    deliveries = Deliveries(courier, log, sleep=sleep)
    for number in range(3 * module.AT_ONCE_PER_SERVER):
        deliveries.add(Callback(f"RM{number}", "room-created", "POST", receiver.url("/bad"), {}))
    deliveries.add(Callback("RM-good", "room-created", "POST", receiver.url("/good"), {}))
    await receiver.until(lambda received: any(each.path == "/good" for each in received))
    assert not paused.is_set()
    await deliveries.stop()
    await courier.close()


async def test_a_server_gets_few_requests_at_a_time(post: Post, receiver: Receiver) -> None:
    receiver.answer = receiver.hang
    for number in range(3 * module.AT_ONCE_PER_SERVER):
        post.add(receiver.url(), line=f"RM{number}")
    await receiver.until(lambda received: len(received) == module.AT_ONCE_PER_SERVER)
    receiver.released.set()
    report = await post.done()
    assert receiver.most_at_once == module.AT_ONCE_PER_SERVER
    assert report["delivered"] == 3 * module.AT_ONCE_PER_SERVER


# Bounded


async def test_a_server_with_too_many_waiting_loses_some_and_others_do_not(
    post: Post, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_PER_SERVER", 5)
    async with Receiver() as other:
        for _ in range(8):
            post.add(receiver.url())
        post.add(other.url(), line="RM2")
        assert post.log.report()["dropped"] == 3
        assert post.log.waiting == 6
        report = await post.done()
        assert (len(receiver.received), len(other.received)) == (5, 1)
        assert (report["delivered"], report["dropped"], report["waiting"]) == (6, 3, 0)
        post.add(receiver.url())
        assert (await post.done())["delivered"] == 7


async def test_no_more_than_a_bound_wait_in_all(
    post: Post, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    for number in range(4):
        post.add(receiver.url(f"/{number}"), line=f"RM{number}")
    report = await post.done()
    assert (report["delivered"], report["dropped"]) == (2, 2)
    dropped = report["callbacks"]
    assert isinstance(dropped, list)
    assert {each["message"] for each in dropped if each["outcome"] == "dropped"} == {
        "It was not sent, because too many callbacks were waiting."
    }


def test_only_the_latest_are_remembered_but_all_are_counted() -> None:
    log = CallbackLog()
    for number in range(MOST_ENTRIES + 5):
        log.ended(Callback("RM1", "e", "POST", "http://x/", {"Timestamp": str(number)}), Outcome.DELIVERED, 1, 200)
    report = log.report()
    entries = report["callbacks"]
    assert isinstance(entries, list)
    assert report["delivered"] == MOST_ENTRIES + 5
    assert (len(entries), entries[0]["timestamp"], entries[-1]["timestamp"]) == (
        MOST_ENTRIES,
        "5",
        str(MOST_ENTRIES + 4),
    )


# The end


async def test_after_the_end_nothing_is_sent_and_nothing_is_left(receiver: Receiver) -> None:
    receiver.answer = receiver.hang
    post = Post()
    for number in range(100):
        post.add(receiver.url(), line=f"RM{number % 40}")
    await receiver.until(lambda received: len(received) >= 1)
    await post.close()
    asked = len(receiver.received)
    post.add(receiver.url())
    await post.deliveries.drain()
    assert len(receiver.received) == asked
    assert (post.log.waiting, post.log.report()["dropped"]) == (0, 1)
    assert [task for task in asyncio.all_tasks() if "Deliveries" in repr(task)] == []


async def test_a_mistake_of_ours_costs_one_callback(
    post: Post, receiver: Receiver, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Courier, "sign", lambda *_: 1 / 0)
        post.add(receiver.url())
        assert (await post.done())["failed"] == 1
    post.add(receiver.url())
    assert (await post.done())["delivered"] == 1
    assert "ZeroDivisionError" in caplog.text
