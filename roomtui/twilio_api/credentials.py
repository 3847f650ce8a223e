"""Who we are to Twilio, in a form that does not show the secret."""

from __future__ import annotations

import base64
from dataclasses import dataclass


class Secret(str):
    """A string that a traceback with locals, a log line or a debugger shows as ``***``.

    It still is the string: `str(secret)` and `secret.encode()` give it away, `repr(secret)` does not.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An API key (`SK...` and its secret; recommended) or the account itself (`AC...` and its auth token).

    Attributes:
        username: the SID of the key, or of the account.
        password: the key's secret or the auth token; kept as a `Secret`.
        account_sid: the account that is asked about.

    Raises:
        ValueError: one of them is empty. The SDK would send such requests without any credentials.
    """

    username: str
    password: str
    account_sid: str

    def __post_init__(self) -> None:
        if not (self.username and self.password and self.account_sid):
            raise ValueError("credentials need a user name, a password and an account SID")
        object.__setattr__(self, "password", Secret(self.password))


def basic(username: str, password: str) -> Secret:
    """The value of an `Authorization` header (RFC 7617, UTF-8)."""
    token = base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
    return Secret(f"Basic {token}")
