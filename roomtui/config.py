"""Who we are to Twilio and how we behave: options, environment, profiles in a file. Where files live.

Precedence: what was typed, then `--profile`, then the environment, then the file's default profile.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, TypeVar

from platformdirs import user_config_path, user_state_path

from roomtui.rooms.phone import PhoneNumberError, phone_number
from roomtui.rooms.untrusted import safe
from roomtui.twilio_api.credentials import Credentials
from roomtui.twilio_api.origin import DEFAULT_API_URL

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEFAULT_REFRESH: Final = 2.0
"""Seconds between two looks at the rooms list."""
DEFAULT_READS_PER_SECOND: Final = 20
"""A quarter of what Twilio gives an account (Programmable Video Limits: 80)."""

_T = TypeVar("_T")

_OTHERS_MAY_READ: Final = 0o077
_SECRETS: Final = frozenset({"auth_token", "api_secret"})
_PLAIN_NAME: Final = re.compile(r"[\w-]{1,48}", re.ASCII)


class ConfigError(Exception):
    """The configuration is wrong; `str()` is one sentence: what, where, and what to do."""


class CredentialsMissingError(ConfigError):
    """There are no credentials, or not all of them."""


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
        api_url: where Twilio's Video API is.
        read_only: nothing may be changed.
        refresh: seconds between two looks at the rooms list.
        reads_per_second: the promised limit.
        no_pii: phone numbers are masked.
        ascii: only ASCII is drawn.
        mouse: the mouse is listened to.
        plain_output: the terminal is sent whole lines, not only the cells that changed.
        caller_id: the number that phones are called from (E.164), if one is configured.
        views: saved filters, by name.
        columns: the columns to show, in their order; None where nothing was said.
        keys: the keys of bindings, by the bindings' ids.
        theme: the theme's name, if one is configured.
        accent: the colour of the account's name, if one is configured.
        alerts: what is to be called to attention; a profile's own last.
        profiles: the names of all profiles of the file.
    """

    name: str
    credentials: Credentials
    api_url: str = DEFAULT_API_URL
    read_only: bool = False
    refresh: float = DEFAULT_REFRESH
    reads_per_second: int = DEFAULT_READS_PER_SECOND
    no_pii: bool = False
    ascii: bool = False
    mouse: bool = False
    plain_output: bool = False
    caller_id: str | None = None
    views: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    theme: str | None = None
    accent: str | None = None
    alerts: tuple[AlertTable, ...] = ()
    profiles: tuple[str, ...] = ()


def config_file() -> Path:
    """Where the profiles are, unless `--config` says otherwise."""
    return user_config_path("roomtui") / "config.toml"


def journal_file(name: str) -> Path:
    """The journal of the profile of this name; the name may hold anything, the file's name does not."""
    return user_state_path("roomtui") / f"journal-{_plain(name)}.jsonl"


def state_file(name: str) -> Path:
    """Where the dashboard of this profile remembers things; as for the journal."""
    return user_state_path("roomtui") / f"state-{_plain(name)}.json"


def _plain(name: str) -> str:
    if not _PLAIN_NAME.fullmatch(name):
        # Shortened and made plain it might be another profile's; the digest keeps the two apart.
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        name = f"{re.sub(r'[^a-zA-Z0-9_-]', '_', name[:32])}-{digest}"
    return name


def load(typed: Typed, environ: Mapping[str, str] = os.environ) -> Config:
    """What is in force, from all sources.

    Raises:
        CredentialsMissingError: no source has (all) credentials.
        ConfigError: the file or an option is wrong.
    """
    path = typed.config or config_file()
    file = _File.read(path, must_exist=typed.config is not None)
    chosen = typed.profile or environ.get("ROOMTUI_PROFILE") or None
    if chosen is not None:
        profile = file.profile(chosen)
    elif _has_credentials(environ):
        profile = _from_environment(environ)
    else:
        profile = file.profile(file.default) if file.default is not None else _from_environment({})
    api_url = typed.api_url or (
        profile.text("api_url") or environ.get("ROOMTUI_API_URL")
        if typed.profile is not None
        else environ.get("ROOMTUI_API_URL") or profile.text("api_url")
    )
    credentials = profile.credentials()
    return Config(
        name=profile.name or f"{credentials.account_sid[:6]}..{credentials.account_sid[-4:]}",
        credentials=credentials,
        api_url=api_url or DEFAULT_API_URL,
        read_only=_first(typed.read_only, profile.flag("read_only"), fallback=False),
        refresh=_first(typed.refresh, profile.number("refresh", 0.5, 3600), fallback=DEFAULT_REFRESH),
        reads_per_second=round(
            _first(typed.reads_per_second, profile.number("reads_per_second", 1, 80), fallback=DEFAULT_READS_PER_SECOND)
        ),
        no_pii=_first(typed.no_pii, profile.flag("no_pii"), fallback=False),
        ascii=_first(typed.ascii, profile.flag("ascii"), fallback=False),
        mouse=_first(typed.mouse, profile.flag("mouse"), fallback=False),
        plain_output=_first(typed.plain_output, profile.flag("plain_output"), fallback=False),
        caller_id=profile.phone("caller_id"),
    )


def _first(*values: _T | None, fallback: _T) -> _T:
    return next((value for value in values if value is not None), fallback)


def _has_credentials(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("TWILIO_ACCOUNT_SID"))


