"""The least that listing all rooms can cost: `python -m tests.benchmarks.bare.listing`.

Reads all pages with aiohttp and prints one JSON array. `ROOMTUI_API_URL`, `TWILIO_API_KEY` and `TWILIO_API_SECRET` say
where.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys

import aiohttp


async def main() -> None:
    """Read and print."""
    page_url = os.environ["ROOMTUI_API_URL"] + "/v1/Rooms?PageSize=1000"
    who = f"{os.environ['TWILIO_API_KEY']}:{os.environ['TWILIO_API_SECRET']}"
    headers = {"Authorization": f"Basic {base64.b64encode(who.encode()).decode()}"}
    rooms: list[object] = []
    async with aiohttp.ClientSession(headers=headers) as session:
        while page_url:
            async with session.get(page_url) as answer:
                page = json.loads(await answer.read())
            rooms += page["rooms"]
            page_url = page["meta"]["next_page_url"]
    sys.stdout.write(json.dumps(rooms))


if __name__ == "__main__":
    asyncio.run(main())
