"""Work that may hang, in a thread that nobody waits for when the program ends: for its own the event loop does."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


async def in_a_thread(work: Callable[[], _T], *, name: str) -> _T:
    """What `work` returns, or raises; whoever waits for it may give up. `name`: what the thread is called."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[_T] = loop.create_future()

    def tell(result: Callable[[], None]) -> None:
        if not done.cancelled():
            result()

    def do() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            _from_thread(loop, tell, _raises(done, error))
        else:
            _from_thread(loop, tell, lambda: done.set_result(result))

    threading.Thread(target=do, daemon=True, name=name).start()
    return await done


def _raises(done: asyncio.Future[_T], error: Exception) -> Callable[[], None]:
    return lambda: done.set_exception(error)


def _from_thread(
    loop: asyncio.AbstractEventLoop, tell: Callable[[Callable[[], None]], None], result: Callable[[], None]
) -> None:
    try:
        loop.call_soon_threadsafe(tell, result)
    except RuntimeError:
        return  # the loop has ended: nobody waits any more
