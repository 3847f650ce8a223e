"""The least that answering can cost: `python -m tests.benchmarks.bare.server`.

A plain aiohttp server on loopback: `/SIZE`, with any method, is answered with a body of so many bytes. The first line
on stdout is its port; it ends with its stdin.
"""

from __future__ import annotations

import asyncio
import os
import sys
from functools import lru_cache

from aiohttp import web


@lru_cache(maxsize=64)
def _body(size: int) -> bytes:
    return b"x" * size


async def _answer(request: web.BaseRequest) -> web.Response:
    await request.read()
    return web.Response(body=_body(int(request.path.removeprefix("/"))), content_type="application/json")


async def main() -> None:
    """Serve until stdin closes."""
    stop = asyncio.Event()
    descriptor = sys.stdin.fileno()
    asyncio.get_running_loop().add_reader(descriptor, lambda: stop.set() if not os.read(descriptor, 1024) else None)
    runner = web.ServerRunner(web.Server(_answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await stop.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
