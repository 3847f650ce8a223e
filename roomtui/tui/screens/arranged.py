"""Which rooms are shown, in which order and columns, and which are marked: as keys ask for it, remembered."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding

from roomtui.rooms.query import NOTHING, saved_as
from roomtui.rooms.untrusted import safe
from roomtui.tui.asking import Deed
from roomtui.tui.columns import COLUMNS
from roomtui.tui.find import Haystacks, finder, values_of
from roomtui.tui.layout import Sort, layout_of, no_columns, sort_of
from roomtui.tui.lines import Tone, fit
from roomtui.tui.screens.choose import Choice, ChooseDialog
from roomtui.tui.screens.columns import ColumnsDialog
from roomtui.tui.screens.end_many import EndManyDialog
from roomtui.tui.screens.room_screen import RoomScreen
from roomtui.tui.widgets.filter_bar import FilterBar
from roomtui.tui.widgets.room_table import RoomTable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from textual.binding import BindingType

    from roomtui.rooms.picture import LiveRoom
    from roomtui.tui.layout import Layout

_FILTER_SHOWN: Final = 32
_READ_AT_A_TIME: Final = 250
_LOOKED_THROUGH: Final = 200
_UNSORTED: Final = ""
_ALL: Final = ""
# All but those that move or leave.
_LETTERS: Final = "123456789abcdefghilmnoprstuvwxyz"


class ArrangedScreen(RoomScreen):
    """A screen with a table of rooms (`#rooms`) and a filter (`FilterBar`)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash",
            "filter",
            "Filter",
            key_display="/",
            tooltip="Find by text, or people:>3, closes:<5m, who:alice",
            id="view.filter",
        ),
        Binding(
            "w", "write_rooms", "Write", tooltip="Write the rooms that are shown into a file, as JSON", id="room.write"
        ),
        Binding(
            "escape",
            "clear_filter",
            "Show all",
            show=False,
            tooltip="Forget the filter, or else the marks",
            id="view.all",
        ),
        Binding("v", "views", "Saved filters", show=False, tooltip="Show what a saved filter finds", id="view.saved"),
        Binding("s", "sort", "Sort", show=False, tooltip="Sort by a column; the same again: backwards", id="view.sort"),
        Binding("S", "sort_backwards", "Sort backwards", show=False, tooltip="Sort the other way", id="view.backwards"),
        Binding(
            "0", "stop_sorting", "Stop sorting", show=False, tooltip="What closes first on top", id="view.unsorted"
        ),
        Binding("C", "columns", "Columns", show=False, tooltip="Show, hide, move and widen columns", id="view.columns"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._sort: Sort | None = None
        self._layout: Layout | None = None
        self._haystacks = Haystacks(hide=False)
        self._sifted = NOTHING
        self._unread: list[LiveRoom] = []

    # -- for the screen that is arranged

    @cached_property
    def table(self) -> RoomTable:
        """The table."""
        return self.query_one("#rooms", RoomTable)

    @cached_property
    def bar(self) -> FilterBar:
        """The filter."""
        return self.query_one(FilterBar)

    def show_rest(self) -> None:
        """Show what is not the table."""
        raise NotImplementedError

    def sifted(self) -> None:
        """Hear that other rooms are shown."""
        raise NotImplementedError

    def nothing_to_show(self) -> str:
        """What to say where no room is shown."""
        raise NotImplementedError

    def make_bar(self) -> FilterBar:
        """The filter, which knows the saved ones and the rooms that are live."""

        def known(name: str, begun: str) -> Iterator[str]:
            live = self.app.board.state.picture.live
            return values_of(live, self.table.first_rooms(_LOOKED_THROUGH), self._haystacks)(name, begun)

        return FilterBar(self.app.settings.views, known)

    def recall(self) -> None:
        """Arrange the table as it was at the end of the last run."""
        memory, columns = self.app.settings.memory, self.app.settings.columns or ()
        strange = no_columns(columns)
        if strange:
            names = ", ".join(map(safe, strange))
            self.app.tell(f"The file asks for columns that are none: {names}. C shows what there is.", trouble=True)
        self._haystacks = Haystacks(hide=self.app.view.hide)
        self._lay_out(layout_of(_listed(memory.recall("columns"))) or layout_of(columns))
        sort = sort_of(memory.recall("sort"))
        if sort is not None:
            self._sort = sort
            self.table.sort(sort)
        text = memory.recall("filter")
        if isinstance(text, str) and text.strip():
            self.bar.put(text)
            self.sift()

    def sift(self) -> None:
        """Show what the filter asks for."""
        query, before, hide = self.bar.asked, self._sifted, self.app.view.hide
        narrower = query.narrows(before) and self._haystacks.hide == hide
        if self._haystacks.hide != hide:
            self._haystacks = Haystacks(hide=hide)
        self._sifted = query
        keep = finder(query, self._haystacks, self.table.instant)
        self.table.sift(keep, narrower=narrower, nothing=self.nothing_to_show)

    def said_of_filter(self) -> Iterator[tuple[str, Tone]]:
        """What the summary says of the filter and the marks."""
        query, table = self.bar.asked, self.table
        if query.text:
            text = safe(query.text)
            short = text if len(text) <= _FILTER_SHOWN else fit(text, _FILTER_SHOWN, ellipsis=table.glyphs.ellipsis)
            yield f"  filter: {short}", Tone.WARN
            if not self.bar.display:
                waiting = f", {table.waiting} waiting" if table.waiting else ""
                yield f" ({table.found}{waiting})" if not query.complaints else " (not all understood)", Tone.WARN
        if table.marks:
            hidden = table.hidden_marks
            yield f"  {len(table.marks)} marked{f', {hidden} hidden' if hidden else ''}", Tone.STRONG

    # -- the filter

    @on(FilterBar.Changed)
    def _filter_changed(self, event: FilterBar.Changed) -> None:
        self.sift()
        self.app.settings.memory.remember("filter", event.query.text)

    @on(RoomTable.Sifted)
    def _is_sifted(self) -> None:
        self.sifted()
        self.show_rest()

    def action_filter(self) -> None:
        """Type what rooms must have to be shown."""
        self.bar.open()
        self.show_rest()
        live = self.app.board.state.picture.live
        self._haystacks.keep_only(live)
        self._unread = list(live.values())
        self._read_on()

    def _read_on(self) -> None:
        # Until the first letter comes there is time to make ready what is searched, some rooms at a time.
        for entry in self._unread[-_READ_AT_A_TIME:]:
            self._haystacks.of(entry)
        del self._unread[-_READ_AT_A_TIME:]
        if self._unread:
            asyncio.get_running_loop().call_soon(self.call_later, self._read_on)

    def action_keep_filter(self) -> None:
        """Go back to the table, filtered."""
        self.table.sift_through()
        self.bar.close()
        self.table.focus()
        self.show_rest()

    def action_clear_filter(self) -> None:
        """Show all rooms again; where all are shown, forget the marks."""
        if self.bar.display or self.bar.asked.text:
            self.ask_for("")
        else:
            self.table.action_unmark()

    def ask_for(self, text: str) -> None:
        """Show what this filter finds."""
        query = self.bar.put(text)
        self.bar.close()
        self.sift()
        self.app.settings.memory.remember("filter", query.text)
        self.action_keep_filter()

    def action_views(self) -> None:
        """Choose one of the filters that were saved."""
        views = self.app.settings.views
        if not views:
            self.app.tell('No filter is saved. In the configuration: [views] and, for one, night = "empty:>2m".')
            return
        choices = [
            Choice(letter, saved_as(name), safe(name), safe(text))
            for letter, (name, text) in zip(_LETTERS, views.items(), strict=False)
        ]
        choices.append(Choice("0", _ALL, "all rooms"))

        def chosen(text: str | None) -> None:
            if text is not None:
                self.ask_for(text)

        self.app.push_screen(ChooseDialog("Show which rooms?", choices, self.bar.asked.text), chosen)

    # -- the order

    def action_sort(self) -> None:
        """Choose what the rooms are sorted by; the same again turns it round."""
        now = self._sort
        choices = [
            Choice(column.letter, column.key, column.title, self._which_way(column.key))
            for column in COLUMNS
            if column.letter
        ]
        choices.append(Choice("0", _UNSORTED, "as usual", "what closes first on top"))

        def chosen(key: str | None) -> None:
            if key is None:
                return
            column = next((column for column in COLUMNS if column.key == key), None)
            if column is None:
                self._sort_by(None)
            elif now is not None and now.key == key:
                self._sort_by(Sort(key, not now.down))
            else:
                self._sort_by(Sort(key, column.down))

        self.app.push_screen(ChooseDialog("Sort by", choices, now.key if now is not None else _UNSORTED), chosen)

    def _which_way(self, key: str) -> str:
        glyphs, now = self.app.view.glyphs, self._sort
        return "" if now is None or now.key != key else f"{glyphs.down if now.down else glyphs.up}  again: backwards"

    def action_sort_backwards(self) -> None:
        """Sort the other way; where nothing was chosen, what closes last on top."""
        now = self._sort or Sort("closes", down=False)
        self._sort_by(Sort(now.key, not now.down))

    def action_stop_sorting(self) -> None:
        """Put what closes first on top again."""
        self._sort_by(None)

    def _sort_by(self, sort: Sort | None) -> None:
        self._sort = sort
        self.table.sort(sort)
        self.app.settings.memory.remember("sort", list(sort) if sort is not None else None)
        self.show_rest()

    # -- the columns

    def _lay_out(self, layout: Layout | None) -> None:
        self._layout = layout
        self.table.lay_out(layout)

    def action_columns(self) -> None:
        """Choose the columns; what is chosen is seen at once, and kept."""

        def changed(layout: Layout | None) -> None:
            self._lay_out(layout or layout_of(self.app.settings.columns or ()))
            listed = None if layout is None else [[each.key, each.width] for each in layout]
            self.app.settings.memory.remember("columns", listed)
            self.show_rest()

        self.app.push_screen(ColumnsDialog(self.table.layout_now, changed))

    # -- the marks, and what is done to all of them

    @property
    def marked(self) -> list[LiveRoom]:
        """The rooms that are marked, in the order in which they stand in the table, the hidden ones last."""
        live = self.app.board.state.picture.live
        shown = [sid for sid in self.table.shown if sid in self.table.marks]
        return [live[sid] for sid in dict.fromkeys((*shown, *self.table.marks)) if sid in live]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is done to the marked rooms does not hang on the one under the cursor."""
        if self.is_mounted and self.table.marks and not self.app.settings.read_only:
            if action == Deed.END:
                return True
            if action == "say_why_not" and parameters == (Deed.END.value,):
                return False
        return super().check_action(action, parameters)

    def end_marked(self) -> None:
        """Ask whether to end all rooms that are marked; a single one as if the cursor were on it."""
        rooms = self.marked
        why_not, session = self.app.ask.why_not(Deed.END, rooms[0]), self.app.session
        if why_not is not None or session is None:
            self.app.tell(why_not or "Not connected yet.")
            return

        def over(sids: Collection[str] | str | None) -> None:
            self.table.marks.drop([sids] if isinstance(sids, str) else sids or ())
            self.table.marks_changed()

        if len(rooms) == 1:
            self.app.ask.to(Deed.END, rooms[0], over)
        else:
            self.app.push_screen(EndManyDialog(rooms, session, hidden=self.table.hidden_marks), over)

    @on(RoomTable.Marked)
    def _marked(self) -> None:
        self.show_rest()


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
