"""`roomtui log`: the journal, what happened and what was done. It asks Twilio nothing."""

from __future__ import annotations

import os
import select
import sys
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import click

from roomtui.cli.exits import Exit, say
from roomtui.cli.options import takes_global_options
from roomtui.config import ConfigError, journal_file, load
from roomtui.config.credentials import is_account
from roomtui.config.load import PROFILE_VARIABLE, sources
from roomtui.config.settings import short
from roomtui.rooms import typed as typing
from roomtui.rooms.untrusted import safe
from roomtui.rooms.words import plural
from roomtui.twilio_api.clock import wall_clock
from roomtui.twilio_api.fields import moment
from roomtui.watch.journal import JournalError, encoded
from roomtui.watch.journal_export import told
from roomtui.watch.journal_lines import AUDIT, EVENT, JournalLine, parse
from roomtui.watch.journal_reading import JournalReader
from roomtui.watch.journal_words import haystack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from roomtui.config import Typed
    from roomtui.watch.journal_reading import Found

_LOOK_EVERY: Final = 0.5


def _since(text: str) -> datetime:
    """A date, a date and time (UTC where it does not say), or how long ago."""
    read = moment(text) or moment(f"{text}T00:00:00Z") or moment(f"{text}Z")
    if read is not None:
        return read
    try:
        return wall_clock() - timedelta(seconds=typing.seconds(text))
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{text!a}: write 2026-11-20, 2026-11-20T06:00:00Z, 90m or 4h") from None


@click.command()
@takes_global_options
@click.option("--follow", "-f", is_flag=True, help="Go on with what is written from now on, until ctrl+c.")
@click.option("--room", metavar="ROOM", help="Only what is about the rooms of this SID or name.")
@click.option("--since", type=_since, metavar="D", help="Only what happened since this date (UTC), or so long ago: 4h.")
@click.option("--kind", type=click.Choice([EVENT, AUDIT]), help="Only what happened, or only what was done by us.")
@click.option("--search", metavar="TEXT", help="Only lines with this text in them, as they are shown.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Begin with the last so many lines [all].")
@click.option("--no-pii", is_flag=True, default=None, help="Mask phone numbers.")
@click.option("--json", "as_json", is_flag=True, help="The lines as they stand in the journal, a JSON object each.")
def log(
    *,
    typed: Typed,
    follow: bool,
    room: str | None,
    since: datetime | None,
    kind: str | None,
    search: str | None,
    limit: int | None,
    as_json: bool,
) -> int:
    """The journal of a profile: what happened in its rooms while somebody watched, and what was done from here.

    Times are Twilio's, in UTC. What was done is marked with *. No credentials are needed where --profile names it.
    """
    name, path, hide = _journal(typed)
    wanted = _Wanted(room=room, since=since, kind=kind, search=safe(search).casefold() if search else None, hide=hide)
    printer = _Printer(wanted, as_json=as_json)
    try:
        reader = JournalReader(path, from_the_start=limit is None)
        try:
            found = printer.print_last(reader, limit)
            if follow:
                _follow(reader, printer)
            elif reader.has_half_a_line:
                printer.unreadable += 1
        finally:
            reader.close()
            printer.say_what_was_unreadable()
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise JournalError(f"The journal {path} cannot be read: {error.strerror or type(error).__name__}.") from error
    if limit != 0 and printer.lines == 0 and not printer.unreadable:
        say(f"Nothing has been written down for {name} yet: there is no {path}, or it is empty.")
    if room is not None and not found and not follow:
        say(f"roomtui: nothing in the journal is about a room {room}.")
        return Exit.NOT_FOUND
    return Exit.DONE


