"""Where the lines are that somebody wants to see, in a journal of any length.

Eight bytes a line are held, and the text of the few that are on screen. Searching is done in a thread, in short pieces.
"""

from __future__ import annotations

import time
from array import array
from threading import Lock
from typing import TYPE_CHECKING, Final

from roomtui.rooms.untrusted import safe
from roomtui.watch.journal_lines import AUDIT, EVENT, JournalLine, parse
from roomtui.watch.journal_reading import JournalReader
from roomtui.watch.journal_words import haystack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from roomtui.watch.journal_reading import Found

_READ_AT_ONCE: Final = 500
_FILES_KEPT: Final = 12
_KINDS: Final = {"audit": AUDIT, "event": EVENT, "events": EVENT}


class Wanted:
    """Which lines are wanted: those with all of these words as they are shown; `audit` or `events` alone are a kind.

    Args:
        text: what was typed.
        hide: whether phone numbers are masked; nobody is found by what is masked.
    """

    def __init__(self, text: str = "", *, hide: bool = False) -> None:
        words = safe(text).casefold().split()  # a pasted name is searched for as it is shown
        self._kind = next((_KINDS[word] for word in words if word in _KINDS), None)
        self._words = tuple(word for word in words if word not in _KINDS)
        self._hide = hide

    def has(self, raw: bytes) -> bool | None:
        """Whether this line is wanted; None where it says nothing."""
        if self._kind is not None and self._kind.encode() not in raw:
            return False  # most lines of a journal are events: they need not be read to see that they are no audit
        line = parse(raw)
        if line is None:
            return None
        if self._kind is not None and line.kind != self._kind:
            return False
        if not self._words:
            return True
        text = f"{line.at:%Y-%m-%d %H:%M:%S} {haystack(line, hide=self._hide)}"
        return all(word in text for word in self._words)


class JournalIndex:
    """The wanted lines of the journal at `path`, in their order; at first none are known.

    `search_older` and `search_newer` are for threads, everything else is for the one who shows the lines.

    Args:
        path: the journal, which need not be there yet.
        wanted: which lines.
        clock: seconds that only grow.

    Raises:
        OSError: it cannot be read.
    """

    def __init__(
        self, path: Path, wanted: Wanted | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.searched = 0
        self.unreadable = 0
        self._wanted = wanted or Wanted()
        self._clock = clock
        self._lock = Lock()
        self._is_open = True
        self._reader = JournalReader(path)
        # The newest of the older ones first: both grow at their ends.
        self._older, self._newer = array("Q"), array("Q")
        self._read: dict[int, JournalLine | None] = {}

    def __len__(self) -> int:
        return len(self._older) + len(self._newer)

    @property
    def is_complete(self) -> bool:
        """Whether there is nothing older that was not searched."""
        return self._reader.is_at_the_beginning

    def line(self, number: int) -> JournalLine | None:
        """The line of this number, counted from the oldest that is known; None where its file is gone."""
        older = len(self._older)
        place = self._older[older - 1 - number] if number < older else self._newer[number - older]
        if place not in self._read:
            if len(self._read) >= _READ_AT_ONCE:
                self._read.clear()
            self._read[place] = parse(self._reader.at(place))
        return self._read[place]

    def search_older(self, count: int, *, within: float = 0.1) -> list[int]:
        """Go back until so many lines are found, the beginning is reached or the time (in seconds) is over.

        Returns:
            Their places, newest first; for `add_older`.

        Raises:
            OSError: it cannot be read.
        """
        places: list[int] = []
        with self._lock:
            until = self._clock() + within
            while self._is_open and len(places) < count and (found := self._reader.older()):
                places += reversed(self._those_wanted(found))
                if self._clock() >= until:
                    break
        return places

    def search_newer(self) -> list[int]:
        """Look for what was written since.

        Returns:
            The places of what is wanted of it; for `add_newer`.

        Raises:
            OSError: it cannot be read.
        """
        places: list[int] = []
        with self._lock:
            while self._is_open and (found := self._reader.newer()):
                places += self._those_wanted(found)
            if self._is_open:
                self._reader.let_go(keep=_FILES_KEPT)
        return places

    def add_older(self, places: Iterable[int]) -> None:
        """Know these lines."""
        self._older.extend(places)

    def add_newer(self, places: Iterable[int]) -> None:
        """Know these lines."""
        self._newer.extend(places)

    def close(self) -> None:
        """Let go of the files; whoever still searches finds nothing more."""
        with self._lock:
            self._is_open = False
            self._reader.close()

    def _those_wanted(self, found: list[Found]) -> list[int]:
        places = []
        for each in found:
            self.searched += 1
            wanted = self._wanted.has(each.raw)
            if wanted:
                places.append(each.place)
            self.unreadable += wanted is None
        return places
