"""Where the filter is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from roomtui.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual.binding import BindingType


class FilterField(Field):
    """A field that says in the line of keys how to leave it; the arrows go on moving in the table."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "Keep", key_display="enter"),
        Binding("escape", "screen.clear_filter", "Clear", key_display="esc"),
        Binding("up", "screen.move(-1)", "Move", show=False),
        Binding("down", "screen.move(1)", "Move", show=False),
    ]

    async def action_keep(self) -> None:
        """Leave the field; a second enter that came right behind is meant for the table."""
        await self.run_action("screen.keep_filter" if self.display else "screen.choose")
