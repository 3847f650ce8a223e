"""`roomtui show`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from roomtui.cli.options import takes_global_options
from roomtui.config import load

if TYPE_CHECKING:
    from roomtui.config import Typed


@click.command()
@takes_global_options
@click.argument("room")
@click.option("--no-pii", is_flag=True, default=None, help="Mask phone numbers in the text; JSON stays as it is.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
def show(*, typed: Typed, room: str, as_json: bool) -> int:
    """Show one room and its participants.

    ROOM is a SID, or the unique name of a room in progress. The text also says what is recorded, and who is muted.
    """
    config = load(typed)
    from roomtui.cli.shown import show_once  # noqa: PLC0415 - not for `--help`

    return asyncio.run(show_once(config, room, as_json=as_json))
