"""Writes a tape: hears the board, and writes down what changed, in a thread of its own."""

from __future__ import annotations

import gzip
import json
import os
import queue
import threading
from typing import IO, TYPE_CHECKING, Final, cast

from roomtui.own_files import open_new
from roomtui.rooms.personal import blotted
from roomtui.watch.tape.encoding import difference, whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from roomtui.rooms.clock import Clock
    from roomtui.watch.board import Board, BoardState
    from roomtui.watch.tape.encoding import Line

FORMAT: Final = 1
"""What the first line of a tape says it is: the version of all that follows."""
COMPRESSED: Final = ".gz"
"""How the name of a file ends whose lines are compressed. (gzip is in every Python; zstd is not.)"""

_WHOLE_AGAIN_AFTER: Final = 4
"""A whole picture again when this many times its size was written since: a tape is a quarter longer for it, and
whoever winds it reads at most this much more."""
_WHOLE_AT_LEAST: Final = 64 * 1024
"""Bytes that may always be written before the next whole picture."""
_ENDS_WITHIN: Final = 5.0
"""Seconds that the last lines may take to be written."""


class TapeError(Exception):
    """A tape cannot be written or read; `str()` is one sentence for people."""


class Recorder:
    """Records what a board shows.

    Nobody waits for the disk: states are handed to a thread, which works out what changed and writes it. A tape that
    cannot be written any further is given up, and `on_trouble` is told why; the watching goes on.

    Args:
        path: the file, which must not be there yet; where its name ends in ``.gz``, it is compressed.
        clock: Twilio's time.
        account: what the account is called on screen.
        refresh: seconds of Twilio's between two looks at the rooms list.
        hide: phone numbers lose their last four digits, for good.
        on_trouble: called with one sentence, in the recorder's thread.

    Attributes:
        path: the file.
        trouble: that sentence, where the tape ends before its time, else None.

    Raises:
        TapeError: the file cannot be made.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        account: str,
        *,
        refresh: float,
        hide: bool = False,
        on_trouble: Callable[[str], object] = lambda _: None,
    ) -> None:
        self.path = path
        self.trouble: str | None = None
        self._clock = clock
        self._hide = hide
        self._on_trouble = on_trouble
        self._heard: queue.SimpleQueue[tuple[datetime, BoardState] | None] = queue.SimpleQueue()
        self._unsubscribe: Callable[[], None] | None = None
        self._since_whole = self._whole_size = 0
        try:
            descriptor = open_new(path)
        except FileExistsError:
            raise TapeError(f"{path} is there already: record into another file.") from None
        except OSError as error:
            raise TapeError(f"{path} cannot be written ({error.strerror}): record into another file.") from None
        file: IO[bytes] = os.fdopen(descriptor, "wb")
        self._raw = file
        # Typed by hand: gzip's file is none of those that `open` makes.
        self._file = cast("IO[bytes]", gzip.GzipFile(fileobj=file, mode="wb")) if path.suffix == COMPRESSED else file
        self._first: Line | None = {"roomtui": FORMAT, "account": account, "refresh": refresh, "hidden": hide}
        self._thread = threading.Thread(target=self._write_all, name="tape", daemon=True)

    def begin(self, board: Board) -> None:
        """Record from now on."""
        self._unsubscribe = board.subscribe(self._hear)
        self._hear(board.state)
        self._thread.start()

    def end(self) -> None:
        """Record no more; what was heard is on the tape when this returns."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
            self._heard.put(None)
            self._thread.join(_ENDS_WITHIN)

    def _hear(self, state: BoardState) -> None:
        self._heard.put((self._clock.now(), state))

    def _write_all(self) -> None:
        before: BoardState | None = None
        try:
            with self._raw, self._file:
                while (heard := self._heard.get()) is not None:
                    at, state = heard
                    self._write(before, state, at)
                    before = state
                    if self._heard.empty():
                        self._file.flush()
        except OSError as error:
            self.trouble = f"The recording {self.path} ends early: it cannot be written ({error.strerror})."
            self._on_trouble(self.trouble)

    def _write(self, before: BoardState | None, state: BoardState, at: datetime) -> None:
        due = self._since_whole > max(_WHOLE_AT_LEAST, _WHOLE_AGAIN_AFTER * self._whole_size)
        if before is None or due:
            if self._first is not None:
                self._put(self._first)
                self._first = None
            self._since_whole = 0
            self._whole_size = self._put(whole(state, at))
        elif (line := difference(before, state, at)) is not None:
            self._since_whole += self._put(line)

    def _put(self, line: Line) -> int:
        text = json.dumps(line, ensure_ascii=True, separators=(",", ":"))
        return self._file.write((blotted(text) if self._hide else text).encode() + b"\n")
