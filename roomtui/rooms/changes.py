"""Two pictures, and the events between them.

Twilio's API tells states, not events; what happened is what differs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from roomtui.rooms.deadlines import DeadlineKind, participant_deadline
from roomtui.rooms.model import ParticipantStatus, RoomStatus, Roster
from roomtui.rooms.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from datetime import datetime

    from roomtui.rooms.deadlines import Deadline
    from roomtui.rooms.endings import Ending
    from roomtui.rooms.model import Participant, Room
    from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
    from roomtui.rooms.untrusted import Untrusted

# Twilio's instants have whole seconds, so two that belong together may lie a second apart.
_SAME_INSTANT: Final = timedelta(seconds=2)
_NOBODY: Final[Mapping[str, Participant]] = MappingProxyType({})


class EventKind(str, Enum):
    """What happened. Somebody who dropped has lost the connection and may come back; they hold the room open."""

    ROOM_OPENED = "room-opened"
    ROOM_RECREATED = "room-recreated"
    ROOM_FULL = "room-full"
    ROOM_CLOSING_SOON = "closing-soon"
    ROOM_ENDED = "room-ended"
    PARTICIPANT_JOINED = "participant-joined"
    PARTICIPANT_DROPPED = "participant-dropped"
    PARTICIPANT_BACK = "participant-back"
    PARTICIPANT_LEFT = "participant-left"
    RECORDING_STARTED = "recording-started"
    RECORDING_STOPPED = "recording-stopped"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a room; `at` is Twilio's own instant where it told one, else when it was noticed.

    Attributes:
        at: when.
        kind: what.
        room_sid: the room.
        room_name: what it is called.
        identity: whom it happened to; None where it happened to the room.
        ending: why the room ended.
        deadline: what is about to close the room; for somebody who left, the limit that they were put out at.
        people: how many are in a room that is full, or were put out by its end. None where that is not known.
        alert: the name of the rule that began to hold for the room.
    """

    at: datetime
    kind: EventKind
    room_sid: str
    room_name: Untrusted
    identity: Untrusted | None = None
    ending: Ending | None = None
    deadline: Deadline | None = None
    people: int | None = None
    alert: str | None = None


def changes(
    before: Picture,
    after: Picture,
    now: datetime,
    *,
    changed: Iterable[str] | None = None,
    names: Container[str] | None = None,
    since: datetime | None = None,
) -> tuple[Event, ...]:
    """What happened between two pictures, in order of time.

    The first picture brings no events: everything was there before we looked. The first roster of a room brings only
    what Twilio says to have happened since `since`.

    Args:
        before: the older picture.
        after: the newer one.
        now: what has no time of its own is noticed now (Twilio's time).
        changed: the SIDs of the live rooms in which they differ, where somebody knows; nobody looks at the others.
        names: the names of the live rooms of `before`, raw, where somebody keeps them.
        since: when we began to look (Twilio's time), where that is known.
    """
    if before.as_of is None:
        return ()
    if changed is None:
        changed = [sid for sid, live in after.live.items() if before.live.get(sid) is not live]
    if since is not None:
        since = since.replace(microsecond=0)  # Twilio's instants have whole seconds
    return tuple(sorted(_events(before, after, now, changed, names, since), key=lambda event: event.at))


def _events(
    before: Picture,
    after: Picture,
    now: datetime,
    changed: Iterable[str],
    names: Container[str] | None,
    since: datetime | None,
) -> Iterator[Event]:
    opened: list[Room] = []
    within: list[Event] = []
    for sid in changed:
        old, live = before.live.get(sid), after.live.get(sid)
        if live is None:
            continue  # its end is told by `after.ended`
        if old is None:
            opened.append(live.room)
        if live.roster is not None:
            within += _comings_and_goings(live.room, old.roster if old is not None else None, live.roster, now, since)
            within += _fullness(old, live, now, since)
        if old is not None and old.recording is not live.recording:
            within += _recording(old, live, now)
    ends = list(_ends(before, after, now, since)) if after.ended is not before.ended else []
    if opened:
        yield from _openings(opened, before, after, now, names)
    # Behind the openings: within the same second, a room opens before somebody joins it.
    yield from within
    yield from ends


def _ends(before: Picture, after: Picture, now: datetime, since: datetime | None) -> Iterator[Event]:
    known = {ended.room.sid for ended in before.ended}
    for ended in after.ended:
        if ended.room.sid in known:
            continue
        room, live = ended.room, before.live.get(ended.room.sid)
        if live is None and since is not None and room.date_created is not None and room.date_created >= since:
            yield _event(room.date_created, EventKind.ROOM_OPENED, room)
        if ended.roster is not None and ended.roster.gone is not None:
            # Who was put out by the end itself is told in one number, not one by one.
            left = tuple(each for each in ended.roster.gone if not _went_with(each, ended))
            stayed = tuple(each for each in ended.roster.gone if _went_with(each, ended))
            last = Roster(ended.roster.present + stayed, left, ended.roster.as_of)
            yield from _comings_and_goings(room, live.roster if live is not None else None, last, now, since)
            people = len(stayed)
        else:
            people = None
        yield _event(ended.ended_at, EventKind.ROOM_ENDED, room, ending=ended.ending, people=people)


