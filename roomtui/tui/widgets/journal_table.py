"""The lines of a journal, the newest at the bottom. Like `tail -f`: it follows, until one goes up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message

from roomtui.tui.lines import Piece, Tone
from roomtui.tui.widgets.cursored import LineTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.binding import BindingType

    from roomtui.tui.lines import Line
    from roomtui.watch.journal_index import JournalIndex
    from roomtui.watch.journal_lines import JournalLine


class JournalTable(LineTable, can_focus=True, inherit_bindings=False):
    """The end of a journal, and what is older as one goes up.

    Args:
        pieces: a line as it is to be shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Move", show=False, id="log.up"),
        Binding("down,j", "move(1)", "Move", show=False, id="log.down"),
        Binding("pageup", "page(-1)", "Page", show=False, id="log.page-up"),
        Binding("pagedown", "page(1)", "Page", show=False, id="log.page-down"),
        Binding("home,g", "jump(-1)", "Oldest read so far, newest", show=False, id="log.first"),
        Binding("end,G", "jump(1)", "Newest, and follow", show=False, id="log.last"),
        Binding("enter", "choose", "Room", key_display="enter", tooltip="The room of this line", id="log.choose"),
    ]

    @dataclass
    class Moved(Message):
        """Another line is under the cursor, or other lines are on screen."""

        def can_replace(self, message: Message) -> bool:
            """One is enough."""
            return isinstance(message, JournalTable.Moved)

    @dataclass
    class Chosen(Message):
        """The room of the line under the cursor is wanted."""

    def __init__(self, pieces: Callable[[JournalLine], Line], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._pieces = pieces
        self._index: JournalIndex | None = None
        self._nothing = ""
        self._cursor = -1
        self._following = True

    # -- what is shown

    @property
    def is_following(self) -> bool:
        """Whether the cursor goes to each line that is written."""
        return self._following

    @property
    def is_near_the_top(self) -> bool:
        """Whether what is older will be wanted soon."""
        return self.scroll_offset.y < max(1, self.size.height)

    @property
    def line(self) -> JournalLine | None:
        """The line under the cursor."""
        if self._index is None or not 0 <= self._cursor < len(self._index):
            return None
        return self._index.line(self._cursor)

    def show(self, index: JournalIndex | None) -> None:
        """Show the lines of this index, from its end."""
        self._index, self._following = index, True
        self._drawn.clear()
        self.grown()

    def grown(self, *, above: int = 0) -> None:
        """Show lines that are new in the index; `above` is how many of them came above the others."""
        count = len(self._index) if self._index is not None else 0
        top = self.scroll_offset.y + above
        self.virtual_size = Size(self.scrollable_content_region.width, count)
        self._cursor = count - 1 if self._following else min(self._cursor + above, count - 1)
        if self._following:
            top = max(0, count - self.size.height)
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, immediate=True, force=True)
        self.redraw()
        self.post_message(self.Moved())

    def say(self, nothing: str) -> None:
        """What is said where there is no line."""
        self._nothing = nothing
        self.redraw()

    # -- the cursor

    def action_move(self, steps: int) -> None:
        """Move the cursor; on the newest line it follows again."""
        count = len(self._index) if self._index is not None else 0
        if not count:
            return
        self._go_to(max(0, min(self._cursor + steps, count - 1)), count)

    def action_jump(self, direction: int) -> None:
        """Go to the oldest line that was read so far, or to the newest."""
        self.action_move(direction * (len(self._index) if self._index is not None else 0))

    def action_choose(self) -> None:
        """Ask for the room of this line."""
        self.post_message(self.Chosen())

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the line that was clicked; a second click asks for its room."""
        number, count = event.y + self.scroll_offset.y, len(self._index) if self._index is not None else 0
        if number == self._cursor:
            self.action_choose()
        elif number < count:
            self._go_to(number, count)

    def on_mouse_scroll_up(self) -> None:
        """Whoever looks at what is older does not want to be taken back to what is new."""
        self._following = False
        self.post_message(self.Moved())

    def _go_to(self, number: int, count: int) -> None:
        self._cursor, self._following = number, number == count - 1
        top, height = self.scroll_offset.y, self.size.height
        if number < top:
            self.scroll_to(y=number, animate=False, immediate=True, force=True)
        elif number >= top + height:
            self.scroll_to(y=number - height + 1, animate=False, immediate=True, force=True)
        self.redraw()
        self.post_message(self.Moved())

    # -- drawing

    def on_resize(self) -> None:
        """Keep the cursor on screen."""
        self._drawn.clear()
        self.grown()
        if not self._following and self._cursor >= 0:
            self._go_to(self._cursor, len(self._index) if self._index is not None else 0)
        self.refresh()

    def _wanted(self, y: int) -> tuple[Line, bool]:
        number = y + self.scroll_offset.y
        if self._index is None or number >= len(self._index):
            nothing = self._nothing if number == 0 else ""
            return ((Piece(f" {nothing}", Tone.DIM),) if nothing else ()), False
        is_cursor = number == self._cursor
        line = self._index.line(number)
        shown = self._pieces(line) if line is not None else (Piece("its file is gone", Tone.DIM),)
        return (Piece(">" if is_cursor else " ", Tone.STRONG), *shown), is_cursor
