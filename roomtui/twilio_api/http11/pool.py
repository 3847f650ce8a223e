"""The connections to one place: kept while they are of use, closed when they are not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NoReturn

from roomtui.twilio_api.http11.connection import Connection
from roomtui.twilio_api.http11.faults import AnswerTimeout, Closed, NotHttp
from roomtui.twilio_api.http11.opening import Opening

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.twilio_api.http11.connection import Heard
    from roomtui.twilio_api.http11.message import Answer
    from roomtui.twilio_api.http11.opening import Way

KEPT_FOR: Final = 15.0
"""Seconds without a request. Servers close after a minute or so; a write that crosses with that is lost."""

_TOGETHER: Final = 0.1
"""Seconds: connections that have been idle for nearly as long are closed together."""


class Pool:
    """Sends requests along one way, over connections that are kept in between.

    There are as many connections as there were ever requests at once: whoever asks keeps to a limit.
    """

    def __init__(self, way: Way, *, connect_timeout: float, kept_for: float = KEPT_FOR) -> None:
        """Prepare; nothing is opened before the first request.

        Args:
            way: to the other end.
            connect_timeout: seconds until a new connection must be there, handshakes included.
            kept_for: seconds for which a connection is kept without a request.
        """
        self._way = way
        self._connect_timeout = connect_timeout
        self._kept_for = kept_for
        self._loop = asyncio.get_running_loop()
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._opening: set[asyncio.Task[Connection]] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._all_gone: asyncio.Event | None = None
        self._closed = False

    async def ask(
        self,
        request: bytes,
        *,
        timeout: float,
        body_max: int,
        sending: Callable[[], object] | None = None,
        heard: Heard | None = None,
        headless: bool = False,
    ) -> Answer:
        """Send a request once, and wait for its answer.

        Args:
            request: as it goes out.
            timeout: seconds until the last byte of the answer must be there, a new connection included.
            body_max: bytes of the answer, unpacked.
            sending: called when it goes out, which is later than now where a connection is opened for it.
            heard: told status and headers as soon as they are there; the body may take longer, or not come at all.
            headless: whether it is a HEAD request.

        Raises:
            HttpFault: no whole answer came.
            OSError: neither, and the system says why.
        """
        deadline = self._loop.time() + timeout
        connection = self._take()
        if connection is None:
            connection = await self._connect(timeout)
        if sending is not None:
            sending()
        answer = await connection.ask(request, deadline=deadline, body_max=body_max, heard=heard, headless=headless)
        self._put(connection)
        return answer

    async def close(self) -> None:
        """Close all connections, and return when they are. Who still waits for an answer gets a fault."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        opening = list(self._opening)
        for task in opening:
            task.cancel()
        if opening:
            await asyncio.wait(opening)
        for connection in list(self._open):
            connection.fail(Closed())
        self._idle.clear()
        if self._open:
            self._all_gone = asyncio.Event()
            await self._all_gone.wait()

    def _take(self) -> Connection | None:
        """The one that was used last: those that are not needed grow old, and are closed."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open and connection.is_silent:
                return connection
            connection.abort()
        return None

    def _put(self, connection: Connection) -> None:
        if self._closed or not connection.is_open:
            connection.abort()
            return
        connection.idle_since = self._loop.time()
        self._idle.append(connection)
        if self._sweep is None:
            self._sweep = self._loop.call_later(self._kept_for, self._close_the_old)

    def _close_the_old(self) -> None:
        self._sweep = None
        # A timer may strike a little early, and what is added to a time and taken away again is not always the same:
        # who compared exactly would come back at once, and again.
        oldest = self._loop.time() - self._kept_for + _TOGETHER
        for connection in self._idle:
            if connection.idle_since <= oldest:
                connection.abort()
        self._idle = [connection for connection in self._idle if connection.idle_since > oldest]
        if self._idle:
            self._sweep = self._loop.call_at(self._idle[0].idle_since + self._kept_for, self._close_the_old)

    async def _connect(self, timeout: float) -> Connection:
        if self._closed:
            raise Closed
        connection = Connection(self._open.add, self._gone)
        opening = Opening(self._way, connection)
        task = self._loop.create_task(opening.run())
        self._opening.add(task)
        task.add_done_callback(self._opened)
        try:
            # Not `wait_for`: that of Python 3.10 and 3.11 may lose the connection, or the cancelling, where both come
            # at the same moment.
            await asyncio.wait((task,), timeout=min(timeout, self._connect_timeout))
            if not task.done():
                self._late(opening, timeout)
            self._demand(task)
        except BaseException:
            task.cancel()
            connection.abort()
            raise
        return connection

    def _late(self, opening: Opening, timeout: float) -> NoReturn:
        raise opening.late() if self._connect_timeout <= timeout else AnswerTimeout

    @staticmethod
    def _demand(task: asyncio.Task[Connection]) -> None:
        """Raise whatever keeps the connection from being there."""
        if task.cancelled():
            raise Closed
        connection = task.result()
        if connection.spoke_unasked:
            raise NotHttp
        # In TLS 1.3 the other end may refuse us when for us all is agreed on, for want of a certificate of ours. What
        # is about to be closed says why when it is asked.
        if connection.lost is not None:
            raise connection.lost

    def _opened(self, task: asyncio.Task[Connection]) -> None:
        self._opening.discard(task)
        if not task.cancelled():
            task.exception()  # seen, also where nobody waits any more

    def _gone(self, connection: Connection) -> None:
        self._open.discard(connection)
        if self._all_gone is not None and not self._open:
            self._all_gone.set()
