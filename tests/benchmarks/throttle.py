"""A line that is slow: `python -m tests.benchmarks.throttle RATE DELAY TO`.

Whoever connects to it is connected to port TO of this machine; each way so many bytes a second go over it, and each of
them takes so many seconds more. What is sent faster is held, however much: as modems and the buffers before them do.
Its first line on stdout is its own port; it ends with its stdin.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import deque
from contextlib import suppress

_PIECE = 256
_AT_ONCE = 65_536
_LOOPBACK = "127.0.0.1"


class _Way:
    """One direction of a connection."""

    def __init__(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, rate: float, delay: float) -> None:
        self._source, self._target = source, target
        self._rate, self._delay = rate, delay
        self._held: deque[tuple[float, bytes]] = deque()
        self._came = asyncio.Event()
        self._ended = False

    async def carry(self) -> None:
        with suppress(ConnectionError):
            await asyncio.gather(self._hold(), self._pass_on())
        self._target.close()

    async def _hold(self) -> None:
        while data := await self._source.read(_AT_ONCE):
            self._held.append((time.monotonic(), data))
            self._came.set()
        self._ended = True
        self._came.set()

    async def _pass_on(self) -> None:
        free = 0.0
        while self._held or not self._ended:
            if not self._held:
                self._came.clear()
                await self._came.wait()
                continue
            came, data = self._held.popleft()
            for begin in range(0, len(data), _PIECE):
                piece = data[begin : begin + _PIECE]
                free = max(free, came) + len(piece) / self._rate
                await asyncio.sleep(max(0.0, free + self._delay - time.monotonic()))
                self._target.write(piece)


async def main(rate: float, delay: float, to: int) -> None:
    """Carry until stdin closes."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other_reader, other_writer = await asyncio.open_connection(_LOOPBACK, to)
        await asyncio.gather(
            _Way(reader, other_writer, rate, delay).carry(), _Way(other_reader, writer, rate, delay).carry()
        )

    stop = asyncio.Event()
    descriptor = sys.stdin.fileno()
    asyncio.get_running_loop().add_reader(descriptor, lambda: stop.set() if not os.read(descriptor, 1024) else None)
    server = await asyncio.start_server(connected, _LOOPBACK, 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await stop.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
