"""Two pictures, and the events between them.

Twilio's API tells states, not events; what happened is what differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from datetime import datetime

    from roomtui.rooms.endings import Ending
    from roomtui.rooms.model import Participant, Room, Roster
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


def changes(
    before: Picture,
    after: Picture,
    now: datetime,
    *,
    changed: Iterable[str] | None = None,
    names: Container[str] | None = None,
) -> tuple[Event, ...]:
    """What happened between two pictures, in order of time.

    The first picture brings no events (everything was there before we looked), nor does the first roster of a room.

    Args:
        before: the older picture.
        after: the newer one.
        now: what has no time of its own is noticed now (Twilio's time).
        changed: the SIDs of the live rooms in which they differ, where somebody knows; nobody looks at the others.
        names: the names of the live rooms of `before`, raw, where somebody keeps them.
    """
    if before.as_of is None:
        return ()
    if changed is None:
        changed = [sid for sid, live in after.live.items() if before.live.get(sid) is not live]
    return tuple(sorted(_events(before, after, now, changed, names), key=lambda event: event.at))


def _events(
    before: Picture, after: Picture, now: datetime, changed: Iterable[str], names: Container[str] | None
) -> Iterator[Event]:
    opened: list[Room] = []
    for sid in changed:
        old, live = before.live.get(sid), after.live.get(sid)
        if live is None:
            continue  # its end is told by `after.ended`
        if old is None:
            opened.append(live.room)
        elif old.roster is not None and live.roster is not None:
            yield from _comings_and_goings(live.room, old.roster, live.roster, now)
    if opened:
        yield from _openings(opened, before, after, now, names)
    if after.ended is not before.ended:
        known_ended = {ended.room.sid for ended in before.ended}
        for ended in after.ended:
            if ended.room.sid not in known_ended:
                yield _event(ended.ended_at, EventKind.ROOM_ENDED, ended.room, ending=ended.ending)


def _openings(
    opened: list[Room], before: Picture, after: Picture, now: datetime, names: Container[str] | None
) -> Iterator[Event]:
    # A name is unique among the rooms in progress: if a new room has it, the old one is over, told yet or not.
    over = {ended.room.unique_name.raw for ended in after.ended}
    if names is None:
        names = {live.room.unique_name.raw for live in before.live.values()}
    for room in opened:
        name = room.unique_name.raw
        again = room.has_name and (name in over or name in names)
        kind = EventKind.ROOM_RECREATED if again else EventKind.ROOM_OPENED
        yield _event(room.date_created or now, kind, room)


def _comings_and_goings(room: Room, before: Roster, after: Roster, now: datetime) -> Iterator[Event]:
    if after.present is before.present:
        return
    was = {participant.sid: participant for participant in before.present}
    present = {participant.sid: participant for participant in after.present}
    ends = {participant.sid: participant.end_time for participant in after.gone or ()}
    for sid, participant in present.items():
        # Who was not asked for the last time had come before.
        if sid not in was and (before.complete or not _was_in(participant, before.as_of)):
            at = participant.start_time or now
            yield _event(at, EventKind.PARTICIPANT_JOINED, room, identity=participant.identity)
    for sid, participant in was.items():
        if sid not in present:
            at = ends.get(sid) or now
            yield _event(at, EventKind.PARTICIPANT_LEFT, room, identity=participant.identity)


def _was_in(participant: Participant, then: datetime) -> bool:
    return participant.start_time is not None and participant.start_time <= then


def _event(
    at: datetime, kind: EventKind, room: Room, *, identity: Untrusted | None = None, ending: Ending | None = None
) -> Event:
    return Event(at, kind, room.sid, room.unique_name, identity, ending)
