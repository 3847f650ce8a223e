"""What a recorded terminal shows, chunk by chunk."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pyte

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from typing_extensions import Self

    from tests.benchmarks.recorded import Chunk, Recorded

    Cells: TypeAlias = tuple[tuple[pyte.screens.Char, ...], ...]

# Questions and modes that the emulator takes for text.
_NOT_FOR_EMULATOR = re.compile(rb"\x1b\[(?:\?[0-9;]*\$p|[<>=][0-9;]*[a-z])")
_BEGUN = re.compile(rb"\x1b(?:\[[0-9;?<>=$]*)?$")
_MARKED = re.compile(r">\s*\S+\s*!?\s+(\S+)")
_SOME_LIVE = re.compile(r"\b[1-9]\d* live\b")
_LIVE_WITHIN = 30.0
_READ_WITHIN = 60.0
_PAUSE = 0.002


class Emulator:
    """Follows a recorded terminal; what has been recorded is fed when it is asked for."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded
        self.screen = pyte.Screen(recorded.columns, recorded.lines)
        self._stream = pyte.ByteStream(self.screen)
        self._pending = b""
        self._fed = 0

    @property
    def coming(self) -> Chunk | None:
        """The chunk that `next` will feed; None if nothing more has come yet."""
        return self.recorded.chunks[self._fed] if self._fed < len(self.recorded.chunks) else None

    def next(self) -> Chunk | None:
        """Feed the next chunk, and return it; None if nothing more has come yet."""
        chunk = self.coming
        if chunk is None:
            return None
        self._fed += 1
        data = self._pending + chunk.data
        begun = _BEGUN.search(data)
        cut = begun.start() if begun else len(data)
        self._pending = data[cut:]
        self._stream.feed(_NOT_FOR_EMULATOR.sub(b"", data[:cut]))
        return chunk

    def catch_up(self) -> None:
        """Feed all there is."""
        while self.next() is not None:
            pass

    def until(self, condition: Callable[[], bool], seconds: float) -> float | None:
        """The instant (monotonic) at which the chunk came that made `condition` true; None: not within `seconds`."""
        deadline = time.monotonic() + seconds
        while True:
            chunk = self.next()
            if chunk is not None:
                if condition():
                    return chunk.at
            elif time.monotonic() > deadline:
                return None
            else:
                time.sleep(_PAUSE)

    def wait_until_live(self, rooms: int | None = None) -> Self:
        """Wait until the dashboard knows so many rooms, or some.

        Raises:
            RuntimeError: with what it shows instead.
        """
        wanted = _SOME_LIVE if rooms is None else re.compile(rf"\b{rooms} live\b")
        if self.until(lambda: bool(wanted.search(self.text)), _LIVE_WITHIN) is None:
            raise RuntimeError(f"no rooms on the screen:\n{self.text}")
        return self

    def wait_until_read(self, rooms: int, what: str = "not read yet") -> None:
        """Wait until the dashboard knows so many rooms, and says of nothing (of no room on screen) that it is not read.

        Raises:
            RuntimeError: if that takes too long.
        """
        self.wait_until_live(rooms)
        if what in self.text and self.until(lambda: what not in self.text, _READ_WITHIN) is None:
            raise RuntimeError(f"not everything is read:\n{self.text}")

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def cells(self) -> Cells:
        """Everything that stands on the screen, with its looks."""
        buffer, columns = self.screen.buffer, range(self.screen.columns)
        return tuple(tuple(buffer[line][column] for column in columns) for line in range(self.screen.lines))

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and line of the cursor, from 0."""
        return min(self.screen.cursor.x, self.screen.columns - 1), self.screen.cursor.y

    @property
    def marked_room(self) -> str | None:
        """The room under the dashboard's cursor: in a line that begins with `>`, what stands behind the countdown."""
        for line in self.screen.display:
            if marked := _MARKED.match(line):
                return marked.group(1)
        return None
