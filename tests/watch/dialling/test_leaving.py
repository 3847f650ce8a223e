"""Who looks no more lets the call go on."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from roomtui.rooms.calls import CallStatus
from roomtui.watch.actions import DialStage
from tests.watch.dialling.phone import CALL, PHONE, RINGING, Phone
from tests.watch.virtual import idle


async def test_whoever_closes_it_lets_the_call_go_on_and_leaves_a_line(phone: Phone) -> None:
    phone.is_(RINGING, at=2)
    async with aclosing(phone.desk.actions.dial(phone.dialling())) as steps:
        async for step in steps:
            if step.stage is DialStage.RINGING:
                break
    assert [line["phase"] for line in phone.desk.lines()] == ["before", "placed", "after"]
    last = phone.desk.lines()[-1]
    assert (last["outcome"], last["call_sid"]) == ("not-followed", CALL)
    assert phone.twilio.count("hang-up") == 0
    assert phone.twilio.calls[CALL].status == RINGING


@pytest.mark.parametrize("steps_seen", [1, 2, 3])
async def test_it_may_be_closed_at_every_step(phone: Phone, steps_seen: int) -> None:
    phone.rings_and_is_answered()
    phone.joins(PHONE, at=9)
    following = phone.desk.actions.dial(phone.dialling())
    for _ in range(steps_seen):
        await following.__anext__()
    await following.aclose()
    assert [line.get("outcome") for line in phone.desk.lines()] == [None, None, "not-followed"]


async def test_after_the_last_step_there_is_nothing_left_to_close(phone: Phone) -> None:
    phone.is_(CallStatus.BUSY, at=1)
    async with aclosing(phone.desk.actions.dial(phone.dialling())) as steps:
        async for step in steps:
            if step.stage.is_final:
                break
    assert [line.get("outcome") for line in phone.desk.lines()] == [None, None, "not-in-the-room"]


@pytest.mark.parametrize(
    ("at", "outcomes"),
    [
        ("room", []),
        ("dial", [None, "interrupted"]),
        ("call", [None, None, "not-followed"]),
        ("participants", [None, None, "not-followed"]),
    ],
)
async def test_who_is_cancelled_in_the_middle_leaves_a_line(phone: Phone, at: str, outcomes: list[str | None]) -> None:
    phone.rings_and_is_answered()
    waiting = asyncio.Event()

    async def never(_seconds: float = 0) -> None:
        waiting.set()
        await asyncio.Event().wait()

    arrive = phone.twilio._arrive
    dialled = phone.twilio.dialled

    async def hang(ask: object) -> None:
        await arrive(ask)  # type: ignore[arg-type]  # handed through
        what = getattr(ask, "what", "")
        if what.startswith(at) and (bool(dialled) or at == "room"):
            await never()

    phone.twilio._arrive = hang  # type: ignore[method-assign]  # one answer never comes
    told = asyncio.create_task(phone.told())
    await waiting.wait()
    await idle()
    told.cancel()
    with pytest.raises(asyncio.CancelledError):
        await told
    assert [line.get("outcome") for line in phone.desk.lines()] == outcomes
