"""A room and everybody who is or was in it, read and printed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from roomtui.cli.columns import terminal_width
from roomtui.cli.connecting import connected
from roomtui.cli.exits import Exit, asked_for, code_of, say
from roomtui.cli.ours import ended_by_us, why_it_ended
from roomtui.cli.output import print_json
from roomtui.cli.reading import FAILURES_MAX, for_each
from roomtui.cli.tables import people_lines, room_lines, summary_line
from roomtui.rooms.model import Tracks
from roomtui.rooms.picture import LiveRoom
from roomtui.twilio_api.errors import NotFound, TwilioError
from roomtui.twilio_api.telling import whole_json
from roomtui.watch.extras import has_rules
from roomtui.watch.rosters import read_last_roster, read_roster

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.cli.connect import Connection
    from roomtui.config import Config
    from roomtui.rooms.model import Participant, Room, Roster


async def show_once(config: Config, name_or_sid: str, *, as_json: bool) -> int:
    """Read and print a room; the exit code.

    Raises:
        NoSuchRoomError: there is none.
        TwilioError: it could not be read.
    """
    code = Exit.DONE
    live: LiveRoom | None = None
    async with connected(config, counting_down=True) as connection:
        with asked_for(name_or_sid):
            room = await connection.gateway.room(name_or_sid)
        if room.is_live:
            roster = await read_roster(connection.gateway, room.sid, connection.clock, everybody=True)
            if not as_json:
                live, code = await _look_closer(connection, room, roster)
        else:
            roster = await read_last_roster(connection.gateway, room.sid, connection.clock)
        now = connection.clock.now()
    ours = ended_by_us(config, [room])
    if as_json:
        print_json(whole_json(room, roster, now, why_it_ended(room, roster, ours)))
    else:
        _print_text(room, roster, live, now, hide=config.no_pii, ours=ours)
    return code


async def _look_closer(connection: Connection, room: Room, roster: Roster) -> tuple[LiveRoom, Exit]:
    """Read what is recorded, and who publishes what; what cannot be read is said."""
    gateway, clock = connection.gateway, connection.clock
    tracks: dict[str, Tracks] = {}
    failures: list[TwilioError] = []
    live = LiveRoom.known(room, roster)
    if has_rules(room):
        try:
            live = replace(live, recording=await gateway.recording_rules(room.sid))
        except TwilioError as error:
            failures.append(error)

    async def read(participant: Participant) -> None:
        try:
            published = await gateway.published_tracks(room.sid, participant.sid)
        except NotFound:
            pass  # they have left meanwhile
        except TwilioError as error:
            failures.append(error)
        else:
            tracks[participant.sid] = Tracks(published, clock.now())

    await for_each(
        connection,
        list(roster.present),
        read,
        what="people",
        reads=len(roster.present),
        stop=lambda: len(failures) >= FAILURES_MAX,
    )
    live = replace(live, tracks=tracks)
    if not failures:
        return live, Exit.DONE
    say(f"Not all of what is recorded and who is muted could be read: {failures[0]}")
    return live, code_of(failures[0])


def _print_text(
    room: Room, roster: Roster, live: LiveRoom | None, now: datetime, *, hide: bool, ours: frozenset[str]
) -> None:
    width = terminal_width()
    lines = room_lines([room], {room.sid: roster}, now, hide=hide, width=width, ours=ours)
    if live is not None:
        lines.append(summary_line(live))
    people = people_lines(room, roster, live.tracks if live is not None else {}, now, hide=hide, width=width)
    click.echo("\n".join([*lines, "", *people] if people else lines))
