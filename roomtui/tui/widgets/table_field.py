"""Where it is typed which lines of a table are wanted: below the table, and there only while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from roomtui.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual.binding import BindingType


class TableField(Field):
    """A line that hides until it is asked for; the arrows go on moving in the table."""

    DEFAULT_CSS = "TableField { display: none; height: 1; background: $panel; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "screen.move(-1)", "Move", show=False),
        Binding("down", "screen.move(1)", "Move", show=False),
    ]


class PastField(TableField):
    """Where a filter of the ended rooms is typed, or a day."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.take", "Done", key_display="enter", id="ended.take"),
        Binding("escape", "screen.leave_field", "Clear", key_display="esc", id="ended.clear"),
    ]


class SearchField(TableField):
    """Where the search in the log is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.keep_search", "Keep", key_display="enter", id="log.keep"),
        Binding("escape", "screen.clear_search", "Clear", key_display="esc", id="log.clear"),
    ]
