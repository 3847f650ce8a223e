"""A connection for one command. What it takes to ask Twilio is loaded when something is asked: `--help` needs none."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from roomtui.cli.exits import mask_numbers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from roomtui.cli.connect import Connection
    from roomtui.config import Config


@asynccontextmanager
async def connected(config: Config) -> AsyncIterator[Connection]:
    """A connection, closed at the end; nothing is sent before the first question."""
    from roomtui.cli.connect import connect  # noqa: PLC0415 - as above
    from roomtui.twilio_api.clock import ServerClock  # noqa: PLC0415 - as above
    from roomtui.twilio_api.retries import PATIENT  # noqa: PLC0415 - as above
    from roomtui.watch.budget import ReadBudget  # noqa: PLC0415 - as above

    mask_numbers(mask=config.no_pii)
    connection = connect(config, ServerClock(), ReadBudget(config.reads_per_second), retries=PATIENT)
    try:
        yield connection
    finally:
        await connection.gateway.close()
