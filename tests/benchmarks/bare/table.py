"""A ticking table as one would write it on Textual: `python -m tests.benchmarks.bare.table ROWS`.

A `DataTable` with the dashboard's columns; each second the countdowns are set with `update_cell`.
"""

from __future__ import annotations

import sys
import time

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Static


class TableApp(App[None]):
    """So many rows that count down from six to eight minutes."""

    CSS = "#age { dock: bottom; height: 1; }"

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")
        yield Static(id="age")

    def on_mount(self) -> None:
        self._began = time.monotonic()
        table = self.query_one(DataTable)
        for key, title in (("closes", "CLOSES IN"), ("name", "ROOM"), ("people", "PEOPLE"), ("why", "WHY")):
            table.add_column(title, key=key)
        for row in range(int(sys.argv[1])):
            name = f"ticking-{row:05d}"
            table.add_row(_countdown(row, 0), name, "0", "nobody came", key=str(row))
        table.focus()
        self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        seconds = round(time.monotonic() - self._began)
        table = self.query_one(DataTable)
        for row in range(table.row_count):
            table.update_cell(str(row), "closes", _countdown(row, seconds))
        self.query_one("#age", Static).update(f"paused, {seconds}s old")


def _countdown(row: int, seconds: int) -> str:
    left = 60 * (6 + row % 3) - seconds
    return f"{left // 60}:{left % 60:02}"


if __name__ == "__main__":
    TableApp().run(mouse=False)
