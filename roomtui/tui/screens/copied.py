"""What was copied, for selecting by hand where the clipboard did not get it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static, TextArea

from roomtui.rooms.untrusted import safe
from roomtui.tui.screens.styled_once import Dialog

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.tui.clipboard import Copied


class CopiedScreen(Dialog[None]):
    """The copied text, whole."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q,Y", "dismiss(None)", "Close", id="copied.close")]

    def __init__(self, copied: Copied) -> None:
        super().__init__()
        self._copied = copied

    def compose(self) -> ComposeResult:
        """What it is, how it was sent, and the text."""
        with VerticalScroll(classes="dialog", can_focus=False):
            yield Static(f"{self._copied.what}, sent {self._copied.way}", markup=False, classes="title")
            text = TextArea(
                "\n".join(safe(text) for text in self._copied.text.split("\n")),
                read_only=True,
                soft_wrap=True,
                show_line_numbers=False,
            )
            text.cursor_blink = False  # that would never let the line rest
            yield text
            yield Static("Select it with the mouse (shift, if the mouse is ours). esc closes.", classes="hint")
