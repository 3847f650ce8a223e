"""Text that is longer than its place is leafed through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui import scene
from tests.tui.driving import press, press_at_once, settle

if TYPE_CHECKING:
    from textual.widget import Widget

    from tests.tui.scene import Stage


def _scrolled(stage: Stage) -> Widget:
    screen = stage.app.screen
    return next(each for each in screen.query("#text, #json, #full, VerticalScroll") if each.max_scroll_y)


_PAGE = 10


@pytest.mark.parametrize("opened_by", ["question_mark", "J", "enter", "Y"])
async def test_pages_that_are_asked_for_all_at_once_are_all_turned(opened_by: str) -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        await stage.app.copy("A long text", "\n".join(map(str, range(200))))
        await press(pilot, opened_by)
        text = _scrolled(stage)
        assert text.scroll_y == 0
        await press_at_once(pilot, *["pagedown"] * 3)
        assert text.scroll_y == min(3 * _PAGE, text.max_scroll_y)
        assert text.scroll_y > _PAGE
