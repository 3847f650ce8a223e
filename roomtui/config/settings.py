"""What is in force, in values that the rest of the program can use as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from roomtui.config.keys import DEFAULT_READS_PER_SECOND, DEFAULT_REFRESH
from roomtui.twilio_api.origin import DEFAULT_API_URL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from roomtui.twilio_api.credentials import Credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed on the command line; None where it was not."""

    profile: str | None = None
    config: Path | None = None
    api_url: str | None = None
    read_only: bool | None = None
    refresh: float | None = None
    reads_per_second: int | None = None
    no_pii: bool | None = None
    ascii: bool | None = None
    mouse: bool | None = None
    plain_output: bool | None = None


class Source(Enum):
    """Where an account is known from."""

    FILE = "profile"
    ENVIRONMENT = "environment"
    TWILIO_CLI = "twilio-cli profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account that can be watched, as a list of them shows it.

    Attributes:
        name: the profile's name; from the environment, what the account is called without a profile.
        source: where it is known from.
        account_sid: the account, where that is known without asking anybody.
        accent: the colour of its name, if one is configured.
        read_only: nothing may be changed.
    """

    name: str
    source: Source = Source.FILE
    account_sid: str | None = None
    accent: str | None = None
    read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTable:
    """What is to be called to attention, as it stands in the file.

    Attributes:
        name: what it is called.
        when: which rooms, as a filter says it.
        color: the colour of the row, if it is to have one.
        sign: what is written before the room, if something is.
        bell: whether the terminal's bell is rung.
        osc9: whether the terminal is asked for a notification (OSC 9).
        command: the program to run, and its arguments; empty where none is.
        quiet_hours: from when to when (`22:00-06:00`) it is only shown; its own, else the profile's, else everybody's.
    """

    name: str
    when: str
    color: str | None = None
    sign: str | None = None
    bell: bool = False
    osc9: bool = False
    command: tuple[str, ...] = ()
    quiet_hours: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What is in force.

    Attributes:
        name: the profile's name; without a profile, the account's SID, shortened.
        credentials: who we are.
        source: where the account is known from.
        api_url: where Twilio's Video API is.
        read_only: nothing may be changed.
        refresh: seconds between two looks at the rooms list.
        reads_per_second: the promised limit.
        no_pii: phone numbers are masked.
        ascii: only ASCII is drawn; None where nothing was said: as the locale is.
        mouse: the mouse is listened to.
        plain_output: the terminal is sent whole lines, not only the cells that changed.
        caller_id: the number that phones are called from (E.164), if one is configured.
        views: saved filters, by name.
        columns: the columns to show, in their order; None where nothing was said.
        keys: the keys of bindings, by the bindings' ids.
        theme: the theme's name, if one is configured.
        accent: the colour of the account's name, if one is configured.
        alerts: what is to be called to attention; a profile's own last.
        accounts: all that can be watched; this one is among them.
    """

    name: str
    credentials: Credentials
    source: Source = Source.ENVIRONMENT
    api_url: str = DEFAULT_API_URL
    read_only: bool = False
    refresh: float = DEFAULT_REFRESH
    reads_per_second: int = DEFAULT_READS_PER_SECOND
    no_pii: bool = False
    ascii: bool | None = None
    mouse: bool = False
    plain_output: bool = False
    caller_id: str | None = None
    views: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    theme: str | None = None
    accent: str | None = None
    alerts: tuple[AlertTable, ...] = ()
    accounts: tuple[Account, ...] = ()


def short(account_sid: str) -> str:
    """What an account without a profile is called."""
    return f"{account_sid[:6]}..{account_sid[-4:]}"
