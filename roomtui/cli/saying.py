"""What is said on stderr where a list is not all there is."""

from __future__ import annotations

import click

from roomtui.cli.exits import say


def say_that_there_are_more(limit: int | None) -> None:
    """The limit has cut something off."""
    say(f"Only the first {'room is' if limit == 1 else f'{limit} rooms are'} listed; there are more.")


def say_that_not_all_are_listed(rooms: int) -> None:
    """Ctrl+c, after so many rooms were listed.

    Raises:
        click.Abort: there is nothing to show.
    """
    if not rooms:
        raise click.Abort
    say(f"Interrupted: only the first {'room' if rooms == 1 else f'{rooms} rooms'} had been listed; there may be more.")
