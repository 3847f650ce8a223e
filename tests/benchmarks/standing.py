"""A sandbox in which nobody comes or goes: `python -m tests.benchmarks.standing TICKING STILL`.

So many rooms tick: nobody is in them, and they close in five to eight minutes, one a second. As many as wanted besides
have one person in them, close in a day, and change once a minute. The ticking ones are the oldest, in the order in
which they close: so they are on top of the dashboard, in one and the same order, before their rosters are known and
after.

Its first line on stdout is that of `roomtui sandbox`, and it ends with its stdin.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from roomtui.sandbox.options import SandboxOptions
from roomtui.sandbox.server import Sandbox
from roomtui.sandbox.world.room_request import room_settings

if TYPE_CHECKING:
    from roomtui.sandbox.world.room import Room
    from roomtui.sandbox.world.world import World

_APART = 1.0
_TICKING_MINUTES = 9
_A_DAY = 86_400
_OLDER = 60.0
_ROOMS_MAX = 100_000


async def main(ticking: int, still: int) -> None:
    """Serve so many rooms until stdin closes."""
    sandbox = Sandbox(SandboxOptions())
    world = sandbox.world
    world.account.room_quota = world.account.participant_quota = _ROOMS_MAX
    for number in range(ticking):
        _open(world, f"ticking-{number:05d}", UnusedRoomTimeout=_TICKING_MINUTES)
        sandbox.clock.advance(_APART)
        sandbox.clock.run_due()
    sandbox.clock.advance(_OLDER)
    sandbox.clock.run_due()
    for number in range(still):
        room = _open(world, f"still-{number:05d}", MaxParticipantDuration=_A_DAY)
        world.join(room.sid, f"person-{number:05d}", ["audio"])
    stop = asyncio.Event()
    descriptor = sys.stdin.fileno()
    asyncio.get_running_loop().add_reader(descriptor, lambda: stop.set() if not os.read(descriptor, 1024) else None)
    async with sandbox:
        gc.freeze()
        sys.stdout.write(json.dumps({"url": sandbox.url, **asdict(sandbox.credentials)}) + "\n")
        sys.stdout.flush()
        await stop.wait()


def _open(world: World, name: str, **numbers: int) -> Room:
    form = {"UniqueName": [name], **{field: [str(number)] for field, number in numbers.items()}}
    return world.create_room(room_settings(form, world.account))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
