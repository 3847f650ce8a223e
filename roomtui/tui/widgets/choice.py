"""A field whose value is chosen, not typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType


class Choice(Widget, can_focus=True):
    """One line that shows one of some texts; the arrows go through them, a letter to the next that begins with it.

    Args:
        options: the texts to choose from.
        placeholder: what is shown while nothing is chosen; None where something always is.
        value: what is chosen at first; it need not be one of the options.
    """

    DEFAULT_CSS = """
    Choice {
        height: 1;
        background: $panel;
        color: $foreground;
        &.-untouched { color: $text-disabled; }
        &:focus { background: $primary-muted; }
        &:ansi:focus { background: transparent; text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Choose", show=False, id="choice.before"),
        Binding("right,space", "turn(1)", "Choose", show=False, id="choice.next"),
        Binding("enter", "submit", "Done", show=False, id="choice.submit"),
    ]

    value: reactive[str] = reactive("", init=False)

    @dataclass
    class Changed(Message):
        """Something else is chosen."""

        choice: Choice

        @property
        def control(self) -> Choice:
            """The field."""
            return self.choice

    @dataclass
    class Submitted(Changed):
        """Enter was pressed."""

    def __init__(
        self,
        options: Sequence[str],
        *,
        id: str,  # noqa: A002 - Textual's own name
        placeholder: str | None = None,
        value: str = "",
    ) -> None:
        super().__init__(id=id, classes="" if value or placeholder is None else "-untouched")
        nothing = () if placeholder is None else ("",)
        unknown = () if not value or value in options else (value,)
        self._options = (*nothing, *options, *unknown)
        self._placeholder = placeholder or ""
        self.set_reactive(Choice.value, value or self._options[0])

    def render(self) -> Content:
        """What is chosen; with the focus, signs that it can be changed."""
        shown = safe(self.value) or self._placeholder
        return Content(f"{shown}  < >" if self.has_focus else shown)

    def watch_value(self) -> None:
        """Tell it."""
        self.set_class(not self.value, "-untouched")
        self.post_message(self.Changed(self))

    def action_turn(self, steps: int) -> None:
        """Choose the next one, or the one before."""
        here = self._options.index(self.value)
        self.value = self._options[(here + steps) % len(self._options)]

    def action_submit(self) -> None:
        """Done with the form."""
        self.post_message(self.Submitted(self))

    def on_key(self, event: events.Key) -> None:
        """Go to the next one that begins with the letter typed."""
        letter = event.character
        if letter is None or not letter.isalnum():
            return
        here = self._options.index(self.value)
        for option in (*self._options[here + 1 :], *self._options[: here + 1]):
            if option.casefold().startswith(letter.casefold()):
                event.stop()
                self.value = option
                return
