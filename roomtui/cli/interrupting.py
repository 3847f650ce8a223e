"""Ctrl+c during a long reading, for commands that print what they have by then."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

_T = TypeVar("_T")


async def until_ctrl_c(work: Coroutine[object, object, _T]) -> _T:
    """Await `work`; ctrl+c cancels it, and only it.

    Raises:
        asyncio.CancelledError: it was.
    """
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        return await task
    finally:
        loop.remove_signal_handler(signal.SIGINT)
