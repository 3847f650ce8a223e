"""What is in force: options, environment and file brought together.

Precedence: what was typed, then `--profile`, then the environment, then the file's default profile, then a profile of
Twilio's own command line.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from roomtui.config import file, keys, twilio_cli
from roomtui.config.credentials import Holder, credentials_of, in_environment, is_account
from roomtui.config.errors import ConfigError, CredentialsMissingError, nearest, place
from roomtui.config.places import config_file, twilio_cli_file
from roomtui.config.settings import Account, AlertTable, Config, Source, Typed, short
from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from roomtui.config.file import ConfigFile
    from roomtui.config.keys import Key
    from roomtui.config.twilio_cli import TwilioCli

PROFILE_VARIABLE: Final = "ROOMTUI_PROFILE"


@dataclass(frozen=True, slots=True)
class Setting:
    """A value in force, and where it comes from, in words."""

    value: Any = field(repr=False)  # it may be a secret
    source: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that settings may come from, and which profile is meant.

    Attributes:
        typed: the options.
        environ: the environment.
        file: the configuration file.
        cli: the profiles of Twilio's command line.
        holder: who has the credentials.
    """

    typed: Typed
    environ: Mapping[str, str] = field(repr=False)
    file: ConfigFile
    cli: TwilioCli
    holder: Holder

    @property
    def profile(self) -> str | None:
        """The profile of our file that is meant; None where it is none of them."""
        return self.holder.name if self.holder.source is Source.FILE else None

    def settings(self) -> dict[str, Setting]:
        """How we behave, by key: each with the first value that is said."""
        return {key.name: next(self._said(key)) for key in keys.SETTINGS}

    def table(self, name: str) -> dict[str, Setting]:
        """The texts of a table (`views`, `keys`) by their names; those of the profile before those for all."""
        said: dict[str, Setting] = {}
        for profile in (None, self.profile):
            table = self.file.top if profile is None else self.file.profiles[profile]
            for each, text in table.values.get(name, {}).items():
                said[each] = Setting(text, self._in_file(profile, name))
        return said

    def alerts(self) -> tuple[AlertTable, ...]:
        """The alerts; one of the profile takes the place of one of the same name."""
        mine = self.file.profiles[self.profile].alerts if self.profile is not None else ()
        by_name = {alert.name: alert for alert in (*self.file.top.alerts, *mine)}
        quiet = self.settings()["quiet_hours"].value
        return tuple(replace(alert, quiet_hours=alert.quiet_hours or quiet) for alert in by_name.values())

    def accounts(self) -> tuple[Account, ...]:
        """All that can be watched, each name once; the environment's first, for it has no name to be found by."""
        found: dict[str, Account] = {}
        typed, for_all = bool(self.typed.read_only), bool(self.file.top.values.get("read_only"))
        theirs = in_environment(self.environ)
        if len(theirs) > 1 and is_account(theirs.get("account_sid")):
            sid = theirs["account_sid"]
            found[short(sid)] = Account(
                name=short(sid), source=Source.ENVIRONMENT, account_sid=sid, read_only=typed or for_all
            )
        for name, table in self.file.profiles.items():
            found[name] = Account(
                name=name,
                account_sid=table.values.get("account_sid"),
                accent=table.values.get("accent"),
                read_only=typed or bool(table.values.get("read_only", for_all)),
            )
        for name, profile in self.cli.profiles.items():
            account = Account(
                name=name,
                source=Source.TWILIO_CLI,
                account_sid=profile["account_sid"],
                read_only=typed or for_all,
            )
            found.setdefault(name, account)
        return tuple(found.values())

    def _said(self, key: Key) -> Iterator[Setting]:
        typed = getattr(self.typed, key.name, None)
        if typed is not None:
            yield Setting(typed, f"typed: {key.option}")
        from_environment = [
            Setting(self.environ[name], f"environment: {name}") for name in key.environment if self.environ.get(name)
        ]
        if self.typed.profile is None:
            yield from from_environment
        for profile in (self.profile, None):
            if profile is None and self.typed.profile is not None:
                yield from from_environment
            table = self.file.top if profile is None else self.file.profiles[profile]
            value = table.values.get(key.name)
            if value is not None and value != "":
                yield Setting(value, self._in_file(profile, key.name))
        yield Setting(key.default, "default")

    def _in_file(self, profile: str | None, key: str) -> str:
        where = self.file.place(profile, key)
        return f"{where}, profile {safe(profile)}" if profile is not None else f"{where}, for all profiles"


