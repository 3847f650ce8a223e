"""`roomtui ls --watch`: the same list again at every refresh, within the read budget.

The list is read whole each time. Of the rosters as many are read as fit in before the next refresh, those first that
were never read, then the oldest; the others stay as they were read, which `as_of` tells to programs.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Final

import click

from roomtui.cli.columns import cut, terminal_size, terminal_width
from roomtui.cli.connecting import connected
from roomtui.cli.exits import Exit, say
from roomtui.cli.interrupting import until_ctrl_c
from roomtui.cli.output import compact, print_json_line, room_line
from roomtui.cli.passing_on import list_as_told
from roomtui.cli.reading import AT_A_TIME, FAILURES_MAX, for_each, list_rooms
from roomtui.cli.saying import say_that_there_are_more
from roomtui.cli.tables import closing_order, room_lines
from roomtui.rooms.untrusted import safe
from roomtui.rooms.words import plural
from roomtui.twilio_api.errors import CredentialsRefused, NotFound, TwilioError
from roomtui.twilio_api.telling import room_json
from roomtui.watch.rosters import read_roster

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from roomtui.cli.connect import Connection
    from roomtui.cli.listing import Wanted
    from roomtui.config import Config
    from roomtui.rooms.model import Room, Roster
    from roomtui.twilio_api.as_told import RoomAsTold

_UP: Final = "\x1b[{}F"
_CLEAR_REST_OF_LINE: Final = "\x1b[K"
_CLEAR_BELOW: Final = "\x1b[J"
# A roster that has been begun is read to its end, three reads at the most: as many at once as make half a refresh.
_LATE: Final = 6


async def watch(config: Config, wanted: Wanted) -> int:
    """Print what is wanted at every refresh, until ctrl+c. The exit code.

    Raises:
        TwilioError: the first list could not be read; or the credentials are refused.
    """
    async with connected(config, counting_down=True) as connection:
        try:
            await until_ctrl_c(Watch(connection, wanted, refresh=config.refresh, hide=config.no_pii).run())
        except asyncio.CancelledError:
            return Exit.INTERRUPTED
    return Exit.DONE


class Watch:
    """Looks and prints, by turns.

    Args:
        connection: Twilio, within the read budget.
        wanted: which rooms, and how they are shown.
        refresh: seconds from the beginning of one look to that of the next.
        hide: mask phone numbers in text.
        sleep: waits (seconds).
    """

    def __init__(
        self,
        connection: Connection,
        wanted: Wanted,
        *,
        refresh: float,
        hide: bool,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._connection = connection
        self._wanted = wanted
        self._refresh = refresh
        self._hide = hide
        self._sleep = sleep
        self._rosters: dict[str, Roster] = {}
        self._screen = Screen()
        self._looks = 0

    async def run(self) -> None:
        """Look and print until cancelled.

        Raises:
            TwilioError: as `watch`.
        """
        monotonic = self._connection.clock.monotonic
        while True:
            until = monotonic() + self._refresh
            try:
                await self._look(until)
            except TwilioError as error:
                # What could not be read now may be read next time; only whoever is let in at all may wait for it.
                if not self._looks or isinstance(error, CredentialsRefused):
                    raise
                say(f"Not read this time, and tried again in {self._refresh:g} s: {error}")
                self._screen.leave()
            self._looks += 1
            await self._sleep(max(0.0, until - monotonic()))

    async def _look(self, until: float) -> None:
        if self._wanted.passed_on:
            await self._pass_on()
            return
        rooms: dict[str, Room] = {}
        more = await list_rooms(self._connection, self._wanted.query, rooms, self._wanted.limit)
        trouble = await self._read_rosters(rooms, until) if self._wanted.people else None
        now = self._connection.clock.now()
        if self._wanted.as_json:
            self._say_on_the_first_look(more=more)
            if trouble is not None:
                say(f"Not all rosters could be read this time: {trouble}")
            print_json_line(compact(room_json(room, self._rosters.get(room.sid), now)) for room in rooms.values())
            return
        lines = room_lines(rooms.values(), self._rosters, now, hide=self._hide, width=terminal_width())
        head = [self._head(len(rooms), now, more=more)]
        if trouble is not None:
            head.append(safe(f"Not all rosters could be read: {trouble}"))
        self._screen.show([*head, *lines])

    def _head(self, rooms: int, now: datetime, *, more: bool) -> str:
        head = [f"{now:%Y-%m-%d %H:%M:%S}Z", ("the first " if more else "") + plural(rooms, "room")]
        if self._wanted.people:
            head.append(plural(sum(roster.connected for roster in self._rosters.values()), "person", "people"))
        if self._wanted.people and (unread := rooms - len(self._rosters)):
            head.append(f"{unread} not read yet")
        return "   ".join(head)

    async def _pass_on(self) -> None:
        found: dict[str, RoomAsTold] = {}
        more = await list_as_told(self._connection, self._wanted, found)
        self._say_on_the_first_look(more=more)
        now = self._connection.clock.now()
        print_json_line(room_line(told, now) for told in found.values())

    def _say_on_the_first_look(self, *, more: bool) -> None:
        if more and not self._looks:
            say_that_there_are_more(self._wanted.limit)

    async def _read_rosters(self, rooms: dict[str, Room], until: float) -> TwilioError | None:
        """Read rosters until that instant; what went wrong, if something did."""
        before = self._rosters
        self._rosters = {sid: before[sid] for sid in rooms if sid in before}
        clock, gateway = self._connection.clock, self._connection.gateway
        failures: list[TwilioError] = []

        async def read(room: Room) -> None:
            known = self._rosters.get(room.sid)
            try:
                self._rosters[room.sid] = await read_roster(gateway, room.sid, clock, before=known)
            except NotFound:
                pass  # it has ended; the next list does not have it
            except TwilioError as error:
                failures.append(error)

        # A list that takes longer than that must not leave the rosters unread for ever.
        until = max(until, clock.monotonic() + self._refresh / 2)
        await for_each(
            self._connection,
            sorted(rooms.values(), key=self._turn),
            read,
            what="rosters",
            reads=len(rooms),
            stop=lambda: clock.monotonic() >= until or len(failures) >= FAILURES_MAX,
            quiet=True,
            at_a_time=max(1, min(AT_A_TIME, int(self._refresh * self._connection.budget.promise / _LATE))),
        )
        return failures[0] if failures else None

    def _turn(self, room: Room) -> tuple[float, tuple[float, str]]:
        """When its roster was read; of those never read, what stands on top comes first."""
        roster = self._rosters.get(room.sid)
        return roster.as_of.timestamp() if roster is not None else float("-inf"), closing_order(room, roster)


class Screen:
    """Shows lines: on a terminal in the place of those before, elsewhere after them, with an empty line between."""

    def __init__(self) -> None:
        self._shown = 0
        self._first = True

    def show(self, lines: Sequence[str]) -> None:
        """Show these lines instead; where the terminal has no room for all of them, how many are left out."""
        size = terminal_size()
        if size is None or os.environ.get("TERM", "dumb") == "dumb":
            click.echo(("" if self._first else "\n") + "\n".join(lines))
            self._first = False
            return
        room = max(2, size.lines - 1)  # the cursor stands on the line below
        if len(lines) > room:
            lines = [*lines[: room - 1], f"and {len(lines) - room + 1} more; a higher window shows more of them"]
        up = _UP.format(min(self._shown, room)) if self._shown else ""
        fitting = (cut(line, size.columns) for line in lines)
        rewritten = "".join(f"{line}{_CLEAR_REST_OF_LINE}\n" for line in fitting)
        click.echo(f"{up}{rewritten}{_CLEAR_BELOW}", nl=False, color=True)
        self._shown = len(lines)

    def leave(self) -> None:
        """Something else was written below: let what is shown stand."""
        self._shown = 0
