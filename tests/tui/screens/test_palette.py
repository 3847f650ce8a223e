"""The palette: what is chosen is done once, however often enter is pressed."""

from __future__ import annotations

from textual.widgets import Input

from roomtui.tui.screens.help import HelpScreen
from roomtui.tui.screens.palette import Palette
from roomtui.tui.screens.styled_once import Dialog
from tests.tui import scene
from tests.tui.driving import press, settle


async def test_an_enter_too_many_neither_does_it_twice_nor_takes_another_screen_away() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "ctrl+p", *"help")
        palette = stage.app.screen
        assert isinstance(palette, Palette)
        for _ in range(4):
            palette.post_message(Input.Submitted(palette.query_one(Input), "Help"))
        await settle(pilot)
        assert [type(screen) for screen in stage.app.screen_stack[1:]] == [HelpScreen]


async def test_a_dialog_that_was_left_is_not_left_again() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "c")
        dialog = stage.app.screen
        assert isinstance(dialog, Dialog)
        for _ in range(3):
            dialog.dismiss(None)
        await settle(pilot)
        assert len(stage.app.screen_stack) == 1
        assert stage.app.is_running
