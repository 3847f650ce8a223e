"""The live table of rooms.

A line widget of our own: Textual's DataTable draws itself whole for one changed cell, and its cursor is a row number.
Here the cursor is a SID, and each row is compared with what stands on the screen, so that only what differs is drawn.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.geometry import Offset
from textual.message import Message

from roomtui.tui.widgets.room_lines import RoomLines

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from textual import events
    from textual.binding import BindingType

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.picture import LiveRoom, Picture
    from roomtui.tui.columns import View
    from roomtui.tui.layout import Sort
    from roomtui.tui.sieve import Keep

_HOLD_AFTER_KEY: Final = 1.5
# Rooms that a filter tests at a time: a few milliseconds where what it searches is not yet made ready.
_SIFTED_AT_A_TIME: Final = 1000


class RoomTable(RoomLines, can_focus=True, inherit_bindings=False):
    """All rooms, what closes first on top, those that ended lately at the bottom.

    Args:
        clock: Twilio's time.
        monotonic: seconds that only grow; after a key the order holds still for a moment.
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
        Binding("space", "mark", "Mark", show=False, tooltip="Mark the room, or take its mark away", id="room.mark"),
        Binding(
            "V", "mark_up_to", "Mark to here", show=False, tooltip="Mark from the last mark to here", id="room.range"
        ),
        Binding(
            "asterisk",
            "mark_all",
            "Mark all",
            key_display="*",
            show=False,
            tooltip="Mark all that are shown",
            id="room.all",
        ),
        Binding("u", "unmark", "Unmark", show=False, tooltip="Take all marks away", id="room.unmark"),
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

    class Marked(Message):
        """Other rooms are marked."""

        def can_replace(self, message: Message) -> bool:
            """Only what is marked at last counts."""
            return isinstance(message, RoomTable.Marked)

    class Sifted(Message):
        """A filter is through with all rooms."""

        def can_replace(self, message: Message) -> bool:
            """Only the last filter counts."""
            return isinstance(message, RoomTable.Sifted)

    def __init__(
        self,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(clock, id=id)
        self._clock = clock
        self._monotonic = monotonic
        self._live: Mapping[str, LiveRoom] = {}
        self._sifting_soon = False
        # Until everything is known or a key is pressed, the cursor stands on what closes first.
        self._at_the_top = True
        self._awaited: str | None = None
        self._hold_until = float("-inf")
        self._holding = False

    # -- what is shown

    def first_rooms(self, count: int) -> list[LiveRoom]:
        """As many of the live rooms that are shown."""
        return [self._live[sid] for sid in islice(self._rows, count) if sid in self._live]

    @property
    def hidden_marks(self) -> int:
        """How many marked rooms a filter hides."""
        return len(self.marks) - self._rows.count(self.marks)

    def show(
        self, picture: Picture, view: View, changed: Collection[str] | None = None, *, nothing: Callable[[], str] = str
    ) -> None:
        """Show the rooms of `picture`; where there are none, what `nothing` says.

        `changed` has the SIDs of the live rooms that are not what they were in the picture before, None if that is not
        known.
        """
        self._view = view if view != self._view else self._view
        self._nothing = nothing
        self._live = picture.live
        self.marks.keep(picture.live, changed)
        self._look_at_the_clock()
        self._rearrange(
            lambda: self._rows.show(picture, changed, still=self._is_still, cursor=self._cursor_that_keeps_its_place)
        )
        self._at_the_top = self._at_the_top and (not picture.live or picture.unread > 0)
        self._draw_what_changed(changed)

    def tick(self) -> None:
        """Let the countdowns go on; what was kept out of its place while a key was pressed takes it."""
        self._look_at_the_clock()
        cursor, now, still = self._cursor_that_keeps_its_place, self._instant, self._is_still
        if not self._rows.is_settled(still=still, now=now):
            self._rearrange(lambda: self._rows.settle(still=still, cursor=cursor, now=now))
        self._draw_what_changed(among=())

    def hold(self, *, on: bool) -> None:
        """Keep the order of the rooms as it is while a dialog is open, and the cursor on the room that it is about."""
        self._holding = on
        self._at_the_top &= not on

    def on_key(self) -> None:
        """Stay on this room: whatever the key does, it was pressed for the room that was seen under the cursor."""
        self._at_the_top = False

    def sort(self, sort: Sort | None) -> None:
        """Sort the live rooms by this (None: by when they close); a cursor on the first room stays with the first."""
        self._sorted_by = sort
        at_the_first = self._cursor_sid == self._rows.first

        def change() -> str | None:
            cursor = self._rows.sort(None if sort is None else sort.by, self._cursor_sid)
            return self._rows.first if at_the_first else cursor

        self._rearrange(change)
        self._draw_what_changed()

    def sift(self, keep: Keep | None, *, nothing: Callable[[], str], narrower: bool = False) -> None:
        """Show only the rooms that `keep` lets through (None: all); where there are none, what `nothing` says.

        `narrower` says that it finds none that the one before did not find.
        """
        self._nothing = nothing
        self._look_at_the_clock()
        self._rows.sift(keep, narrower=narrower)
        self._sift_some()

    def sift_through(self) -> None:
        """Let a filter that was typed a moment ago be through with all rooms: a key is about what it has found."""
        if self._rows.is_sifting:
            self._rearrange(lambda: self._rows.go_on(self._cursor_sid))
            self._draw_what_changed()
            self.post_message(self.Sifted())

    def _sift_some(self) -> None:
        if self._rows.to_be_sifted > _SIFTED_AT_A_TIME:
            self._rows.go_on(self._cursor_sid, rooms=_SIFTED_AT_A_TIME)  # nothing else is shown yet
        else:
            self._rearrange(lambda: self._rows.go_on(self._cursor_sid, rooms=_SIFTED_AT_A_TIME))
            self._draw_what_changed()
        if self._rows.is_sifting and not self._sifting_soon:
            self._sifting_soon = True
            # Through the event loop: what else there is to do comes first.
            asyncio.get_running_loop().call_soon(self.call_later, self._sift_more)
        elif not self._rows.is_sifting:
            self.post_message(self.Sifted())

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

    # -- marks

    def action_mark(self) -> None:
        """Mark the room under the cursor, or take its mark away, and move on to the next."""
        self.sift_through()
        if self._cursor_sid is not None and self._cursor_sid in self._live:
            self.marks.turn(self._cursor_sid)
            self.marks_changed()
        self.action_move(1)

    def action_mark_up_to(self) -> None:
        """Mark all rooms from the one that was marked last to the one under the cursor."""
        self.sift_through()
        if self._cursor_sid is not None:
            self.marks.up_to(self._cursor_sid, self._rows.live)
            self.marks_changed()

    def action_mark_all(self) -> None:
        """Mark all live rooms that are shown."""
        self.sift_through()
        self.marks.add(self._rows.live)
        self.marks_changed()

    def action_unmark(self) -> None:
        """Take all marks away."""
        self.marks.clear()
        self.marks_changed()

    def marks_changed(self) -> None:
        """Draw the marks as they are now; order holds still for a moment, for somebody is choosing."""
        self._hold_until = self._monotonic() + _HOLD_AFTER_KEY
        self._draw_what_changed()
        self.post_message(self.Marked())

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
        # There the terminal's own cursor belongs, too: over a slow line what stands there is sent first.
        self.app.cursor_position = self.content_region.offset + Offset(0, row - self.scroll_offset.y)

    # -- drawing

    def on_resize(self) -> None:
        """Keep the cursor on screen."""
        self.reach(len(self._rows))
        self._scroll_to_cursor()
        self.refresh()

    def _fit_the_scrollbar(self) -> None:
        if len(self._rows) != self.virtual_size.height:
            self.reach(len(self._rows))
