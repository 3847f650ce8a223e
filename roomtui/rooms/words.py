"""What is known of a room, in plain words: for the screen and for the commands alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.rooms.changes import EventKind
from roomtui.rooms.countdown import HOUR, MINUTE
from roomtui.rooms.deadlines import DeadlineKind, participant_deadline
from roomtui.rooms.endings import EndingReason
from roomtui.rooms.personal import is_phone, shown
from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.rooms.changes import Event
    from roomtui.rooms.endings import Ending
    from roomtui.rooms.model import Participant, Room
    from roomtui.rooms.picture import LiveRoom

_ENDINGS: Final = {
    EndingReason.ENDED_BY_US: "ended by us",
    EndingReason.UNUSED_ROOM: "nobody came",
    EndingReason.EMPTY_ROOM: "was empty",
    EndingReason.MAX_ROOM: "24 h limit",
    EndingReason.ENDED_BY_OTHERS: "ended via API",
    EndingReason.FAILED: "failed",
    EndingReason.UNKNOWN: "not known why",
}


def limit(seconds: int | None) -> str:
    """A limit as people say it: ``4 h``, ``10 min``, ``90 s``."""
    if seconds is None:
        return "?"
    if seconds % HOUR == 0:
        return f"{seconds // HOUR} h"
    return f"{seconds // MINUTE} min" if seconds % MINUTE == 0 else f"{seconds} s"


def why_it_closes(live: LiveRoom, *, hide: bool) -> str:
    """Why this room will close, in a few words."""
    if live.roster is None:
        return "not read yet"
    if live.deadline is None:
        return "not known"
    if not live.listed:
        return "closing"
    if live.deadline.kind is DeadlineKind.MAX_PARTICIPANT:
        # The last one is put out at their limit; then the room is empty, and closes when it has been for long enough.
        empty = live.room.empty_room_timeout
        rule = limit(live.room.max_participant_duration) + (f"+{empty}m" if empty else "")
        last = last_to_be_put_out(live)
        if last is None:
            return f"{rule} limit"
        return f"{rule}: {'a phone' if is_phone(last.identity.raw) else shown(last.identity, hide=hide)}"
    if live.deadline.kind is DeadlineKind.MAX_ROOM and not live.deadline.certain:
        return "24 h at the most"
    return _RULES[live.deadline.kind]


_RULES: Final = {
    DeadlineKind.UNUSED_ROOM: "nobody came yet",
    DeadlineKind.EMPTY_ROOM: "empty",
    DeadlineKind.MAX_ROOM: "24 h limit",
    DeadlineKind.MAX_PARTICIPANT: "time limit",
}


def last_to_be_put_out(live: LiveRoom) -> Participant | None:
    """Whoever reaches their limit last, and so holds the room open longest."""
    timed = [
        (deadline.at, participant.sid, participant)
        for participant in (live.roster.present if live.roster is not None else ())
        if (deadline := participant_deadline(live.room, participant)) is not None
    ]
    return max(timed)[2] if timed else None


def why_it_ended(ending: Ending) -> str:
    """Why a room ended, in a few words; a question mark where that is a guess."""
    words = _ENDINGS[ending.reason]
    return words if ending.certain or ending.reason is EndingReason.UNKNOWN else f"{words}?"


def people(live: LiveRoom) -> str:
    """``7/50``, or ``?/50`` while nobody has counted."""
    count = "?" if live.roster is None else str(live.roster.connected)
    most = "?" if live.room.max_participants is None else str(live.room.max_participants)
    return f"{count}/{most}"


def since(instant: datetime | None, now: datetime) -> int | None:
    """Whole seconds from `instant` to `now`, None if there is no instant."""
    return None if instant is None else max(0, int((now - instant).total_seconds()))


def is_recorded(room: Room) -> bool:
    """Whether the room was made to record whoever connects."""
    return bool(room.record_participants_on_connect)


def plural(count: int, one: str, many: str | None = None) -> str:
    """``1 room``, ``2 rooms``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def head_count(count: int | None) -> str:
    """``nobody``, ``1 person``, ``7 people``, or that it is not known."""
    if count is None:
        return "an unknown number of people"
    return "nobody" if count == 0 else plural(count, "person", "people")


def event(happened: Event, *, hide: bool) -> str:
    """One event as a short sentence without its time."""
    name = shown(happened.room_name, hide=hide) or happened.room_sid
    if happened.identity is not None:
        who = shown(happened.identity, hide=hide) or "somebody"
        limit = f" at the {_RULES[happened.deadline.kind]}" if happened.deadline is not None else ""
        return f"{who} {_OF_PEOPLE.get(happened.kind, happened.kind.value)} {name}{limit}"
    if happened.ending is not None:
        put_out = f", {head_count(happened.people)} put out" if happened.people and _puts_out(happened.ending) else ""
        return f"{name} ended: {why_it_ended(happened.ending)}{put_out}"
    if happened.alert is not None:
        return f"{name}: {safe(happened.alert)}"
    if happened.deadline is not None:
        return f"{name} is about to close, at {happened.deadline.at:%H:%M:%S}: {_RULES[happened.deadline.kind]}"
    full = f" ({happened.people})" if happened.kind is EventKind.ROOM_FULL and happened.people is not None else ""
    return f"{name} {_OF_ROOMS.get(happened.kind, happened.kind.value)}{full}"


_OF_PEOPLE: Final = {
    EventKind.PARTICIPANT_JOINED: "joined",
    EventKind.PARTICIPANT_DROPPED: "lost the connection to",
    EventKind.PARTICIPANT_BACK: "is back in",
    EventKind.PARTICIPANT_LEFT: "left",
}
_OF_ROOMS: Final = {
    EventKind.ROOM_OPENED: "opened",
    EventKind.ROOM_RECREATED: "opened again",
    EventKind.ROOM_FULL: "is full",
    EventKind.RECORDING_STARTED: "is being recorded",
    EventKind.RECORDING_STOPPED: "is not recorded any more",
}


def _puts_out(ending: Ending) -> bool:
    # Whoever is in a room that closes by being empty or unused has left, if within the same second.
    return ending.reason not in {EndingReason.EMPTY_ROOM, EndingReason.UNUSED_ROOM}
