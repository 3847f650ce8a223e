"""All that `roomtui doctor` looks at, in the order in which one thing needs the other."""

from __future__ import annotations

import asyncio
import os
import sys
from textwrap import wrap
from typing import TYPE_CHECKING, Final

import click

from roomtui.cli.checks import Status, fail, ok, warn
from roomtui.cli.checks_here import Place, journal_check, terminal_checks
from roomtui.cli.columns import terminal_size, terminal_width
from roomtui.cli.exits import Exit
from roomtui.cli.output import print_json
from roomtui.config import ConfigError, CredentialsMissingError, config_file, journal_file, load
from roomtui.config.file import read
from roomtui.rooms.untrusted import safe
from roomtui.rooms.words import plural
from roomtui.tui.clipboard import our_terminal
from roomtui.tui.terminal import as_begun

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from roomtui.cli.checks import Check
    from roomtui.config import Config, Typed


_NAME: Final = 11
_MEND: Final = "`roomtui config check` tells all, `roomtui config edit` opens it."


def examine(typed: Typed, *, as_json: bool) -> int:
    """Look at everything and print what was found, each line as soon as it is known. The exit code."""
    checks: list[Check] = []
    for check in _checks(typed):
        checks.append(check)
        if not as_json:
            click.echo(_line(check, terminal_width()))
    if as_json:
        print_json(
            {
                "checks": [
                    {"name": each.name, "status": each.status.value, "detail": each.detail, "mend": each.mend}
                    for each in checks
                ]
            }
        )
    failed = {each.name for each in checks if each.status is Status.FAIL}
    return Exit.CREDENTIALS if "credentials" in failed else Exit.FAILED if failed else Exit.DONE


def _line(check: Check, width: int | None) -> str:
    """What was found, on one line; on a terminal folded between words, under itself."""
    mend = f".  {check.mend}" if check.mend else ""
    head = f"{check.status.value:<4}  {check.name:<{_NAME}}  "
    found = safe(f"{check.detail.rstrip('.')}{mend}")
    if width is None or width < 2 * len(head):
        return head + found
    folded = wrap(found, width - len(head), break_on_hyphens=False)
    return head + f"\n{' ' * len(head)}".join(folded)


def _checks(typed: Typed) -> Iterator[Check]:
    config = yield from _configuration(typed)
    if config is not None:
        from roomtui.cli.checks_there import twilio_checks  # noqa: PLC0415 - without an account nobody is asked

        yield from asyncio.run(twilio_checks(config))
        yield journal_check(journal_file(config.name))
    yield from terminal_checks(_place())


def _configuration(typed: Typed) -> Generator[Check, None, Config | None]:
    """The file and the credentials; what is in force, if both are there."""
    path = typed.config or config_file()
    try:
        file = read(path, must_exist=typed.config is not None)
    except ConfigError as error:
        yield fail("config", str(error), "Mend it with `roomtui config edit`.")
        return None
    name = safe(str(path))
    config: Config | None = None
    wrong: ConfigError | None = None
    try:
        config = load(typed)
    except ConfigError as error:
        wrong = error
    missing = isinstance(wrong, CredentialsMissingError)
    if file.complaints and wrong is not None and str(file.complaints[0]) in str(wrong):
        pass  # it is what nothing can be loaded for, and is told below
    elif file.complaints:
        others = len(file.complaints) - 1
        told = str(file.complaints[0]) + (f" (and {others} more)" if others else "")
        yield warn("config", told, _MEND)
    elif file.exists:
        yield ok("config", f"{name}, {plural(len(file.profiles), 'profile')}")
    else:
        yield ok("config", f"none, and none is needed; it would be {name}")
    if wrong is not None:
        yield fail("credentials" if missing else "config", str(wrong), "" if missing else _MEND)
    return config


def _place() -> Place:
    size = terminal_size()
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    return Place(
        as_begun(os.environ),
        is_terminal=all(stream is not None and stream.isatty() for stream in streams),
        size=(size.columns, size.lines) if size is not None else None,
        encoding=sys.stdout.encoding,
        tty=our_terminal(),
    )
