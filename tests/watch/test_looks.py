"""Looks at single rooms: begun, waited for, ended."""

from __future__ import annotations

import asyncio

from roomtui.watch.looks import Looks


async def test_who_waits_for_a_look_that_has_ended_this_very_moment_does_not_wait_for_ever() -> None:
    seen = asyncio.Event()

    async def look(sid: str, *, urgent: bool) -> None:
        assert (sid, urgent) == ("RM1", False)
        seen.set()

    looks = Looks(look)
    looks.begin("RM1")
    await seen.wait()
    assert looks.under_way  # it has ended, and the event loop has not told so yet
    await looks.settled()
    assert not looks.under_way
