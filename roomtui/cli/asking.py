"""What commands that change something have in common: read-only, the question before the deed, words for a room."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from roomtui.watch.desk import ReadOnlyError, read_only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roomtui.config import Config
    from roomtui.rooms.model import Participant, Room


class NotConfirmedError(ReadOnlyError):
    """The person did not say yes."""


def need_to_change(config: Config, not_done: str) -> None:
    """Refuse before anything is asked of Twilio; `not_done` says what was not done, as in "no room was created".

    Raises:
        ReadOnlyError: nothing may be changed here.
    """
    if config.read_only:
        raise read_only(not_done)


def confirm(question: str, *, not_done: str) -> None:
    """Go on after a yes; `not_done` says what was not done, as in "board was not recorded".

    Raises:
        NotConfirmedError: the person said no, or there is nobody to ask.
        click.Abort: ctrl+c, or the terminal is gone.
    """
    need_somebody(not_done)
    with interruptible():
        agreed = click.confirm(question, err=True)
    if not agreed:
        raise NotConfirmedError(f"{not_done}: not confirmed.")


def need_somebody(not_done: str) -> None:
    """See that there is somebody to ask; `not_done` as for `confirm`.

    Raises:
        NotConfirmedError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise NotConfirmedError(f"{not_done}: there is nobody to ask, and no --yes.")


@contextmanager
def interruptible() -> Iterator[None]:
    """Let ctrl+c end a question at once; the event loop's own way would wait until it is answered."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def called(room: Room) -> str:
    """``board (RM...)``; the SID alone where the room has no name."""
    return f"{room.unique_name.safe} ({room.sid})" if room.has_name else room.sid


def called_person(participant: Participant) -> str:
    """``alice (PA...)``."""
    return f"{participant.identity.safe} ({participant.sid})" if participant.identity else participant.sid
