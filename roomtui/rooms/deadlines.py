"""When will this room close, and why.

Twilio does not say when a room will close; it follows from the room's time-outs and from who is and was in it
(Understanding Video Rooms, "REST Rooms and Ad-hoc Rooms"; Rooms resource, the time-out properties). Nothing here reads
a clock: a deadline is an instant of Twilio's time, and how far off it is depends on who asks when.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from roomtui.rooms.model import RoomStatus

if TYPE_CHECKING:
    from roomtui.rooms.model import Participant, Room, Roster

MAX_ROOM_DURATION: Final = timedelta(hours=24)
"""No room lives longer (Programmable Video Limits, "Maximum room duration")."""


class DeadlineKind(str, Enum):
    """The rule that will close the room, or put out the participant."""

    UNUSED_ROOM = "unused-room-timeout"
    EMPTY_ROOM = "empty-room-timeout"
    MAX_PARTICIPANT = "max-participant-duration"
    MAX_ROOM = "max-room-duration"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The instant (aware, UTC, Twilio's time) at which `kind` strikes, if nobody comes or goes before.

    `certain` is False where something that matters is not known: the room then closes at `at` or earlier.
    """

    kind: DeadlineKind
    at: datetime
    certain: bool = True

    def seconds_left(self, now: datetime) -> int:
        """Whole seconds from `now`, rounded up so that a count ends on the instant itself; never below 0."""
        return max(0, math.ceil((self.at - now).total_seconds()))


def room_deadline(room: Room, roster: Roster | None) -> Deadline | None:
    """When `room` closes, as far as `roster` (None: not read yet) lets one say.

    None for a room that has ended, and for one whose creation time Twilio did not tell. Never certain for one whose
    status we do not know.
    """
    if not room.is_live or room.date_created is None:
        return None
    deadline = _in_progress_deadline(room, roster, room.date_created)
    return deadline if room.status == RoomStatus.IN_PROGRESS else replace(deadline, certain=False)


def latest_deadline(created: datetime) -> Deadline:
    """When a room in progress closes at the latest, whoever is in it; `created` is Twilio's time."""
    return Deadline(DeadlineKind.MAX_ROOM, created + MAX_ROOM_DURATION, certain=False)


def _in_progress_deadline(room: Room, roster: Roster | None, created: datetime) -> Deadline:
    bound = latest_deadline(created)
    if roster is None or not roster.complete:
        return bound
    if roster.present:
        rule = _once_the_last_is_put_out(room, roster.present)
    elif roster.gone is None:
        return bound
    elif roster.gone:
        rule = _after_the_last_left(room, roster.gone, roster.as_of)
    else:
        rule = _after_creation(room, created)
    if rule is None:
        return bound
    return Deadline(bound.kind, bound.at, rule.certain) if bound.at < rule.at else rule


def participant_deadline(room: Room, participant: Participant) -> Deadline | None:
    """When `participant` is put out of `room`; None for one who has left or whose start is not known."""
    if not room.is_live or not participant.is_present or participant.start_time is None:
        return None
    cap = room.date_created + MAX_ROOM_DURATION if room.date_created is not None else None
    if room.max_participant_duration is None:
        return Deadline(DeadlineKind.MAX_ROOM, cap, certain=False) if cap is not None else None
    limit = participant.start_time + timedelta(seconds=room.max_participant_duration)
    if cap is not None and cap < limit:
        return Deadline(DeadlineKind.MAX_ROOM, cap)
    # Without the room's creation its 24 hours are not known, and they may end before.
    return Deadline(DeadlineKind.MAX_PARTICIPANT, limit, certain=cap is not None)


def _after_creation(room: Room, created: datetime) -> Deadline | None:
    # An ad-hoc room is born with somebody in it and has no such time-out: 0 and None are "no rule", not "at once".
    if not room.unused_room_timeout:
        return None
    return Deadline(DeadlineKind.UNUSED_ROOM, created + timedelta(minutes=room.unused_room_timeout))


def _after_the_last_left(room: Room, gone: tuple[Participant, ...], as_of: datetime) -> Deadline | None:
    if room.empty_room_timeout is None:
        return None
    # Somebody whose end Twilio did not tell had left when the roster was read, at the latest.
    last = max(participant.end_time or as_of for participant in gone)
    certain = all(participant.end_time is not None for participant in gone)
    return Deadline(DeadlineKind.EMPTY_ROOM, last + timedelta(minutes=room.empty_room_timeout), certain)


def _once_the_last_is_put_out(room: Room, present: tuple[Participant, ...]) -> Deadline | None:
    starts = [participant.start_time for participant in present if participant.start_time is not None]
    if room.max_participant_duration is None or room.empty_room_timeout is None or len(starts) < len(present):
        return None
    last_put_out = max(starts) + timedelta(seconds=room.max_participant_duration)
    return Deadline(DeadlineKind.MAX_PARTICIPANT, last_put_out + timedelta(minutes=room.empty_room_timeout))
