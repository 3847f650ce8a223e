"""`roomtui ls` and `roomtui show`."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Final

import click

from roomtui.cli.asking import until_ctrl_c
from roomtui.cli.connect import connected
from roomtui.cli.exits import Exit, asked_for, code_of, say
from roomtui.cli.options import takes_global_options
from roomtui.cli.output import closing_order, participant_json, print_json, print_table, room_json, room_row
from roomtui.config import load
from roomtui.rooms.countdown import countdown, span
from roomtui.rooms.deadlines import participant_deadline
from roomtui.rooms.model import RoomStatus
from roomtui.rooms.words import plural, since
from roomtui.twilio_api.errors import NotFound, NotTwilio, TwilioError
from roomtui.twilio_api.fields import moment
from roomtui.twilio_api.gateway import RoomQuery
from roomtui.watch.rosters import read_last_roster, read_roster

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.cli.connect import Connection
    from roomtui.config import Config, Typed
    from roomtui.rooms.model import Room, Roster

_AT_A_TIME: Final = 8
# After so many failures the next ones are no news.
_FAILURES_MAX: Final = 3
# Those connected, and those reconnecting, who hold a room open too.
_READS_A_ROSTER: Final = 2
# Below this many seconds, nobody wants to be told how long it takes.
_WORTH_TELLING: Final = 2.0


def _date(text: str) -> datetime:
    """A date or a date and time, UTC where it does not say."""
    read = moment(text) or moment(f"{text}T00:00:00Z") or moment(f"{text}Z")
    if read is None:
        raise click.BadParameter(f"{text!a} is no date: write 2026-11-20 or 2026-11-20T06:00:00Z")
    return read


@click.command()
@takes_global_options
@click.option("--status", type=click.Choice([status.value for status in RoomStatus]), help="[in-progress]")
@click.option("--name", metavar="N", help="Only rooms of exactly this unique name.")
@click.option("--created-after", type=_date, metavar="D", help="Created at or after this date (UTC).")
@click.option("--created-before", type=_date, metavar="D", help="Created before this date (UTC).")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many rooms [all].")
@click.option("--no-people", is_flag=True, help="Read only the list: no rosters, and bounds for deadlines.")
@click.option("--reads-per-second", type=click.IntRange(1, 80), metavar="N", help="Never ask more often [20].")
@click.option("--json", "as_json", is_flag=True, help="A JSON array.")
def ls(
    *,
    typed: Typed,
    status: str | None,
    name: str | None,
    created_after: datetime | None,
    created_before: datetime | None,
    limit: int | None,
    no_people: bool,
    as_json: bool,
) -> int:
    """List rooms: who is in, when each will close and why.

    A roster is a read of its own; they are read within the budget. Interrupted, it prints what it has.
    """
    config = load(typed)
    query = RoomQuery(status=status, unique_name=name, created_after=created_after, created_before=created_before)
    return asyncio.run(_ls(config, query, limit=limit, people=not no_people, as_json=as_json))


@click.command()
@takes_global_options
@click.argument("room")
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
def show(*, typed: Typed, room: str, as_json: bool) -> int:
    """Show one room and its participants. ROOM is a SID, or the unique name of a room in progress."""
    return asyncio.run(_show(load(typed), room, as_json=as_json))


async def _ls(config: Config, query: RoomQuery, *, limit: int | None, people: bool, as_json: bool) -> int:
    async with connected(config) as connection:
        rooms, more = await _rooms(connection, query, limit)
        if more:
            say(f"Only the first {limit} rooms are listed; there are more.")
        rosters: dict[str, Roster] = {}
        code = Exit.DONE
        if people and rooms:
            try:
                code = await until_ctrl_c(_read_rosters(connection, rooms, rosters))
            except asyncio.CancelledError:
                code = Exit.INTERRUPTED
                say(f"Interrupted: {len(rosters)} of {len(rooms)} rosters were read; the others are left out.")
        now = connection.clock.now()
    if as_json:
        print_json([room_json(room, rosters.get(room.sid), now) for room in rooms.values()])
    else:
        _print_rooms(list(rooms.values()), rosters, now)
    return code


async def _rooms(connection: Connection, query: RoomQuery, limit: int | None) -> tuple[dict[str, Room], bool]:
    rooms: dict[str, Room] = {}
    try:
        async for page in connection.gateway.room_pages(query):
            for room in page:
                if limit is not None and len(rooms) == limit:
                    return rooms, True
                rooms[room.sid] = room
    except NotFound as error:
        raise NotTwilio("There is no list of rooms at the API URL (HTTP 404): is it right?") from error
    return rooms, False


async def _read_rosters(connection: Connection, rooms: dict[str, Room], rosters: dict[str, Roster]) -> Exit:
    """Read all rosters, as far as Twilio lets us; what a failure leaves unread is said, not lost with the rest."""
    progress = _Progress(len(rooms), connection.budget.promise)
    gate = asyncio.Semaphore(_AT_A_TIME)
    began = connection.clock.now()
    failures: list[TwilioError] = []

    async def read(room: Room) -> None:
        async with gate:
            if len(failures) >= _FAILURES_MAX:
                return
            try:
                rosters[room.sid] = await _roster(connection, room)
            except NotFound:
                pass  # ended between the list and this moment; the second look below finds out
            except TwilioError as error:
                failures.append(error)
            progress.one_more()

    await asyncio.gather(*(read(room) for room in rooms.values()))
    progress.done()
    missing = len(rooms) - len(rosters)
    if not failures and (missing or (connection.clock.now() - began).total_seconds() > 1):
        await _see_who_ended(connection, rooms, rosters)
    if not failures:
        return Exit.DONE
    say(f"{plural(missing, 'roster')} could not be read and {'is' if missing == 1 else 'are'} left out: {failures[0]}")
    return code_of(failures[0])


async def _see_who_ended(connection: Connection, rooms: dict[str, Room], rosters: dict[str, Roster]) -> None:
    # Time has passed: a room that ended meanwhile must not be told as one that will close some day.
    if not any(room.is_live for room in rooms.values()):
        return
    live, _ = await _rooms(connection, RoomQuery(), None)
    ended = unknown = 0
    for sid in [sid for sid, room in rooms.items() if room.is_live and sid not in live]:
        try:
            rooms[sid] = await connection.gateway.room(sid)
            rosters[sid] = await _roster(connection, rooms[sid])
        except NotFound:
            rosters.pop(sid, None)
            unknown += 1
        ended += not rooms[sid].is_live
    if ended:
        say(f"{plural(ended, 'room')} ended while the rosters were read, and {'is' if ended == 1 else 'are'} shown so.")
    if unknown:
        say(f"{plural(unknown, 'room')} that Twilio listed {'is' if unknown == 1 else 'are'} not known to it any more.")


async def _roster(connection: Connection, room: Room) -> Roster:
    if room.is_live:
        return await read_roster(connection.gateway, room.sid, connection.clock)
    return await read_last_roster(connection.gateway, room.sid, connection.clock)


class _Progress:
    """Tells on stderr how far the reading is, where it takes long enough to matter."""

    def __init__(self, total: int, reads_per_second: int) -> None:
        self._total = total
        self._read = 0
        seconds = total * _READS_A_ROSTER / reads_per_second
        self._told = seconds > _WORTH_TELLING
        self._live = self._told and sys.stderr.isatty()
        if self._told:
            say(f"Reading {total} rosters at {reads_per_second} reads/s: {span(round(seconds))} at the least.")

    def one_more(self) -> None:
        self._read += 1
        if self._live:
            click.echo(f"\r{self._read} of {self._total} ", nl=False, err=True)

    def done(self) -> None:
        if self._live:
            click.echo("\r" + " " * 24 + "\r", nl=False, err=True)


def _print_rooms(rooms: list[Room], rosters: dict[str, Roster], now: datetime) -> None:
    if not rooms:
        say("No such rooms.")
        return
    titles = ("SID", "ROOM", "PEOPLE", "CLOSES IN", "WHY", "AGE", "TYPE")
    by_closing = sorted(rooms, key=lambda room: closing_order(room, rosters.get(room.sid)))
    print_table(titles, [room_row(room, rosters.get(room.sid), now) for room in by_closing], cut="ROOM")


async def _show(config: Config, name_or_sid: str, *, as_json: bool) -> int:
    async with connected(config) as connection:
        with asked_for(name_or_sid):
            room = await connection.gateway.room(name_or_sid)
        if room.is_live:
            roster = await read_roster(connection.gateway, room.sid, connection.clock, everybody=True)
        else:
            roster = await read_last_roster(connection.gateway, room.sid, connection.clock)
        now = connection.clock.now()
    if as_json:
        told = room_json(room, roster, now)
        told["roster"] = [participant_json(room, participant, now) for participant in roster.everybody]
        print_json(told)
        return Exit.DONE
    _print_rooms([room], {room.sid: roster}, now)
    if roster.everybody:
        click.echo()
        rows = []
        for participant in roster.everybody:
            deadline = participant_deadline(room, participant)
            stayed = participant.duration if not participant.is_present else since(participant.start_time, now)
            rows.append(
                (
                    participant.sid,
                    participant.identity.safe,
                    participant.status,
                    "?" if stayed is None else span(stayed),
                    "" if deadline is None else countdown(deadline.seconds_left(now)),
                )
            )
        print_table(("SID", "IDENTITY", "STATUS", "IN FOR", "LIMIT IN"), rows)
    return Exit.DONE
