"""The keys of a screen, made from its bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.containers import VerticalScroll

from roomtui.rooms.countdown import MINUTE, SOON
from roomtui.tui.calling import SIGN
from roomtui.tui.lines import UNICODE, Tone, fit, line
from roomtui.tui.screens.styled_once import Dialog
from roomtui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.tui.commands import Command

_KEYS: Final = 14
_SIGNS: Final = (
    ("1:42 !", "closes in under two minutes"),
    ("due !", "closes any moment now"),
    ("closing soon", f"how many close in under {SOON // MINUTE} minutes"),
    ("<23h41", "closes then at the latest"),
    ("4 h+5m: lena", "lena, the last, reaches 4 h; then 5 min empty"),
    (f"{SIGN} retro", "an alert of yours holds for it"),
    (f"{UNICODE.mark}retro", "marked"),
    ("7/50", "people in it, and how many it takes"),
    ("rec, some", "all of it is recorded, or some"),
    ("rec?", "made to be recorded; not known whether it still is"),
    ("was empty?", "why it ended, most likely"),
)


class HelpScreen(Dialog[None]):
    """What the keys do, on the screen that was left for it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,question_mark", "dismiss(None)", "Close", id="help.close"),
        Binding("up,k", "scroll(-1)", "Scroll", show=False, id="help.up"),
        Binding("down,j", "scroll(1)", "Scroll", show=False, id="help.down"),
        Binding("pageup", "scroll(-10)", "Page", show=False, id="help.page_up"),
        Binding("pagedown", "scroll(10)", "Page", show=False, id="help.page_down"),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        """The keys, and the signs in the table."""
        with VerticalScroll(classes="dialog", can_focus=False):
            yield LineView(id="help-title", classes="title")
            yield LineView(id="help")

    def on_mount(self) -> None:
        """Show them."""
        # Said on top, for on most screens the end is not to be seen.
        how = ("  arrows, pgdn: more, and signs; esc closes", Tone.DIM)
        self.query_one("#help-title", LineView).show([line(("Keys", Tone.STRONG), how)])
        lines = [
            line(
                (fit(" ".join(command.keys), _KEYS) + " ", Tone.STRONG),
                command.tooltip or command.description,
            )
            for command in self._commands
        ]
        signs = [line((fit(sign, _KEYS) + " ", Tone.STRONG), meaning) for sign, meaning in _SIGNS]
        self.query_one("#help", LineView).show([*lines, (), *signs])

    def action_scroll(self, lines: int) -> None:
        """Scroll by `lines`."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False, immediate=True)
