"""A connection for one command. What it takes to ask Twilio is loaded when something is asked: `--help` needs none."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import click

from roomtui.cli.exits import mask_numbers, say
from roomtui.rooms.countdown import span

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from roomtui.cli.connect import Connection
    from roomtui.config import Config
    from roomtui.twilio_api.clock import ServerClock


_LONG: Final = 2.0
"""Seconds that nobody waits for without asking why."""

_FAR_OFF: Final = 12 * 3600.0
"""Seconds. A host whose clock is wrong by so much is rare; a `Date` that is, would make every countdown wrong."""


@asynccontextmanager
async def connected(config: Config, *, counting_down: bool = False) -> AsyncIterator[Connection]:
    """A connection, closed at the end; nothing is sent before the first question.

    Args:
        config: whose account is asked, and how.
        counting_down: whether the command tells how long is left, and has to say where Twilio's time is in doubt.
    """
    from roomtui.cli.connect import connect  # noqa: PLC0415 - as above
    from roomtui.twilio_api.clock import ServerClock  # noqa: PLC0415 - as above
    from roomtui.twilio_api.retries import PATIENT  # noqa: PLC0415 - as above
    from roomtui.watch.budget import ReadBudget  # noqa: PLC0415 - as above

    mask_numbers(mask=config.no_pii)
    budget, held_up = ReadBudget(config.reads_per_second), HeldUp()
    connection = connect(config, ServerClock(), budget, retries=PATIENT, held_up=held_up)
    try:
        yield connection
        if counting_down:
            _tell_of_the_time(connection.clock)
    finally:
        await connection.gateway.close()


class HeldUp:
    """Tells once why nothing seems to happen, where Twilio holds us up for long."""

    def __init__(self) -> None:
        self._told = False

    def __call__(self, seconds: float) -> None:
        """It waits for so many seconds."""
        if self._told or seconds < _LONG:
            return
        self._told = True
        if sys.stderr.isatty():
            click.echo("\r", nl=False, err=True)  # over what is told of a long reading
        say("Twilio limits this account's requests: asking again, for some minutes at most; ctrl+c ends it.")


def _tell_of_the_time(clock: ServerClock) -> None:
    """Say where the time that all countdowns go by cannot be trusted."""
    jump, skew = clock.doubt(), clock.skew()
    if jump is not None:
        say(f"The time in Twilio's answers has jumped by {span(round(jump))}: how long is left may be wrong.")
    elif skew is None:
        say("Twilio's answers tell no time: how long is left goes by this machine's clock.")
    elif abs(skew) >= _FAR_OFF:
        say(
            f"Twilio's clock and this machine's are {span(round(abs(skew)))} apart: how long is left goes by Twilio's. "
            "If that is the wrong one, so is all of it."
        )
