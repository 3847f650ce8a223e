"""Which rooms are about to close: said once of each deadline, two minutes before it."""

from __future__ import annotations

from datetime import timedelta
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.rooms.changes import Event, EventKind
from roomtui.rooms.countdown import CLOSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from roomtui.rooms.deadlines import Deadline
    from roomtui.rooms.picture import LiveRoom, Picture

BEFORE: Final = timedelta(seconds=CLOSING)
"""How long before its deadline a room is said to be closing soon."""

_STALE_MAX: Final = 1000


class _Call(NamedTuple):
    """When a room is to be looked at."""

    at: datetime
    sid: str


class ClosingSoon:
    """Told every picture, it tells which rooms are about to close. It costs what has changed, not what there is.

    Only a deadline that is certain is told, and each of a room once: a room whose people go and come gets a new one.
    """

    def __init__(self) -> None:
        self._live: Mapping[str, LiveRoom] = {}
        self._calls: list[_Call] = []
        # By SID: when the room is to be looked at, and the instant of the deadline that was told.
        self._next: dict[str, datetime] = {}
        self._told: dict[str, datetime] = {}

    def see(self, picture: Picture, changed: Iterable[str] | None, now: datetime) -> None:
        """Know this picture; `changed` as in `watch.board.BoardState`."""
        self._live = picture.live
        if changed is None:
            changed = {*picture.live, *self._next, *self._told}
        for sid in changed:
            live = picture.live.get(sid)
            if live is None:
                self._next.pop(sid, None)
                self._told.pop(sid, None)
                continue
            deadline = _certain(live)
            if deadline is None or self._told.get(sid) == deadline.at:
                self._next.pop(sid, None)
                continue
            at = max(deadline.at - BEFORE, now)
            # What is known to close soon already keeps the instant at which that was learnt.
            if self._next.get(sid) != at and not (at == now and self._next.get(sid, at) < now):
                self._next[sid] = at
                heappush(self._calls, _Call(at, sid))
        if len(self._calls) > 2 * len(self._next) + _STALE_MAX:
            self._calls = [_Call(at, sid) for sid, at in self._next.items()]
            heapify(self._calls)

    def due(self, now: datetime) -> tuple[Event, ...]:
        """Which rooms are about to close and have not been said to be, in order of time."""
        events: list[Event] = []
        while self._calls and self._calls[0].at <= now:
            at, sid = heappop(self._calls)
            if self._next.get(sid) != at:
                continue  # the deadline has become another one since
            del self._next[sid]
            live = self._live[sid]
            deadline = _certain(live)
            if deadline is not None and deadline.at > now:  # else it is not about to close: it is due
                self._told[sid] = deadline.at
                room = live.room
                events.append(Event(at, EventKind.ROOM_CLOSING_SOON, sid, room.unique_name, deadline=deadline))
        return tuple(events)


def _certain(live: LiveRoom) -> Deadline | None:
    return live.deadline if live.listed and live.deadline is not None and live.deadline.certain else None
