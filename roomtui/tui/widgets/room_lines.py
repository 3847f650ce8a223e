"""The lines of the table of rooms: each is compared with what stands on the screen, and only what differs is drawn."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from textual.geometry import Region
from textual.message import Message

from roomtui.tui.columns import View, heading, place
from roomtui.tui.layout import Chosen
from roomtui.tui.lines import Piece, Tone
from roomtui.tui.marks import Marks
from roomtui.tui.rows import Rows
from roomtui.tui.widgets.cursored import Cursored
from roomtui.tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from textual.strip import Strip

    from roomtui.rooms.clock import Clock
    from roomtui.tui.columns import Column, Entry, Placed
    from roomtui.tui.layout import Layout, Sort

_SCREENFULS_KEPT: Final = 4
_FEW: Final = 10
# For how many seconds ahead it is looked whether a row that did not change in the last one will stay as it is.
_AHEAD: Final = (30, 8, 2)


class RoomLines(Cursored):
    """Draws rows of rooms at one instant, in the columns that were chosen, the cursor and the marks.

    Args:
        clock: Twilio's time.
    """

    class PlacedAnew(Message):
        """The columns stand elsewhere: a heading above them is to say so."""

        def can_replace(self, message: Message) -> bool:
            """Only where they stand at last counts."""
            return isinstance(message, RoomLines.PlacedAnew)

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
        self._ticking: tuple[tuple[int, Column], ...] = ()
        self._placed_in = -1
        self._top = 0
        self._visible: frozenset[str] = frozenset()
        self._visible_in = (-1, 0, 0)
        # What decides which line shows what, but the rooms themselves and time.
        self._stands: tuple[object, ...] = ()
        self._looked_at = -math.inf
        self._drawn: dict[int, Drawn] = {}
        # What was made of rooms that are or were on screen just now: where rows move, nothing is made again.
        self._made: dict[str, Drawn] = {}
        self._strips: dict[str, tuple[Drawn, Strip]] = {}

    def instant(self) -> float:
        """The instant (a timestamp, Twilio's time) that the rows are of; it goes on with each tick."""
        return self._instant

    @property
    def cursor_sid(self) -> str | None:
        """The SID of the room under the cursor, None in an empty table."""
        return self._cursor_sid

    @property
    def visible_sids(self) -> frozenset[str]:
        """The rooms on screen."""
        window = self._rows.arrangement, self.scroll_offset.y, self._rows_on_screen
        if window != self._visible_in:
            _, top, height = self._visible_in = window
            found = (self._rows.at(line) for line in range(top, top + height))
            self._visible = frozenset(sid for sid in found if sid is not None)
        return self._visible

    def closing_by(self, instant: datetime) -> int:
        """How many rooms, whether a filter lets them through or not, will certainly have closed by then."""
        return self._rows.closing_by(instant.timestamp())

    @property
    def found(self) -> int:
        """How many rooms are shown."""
        return self._rows.rooms

    @property
    def waiting(self) -> int:
        """Of how many live rooms it is not known yet whether a filter lets them through."""
        return self._rows.waiting

    @property
    def shown(self) -> list[str]:
        """The SIDs of the live rooms that are shown, from top to bottom."""
        return self._rows.live

    @property
    def entries(self) -> list[Entry]:
        """All rooms that are shown, live and ended, from top to bottom."""
        return [self._rows.entry(sid) for sid in self._rows]

    @property
    def heading(self) -> str:
        """The titles of the columns, where they stand, and what the rooms are sorted by."""
        sort, glyphs = self._sorted_by, self._view.glyphs
        if sort is None:
            return heading(self._columns(), ellipsis=glyphs.ellipsis)
        return heading(self._columns(), glyphs.down if sort.down else glyphs.up, sort.key, ellipsis=glyphs.ellipsis)

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
            columns = enumerate(placed.column for placed in self._placed)
            self._ticking = tuple((index, column) for index, column in columns if column.ticks)
            self.post_message(self.PlacedAnew())
            self._drawn.clear()
            self._made.clear()
            self._strips.clear()
        return self._placed

    def notify_style_update(self) -> None:
        """Forget what was drawn: the theme or the background may be another."""
        self._strips.clear()
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw what is asked for of these lines."""
        self._look_where_rows_are()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw the row at line `y` of the widget."""
        width = self._placed_in
        wanted = self._drawn[y] = self._wanted(y)
        if wanted.sid is None:
            return self.strip(wanted.cells, width)
        known = self._strips.get(wanted.sid)
        strip = None
        if known is not None:
            if known[0] == wanted:
                return known[1]
            strip = known[0].patched(known[1], wanted, self._placed)
        if strip is None:
            cursor = self.cursor_style if wanted.is_cursor else None
            strip = self.strip(wanted.line(self._placed, self._view.glyphs), width, over=cursor)
        self._strips[wanted.sid] = wanted, strip
        return strip

    def render_part(self, y: int, start: int, end: int) -> Strip | None:
        """Draw the cells from `start` to `end` of the row at line `y`, if they are those of a column."""
        wanted = self._wanted(y)
        known = None if wanted.sid is None else self._strips.get(wanted.sid)
        part = None if known is None else known[0].patch(known[1], wanted, self._placed, start, end)
        if part is not None:
            self._drawn[y] = wanted
        return part

    def _look_where_rows_are(self) -> None:
        # Once for all lines: Textual works out afresh each time where a widget is and how far it is scrolled.
        self._columns()
        self._top = self.scroll_offset.y

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
        index = y + self._top
        sid = self._rows.at(index)
        if sid is None:
            return Drawn(None, is_cursor=False, cells=self._without_a_room(index))
        entry, view, instant = self._rows.entry(sid), self._view, self._instant
        of_room = sid, sid == self._cursor_sid, sid in self.marks
        before = self._made.get(sid)
        since = until = instant
        if before is None or not before.is_of(entry, view):
            cells = tuple(placed.column.cell(entry, self._now, view) for placed in self._placed)
        elif before.holds_at(instant):
            if before.of_room == of_room:
                return before
            cells, since, until = before.cells, before.since, before.until
        else:
            cells = self._as_of(self._now, entry, before.cells)
            if cells == before.cells:
                until += self._unchanged_for(entry, cells)
        made = self._made[sid] = Drawn(sid, of_room[1], cells, of_room[2], (entry, view), since, until)
        return made

    def _as_of(self, now: datetime, entry: Entry, known: tuple[Piece, ...]) -> tuple[Piece, ...]:
        """What stands in the columns at this instant, where at another one that is `known`."""
        cells = list(known)
        for index, column in self._ticking:
            cells[index] = column.cell(entry, now, self._view)
        return tuple(cells)

    def _unchanged_for(self, entry: Entry, cells: tuple[Piece, ...]) -> int:
        """For how many seconds time alone surely leaves a row as it is: no cell becomes what it once was."""
        for seconds in _AHEAD:
            if self._as_of(self._now + timedelta(seconds=seconds), entry, cells) == cells:
                return seconds
        return 0

    def _forget_what_is_far(self) -> None:
        if len(self._made) > _SCREENFULS_KEPT * max(_FEW, self.size.height):
            near = {drawn.sid for drawn in self._drawn.values()}
            self._made = {sid: made for sid, made in self._made.items() if sid in near}
            self._strips = {sid: made for sid, made in self._strips.items() if sid in near}

    def _draw_what_changed(self, among: Collection[str] | None = None) -> None:
        """Draw anew what is not as it stands on the screen.

        `among` has the SIDs of the rooms that are not what they were, None if any may be.
        """
        if among is None:
            self._columns()  # in another width, nothing of what stands there counts
        self._top = self.scroll_offset.y
        if not self._drawn:
            self.refresh()
            return
        height, width = self.size.height, self.size.width
        regions: list[Region] = []
        for y, drawn in self._suspects(among):
            if y >= height:
                continue
            wanted = self._wanted(y)
            spans = drawn.changes(wanted, self._placed, width)
            if spans:
                regions += [Region(start, y, end - start, 1) for start, end in spans]
            else:
                self._drawn[y] = wanted
        if regions:
            self.refresh(*regions)

    def _suspects(self, among: Collection[str] | None) -> list[tuple[int, Drawn]]:
        """The lines that may not be as they stand on the screen."""
        stands = self._rows.arrangement, self._top, self._cursor_sid, self._view, self.size
        looked_at, self._looked_at = self._looked_at, self._instant
        if among is None or stands != self._stands or not len(self._rows):
            self._stands = stands
            self._forget_what_is_far()
            return [(y, drawn) for y, drawn in self._drawn.items() if not self._still_stands(y, drawn)]
        if looked_at == self._instant:
            return [(y, drawn) for y, drawn in self._drawn.items() if drawn.sid in among]
        return [(y, each) for y, each in self._drawn.items() if each.sid in among or not each.holds_at(self._instant)]

    def _still_stands(self, y: int, drawn: Drawn) -> bool:
        # The same room at the same instant is the same text: most of the time nothing needs to be made to see that.
        sid = self._rows.at(y + self._top)
        if sid is None or drawn.of_room != (sid, sid == self._cursor_sid, sid in self.marks):
            return False
        return drawn.holds_at(self._instant) and drawn.is_of(self._rows.entry(sid), self._view)