def sources(typed: Typed, environ: Mapping[str, str] = os.environ) -> Sources:
    """Find out which profile is meant. Asks nobody for secrets.

    Raises:
        CredentialsMissingError: no source has an account.
        ConfigError: the file cannot be read, is not TOML, or has no such profile.
    """
    path = typed.config or config_file()
    config = file.read(path, must_exist=typed.config is not None)
    cli = twilio_cli.read(twilio_cli_file())
    return Sources(typed, environ, config, cli, _holder(typed, environ, config, cli))


def load(typed: Typed, environ: Mapping[str, str] = os.environ, *, terminal: bool = True) -> Config:
    """What is in force, from all sources.

    Args:
        typed: the options.
        environ: the environment.
        terminal: whether a program may use the terminal to ask for a passphrase.

    Raises:
        CredentialsMissingError: no source has (all) credentials.
        ConfigError: the file or an option is wrong.
    """
    found = sources(typed, environ)
    see_that_nothing_hinders(found)
    settings = {name: setting.value for name, setting in found.settings().items() if name != "quiet_hours"}
    credentials = credentials_of(found.holder, environ, terminal=terminal)
    return Config(
        name=found.holder.name or short(credentials.account_sid),
        credentials=credentials,
        source=found.holder.source,
        views={name: setting.value for name, setting in found.table("views").items()},
        keys={name: setting.value for name, setting in found.table("keys").items()},
        alerts=found.alerts(),
        accounts=found.accounts(),
        **settings,
    )


def load_account(
    account: Account, typed: Typed, environ: Mapping[str, str] = os.environ, *, terminal: bool = False
) -> Config:
    """What is in force for another one of the accounts, the same options given.

    Raises:
        ConfigError: as `load`.
    """
    if account.source is Source.ENVIRONMENT:
        others = {name: value for name, value in environ.items() if name != PROFILE_VARIABLE}
        return load(replace(typed, profile=None), others, terminal=terminal)
    return load(replace(typed, profile=account.name), environ, terminal=terminal)


def see_that_nothing_hinders(found: Sources) -> None:
    """See that the file is right as far as this profile needs it.

    Raises:
        ConfigError: it is not.
    """
    hindering = [each for each in found.file.complaints if each.hinders(found.profile)]
    if hindering:
        more = len(hindering) - 1
        raise ConfigError(f"{hindering[0]}" + (f" (And {more} more: `roomtui config check`.)" if more else ""))


def _holder(typed: Typed, environ: Mapping[str, str], config: ConfigFile, cli: TwilioCli) -> Holder:
    chosen = typed.profile or environ.get(PROFILE_VARIABLE) or None
    if chosen is not None:
        return _profile(chosen, config, cli)
    environment = Holder(Source.ENVIRONMENT, "", "", in_environment(environ))
    if environment.text("account_sid"):
        return environment
    if config.default is not None:
        return _profile(config.default, config, cli)
    if cli.active is not None:
        return _profile(cli.active, config, cli)
    if config.profiles:
        names = ", ".join(map(safe, config.profiles))
        raise CredentialsMissingError(
            f"{place(config.path, None)}: which profile? Choose with --profile or default_profile: {names}."
        )
    return environment


def _profile(name: str, config: ConfigFile, cli: TwilioCli) -> Holder:
    if name in config.profiles:
        return Holder(Source.FILE, name, config.place(name), config.profiles[name].values)
    if name in cli.profiles:
        return Holder(Source.TWILIO_CLI, name, place(cli.path, None), cli.profiles[name])
    if config.complaints:
        # It may be there, but not readable as it is written.
        for complaint in config.complaints:
            if complaint.always:
                raise ConfigError(str(complaint))
    known = [*config.profiles, *cli.profiles]
    raise ConfigError(f"There is no profile {safe(name)} in {place(config.path, None)}.{nearest(name, known)}")
