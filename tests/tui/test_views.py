"""Going from one view to another: the live rooms lie below, whatever is shown above them is told what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest
from textual.screen import ModalScreen, Screen

from roomtui.tui.screens.detail import DetailScreen
from roomtui.tui.views import VIEWS
from tests.tui import scene
from tests.tui.driving import press, screen_text, settle

if TYPE_CHECKING:
    from roomtui.watch.board import BoardState


class Another(Screen[None]):
    VIEW: ClassVar[str] = "another"
    BINDINGS: ClassVar = [("escape", "dismiss", "Back")]

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[BoardState] = []
        self.ticks = 0

    def show(self, state: BoardState) -> None:
        self.heard.append(state)

    def tick(self) -> None:
        self.ticks += 1


@pytest.fixture(autouse=True)
def _another_view(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VIEWS, "ended", Another)
    monkeypatch.setitem(VIEWS, "log", type("Log", (Another,), {"VIEW": "log"}))


async def test_a_view_lies_above_the_live_rooms_and_hears_what_they_hear() -> None:
    stage = scene.stage()
    async with stage.app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "2")
        [live, view] = stage.app.screen_stack
        assert isinstance(view, Another)
        stage.board.show(scene.picture([]))
        stage.app.tick()
        assert view.heard == [stage.board.state]
        assert view.ticks == 1
        await press(pilot, "1")
        assert stage.app.screen_stack == [live]
        stage.board.show(scene.a_day())
        assert len(view.heard) == 1


async def test_from_a_room_s_own_screen_another_view_takes_the_place_of_both() -> None:
    stage = scene.stage()
    async with stage.app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert isinstance(stage.app.screen, DetailScreen)
        await press(pilot, "2")
        await press(pilot, "3")
        assert [type(each).__name__ for each in stage.app.screen_stack] == ["LiveScreen", "Log"]


async def test_the_same_view_asked_for_twice_is_the_same_one() -> None:
    stage = scene.stage()
    async with stage.app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "3")
        view = stage.app.screen
        stage.app.push_screen(DetailScreen("RM0"))
        await press(pilot, "3")
        assert stage.app.screen_stack[1:] == [view]


async def test_a_dialog_keeps_these_keys_to_itself() -> None:
    stage = scene.stage()
    async with stage.app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "n", "2", "3", "1")
        assert isinstance(stage.app.screen, ModalScreen)


async def test_a_view_that_is_not_there_has_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(VIEWS, "log")
    stage = scene.stage()
    async with stage.app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "3")
        assert len(stage.app.screen_stack) == 1
        assert "3" not in stage.app.screen.active_bindings


async def test_a_wide_line_of_keys_names_the_other_views_and_a_view_not_itself() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        assert "2 Ended  3 Log" in screen_text(stage)
        await press(pilot, "3")
        assert "3" not in stage.app.screen.active_bindings
        assert "2" in stage.app.screen.active_bindings
