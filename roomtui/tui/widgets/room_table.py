"""The live table of rooms.

A line widget of our own: Textual's DataTable draws itself whole for one changed cell, and its cursor is a row number.
Here the cursor is a SID, and each row is compared with what stands on the screen, so that only what differs is drawn.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message

from roomtui.tui.columns import GAP, View, heading, place
from roomtui.tui.lines import Piece, Tone, fit
from roomtui.tui.widgets.toned import Toned

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.binding import BindingType
    from textual.strip import Strip

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.picture import LiveRoom, Picture
    from roomtui.tui.columns import Entry, Placed

_HOLD_AFTER_KEY: Final = 1.5
_DIVIDER: Final = None


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What stands on one line of the screen."""

    sid: str | None
    is_cursor: bool
    cells: tuple[Piece, ...]


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
        self._view = View()
        self._nothing = ""
        self._shown: dict[str, Entry] = {}
        self._items: list[str | None] = []
        self._rooms: list[str] = []
        self._position: dict[str, int] = {}
        self._cursor_sid: str | None = None
        # Until everything is known or a key is pressed, the cursor stands on what closes first.
        self._at_the_top = True
        self._awaited: str | None = None
        self._hold_until = float("-inf")
        self._holding = False
        self._placed: tuple[Placed, ...] = ()
        self._placed_in = -1
        self._drawn: dict[int, _Drawn] = {}

    # -- what is shown

    @property
    def cursor_sid(self) -> str | None:
        """The SID of the room under the cursor, None in an empty table."""
        return self._cursor_sid

    @property
    def visible_sids(self) -> frozenset[str]:
        """The rooms on screen."""
        top = self.scroll_offset.y
        return frozenset(sid for sid in self._items[top : top + self._rows_on_screen] if sid is not None)

    @property
    def heading(self) -> str:
        """The titles of the columns, where they stand."""
        return heading(self._columns())

    def show(
        self, picture: Picture, view: View, keep: Callable[[Entry], bool] | None = None, *, nothing: str = ""
    ) -> None:
        """Show the rooms of `picture` that `keep` lets through; where there are none, the sentence `nothing`."""
        self._view, self._nothing = view, nothing
        self._now = self._clock.now()
        live = {sid: each for sid, each in picture.live.items() if keep is None or keep(each)}
        ended = {each.room.sid: each for each in picture.ended if keep is None or keep(each)}
        items: list[str | None] = [*self._in_order(live)]
        if ended:
            items += [_DIVIDER, *ended]
        self._shown = {**ended, **live}
        if items != self._items:
            self._place_items(items)
        self._at_the_top = self._at_the_top and (not live or picture.unread > 0)
        self._draw_what_changed()

    def tick(self) -> None:
        """Let the countdowns go on."""
        self._now = self._clock.now()
        self._draw_what_changed()

    def hold(self, *, on: bool) -> None:
        """Keep the order of the rooms as it is while a dialog is open."""
        self._holding = on

    def go_to(self, sid: str) -> None:
        """Put the cursor on this room, if it is shown."""
        if sid in self._position:
            self._set_cursor(sid)

    def await_room(self, sid: str) -> None:
        """Put the cursor on this room once it is shown, unless a key moves it before."""
        self._awaited = sid
        self._go_to_the_awaited()

    def _go_to_the_awaited(self) -> None:
        if self._awaited in self._position:
            self._set_cursor(self._awaited)
            self._at_the_top, self._awaited = False, None

    def neighbour(self, sid: str) -> str | None:
        """The live room below this one, or else the one above."""
        here = self._position.get(sid)
        if here is None:
            return None
        after = (each for each in self._items[here + 1 :])
        before = (each for each in reversed(self._items[:here]))
        for side in (after, before):
            for each in side:
                if each is _DIVIDER:
                    break
                return each
        return None

    def _in_order(self, live: dict[str, LiveRoom]) -> list[str]:
        if self._holding or self._monotonic() < self._hold_until:
            kept = [sid for sid in self._items if sid is not None and sid in live]
            known = set(kept)
            return kept + sorted((sid for sid in live if sid not in known), key=lambda sid: _closing_order(live[sid]))
        return sorted(live, key=lambda sid: _closing_order(live[sid]))

    def _place_items(self, items: list[str | None]) -> None:
        before = self._items
        self._items = items
        self._rooms = [sid for sid in items if sid is not None]
        self._position = {sid: index for index, sid in enumerate(items) if sid is not None}
        self.virtual_size = Size(self.scrollable_content_region.width, len(items))
        cursor = self._cursor_sid
        if self._at_the_top and self._rooms:
            self._set_cursor(self._rooms[0])
        elif cursor is None or cursor not in self._position:
            self._set_cursor(self._stand_in(before))
        else:
            self._scroll_to_cursor()
        self._go_to_the_awaited()

    def _stand_in(self, before: list[str | None]) -> str | None:
        # The room under the cursor is gone: the next one of the old order that is still there, or the one before.
        here = before.index(self._cursor_sid) if self._cursor_sid in before else 0
        for sid in (*before[here:], *reversed(before[:here]), *self._items):
            if sid is not None and sid in self._position:
                return sid
        return None

    # -- the cursor

    def action_move(self, steps: int) -> None:
        """Move the cursor by `steps` rooms."""
        if self._rooms:
            here = self._rank() if self._cursor_sid is not None else 0
            self._by_key(self._rooms[max(0, min(here + steps, len(self._rooms) - 1))])

    def action_page(self, direction: int) -> None:
        """Move the cursor by a screenful."""
        self.action_move(direction * max(1, self._rows_on_screen - 1))

    def action_jump(self, direction: int) -> None:
        """Move the cursor to the first (-1) or the last (1) room."""
        self.action_move(direction * len(self._items))

    def action_choose(self) -> None:
        """Ask for the details of the room under the cursor."""
        if self._cursor_sid is not None:
            self.post_message(self.Chosen(self._cursor_sid))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the room that was clicked; a second click asks for its details."""
        index = event.y + self.scroll_offset.y
        if index >= len(self._items) or self._items[index] is None:
            return
        if self._items[index] == self._cursor_sid:
            self.action_choose()
        else:
            self._by_key(self._items[index])

    def _rank(self) -> int:
        # The rooms above the cursor: the divider among the rows is none.
        row = self._position[self._cursor_sid] if self._cursor_sid is not None else 0
        return row if row < len(self._rooms) and self._rooms[row] == self._cursor_sid else row - 1

    def _by_key(self, sid: str | None) -> None:
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
        if self._cursor_sid is None or not self._rows_on_screen:
            return
        row, top = self._position[self._cursor_sid], self.scroll_offset.y
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
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._items))
        self._scroll_to_cursor()
        self.refresh()

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
        return self.strip(self._row(wanted), width, over=cursor)

    def _without_a_room(self, index: int) -> tuple[Piece, ...]:
        if not self._items:
            return (Piece(f" {self._nothing}", Tone.DIM),) if index == 0 else ()
        if index >= len(self._items):
            return ()
        rule, text = self._view.glyphs.rule, " ended "
        return (Piece(f" {rule * 2}{text}{rule * max(0, self.size.width - len(text) - 5)}", Tone.DIM),)

    def _index(self, y: int) -> int:
        return y + self.scroll_offset.y

    def _wanted(self, y: int) -> _Drawn:
        index = self._index(y)
        sid = self._items[index] if 0 <= index < len(self._items) else None
        if sid is None:
            return _Drawn(None, is_cursor=False, cells=self._without_a_room(index))
        entry = self._shown[sid]
        cells = tuple(placed.column.cell(entry, self._now, self._view) for placed in self._columns())
        return _Drawn(sid, sid == self._cursor_sid, cells)

    def _row(self, drawn: _Drawn) -> tuple[Piece, ...]:
        # Elsewhere the marker's cell is part of what follows: a style of its own would cost 40 bytes a row.
        pieces = [Piece(">", Tone.STRONG) if drawn.is_cursor else Piece(" ", drawn.cells[0].tone)]
        for placed, (text, tone) in zip(self._placed, drawn.cells, strict=True):
            if pieces[1:]:
                pieces.append(Piece(" " * GAP, tone))
            fitted = fit(text, placed.width, right=placed.column.right, ellipsis=self._view.glyphs.ellipsis)
            pieces.append(Piece(fitted, tone))
        return tuple(pieces)

    def _draw_what_changed(self) -> None:
        self._columns()  # in another width, nothing of what stands there counts
        if not self._drawn:
            self.refresh()
            return
        width = self.size.width
        regions = [
            Region(0, y, right, 1)
            for y, drawn in self._drawn.items()
            if y < self.size.height and (right := self._changed_up_to(drawn, self._wanted(y), width))
        ]
        if regions:
            self.refresh(*regions)

    def _changed_up_to(self, drawn: _Drawn, wanted: _Drawn, width: int) -> int:
        # The compositor sends a dirty line from the widget's left edge: what matters is where the change ends.
        if drawn == wanted:
            return 0
        if drawn.sid is None or (drawn.sid, drawn.is_cursor) != (wanted.sid, wanted.is_cursor):
            return width
        pairs = zip(self._placed, drawn.cells, wanted.cells, strict=True)
        return max(placed.end for placed, before, after in pairs if before != after)


def _closing_order(live: LiveRoom) -> tuple[float, str]:
    # By the instant, not by what is left of it: the order changes only when the facts do.
    deadline = live.deadline
    return (deadline.at.timestamp() if deadline is not None else float("inf"), live.room.sid)
