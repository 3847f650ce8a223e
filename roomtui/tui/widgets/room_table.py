"""The live table of rooms.

A line widget of our own: Textual's DataTable draws itself whole for one changed cell, and its cursor is a row number.
Here the cursor is a SID, and each row is compared with what stands on the screen, so that only what differs is drawn.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message

from roomtui.tui.columns import View, heading, place
from roomtui.tui.lines import Piece, Tone
from roomtui.tui.rows import Rows
from roomtui.tui.widgets.drawn import Drawn
from roomtui.tui.widgets.toned import Toned

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from textual import events
    from textual.binding import BindingType
    from textual.strip import Strip

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.picture import Picture
    from roomtui.tui.columns import Placed
    from roomtui.tui.sieve import Keep

_HOLD_AFTER_KEY: Final = 1.5
# Rooms that a filter tests at a time: a few milliseconds where what it searches is not yet made ready.
_SIFTED_AT_A_TIME: Final = 500


class RoomTable(Toned, can_focus=True, inherit_bindings=False):
    """All rooms, what closes first on top, those that ended lately at the bottom.

    Args:
        clock: Twilio's time.
        monotonic: seconds that only grow; after a key the order holds still for a moment.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--cursor"}
    DEFAULT_CSS = """
    RoomTable {
        background: $background;
        scrollbar-gutter: stable;
        & > .table--cursor { background: $primary-muted; }
        &:ansi > .table--cursor { background: transparent; text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Move", show=False),
        Binding("down,j", "move(1)", "Move", show=False),
        Binding("pageup", "page(-1)", "Page", show=False),
        Binding("pagedown", "page(1)", "Page", show=False),
        Binding("home,g", "jump(-1)", "First, last room", show=False),
        Binding("end,G", "jump(1)", "First, last room", show=False),
        Binding(
            "enter",
            "choose",
            "Details",
            key_display="enter",
            show=False,
            tooltip="Every field of the room, and its roster",
        ),
    ]

    @dataclass
    class Moved(Message):
        """The cursor stands on another room (None: there is none)."""

        sid: str | None

        def can_replace(self, message: Message) -> bool:
            """Only the newest place counts."""
            return isinstance(message, RoomTable.Moved)

    @dataclass
    class Chosen(Message):
        """The room under the cursor is wanted in detail."""

        sid: str

    def __init__(
        self,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._monotonic = monotonic
        self._now = clock.now()
        self._instant = self._now.timestamp()
        self._view = View()
        self._nothing = ""
        self._rows = Rows()
        self._sifting_soon = False
        self._cursor_sid: str | None = None
        # Until everything is known or a key is pressed, the cursor stands on what closes first.
        self._at_the_top = True
        self._awaited: str | None = None
        self._hold_until = float("-inf")
        self._holding = False
        self._placed: tuple[Placed, ...] = ()
        self._placed_in = -1
        self._drawn: dict[int, Drawn] = {}

    # -- what is shown

    @property
    def cursor_sid(self) -> str | None:
        """The SID of the room under the cursor, None in an empty table."""
        return self._cursor_sid

    @property
    def visible_sids(self) -> frozenset[str]:
        """The rooms on screen."""
        top = self.scroll_offset.y
        lines = range(top, top + self._rows_on_screen)
        return frozenset(sid for line in lines if (sid := self._rows.at(line)) is not None)

    def instant(self) -> float:
        """The instant (a timestamp, Twilio's time) that the rows are of; it goes on with each tick."""
        return self._instant

    def closing_by(self, instant: datetime) -> int:
        """How many rooms, whether a filter lets them through or not, will certainly have closed by then."""
        return self._rows.closing_by(instant.timestamp())

    @property
    def heading(self) -> str:
        """The titles of the columns, where they stand."""
        return heading(self._columns())

    def show(self, picture: Picture, view: View, changed: Collection[str] | None = None, *, nothing: str = "") -> None:
        """Show the rooms of `picture`; where there are none, the sentence `nothing`.

        `changed` has the SIDs of the live rooms that are not what they were in the picture before, None if that is not
        known.
        """
        self._view = view if view != self._view else self._view
        self._nothing = nothing
        self._look_at_the_clock()
        self._rearrange(
            lambda: self._rows.show(picture, changed, still=self._is_still, cursor=self._cursor_that_keeps_its_place)
        )
        self._at_the_top = self._at_the_top and (not picture.live or picture.unread > 0)
        self._draw_what_changed()

    def tick(self) -> None:
        """Let the countdowns go on; what was kept out of its place while a key was pressed takes it."""
        self._look_at_the_clock()
        cursor, now = self._cursor_that_keeps_its_place, self._instant
        self._rearrange(lambda: self._rows.settle(still=self._is_still, cursor=cursor, now=now))
        self._draw_what_changed()

    def hold(self, *, on: bool) -> None:
        """Keep the order of the rooms as it is while a dialog is open."""
        self._holding = on

    def sift(self, keep: Keep | None, *, nothing: str) -> None:
        """Show only the rooms that `keep` lets through (None: all); where there are none, the sentence `nothing`."""
        self._nothing = nothing
        self._look_at_the_clock()
        self._rows.sift(keep)
        self._sift_some()

    def sift_through(self) -> None:
        """Let a filter that was typed a moment ago be through with all rooms: a key is about what it has found."""
        if self._rows.is_sifting:
            self._rearrange(lambda: self._rows.go_on(self._cursor_sid))
            self._draw_what_changed()

    def _sift_some(self) -> None:
        self._rearrange(lambda: self._rows.go_on(self._cursor_sid, rooms=_SIFTED_AT_A_TIME))
        self._draw_what_changed()
        if self._rows.is_sifting and not self._sifting_soon:
            self._sifting_soon = True
            # Through the event loop: what else there is to do comes first.
            asyncio.get_running_loop().call_soon(self.call_later, self._sift_more)

    def _sift_more(self) -> None:
        self._sifting_soon = False
        if self._rows.is_sifting:
            self._sift_some()

    def go_to(self, sid: str) -> None:
        """Put the cursor on this room, if it is shown."""
        if self._rows.line_of(sid) is not None:
            self._set_cursor(sid)

    def await_room(self, sid: str) -> None:
        """Put the cursor on this room once it is shown, unless a key moves it before."""
        self._awaited = sid
        self._go_to_the_awaited()

    def _go_to_the_awaited(self) -> None:
        if self._rows.line_of(self._awaited) is not None:
            self._set_cursor(self._awaited)
            self._at_the_top, self._awaited = False, None

    def neighbour(self, sid: str) -> str | None:
        """The live room below this one, or else the one above."""
        return self._rows.neighbour(sid)

    @property
    def _is_still(self) -> bool:
        return self._holding or self._monotonic() < self._hold_until

    @property
    def _cursor_that_keeps_its_place(self) -> str | None:
        return None if self._at_the_top else self._cursor_sid

    def _look_at_the_clock(self) -> None:
        # Within one second all rows are of the same instant: what has not changed need not be looked at again.
        now = self._clock.now()
        if now.replace(microsecond=0) != self._now.replace(microsecond=0):
            self._now, self._instant = now, now.timestamp()

    def _rearrange(self, change: Callable[[], str | None]) -> None:
        """Let the rows change; the cursor's line stays where it is on the screen, and the top in sight at the top."""
        line, top = self._rows.line_of(self._cursor_sid), self.scroll_offset.y
        cursor = change()
        self._fit_the_scrollbar()
        if self._at_the_top and self._rows.first is not None:
            self._set_cursor(self._rows.first)
        elif cursor != self._cursor_sid:
            self._set_cursor(cursor)
        else:
            now, height = self._rows.line_of(cursor), self._rows_on_screen
            if line is not None and now is not None and top <= line < top + height and (top or now >= height):
                self.scroll_to(y=top + now - line, animate=False, immediate=True)
        self._go_to_the_awaited()

    # -- the cursor

    def action_move(self, steps: int) -> None:
        """Move the cursor by `steps` rooms."""
        self.sift_through()
        sid = self._rows.stepped(self._cursor_sid, steps)
        if sid is not None:
            self._by_key(sid)

    def action_page(self, direction: int) -> None:
        """Move the cursor by a screenful."""
        self.action_move(direction * max(1, self._rows_on_screen - 1))

    def action_jump(self, direction: int) -> None:
        """Move the cursor to the first (-1) or the last (1) room."""
        self.action_move(direction * len(self._rows))

    def action_choose(self) -> None:
        """Ask for the details of the room under the cursor."""
        if self._cursor_sid is not None:
            self.post_message(self.Chosen(self._cursor_sid))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the room that was clicked; a second click asks for its details."""
        sid = self._rows.at(self._index(event.y))
        if sid is None:
            return
        if sid == self._cursor_sid:
            self.action_choose()
        else:
            self._by_key(sid)

    def _by_key(self, sid: str) -> None:
        self._at_the_top, self._awaited = False, None
        self._hold_until = self._monotonic() + _HOLD_AFTER_KEY
        self._set_cursor(sid)

    def _set_cursor(self, sid: str | None) -> None:
        if sid == self._cursor_sid:
            return
        self._cursor_sid = sid
        self._scroll_to_cursor()
        self._draw_what_changed()
        self.post_message(self.Moved(sid))

    def _scroll_to_cursor(self) -> None:
        row, top = self._rows.line_of(self._cursor_sid), self.scroll_offset.y
        if row is None or not self._rows_on_screen:
            return
        if row < top:
            self.scroll_to(y=row, animate=False, immediate=True)
        elif row >= top + self._rows_on_screen:
            self.scroll_to(y=row - self._rows_on_screen + 1, animate=False, immediate=True)

    @property
    def _rows_on_screen(self) -> int:
        return self.size.height

    # -- drawing

    def on_resize(self) -> None:
        """Keep the cursor on screen."""
        self._fit_the_scrollbar()
        self._scroll_to_cursor()
        self.refresh()

    def _fit_the_scrollbar(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._rows))

    def _columns(self) -> tuple[Placed, ...]:
        width = self.scrollable_content_region.width
        if width != self._placed_in:
            self._placed, self._placed_in = place(width), width
            self._drawn.clear()
        return self._placed

    def render_line(self, y: int) -> Strip:
        """Draw the row at line `y` of the widget."""
        width = self.scrollable_content_region.width
        wanted = self._wanted(y)
        self._drawn[y] = wanted
        if wanted.sid is None:
            return self.strip(wanted.cells, width)
        cursor = self.get_component_rich_style("table--cursor", partial=True) if wanted.is_cursor else None
        return self.strip(wanted.line(self._placed, ellipsis=self._view.glyphs.ellipsis), width, over=cursor)

    def _without_a_room(self, index: int) -> tuple[Piece, ...]:
        if not len(self._rows):
            return (Piece(f" {self._nothing}", Tone.DIM),) if index == 0 else ()
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
        before = self._drawn.get(y)
        if before is not None and before.is_of(entry, self._view):
            cells = tuple(
                placed.column.cell(entry, self._now, self._view) if placed.column.ticks else known
                for placed, known in zip(columns, before.cells, strict=True)
            )
        else:
            cells = tuple(placed.column.cell(entry, self._now, self._view) for placed in columns)
        return Drawn(sid, sid == self._cursor_sid, cells, (entry, self._now, self._view))

    def _draw_what_changed(self) -> None:
        self._columns()  # in another width, nothing of what stands there counts
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
        if sid is None or (drawn.sid, drawn.is_cursor) != (sid, sid == self._cursor_sid):
            return False
        return drawn.is_as_of(self._now) and drawn.is_of(self._rows.entry(sid), self._view)