def _journal(typed: Typed) -> tuple[str, Path, bool]:
    """Whose journal is meant, where it is, and whether phone numbers are to be masked. Asks nobody for secrets.

    Raises:
        ConfigError: nobody can tell which profile is meant.
    """
    chosen = typed.profile or os.environ.get(PROFILE_VARIABLE)
    try:
        found = sources(typed)
    except ConfigError:
        # One that the configuration does not have (any more) may have a journal all the same.
        if not chosen or not os.path.lexists(journal_file(chosen)):
            raise
        return safe(chosen), journal_file(chosen), bool(typed.no_pii)
    account = found.holder.text("account_sid")
    name = found.holder.name or (short(account) if account and is_account(account) else load(typed).name)
    return safe(name), journal_file(name), bool(typed.no_pii or found.settings()["no_pii"].value)


@dataclass(frozen=True)
class _Wanted:
    """Which lines are wanted; `search` is folded to one case."""

    room: str | None
    since: datetime | None
    kind: str | None
    search: str | None
    hide: bool

    def has(self, line: JournalLine) -> bool:
        return (
            (self.kind is None or line.kind == self.kind)
            and (self.since is None or line.at >= self.since)
            and (self.search is None or self.search in haystack(line, hide=self.hide))
        )


class _Printer:
    """Prints the lines that are wanted.

    Attributes:
        lines: how many lines there were that say something, wanted or not.
        unreadable: how many there were that say nothing.
    """

    def __init__(self, wanted: _Wanted, *, as_json: bool) -> None:
        self.lines = 0
        self.unreadable = 0
        self._wanted = wanted
        self._as_json = as_json
        self._of_the_room = 0
        self._said = 0

    def print_last(self, reader: JournalReader, limit: int | None) -> bool:
        """Print what there is, or the last so many lines of it; whether any is about the room that is wanted."""
        if limit is None:
            while found := reader.newer():
                self.print(found)
        else:
            last: deque[str] = deque()
            while len(last) < limit and (found := reader.older()):
                last.extendleft(reversed(list(self._wanted_of(found))))
            self._echo(list(last)[max(0, len(last) - limit) :])
        return bool(self._of_the_room)

    def print(self, found: Iterable[Found]) -> None:
        """Print those that are wanted."""
        self._echo(list(self._wanted_of(found)))

    def say_what_was_unreadable(self) -> None:
        """Say how many lines could not be read, if there are more than were said already."""
        if self.unreadable > self._said:
            self._said = self.unreadable
            were = "is no line of a journal and is" if self.unreadable == 1 else "are no lines of a journal and are"
            say(f"roomtui: {plural(self.unreadable, 'line')} {were} left out: broken off, or written by somebody else.")

    def _wanted_of(self, found: Iterable[Found]) -> Iterator[str]:
        wanted = self._wanted
        for each in found:
            line = parse(each.raw)
            if line is None:
                self.unreadable += 1
                continue
            self.lines += 1
            if wanted.room is not None:
                if not line.is_about(wanted.room):
                    continue
                self._of_the_room += 1
            if wanted.has(line):
                yield self._text(line, each.raw)

    def _text(self, line: JournalLine, raw: bytes) -> str:
        if not self._as_json:
            return told(line, hide=self._wanted.hide)
        text = raw.decode("utf-8", "replace")
        # A line of ours holds nothing that could mislead a terminal; somebody else's may.
        return text if text.isascii() and text.isprintable() else encoded(line.fields).decode().rstrip("\n")

    def _echo(self, lines: list[str]) -> None:
        if lines:
            click.echo("\n".join(lines))


def _follow(reader: JournalReader, printer: _Printer) -> None:
    """Print what is written from now on, until ctrl+c, or until nobody reads our output any more."""
    # What stands behind stdout tells by itself when nobody reads any more; some terminals cannot be asked.
    reading = select.poll()
    reading.register(sys.stdout.fileno(), 0)
    while True:
        while found := reader.newer():
            printer.print(found)
        printer.say_what_was_unreadable()
        told = [what for _, what in reading.poll(_LOOK_EVERY * 1000)]
        if any(what & (select.POLLERR | select.POLLHUP) for what in told):
            raise BrokenPipeError
        if told:
            time.sleep(_LOOK_EVERY)
