"""Ctrl+c: during a long reading, for commands that print what they have by then; and amid a change."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from roomtui.cli.exits import say

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

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


@contextmanager
def unclear_if_interrupted(what: str) -> Iterator[None]:
    """While Twilio is asked for a change: who interrupts that does not know what came of it, and is told so.

    Args:
        what: may have been done or not: "board was ended".
    """
    try:
        yield
    except asyncio.CancelledError:
        say(f"Interrupted before Twilio answered: it is not known whether {what}. Look before you try again.")
        raise
