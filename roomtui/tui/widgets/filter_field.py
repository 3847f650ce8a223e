"""Where the filter is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.message import Message

from roomtui.tui.widgets.field import Field

if TYPE_CHECKING:
    from textual.binding import BindingType


class FilterField(Field):
    """A field that says in the line of keys how to leave it; the arrows go on moving in the table."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "Keep", key_display="enter", id="filter.keep"),
        Binding("escape", "screen.clear_filter", "Clear", key_display="esc", id="filter.clear"),
        Binding("tab", "complete", "Complete", key_display="tab", id="filter.complete"),
        Binding("up", "screen.move(-1)", "Move", show=False),
        Binding("down", "screen.move(1)", "Move", show=False),
    ]

    class Completing(Message):
        """The word before the cursor is to be completed."""

    async def action_keep(self) -> None:
        """Leave the field; a second enter that came right behind is meant for the table."""
        await self.run_action("screen.keep_filter" if self._is_open else "screen.choose")

    @property
    def _is_open(self) -> bool:
        return all(node.display for node in self.ancestors_with_self)

    def action_complete(self) -> None:
        """Ask for the word to be completed."""
        self.post_message(self.Completing())

    def action_cursor_right(self, select: bool = False) -> None:  # noqa: FBT001, FBT002 - as Textual has it
        """At the end there is nothing to go to but a completion."""
        if select or self.cursor_position < len(self.value):
            super().action_cursor_right(select)
        else:
            self.post_message(self.Completing())
