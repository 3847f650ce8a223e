"""What is known of all rooms at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from roomtui.rooms.deadlines import Deadline, room_deadline

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from roomtui.rooms.endings import Ending
    from roomtui.rooms.model import Room, Roster


@dataclass(frozen=True, slots=True)
class LiveRoom:
    """A room in progress with what was learnt of it.

    `listed` is False between the moment it left Twilio's list and the moment Twilio told how it ended.
    """

    room: Room
    roster: Roster | None
    deadline: Deadline | None
    listed: bool = True

    @classmethod
    def known(cls, room: Room, roster: Roster | None, *, listed: bool = True) -> LiveRoom:
        """A live room with the deadline that follows from `room` and `roster`."""
        return cls(room, roster, room_deadline(room, roster), listed)

    @property
    def is_full(self) -> bool:
        """Whether nobody else can join."""
        limit = self.room.max_participants
        return self.roster is not None and limit is not None and self.roster.connected >= limit


@dataclass(frozen=True, slots=True)
class EndedRoom:
    """A room that was seen alive and has ended; `noticed_at` is when that was learnt (Twilio's time)."""

    room: Room
    roster: Roster | None
    ending: Ending
    noticed_at: datetime

    @property
    def ended_at(self) -> datetime:
        """When it ended, or when that was noticed if Twilio does not say."""
        return self.room.end_time or self.noticed_at


@dataclass(frozen=True, slots=True)
class Picture:
    """All rooms at one moment: `live` by SID, `ended` newest first, `as_of` the last full list (None: none yet)."""

    live: Mapping[str, LiveRoom] = field(default_factory=lambda: MappingProxyType({}))
    ended: tuple[EndedRoom, ...] = ()
    as_of: datetime | None = None

    @property
    def people(self) -> int:
        """How many participants are in rooms whose roster is known."""
        return sum(live.roster.connected for live in self.live.values() if live.roster is not None)

    @property
    def unread(self) -> int:
        """How many live rooms' rosters are not known yet."""
        return sum(live.roster is None for live in self.live.values())

    def find(self, sid: str) -> LiveRoom | EndedRoom | None:
        """The room of this SID, live or ended, or None."""
        return self.live.get(sid) or next((ended for ended in self.ended if ended.room.sid == sid), None)
