"""`roomtui ls`, once: the rooms, their rosters, and what follows from them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from roomtui.cli.columns import terminal_width
from roomtui.cli.connecting import connected
from roomtui.cli.exits import Exit, say
from roomtui.cli.interrupting import until_ctrl_c
from roomtui.cli.ours import ended_by_us, why_it_ended
from roomtui.cli.output import compact, print_json_array
from roomtui.cli.reading import Found, list_rooms, read_rosters
from roomtui.cli.saying import say_that_not_all_are_listed, say_that_there_are_more
from roomtui.cli.tables import room_lines
from roomtui.twilio_api.telling import room_json

if TYPE_CHECKING:
    from roomtui.cli.connect import Connection
    from roomtui.cli.listing import Wanted
    from roomtui.config import Config


async def list_once(config: Config, wanted: Wanted) -> int:
    """Read and print what is wanted; interrupted, what has been read by then. The exit code.

    Raises:
        TwilioError: the list could not be read.
        click.Abort: interrupted before there was anything.
    """
    found = Found()
    async with connected(config, counting_down=True) as connection:
        try:
            code = await until_ctrl_c(_read(connection, wanted, found))
        except asyncio.CancelledError:
            code = Exit.INTERRUPTED
            _say_what_is_missing(found, people=wanted.people)
        now = connection.clock.now()
    rooms, rosters = found.rooms.values(), found.rosters
    ours = ended_by_us(config, rooms)
    if wanted.as_json:
        print_json_array(
            compact(room_json(room, roster, now, why_it_ended(room, roster, ours)))
            for room, roster in ((each, rosters.get(each.sid)) for each in rooms)
        )
    elif rooms:
        lines = room_lines(rooms, rosters, now, hide=config.no_pii, width=terminal_width(), ours=ours)
        click.echo("\n".join(lines))
    else:
        say("No such rooms.")
    return code


async def _read(connection: Connection, wanted: Wanted, found: Found) -> Exit:
    if await list_rooms(connection, wanted.query, found.rooms, wanted.limit):
        say_that_there_are_more(wanted.limit)
    found.listed = True
    return await read_rosters(connection, found) if wanted.people and found.rooms else Exit.DONE


def _say_what_is_missing(found: Found, *, people: bool) -> None:
    if not found.listed or not found.rooms:
        say_that_not_all_are_listed(len(found.rooms))
    if people:
        say(f"Interrupted: {len(found.rosters)} of {len(found.rooms)} rosters were read; the others are left out.")
