"""`roomtui twiml`."""

from __future__ import annotations

import asyncio
import sys
from codecs import lookup
from typing import TYPE_CHECKING, Final

import click

from roomtui.cli.connecting import connected
from roomtui.cli.exits import Exit, asked_for, say
from roomtui.cli.options import takes_global_options
from roomtui.cli.output import print_json
from roomtui.config import load
from roomtui.rooms.twiml import Language, hazards, snippet
from roomtui.watch.rosters import read_last_roster, read_roster

if TYPE_CHECKING:
    from roomtui.config import Config, Typed
    from roomtui.rooms.model import Room, Roster

_XML: Final = frozenset({Language.XML, Language.BIN})


@click.command()
@takes_global_options
@click.argument("room")
@click.option("--identity", default="", metavar="ID", help="What the caller is called in the room.")
@click.option("--fallback-say", default="", metavar="TEXT", help="Spoken if the room is gone.")
@click.option("--lang", type=click.Choice([each.value for each in Language]), default=Language.XML.value, help="[xml]")
@click.option("--json", "as_json", is_flag=True, help="A JSON object with snippet and hazards.")
def twiml(*, typed: Typed, room: str, identity: str, fallback_say: str, lang: str, as_json: bool) -> int:
    """Print the TwiML that puts a phone call into a room; what may go wrong with it goes to stderr.

    ROOM is a SID, or the unique name of a room in progress.
    """
    there, roster = asyncio.run(_look(load(typed), room))
    text = snippet(there.unique_name.raw, identity=identity, fallback_say=fallback_say, language=Language(lang))
    found = hazards(there, roster, identity=identity)
    for hazard in found:
        say(f"roomtui: {hazard.sentence}")
    if as_json:
        print_json(
            {
                "room_sid": there.sid,
                "unique_name": there.unique_name.raw,
                "language": lang,
                "snippet": text,
                "hazards": [{"kind": hazard.kind.value, "sentence": hazard.sentence} for hazard in found],
            }
        )
    else:
        click.echo(_for_terminal(text) if Language(lang) in _XML else text)
    return Exit.DONE


def _for_terminal(document: str) -> str:
    """The same XML, with a reference for each character that the terminal would obey, or write otherwise than UTF-8."""
    utf_8 = lookup(sys.stdout.encoding).name == "utf-8"
    return "".join(
        character
        if character == "\n" or (character.isprintable() and (utf_8 or character.isascii()))
        else f"&#{ord(character)};"
        for character in document
    )


async def _look(config: Config, name_or_sid: str) -> tuple[Room, Roster]:
    async with connected(config) as connection:
        gateway, clock = connection.gateway, connection.clock
        with asked_for(name_or_sid):
            room = await gateway.room(name_or_sid, urgent=True)
            if not room.is_live:
                return room, await read_last_roster(gateway, room.sid, clock, urgent=True)
            return room, await read_roster(gateway, room.sid, clock, everybody=True, urgent=True)