def _went_with(participant: Participant, ended: EndedRoom) -> bool:
    end = ended.room.end_time
    return participant.end_time is None or (end is not None and participant.end_time >= end - _SAME_INSTANT)


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


def _comings_and_goings(
    room: Room, before: Roster | None, after: Roster, now: datetime, since: datetime | None
) -> Iterator[Event]:
    if before is not None and after.present is before.present and after.gone is before.gone:
        return
    if before is None and since is None:
        return
    was = {each.sid: each for each in before.present} if before is not None else _NOBODY
    had_left = {each.sid for each in before.gone or ()} if before is not None else frozenset()
    left = {each.sid: each for each in after.gone or ()}
    present = {each.sid: each for each in after.present}
    for sid, participant in present.items():
        if sid in was:
            yield from _connection(room, was[sid], participant, now)
        elif _has_come(participant, before, since, asked=before is not None and before.complete):
            at = participant.start_time or now
            yield _event(at, EventKind.PARTICIPANT_JOINED, room, identity=participant.identity)
    for sid, participant in left.items():
        if sid not in was and sid not in had_left:
            yield from _unseen(room, participant, before, now, since)
    for sid, participant in was.items():
        if sid not in present:
            yield _left(room, left.get(sid, participant), now)


def _unseen(
    room: Room, participant: Participant, before: Roster | None, now: datetime, since: datetime | None
) -> Iterator[Event]:
    """Somebody whom nobody has seen has left: they came and went between two looks, or had come before the first."""
    asked = before is not None and before.complete and before.gone is not None
    if participant.start_time is not None and _has_come(participant, before, since, asked=asked):
        yield _event(participant.start_time, EventKind.PARTICIPANT_JOINED, room, identity=participant.identity)
        yield _left(room, participant, now)
    elif before is None and since is not None and participant.end_time is not None and participant.end_time >= since:
        yield _left(room, participant, now)


def _has_come(participant: Participant, before: Roster | None, since: datetime | None, *, asked: bool) -> bool:
    """Whether somebody who was not in the roster before has come since.

    `asked`: the roster before would have had them, had they been there; whoever was not asked for may have been.
    """
    start = participant.start_time
    if before is None:
        return start is not None and since is not None and start >= since
    # Twilio tells whole seconds, and nobody comes and has lost the connection in the same one.
    if asked or start is None or start >= before.as_of.replace(microsecond=0):
        return True
    # They left after a look that did not find them, so they came after it, too.
    return before.complete and participant.end_time is not None and participant.end_time > before.as_of


def _connection(room: Room, before: Participant, after: Participant, now: datetime) -> Iterator[Event]:
    dropped = ParticipantStatus.RECONNECTING
    if before.status != dropped and after.status == dropped:
        yield _event(now, EventKind.PARTICIPANT_DROPPED, room, identity=after.identity)
    elif before.status == dropped and after.status == ParticipantStatus.CONNECTED:
        yield _event(now, EventKind.PARTICIPANT_BACK, room, identity=after.identity)


def _left(room: Room, participant: Participant, now: datetime) -> Event:
    """Somebody left, or was put out: Twilio does not tell which, but who goes at their limit was."""
    at, limit = participant.end_time or now, None
    if participant.start_time is not None and room.max_participant_duration is not None:
        stayed_on = replace(participant, status=ParticipantStatus.CONNECTED.value)
        limit = participant_deadline(replace(room, status=RoomStatus.IN_PROGRESS.value), stayed_on)
    put_out = limit is not None and limit.kind is DeadlineKind.MAX_PARTICIPANT and abs(limit.at - at) <= _SAME_INSTANT
    return _event(
        at, EventKind.PARTICIPANT_LEFT, room, identity=participant.identity, deadline=limit if put_out else None
    )


def _fullness(old: LiveRoom | None, live: LiveRoom, now: datetime, since: datetime | None) -> Iterator[Event]:
    if not live.is_full or live.roster is None or (old is not None and old.is_full):
        return
    starts = [each.start_time for each in live.roster.present if each.start_time is not None]
    at = max(starts) if len(starts) == live.roster.connected else now
    unknown_before = old is None or old.roster is None
    if unknown_before and (since is None or at < since):
        return  # it was so before we looked
    yield _event(at, EventKind.ROOM_FULL, live.room, people=live.roster.connected)


def _recording(old: LiveRoom, live: LiveRoom, now: datetime) -> Iterator[Event]:
    (was, was_certain), (now_is, certain) = old.recording_state, live.recording_state
    if not (was_certain and certain) or (was is Recording.OFF) == (now_is is Recording.OFF):
        return  # what was not known before may have been so for long
    kind = EventKind.RECORDING_STOPPED if now_is is Recording.OFF else EventKind.RECORDING_STARTED
    yield _event(now, kind, live.room)


def _event(
    at: datetime,
    kind: EventKind,
    room: Room,
    *,
    identity: Untrusted | None = None,
    ending: Ending | None = None,
    deadline: Deadline | None = None,
    people: int | None = None,
) -> Event:
    return Event(at, kind, room.sid, room.unique_name, identity, ending, deadline, people)
