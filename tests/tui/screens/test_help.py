"""The help says on its first screen how it goes on and how it is left."""

from __future__ import annotations

import pytest

from tests.tui import scene
from tests.tui.driving import press, screen_text, settle


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_the_first_screen_says_that_there_is_more_and_how_to_leave(size: tuple[int, int]) -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "question_mark")
        assert "arrows, pgdn: more, and signs; esc closes" in screen_text(stage)
        await press(pilot, *["pagedown"] * 8)
        assert "how many close in under 10 minutes" in screen_text(stage)
