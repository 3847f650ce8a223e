"""Rooms, participants and rosters in one line each: what a test does not name is what an ordinary account has."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from roomtui.rooms.model import Participant, ParticipantStatus, Room, RoomStatus, RoomType, Roster
from roomtui.rooms.untrusted import Untrusted

if TYPE_CHECKING:
    from collections.abc import Mapping

CREATED = datetime(2025, 6, 12, 15, 42, 32, tzinfo=timezone.utc)
ROOM_SID = "RM" + "a" * 32
DAY = 24 * 3600


def after(seconds: float = 0, *, minutes: float = 0, hours: float = 0, since: datetime = CREATED) -> datetime:
    """An instant that long after `since`, which is the ordinary room's creation."""
    return since + timedelta(hours=hours, minutes=minutes, seconds=seconds)


def room(
    name: str = "DailyStandup",
    *,
    sid: str = ROOM_SID,
    status: str = RoomStatus.IN_PROGRESS,
    created: datetime | None = CREATED,
    updated: datetime | None = None,
    ended: datetime | None = None,
    unused: int | None = 5,
    empty: int | None = 5,
    limit: int | None = 14400,
    seats: int | None = 50,
    kind: str | None = RoomType.GROUP.value,
    links: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> Room:
    """A room: `unused` and `empty` minutes, `limit` seconds per participant, `seats` participants at most."""
    return Room(
        sid=sid,
        status=status,
        unique_name=Untrusted(name),
        date_created=created,
        date_updated=updated,
        end_time=ended,
        unused_room_timeout=unused,
        empty_room_timeout=empty,
        max_participant_duration=limit,
        max_participants=seats,
        type=kind,
        links=links,
        more=more or {},
    )


def completed(ended: datetime | None, room_: Room | None = None, *, status: str = RoomStatus.COMPLETED) -> Room:
    """The same room (else an ordinary one) after its end."""
    base = room_ or room()
    return room(
        base.unique_name.raw,
        sid=base.sid,
        status=status,
        created=base.date_created,
        updated=ended,
        ended=ended,
        unused=base.unused_room_timeout,
        empty=base.empty_room_timeout,
        limit=base.max_participant_duration,
        seats=base.max_participants,
        kind=base.type,
    )


def participant(
    identity: str = "alice",
    *,
    sid: str | None = None,
    joined: datetime | None = CREATED,
    left: datetime | None = None,
    status: str | None = None,
) -> Participant:
    """A participant: connected, or disconnected when `left` is given."""
    ordinary = ParticipantStatus.CONNECTED if left is None else ParticipantStatus.DISCONNECTED
    return Participant(
        sid=sid or f"PA-{identity}",
        room_sid=ROOM_SID,
        status=status or ordinary,
        identity=Untrusted(identity),
        start_time=joined,
        end_time=left,
    )


def roster(*people: Participant, as_of: datetime = CREATED, gone_known: bool = True) -> Roster:
    """Those people sorted into who is there and who has left; `gone_known=False` forgets the latter."""
    present = tuple(somebody for somebody in people if somebody.is_present)
    gone = tuple(somebody for somebody in people if not somebody.is_present)
    return Roster(present, gone if gone_known else None, as_of)
