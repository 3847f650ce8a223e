"""What a recorded terminal shows, chunk by chunk."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pyte

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from tests.benchmarks.recorded import Chunk, Recorded

    Cells: TypeAlias = tuple[tuple[pyte.screens.Char, ...], ...]

# Questions and modes that the emulator takes for text.
_NOT_FOR_EMULATOR = re.compile(rb"\x1b\[(?:\?[0-9;]*\$p|[<>=][0-9;]*[a-z])")
_BEGUN = re.compile(rb"\x1b(?:\[[0-9;?<>=$]*)?$")
_MARKED = re.compile(r">\s*\S+\s*!?\s+(\S+)")
_SOME_LIVE = re.compile(r"\b[1-9]\d* live\b")
_NOT_READ = "not read yet"
_READ_WITHIN = 40.0
_PAUSE = 0.002


class Emulator:
    """Follows a recorded terminal; what has been recorded is fed when it is asked for."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded
        self.screen = pyte.Screen(recorded.columns, recorded.lines)
        self._stream = pyte.ByteStream(self.screen)
        self._pending = b""
        self.fed = 0

    def next(self) -> Chunk | None:
        """Feed the next chunk, and return it; None if nothing more has come yet."""
        if self.fed >= len(self.recorded.chunks):
            return None
        chunk = self.recorded.chunks[self.fed]
        self.fed += 1
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

    def wait_until_read(self) -> None:
        """Wait until the dashboard knows the rosters of all rooms on screen; at most as long as that may take."""
        self.until(lambda: bool(_SOME_LIVE.search(self.text)) and _NOT_READ not in self.text, _READ_WITHIN)

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