def _from_environment(environ: Mapping[str, str]) -> _Profile:
    names = {
        "account_sid": "TWILIO_ACCOUNT_SID",
        "auth_token": "TWILIO_AUTH_TOKEN",
        "api_key": "TWILIO_API_KEY",
        "api_secret": "TWILIO_API_SECRET",
    }
    return _Profile("", {key: environ[name] for key, name in names.items() if environ.get(name)}, None)


_KEYS: Final = frozenset(
    {
        "account_sid",
        "auth_token",
        "api_key",
        "api_secret",
        "api_url",
        "read_only",
        "refresh",
        "reads_per_second",
        "no_pii",
        "ascii",
        "mouse",
        "plain_output",
        "caller_id",
    }
)


@dataclass(frozen=True, slots=True)
class _Profile:
    """One source of settings: a table of the file, or the environment (then it has no name and no path)."""

    name: str
    values: Mapping[str, object] = field(repr=False)  # secrets are among them
    path: Path | None

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        if value is None or isinstance(value, str):
            return value
        raise self._wrong(key, "text in quotes")

    def flag(self, key: str) -> bool | None:
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise self._wrong(key, "true or false")

    def number(self, key: str, least: float, most: float) -> float | None:
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            raise self._wrong(key, f"a number from {least:g} to {most:g}")
        return value

    def phone(self, key: str) -> str | None:
        value = self.text(key)
        if value is None:
            return None
        try:
            return phone_number(value)
        except PhoneNumberError as error:
            raise ConfigError(f"{self._place(key)} is no phone number: {error}") from None

    def credentials(self) -> Credentials:
        account, key, secret, token = map(self.text, ("account_sid", "api_key", "api_secret", "auth_token"))
        if not account:
            if self.path is not None:
                raise CredentialsMissingError(f"Profile {safe(self.name)} in {self.path} has no account_sid.")
            raise CredentialsMissingError(
                "No credentials: set TWILIO_ACCOUNT_SID and either TWILIO_API_KEY with TWILIO_API_SECRET or "
                f"TWILIO_AUTH_TOKEN, or write a profile into {config_file()}. "
                "`roomtui demo` needs none."
            )
        for text in (account, key, secret, token):
            if text is not None and not _is_text(text):
                raise CredentialsMissingError("The credentials in the environment are not UTF-8 text: set them anew.")
        if key and secret:
            return Credentials(key, secret, account)
        if token:
            return Credentials(account, token, account)
        where = "the environment" if self.path is None else f"profile {safe(self.name)} in {self.path}"
        names = (
            "TWILIO_API_KEY with TWILIO_API_SECRET or TWILIO_AUTH_TOKEN"
            if self.path is None
            else "api_key with api_secret or auth_token"
        )
        raise CredentialsMissingError(f"The account SID is known, but {where} lacks its secret: set either {names}.")

    def _wrong(self, key: str, wanted: str) -> ConfigError:
        return ConfigError(f"{self._place(key)} is not {wanted}.")

    def _place(self, key: str) -> str:
        where = f"profile {safe(self.name)} of {self.path}" if self.path is not None else "the environment"
        return f"{key} in {where}"


@dataclass(frozen=True, slots=True)
class _File:
    """The configuration file."""

    path: Path
    profiles: Mapping[str, Mapping[str, object]] = field(repr=False)  # secrets are among them
    default: str | None

    @classmethod
    def read(cls, path: Path, *, must_exist: bool) -> _File:
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            if must_exist:
                raise ConfigError(f"There is no configuration file {path}.") from None
            return cls(path, {}, None)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ConfigError(f"The configuration file {path} cannot be read: {reason}.") from None
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"The configuration file {path} is not TOML: {safe(str(error))}.") from None
        file = cls(path, _tables(path, document), _default(path, document))
        file._check_keys()
        file._check_mode()
        return file

    def profile(self, name: str) -> _Profile:
        if name not in self.profiles:
            raise ConfigError(f"There is no profile {safe(name)} in {self.path}.{_nearest(name, self.profiles)}")
        return _Profile(name, self.profiles[name], self.path)

    def _check_keys(self) -> None:
        for name, values in self.profiles.items():
            for key in values:
                if key not in _KEYS:
                    raise ConfigError(
                        f"Profile {safe(name)} in {self.path} has an unknown key {safe(key)}.{_nearest(key, _KEYS)}"
                    )

    def _check_mode(self) -> None:
        if not any(_SECRETS & values.keys() for values in self.profiles.values()):
            return
        if stat.S_IMODE(self.path.stat().st_mode) & _OTHERS_MAY_READ:
            raise ConfigError(f"{self.path} holds secrets and others may read it: chmod 600 {self.path}")


def _is_text(text: str) -> bool:
    # What is no UTF-8 in the environment comes as lone surrogates, which nothing can send.
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _tables(path: Path, document: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    for key in document:
        if key not in {"default_profile", "profiles"}:
            raise ConfigError(f"{path} has an unknown key {safe(key)}.{_nearest(key, ('default_profile', 'profiles'))}")
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(values, dict) for values in profiles.values()):
        raise ConfigError(f"profiles in {path} must be tables, as in [profiles.acme].")
    return profiles


def _default(path: Path, document: Mapping[str, object]) -> str | None:
    default = document.get("default_profile")
    if default is None or isinstance(default, str):
        return default
    raise ConfigError(f"default_profile in {path} is not text in quotes.")


def _nearest(name: str, known: object) -> str:
    matches = get_close_matches(name, list(known), n=1)  # type: ignore[call-overload] # any collection of names
    return f" Did you mean {safe(matches[0])}?" if matches else ""
