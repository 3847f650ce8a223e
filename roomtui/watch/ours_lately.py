"""Which rooms we end while somebody watches, by another dashboard or by a command: it stands in the journal.

Twilio does not tell who ended a room. What is done from here is written down before it is done, so whoever sees a room
end finds the line already there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.watch.journal_lines import AUDIT, parse
from roomtui.watch.journal_reading import JournalReader

if TYPE_CHECKING:
    from pathlib import Path

    from roomtui.watch.journal_lines import JournalLine

_SIGN: Final = b'"end-room"'
_DONE: Final = frozenset({"ended", "not-verified"})
"""Outcomes after which it was we who ended it: where it could not be verified, Twilio had said yes."""
_REMEMBERED: Final = 1000
_FILES_KEPT: Final = 2


class OursLately:
    """Follows the journal at `path` from now on. For one thread at a time.

    Raises:
        OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._reader = JournalReader(path)
        self._done: dict[str, bool] = {}

    def read(self) -> list[str]:
        """Read what was written since; the SIDs of the rooms that are now known to have been ended by us.

        Raises:
            OSError: it cannot be read.
        """
        ended: list[str] = []
        while found := self._reader.newer():
            for each in found:
                line = parse(each.raw) if _SIGN in each.raw else None
                if line is not None and line.kind == AUDIT and line.text("action") == "end-room":
                    ended += self._told(line)
        self._reader.let_go(keep=_FILES_KEPT)
        return ended

    def ends(self, sid: str) -> bool:
        """Whether it is we who ended this room, or were about to when it ended."""
        return sid in self._done

    def close(self) -> None:
        """Let go of the journal."""
        self._reader.close()

    def _told(self, line: JournalLine) -> list[str]:
        sid = line.room_sid
        if sid is None:
            return []
        if line.text("phase") == "before":
            self._done[sid] = False
        elif line.text("outcome") in _DONE:
            self._done[sid] = True
        elif not self._done.get(sid, True):
            del self._done[sid]  # nothing came of it
        if len(self._done) > _REMEMBERED:
            del self._done[next(iter(self._done))]
        return [sid] if self._done.get(sid) else []
