"""The one place where the parts are wired together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from roomtui.twilio_api.sdk import SdkGateway
from roomtui.twilio_api.transport import Transport
from roomtui.watch.turnstile import Turnstile

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.config import Config
    from roomtui.twilio_api.clock import ServerClock
    from roomtui.twilio_api.retries import Retries
    from roomtui.watch.actions import Actions
    from roomtui.watch.budget import ReadBudget


ActionsT = TypeVar("ActionsT", bound="Actions")


@dataclass(frozen=True)
class Connection:
    """Twilio, within the read budget."""

    config: Config
    gateway: SdkGateway
    clock: ServerClock
    budget: ReadBudget
    transport: Transport

    @cached_property
    def actions(self) -> Actions:
        """What may be done there; who only looks does not load it."""
        from roomtui.watch.actions import Actions  # noqa: PLC0415 - as above

        return self.acting(Actions)

    def acting(self, kind: type[ActionsT]) -> ActionsT:
        """Actions of this kind."""
        from roomtui.config import journal_file  # noqa: PLC0415 - as above
        from roomtui.watch.journal import Journal, who  # noqa: PLC0415 - as above

        config = self.config
        return kind(
            self.gateway,
            Journal(journal_file(config.name)),
            self.clock,
            context={**who(), "profile": config.name, "account_sid": config.credentials.account_sid},
            read_only=config.read_only,
        )


def connect(
    config: Config,
    clock: ServerClock,
    budget: ReadBudget,
    *,
    retries: Retries | None = None,
    held_up: Callable[[float], object] = lambda _: None,
) -> Connection:
    """A connection; nothing is sent before the first question. `held_up` as the transport tells it."""
    transport = Transport(config.api_url, clock=clock, pace=Turnstile(budget), retries=retries, held_up=held_up)
    gateway = SdkGateway(config.credentials, transport)
    return Connection(config, gateway, clock, budget, transport)
