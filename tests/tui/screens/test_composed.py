"""Only the cells that changed are drawn, and what stands on the screen then is what a whole repaint would show."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from roomtui.tui.app import RoomtuiApp
from roomtui.tui.frugal.grid import Grid
from roomtui.tui.frugal.pen import ground
from roomtui.tui.screens.composed import CellCompositor, Cells
from tests.tui import scene
from tests.tui.driving import press, settle, table
from tests.tui.scene import a_day, crowd

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual._compositor import CompositorUpdate
    from textual.pilot import Pilot

    from tests.tui.scene import Stage


class Terminal:
    """Shows what the app draws, update by update."""

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
        self.updates: list[CompositorUpdate] = []
        self.grid = Grid(*size)
        self._app = stage.app

        def display(app: RoomtuiApp, _: object, update: CompositorUpdate | None) -> None:
            if update is not None:
                self.updates.append(update)
                self.grid.feed(update.render_segments(app.console))

        monkeypatch.setattr(RoomtuiApp, "_display", display)

    def whole(self) -> Grid:
        """What a whole repaint shows."""
        grid = Grid(self.grid.width, self.grid.height)
        update = self._app.screen._compositor.render_full_update()
        grid.feed(update.render_segments(self._app.console))
        return grid


def looks(grid: Grid) -> list[list[tuple[str, str]]]:
    """Per row, each cell's text and what is seen of its style."""
    return [
        [(text, ground(style) if text == " " else style) for text, style in zip(texts, styles, strict=True)]
        for texts, styles in zip(grid.texts, grid.styles, strict=True)
    ]


def _changed(stage: Stage) -> None:
    shown = stage.board.state.picture
    sid, entry = list(shown.live.items())[1]
    other = replace(entry, listed=not entry.listed)
    stage.board.show(replace(shown, live=MappingProxyType({**shown.live, sid: other})), changed=frozenset({sid}))


def _seconds(count: float) -> Callable[[Stage], None]:
    def pass_by(stage: Stage) -> None:
        stage.clock.advance(count)
        stage.app.tick()

    return pass_by


HAPPENS: list[str | Callable[[Stage], None]] = [
    *("j", _seconds(1), "space", _seconds(1), "k", "u", _seconds(60), "slash", "a", _seconds(1), "escape"),
    *(_changed, "G", _seconds(1), "e", _seconds(1), "escape", "p", _seconds(3), "question_mark", "escape", "z"),
    *(_seconds(1), "L", "L", _seconds(9), "2", "1", _seconds(1), "h", "g", _seconds(3600)),
]


@pytest.mark.parametrize("size", [(80, 24), (160, 40)], ids=str)
@pytest.mark.parametrize("rooms", [a_day, lambda: crowd(200), scene.hostile], ids=["day", "crowd", "hostile"])
async def test_what_is_drawn_in_parts_is_what_a_whole_repaint_shows(
    rooms: Callable[[], Any], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = scene.stage(rooms())
    terminal = Terminal(stage, monkeypatch, size)
    async with stage.app.run_test(size=size) as pilot:
        await settle(pilot)
        for each in HAPPENS:
            await _do(each, stage, pilot)
            assert looks(terminal.grid) == looks(terminal.whole()), each
    assert sum(isinstance(update, Cells) for update in terminal.updates) > len(HAPPENS) / 2


async def _do(what: str | Callable[[Stage], None], stage: Stage, pilot: Pilot[None]) -> None:
    if isinstance(what, str):
        await press(pilot, what)
    else:
        what(stage)
        await settle(pilot)


async def test_no_more_is_drawn_than_what_is_dirty(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = scene.stage(crowd(200))
    async with stage.app.run_test(size=(160, 40)) as pilot:
        await settle(pilot)
        screen = stage.app.screen
        asked: list[tuple[Widget, Region]] = []
        render_lines = Widget.render_lines

        def counted(widget: Widget, crop: Region) -> list[Strip]:
            asked.append((widget, crop))
            return render_lines(widget, crop)

        monkeypatch.setattr(Widget, "render_lines", counted)
        compositor = screen._compositor
        assert isinstance(compositor, CellCompositor)
        region = table(stage).region
        # Two spots far apart in one column, three lines of it one below the other.
        compositor._dirty_regions = {
            Region(region.x + 4, region.y + 1, 6, 1),
            Region(region.x + 4, region.y + 2, 6, 2),
            Region(region.x + 4, region.y + 30, 6, 1),
        }
        update = compositor.render_partial_update()
        assert isinstance(update, Cells)
        assert [(y, x, strip.cell_length) for y, x, strip in update.strips] == [
            (region.y + row, region.x + 4, 6) for row in (1, 2, 3, 30)
        ]
        assert asked == [(table(stage), Region(4, 1, 6, 3)), (table(stage), Region(4, 30, 6, 1))]
        assert compositor.render_partial_update() is None


async def test_where_a_widget_does_not_cover_its_place_textual_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = scene.stage(crowd(200))
    async with stage.app.run_test(size=(160, 40)) as pilot:
        await settle(pilot)
        compositor, region = stage.app.screen._compositor, table(stage).region
        monkeypatch.setattr(type(table(stage)), "render_lines", lambda *_: [Strip.blank(3)])
        compositor._dirty_regions = {Region(region.x, region.y, 9, 1)}
        update = compositor.render_partial_update()
        assert update is not None
        assert not isinstance(update, Cells)
