"""Rooms of one name that came one after the other: a name is free again once its room has ended.

So a room that was ended may seem to have come back; it is another one, with a SID of its own (Rooms resource,
`UniqueName`: unique among the rooms in progress).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roomtui.rooms.model import Room


class Namesakes:
    """Knows rooms by their names. Those without one, or of whose creation nothing is known, have no namesakes."""

    def __init__(self) -> None:
        self._rooms: dict[str, dict[str, Room]] = {}
        self._names: dict[str, str] = {}

    def __len__(self) -> int:
        """How many rooms are known."""
        return len(self._names)

    def add(self, room: Room) -> None:
        """Know this room, or what is now known of it."""
        if not room.has_name or room.date_created is None:
            return
        name = room.unique_name.raw
        self._names[room.sid] = name
        self._rooms.setdefault(name, {})[room.sid] = room

    def remove(self, sid: str) -> None:
        """Forget this room."""
        name = self._names.pop(sid, None)
        if name is not None:
            del self._rooms[name][sid]
            if not self._rooms[name]:
                del self._rooms[name]

    def after(self, room: Room) -> Room | None:
        """The next room of this one's name, None where none is known."""
        later = [each for each in self._of(room) if _age(each) > _age(room)]
        return min(later, key=_age, default=None)

    def before(self, room: Room) -> Room | None:
        """The room that had the name before this one."""
        earlier = [each for each in self._of(room) if _age(each) < _age(room)]
        return max(earlier, key=_age, default=None)

    def _of(self, room: Room) -> list[Room]:
        if not room.has_name or room.date_created is None:
            return []
        return [each for each in self._rooms.get(room.unique_name.raw, {}).values() if each.sid != room.sid]


def _age(room: Room) -> tuple[float, str]:
    # Of the same second: which was first nobody knows, but one of them was.
    return (room.date_created.timestamp() if room.date_created is not None else 0.0, room.sid)
