"""Reading rooms and their rosters for a command: within the read budget, and without losing what has been read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from roomtui.cli.exits import Exit, code_of, no_list, say
from roomtui.cli.progress import Progress
from roomtui.rooms.countdown import span
from roomtui.rooms.words import plural
from roomtui.twilio_api.errors import NotFound, TwilioError
from roomtui.twilio_api.gateway import RoomQuery
from roomtui.watch.rosters import read_last_roster, read_roster

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from roomtui.cli.connect import Connection
    from roomtui.rooms.model import Room, Roster

AT_A_TIME: Final = 8
"""Questions under way at once."""
FAILURES_MAX: Final = 3
"""After so many failures the next ones are no news."""

# Those connected, and those reconnecting, who hold a room open too.
_READS_A_ROSTER: Final = 2
# Below this many seconds, nobody wants to be told how long it takes.
_WORTH_TELLING: Final = 2.0

_T = TypeVar("_T")


@dataclass
class Found:
    """What has been read so far, by SID: an interrupted command prints it.

    Attributes:
        rooms: as listed.
        rosters: of those whose roster was read.
        listed: whether the list was read to its end, or as far as was wanted.
    """

    rooms: dict[str, Room] = field(default_factory=dict)
    rosters: dict[str, Roster] = field(default_factory=dict)
    listed: bool = False


async def list_rooms(connection: Connection, query: RoomQuery, rooms: dict[str, Room], limit: int | None) -> bool:
    """List into `rooms`; whether there are more than `limit`.

    Raises:
        TwilioError: the list could not be read.
    """
    try:
        async for page in connection.gateway.room_pages(query):
            for room in page:
                if limit is not None and len(rooms) == limit:
                    return True
                rooms[room.sid] = room
    except NotFound as error:
        raise no_list() from error
    return False


async def read_rosters(connection: Connection, found: Found) -> Exit:
    """Read all rosters, as far as Twilio lets us; what a failure leaves unread is said, not lost with the rest."""
    rooms, rosters = found.rooms, found.rosters
    began = connection.clock.monotonic()
    failures: list[TwilioError] = []
    lost: list[NotFound] = []

    async def read(room: Room) -> None:
        try:
            rosters[room.sid] = await roster_of(connection, room)
        except NotFound as error:
            lost.append(error)  # ended between the list and this moment; the second look below finds out
        except TwilioError as error:
            failures.append(error)

    await for_each(
        connection,
        list(rooms.values()),
        read,
        what="rosters",
        reads=reads_for(rooms.values()),
        stop=lambda: len(failures) >= FAILURES_MAX,
    )
    if not failures and (len(rosters) < len(rooms) or connection.clock.monotonic() - began > 1):
        return await _see_who_ended(connection, found, lost)
    if not failures:
        return Exit.DONE
    missing = len(rooms) - len(rosters)
    say(f"{plural(missing, 'roster')} could not be read and {'is' if missing == 1 else 'are'} left out: {failures[0]}")
    return code_of(failures[0])


def reads_for(rooms: Iterable[Room]) -> int:
    """How many reads the rosters of these rooms take, about."""
    return sum(_READS_A_ROSTER if room.is_live else 1 for room in rooms)


async def roster_of(connection: Connection, room: Room) -> Roster:
    """Who is in the room, or was in it if it has ended.

    Raises:
        TwilioError: it could not be read.
    """
    if room.is_live:
        return await read_roster(connection.gateway, room.sid, connection.clock, hastily=True)
    return await read_last_roster(connection.gateway, room.sid, connection.clock)


async def _see_who_ended(connection: Connection, found: Found, lost: list[NotFound]) -> Exit:
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
            roster = await roster_of(connection, room)
        except NotFound:
            rosters.pop(before.sid, None)
            unknown.append(before.sid)
        except TwilioError as error:
            failures.append(error)
        else:
            rooms[before.sid], rosters[before.sid] = room, roster

    try:
        await list_rooms(connection, RoomQuery(), live, None)
    except TwilioError as error:
        say(f"Some of these rooms may have ended while the rosters were read: they could not be listed again: {error}")
        return code_of(error)
    gone = [room for sid, room in rooms.items() if room.is_live and sid not in live]
    await for_each(
        connection, gone, look, what="rosters", reads=2 * len(gone), stop=lambda: len(failures) >= FAILURES_MAX
    )
    if ended := sum(not rooms[room.sid].is_live for room in gone):
        say(f"{plural(ended, 'room')} ended while the rosters were read, and {'is' if ended == 1 else 'are'} shown so.")
    if unknown:
        gone_for_good = "is" if len(unknown) == 1 else "are"
        say(f"{plural(len(unknown), 'room')} that Twilio listed {gone_for_good} not known to it any more.")
    if failures:
        say(f"Not every room that is not listed any more could be looked at again: {failures[0]}")
        return code_of(failures[0])
    return _say_whose_roster_is_missing(found, live, lost)


def _say_whose_roster_is_missing(found: Found, live: Mapping[str, Room], lost: list[NotFound]) -> Exit:
    # Twilio said that it did not know them, and lists them all the same.
    unread = [sid for sid, room in found.rooms.items() if room.is_live and sid in live and sid not in found.rosters]
    if not (unread and lost):
        return Exit.DONE
    say(f"{plural(len(unread), 'roster')} of rooms in progress could not be read: {lost[0]}")
    return Exit.FAILED


async def for_each(
    connection: Connection,
    things: list[_T],
    read: Callable[[_T], Awaitable[None]],
    *,
    what: str,
    reads: int,
    stop: Callable[[], bool],
    quiet: bool = False,
    at_a_time: int = AT_A_TIME,
) -> None:
    """Await `read` for all things, a few at a time, until `stop`; tell how far it is where it takes long enough.

    Args:
        connection: whose budget it is.
        things: to be read of, in this order.
        read: reads of one of them; raises nothing.
        what: is read, in the plural.
        reads: how many reads it takes, about.
        stop: whether the rest is to be left.
        quiet: tell nothing.
        at_a_time: things that are read of at once.
    """
    promise = connection.budget.promise
    expected = reads / promise
    progress = Progress(what, len(things), connection.clock.monotonic, expected=expected)
    told = expected > _WORTH_TELLING and not quiet
    if told:
        say(f"Reading {len(things)} {what} at {promise} reads/s: {span(round(expected))} at the least.")
    waiting = iter(things)

    async def reader() -> None:
        # A few readers and one queue, not a task for each of ten thousand rooms.
        for thing in waiting:
            if stop():
                return
            await read(thing)
            if told:
                progress.one_more()

    try:
        await asyncio.gather(*(reader() for _ in range(at_a_time)))
    finally:
        progress.clear()
