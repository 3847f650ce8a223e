"""What `roomtui doctor` asks Twilio: one read, from which follow way, credentials, clock and quota."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.cli.checks import Check, fail, ok, warn
from roomtui.cli.connect import connect
from roomtui.rooms.countdown import span
from roomtui.rooms.untrusted import safe
from roomtui.rooms.words import plural
from roomtui.twilio_api import proxy
from roomtui.twilio_api.clock import ServerClock
from roomtui.twilio_api.errors import CredentialsRefused, InvalidApiUrl, Refused, Throttled, TwilioError, Unreachable
from roomtui.twilio_api.gateway import RoomQuery
from roomtui.twilio_api.origin import DEFAULT_API_URL, ApiUrl
from roomtui.twilio_api.retries import Retries
from roomtui.watch.budget import ReadBudget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roomtui.cli.connect import Connection
    from roomtui.config import Config
    from roomtui.twilio_api.gateway import Gateway

QUOTA: Final = 80
"""Reads a second that an account has for everything its owner runs (Programmable Video Limits)."""

_PAGE: Final = 1000
_SLOW: Final = 1.0
_SKEW_MAX: Final = 2.0
_MIND: Final = 40
_READS_A_ROSTER: Final = 2


async def twilio_checks(config: Config) -> list[Check]:
    """Ask for the live rooms, and see what comes of it."""
    name = safe(config.api_url)
    try:
        origin = ApiUrl.parse(config.api_url).origin
        through = proxy.from_environment(origin)
        connection = connect(config, ServerClock(), ReadBudget(config.reads_per_second), retries=Retries(attempts=1))
    except InvalidApiUrl as error:
        return [fail("api", str(error), f"Leave out --api-url, ROOMTUI_API_URL and api_url for {DEFAULT_API_URL}.")]
    except Unreachable as error:
        return [fail("proxy", str(error), "Set HTTPS_PROXY=http://host:port, or NO_PROXY for this host.")]
    checks = [ok("proxy", through.name)] if through is not None else []
    monotonic = connection.clock.monotonic
    began = monotonic()
    try:
        rooms, more = await _first_page(connection.gateway)
    except TwilioError as error:
        return [*checks, *_failed(error, name), *_clock(connection)]
    finally:
        await connection.gateway.close()
    took = monotonic() - began
    answered = f"{name} answered in {round(took * 1000)} ms"
    slow = warn("api", answered, "The line is slow: the dashboard still answers to keys, its rooms are a bit older.")
    checks.append(slow if took > _SLOW else ok("api", answered))
    checks.append(ok("credentials", f"{safe(config.credentials.account_sid)} is let in"))
    checks += _clock(connection)
    checks.append(_quota(config, connection, rooms, more=more))
    return checks


async def _first_page(gateway: Gateway) -> tuple[int, bool]:
    """How many rooms are in progress, and whether there may be more of them: a server may make shorter pages."""
    rooms = 0
    async for page in gateway.room_pages(RoomQuery(page_size=_PAGE)):
        if rooms or len(page) == _PAGE:
            return rooms or len(page), True
        rooms = len(page)
    return rooms, False


def _failed(error: TwilioError, name: str) -> Iterator[Check]:
    if isinstance(error, CredentialsRefused):
        yield ok("api", f"{name} answers")
        yield fail("credentials", str(error), "`roomtui config show` tells where they come from.")
    elif isinstance(error, Throttled):
        yield warn("api", str(error), "Others read this account too: wait, or lower --reads-per-second.")
    elif isinstance(error, Refused):
        yield fail("api", str(error), "See https://status.twilio.com, and try again.")
    elif isinstance(error, Unreachable):
        yield fail("api", str(error), "See that this host may reach it (a firewall?), or name a proxy in HTTPS_PROXY.")
    else:
        yield fail("api", str(error), "See that the API URL is right, and that no login page stands in between.")


def _clock(connection: Connection) -> Iterator[Check]:
    skew = connection.clock.skew()
    if skew is None:
        return
    if abs(skew) <= _SKEW_MAX:
        yield ok("clock", "this host goes with Twilio's")
        return
    way = "ahead of" if skew > 0 else "behind"
    yield warn(
        "clock",
        f"this host is {span(round(abs(skew)))} {way} Twilio; countdowns are right all the same",
        "Switch on time synchronisation (timedatectl set-ntp true).",
    )


def _quota(config: Config, connection: Connection, rooms: int, *, more: bool) -> Check:
    reads = config.reads_per_second
    counts = connection.transport.counts
    told = f"{reads} of the account's {QUOTA} reads/s are ours"
    if counts.last_concurrent_requests is not None:
        told += f", {plural(counts.last_concurrent_requests, 'request')} at once now"
    if more:
        told += f"; {rooms} rooms or more"
    else:
        told += f"; {plural(rooms, 'room')}, all rosters in {span(max(1, _READS_A_ROSTER * rooms // reads))}"
    if reads > _MIND:
        return warn("quota", told, "Leave others some: --reads-per-second 20 is enough for what is on screen.")
    return ok("quota", told)
