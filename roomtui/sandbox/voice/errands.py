"""Errands to the customer's server: they take real time, hold nothing up, and come back into virtual time.

What follows from a reply happens at the virtual time at which it is taken in.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from roomtui.sandbox.callbacks.courier import CourierError, Reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from roomtui.sandbox.callbacks.courier import Courier
    from roomtui.sandbox.voice.call import Target

_log = logging.getLogger(__name__)

Outcome = Reply | CourierError
"""What came of an errand."""


class Errands:
    """Runs requests beside the sandbox, each in a task of its own.

    Args:
        courier: sends them.
        catch_up: fires the virtual timers that are due.
    """

    def __init__(self, courier: Courier, catch_up: Callable[[], Awaitable[None]]) -> None:
        self._courier = courier
        self._catch_up = catch_up
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, target: Target, parameters: Mapping[str, str], then: Callable[[Outcome], None]) -> None:
        """Send one request; `then` is called with what came of it."""
        task = asyncio.get_running_loop().create_task(self._go(target, dict(parameters), then))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Call everything off."""
        under_way = list(self._tasks)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _go(self, target: Target, parameters: Mapping[str, str], then: Callable[[Outcome], None]) -> None:
        outcome: Outcome
        try:
            outcome = await self._courier.send(target.method, target.url, parameters)
        except CourierError as error:
            outcome = error
        except Exception:  # noqa: BLE001 - the last resort: a call must not wait for ever for what broke here
            _log.exception("no answer from %s", target.url)
            outcome = CourierError(11200, "It could not be asked; the sandbox's log tells why.")
        await self._catch_up()
        try:
            then(outcome)
        except Exception:  # noqa: BLE001 - the last resort: one call that breaks must not take the others along
            _log.exception("nothing came of the answer of %s", target.url)
        await self._catch_up()
