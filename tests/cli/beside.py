"""A sandbox in a thread beside the test: at once there, where a process of its own would first import for a while."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING

from roomtui.sandbox.options import SandboxOptions
from roomtui.sandbox.server import Sandbox
from tests.cli.program import PATIENCE, RunningSandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def sandbox_beside(*, speed: float = 1.0, limited: bool = True) -> Iterator[RunningSandbox]:
    """A quiet sandbox in a thread of this process, until the end of the block.

    To whoever asks it, it is what `running_sandbox` starts; unless it is `limited` no more, and takes any number of
    requests a second.
    """
    up: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, dict[str, str]]] = Future()

    async def answer() -> None:
        stop = asyncio.Event()
        async with Sandbox(SandboxOptions(speed=speed)) as sandbox:
            if not limited:
                sandbox.world.account.read_limit = sandbox.world.account.write_limit = 0
            known = sandbox.credentials
            secrets = {"auth_token": known.auth_token, "api_secret": known.api_secret}
            account = {"url": sandbox.url, "account_sid": known.account_sid, "api_key": known.api_key, **secrets}
            up.set_result((asyncio.get_running_loop(), stop, account))
            await stop.wait()

    def run() -> None:
        try:
            asyncio.run(answer())
        except Exception as error:
            if up.done():
                raise
            up.set_exception(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    loop, stop, account = up.result(PATIENCE)
    try:
        yield RunningSandbox(account)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
