"""`roomtui completion`: what a shell runs to complete our commands, options and choices. No network is used for it."""

from __future__ import annotations

from typing import Final

import click
from click.shell_completion import get_completion_class

_SHELLS: Final = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(shell: str) -> None:
    """Print a script that completes commands, options and profiles.

    It completes what can be known without asking Twilio: no names of rooms.
    """
    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"click knows no completion for {shell}.")
    root = click.get_current_context().find_root()
    click.echo(made(root.command, {}, "roomtui", "_ROOMTUI_COMPLETE").source())
