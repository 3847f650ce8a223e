"""Seconds pass at once where a test says so, and only there."""

from __future__ import annotations

import asyncio

import pytest

from tests.passing import let_pass


async def test_whoever_waits_has_waited_as_long_as_that() -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    hour = asyncio.create_task(asyncio.sleep(3600))
    longer = asyncio.create_task(asyncio.sleep(2 * 3600 + 900))
    await asyncio.sleep(0)
    let_pass(1800)
    await asyncio.sleep(0)
    assert not hour.done()
    let_pass(1800)
    await hour
    assert 3600 <= loop.time() - began < 4500
    assert not longer.done()
    longer.cancel()


async def test_a_time_out_that_has_passed_strikes() -> None:
    waiting = asyncio.create_task(asyncio.wait_for(asyncio.Event().wait(), 60))
    await asyncio.sleep(0)
    let_pass(60)
    with pytest.raises(asyncio.TimeoutError):
        await waiting
