"""A button of a dialog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType


class Button(Widget, can_focus=True):
    """One word or two, one row high; a press counts at once.

    Textual's own brings more rules than all the rest of a dialog, against which then every widget is matched.

    Args:
        label: what it does.
        variant: "primary", "warning" or "error" where it does something, else nothing.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Button {
        width: auto;
        min-width: 16;
        height: 1;
        text-align: center;
        text-style: bold;
        color: $button-foreground;
        background: $surface;
        pointer: pointer;
        &.-primary { color: $button-color-foreground; background: $primary; }
        &.-warning { color: $button-color-foreground; background: $warning; }
        &.-error { color: $button-color-foreground; background: $error; }
        &:focus { text-style: $button-focus-text-style; background-tint: $foreground 5%; }
        &:ansi { background: ansi_default; }
        &.-primary:ansi { color: $primary; }
        &.-warning:ansi { color: $warning; }
        &.-error:ansi { color: $error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "press", "Press button", show=False, id="dialog.press")]

    @dataclass
    class Pressed(Message):
        """It was pressed."""

        button: Button

        @property
        def control(self) -> Button:
            """The button."""
            return self.button

    def __init__(self, label: str, *, id: str, variant: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes=f"-{variant}" if variant else None)
        self._label = label

    def render(self) -> Content:
        """Its label."""
        return Content(f" {self._label} ")

    def on_click(self, event: events.Click) -> None:
        """Press it."""
        event.stop()
        self.action_press()

    def action_press(self) -> None:
        """Press it, unless it is not to be seen."""
        if self.display:
            self.post_message(self.Pressed(self))
