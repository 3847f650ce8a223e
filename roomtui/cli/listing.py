"""`roomtui ls`."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from roomtui.cli.options import Number, takes_global_options
from roomtui.config import load
from roomtui.rooms.model import RoomStatus
from roomtui.twilio_api.fields import moment
from roomtui.twilio_api.gateway import RoomQuery

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.config import Typed

# Containers made between two looks for garbage among the youngest, and how many of these make a look at older ones:
# ten thousand rooms hold no cycles, and to look through them takes as long as to read them.
_COLLECTING: Final = (100_000, 20, 100)


@dataclass(frozen=True)
class Wanted:
    """What is to be listed, and how it is to be shown.

    Attributes:
        query: which rooms.
        limit: at most so many, or None for all.
        people: whether their rosters are read.
        as_json: whether programs read it.
    """

    query: RoomQuery
    limit: int | None
    people: bool
    as_json: bool

    @property
    def is_live(self) -> bool:
        """Whether it is rooms in progress."""
        return self.query.status in {None, RoomStatus.IN_PROGRESS.value}

    @property
    def passed_on(self) -> bool:
        """Whether nothing of the rooms is needed here: they are printed as Twilio tells them."""
        return self.as_json and not self.people and self.is_live


def _date(text: str) -> datetime:
    """A date or a date and time, UTC where it does not say."""
    read = moment(text) or moment(f"{text}T00:00:00Z") or moment(f"{text}Z")
    if read is None:
        raise click.BadParameter(f"{text!a} is no date: write 2026-11-20 or 2026-11-20T06:00:00Z")
    return read


@click.command()
@takes_global_options
@click.option("--status", type=click.Choice([status.value for status in RoomStatus]), help="[in-progress]")
@click.option("--name", metavar="N", help="Only rooms of exactly this unique name.")
@click.option("--created-after", type=_date, metavar="D", help="Created at or after this date (UTC).")
@click.option("--created-before", type=_date, metavar="D", help="Created before this date (UTC).")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many rooms [all].")
@click.option("--no-people", is_flag=True, help="Read only the list: no rosters, and bounds for deadlines.")
@click.option("--watch", "watching", is_flag=True, help="Print again at every refresh, until ctrl+c.")
@click.option("--refresh", type=Number(0.5, 3600), metavar="S", help="With --watch: seconds between two looks [2].")
@click.option("--reads-per-second", type=click.IntRange(1, 80), metavar="N", help="Never ask more often [20].")
@click.option("--no-pii", is_flag=True, default=None, help="Mask phone numbers in the text; JSON stays as it is.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array; with --watch one array a line.")
def ls(
    *,
    typed: Typed,
    status: str | None,
    name: str | None,
    created_after: datetime | None,
    created_before: datetime | None,
    limit: int | None,
    no_people: bool,
    watching: bool,
    as_json: bool,
) -> int:
    """List rooms: who is in, when each will close and why.

    A roster is a read of its own; they are read within the budget. Interrupted, it prints what it has.
    """
    if watching and status not in {None, RoomStatus.IN_PROGRESS.value}:
        raise click.UsageError(
            "--watch is for rooms in progress; the others do not change", click.get_current_context()
        )
    if typed.refresh is not None and not watching:
        raise click.UsageError("--refresh goes with --watch", click.get_current_context())
    config = load(typed)
    query = RoomQuery(status=status, unique_name=name, created_after=created_after, created_before=created_before)
    wanted = Wanted(query, limit, people=not no_people, as_json=as_json)
    gc.set_threshold(*_COLLECTING)
    if watching:
        from roomtui.cli.watching import watch as run  # noqa: PLC0415 - each way to list loads what it needs
    elif wanted.passed_on:
        from roomtui.cli.passing_on import pass_on as run  # noqa: PLC0415 - as above
    else:
        from roomtui.cli.listed import list_once as run  # noqa: PLC0415 - as above
    return asyncio.run(run(config, wanted))
