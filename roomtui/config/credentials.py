"""Whose word we use with Twilio: the credentials of a profile, wherever they are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from roomtui.config import twilio_cli
from roomtui.config.errors import ConfigError, CredentialsMissingError
from roomtui.config.keys import CREDENTIALS
from roomtui.config.places import config_file
from roomtui.config.settings import Source
from roomtui.rooms.untrusted import safe
from roomtui.twilio_api.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

OUR_SERVICE: Final = "roomtui"
"""What our entries in the keyring are filed under, unless the profile says otherwise."""
HOW_TO_KEEP: Final = "api_key with api_secret, auth_token, keyring or credential_command"
"""The ways in which a profile has a secret."""
_VARIABLES: Final = {key.name: key.environment[0] for key in CREDENTIALS if key.environment}
_SIDS: Final = {"account_sid": ("an account", ("AC",)), "api_key": ("an API key", ("SK", "AC"))}
"""What Twilio calls each by. Some write the account itself in the place of a key, and its auth token as the secret."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the credentials: a profile, or the environment.

    Attributes:
        source: which of them.
        name: the profile's.
        place: file and line of the profile, safe to show.
        values: what is said there, by our names; secrets are among them.
    """

    source: Source
    name: str
    place: str
    values: Mapping[str, object] = field(repr=False)

    def text(self, key: str) -> str | None:
        """What it says for this key, if that is text and not empty."""
        value = self.values.get(key)
        return value if isinstance(value, str) and value else None

    def __str__(self) -> str:
        if self.source is Source.ENVIRONMENT:
            return "the environment"
        return f"{self.source.value} {safe(self.name)}"


def in_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What the environment says of credentials, by our names. No line break of a file that it was read from is kept."""
    said = {key: environ.get(name, "").strip() for key, name in _VARIABLES.items()}
    return {key: text for key, text in said.items() if text}


def is_account(text: str | None) -> bool:
    """Whether it is the SID of an account, which may be shown; what else stands there may be a secret."""
    return text is not None and wrong_sid("account_sid", text) is None


def wrong_sid(key: str, text: str) -> str | None:
    """What is wrong with what `account_sid` or `api_key` says, if something is; it is not repeated."""
    what, beginnings = _SIDS[key]
    # No stricter than it takes to tell a secret from it: in examples and for other servers it is shorter.
    if text.startswith(beginnings) and re.fullmatch(r"[\w.-]+", text, re.ASCII):
        return None
    return f"is no SID of {what} ({beginnings[0]} and 32 hexadecimal digits)"


def credentials_of(holder: Holder, environ: Mapping[str, str], *, terminal: bool = True) -> Credentials:
    """The credentials, from wherever they are kept. May take as long as somebody needs to type a passphrase.

    A profile that has no secret at all gets that of the environment, if that is for the same account.

    Args:
        holder: who has them.
        environ: the environment.
        terminal: whether a program may use the terminal to ask for a passphrase.

    Raises:
        CredentialsMissingError: there are none, or not all of them, or they cannot be had, or are none.
        ConfigError: they are for another account than the profile.
    """
    account, key = holder.text("account_sid"), holder.text("api_key")
    secret, token = holder.text("api_secret"), holder.text("auth_token")
    if holder.source is not Source.ENVIRONMENT:
        kept = _kept_elsewhere(holder, environ, terminal=terminal)
        told = kept.get("account_sid")
        if account and told and told != account:
            raise ConfigError(_of(holder, f"is for {safe(account)}, but its credentials are for {safe(told)}."))
        account = account or told
        key, secret = key or kept.get("api_key"), secret or kept.get("api_secret")
        token = token or kept.get("auth_token")
        if "secret" in kept:
            # Only the secret was told: it belongs to the key, if one is named.
            secret, token = (kept["secret"], token) if key else (secret, kept["secret"])
    for text in (account, key, secret, token):
        if text is not None and not _is_text(text):
            raise CredentialsMissingError(f"The credentials in {holder} are not UTF-8 text: set them anew.")
    if not account:
        raise CredentialsMissingError(_no_account(holder))
    _see_that_they_can_be(holder, account, key)
    if key and secret:
        return Credentials(key, secret, account)
    if token:
        return Credentials(account, token, account)
    raise CredentialsMissingError(_no_secret(holder))


