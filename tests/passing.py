"""Seconds that pass at once, for whoever waits for them by the clock of the event loop.

A time-out that is short enough for a test strikes on a busy machine before there was anything to wait for: before the
connection was made, or the program started. So it is as long as anybody's, and passes when what it is about has begun.
"""

from __future__ import annotations

import asyncio


def let_pass(seconds: float) -> None:
    """From now on the running event loop is ahead of the true time by so many seconds more, until it ends."""
    loop = asyncio.get_running_loop()
    before = loop.time
    loop.time = lambda: before() + seconds  # type: ignore[method-assign] # its own clock, which it asks for everything
