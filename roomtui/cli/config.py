"""`roomtui config`: what is in force, what is wrong, and a way to mend it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from roomtui.children import without_credentials
from roomtui.cli.exits import Exit, say
from roomtui.cli.options import takes_global_options
from roomtui.config import ConfigError, config_file, twilio_cli
from roomtui.config.errors import Complaint, place
from roomtui.config.file import read
from roomtui.config.load import see_that_nothing_hinders, sources
from roomtui.config.places import twilio_cli_file
from roomtui.own_files import OWNER_ONLY_FILE, chmod, make_folder, open_new, whole_or_gone
from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from roomtui.config import Typed


@click.group(no_args_is_help=False)
def config() -> None:
    """What is in force, what is wrong with it, and a way to mend it.

    `show` tells every value and where it comes from, `check` everything that is wrong with the file, `edit` opens it.
    """


@config.command()
@takes_global_options
@click.option("--json", "as_json", is_flag=True, help="A JSON array of objects with key, value and source.")
def show(*, typed: Typed, as_json: bool) -> int:
    """Print what is in force, and where each value comes from. Secrets are only said to be set."""
    from roomtui.config.shown import in_force  # noqa: PLC0415 - only here

    found = sources(typed)
    see_that_nothing_hinders(found)
    rows = in_force(found)
    if as_json:
        click.echo(json.dumps([{"key": row.key, "value": row.value, "source": row.source} for row in rows], indent=2))
        return Exit.DONE
    table = [(row.key, _written(row.value), row.source) for row in rows]
    widths = [max(len(line[column]) for line in table) for column in (0, 1)]
    for key, value, source in table:
        click.echo(f"{key:<{widths[0]}}  {value:<{widths[1]}}  {source}")
    if found.file.complaints:
        say("roomtui: something else is wrong in the file; `roomtui config check` tells what.")
    return Exit.DONE


def _written(value: object) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else json.dumps(value)


@config.command()
@takes_global_options
def check(*, typed: Typed) -> int:
    """Print everything that is wrong with the file, each with its line. Exit code 2 if something is.

    Nobody is asked for a secret, nor Twilio for anything; that is what `roomtui doctor` does.
    """
    return _check(typed.config or config_file(), must_exist=typed.config is not None)


def _check(path: Path, *, must_exist: bool = False) -> int:
    from roomtui.config.checked import complaints  # noqa: PLC0415 - only here

    try:
        file = read(path, must_exist=must_exist)
    except ConfigError as error:
        click.echo(str(error))
        return Exit.USAGE
    if not file.exists:
        say(f"There is no configuration file {path}; `roomtui config edit` begins one.")
        return Exit.DONE
    names = file.top.values.keys() | {key for table in file.profiles.values() for key in table.values}
    columns = _columns() if "columns" in names else frozenset()
    bindings = _bindings() if "keys" in names else frozenset()
    others = twilio_cli.read(twilio_cli_file())
    if others.others_may_read:
        say(f"roomtui: {others.path} holds secrets, and others may read it: {chmod(OWNER_ONLY_FILE, others.path)}")
    themes = _themes() if "theme" in names else frozenset()
    wrong = complaints(file, os.environ, columns=columns, bindings=bindings, themes=themes)
    given = file.top.values.get("keys", {})
    if given and bindings.issuperset(given) and (clash := _clash(given)) is not None:
        line = file.top.lines.get("keys")
        wrong = (*wrong, Complaint(sentence=f"keys: {clash}", path=path, line=line))
    for each in wrong:
        click.echo(str(each))
    if wrong:
        return Exit.USAGE
    many = len(file.profiles)
    say(f"{place(path, None)} is right; it has {many} profile{'' if many == 1 else 's'}.")
    return Exit.DONE


def _columns() -> frozenset[str]:
    """The names of all columns of the table."""
    from roomtui.tui.columns import COLUMNS  # noqa: PLC0415 - it takes a while to load

    return frozenset(column.key for column in COLUMNS)


def _clash(given: Mapping[str, str]) -> str | None:
    """What is wrong with these keys, if something is: two things cannot have the same one."""
    from roomtui.tui.app import RoomtuiApp  # noqa: PLC0415 - it takes a while to load
    from roomtui.tui.looks import keys_complaint  # noqa: PLC0415 - as above

    return keys_complaint(given, RoomtuiApp)


def _themes() -> frozenset[str]:
    """The names of all themes."""
    from textual.theme import BUILTIN_THEMES  # noqa: PLC0415 - it takes a while to load

    return frozenset(BUILTIN_THEMES)


def _bindings() -> frozenset[str]:
    """The ids of everything on the dashboard that has a key."""
    from roomtui.tui.app import RoomtuiApp  # noqa: PLC0415 - it takes a while to load
    from roomtui.tui.looks import names_of_keys  # noqa: PLC0415 - as above

    return names_of_keys(RoomtuiApp)


@config.command()
@takes_global_options
def path(*, typed: Typed) -> int:
    """Print where the configuration file is, or would be."""
    where = typed.config or config_file()
    # To a program it is the path itself; whoever looks at it is not to be fooled by it.
    click.echo(safe(str(where)) if sys.stdout.isatty() else str(where))
    try:
        where.stat()
    except (FileNotFoundError, NotADirectoryError):
        say("There is none yet; `roomtui config edit` begins one.")
    except OSError as error:
        say(f"It cannot be read: {error.strerror}.")
    return Exit.DONE


@config.command()
@takes_global_options
def edit(*, typed: Typed) -> int:
    """Open the file in $VISUAL or $EDITOR, a new one with every key explained, and check it afterwards."""
    where = typed.config or config_file()
    _begin(where)
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        words = shlex.split(editor)
    except ValueError:
        raise ConfigError(f"The editor ({editor}) has a quotation mark too many or too few. Set EDITOR.") from None
    try:
        done = subprocess.run(  # noqa: S603 - the person's own editor
            [*words, str(where)], env=without_credentials(), check=False
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        raise ConfigError(f"The editor ({words[0] if words else ''}) cannot be run: {reason}. Set EDITOR.") from None
    if done.returncode:
        raise click.ClickException(f"The editor ended with code {done.returncode}.")
    return _check(where)


def _begin(where: Path) -> None:
    """See that there is a file: a new one is only comments, and for its owner's eyes."""
    from roomtui.config.schema import schema  # noqa: PLC0415 - only here
    from roomtui.config.template import SCHEMA_NAME, template  # noqa: PLC0415 - only here

    try:
        make_folder(where.parent)
        _write_new(where, template())
    except FileExistsError:
        return
    except OSError as error:
        raise ConfigError(f"The configuration file {where} cannot be made: {error.strerror}.") from None
    with suppress(OSError):
        _write_new(where.parent / SCHEMA_NAME, json.dumps(schema(), indent=2) + "\n")


def _write_new(path: Path, text: str) -> None:
    """Write a file for its owner only where there is none, by no link.

    Raises:
        OSError: something is there; or it cannot be written, and nothing of it is left.
    """
    descriptor = open_new(path)
    with whole_or_gone(path), os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


@config.command(name="schema")
def print_schema() -> int:
    """Print a JSON schema of the file, for editors that complete and check TOML.

    Save it as roomtui.schema.json beside the file, whose first line is then: #:schema ./roomtui.schema.json
    """
    from roomtui.config.schema import schema  # noqa: PLC0415 - only here

    click.echo(json.dumps(schema(), indent=2))
    return Exit.DONE
