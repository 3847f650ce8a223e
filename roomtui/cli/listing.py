"""`roomtui ls` and `roomtui show`."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import click

from roomtui.cli.connecting import connected
from roomtui.cli.exits import Exit, asked_for, code_of, say
from roomtui.cli.interrupting import until_ctrl_c
from roomtui.cli.options import takes_global_options
from roomtui.cli.output import (
    closing_order,
    participant_json,
    print_json,
    print_json_array,
    print_table,
    room_json,
    room_row,
)
from roomtui.cli.progress import Progress
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
    from collections.abc import Awaitable, Callable
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
# Containers made between two looks for garbage among the youngest, and how many of these make a look at older ones:
# ten thousand rooms hold no cycles, and to look through them takes as long as to read them.
_COLLECTING: Final = (100_000, 20, 100)


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


@dataclass
class _Found:
    """What has been read so far, by SID: an interrupted command prints it."""

    rooms: dict[str, Room] = field(default_factory=dict)
    rosters: dict[str, Roster] = field(default_factory=dict)
    listed: bool = False


async def _ls(config: Config, query: RoomQuery, *, limit: int | None, people: bool, as_json: bool) -> int:
    gc.set_threshold(*_COLLECTING)
    found = _Found()
    async with connected(config) as connection:
        try:
            code = await until_ctrl_c(_read(connection, query, found, limit=limit, people=people))
        except asyncio.CancelledError:
            code = Exit.INTERRUPTED
            _say_what_is_missing(found, people=people)
        now = connection.clock.now()
    if as_json:
        print_json_array(room_json(room, found.rosters.get(room.sid), now) for room in found.rooms.values())
    else:
        _print_rooms(list(found.rooms.values()), found.rosters, now)
    return code


def _say_what_is_missing(found: _Found, *, people: bool) -> None:
    if not found.rooms:
        raise click.Abort
    if not found.listed:
        say(f"Interrupted: only the first {plural(len(found.rooms), 'room')} had been listed; there may be more.")
    if people:
        say(f"Interrupted: {len(found.rosters)} of {len(found.rooms)} rosters were read; the others are left out.")


async def _read(connection: Connection, query: RoomQuery, found: _Found, *, limit: int | None, people: bool) -> Exit:
    if await _list_rooms(connection, query, found.rooms, limit):
        say(f"Only the first {limit} rooms are listed; there are more.")
    found.listed = True
    return await _read_rosters(connection, found) if people and found.rooms else Exit.DONE


async def _list_rooms(connection: Connection, query: RoomQuery, rooms: dict[str, Room], limit: int | None) -> bool:
    """List into `rooms`; whether there are more than `limit`."""
    try:
        async for page in connection.gateway.room_pages(query):
            for room in page:
                if limit is not None and len(rooms) == limit:
                    return True
                rooms[room.sid] = room
    except NotFound as error:
        raise NotTwilio("There is no list of rooms at the API URL (HTTP 404): is it right?") from error
    return False


async def _read_rosters(connection: Connection, found: _Found) -> Exit:
    """Read all rosters, as far as Twilio lets us; what a failure leaves unread is said, not lost with the rest."""
    rooms, rosters = found.rooms, found.rosters
    began = connection.clock.monotonic()
    failures: list[TwilioError] = []

    async def read(room: Room) -> None:
        try:
            rosters[room.sid] = await _roster(connection, room)
        except NotFound:
            pass  # ended between the list and this moment; the second look below finds out
        except TwilioError as error:
            failures.append(error)

    reads = sum(_READS_A_ROSTER if room.is_live else 1 for room in rooms.values())
    await _for_each(connection, list(rooms.values()), read, reads, stop=lambda: len(failures) >= _FAILURES_MAX)
    if not failures and (len(rosters) < len(rooms) or connection.clock.monotonic() - began > 1):
        return await _see_who_ended(connection, found)
    if not failures:
        return Exit.DONE
    missing = len(rooms) - len(rosters)
    say(f"{plural(missing, 'roster')} could not be read and {'is' if missing == 1 else 'are'} left out: {failures[0]}")
    return code_of(failures[0])


async def _see_who_ended(connection: Connection, found: _Found) -> Exit:
    # Time has passed: a room that ended meanwhile must not be told as one that will close some day.
    rooms, rosters = found.rooms, found.rosters
    if not any(room.is_live for room in rooms.values()):
        return Exit.DONE
    live: dict[str, Room] = {}
    unknown: list[str] = []
    failures: list[TwilioError] = []

    async def look(before: Room) -> None:
        try:
            room = await connection.gateway.room(before.sid)
            roster = await _roster(connection, room)
        except NotFound:
            rosters.pop(before.sid, None)
            unknown.append(before.sid)
        except TwilioError as error:
            failures.append(error)
        else:
            rooms[before.sid], rosters[before.sid] = room, roster

    try:
        await _list_rooms(connection, RoomQuery(), live, None)
    except TwilioError as error:
        say(f"Some of these rooms may have ended while the rosters were read: they could not be listed again: {error}")
        return code_of(error)
    gone = [room for sid, room in rooms.items() if room.is_live and sid not in live]
    await _for_each(connection, gone, look, 2 * len(gone), stop=lambda: len(failures) >= _FAILURES_MAX)
    if ended := sum(not rooms[room.sid].is_live for room in gone):
        say(f"{plural(ended, 'room')} ended while the rosters were read, and {'is' if ended == 1 else 'are'} shown so.")
    if unknown:
        gone_for_good = "is" if len(unknown) == 1 else "are"
        say(f"{plural(len(unknown), 'room')} that Twilio listed {gone_for_good} not known to it any more.")
    if failures:
        say(f"Not every room that is not listed any more could be looked at again: {failures[0]}")
        return code_of(failures[0])
    return Exit.DONE


async def _for_each(
    connection: Connection,
    rooms: list[Room],
    read: Callable[[Room], Awaitable[None]],
    reads: int,
    *,
    stop: Callable[[], bool],
) -> None:
    """Await `read` for all rooms, a few at a time, until `stop`; tell how far it is where it takes long enough."""
    promise = connection.budget.promise
    expected = reads / promise
    progress = Progress("rosters", len(rooms), connection.clock.monotonic, expected=expected)
    told = expected > _WORTH_TELLING
    if told:
        say(f"Reading {len(rooms)} rosters at {promise} reads/s: {span(round(expected))} at the least.")
    waiting = iter(rooms)

    async def reader() -> None:
        # A few readers and one queue, not a task for each of ten thousand rooms.
        for room in waiting:
            if stop():
                return
            await read(room)
            if told:
                progress.one_more()

    try:
        await asyncio.gather(*(reader() for _ in range(_AT_A_TIME)))
    finally:
        progress.clear()


async def _roster(connection: Connection, room: Room) -> Roster:
    if room.is_live:
        return await read_roster(connection.gateway, room.sid, connection.clock)
    return await read_last_roster(connection.gateway, room.sid, connection.clock)


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
