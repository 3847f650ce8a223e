"""The least that asking the same can cost: `python -m tests.benchmarks.bare.polling`.

A plain aiohttp loop that asks what it is told to, evenly spread, and decodes the JSON of each answer. stdin is JSON:
`url`, `authorization`, `seconds`, and `asks`, how often which route (with `{RM}` and `{PA}`) is to be asked. stdout is
JSON: `cpu_seconds` that the loop took (not the start), and `asked`, how many requests that were.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from itertools import cycle
from typing import Any

import aiohttp

_PAGE = "PageSize=1000"
_AT_ONCE = 8
_PATIENCE = 30.0


class Asker:
    """Asks as one program does, over a handful of connections that are kept."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._list = self._first_page
        self._rooms: list[str] = []
        self.asked = 0

    @property
    def _first_page(self) -> str:
        return f"{self._url}/v1/Rooms?{_PAGE}"

    async def get(self, url: str) -> Any:
        """The decoded answer."""
        self.asked += 1
        async with self._session.get(url) as answer:
            return json.loads(await answer.read())

    async def next_page(self) -> None:
        """The next page of the list of rooms; after the last one, the first."""
        page = await self.get(self._list)
        self._list = page["meta"]["next_page_url"] or self._first_page

    async def learn_rooms(self) -> None:
        """What to ask about: the first thousand rooms."""
        page = await self.get(self._first_page)
        self._rooms = [room["sid"] for room in page["rooms"]]

    async def ask(self, route: str, times: int, seconds: float) -> None:
        """Ask a route so many times in so many seconds."""
        began = time.monotonic()
        busy: set[asyncio.Task[object]] = set()
        for number, sid in zip(range(times), cycle(self._rooms), strict=False):
            await asyncio.sleep(max(0.0, began + number * seconds / times - time.monotonic()))
            if route == "/v1/Rooms":
                await self.next_page()
                continue
            listed = route.endswith("s") and not route.endswith("Rules")
            query = f"?Status=connected&{_PAGE}" if route.endswith("/Participants") else f"?{_PAGE}" if listed else ""
            task: asyncio.Task[object] = asyncio.ensure_future(self.get(self._url + route.replace("{RM}", sid) + query))
            busy.add(task)
            task.add_done_callback(busy.discard)
        await asyncio.gather(*busy)


async def main() -> None:
    """Ask, and tell what it took."""
    told = json.load(sys.stdin)
    timeout = aiohttp.ClientTimeout(total=_PATIENCE)
    headers = {"Authorization": told["authorization"]}
    connector = aiohttp.TCPConnector(limit=_AT_ONCE)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout, connector=connector) as session:
        asker = Asker(session, told["url"])
        await asker.learn_rooms()
        asker.asked = 0
        before = time.process_time()
        # A route below a participant would need one: there are few of those, and another route costs as much.
        asks = ((route if "{PA}" not in route else "/v1/Rooms/{RM}", times) for route, times in told["asks"].items())
        await asyncio.gather(*(asker.ask(route, times, told["seconds"]) for route, times in asks))
        spent = time.process_time() - before
    sys.stdout.write(json.dumps({"cpu_seconds": spent, "asked": asker.asked}))


if __name__ == "__main__":
    asyncio.run(main())
