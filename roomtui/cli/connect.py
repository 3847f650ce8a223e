"""The one place where the parts are wired together."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roomtui.config import journal_file
from roomtui.twilio_api.clock import ServerClock
from roomtui.twilio_api.retries import PATIENT
from roomtui.twilio_api.sdk import SdkGateway
from roomtui.twilio_api.transport import Transport
from roomtui.watch.actions import Actions
from roomtui.watch.budget import ReadBudget
from roomtui.watch.journal import Journal, who
from roomtui.watch.turnstile import Turnstile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from roomtui.config import Config
    from roomtui.twilio_api.gateway import Gateway
    from roomtui.twilio_api.retries import Retries


@dataclass(frozen=True, slots=True)
class Connection:
    """Twilio, within the read budget."""

    gateway: Gateway
    clock: ServerClock
    budget: ReadBudget
    transport: Transport
    actions: Actions


def connect(config: Config, clock: ServerClock, budget: ReadBudget, *, retries: Retries | None = None) -> Connection:
    """A connection; nothing is sent before the first question."""
    transport = Transport(config.api_url, clock=clock, pace=Turnstile(budget), retries=retries)
    gateway = SdkGateway(config.credentials, transport)
    actions = Actions(
        gateway,
        Journal(journal_file(config.name)),
        clock,
        context={**who(), "profile": config.name, "account_sid": config.credentials.account_sid},
        read_only=config.read_only,
    )
    return Connection(gateway, clock, budget, transport, actions)


@asynccontextmanager
async def connected(config: Config) -> AsyncIterator[Connection]:
    """A connection for one command."""
    connection = connect(config, ServerClock(), ReadBudget(config.reads_per_second), retries=PATIENT)
    try:
        yield connection
    finally:
        await connection.gateway.close()
