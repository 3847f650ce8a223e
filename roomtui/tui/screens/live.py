"""The live rooms: summary, table, the selected room in detail, what happened lately."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from textual import on
from textual.containers import Container, Horizontal, Vertical

from roomtui.rooms import words as plain
from roomtui.rooms.countdown import SOON
from roomtui.rooms.history import History
from roomtui.tui import words
from roomtui.tui.asking import Deed
from roomtui.tui.detail import in_brief, in_full
from roomtui.tui.lines import Tone, line
from roomtui.tui.moves import Moves
from roomtui.tui.screens.arranged import ArrangedScreen
from roomtui.tui.screens.detail import DetailScreen
from roomtui.tui.spark import last_hour
from roomtui.tui.widgets.key_line import KeyLine
from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widgets.room_table import RoomTable
from roomtui.tui.widths import cell_len
from roomtui.tui.winding import where
from roomtui.watch.board import BoardState
from roomtui.watch.budget import Attention

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from roomtui.tui.columns import Entry, View
    from roomtui.tui.lines import Line

_RATE_OVER: Final = 10
_ROOM_FOR_ALL: Final = 30
_NARROW: Final = 70


class LiveScreen(ArrangedScreen):
    """The dashboard's main screen."""

    def __init__(self) -> None:
        super().__init__()
        self._state = BoardState()
        self._history = History()
        self._moves = Moves()
        self._ready = False
        self._read_samples: deque[tuple[float, int]] = deque(maxlen=_RATE_OVER + 1)
        self._panes: dict[str, LineView] = {}
        self._detail_of: tuple[object, ...] = ()
        self._events_of: tuple[object, ...] = ()
        self._rest_of: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """Summary, banner, table and detail, filter, keys."""
        with Horizontal(id="top"):
            yield LineView(id="summary")
            yield LineView(id="freshness")
        yield LineView(id="banner")
        with Container(id="body"):
            with Vertical(id="board"):
                yield LineView(id="heading")
                yield RoomTable(self.app.clock, id="rooms")
            with Vertical(id="side"):
                yield LineView(id="detail")
                yield LineView(id="events")
        yield self.make_bar()
        yield KeyLine()

    def on_mount(self) -> None:
        """Show what there is."""
        if not self.is_attached:
            return  # left before the first frame
        self._ready = True
        self.table.focus()
        self._state = self.app.board.state
        self._history.see(self._state.picture, self.app.clock.now())
        self.recall()
        self._show(None)

    # -- what is shown

    @property
    def _view(self) -> View:
        picture, now = self._state.picture, self.app.clock.now()
        fresh, alarms = words.fresh_for(self._state.link, self.app.refresh_seconds, self._speed), self.app.alarms
        stale = words.is_stale(picture, now, fresh)
        alerts = None if alarms is None else alarms.shown
        return replace(self.app.view, stale=stale, fresh=self.fresh(fresh), alerts=alerts, moves=self._moves)

    @property
    def _speed(self) -> float:
        # Twilio's seconds are what the age of the data is told in.
        return self.app.settings.speed

    @property
    def selected(self) -> Entry | None:
        """The room under the cursor."""
        sid = self.table.cursor_sid
        return None if sid is None else self._state.picture.find(sid)

    def show(self, state: BoardState) -> None:
        """Show what is known now; to be told every state of the board, in order."""
        self._state = state
        self._history.see(state.picture, self.app.clock.now())
        self._moves.hear(state.news, self.app.clock.now())
        if self._ready:
            self._show(state.changed)

    def redraw(self) -> None:
        """Show everything again: the way it is to be shown has changed."""
        if self._ready:
            self.sift()
            self._show(None)

    def _show(self, changed: frozenset[str] | None) -> None:
        self.table.hold(on=self.app.screen is not self)
        self.table.show(self._state.picture, self._view, changed, nothing=self.nothing_to_show)
        self.attend()
        # Most of what is read changes nothing that is told beside the table; time goes on with the ticks.
        if changed is None or self._rest_of != self._made_of:
            self.show_rest()
        self.offer_what_can_be_done()

    @property
    def _made_of(self) -> tuple[object, ...]:
        """What the rest of the screen is made of, but for time."""
        state, table = self._state, self.table
        picture, soon = state.picture, table.closing_by(self.app.clock.now() + timedelta(seconds=SOON))
        counts = len(picture.live), picture.people, picture.unread, soon, table.found, table.waiting
        marks = (len(table.marks), table.hidden_marks) if table.marks else None
        return counts, marks, picture.as_of, state.link, state.events, self.selected, self._view

    def tick(self) -> None:
        """Let the countdowns go on."""
        if self._ready:
            self._read_samples.append((asyncio.get_running_loop().time(), self.app.settings.reads()))
            self.table.hold(on=self.app.screen is not self)
            self.table.tick()
            self.show_rest()

    def attend(self) -> None:
        """Tell the feed what is on screen."""
        if self.app.session is not None and self._ready:
            self.app.session.feed.attend(Attention(self.table.cursor_sid, self.table.visible_sids))

    def await_room(self, sid: str) -> None:
        """Put the cursor on this room once it is listed, unless a key moves it before."""
        self.table.await_room(sid)

    def sifted(self) -> None:
        """Tell the feed what is on screen now."""
        self.attend()

    def _pane(self, name: str) -> LineView:
        # They are looked for once: this is asked several times a second, and each search is one through all widgets.
        pane = self._panes.get(name)
        if pane is None:
            pane = self._panes[name] = self.query_one(f"#{name}", LineView)
        return pane

    def show_rest(self) -> None:
        """Show what is not the table."""
        now = self.app.clock.now()
        self._rest_of = self._made_of
        self.bar.tell(self.table.found, self.table.waiting)
        text, tone = words.freshness(
            self._state.picture, self._state.link, now, self.app.refresh_seconds, speed=self._speed
        )
        freshness = line((self._rate(), Tone.DIM), (f" {text} ", tone))
        self._pane("freshness").show([freshness])
        # What is left beside it, rather than what the layout before left: at first there was none.
        self._pane("summary").show([self._summary(self.size.width - _cells(freshness))])
        self._show_heading()
        self.show_banner()
        self._show_detail()
        self._show_events()

    @on(RoomTable.PlacedAnew)
    def _show_heading(self) -> None:
        self._pane("heading").show([line((self.table.heading, Tone.DIM))])

    def _summary(self, width: int) -> Line:
        picture = self._state.picture
        soon = self.table.closing_by(self.app.clock.now() + timedelta(seconds=SOON))
        known = picture.as_of is not None
        rooms, people = last_hour(self._history, self.app.clock.now(), self.size.width, self.app.view.glyphs)
        narrow = self.size.width < _NARROW
        told = line(
            (f" {self.app.settings.account}", Tone.ACCOUNT),
            self._kind_of_session(),
            *self.said_of_filter(),
            f"  {picture.listed} live" if known else "",
            rooms,
            f"  {plain.plural(picture.people, 'person', 'people')}" if known else "",
            people,
            (f"  {soon} {'soon' if narrow else 'closing soon'}", Tone.SOON) if soon else "",
        )
        unread = line((f"  ({picture.unread} not read)", Tone.DIM)) if picture.unread else ()
        # A narrow line leaves out whole what there is no room for: the rows without people say it, too.
        return told if narrow and _cells((*told, *unread)) > width else (*told, *unread)

    def _kind_of_session(self) -> tuple[str, Tone] | str:
        if self.app.settings.replay is not None:
            return f"  {where(self.app.settings.replay)}", Tone.WARN
        return ("  read-only", Tone.WARN) if self.app.settings.read_only else ""

    def _rate(self) -> str:
        # Over the last seconds, so that the number is calm; on a wide screen only.
        if self.size.width < 100 or len(self._read_samples) < 2 or self.app.settings.replay is not None:
            return ""
        (start, first), (end, last) = self._read_samples[0], self._read_samples[-1]
        rate = (last - first) / max(1.0, end - start)
        about = f"{rate:.0f}" if rate >= 1 else "<1"
        return f"{about} of {self.app.settings.reads_per_second} reads/s  "

    def _show_detail(self) -> None:
        pane, now, view = self._pane("detail"), self.app.clock.now(), self._view
        entry, width, height = self.selected, max(20, pane.scrollable_content_region.width), pane.size.height
        # Of the same room nothing differs but with the second, as in the table.
        made_of = entry, now.replace(microsecond=0), view, width, height
        if entry is not None and self._detail_of and self._detail_of[0] is entry and self._detail_of == made_of:
            return
        self._detail_of = made_of
        in_detail = in_full if height >= _ROOM_FOR_ALL else in_brief
        lines = [] if entry is None else in_detail(entry, now, view, width)
        if len(lines) > height > 0:
            lines = [*lines[: height - 1], line((f"and {len(lines) - height + 1} more lines: enter", Tone.DIM))]
        pane.show(lines)

    def nothing_to_show(self) -> str:
        """What to say where no room is shown."""
        picture = self._state.picture
        if picture.as_of is None:
            return "waiting for the first rooms"
        if not self.bar.asked.is_empty and (picture.live or picture.ended):
            waiting = self.table.waiting
            so_far = f"no room matches so far; of {waiting} it is not known yet; esc clears the filter"
            return so_far if waiting else "no room matches the filter; esc clears it"
        return "no room is in progress; new ones appear here by themselves"

    def _show_events(self) -> None:
        events, hide = self._state.events, self.app.view.hide
        if self._events_of and self._events_of[0] is events and self._events_of[1] is hide:
            return
        self._events_of = events, hide
        self._pane("events").show(
            [
                line((f"{happened.at:%H:%M:%S}  ", Tone.DIM), plain.event(happened, hide=hide))
                for happened in events[:12]
            ]
        )

    # -- what was done

    @on(RoomTable.Moved)
    def _moved(self) -> None:
        # The feed looks at the selected room first; a read for each row that a held key passes would be a flood.
        self.attend()
        self._show_detail()
        self.offer_what_can_be_done()

    @on(RoomTable.Chosen)
    def _chosen(self, message: RoomTable.Chosen) -> None:
        self.app.push_screen(DetailScreen(message.sid))

    def on_resize(self) -> None:
        """Lines are made for a width."""
        self.call_after_refresh(self.show_rest)

    # -- keys

    def action_write_rooms(self) -> None:
        """Write the rooms that are found into a file, in the order in which they stand."""
        if self._state.picture.as_of is None:
            self.app.tell("No rooms have been read yet, so nothing was written.")
            return
        self.table.sift_through()
        waiting = self.table.waiting
        beside = f"; of {waiting} it is not known yet whether the filter finds them" if waiting else ""
        self.write_rooms(self.table.entries, "live-rooms", live=True, beside=beside)

    def action_end_room(self) -> None:
        """Ask whether to end the marked rooms, or the one under the cursor."""
        if self.table.marks:
            self.end_marked()
            return
        entry = self.selected
        neighbour = None if entry is None else self.table.neighbour(entry.room.sid)

        def go_on(ended: str | None) -> None:
            # Whoever ends one room may want to end the next: the ended one goes to the bottom, the cursor does not.
            if ended is not None and neighbour is not None and self.table.cursor_sid == ended:
                self.table.go_to(neighbour)

        self.app.ask.to(Deed.END, entry, go_on)

    def action_choose(self) -> None:
        """Show the room under the cursor in detail."""
        self.table.action_choose()

    def action_move(self, steps: int) -> None:
        """Move in the table while a filter is typed."""
        self.table.action_move(steps)


def _cells(told: Line) -> int:
    return sum(cell_len(piece.text) for piece in told)
