"""Keys that arrive all at once do what they do when they arrive one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from roomtui.tui.widgets.room_table import RoomTable
from tests.tui import scene
from tests.tui.driving import press_at_once, rooms, screen_text, settle, table
from tests.tui.scene import ago, live, picture, room

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

EMPTY = live(room(1, "empty", ago(minutes=4)))


async def test_what_is_typed_behind_a_slash_is_the_filter_and_nothing_else() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, "slash", *"pteqh")
        assert stage.app.query_one("#filter", Input).value == "pteqh"
        assert not stage.feed.paused
        assert not stage.app.screen.is_modal


async def test_keys_behind_the_enter_of_a_filter_are_the_tables() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, "slash", *"webinar", "enter", "y")
        assert stage.app.copier.last is not None
        assert stage.app.copier.last.text == scene.sid("RM", 4)


async def test_tab_and_enter_behind_e_answer_its_question() -> None:
    stage = scene.stage(picture([EMPTY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, "e", "tab", "enter")
        assert stage.actions.ended == [EMPTY.room.sid]


@pytest.mark.parametrize("patience", [0.5, 0.0], ids=["at once", "however slowly it opens"])
async def test_a_name_behind_e_is_typed_into_its_field(patience: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roomtui.tui.keys._PATIENCE", patience)  # nothing: over before the key has been carried out
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, "j", "j", "j", "j", "e", *"quiet")
        assert stage.app.is_running
        assert stage.app.screen.query_one("#typed", Input).value == "quiet"
        assert stage.actions.ended == []


async def test_a_key_whose_widget_never_says_that_it_is_done_holds_up_the_next_one_for_a_while_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("roomtui.tui.keys._PATIENCE", 0.0)
    monkeypatch.setattr("roomtui.tui.keys._LONG_PATIENCE", 0.0)
    monkeypatch.setattr(RoomTable, "post_message", _swallows_handled(RoomTable.post_message))
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, "j", "j")
        for _ in range(5):
            await settle(pilot)
        assert table(stage).cursor_sid == rooms(stage)[2]


def _swallows_handled(post: Callable[[RoomTable, Message], bool]) -> Callable[[RoomTable, Message], bool]:
    return lambda self, message: type(message).__name__ != "_Handled" and post(self, message)


async def test_an_identity_behind_t_is_copied_whole() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, "t", *"pete", "enter")
        assert stage.app.copier.last is not None
        assert 'participantIdentity="pete"' in stage.app.copier.last.text


async def test_a_held_key_loses_no_step() -> None:
    stage = scene.stage(scene.crowd(300))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, *["j"] * 200)
        for _ in range(50):
            await settle(pilot)
        assert table(stage).cursor_sid == rooms(stage)[200]


async def test_leaving_a_dialog_and_going_on_needs_no_pause() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, "question_mark", "escape", "j", "enter", "escape", "j")
        await settle(pilot)
        assert table(stage).cursor_sid == rooms(stage)[2]
        assert "CLOSES IN" in screen_text(stage)


async def test_the_driver_hears_of_each_key_when_its_turn_has_come() -> None:
    stage = scene.stage(scene.crowd(300))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        at: list[str | None] = []
        stage.app._driver.key_handed_on = lambda: at.append(table(stage).cursor_sid)  # type: ignore[union-attr] # as the frugal one does
        await press_at_once(pilot, "j", "j", "k")
        assert at == [rooms(stage)[line] for line in (0, 1, 2)], "before it is carried out, and after the one before"
