"""What is in force, and where each value comes from, fit to be shown to anybody: secrets are only said to be set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from roomtui.config import keys
from roomtui.config.credentials import OUR_SERVICE, is_account, wrong_sid
from roomtui.config.errors import place
from roomtui.config.kinds import WrongValueError
from roomtui.config.places import journal_file, state_file
from roomtui.config.settings import Source, short
from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roomtui.config.load import Sources

_SETTINGS: Final = {key.name: key for key in keys.SETTINGS}
SET: Final = "(set)"
"""What stands in the place of every secret."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One value: its key, itself as JSON has it (None where there is none), and where it comes from, in words."""

    key: str
    value: Any
    source: str


def in_force(found: Sources) -> list[Shown]:
    """Everything that is in force."""
    account = found.holder.text("account_sid")
    name = found.holder.name or (short(account) if account is not None and is_account(account) else None)
    return [
        Shown("profile", None if name is None else safe(name), _why(found)),
        *_credentials(found),
        *(Shown(key, _fit(_SETTINGS[key], each.value), each.source) for key, each in found.settings().items()),
        *(
            Shown(f"{table}.{safe(key)}", safe(setting.value), setting.source)
            for table in ("views", "keys")
            for key, setting in found.table(table).items()
        ),
        *(Shown(f"alerts.{safe(alert.name)}", safe(alert.when), "file") for alert in found.alerts()),
        *(() if name is None else _files(name)),
    ]


def _files(name: str) -> tuple[Shown, ...]:
    return (
        Shown("journal", str(journal_file(name)), "XDG_STATE_HOME"),
        Shown("state", str(state_file(name)), "XDG_STATE_HOME"),
    )


def _why(found: Sources) -> str:
    """Why this profile and no other."""
    if found.typed.profile:
        return "typed: --profile"
    if found.environ.get("ROOMTUI_PROFILE"):
        return "environment: ROOMTUI_PROFILE"
    if found.holder.source is Source.ENVIRONMENT:
        return "environment" if found.holder.text("account_sid") else "no account anywhere"
    if found.holder.source is Source.TWILIO_CLI:
        return f"{place(found.cli.path, None)}, the active profile"
    if "default_profile" in found.file.top.values:
        return f"{found.file.place(None, 'default_profile')}, default_profile"
    return f"{found.holder.place}, the only profile"


def _credentials(found: Sources) -> Iterator[Shown]:
    holder = found.holder
    for key in keys.CREDENTIALS:
        value = holder.values.get(key.name)
        if not value:
            continue
        if holder.source is Source.ENVIRONMENT:
            source = f"environment: {key.environment[0]}"
        elif holder.source is Source.FILE:
            source = found.file.place(holder.name, key.name)
        else:
            source = holder.place
        yield Shown(key.name, _said(key, value), source)


def _said(key: keys.Key, value: object) -> object:
    if key.secret:
        return SET
    if key.name == "credential_command" and isinstance(value, tuple):
        return f"{safe(value[0])} ..." if len(value) > 1 else safe(value[0])  # its arguments may be secret
    if key.name == "keyring":
        return f"service {safe(value) if isinstance(value, str) else OUR_SERVICE}"
    if isinstance(value, str) and (wrong := wrong_sid(key.name, value)):
        return f"({wrong})"  # it may be a secret in a wrong place
    return _plain(value)


def _fit(key: keys.Key, value: object) -> object:
    """The value; of text that is not what it should be, only what is wrong with it: an address may hold a password."""
    if isinstance(value, str):
        try:
            key.kind.read(value)
        except WrongValueError as error:
            return f"({error})"
    return _plain(value)


def _plain(value: object) -> object:
    if isinstance(value, str):
        return safe(value)
    return [safe(each) for each in value] if isinstance(value, tuple) else value
