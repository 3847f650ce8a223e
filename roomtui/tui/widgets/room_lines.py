"""The lines of the table of rooms: each is compared with what stands on the screen, and only what differs is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.geometry import Region
from textual.message import Message

from roomtui.tui.columns import View, heading, place
from roomtui.tui.layout import Chosen
from roomtui.tui.lines import Piece, Tone
from roomtui.tui.marks import Marks
from roomtui.tui.rows import Rows
from roomtui.tui.widgets.drawn import Drawn
from roomtui.tui.widgets.toned import Toned

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.strip import Strip

    from roomtui.rooms.clock import Clock
    from roomtui.tui.columns import Placed
    from roomtui.tui.layout import Layout, Sort

_SCREENFULS_KEPT: Final = 4
_FEW: Final = 10


class RoomLines(Toned):
    """Draws rows of rooms at one instant, in the columns that were chosen, the cursor and the marks.

    Args:
        clock: Twilio's time.
    """

    class PlacedAnew(Message):
        """The columns stand elsewhere: a heading above them is to say so."""

        def can_replace(self, message: Message) -> bool:
            """Only where they stand at last counts."""
            return isinstance(message, RoomLines.PlacedAnew)

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--cursor"}
    DEFAULT_CSS = """
    RoomLines {
        background: $background;
        scrollbar-gutter: stable;
        & > .table--cursor { background: $primary-muted; }
        &:ansi > .table--cursor { background: transparent; text-style: reverse; }
    }
    """

    def __init__(self, clock: Clock, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._now = clock.now()
        self._instant = self._now.timestamp()
        self._view = View()
        self._nothing: Callable[[], str] = str
        self._rows = Rows()
        self._cursor_sid: str | None = None
        self.marks = Marks()
        self._chosen_columns: Layout | None = None
        self._sorted_by: Sort | None = None
        self._placed: tuple[Placed, ...] = ()
        self._placed_in = -1
        self._drawn: dict[int, Drawn] = {}
        # What was made of rooms that are or were on screen just now: where rows move, nothing is made again.
        self._made: dict[str, Drawn] = {}
        self._strips: dict[str, tuple[Drawn, Strip]] = {}

    def instant(self) -> float:
        """The instant (a timestamp, Twilio's time) that the rows are of; it goes on with each tick."""
        return self._instant

    @property
    def heading(self) -> str:
        """The titles of the columns, where they stand, and what the rooms are sorted by."""
        sort, glyphs = self._sorted_by, self._view.glyphs
        if sort is None:
            return heading(self._columns())
        return heading(self._columns(), glyphs.down if sort.down else glyphs.up, sort.key)

    def lay_out(self, layout: Layout | None) -> None:
        """Show these columns; None: the usual ones of the width."""
        self._chosen_columns, self._placed_in = layout, -1
        self.refresh()

    @property
    def layout_now(self) -> Layout:
        """The columns that are shown; of somebody's own choice also those that there is no room for."""
        return self._chosen_columns or tuple(Chosen(placed.column.key) for placed in self._columns())

    @property
    def _rows_on_screen(self) -> int:
        return self.size.height

    def _columns(self) -> tuple[Placed, ...]:
        width = self.scrollable_content_region.width
        if width != self._placed_in:
            self._placed, self._placed_in = place(width, self._chosen_columns), width
            self.post_message(self.PlacedAnew())
            self._drawn.clear()
            self._made.clear()
            self._strips.clear()
        return self._placed

    def notify_style_update(self) -> None:
        """Forget what was drawn: the theme or the background may be another."""
        self._strips.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw the row at line `y` of the widget."""
        width = self.scrollable_content_region.width
        wanted = self._wanted(y)
        self._drawn[y] = wanted
        if wanted.sid is None:
            return self.strip(wanted.cells, width)
        known = self._strips.get(wanted.sid)
        if known is not None and known[0] == wanted:
            return known[1]
        cursor = self.get_component_rich_style("table--cursor", partial=True) if wanted.is_cursor else None
        strip = self.strip(wanted.line(self._placed, self._view.glyphs), width, over=cursor)
        self._strips[wanted.sid] = wanted, strip
        return strip

    def _without_a_room(self, index: int) -> tuple[Piece, ...]:
        if not len(self._rows):
            return (Piece(f" {self._nothing()}", Tone.DIM),) if index == 0 else ()
        if index >= len(self._rows):
            return ()
        rule, text = self._view.glyphs.rule, " ended "
        return (Piece(f" {rule * 2}{text}{rule * max(0, self.size.width - len(text) - 5)}", Tone.DIM),)

    def _index(self, y: int) -> int:
        return y + self.scroll_offset.y

    def _wanted(self, y: int) -> Drawn:
        index = self._index(y)
        sid = self._rows.at(index)
        if sid is None:
            return Drawn(None, is_cursor=False, cells=self._without_a_room(index))
        entry, columns = self._rows.entry(sid), self._columns()
        of_room = sid, sid == self._cursor_sid, sid in self.marks
        before = self._made.get(sid)
        if before is None or not before.is_of(entry, self._view):
            cells = tuple(placed.column.cell(entry, self._now, self._view) for placed in columns)
        elif not before.is_as_of(self._now):
            cells = tuple(
                placed.column.cell(entry, self._now, self._view) if placed.column.ticks else known
                for placed, known in zip(columns, before.cells, strict=True)
            )
        elif before.of_room == of_room:
            return before
        else:
            cells = before.cells
        made = self._made[sid] = Drawn(sid, of_room[1], cells, of_room[2], (entry, self._now, self._view))
        return made

    def _forget_what_is_far(self) -> None:
        if len(self._made) > _SCREENFULS_KEPT * max(_FEW, self.size.height):
            near = {drawn.sid for drawn in self._drawn.values()}
            self._made = {sid: made for sid, made in self._made.items() if sid in near}
            self._strips = {sid: made for sid, made in self._strips.items() if sid in near}

    def _draw_what_changed(self) -> None:
        self._columns()  # in another width, nothing of what stands there counts
        self._forget_what_is_far()
        if not self._drawn:
            self.refresh()
            return
        width, height = self.size.width, self.size.height
        regions: list[Region] = []
        for y, drawn in self._drawn.items():
            if y >= height or self._still_stands(y, drawn):
                continue
            wanted = self._wanted(y)
            right = drawn.changed_up_to(wanted, self._placed, width)
            if right:
                regions.append(Region(0, y, right, 1))
            else:
                self._drawn[y] = wanted
        if regions:
            self.refresh(*regions)

    def _still_stands(self, y: int, drawn: Drawn) -> bool:
        # The same room at the same instant is the same text: most of the time nothing needs to be made to see that.
        sid = self._rows.at(self._index(y))
        if sid is None or drawn.of_room != (sid, sid == self._cursor_sid, sid in self.marks):
            return False
        return drawn.is_as_of(self._now) and drawn.is_of(self._rows.entry(sid), self._view)
