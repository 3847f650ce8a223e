"""What a key has changed is drawn at once; all else waits for the timer, sixty times a second."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from textual import events

from roomtui.tui.app import RoomtuiApp
from roomtui.tui.widgets.room_table import RoomTable
from tests.tui import scene
from tests.tui.driving import rooms, settle, table
from tests.tui.scene import crowd

if TYPE_CHECKING:
    from textual._compositor import CompositorUpdate

    from tests.tui.scene import Stage


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[CompositorUpdate]:
    """What the app has drawn."""
    updates: list[CompositorUpdate] = []

    def display(app: RoomtuiApp, _: object, update: CompositorUpdate | None) -> None:
        del app
        if update is not None:
            updates.append(update)

    monkeypatch.setattr(RoomtuiApp, "_display", display)
    return updates


_TURNS = 100
"""Turns of the event loop in which what a key does is done; Textual's pilot would draw by itself, as the timer does."""


async def _press(stage: Stage, *keys: str) -> None:
    for key in keys:
        stage.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await _let_it_go_on(len(keys))


async def _let_it_go_on(times: int = 1) -> None:
    for _ in range(times * _TURNS):
        await asyncio.sleep(0)


def _stop_the_timer(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    timer = stage.app.screen._update_timer
    timer.pause()
    monkeypatch.setattr(timer, "resume", lambda: None)


def _change_a_room(stage: Stage) -> None:
    shown = stage.board.state.picture
    sid = rooms(stage)[1]
    other = replace(shown.live[sid], listed=not shown.live[sid].listed)
    stage.board.show(replace(shown, live=MappingProxyType({**shown.live, sid: other})), changed=frozenset({sid}))


async def test_a_key_is_answered_without_waiting_for_the_timer(
    drawn: list[CompositorUpdate], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = scene.stage(crowd(300))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        _stop_the_timer(stage, monkeypatch)
        drawn.clear()
        for key in ("j", "k", "pagedown", "G"):
            drawn.clear()
            await _press(stage, key)
            assert drawn, key
            assert [each.sid for each in table(stage)._drawn.values() if each.is_cursor] == [table(stage).cursor_sid]


async def test_what_answers_no_key_waits_for_the_timer(
    drawn: list[CompositorUpdate], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = scene.stage(crowd(300))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        _stop_the_timer(stage, monkeypatch)
        await _press(stage, "j", "k")
        _change_a_room(stage)  # the last that may belong to the key
        await _let_it_go_on()
        drawn.clear()
        for _ in range(3):
            _change_a_room(stage)
            await _let_it_go_on()
        assert drawn == []
        assert stage.app.screen._dirty_widgets


async def test_while_a_key_is_carried_out_all_else_waits_to_be_drawn_with_its_answer(
    drawn: list[CompositorUpdate], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = scene.stage(crowd(300))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        _stop_the_timer(stage, monkeypatch)
        updates_while: list[int] = []
        action_move = RoomTable.action_move

        def moves(shown: RoomTable, steps: int) -> None:
            drawn.clear()
            stage.app.screen._on_timer_update()  # it is due just now
            updates_while.append(len(drawn))
            monkeypatch.setattr("roomtui.tui.keys._A_MOMENT", 0.0)  # and here is a key that takes its time
            stage.app.screen._on_timer_update()
            updates_while.append(len(drawn))
            monkeypatch.setattr("roomtui.tui.keys._A_MOMENT", 60.0)
            action_move(shown, steps)

        monkeypatch.setattr(RoomTable, "action_move", moves)
        monkeypatch.setattr("roomtui.tui.keys._A_MOMENT", 60.0)
        for _ in range(2):
            _change_a_room(stage)
            await _let_it_go_on()
            await _press(stage, "j")
        assert updates_while == [0, 1] * 2
        assert drawn
        assert not stage.app.screen._dirty_widgets


async def test_of_keys_that_come_all_at_once_only_the_last_is_drawn_at_once(drawn: list[CompositorUpdate]) -> None:
    stage = scene.stage(crowd(300))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app, asked = stage.app, list[bool]()
        is_to_be_drawn = app.is_to_be_drawn_at_once

        def asking() -> bool:
            asked.append(is_to_be_drawn())
            return asked[-1]

        app.is_to_be_drawn_at_once = asking  # type: ignore[method-assign] # watched, not changed
        await _press(stage, *["j"] * 100)
        assert table(stage).cursor_sid == rooms(stage)[100]
        assert 1 <= sum(asked) <= 5, "the rows, the details, and what is left of those before"
        assert drawn
