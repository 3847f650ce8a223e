"""A table of lines that are known by a key, newest on top: what ended, what happened. Knows nothing of rooms.

Only what is on screen is made into text, and only the lines that differ are drawn again. The cursor is a key, not a
line: lines may come above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message

from roomtui.tui.lines import Piece, Tone, fit
from roomtui.tui.widgets.cursored import LineTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.binding import BindingType

    from roomtui.tui.lines import Line

_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column: its heading, its width in cells (0: what is left), and how wide (in cells) a table with it may be."""

    title: str
    width: int
    right: bool = False
    from_width: int = 0
    up_to_width: int = 10_000


class ListTable(LineTable, can_focus=True, inherit_bindings=False):
    """Lines to move through.

    Args:
        columns: what a line has; one of them takes what is left.
        cells: what stands in each of the columns on the line of a key.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Move", show=False, id="list.up"),
        Binding("down,j", "move(1)", "Move", show=False, id="list.down"),
        Binding("pageup", "page(-1)", "Page", show=False, id="list.page-up"),
        Binding("pagedown", "page(1)", "Page", show=False, id="list.page-down"),
        Binding("home,g", "jump(-1)", "First, last", show=False, id="list.first"),
        Binding("end,G", "jump(1)", "First, last", show=False, id="list.last"),
        Binding("enter", "choose", "Details", key_display="enter", show=False, id="list.choose"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor stands on another line, or other lines are on screen (`key` is None where there are none)."""

        key: str | None

        def can_replace(self, message: Message) -> bool:
            """Only the newest place counts."""
            return isinstance(message, ListTable.Moved)

    @dataclass
    class Chosen(Message):
        """The line under the cursor is wanted in detail."""

        key: str

    @dataclass
    class AtTheEnd(Message):
        """A key went on where there is no line any more."""

    def __init__(
        self,
        columns: Sequence[ListColumn],
        cells: Callable[[str], Sequence[Piece]],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._cells = cells
        self._keys: Sequence[str] = ()
        self._lines: dict[str, int] = {}
        self._nothing = ""
        self._below = ""
        self._cursor: str | None = None
        # Until a key is pressed, the cursor stands on the newest line.
        self._at_the_top = True

    # -- what is shown

    @property
    def cursor(self) -> str | None:
        """The key of the line under the cursor, None where there is no line."""
        return self._cursor

    @property
    def on_screen(self) -> tuple[str, ...]:
        """The keys of the lines on screen, from top to bottom."""
        top = self.scroll_offset.y
        return tuple(self._keys[top : top + self.size.height])

    @property
    def shows_the_end(self) -> bool:
        """Whether the last line is on screen, or there is room below it."""
        return self.scroll_offset.y + self.size.height >= len(self._keys)

    @property
    def heading(self) -> str:
        """The titles of the columns, where they stand."""
        text = " "
        for column, start, width in self._placed():
            text += " " * (start - len(text)) + fit(column.title, width, right=column.right)
        return text

    def set_columns(self, columns: Sequence[ListColumn]) -> None:
        """Have other columns; `cells` is to give what stands in these."""
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._drawn.clear()

    def show(self, keys: Sequence[str], *, nothing: str = "", below: str = "") -> None:
        """Show the lines of these keys; where there are none, the sentence `nothing`, and `below` under the last."""
        old, line, top = self._keys, self._line, self.scroll_offset.y
        self._nothing, self._below = nothing, below
        if keys != old:
            self._keys, self._lines = keys, {key: number for number, key in enumerate(keys)}
        self.virtual_size = Size(self.scrollable_content_region.width, len(keys) + bool(keys and below))
        cursor = self._stand_in(old, line)
        now = self._lines.get(cursor) if cursor is not None else None
        height = self.size.height
        if line is not None and now is not None and top <= line < top + height and (top or now >= height):
            # It stays where it is on the screen, and the top in sight at the top.
            self.scroll_to(y=max(0, top + now - line), animate=False, immediate=True)
        self._set_cursor(cursor)
        self.redraw()

    def _stand_in(self, old: Sequence[str], line: int | None) -> str | None:
        if not self._keys:
            return None
        if self._at_the_top or self._cursor is None or line is None:
            return self._keys[0]
        if self._cursor in self._lines:
            return self._cursor
        # The next one of the old order that is still there, or the one before.
        around = (*old[line:], *reversed(old[:line]))
        return next((key for key in around if key in self._lines), self._keys[0])

    @property
    def _line(self) -> int | None:
        return self._lines.get(self._cursor) if self._cursor is not None else None

    # -- the cursor

    def go_to(self, key: str) -> None:
        """Put the cursor on this line, if there is one of this key."""
        if key in self._lines:
            self._at_the_top = False
            self._set_cursor(key)

    def go_to_the_top(self) -> None:
        """Put the cursor on the newest line, whichever that will be, until a key moves it."""
        self._at_the_top = True
        if self._keys:
            self._set_cursor(self._keys[0])

    def action_move(self, steps: int) -> None:
        """Move the cursor by `steps` lines."""
        if not self._keys:
            if steps > 0:
                self.post_message(self.AtTheEnd())
            return
        wanted = (self._line or 0) + steps
        if wanted >= len(self._keys):
            self.post_message(self.AtTheEnd())
        self._at_the_top = False
        self._set_cursor(self._keys[max(0, min(wanted, len(self._keys) - 1))])

    def action_jump(self, direction: int) -> None:
        """Move the cursor to the first (-1) or the last (1) line."""
        self.action_move(direction * max(1, len(self._keys)))

    def action_choose(self) -> None:
        """Ask for the details of the line under the cursor."""
        if self._cursor is not None:
            self.post_message(self.Chosen(self._cursor))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the line that was clicked; a second click asks for its details."""
        line = event.y + self.scroll_offset.y
        if not 0 <= line < len(self._keys):
            return
        if self._keys[line] == self._cursor:
            self.action_choose()
        else:
            self.go_to(self._keys[line])

    def _set_cursor(self, key: str | None) -> None:
        if key == self._cursor:
            return
        self._cursor = key
        self._scroll_to_cursor()
        self.redraw()
        self.post_message(self.Moved(key))

    def _scroll_to_cursor(self) -> None:
        line, top, height = self._line, self.scroll_offset.y, self.size.height
        if line is None or not height:
            return
        # By force: until it has been laid out once more, a list that has just become long may not be scrolled.
        if line < top:
            self.scroll_to(y=line, animate=False, immediate=True, force=True)
        elif line >= top + height:
            # With the last line comes what stands under it.
            under = line == len(self._keys) - 1 and bool(self._below)
            self.scroll_to(y=line - height + 1 + under, animate=False, immediate=True, force=True)

    # -- drawing

    def on_resize(self) -> None:
        """Keep the cursor on screen."""
        self._drawn.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._keys) + bool(self._below))
        self._scroll_to_cursor()
        self.refresh()
        self.post_message(self.Moved(self._cursor))

    def _placed(self) -> list[tuple[ListColumn, int, int]]:
        width = self.scrollable_content_region.width
        chosen = [column for column in self._columns if column.from_width <= width <= column.up_to_width]
        fixed = sum(column.width for column in chosen) + _GAP * (len(chosen) - 1) + 2
        placed, start = [], 1
        for column in chosen:
            wide = column.width or max(8, width - fixed)
            placed.append((column, start, wide))
            start += wide + _GAP
        return placed

    def _wanted(self, y: int) -> tuple[Line, bool]:
        index = y + self.scroll_offset.y
        if index >= len(self._keys):
            said = self._below if self._keys and index == len(self._keys) else ""
            said = self._nothing if not self._keys and index == 0 else said
            return ((Piece(f" {said}", Tone.DIM),) if said else ()), False
        key = self._keys[index]
        is_cursor = key == self._cursor
        cells = dict(zip(self._columns, self._cells(key), strict=True))
        pieces = [Piece(">" if is_cursor else " ", Tone.STRONG if is_cursor else Tone.DIM)]
        for column, _, width in self._placed():
            text, tone = cells[column]
            if pieces[1:]:
                pieces.append(Piece(" " * _GAP, tone))
            pieces.append(Piece(fit(text, width, right=column.right, ellipsis=self.glyphs.ellipsis), tone))
        return tuple(pieces), is_cursor
