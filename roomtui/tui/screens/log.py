"""The log: what happened in the rooms of this profile, and what was done from here, by whichever dashboard."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input

from roomtui.rooms.untrusted import safe
from roomtui.rooms.words import plural
from roomtui.tui.exporting import file_name, folders
from roomtui.tui.journal_rows import heading, room_for_the_sentence, row, whole
from roomtui.tui.lines import Tone, line
from roomtui.tui.screens.detail import DetailScreen
from roomtui.tui.screens.room_screen import RoomScreen
from roomtui.tui.views import LIVE
from roomtui.tui.widgets.journal_table import JournalTable
from roomtui.tui.widgets.key_line import KeyLine
from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widgets.table_field import SearchField
from roomtui.tui.winding import NO_LOG
from roomtui.watch.journal_export import export
from roomtui.watch.journal_index import JournalIndex, Wanted
from roomtui.watch.past_questions import Question

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.tui.columns import Entry
    from roomtui.tui.lines import Line
    from roomtui.watch.board import BoardState
    from roomtui.watch.journal_lines import JournalLine

_SEARCH: Final = "words as they are shown, audit, events"
_NARROW: Final = 100


class LogScreen(RoomScreen):
    """The journal of this profile, the newest line at the bottom; older ones are read as one goes up."""

    VIEW: ClassVar[str] = "log"
    DEFAULT_CSS = """
    LogScreen #journal { height: 1fr; }
    LogScreen #whole { height: 2; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/", tooltip="Find words, audit or events", id="log.search"),
        Binding("w", "export", "Write", tooltip="Write what is shown into a file", id="log.export"),
        Binding("escape", "leave", "Back", key_display="esc", tooltip="Show all; back to the rooms", id="log.leave"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._index: JournalIndex | None = None
        self._search = ""
        self._opened = 0
        self._going_back = False
        self._looking = False
        self._trouble: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def compose(self) -> ComposeResult:
        """As the other views: summary, banner, lines, what is typed, keys."""
        with Horizontal(id="top"):
            yield LineView(id="summary")
            yield LineView(id="freshness")
        yield LineView(id="banner")
        yield LineView(id="heading")
        yield JournalTable(self._row, id="journal")
        yield LineView(id="whole")
        yield SearchField(id="search", placeholder=_SEARCH)
        yield KeyLine()

    def on_mount(self) -> None:
        """Read its end."""
        self._table.focus()
        self._open()

    async def on_unmount(self) -> None:
        """Let go of the files."""
        for task in self._tasks:
            task.cancel()
        if self._index is not None:
            await asyncio.to_thread(self._index.close)

    # -- reading: in threads, in short pieces

    def _open(self) -> None:
        """Begin anew, from the end of the journal."""
        self._opened += 1
        self._in_background(self._read_the_end(self._opened))

    def _in_background(self, work: Any) -> None:  # noqa: ANN401 - a coroutine, and nothing else
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read_the_end(self, number: int) -> None:
        path, wanted = self.app.settings.journal, Wanted(self._search, hide=self.app.view.hide)
        index = await self._tried(asyncio.to_thread(JournalIndex, path, wanted)) if path is not None else None
        before = self._index
        if number == self._opened:
            self._index = index
            self._table.show(index)
            self._show_rest()
            if index is not None:
                await self._go_back(index)
        else:
            before = index
        if before is not None:
            await asyncio.to_thread(before.close)

    async def _tried(self, work: Awaitable[Any]) -> Any:  # noqa: ANN401 - whatever `work` comes to
        """What `work` comes to; None where the journal cannot be read."""
        try:
            result = await work
        except OSError as error:
            self._trouble = f"the journal cannot be read: {error.strerror or type(error).__name__}"
            return None
        self._trouble = None
        return result

    async def _go_back(self, index: JournalIndex) -> None:
        """Read older lines until there are some above what is on screen."""
        if self._going_back:
            return
        self._going_back = True
        try:
            while index is self._index and not index.is_complete and self._table.is_near_the_top:
                places = await self._tried(asyncio.to_thread(index.search_older, 2 * self.size.height))
                if places is None or index is not self._index:
                    break
                index.add_older(places)
                self._table.grown(above=len(places))
                self._show_rest()
        finally:
            self._going_back = False
        self._show_rest()
        if self._index is not index and self._index is not None:
            await self._go_back(self._index)

    async def _look(self, index: JournalIndex) -> None:
        self._looking = True
        try:
            places = await self._tried(asyncio.to_thread(index.search_newer))
        finally:
            self._looking = False
        if places and index is self._index:
            index.add_newer(places)
            self._table.grown()
        self._show_rest()

    async def read(self) -> None:
        """Wait until everything that is being read has been."""
        while self._tasks:
            await asyncio.wait(self._tasks)  # `gather` lets nobody else go on where all are done

    # -- what is shown

    @property
    def _table(self) -> JournalTable:
        return self.query_one(JournalTable)

    @property
    def selected(self) -> Entry | None:
        """The room that the line under the cursor is about, if it is still known."""
        under = self._table.line
        return None if under is None or under.room_sid is None else self.app.find(under.room_sid)

    def show(self, state: BoardState) -> None:
        """The rooms are not shown here; what happens to them comes through the journal."""
        del state
        if self.is_mounted:
            self.show_banner()
            self.offer_what_can_be_done()

    def tick(self) -> None:
        """Look for what was written, by us or by another dashboard."""
        if not self.is_mounted:
            return
        if self._index is None:
            if not self._tasks and self.app.settings.journal is not None:
                self._open()  # it could not be read the last time
        elif not self._looking:
            self._in_background(self._look(self._index))

    def on_screen_resume(self) -> None:
        """Show what was written meanwhile."""
        super().on_screen_resume()
        self.tick()

    def redraw(self) -> None:
        """Phone numbers are masked, or not any more: who is found by them is, too."""
        if self.is_mounted:
            self._table.redraw()
            if self._search:
                self._open()

    def on_resize(self) -> None:
        """Lines are made for a width."""
        self.call_after_refresh(self._show_rest)

    def _row(self, told: JournalLine) -> Line:
        return row(told, self.app.clock.now(), hide=self.app.view.hide, briefly=self._is_narrow)

    @property
    def _is_narrow(self) -> bool:
        return self.size.width < _NARROW

    def _show_rest(self) -> None:
        if not self.is_mounted:
            return
        index, table = self._index, self._table
        count = len(index) if index is not None else 0
        more = index is not None and not index.is_complete
        self.query_one("#summary", LineView).show(
            [
                line(
                    (f" {self.app.settings.account}", Tone.TITLE),
                    "  log",
                    (f"  search: {safe(self._search)}", Tone.WARN) if self._search else "",
                    f"  {plural(count, 'line')}{' or more' if more else ''}" if count else "",
                    (f"  ({plural(index.unreadable, 'line')} not readable)", Tone.WARN)
                    if index is not None and index.unreadable
                    else "",
                )
            ]
        )
        doing = "searching" if self._going_back and self._search else "following" if table.is_following else "G follows"
        self.query_one("#freshness", LineView).show([line((f"{doing} ", Tone.DIM))])
        self.query_one("#heading", LineView).show([line((heading(briefly=self._is_narrow), Tone.DIM))])
        table.say(self._nothing_to_show())
        self._show_whole()
        self.show_banner()
        self.offer_what_can_be_done()

    def _show_whole(self) -> None:
        """What there is no room for on the line under the cursor."""
        under, shown = self._table.line, list[str]()
        if under is not None:
            room = room_for_the_sentence(self._table.scrollable_content_region.width, briefly=self._is_narrow)
            shown = whole(under, max(20, self.size.width - 2), room=room, hide=self.app.view.hide)
        self.query_one("#whole", LineView).show([line((f" {each}", Tone.DIM)) for each in shown[:2]])

    def _nothing_to_show(self) -> str:
        if self._trouble is not None:
            return self._trouble
        if self.app.settings.journal is None:
            return "nothing is written down here" if self.app.settings.replay is None else NO_LOG
        if self._going_back:
            searched = self._index.searched if self._index is not None else 0
            return f"searching; {searched} lines so far"
        return "no line matches; esc shows all" if self._search else "nothing has happened yet, as far as is known"

    # -- what was done

    @on(JournalTable.Moved)
    def _moved(self) -> None:
        if self._index is not None and not self._index.is_complete and self._table.is_near_the_top:
            self._in_background(self._go_back(self._index))
        self._show_rest()

    @on(JournalTable.Chosen)
    def _chosen(self) -> None:
        under = self._table.line
        sid = under.room_sid if under is not None else None
        if sid is None:
            self.app.tell("This line is about no room.")
        elif self.selected is not None:
            self.app.push_screen(DetailScreen(sid))
        else:
            self._look_among_the_ended(sid, under.text("room_name") if under is not None else None)

    def _look_among_the_ended(self, sid: str, name: str | None) -> None:
        past = self.app.session.past if self.app.session is not None else None
        if past is None or not name or name == sid:
            self.app.tell(f"{safe(sid)} has ended too long ago to be known here.")
            return
        past.ask(Question(name=name))
        self.app.action_view("ended")

    # -- keys

    def action_move(self, steps: int) -> None:
        """Move in the log while something is typed."""
        self._table.action_move(steps)

    def action_search(self) -> None:
        """Type what lines must have to be shown."""
        field = self.query_one(SearchField)
        field.display = True
        field.focus()

    @on(Input.Changed, "#search")
    def _typed(self, event: Input.Changed) -> None:
        self._set_search(event.value.strip())

    def action_keep_search(self) -> None:
        """Go back to the lines, those that were found."""
        self.query_one(SearchField).display = False
        self._table.focus()

    def action_clear_search(self) -> None:
        """Show all lines again."""
        field = self.query_one(SearchField)
        with field.prevent(Input.Changed):
            field.value = ""
        self._set_search("")
        self.action_keep_search()

    def action_leave(self) -> None:
        """Show all lines again; then go back to the live rooms."""
        if self._search:
            self.action_clear_search()
        else:
            self.app.action_view(LIVE)

    def _set_search(self, text: str) -> None:
        if text != self._search:
            self._search = text
            self._open()

    async def action_copy_sid(self) -> None:
        """Copy the SID of the room that this line is about, known or not."""
        under = self._table.line
        if under is None or under.room_sid is None:
            self.app.tell("This line is about no room.")
        else:
            await self.app.copy(f"SID {safe(under.room_sid)}", under.room_sid)

    def action_export(self) -> None:
        """Write what is shown into a file."""
        self._in_background(self._export())

    async def _export(self) -> None:
        journal, hide = self.app.settings.journal, self.app.view.hide
        if journal is None:
            self.app.tell("There is nothing to write.")
            return
        name = file_name(journal.stem, self.app.clock.now(), "txt")
        wanted = Wanted(self._search, hide=hide)
        try:
            path, lines = await asyncio.to_thread(export, journal, wanted, folders(), name, hide=hide)
        except OSError as error:
            self.app.tell(f"Nothing was written: {error.strerror or type(error).__name__}.", trouble=True)
        else:
            self.app.tell(f"{plural(lines, 'line')} written to {path}")
