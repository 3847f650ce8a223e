"""The keys of a screen, made from its bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from roomtui.tui.lines import Tone, fit, line
from roomtui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.tui.commands import Command

_KEYS: Final = 14
_SIGNS: Final = (
    "",
    "4:59 !   closes in under two minutes",
    "<23h41   closes then at the latest: who is in it is not read yet",
    "7/50     people in it, and how many it takes",
    "name?    a guess at why a room ended",
)


class HelpScreen(ModalScreen[None]):
    """What the keys do, on the screen that was left for it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,question_mark", "dismiss(None)", "Close"),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("pageup", "scroll(-10)", "Page up", show=False),
        Binding("pagedown", "scroll(10)", "Page down", show=False),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        """The keys, and the signs in the table."""
        with Vertical(classes="dialog"):
            yield Static("Keys", classes="title")
            yield LineView(id="help")
            yield Static("esc closes", classes="hint")

    def on_mount(self) -> None:
        """Show them."""
        lines = [
            line(
                (fit(" ".join(command.keys), _KEYS) + " ", Tone.STRONG),
                command.description,
                (f". {command.tooltip}" if command.tooltip else "", Tone.DIM),
            )
            for command in self._commands
        ]
        self.query_one("#help", LineView).show([*lines, *(line((sign, Tone.DIM)) for sign in _SIGNS)])

    def action_scroll(self, lines: int) -> None:
        """Scroll by `lines`."""
        self.query_one("#help", LineView).scroll_relative(y=lines, animate=False)
