"""Which of the ended rooms a filter lets through, and of which it cannot tell before it is read who was in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.rooms.picture import LiveRoom
from roomtui.rooms.query import NOTHING, Verdict
from roomtui.tui.find import Haystacks, finder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from roomtui.rooms.picture import EndedRoom
    from roomtui.rooms.query import Query


class PastSieve:
    """A filter, and what came of it.

    Attributes:
        query: what is asked for.
        found: the rooms that it lets through, in their order.
        waiting: those that may turn out to be among them, or not to be.
    """

    def __init__(self) -> None:
        self.query = NOTHING
        self.found: Sequence[EndedRoom] = ()
        self.waiting: list[EndedRoom] = []
        self._haystacks = Haystacks(hide=False)
        self._open: dict[str, bool] = {}

    def ask(self, query: Query) -> None:
        """Ask for something else."""
        self.query = query
        self._open.clear()

    def sift(
        self, rooms: Sequence[EndedRoom], is_unread: Callable[[EndedRoom], bool], now: datetime, *, hide: bool
    ) -> None:
        """Look through these rooms.

        Args:
            rooms: all of them.
            is_unread: whether it is yet to be read who was in a room.
            now: Twilio's time.
            hide: what is hidden is not searched.
        """
        if self._haystacks.hide != hide:
            self._haystacks = Haystacks(hide=hide)
            self._open.clear()
        keep = finder(self.query, self._haystacks, now.timestamp)
        self.found, self.waiting = rooms, []
        if keep is None:
            return
        self.found = found = []
        for each in rooms:
            if is_unread(each) and self._is_open(each, now, hide=hide):
                self.waiting.append(each)
            elif keep(each).verdict is Verdict.YES:
                found.append(each)

    def _is_open(self, entry: EndedRoom, now: datetime, *, hide: bool) -> bool:
        sid = entry.room.sid
        if sid not in self._open:
            # Of a room that has ended nothing more is expected; this one is judged as one of which more is to come.
            expected = LiveRoom(entry.room, None, None)
            self._open[sid] = self.query.judge(expected, now, hide=hide) is Verdict.WAITING
        return self._open[sid]
