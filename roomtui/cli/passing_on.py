"""`roomtui ls --no-people --json`: the rooms in progress as Twilio tells them, and when each closes at the latest."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from roomtui.cli.connecting import connected
from roomtui.cli.exits import Exit, no_list
from roomtui.cli.interrupting import until_ctrl_c
from roomtui.cli.output import OURS, print_json_array, room_line
from roomtui.cli.saying import say_that_not_all_are_listed, say_that_there_are_more
from roomtui.twilio_api.errors import NotFound

if TYPE_CHECKING:
    from roomtui.cli.connect import Connection
    from roomtui.cli.listing import Wanted
    from roomtui.config import Config
    from roomtui.twilio_api.as_told import RoomAsTold


async def pass_on(config: Config, wanted: Wanted) -> int:
    """Print them once. The exit code.

    Raises:
        TwilioError: the list could not be read.
        click.Abort: interrupted before there was anything.
    """
    found: dict[str, RoomAsTold] = {}
    code = Exit.DONE
    async with connected(config) as connection:
        try:
            if await until_ctrl_c(list_as_told(connection, wanted, found)):
                say_that_there_are_more(wanted.limit)
        except asyncio.CancelledError:
            code = Exit.INTERRUPTED
            say_that_not_all_are_listed(len(found))
        now = connection.clock.now()
    print_json_array(room_line(told, now) for told in found.values())
    return code


async def list_as_told(connection: Connection, wanted: Wanted, found: dict[str, RoomAsTold]) -> bool:
    """List into `found`, by SID; whether there are more than are wanted.

    Raises:
        TwilioError: the list could not be read.
    """
    try:
        async for page in connection.gateway.room_pages_as_told(wanted.query, added=OURS):
            for told in page:
                if wanted.limit is not None and len(found) == wanted.limit:
                    return True
                found[told.sid] = told
    except NotFound as error:
        raise no_list() from error
    return False
