"""A one-line text field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.highlighter import Highlighter
from textual.widgets import Input

from roomtui.rooms.untrusted import letter_for_letter
from roomtui.tui.widgets.lazily import Lazily

if TYPE_CHECKING:
    from rich.text import Text


class AsText(Highlighter):
    """Lets an input show nothing but text: what is chosen or pasted into it may be a stranger's, and stays as it is."""

    def highlight(self, text: Text) -> None:
        """Show what is no text as a question mark."""
        text.plain = letter_for_letter(text.plain)


class Field(Lazily, Input):
    """Textual's input, one row high; its cursor does not blink, for that would never let the line rest."""

    def __init__(self, *, id: str, placeholder: str = "", value: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(value, id=id, placeholder=placeholder, highlighter=AsText())
        # Told in the ordinary way that it is compact, it would be styled for that before it is anywhere.
        self.set_reactive(Field.compact, True)  # noqa: FBT003 - as Textual has it
        self.add_class("-textual-compact", update=False)
        self.cursor_blink = False
