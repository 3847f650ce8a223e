"""Work in a thread of its own, which may hang."""

from __future__ import annotations

import asyncio
import threading

import pytest

from roomtui.threads import in_a_thread


async def test_hands_back_what_the_work_returns() -> None:
    assert await in_a_thread(lambda: threading.current_thread().name, name="work") == "work"


async def test_raises_what_the_work_raises() -> None:
    with pytest.raises(ValueError, match="of no use"):
        await in_a_thread(lambda: int("of no use"), name="work")


async def test_nobody_waits_at_the_end_for_a_thread_that_still_works() -> None:
    let_go = threading.Event()
    waiting = asyncio.ensure_future(in_a_thread(let_go.wait, name="work"))
    await asyncio.sleep(0)
    (thread,) = (each for each in threading.enumerate() if each.name == "work")
    assert thread.daemon
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    let_go.set()
    thread.join(10)
    await asyncio.sleep(0)  # what it says now, nobody hears
