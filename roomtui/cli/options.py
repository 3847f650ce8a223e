"""The options that every command takes, before or after its name."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from functools import wraps
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from roomtui.config import Typed

if TYPE_CHECKING:
    from collections.abc import Callable

# What is a word to every shell, and one word where it completes: bash begins another one at a colon.
_PLAIN_WORD: Final = re.compile(r"[\w.+-]+", re.ASCII)


class Number(click.FloatRange):
    """A number within a range; "nan", which no range keeps out, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 # as click declares it
        """What was typed, as a number."""
        number: float = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value!r} is no number.", param, ctx)
        return number


def _profiles(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The profiles that a shell may complete; none where the file is wrong: nothing is to be said meanwhile."""
    from roomtui.config import ConfigError, config_file  # noqa: PLC0415 - for a shell only
    from roomtui.config.file import read  # noqa: PLC0415 - as above

    try:
        names = read(context.params.get("config") or config_file()).profiles
    except ConfigError:
        return []
    # A name that a shell could take for anything else is left to be typed: its script quotes nothing.
    return [name for name in names if name.startswith(incomplete) and _PLAIN_WORD.fullmatch(name)]


_GLOBAL = (
    click.option("--profile", metavar="NAME", shell_complete=_profiles, help="A profile of the configuration file."),
    click.option(
        "--config", type=click.Path(path_type=Path), metavar="FILE", help="Another configuration file than the usual."
    ),
    click.option("--api-url", metavar="URL", help="Where Twilio's Video API is; for example a sandbox."),
    click.option("--read-only", is_flag=True, default=None, help="Leave no way to change anything."),
)
_NAMES = tuple(field.name for field in fields(Typed))


def takes_global_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the global options; the command gets one `Typed` as `typed`, the nearer to its name the stronger."""

    @wraps(command)
    @click.pass_context
    def with_typed(context: click.Context, /, *args: object, **values: Any) -> Any:  # noqa: ANN401 - click's own values
        mine = {name: values.pop(name) for name in _NAMES if name in values}
        outer = context.obj if isinstance(context.obj, Typed) else Typed()
        typed = replace(outer, **{name: value for name, value in mine.items() if value is not None})
        return command(*args, typed=typed, **values)

    for option in reversed(_GLOBAL):
        with_typed = option(with_typed)
    return with_typed


def watch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the dashboard; they are part of `Typed` too."""
    options = (
        click.option("--refresh", type=Number(0.5, 3600), metavar="S", help="Seconds between looks at the list [2]."),
        click.option(
            "--reads-per-second", type=click.IntRange(1, 80), metavar="N", help="Never ask more often than this [20]."
        ),
        click.option("--mouse/--no-mouse", default=None, help="Listen to the mouse [no]."),
        click.option("--ascii/--no-ascii", default=None, help="Draw nothing but ASCII [as the locale is]."),
        click.option(
            "--plain-output/--frugal-output",
            default=None,
            help="Send whole lines, not only the cells that changed [no].",
        ),
        click.option("--no-pii", is_flag=True, default=None, help="Mask phone numbers."),
    )
    for option in reversed(options):
        command = option(command)
    return command
