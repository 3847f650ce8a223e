"""What one read costs, ours and a bare one: `python -m tests.benchmarks.bare.reading`.

The same GET again and again over one connection, its JSON decoded: by our transport or by a plain aiohttp session. One
process measures one of them, so that neither warms up the other. stdin is JSON: `url` of the API, `path`,
`authorization`, `times`, and `own`, whether by ours. stdout is JSON: `cpu_seconds` for all of them.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from typing import TYPE_CHECKING, Any

import aiohttp

from roomtui.twilio_api.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_WARM_UP = 20


async def repeated(read: Callable[[], Awaitable[Any]], times: int) -> float:
    """The seconds of CPU that so many reads take."""
    for _ in range(_WARM_UP):
        await read()
    before = time.process_time()
    for _ in range(times):
        await read()
    return time.process_time() - before


async def own(told: dict[str, Any]) -> float:
    """By our transport, with the headers that the SDK gives it."""
    transport = Transport(told["url"])
    user, _, password = base64.b64decode(told["authorization"].partition(" ")[2]).decode().partition(":")
    headers = {"User-Agent": "bare", "X-Twilio-Client": "bare", "Accept-Charset": "utf-8", "Accept": "application/json"}

    async def read() -> Any:
        answer = await transport.request("GET", told["url"] + told["path"], headers=headers, auth=(user, password))
        return json.loads(answer.text)

    try:
        return await repeated(read, told["times"])
    finally:
        await transport.close()


async def bare(told: dict[str, Any]) -> float:
    """By an aiohttp session."""
    async with aiohttp.ClientSession(headers={"Authorization": told["authorization"]}) as session:

        async def read() -> Any:
            async with session.get(told["url"] + told["path"]) as answer:
                return json.loads(await answer.read())

        return await repeated(read, told["times"])


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    sys.stdout.write(json.dumps({"cpu_seconds": asyncio.run((own if asked["own"] else bare)(asked))}))
