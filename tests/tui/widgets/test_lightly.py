"""What the dashboard does not do again: lay out the screen, make a row that only moved, copy a line."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from textual._styles_cache import StylesCache
from textual.geometry import Region
from textual.screen import Screen

from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widgets.room_table import RoomTable
from tests.tui import scene
from tests.tui.driving import settle, table
from tests.tui.scene import ago, crowd, live, room

if TYPE_CHECKING:
    from roomtui.rooms.picture import Picture
    from roomtui.tui.lines import Line


def with_one_more(shown: Picture, number: int) -> Picture:
    """One that closes before all others: each of them moves down by a line."""
    new = live(room(number, f"urgent-{number}", ago(minutes=4, seconds=59 - number)))
    return replace(shown, live=MappingProxyType({**shown.live, new.room.sid: new}))


async def test_a_room_more_lays_out_nothing_but_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = scene.stage(crowd(200))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        laid_out: list[object] = []
        refresh_layout = Screen._refresh_layout

        def counted(screen: Screen[object], *args: object, **kwargs: object) -> None:
            laid_out.append(screen)
            refresh_layout(screen, *args, **kwargs)  # type: ignore[arg-type]  # as Textual gives them

        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        shown = stage.board.state.picture
        before = table(stage).max_scroll_y
        for number in range(3):
            shown = with_one_more(shown, number + 1)
            stage.board.show(shown)
            await pilot.pause()
        assert not laid_out
        assert table(stage).max_scroll_y == before + 3
        assert table(stage).vertical_scrollbar.window_virtual_size == table(stage).virtual_size.height


async def test_a_row_that_only_moves_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = scene.stage(crowd(200))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        made: list[Line] = []
        strip = RoomTable.strip

        def counted(widget: RoomTable, line: Line, width: int, **over: object) -> object:
            made.append(line)
            return strip(widget, line, width, **over)  # type: ignore[arg-type]  # handed on as it comes

        monkeypatch.setattr(RoomTable, "strip", counted)
        stage.board.show(with_one_more(stage.board.state.picture, 1))
        await pilot.pause()
        (told,) = ("".join(piece.text for piece in line) for line in made)
        assert "urgent-1" in told


@pytest.mark.parametrize("selector", ["#summary", "#detail", "#rooms"])
async def test_a_line_without_ornaments_is_what_textual_makes_of_it(selector: str) -> None:
    stage = scene.stage(crowd(200))
    async with stage.app.run_test(size=(160, 40)) as pilot:
        await settle(pilot)
        widget = stage.app.screen.query_one(selector)
        assert isinstance(widget, (LineView, RoomTable))
        whole = Region(0, 0, *widget.size)
        ours, theirs = widget._styles_cache.render_widget(widget, whole), StylesCache().render_widget(widget, whole)
        assert [each.simplify() for each in ours] == [each.simplify() for each in theirs]
        assert any(each.text.strip() for each in ours)
