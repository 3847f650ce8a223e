"""Rooms and their people as text for people: what is live by what closes first, what has ended by what ended last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.cli.columns import table
from roomtui.rooms import words
from roomtui.rooms.countdown import age, countdown, span
from roomtui.rooms.deadlines import participant_deadline, room_deadline
from roomtui.rooms.endings import ending
from roomtui.rooms.personal import is_phone, shown
from roomtui.rooms.picture import LiveRoom
from roomtui.rooms.recording import Recording
from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from roomtui.rooms.model import Participant, Room, Roster, Tracks

_LIVE: Final = ("SID", "ROOM", "PEOPLE", "CLOSES IN", "WHY", "AGE", "TYPE")
_ENDED: Final = ("SID", "ROOM", "ENDED (UTC)", "LASTED", "WHY", "TYPE")
_PEOPLE: Final = ("SID", "IDENTITY", "STATUS", "IN FOR", "LIMIT IN", "NOTE")
# The SID is what every other command takes: it is never cut.
_ROOMS_GIVE_WAY: Final = (
    ("ROOM", 16),
    ("TYPE", 0),
    ("AGE", 0),
    ("WHY", 12),
    ("ROOM", 10),
    ("WHY", 8),
    ("LASTED", 0),
    ("PEOPLE", 0),
    ("WHY", 0),
    ("CLOSES IN", 0),
    ("ENDED (UTC)", 0),
    ("ROOM", 0),
)
_PEOPLE_GIVE_WAY: Final = (
    ("IDENTITY", 16),
    ("IN FOR", 0),
    ("STATUS", 9),
    ("IDENTITY", 8),
    ("NOTE", 0),
    ("STATUS", 0),
    ("LIMIT IN", 0),
    ("IDENTITY", 0),
)


def room_lines(
    rooms: Iterable[Room],
    rosters: Mapping[str, Roster],
    now: datetime,
    *,
    hide: bool,
    width: int | None,
    ours: Collection[str] = (),
) -> list[str]:
    """A table of the rooms in progress, then one of those that have ended, each with its titles; no lines for none.

    Args:
        rooms: in any order.
        rosters: by room SID, as far as they were read.
        now: Twilio's time.
        hide: mask phone numbers.
        width: cells of the terminal, or None where any number will do.
        ours: the SIDs of rooms that we ended.
    """
    live: list[Room] = []
    ended: list[Room] = []
    for room in rooms:
        (live if room.is_live else ended).append(room)
    live.sort(key=lambda room: closing_order(room, rosters.get(room.sid)))
    ended.sort(key=lambda room: (_ended_at(room), room.sid), reverse=True)
    lines: list[str] = []
    if live:
        rows = (_live_row(room, rosters.get(room.sid), now, hide=hide) for room in live)
        lines += table(_LIVE, rows, width=width, giving_way=_ROOMS_GIVE_WAY)
    if ended:
        rows = (_ended_row(room, rosters.get(room.sid), hide=hide, by_us=room.sid in ours) for room in ended)
        gap = [""] if live else []
        lines += gap + table(_ENDED, rows, width=width, giving_way=_ROOMS_GIVE_WAY)
    return lines


def people_lines(
    room: Room, roster: Roster, tracks: Mapping[str, Tracks], now: datetime, *, hide: bool, width: int | None
) -> list[str]:
    """A table of everybody who is or was in `room`; `tracks` by participant SID, as far as they were read."""
    rows = [_person_row(room, each, tracks.get(each.sid), now, hide=hide) for each in roster.everybody]
    if not rows:
        return []
    columns = len(_PEOPLE) if any(row[-1] for row in rows) else len(_PEOPLE) - 1
    return table(_PEOPLE[:columns], [row[:columns] for row in rows], width=width, giving_way=_PEOPLE_GIVE_WAY)


def _live_row(room: Room, roster: Roster | None, now: datetime, *, hide: bool) -> tuple[str, ...]:
    live = LiveRoom.known(room, roster)
    if live.deadline is None:
        closes, why = "?", "not known"
    else:
        bound = "" if live.deadline.certain else "<"
        closes = bound + countdown(live.deadline.seconds_left(now))
        why = words.why_it_closes(live, hide=hide)
    lasted = words.since(room.date_created, now)
    return (
        room.sid,
        shown(room.unique_name, hide=hide),
        words.people(live),
        closes,
        why,
        "?" if lasted is None else age(lasted),
        safe(room.type or "?"),
    )


def _ended_row(room: Room, roster: Roster | None, *, hide: bool, by_us: bool) -> tuple[str, ...]:
    why = ending(room, roster, ended_by_us=by_us)
    end = room.end_time or room.date_updated
    return (
        room.sid,
        shown(room.unique_name, hide=hide),
        "?" if end is None else f"{end:%m-%d %H:%M}",
        "?" if room.duration is None else span(room.duration),
        "?" if why is None else words.why_it_ended(why),
        safe(room.type or "?"),
    )


def _person_row(
    room: Room, participant: Participant, tracks: Tracks | None, now: datetime, *, hide: bool
) -> tuple[str, ...]:
    deadline = participant_deadline(room, participant)
    stayed = participant.duration if not participant.is_present else words.since(participant.start_time, now)
    notes = (("phone", is_phone(participant.identity.raw)), ("muted", tracks is not None and _is_muted(tracks)))
    return (
        participant.sid,
        shown(participant.identity, hide=hide),
        safe(participant.status),
        "?" if stayed is None else span(stayed),
        "" if deadline is None else countdown(deadline.seconds_left(now)),
        " ".join(note for note, holds in notes if holds),
    )


def _is_muted(tracks: Tracks) -> bool:
    heard = [track.enabled is not False for track in tracks.published if track.kind == "audio"]
    return bool(heard) and not any(heard)


def summary_line(live: LiveRoom) -> str:
    """What is recorded of a room in progress, and how many phones are in it."""
    state, certain = live.recording_state
    recorded = {Recording.ON: "everything", Recording.OFF: "nothing", Recording.PARTLY: "some of it, by rules"}
    said = "not known" if state is None else recorded[state] + ("" if certain else " when it was made")
    phones = sum(is_phone(each.identity.raw) for each in live.roster.present) if live.roster is not None else 0
    return f"recorded: {said}   phones: {phones}"


def closing_order(room: Room, roster: Roster | None) -> tuple[float, str]:
    """What closes first comes first, as far as the roster tells."""
    deadline = room_deadline(room, roster)
    return (deadline.at.timestamp() if deadline is not None else float("inf"), room.sid)


def _ended_at(room: Room) -> float:
    end = room.end_time or room.date_updated
    return end.timestamp() if end is not None else float("-inf")
