"""A table whose lines are known by a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import App

from roomtui.tui.lines import Piece
from roomtui.tui.widgets.list_table import ListColumn, ListTable

if TYPE_CHECKING:
    from textual.app import ComposeResult

COLUMNS = (ListColumn("KEY", 6), ListColumn("TEXT", 0), ListColumn("WIDE", 4, from_width=60))


class Shown(App[None]):
    """The table alone; what stands on a line can be changed."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.asked: list[str] = []
        self.chosen: list[str] = []
        self.ends = 0

    def compose(self) -> ComposeResult:
        yield ListTable(COLUMNS, self._cells)

    def _cells(self, key: str) -> tuple[Piece, ...]:
        self.asked.append(key)
        return Piece(key), Piece(self.texts.get(key, f"text of {key}")), Piece("wide")

    @on(ListTable.Chosen)
    def _chosen(self, message: ListTable.Chosen) -> None:
        self.chosen.append(message.key)

    @on(ListTable.AtTheEnd)
    def _at_the_end(self) -> None:
        self.ends += 1

    @property
    def table(self) -> ListTable:
        return self.query_one(ListTable)

    def lines(self) -> list[str]:
        table = self.table
        return [table.render_line(y).text.rstrip() for y in range(table.size.height)]


def keys(first: int, last: int) -> list[str]:
    return [f"k{number:03}" for number in range(first, last)]


async def test_the_cursor_is_in_sight_though_the_list_has_become_long_this_very_moment() -> None:
    app = Shown()
    async with app.run_test(size=(50, 10)) as pilot:
        app.table.show(keys(0, 30), below="there may be more")
        app.table.action_jump(1)
        await pilot.pause()
        assert app.lines()[-2].startswith(">k029")
        app.table.action_jump(-1)
        assert app.lines()[0].startswith(">k000")


async def test_the_cursor_is_on_its_key_and_stays_where_it_is_on_the_screen_while_lines_come_above() -> None:
    app = Shown()
    async with app.run_test(size=(50, 10)) as pilot:
        app.table.show(keys(10, 60))
        await pilot.pause()
        assert app.table.cursor == "k010"
        app.table.show(keys(5, 60))
        assert app.table.cursor == "k005", "until a key is pressed it is on the newest"
        await pilot.press("pagedown", "pagedown", "j")
        key, line = app.table.cursor, app.lines().index(f">{app.table.cursor}    text of {app.table.cursor}")
        app.table.show(keys(0, 60))
        await pilot.pause()
        assert app.table.cursor == key
        assert app.lines().index(f">{key}    text of {key}") == line


async def test_where_the_line_under_the_cursor_goes_the_next_one_takes_it() -> None:
    app = Shown()
    async with app.run_test(size=(50, 10)) as pilot:
        app.table.show(keys(0, 6))
        await pilot.press("j", "j")
        app.table.show([key for key in keys(0, 6) if key != "k002"])
        assert app.table.cursor == "k003"
        app.table.show(keys(0, 2))
        assert app.table.cursor == "k001"
        app.table.show([], nothing="nothing at all")
        assert app.lines()[0] == " nothing at all"
        await pilot.press("enter")
        assert app.chosen == []


async def test_only_what_is_on_screen_is_made_and_what_is_narrow_goes_without_the_last_column() -> None:
    app = Shown()
    async with app.run_test(size=(50, 10)) as pilot:
        app.table.show(keys(0, 500))
        await pilot.pause()
        assert set(app.asked) == set(keys(0, 10))
        assert "WIDE" not in app.table.heading
        await pilot.resize_terminal(70, 10)
        await pilot.pause()
        assert app.table.heading.endswith("WIDE")
        assert app.lines()[1].startswith(" k001    text of k001")


async def test_a_key_that_goes_beyond_the_last_line_says_so_and_what_stands_below_is_seen() -> None:
    app = Shown()
    async with app.run_test(size=(50, 10)) as pilot:
        app.table.show(keys(0, 30), below="there may be more")
        await pilot.pause()  # laid out, so that there is something to scroll
        await pilot.press("G")
        await pilot.pause()
        assert app.ends == 1
        assert app.lines()[-1] == " there may be more"
        await pilot.press("k", "j", "enter")
        assert (app.ends, app.chosen) == (1, ["k029"])
        await pilot.press("j")
        assert app.ends == 2
