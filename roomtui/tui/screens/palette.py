"""What can be done, found by name."""

from __future__ import annotations

from textual.command import CommandPalette
from textual.widgets import Input

from roomtui.tui.screens.styled_once import StyledOnce


class Palette(CommandPalette, StyledOnce[None]):
    """Textual's palette; its cursor does not blink, for that would never let the line rest."""

    def __init__(self) -> None:
        super().__init__(placeholder="Search for a command", id="--command-palette")

    def on_mount(self) -> None:
        """Let the cursor rest."""
        self.query_one(Input).cursor_blink = False