def _see_that_they_can_be(holder: Holder, account: str, key: str | None) -> None:
    """See that these are SIDs, and a key of that very account.

    Raises:
        CredentialsMissingError: something else stands there.
        ConfigError: it is a key of another account.
    """
    for name, sid in (("account_sid", account), ("api_key", key)):
        wrong = sid and wrong_sid(name, sid)
        if wrong:
            called = _VARIABLES[name] if holder.source is Source.ENVIRONMENT else name
            raise CredentialsMissingError(_of(holder, f"has something in {called} that {wrong}."))
    if key and key.startswith("AC") and key != account:
        # A main account's credentials open a sub-account's resources at api.twilio.com only; what has a host of its
        # own, such as video.twilio.com, takes the sub-account's own: an API key, or its SID and auth token (REST API:
        # Subaccounts, Authentication).
        raise ConfigError(
            _of(
                holder,
                f"has the credentials of {safe(key)} for the rooms of {safe(account)}. Twilio Video takes only a "
                "sub-account's own: make an API key in the sub-account.",
            )
        )


def _kept_elsewhere(holder: Holder, environ: Mapping[str, str], *, terminal: bool) -> Mapping[str, str]:
    """What somebody else keeps of the credentials; nothing where the profile has a secret itself."""
    command, keyring = holder.values.get("credential_command"), holder.values.get("keyring")
    if holder.text("auth_token") or holder.text("api_secret"):
        return {}
    from roomtui.config import vault  # noqa: PLC0415 - only who has no secret at hand pays for it

    try:
        if isinstance(command, tuple):
            return vault.from_command(command, terminal=terminal)
        if keyring:
            service = keyring if isinstance(keyring, str) else OUR_SERVICE
            entry = holder.text("api_key") or holder.text("account_sid")
            return {} if entry is None else {"secret": vault.from_keyring(service, entry)}
        if holder.source is Source.TWILIO_CLI:
            return _kept_by_twilio_cli(holder.name)
    except vault.VaultError as error:
        raise CredentialsMissingError(_of(holder, f"{error}.")) from None
    theirs = in_environment(environ)
    return theirs if theirs.get("account_sid") == holder.text("account_sid") else {}


def _kept_by_twilio_cli(name: str) -> Mapping[str, str]:
    from roomtui.config import vault  # noqa: PLC0415 - as above

    # Where its older versions keep secrets, on a Mac we find them too. On Linux it files them so that only it does.
    try:
        key, _, secret = vault.from_keyring(twilio_cli.SERVICE, name).partition("|")
    except vault.VaultError:
        raise vault.VaultError(
            "has its secret in the system's keychain, where only Twilio's command line finds it: "
            f"`twilio profiles:port {safe(name)}` moves it into its file"
        ) from None
    return {"api_key": key, "api_secret": secret}


def _no_account(holder: Holder) -> str:
    if holder.source is Source.ENVIRONMENT:
        return (
            "No credentials: set TWILIO_ACCOUNT_SID and either TWILIO_API_KEY with TWILIO_API_SECRET or "
            f"TWILIO_AUTH_TOKEN, or write a profile into {config_file()} (`roomtui config edit`). "
            "`roomtui demo` needs none."
        )
    return _of(holder, "has no account_sid.")


def _no_secret(holder: Holder) -> str:
    if holder.source is Source.ENVIRONMENT:
        return (
            "The account SID is known, but the environment lacks its secret: set either TWILIO_API_KEY with "
            "TWILIO_API_SECRET or TWILIO_AUTH_TOKEN."
        )
    return _of(holder, f"lacks its secret: set {HOW_TO_KEEP}.")


def _of(holder: Holder, what: str) -> str:
    """A sentence about a profile, with its place."""
    place = f"{holder.place}: " if holder.place else ""
    return f"{place}{holder} {what}"


def _is_text(text: str) -> bool:
    # What is no UTF-8 in the environment comes as lone surrogates, which nothing can send.
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
