"""Lines of text that change now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.app import App
from textual.containers import Horizontal

from roomtui.tui.lines import line
from roomtui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from roomtui.tui.lines import Line

LONG, SHORT = line("loading  11 live "), line("11 live ")


class Shown(App[None]):
    """One as wide and as high as what it shows; without scrollbars, which come and go while it is laid out."""

    CSS = "LineView { width: auto; overflow: hidden hidden; }"

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield LineView()


@pytest.mark.parametrize("after", [[SHORT], [LONG, SHORT], [SHORT, LONG, SHORT]])
async def test_it_is_as_large_as_what_it_shows_though_a_layout_was_wanted_before_and_comes_only_now(
    after: list[Line],
) -> None:
    app = Shown()
    async with app.run_test() as pilot:
        view = app.query_one(LineView)
        view.show([LONG])
        await pilot.pause()
        view.refresh(layout=True)  # asked for, and not told to the screen yet,
        app.query_one(Horizontal)._clear_arrangement_cache()  # as another widget beside it does,
        app.screen._refresh_layout()  # for which all is laid out
        view.show(after)
        await pilot.pause()
        assert view.size == (max(17 if each is LONG else 8 for each in after), len(after))
