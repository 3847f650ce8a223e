"""What can be done, found by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.command import CommandPalette
from textual.widgets import Input, OptionList

from roomtui.tui.screens.styled_once import StyledOnce
from roomtui.tui.widgets.field import AsText

if TYPE_CHECKING:
    from textual.message import Message


class Palette(CommandPalette, StyledOnce[None]):
    """Textual's palette; its cursor does not blink, for that would never let the line rest."""

    def __init__(self) -> None:
        super().__init__(placeholder="Search for a command", id="--command-palette")

    def on_mount(self) -> None:
        """Let the cursor rest, and show what is pasted as text."""
        field = self.query_one(Input)
        field.cursor_blink = False
        field.highlighter = AsText()

    async def _on_message(self, message: Message) -> None:
        # Enter, pressed once more than needed, has chosen already: Textual would run the command again, and take the
        # next screen away, or the last one there is.
        if not (isinstance(message, (Input.Submitted, OptionList.OptionSelected)) and not self.is_current):
            await super()._on_message(message)
