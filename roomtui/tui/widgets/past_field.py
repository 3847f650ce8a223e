"""Where it is typed which of the ended rooms are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from roomtui.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual.binding import BindingType


class PastField(Field):
    """Where a filter is typed, or a day; the arrows go on moving in the table."""

    DEFAULT_CSS = "PastField { display: none; height: 1; background: $panel; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.take", "Done", key_display="enter", id="ended.take"),
        Binding("escape", "screen.leave_field", "Clear", key_display="esc", id="ended.clear"),
        Binding("up", "screen.move(-1)", "Move", show=False),
        Binding("down", "screen.move(1)", "Move", show=False),
    ]
