"""Two pictures, and the events between them.

Twilio's API tells states, not events; what happened is what differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from roomtui.rooms.endings import Ending
    from roomtui.rooms.model import Room, Roster
    from roomtui.rooms.picture import Picture
    from roomtui.rooms.untrusted import Untrusted


class EventKind(str, Enum):
    """What happened."""

    ROOM_OPENED = "room-opened"
    ROOM_RECREATED = "room-recreated"
    ROOM_ENDED = "room-ended"
    PARTICIPANT_JOINED = "participant-joined"
    PARTICIPANT_LEFT = "participant-left"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a room; `at` is Twilio's own instant where it told one, else when it was noticed."""

    at: datetime
    kind: EventKind
    room_sid: str
    room_name: Untrusted
    identity: Untrusted | None = None
    ending: Ending | None = None


def changes(before: Picture, after: Picture, now: datetime) -> tuple[Event, ...]:
    """What happened between two pictures, in order of time.

    The first picture brings no events (everything was there before we looked), nor does the first roster of a room.
    """
    if before.as_of is None:
        return ()
    return tuple(sorted(_events(before, after, now), key=lambda event: event.at))


def _events(before: Picture, after: Picture, now: datetime) -> Iterator[Event]:
    names_known = _names_known(before, after) if after.live.keys() - before.live.keys() else frozenset()
    known_ended = {ended.room.sid for ended in before.ended}
    for sid, live in after.live.items():
        old = before.live.get(sid)
        if old is live:
            continue
        if old is None:
            again = live.room.has_name and live.room.unique_name in names_known
            kind = EventKind.ROOM_RECREATED if again else EventKind.ROOM_OPENED
            yield _event(live.room.date_created or now, kind, live.room)
        elif old.roster is not None and live.roster is not None:
            yield from _comings_and_goings(live.room, old.roster, live.roster, now)
    for ended in after.ended:
        if ended.room.sid not in known_ended:
            yield _event(ended.ended_at, EventKind.ROOM_ENDED, ended.room, ending=ended.ending)


def _names_known(before: Picture, after: Picture) -> frozenset[Untrusted]:
    # A name is unique among the rooms in progress: if a new room has it, the old one is over, told yet or not.
    ended = (room.room.unique_name for room in after.ended)
    return frozenset(ended).union(room.room.unique_name for room in before.live.values())


def _comings_and_goings(room: Room, before: Roster, after: Roster, now: datetime) -> Iterator[Event]:
    was = {participant.sid: participant for participant in before.present}
    present = {participant.sid: participant for participant in after.present}
    ends = {participant.sid: participant.end_time for participant in after.gone or ()}
    for sid, participant in present.items():
        if sid not in was:
            at = participant.start_time or now
            yield _event(at, EventKind.PARTICIPANT_JOINED, room, identity=participant.identity)
    for sid, participant in was.items():
        if sid not in present:
            at = ends.get(sid) or now
            yield _event(at, EventKind.PARTICIPANT_LEFT, room, identity=participant.identity)


def _event(
    at: datetime, kind: EventKind, room: Room, *, identity: Untrusted | None = None, ending: Ending | None = None
) -> Event:
    return Event(at, kind, room.sid, room.unique_name, identity, ending)
