"""Rooms told as JSON: every field of Twilio's, and what follows from them. Pure; harmless to any terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from roomtui.rooms.deadlines import participant_deadline, room_deadline
from roomtui.rooms.endings import ending
from roomtui.twilio_api.parse import participant_to_api, to_api

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.rooms.deadlines import Deadline
    from roomtui.rooms.endings import Ending
    from roomtui.rooms.model import Participant, Room, Roster


def room_json(room: Room, roster: Roster | None, now: datetime, why: Ending | None = None) -> dict[str, object]:
    """Every field of the API's room, its participants in number, its deadline; for an ended one why it ended.

    `why`: for an ended room, where more is known of its end than its fields tell.
    """
    told: dict[str, object] = to_api(room)
    told["participants"] = None if roster is None else {"connected": roster.connected, "as_of": second(roster.as_of)}
    told["deadline"] = _deadline_json(room_deadline(room, roster), now)
    why = why or ending(room, roster)
    if why is not None:
        told["ending"] = {"reason": why.reason.value, "certain": why.certain}
    return told


def participant_json(room: Room, participant: Participant, now: datetime) -> dict[str, object]:
    """Every field of the API's participant, and its deadline."""
    return {
        **participant_to_api(participant),
        "deadline": _deadline_json(participant_deadline(room, participant), now),
    }


def whole_json(room: Room, roster: Roster | None, now: datetime, why: Ending | None = None) -> dict[str, object]:
    """The room as `room_json` has it, and where they are known everybody who is or was in it."""
    told = room_json(room, roster, now, why)
    if roster is not None:
        told["roster"] = [participant_json(room, participant, now) for participant in roster.everybody]
    return told


def json_text(value: object) -> str:
    """`value` as JSON, indented where it can be; ASCII only, so that no terminal is misled by a stranger's text."""
    try:
        written = json.dumps(value, indent=2, ensure_ascii=True)
    except RecursionError:  # Python 3.12 reads a field of a thousand brackets, but does not indent it
        written = json.dumps(value, ensure_ascii=True)
    return harmless(written)


def harmless(written: str) -> str:
    """JSON in ASCII, without the one control character that it need not escape: DEL."""
    return written.replace("\x7f", "\\u007f")


def second(moment: datetime) -> str:
    """``2026-11-20T12:00:00Z``; `moment` is UTC."""
    return f"{moment.isoformat()[:19]}Z"  # a third of what strftime takes


def _deadline_json(deadline: Deadline | None, now: datetime) -> dict[str, object] | None:
    if deadline is None:
        return None
    return {
        "kind": deadline.kind.value,
        "at": second(deadline.at),
        "seconds_left": deadline.seconds_left(now),
        "certain": deadline.certain,
    }
