"""Twilio's Python SDK, unmodified, pointed at a sandbox."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]  # has hints, but no py.typed
from twilio.rest import Client as TwilioClient  # type: ignore[import-untyped]  # has hints, but no py.typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from twilio.http.async_http_client import (  # type: ignore[import-untyped]  # has hints, but no py.typed
        AsyncTwilioHttpClient,
    )

    from roomtui.sandbox.server import Sandbox

Result = TypeVar("Result")


def sdk(sandbox: Sandbox, http: TwilioHttpClient | AsyncTwilioHttpClient | None = None) -> TwilioClient:
    """A client as its users make it, but for the host."""
    known = sandbox.credentials
    client = TwilioClient(
        known.api_key,
        known.api_secret,
        known.account_sid,
        http_client=http or TwilioHttpClient(timeout=10),
        environment={},
    )
    client.video.base_url = sandbox.url
    return client


async def in_thread(work: Callable[[], Result]) -> Result:
    """The SDK waits for its answers, which the test's own loop must give meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(None, work)
