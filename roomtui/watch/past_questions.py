"""Which of the rooms that have ended are asked for, and what that is at Twilio. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from roomtui.rooms.model import RoomStatus
from roomtui.twilio_api.gateway import RoomQuery

if TYPE_CHECKING:
    from roomtui.rooms.model import Room

_DAY: Final = timedelta(days=1)
_ENDED: Final = (RoomStatus.COMPLETED.value, RoomStatus.FAILED.value)
_ROOM_SID: Final = re.compile(r"RM[0-9a-fA-F]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """Which ended rooms: those that ended on a `day` (UTC), or those of this `name` (or SID), whenever that was."""

    day: date | None = None
    name: str | None = None

    @property
    def sid(self) -> str | None:
        """The SID of the one room that is asked for, where that is so."""
        return self.name if self.name is not None and _ROOM_SID.fullmatch(self.name) else None

    @property
    def since(self) -> datetime | None:
        """When those rooms ended, at the earliest; None where that is not known."""
        return None if self.day is None else datetime(self.day.year, self.day.month, self.day.day, tzinfo=timezone.utc)

    def queries(self, page_size: int) -> list[RoomQuery]:
        """What is asked of Twilio: there is no list of completed and failed rooms in one."""
        since = self.since
        if since is None:
            return [RoomQuery(status=each, unique_name=self.name, page_size=page_size) for each in _ENDED]
        # Twilio lists by the day of creation, and no room lives longer than 24 hours: those that ended on a day were
        # created on it, or on the day before.
        return [
            RoomQuery(status=each, created_after=since - _DAY, created_before=since + _DAY, page_size=page_size)
            for each in _ENDED
        ]

    def means(self, room: Room) -> bool:
        """Whether this room, which has ended, is one of them."""
        if self.day is None:
            return self.name in {room.unique_name.raw, room.sid}
        end = room.end_time or room.date_updated or room.date_created
        return end is not None and end.date() == self.day
