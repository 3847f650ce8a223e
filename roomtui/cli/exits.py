"""Exit codes, and how an error becomes one sentence and a code."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn

import click

from roomtui.config import ConfigError, CredentialsMissingError
from roomtui.rooms.twiml import TwimlError
from roomtui.rooms.untrusted import safe
from roomtui.twilio_api.errors import CredentialsRefused, InvalidApiUrl, NotFound, TwilioError
from roomtui.watch.actions import ReadOnlyError
from roomtui.watch.journal import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class NoSuchRoomError(Exception):
    """Twilio knows no such room; `str()` is one sentence for people."""


class NoSuchParticipantError(Exception):
    """Nobody of this name or SID is in the room; `str()` is one sentence for people."""


class Exit(IntEnum):
    """What the process ends with."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    CREDENTIALS = 4
    REFUSED_BY_US = 5
    INTERRUPTED = 130


# The first kind that fits; the more special ones come first.
_CODES: Mapping[type[Exception], Exit] = {
    CredentialsMissingError: Exit.CREDENTIALS,
    ConfigError: Exit.USAGE,
    InvalidApiUrl: Exit.USAGE,
    CredentialsRefused: Exit.CREDENTIALS,
    NoSuchRoomError: Exit.NOT_FOUND,
    NoSuchParticipantError: Exit.NOT_FOUND,
    NotFound: Exit.NOT_FOUND,
    TwilioError: Exit.FAILED,
    TwimlError: Exit.FAILED,
    ReadOnlyError: Exit.REFUSED_BY_US,
    JournalError: Exit.FAILED,
}
EXPECTED = tuple(_CODES)
"""The errors that are sentences for people."""


def code_of(error: Exception) -> Exit:
    """The exit code for an expected error."""
    return next(code for kind, code in _CODES.items() if isinstance(error, kind))


@contextmanager
def asked_for(room: str) -> Iterator[None]:
    """While a room is looked for by this SID or name: say which one there is not.

    Raises:
        NoSuchRoomError: instead of Twilio's `NotFound`.
    """
    try:
        yield
    except NotFound as error:
        raise NoSuchRoomError(
            f"There is no such room: {safe(room)} is neither a room's SID nor the unique name of a room in progress "
            f"(error {error.code or error.status})."
        ) from error


def say(sentence: str) -> None:
    """Tell the person something, on stderr: stdout is for data."""
    click.echo(safe(sentence), err=True)


def leave(error: Exception) -> NoReturn:
    """End the process: the error's sentence on stderr, and its code."""
    say(f"roomtui: {error}")
    sys.exit(code_of(error))
