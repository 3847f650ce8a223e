"""`roomtui doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from roomtui.cli.options import takes_global_options

if TYPE_CHECKING:
    from roomtui.config import Typed


@click.command()
@takes_global_options
@click.option("--json", "as_json", is_flag=True, help='{"checks": [{"name", "status", "detail", "mend"}]}')
def doctor(*, typed: Typed, as_json: bool) -> int:
    """See whether all is well here: credentials, Twilio, clock, terminal.

    One line for each thing that is looked at: ok, warn or fail, what was found, and how to mend it. It sends one read,
    changes nothing, and prints no secret. Exit code 0 where nothing failed, 4 where the credentials did, else 1.
    """
    from roomtui.cli.examining import examine  # noqa: PLC0415 - not for `--help`

    return examine(typed, as_json=as_json)
