"""Exit codes, and how an error becomes one sentence and a code."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from enum import IntEnum
from functools import cache
from typing import TYPE_CHECKING, NoReturn

import click

from roomtui.rooms.personal import masked
from roomtui.rooms.untrusted import safe
from roomtui.twilio_api.errors import NotFound, NotTwilio

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType


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


@cache
def _codes() -> Mapping[type[Exception], Exit]:
    """The first kind that fits; the more special ones come first."""
    # Where nothing fails, nobody has to load what could have.
    from roomtui.config import ConfigError, CredentialsMissingError  # noqa: PLC0415 - as above
    from roomtui.rooms.twiml import TwimlError  # noqa: PLC0415 - as above
    from roomtui.twilio_api.errors import CredentialsRefused, InvalidApiUrl, TwilioError  # noqa: PLC0415 - as above
    from roomtui.watch.desk import ReadOnlyError  # noqa: PLC0415 - as above
    from roomtui.watch.journal import JournalError  # noqa: PLC0415 - as above

    return {
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


def expected() -> tuple[type[Exception], ...]:
    """The errors that are sentences for people, for an `except`: it asks for them where there is an error."""
    return tuple(_codes())


def code_of(error: Exception) -> Exit:
    """The exit code for an expected error."""
    return next(code for kind, code in _codes().items() if isinstance(error, kind))


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


def no_list() -> NotTwilio:
    """What it means that there is no list of rooms: every account has one."""
    return NotTwilio("There is no list of rooms at the API URL (HTTP 404): is it right?")


class _Words:
    """How this process speaks: one command runs in it, and errors are told after it."""

    mask = False


def mask_numbers(*, mask: bool) -> None:
    """Whether phone numbers are masked in all that is said and told from now on; JSON is printed otherwise."""
    _Words.mask = mask


def say(sentence: str) -> None:
    """Tell the person something, on stderr: stdout is for data."""
    click.echo(_fit_to_show(sentence), err=True)


def tell(sentence: str) -> None:
    """Tell the person what came of it, on stdout: there, this is the data."""
    click.echo(_fit_to_show(sentence))


def _fit_to_show(sentence: str) -> str:
    return masked(safe(sentence)) if _Words.mask else safe(sentence)


def tell_of_a_bug(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """What Python calls for an error that nobody expected: as it would tell it, but text alone, and without locals."""
    from traceback import format_exception  # noqa: PLC0415 - for bugs alone

    for line in "".join(format_exception(kind, error, traceback)).rstrip("\n").split("\n"):
        click.echo(safe(line), err=True)


def leave(error: Exception) -> NoReturn:
    """End the process: the error's sentence on stderr, and its code."""
    say(f"roomtui: {error}")
    sys.exit(code_of(error))
