"""The rooms that have ended: those of a day, or those of a name, and who was in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Input

from roomtui.rooms import words as plain
from roomtui.rooms.query import NOTHING, parse
from roomtui.rooms.untrusted import safe
from roomtui.tui.copying import Thing
from roomtui.tui.detail import in_brief, in_full
from roomtui.tui.lines import Piece, Tone, line, wrap
from roomtui.tui.past_rows import OF_A_DAY, OF_A_NAME, cells, notes
from roomtui.tui.past_sieve import PastSieve
from roomtui.tui.past_words import below, called, nothing_to_show, question, said_of_filter, trouble
from roomtui.tui.screens.detail import DetailScreen
from roomtui.tui.screens.room_screen import RoomScreen
from roomtui.tui.views import LIVE
from roomtui.tui.widgets.key_line import KeyLine
from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widgets.list_table import ListTable
from roomtui.tui.widgets.table_field import PastField
from roomtui.tui.winding import NO_PAST
from roomtui.twilio_api.curl import list_rooms
from roomtui.watch.past import PastState
from roomtui.watch.past_questions import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.rooms.picture import EndedRoom
    from roomtui.tui.columns import View
    from roomtui.watch.board import BoardState
    from roomtui.watch.past import Past

_ROOM_FOR_ALL: Final = 30
_WAITING_AT_A_TIME: Final = 30
_ASKS: Final = frozenset({"day", "type_day", "filter", "ask_again"})
_TERMS: Final = frozenset(':!@"')
_FILTER: Final = "a name, SID or identity, or who:alice; enter asks Twilio for a whole name"
_DAY: Final = "2026-11-20, yesterday, -3, or a room's whole name"


class EndedScreen(RoomScreen):
    """Completed and failed rooms, the newest end first; more are read as one goes down."""

    VIEW: ClassVar[str] = "ended"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "day(-1)", "Day before", show=False, id="ended.day-before"),
        Binding("right", "day(1)", "Day after", show=False, id="ended.day-after"),
        Binding("D", "type_day", "Day, name", tooltip="Type a day, or the whole name of rooms", id="ended.day"),
        Binding("slash", "filter", "Filter", key_display="/", tooltip="Find among those read", id="ended.filter"),
        Binding(
            "w", "write_rooms", "Write", tooltip="Write the rooms that are shown into a file, as JSON", id="room.write"
        ),
        Binding("r", "ask_again", "Refresh", tooltip="Ask Twilio at once", show=False, id="app.refresh"),
        Binding(
            "escape", "leave", "Back", key_display="esc", tooltip="Show all; back to the live rooms", id="ended.leave"
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._past: Past | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._sieve = PastSieve()
        self._typing_a_day = False
        self._read = 0

    def compose(self) -> ComposeResult:
        """As the live rooms: summary, banner, table and detail, what is typed, keys."""
        with Horizontal(id="top"):
            yield LineView(id="summary")
            yield LineView(id="freshness")
        yield LineView(id="banner")
        with Container(id="body"):
            with Vertical(id="board"):
                yield LineView(id="heading")
                yield ListTable(OF_A_DAY, self._cells, id="ended-rooms")
            with Vertical(id="side"):
                yield LineView(id="detail")
        yield PastField(id="asked")
        yield KeyLine()

    def on_mount(self) -> None:
        """Ask for today's."""
        self._table.focus()
        self._draw()
        self._begin()

    def on_unmount(self) -> None:
        """Hear no more."""
        if self._unsubscribe is not None:
            self._unsubscribe()

    def _begin(self) -> None:
        """Once there is somebody to ask: show what was asked for before, or ask for today."""
        session = self.app.session
        if self._past is not None or session is None or session.past is None:
            return
        self._past = session.past
        self._unsubscribe = self._past.subscribe(self._heard)
        if self._past.state.question is None:
            self._past.ask(Question(day=self.app.clock.now().date()))
        else:
            self._past.again()

    # -- what is shown

    @property
    def _table(self) -> ListTable:
        return self.query_one(ListTable)

    @property
    def _state(self) -> PastState:
        return self._past.state if self._past is not None else PastState()

    @property
    def _view(self) -> View:
        return replace(self.app.view, stale=False)

    @property
    def selected(self) -> EndedRoom | None:
        """The room under the cursor."""
        sid = self._table.cursor
        return None if sid is None or self._past is None else self._past.find(sid)

    @property
    def is_on_an_ended_room(self) -> bool:
        """There are no others here, though none may have come yet."""
        return True

    def more_to_copy(self) -> list[Thing]:
        """The lists that are shown."""
        queries, api_url = self._past.queries() if self._past is not None else [], self.app.settings.api_url
        return [Thing(f"curl: {each.status} rooms", list_rooms(api_url, each)) for each in queries]

    def show(self, state: BoardState) -> None:
        """Show what is known now of the live rooms: how many there are."""
        del state
        self._begin()
        self._show_top()

    def tick(self) -> None:
        """Let what tells the time go on."""
        if self.is_mounted:
            self._begin()
            self._show_top()
            self._show_detail()

    def redraw(self) -> None:
        """Show everything again: the way it is to be shown has changed."""
        if self.is_mounted:
            self._draw()

    def on_screen_resume(self) -> None:
        """Go on where it was left."""
        self._draw()

    def on_screen_suspend(self) -> None:
        """Read nothing that nobody sees."""
        if self._past is not None:
            self._past.attend()

    def _heard(self, _state: PastState) -> None:
        if self.is_mounted and self in self.app.screen_stack:
            self._draw()

    def _draw(self) -> None:
        state = self._state
        self._table.set_columns(OF_A_DAY if state.question is None or state.question.day is not None else OF_A_NAME)
        self._sieve.sift(state.rooms, self._is_unread, self.app.clock.now(), hide=self.app.view.hide)
        self._table.show(
            [each.room.sid for each in self._sieve.found],
            nothing=self._nothing_to_show(state),
            below=below(state, searches=self._searches),
        )
        self.query_one("#heading", LineView).show([line((self._table.heading, Tone.DIM))])
        self._show_top()
        self._show_detail()
        self._attend()
        # A screen that is not full goes on by itself, as long as that brings something.
        if len(state.rooms) > self._read and self._table.shows_the_end and self._sieve.query.is_empty:
            self._read = len(state.rooms)
            self._go_on()
        self._read = len(state.rooms)

    def _is_unread(self, entry: EndedRoom) -> bool:
        return self._past is not None and self._past.is_waiting(entry)

    def _cells(self, sid: str) -> tuple[Piece, ...]:
        entry = self._past.find(sid) if self._past is not None else None
        if entry is None or self._past is None:
            return (Piece(""),) * len(OF_A_DAY)
        asked = self._state.question
        return cells(entry, self._past, self._view, with_day=asked is not None and asked.day is None)

    def _attend(self) -> None:
        if self._past is None or not self.is_current:
            return
        # Whoever stands on a room wants to know about that one first.
        cursor = () if self._table.cursor is None else (self._table.cursor,)
        session = self.app.session
        paused = session is not None and session.feed.paused
        # What a filter cannot tell yet is told by who was in the room.
        waiting = (each.room.sid for each in self._sieve.waiting[:_WAITING_AT_A_TIME])
        self._past.attend((*cursor, *self._table.on_screen, *waiting), held=paused)

    def _go_on(self) -> None:
        if self._past is not None:
            self._past.more()

    @property
    def _asked(self) -> str:
        asked, today = self._state.question, self.app.clock.now().date()
        return called(asked or Question(day=today), today, hide=self.app.view.hide)

    def _nothing_to_show(self, state: PastState) -> str:
        if self.app.session is None:
            return "not connected yet"
        if self._past is None:
            return "nobody can be asked here" if self.app.settings.replay is None else NO_PAST
        return nothing_to_show(state, self._asked, waiting=len(self._sieve.waiting), searches=self._searches)

    @property
    def _searches(self) -> bool:
        return bool(self._sieve.query.text)

    def _show_top(self) -> None:
        state, live = self._state, self.app.board.state.picture
        count = len(state.rooms)
        found = said_of_filter(self._sieve.query, len(self._sieve.found), len(self._sieve.waiting))
        told = f"  {count}+ rooms" if state.more else f"  {plain.plural(count, 'room')}"
        self.query_one("#summary", LineView).show(
            [
                line(
                    (f" {self.app.settings.account}", Tone.ACCOUNT),
                    ("  read-only", Tone.WARN) if self.app.settings.read_only else "",
                    ("  ended ", Tone.TEXT),
                    (self._asked, Tone.STRONG),
                    (f"  filter: {safe(self._sieve.query.text)} ({found})", Tone.WARN) if self._searches else "",
                    told if count else "",
                )
            ]
        )
        doing = "loading  " if state.loading else ""
        now_live = f"{len(live.live)} live " if live.as_of is not None else ""
        self.query_one("#freshness", LineView).show([line((f"{doing}{now_live}", Tone.DIM))])
        self.show_banner()

    def show_banner(self) -> None:
        """Say why nothing more comes."""
        banner, sentence = self.query_one("#banner", LineView), trouble(self._state, self.app.clock.now())
        if sentence is None:
            super().show_banner()
            return
        banner.display = True
        banner.show([line((f" {text}", Tone.WARN)) for text in wrap(sentence, max(20, self.size.width - 2))])

    def _show_detail(self) -> None:
        pane = self.query_one("#detail", LineView)
        entry, width, height = self.selected, max(20, pane.scrollable_content_region.width), pane.size.height
        if entry is None or self._past is None or not height:
            pane.show([])
            return
        in_detail = in_full if height >= _ROOM_FOR_ALL else in_brief
        lines = in_detail(entry, self.app.clock.now(), self._view, width, notes(entry, self._past, self._view))
        if len(lines) > height:
            lines = [*lines[: height - 1], line((f"and {len(lines) - height + 1} more lines: enter", Tone.DIM))]
        pane.show(lines)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to ask for rooms where somebody can be asked."""
        if action in _ASKS and self.app.session is not None and self.app.session.past is None:
            return False
        return super().check_action(action, parameters)

    # -- what was done

    @on(ListTable.Moved)
    def _moved(self) -> None:
        self._attend()
        self._show_detail()

    @on(ListTable.AtTheEnd)
    def _at_the_end(self) -> None:
        self._go_on()

    @on(ListTable.Chosen)
    def _chosen(self, message: ListTable.Chosen) -> None:
        self.app.push_screen(DetailScreen(message.key))

    def on_resize(self) -> None:
        """Lines are made for a width."""
        self.call_after_refresh(self._draw)

    # -- keys

    def action_move(self, steps: int) -> None:
        """Move in the table while something is typed."""
        self._table.action_move(steps)

    def action_day(self, days: int) -> None:
        """Go so many days on; there is nothing to see after today."""
        today = self.app.clock.now().date()
        asked = self._state.question
        day = (asked.day if asked is not None and asked.day is not None else today) + timedelta(days=days)
        if day > today:
            self.app.tell("That day is yet to come.")
        else:
            self._ask(Question(day=day))

    def action_ask_again(self) -> None:
        """See whether there are new ones."""
        if self._past is not None:
            self._past.again()

    def action_type_day(self) -> None:
        """Type a day, or a name."""
        self._open_field(_DAY, "", typing_a_day=True)

    def action_filter(self) -> None:
        """Type what rooms must have to be shown."""
        self._open_field(_FILTER, self._sieve.query.text, typing_a_day=False)

    def action_write_rooms(self) -> None:
        """Write what was read and is found into a file."""
        more = "; below there are more, not read yet" if self._state.more else ""
        self.write_rooms(self._sieve.found, "ended-rooms", live=False, beside=more)

    def action_leave(self) -> None:
        """Show all again; then go back to the day; then to the live rooms."""
        asked = self._state.question
        if self._searches:
            self._set_filter("")
        elif asked is not None and asked.day is None:
            self._ask(Question(day=self.app.clock.now().date()))
        else:
            self.app.action_view(LIVE)

    def _ask(self, asked: Question) -> None:
        self._read = 0
        self._sieve.ask(NOTHING)
        self._table.go_to_the_top()
        if self._past is not None:
            self._past.ask(asked)

    # -- the field

    @property
    def _field(self) -> PastField:
        return self.query_one(PastField)

    def _open_field(self, placeholder: str, value: str, *, typing_a_day: bool) -> None:
        field, self._typing_a_day = self._field, typing_a_day
        field.placeholder = placeholder
        with field.prevent(Input.Changed):
            field.value = value
        field.cursor_position = len(value)
        field.display = True
        field.focus()

    @on(Input.Changed, "#asked")
    def _field_changed(self, event: Input.Changed) -> None:
        if not self._typing_a_day:
            self._set_filter(event.value.strip())

    def _set_filter(self, text: str) -> None:
        self._sieve.ask(parse(text, self.app.settings.views))
        self._draw()

    def action_take(self) -> None:
        """Ask for the day or name that was typed; keep the filter, or where it finds nothing ask Twilio for it."""
        text = self._field.value
        self._close_field()
        asked = question(text, self.app.clock.now().date())
        if self._typing_a_day:
            if asked is not None:
                self._ask(asked)
        elif self._searches and not self._sieve.found and not _TERMS & set(text):
            self._ask(Question(name=text.strip()))

    def action_leave_field(self) -> None:
        """Forget what was typed."""
        self._close_field()
        if not self._typing_a_day:
            self._set_filter("")

    def _close_field(self) -> None:
        self._field.display = False
        self._table.focus()
