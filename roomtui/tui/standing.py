"""Which room stands on which line of the table: the live ones on top, a divider, and those that have ended below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.tui.ordered import Ordered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    from roomtui.rooms.picture import EndedRoom, LiveRoom
    from roomtui.tui.columns import Entry
    from roomtui.tui.sorting import Rank

    # How it ranks in what the rooms are sorted by, when it closes, its SID.
    Key: TypeAlias = tuple[Rank, float, str]


class Standing:
    """The lines as they are; `Rows` puts the rooms there. A line is counted from 0, the divider is one."""

    def __init__(self) -> None:
        self._live: Mapping[str, LiveRoom] = {}
        self._ended: dict[str, EndedRoom] = {}
        # Those that stand above the divider, by where they stand.
        self._place: dict[str, Key] = {}
        self._order: Ordered[Key] = Ordered()
        self._below: list[str] = []
        self._below_at: dict[str, int] = {}
        self.arrangement = 0
        """Another number whenever rooms may stand on other lines than before."""

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self._order) + (1 + len(self._below) if self._below else 0)

    @property
    def rooms(self) -> int:
        """How many rooms are shown."""
        return len(self._order) + len(self._below)

    def __iter__(self) -> Iterator[str]:
        """The SIDs from top to bottom, without the divider."""
        yield from (key[-1] for key in self._order)
        yield from self._below

    def at(self, line: int) -> str | None:
        """The SID on this line; None on the divider, and where there is no line."""
        if 0 <= line < len(self._order):
            return self._order[line][-1]
        below = line - len(self._order) - 1
        return self._below[below] if 0 <= below < len(self._below) else None

    def line_of(self, sid: str | None) -> int | None:
        """The line of this room, None if it is not shown."""
        key = self._place.get(sid) if sid is not None else None
        if key is not None:
            return self._order.index(key)
        below = self._below_at.get(sid) if sid is not None else None
        return None if below is None else len(self._order) + 1 + below

    def entry(self, sid: str) -> Entry:
        """The room of this SID, which is shown."""
        return self._live.get(sid) or self._ended[sid]

    def shows(self, sid: str) -> bool:
        """Whether this room is shown."""
        return sid in self._place or sid in self._below_at

    @property
    def live(self) -> list[str]:
        """The SIDs of the live rooms that are shown, from top to bottom."""
        return [key[-1] for key in self._order if key[-1] in self._live]

    @property
    def first(self) -> str | None:
        """The SID on top, None where nothing is shown."""
        return next(iter(self), None)

    def stepped(self, sid: str | None, steps: int) -> str | None:
        """The room `steps` rows below this one (None: the first), or as near to that as there is one."""
        if not self.rooms:
            return None
        line = self.line_of(sid) or 0
        rank = line - (line > len(self._order))  # the divider is no room
        wanted = max(0, min(rank + steps, self.rooms - 1))
        return self.at(wanted + (wanted >= len(self._order)))

    def neighbour(self, sid: str) -> str | None:
        """The live room below this one, or else the one above."""
        line = self.line_of(sid)
        if line is None:
            return None
        for lines in (range(line + 1, len(self._order)), range(min(line, len(self._order)) - 1, -1, -1)):
            for each in lines:
                if self._order[each][-1] in self._live:
                    return self._order[each][-1]
        return None

    def _stand_in(self, cursor: str | None, old: Sequence[str]) -> str | None:
        if cursor is None or self.shows(cursor):
            return cursor or self.first
        # The next one of the old order that is still there, or the one before.
        here = old.index(cursor) if cursor in old else 0
        around = (*old[here:], *reversed(old[:here]))
        return next((sid for sid in around if self.shows(sid)), self.first)
