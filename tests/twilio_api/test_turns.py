"""Doing much on the event loop without holding anybody up."""

from __future__ import annotations

import asyncio

import pytest

from roomtui.twilio_api.turns import let_others_go_first


async def steps(count: int, done: list[str]) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
    done.append("key")


@pytest.mark.parametrize("count", [0, 1, 6])
async def test_what_takes_some_turns_is_done_before_the_next_part_of_a_long_work(count: int) -> None:
    done: list[str] = []
    key = asyncio.ensure_future(steps(count, done))
    await let_others_go_first()
    done.append("part")
    await key
    assert done == ["key", "part"]


async def test_what_never_comes_to_an_end_does_not_keep_the_work_from_going_on() -> None:
    other = asyncio.ensure_future(steps(10_000, []))
    await let_others_go_first()
    assert not other.done()
    other.cancel()
