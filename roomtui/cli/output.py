"""What commands print: JSON as the contract has it, and tables for people."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING, Final

import click

from roomtui.rooms import words
from roomtui.rooms.countdown import age, countdown
from roomtui.rooms.deadlines import participant_deadline, room_deadline
from roomtui.rooms.endings import ending
from roomtui.rooms.picture import LiveRoom
from roomtui.rooms.untrusted import safe
from roomtui.twilio_api.parse import participant_to_api, to_api

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from roomtui.rooms.deadlines import Deadline
    from roomtui.rooms.model import Participant, Room, Roster


_GAP: Final = "  "
_CUT_AT_MOST: Final = 12
_LINES_AT_A_TIME: Final = 1000


def print_json(value: object) -> None:
    """`value` as JSON on stdout; ASCII only, so that no terminal is misled by a stranger's text."""
    click.echo(_harmless(json.dumps(value, indent=2, ensure_ascii=True)))


def print_json_array(values: Iterable[object]) -> None:
    """The same for a JSON array, an element a line: ten thousand rooms are neither indented nor held as text."""
    encode = json.JSONEncoder(ensure_ascii=True).encode
    lines = map(encode, values)
    before = "[\n"
    while chunk := list(islice(lines, _LINES_AT_A_TIME)):
        click.echo(before + _harmless(",\n".join(chunk)), nl=False)
        before = ",\n"
    click.echo("[]" if before == "[\n" else "\n]")


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


def room_row(room: Room, roster: Roster | None, now: datetime) -> tuple[str, ...]:
    """One line of `ls`: SID, name, people, closes in, why, age, type."""
    live = LiveRoom.known(room, roster)
    lasted = words.since(room.date_created, now)
    why_ended = ending(room, roster)
    if why_ended is not None:
        closes, why = safe(room.status), words.why_it_ended(why_ended)
        lasted = room.duration
    elif live.deadline is None:
        closes, why = "?", "not known"
    else:
        bound = "" if live.deadline.certain else "<"
        closes = bound + countdown(live.deadline.seconds_left(now))
        why = words.why_it_closes(live, hide=False)
    return (
        room.sid,
        room.unique_name.safe,
        words.people(live),
        closes,
        why,
        "?" if lasted is None else age(lasted),
        safe(room.type or "?"),
    )


def closing_order(room: Room, roster: Roster | None) -> tuple[float, str]:
    """What closes first comes first, what has ended last."""
    deadline = room_deadline(room, roster)
    return (deadline.at.timestamp() if deadline is not None else float("inf"), room.sid)


def print_table(titles: Sequence[str], rows: Iterable[Sequence[str]], *, cut: str | None = None) -> None:
    """Columns as wide as what stands in them; on a terminal, the column `cut` only as wide as there is room."""
    lines = [list(titles), *(list(row) for row in rows)]
    widths = [max(_cells(each[column]) for each in lines) for column in range(len(titles))]
    if cut is not None and sys.stdout.isatty():
        column = titles.index(cut)
        over = sum(widths) + len(_GAP) * (len(widths) - 1) - shutil.get_terminal_size().columns
        widths[column] = max(_CUT_AT_MOST, widths[column] - max(0, over))
        for each in lines:
            each[column] = _cut(each[column], widths[column])
    for each in lines:
        padded = (text + " " * (width - _cells(text)) for text, width in zip(each, widths, strict=True))
        click.echo(_GAP.join(padded).rstrip())


def _cut(text: str, width: int) -> str:
    if _cells(text) <= width:
        return text
    while _cells(text) > width - 1:
        text = text[:-1]
    return f"{text}~"


def _cells(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )
