"""The rooms in progress, and which of them have changed since somebody last asked."""

from __future__ import annotations

from collections.abc import MutableMapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from roomtui.rooms.model import Room
    from roomtui.rooms.picture import LiveRoom

_NOBODY: Final = (0, 0, 0)


class Counts(TypedDict):
    """What is counted of all rooms together; see `LiveRooms`."""

    people: int
    unread: int
    unlisted: int


class LiveRooms(MutableMapping[str, "LiveRoom"]):
    """The rooms in progress by SID. Whatever is asked of all of them is kept up to date as each is written.

    Args:
        seen: called with a room as soon as something new is known of it.
        gone: called with the SID of a room that is taken out.

    Attributes:
        people: participants in rooms whose roster is known.
        unread: rooms whose roster is not known yet.
        unlisted: rooms that left Twilio's list, and nobody knows yet how.
    """

    def __init__(self, *, seen: Callable[[LiveRoom], object], gone: Callable[[str], object]) -> None:
        self.people = 0
        self.unread = 0
        self.unlisted = 0
        self._rooms: dict[str, LiveRoom] = {}
        # As the list told of them: of ten thousand rooms nearly all are told as before.
        self._listed: dict[str, Room] = {}
        self._shown: Mapping[str, LiveRoom] = MappingProxyType({})
        # In the order in which they were written: what happened is told in it.
        self._written: dict[str, None] = {}
        self._seen = seen
        self._gone = gone

    @property
    def counts(self) -> Counts:
        """What a picture is to tell without counting it."""
        return {"people": self.people, "unread": self.unread, "unlisted": self.unlisted}

    def changed(self) -> tuple[Mapping[str, LiveRoom], tuple[str, ...]]:
        """All rooms as they are now, and the SIDs of those whose entry is another one than it was the last time."""
        before, now = self._shown, self._rooms
        changed = tuple(sid for sid in self._written if before.get(sid) is not now.get(sid))
        self._written.clear()
        if changed:
            self._shown = MappingProxyType(now.copy())
        return self._shown, changed

    def news_of(self, rooms: Iterable[Room]) -> list[Room]:
        """Those of a list of which it tells something that is not known. An unchanged one is the very same object."""
        listed, get = self._listed.get, self._rooms.get
        other = [room for room in rooms if listed(room.sid) is not room]
        return [room for room in other if (known := get(room.sid)) is None or not known.listed or known.room != room]

    def __getitem__(self, sid: str) -> LiveRoom:
        return self._rooms[sid]

    def __setitem__(self, sid: str, live: LiveRoom) -> None:
        old = self._rooms.get(sid)
        if old is live:
            return
        self._rooms[sid] = live
        if live.listed:
            self._listed[sid] = live.room
        else:
            self._listed.pop(sid, None)
        self._count(old, live)
        self._written[sid] = None
        self._seen(live)

    def __delitem__(self, sid: str) -> None:
        self._count(self._rooms.pop(sid), None)
        self._listed.pop(sid, None)
        self._written[sid] = None
        self._gone(sid)

    def __iter__(self) -> Iterator[str]:
        return iter(self._rooms)

    def __len__(self) -> int:
        return len(self._rooms)

    def _count(self, old: LiveRoom | None, new: LiveRoom | None) -> None:
        were, were_unread, were_unlisted = _people(old)
        are, are_unread, are_unlisted = _people(new)
        self.people += are - were
        self.unread += are_unread - were_unread
        self.unlisted += are_unlisted - were_unlisted


def _people(live: LiveRoom | None) -> tuple[int, int, int]:
    """How many are known to be in a room; how many rooms these are of which that is not known; how many unlisted."""
    if live is None:
        return _NOBODY
    people, unread = (live.roster.connected, 0) if live.roster is not None else (0, 1)
    return people, unread, not live.listed
