"""What commands print as JSON: as the contract has it, and harmless to any terminal."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Final

import click

from roomtui.rooms.deadlines import latest_deadline
from roomtui.twilio_api.telling import harmless, json_text, room_json, second

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from roomtui.twilio_api.as_told import RoomAsTold

OURS: Final = frozenset({"participants", "deadline", "ending"})
"""What `room_json` adds to the fields of the API."""

_LINES_AT_A_TIME: Final = 1000
_encode: Final = json.JSONEncoder(ensure_ascii=True).encode


def print_json(value: object) -> None:
    """`value` as JSON on stdout; ASCII only, so that no terminal is misled by a stranger's text."""
    click.echo(json_text(value))


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
    return harmless(_encode(value))


def room_line(told: RoomAsTold, now: datetime) -> str:
    """The same on one line, of a room that was only listed; `OURS` must have been told to whoever read it."""
    if told.date_created is None:
        return compact(room_json(told.room(), None, now))
    at_the_latest = latest_deadline(told.date_created)
    return (
        f'{told.text[:-1]}, "participants": null, "deadline": {{"kind": "{at_the_latest.kind.value}", '
        f'"at": "{second(at_the_latest.at)}", "seconds_left": {at_the_latest.seconds_left(now)}, "certain": false}}}}'
    )
