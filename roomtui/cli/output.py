"""What commands print as JSON: as the contract has it, and harmless to any terminal."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Final

import click

from roomtui.rooms.deadlines import latest_deadline, participant_deadline, room_deadline
from roomtui.rooms.endings import ending
from roomtui.twilio_api.parse import participant_to_api, to_api

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from roomtui.rooms.deadlines import Deadline
    from roomtui.rooms.model import Participant, Room, Roster
    from roomtui.twilio_api.as_told import RoomAsTold

OURS: Final = frozenset({"participants", "deadline", "ending"})
"""What `room_json` adds to the fields of the API."""

_LINES_AT_A_TIME: Final = 1000
_encode: Final = json.JSONEncoder(ensure_ascii=True).encode


def print_json(value: object) -> None:
    """`value` as JSON on stdout; ASCII only, so that no terminal is misled by a stranger's text."""
    click.echo(_harmless(json.dumps(value, indent=2, ensure_ascii=True)))


def print_json_array(elements: Iterable[str]) -> None:
    """A JSON array of elements that are JSON, an element a line: ten thousand rooms are not held as one text."""
    lines = iter(elements)
    before = "[\n"
    while chunk := list(islice(lines, _LINES_AT_A_TIME)):
        click.echo(before + ",\n".join(chunk), nl=False)
        before = ",\n"
    click.echo("[]" if before == "[\n" else "\n]")


def print_json_line(elements: Iterable[str]) -> None:
    """The same array on one line, told at once."""
    click.echo(f"[{', '.join(elements)}]")


def compact(value: object) -> str:
    """`value` as JSON on one line."""
    return _harmless(_encode(value))


def _harmless(written: str) -> str:
    # DEL is ASCII, and the one control character that JSON need not escape.
    return written.replace("\x7f", "\\u007f")


def room_json(room: Room, roster: Roster | None, now: datetime) -> dict[str, object]:
    """Every field of the API's room, its participants in number, its deadline; for an ended one why it ended."""
    told: dict[str, object] = to_api(room)
    told["participants"] = None if roster is None else {"connected": roster.connected, "as_of": _second(roster.as_of)}
    told["deadline"] = _deadline_json(room_deadline(room, roster), now)
    why = ending(room, roster)
    if why is not None:
        told["ending"] = {"reason": why.reason.value, "certain": why.certain}
    return told


def room_line(told: RoomAsTold, now: datetime) -> str:
    """The same on one line, of a room that was only listed; `OURS` must have been told to whoever read it."""
    if told.date_created is None:
        return compact(room_json(told.room(), None, now))
    at_the_latest = latest_deadline(told.date_created)
    return (
        f'{told.text[:-1]}, "participants": null, "deadline": {{"kind": "{at_the_latest.kind.value}", '
        f'"at": "{_second(at_the_latest.at)}", "seconds_left": {at_the_latest.seconds_left(now)}, "certain": false}}}}'
    )


def participant_json(room: Room, participant: Participant, now: datetime) -> dict[str, object]:
    """Every field of the API's participant, and its deadline."""
    return {
        **participant_to_api(participant),
        "deadline": _deadline_json(participant_deadline(room, participant), now),
    }


def _deadline_json(deadline: Deadline | None, now: datetime) -> dict[str, object] | None:
    if deadline is None:
        return None
    return {
        "kind": deadline.kind.value,
        "at": _second(deadline.at),
        "seconds_left": deadline.seconds_left(now),
        "certain": deadline.certain,
    }


def _second(moment: datetime) -> str:
    """``2026-11-20T12:00:00Z``; `moment` is UTC."""
    return f"{moment.isoformat()[:19]}Z"  # a third of what strftime takes
