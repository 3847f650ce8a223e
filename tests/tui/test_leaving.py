"""Leaving, whatever is under way."""

from __future__ import annotations

import asyncio

import pytest
from textual.css.query import NoMatches
from textual.screen import Screen

from tests.tui import scene
from tests.tui.driving import settle


@pytest.mark.parametrize("key", ["question_mark", "e", "t", "ctrl+p"])
@pytest.mark.parametrize("turns", range(6))
async def test_a_screen_that_is_just_being_opened_holds_up_nobody_who_leaves(key: str, turns: int) -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.app.simulate_key(key)
        for _ in range(turns):
            await asyncio.sleep(0)
        stage.app.exit(return_code=143)
    assert stage.app.return_code == 143


class Faulty(Screen[None]):
    """Looks for what it has not."""

    def on_mount(self) -> None:
        self.query_one("#nothing")


async def open_faulty() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.app.push_screen(Faulty())
        await settle(pilot)


async def test_what_is_looked_for_in_vain_while_nobody_leaves_is_a_fault() -> None:
    with pytest.raises(NoMatches):
        await open_faulty()
