"""The HTTP server with Twilio's manners: what is not even HTTP is refused in Twilio's shape, without a traceback."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aiohttp import web

from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)

_SILENT = logging.Logger("silent", logging.CRITICAL + 1)  # noqa: LOG001 - out of the tree, so nobody else is silenced
"""aiohttp would write a traceback for every client that sends nonsense."""


class TwilioServer(web.Server):
    """A low-level server: one function answers everything.

    Args:
        respond: answers a request.
        refuse: makes the response for a request that never became one.
    """

    def __init__(
        self,
        respond: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        refuse: Callable[[Refusal], web.Response],
    ) -> None:
        # A client that gives up cancels its request: a `timeout` fault must not hold it for two minutes.
        super().__init__(respond, handler_cancellation=True)
        self._refuse = refuse

    def __call__(self) -> web.RequestHandler:
        """The handler of a new connection."""
        return _Connection(self, self._refuse)


class _Connection(web.RequestHandler):
    """One client's connection."""

    __slots__ = ("_refuse",)

    def __init__(self, server: TwilioServer, refuse: Callable[[Refusal], web.Response]) -> None:
        # Bodies stay as they are sent: a broken compression would be met again while the rest is thrown away.
        super().__init__(
            server, loop=asyncio.get_running_loop(), auto_decompress=False, logger=_SILENT, access_log=_SILENT
        )
        self._refuse = refuse

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - aiohttp's own words, with an excerpt of the request
    ) -> web.StreamResponse:
        """Answer what could not be read (400) or, should it ever happen, what broke in here (500)."""
        if status == 500:
            _log.error("no answer to %s", request.remote, exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("half an answer is sent already")
        refusal = Refusal(20500) if status == 500 else Refusal(20001, "The request is not valid HTTP", status=status)
        response = self._refuse(refusal)
        response.force_close()
        return response
