"""Delivers callbacks in the background: in order where it can, bounded always, never holding anybody up.

Twilio's documents give no order, no number of tries and no pauses for Video's callbacks. This is what was chosen:

- The callbacks of a room are sent one after the other; but the next one waits for an answer to the one before for a
  second at most, so a receiver that takes its time, or asks the API meanwhile, gets several at once.
- No answer, no connection, and an answer of 500 or more are tried again: twice, after one second and two more.
  `#rc=` and `#rp=` in the URL say otherwise ("Webhook connection overrides").
- Each server is sent few requests at a time, so that one which hangs holds up nobody else.
- What would have to wait behind too many others is dropped, and counted.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from roomtui.sandbox.callbacks.courier import CourierError
from roomtui.sandbox.callbacks.log import Outcome, Trouble
from roomtui.sandbox.callbacks.overrides import overrides_of
from roomtui.sandbox.callbacks.url import Target, displayed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from roomtui.sandbox.callbacks.courier import Courier
    from roomtui.sandbox.callbacks.log import Callback, CallbackLog

_log = logging.getLogger(__name__)

RETRIES = 2
RETRIED = frozenset({"ct", "rt", "5xx"})
FIRST_PAUSE = 1.0
"""Real seconds before the first retry; each pause is twice the one before."""

ORDER_SECONDS = 1.0
"""Real seconds that a callback waits for the answer to the one before it."""

AT_ONCE_PER_SERVER = 16
AT_ONCE = 256
MOST_PER_SERVER = 10_000
MOST_WAITING = 40_000


@dataclass(slots=True)
class _Server:
    """A customer's server, while there is something for it.

    Attributes:
        waiting: callbacks for it that are not done.
        places: requests that it may get at the same time.
    """

    waiting: int = 0
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE_PER_SERVER))


class Deliveries:
    """Takes callbacks in and sees them delivered or given up.

    Args:
        courier: sends; it is closed by whoever made it.
        log: told what becomes of them.
        sleep: pauses before a retry, in real seconds.
        order_seconds: real seconds that a callback waits for the answer to the one before it.
    """

    def __init__(
        self,
        courier: Courier,
        log: CallbackLog,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        order_seconds: float = ORDER_SECONDS,
    ) -> None:
        self._courier = courier
        self._log = log
        self._sleep = sleep
        self._order_seconds = order_seconds
        self._lines: dict[str, deque[Callback]] = {}
        self._servers: dict[str, _Server] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    def add(self, callback: Callback) -> None:
        """Take one in, at once, where an event loop runs. It is dropped if too many wait, or after `stop`."""
        server = self._servers.get(_server_of(callback)) or _Server()
        if self._stopped or self._log.waiting >= MOST_WAITING or server.waiting >= MOST_PER_SERVER:
            trouble = Trouble(None, "It was not sent, because too many callbacks were waiting.")
            self._log.ended(callback, Outcome.DROPPED, 0, None, trouble)
            return
        self._servers[_server_of(callback)] = server
        server.waiting += 1
        self._log.waiting += 1
        if callback.line in self._lines:
            self._lines[callback.line].append(callback)
        else:
            self._lines[callback.line] = deque([callback])
            self._start(self._send_line(callback.line))

    async def drain(self) -> None:
        """Wait until everything taken in is delivered or given up."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Give up everything that is under way or waits."""
        self._stopped = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lines.clear()
        self._servers.clear()
        self._log.waiting = 0

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _send_line(self, name: str) -> None:
        """Send what waits in a line, in its order."""
        line = self._lines[name]
        while line:
            callback = line.popleft()
            server = self._servers[_server_of(callback)]
            await server.places.acquire()
            delivery = self._start(self._deliver(callback, server))
            await asyncio.wait({delivery}, timeout=self._order_seconds)
        del self._lines[name]

    async def _deliver(self, callback: Callback, server: _Server) -> None:
        """Try until it is delivered or there is no use. One place at the server is held, and given back."""
        overrides = overrides_of(callback.url)
        retries = RETRIES if overrides.retries is None else overrides.retries
        policies = RETRIED if overrides.policies is None else overrides.policies
        token = str(uuid4())
        holds_place = True
        try:
            for attempt in range(1, retries + 2):
                if not holds_place:
                    await self._sleep(FIRST_PAUSE * 2 ** (attempt - 2))
                    await server.places.acquire()
                    holds_place = True
                async with self._places:
                    status, trouble, policy = await self._attempt(callback, token)
                server.places.release()
                holds_place = False
                if trouble is not None:
                    self._log.warn(callback, trouble)
                if trouble is None or policy not in policies or attempt > retries:
                    outcome = Outcome.DELIVERED if _has_arrived(status) else Outcome.FAILED
                    self._log.ended(callback, outcome, attempt, status, trouble)
                    return
        finally:
            if holds_place:
                server.places.release()
            self._finish(callback, server)

    def _finish(self, callback: Callback, server: _Server) -> None:
        self._log.waiting -= 1
        server.waiting -= 1
        if not server.waiting:
            self._servers.pop(_server_of(callback), None)

    async def _attempt(self, callback: Callback, token: str) -> tuple[int | None, Trouble | None, str | None]:
        """One attempt: the HTTP status, what was wrong, and the retry policy that covers it."""
        try:
            reply = await self._courier.send(
                callback.method, callback.url, callback.parameters, idempotency_token=token
            )
        except CourierError as error:
            code = 53660 if error.policy == "rt" else error.code
            return error.status, Trouble(code, error.message), error.policy
        except Exception:  # noqa: BLE001 - the last resort: whatever broke here, the others are delivered
            _log.exception("no callback to %s", displayed(callback.url))
            return None, Trouble(None, "It could not be sent; the sandbox's log tells why."), None
        if _has_arrived(reply.status):
            return reply.status, None, None
        trouble = Trouble(11200, f"{displayed(callback.url)} answered {reply.status}.")
        return reply.status, trouble, "4xx" if reply.status < 500 else "5xx"


def _has_arrived(status: int | None) -> bool:
    """Whether the receiver was content; what else it answered does not matter for a callback."""
    return status is not None and 200 <= status < 300


def _server_of(callback: Callback) -> str:
    try:
        return Target.parse(callback.url).server
    except ValueError:
        return ""
