"""Why did this room end.

Twilio's Rooms API does not tell. It follows from when the room ended, measured against its time-outs and against when
the last participant left; and from whether we ended it ourselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from roomtui.rooms.deadlines import MAX_ROOM_DURATION, DeadlineKind
from roomtui.rooms.model import RoomStatus

if TYPE_CHECKING:
    from roomtui.rooms.deadlines import Deadline
    from roomtui.rooms.model import Room, Roster


class EndingReason(str, Enum):
    """What ended the room."""

    ENDED_BY_US = "ended-by-us"
    UNUSED_ROOM = "unused-room-timeout"
    EMPTY_ROOM = "empty-room-timeout"
    MAX_ROOM = "max-room-duration"
    ENDED_BY_OTHERS = "ended-via-api"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a room ended. `certain` is False where another reason would have left the same traces."""

    reason: EndingReason
    certain: bool = True


# Twilio's instants have whole seconds, so two that belong together may lie a second apart.
_SAME_INSTANT: Final = timedelta(seconds=2)
# Twilio's timers may strike late; what ends this long after a deadline was most likely ended by it.
_LATE: Final = timedelta(seconds=60)

_BY_DEADLINE: Final = {
    DeadlineKind.UNUSED_ROOM: EndingReason.UNUSED_ROOM,
    DeadlineKind.EMPTY_ROOM: EndingReason.EMPTY_ROOM,
    DeadlineKind.MAX_PARTICIPANT: EndingReason.EMPTY_ROOM,
    DeadlineKind.MAX_ROOM: EndingReason.MAX_ROOM,
}


def ending(
    room: Room, roster: Roster | None, *, ended_by_us: bool = False, last_deadline: Deadline | None = None
) -> Ending | None:
    """Why `room` ended; None while it is in progress.

    Args:
        room: as Twilio tells it after the end.
        roster: who was in it, read after the end, or None where that is not known.
        ended_by_us: whether this program ended it.
        last_deadline: what `room_deadline` said while it lived; used where the roster is not known.
    """
    if room.is_live:
        return None
    if room.status == RoomStatus.FAILED:
        return Ending(EndingReason.FAILED)
    if ended_by_us:
        return Ending(EndingReason.ENDED_BY_US)
    end = room.end_time or room.date_updated
    if end is None or room.date_created is None:
        return Ending(EndingReason.UNKNOWN, certain=False)
    if end >= room.date_created + MAX_ROOM_DURATION - _SAME_INSTANT:
        return Ending(EndingReason.MAX_ROOM)
    if roster is None or roster.gone is None or roster.present:
        # With somebody in it, the roster is from before the end: who left since is not known.
        return _by_last_deadline(end, last_deadline)
    leaves = [p.end_time for p in roster.gone if p.end_time is not None]
    if len(leaves) < len(roster.gone):
        return Ending(EndingReason.UNKNOWN, certain=False)
    if not leaves:
        if room.unused_room_timeout == 0:  # no rule, as in `room_deadline`: so somebody ended it
            return Ending(EndingReason.ENDED_BY_OTHERS, certain=False)
        return _against(end, room.date_created, room.unused_room_timeout, EndingReason.UNUSED_ROOM)
    return _after_people(end, max(leaves), room.empty_room_timeout)


def _after_people(end: datetime, last_leave: datetime, empty_room_timeout: int | None) -> Ending:
    told = _against(end, last_leave, empty_room_timeout, EndingReason.EMPTY_ROOM)
    # An ad-hoc room ends with its last participant; so does one that is ended for everybody.
    return Ending(told.reason, certain=False) if empty_room_timeout == 0 else told


def _against(end: datetime, start: datetime, minutes: int | None, reason: EndingReason) -> Ending:
    if minutes is None:
        return Ending(EndingReason.UNKNOWN, certain=False)
    late = end - (start + timedelta(minutes=minutes))
    if abs(late) <= _SAME_INSTANT:
        return Ending(reason)
    if timedelta(0) < late <= _LATE:
        return Ending(reason, certain=False)
    # Ended before its time-out, or long after it (then somebody was there whom the roster does not show).
    return Ending(EndingReason.ENDED_BY_OTHERS, certain=late < timedelta(0))


def _by_last_deadline(end: datetime, deadline: Deadline | None) -> Ending:
    if deadline is not None and deadline.certain and -_SAME_INSTANT <= end - deadline.at <= _LATE:
        return Ending(_BY_DEADLINE[deadline.kind], certain=False)
    return Ending(EndingReason.UNKNOWN, certain=False)
