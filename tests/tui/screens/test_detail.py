"""A room's own screen: what is pressed right after it opens, and what can be taken along from it."""

from __future__ import annotations

import base64
import json
import shlex
from typing import TYPE_CHECKING

from roomtui.tui.browser import Browser
from roomtui.tui.screens.copied import CopiedScreen
from roomtui.tui.screens.detail import DetailScreen
from roomtui.tui.screens.raw_json import JsonScreen
from roomtui.tui.widgets.line_view import LineView
from roomtui.twilio_api.errors import Unreachable
from tests.tui import past_scene, scene
from tests.tui.driving import press, press_at_once, screen_text, settle, told, typed
from tests.tui.scene import ago, person

if TYPE_CHECKING:
    import pytest

    from roomtui.watch.past import Past

BOARD_AND_CO = ["j", "j", "j", "j"]


def copied(stage: scene.Stage) -> str:
    """What the terminal was asked to put on the clipboard."""
    return base64.b64decode(stage.written[-1][7:-1]).decode()


async def test_a_key_pressed_right_after_enter_is_the_opened_screen_s() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, *BOARD_AND_CO)
        await press_at_once(pilot, "enter", "G")
        pane = stage.app.screen.query_one("#full", LineView)
        assert pane.scroll_offset.y == pane.max_scroll_y > 0
        await press(pilot, "escape")
        await press_at_once(pilot, "enter", "j", "j", "k")
        assert stage.app.screen.query_one("#full", LineView).scroll_offset.y == 1


async def test_any_field_is_found_by_typing_and_copied() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, *BOARD_AND_CO, "enter", "c", *typed("max_part"), "down", "enter")
        assert isinstance(stage.app.screen, DetailScreen)
        assert copied(stage) == "50"
        assert told(stage).startswith("max_participants: your terminal was asked")
        await press(pilot, "c", *typed("end it"), "enter")
        assert shlex.split(copied(stage))[-1] == "Status=completed"
        await press(pilot, "c", *typed("no such thing"), "enter")
        assert "Copy of Board & Co" in screen_text(stage)


async def test_what_is_hidden_is_not_shown_in_the_list_of_what_can_be_copied() -> None:
    stage = scene.stage(hide_personal=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, *BOARD_AND_CO, "c", *typed("+1650"))
        assert "+16505550123" not in screen_text(stage)
        assert "+1650555****" in screen_text(stage)


async def test_the_json_is_read_anew_and_copied_as_it_is_shown() -> None:
    stage = scene.stage(hide_personal=True)
    stage.actions.gate.clear()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in (*BOARD_AND_CO, "J"):
            await pilot.press(key)
        await pilot.pause()
        assert "as it was last read" in screen_text(stage)
        stage.actions.gate.set()
        await settle(pilot)
        assert "Board & Co as of 10:15:00Z; phone numbers are masked" in screen_text(stage)
        assert '"roster"' not in screen_text(stage)
        await press(pilot, "pagedown", "pagedown", "pagedown")
        assert '"roster"' in screen_text(stage)
        await press(pilot, "c")
        assert json.loads(copied(stage))["unique_name"] == "Board & Co"
        assert "+1650555****" in copied(stage)
        await press(pilot, "escape")
        assert not isinstance(stage.app.screen, JsonScreen)


async def test_json_that_cannot_be_read_anew_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = scene.stage()

    async def look(_sid: str) -> object:
        raise Unreachable("Twilio does not answer.")

    monkeypatch.setattr(stage.actions, "look", look)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "J")
        assert "Twilio could not be asked" in screen_text(stage)
        assert '"sid"' in screen_text(stage) or '"account_sid"' in screen_text(stage)


async def test_over_ssh_the_console_s_address_is_copied_and_shown() -> None:
    stage = scene.stage()
    stage.app.browser = Browser(environ={"SSH_TTY": "/dev/pts/1", "DISPLAY": ":0"})
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, *BOARD_AND_CO, "o")
        assert isinstance(stage.app.screen, CopiedScreen)
        assert copied(stage) == f"https://www.twilio.com/console/video/logs/rooms/{scene.sid('RM', 3)}"


async def test_an_ended_room_that_was_asked_for_is_shown_with_what_is_remarkable() -> None:
    made = past_scene.stage()
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "2", "j", "j", "j", "j")
        await settle(pilot)
        await press(pilot, "enter")
        assert "Made again: " in screen_text(made.stage)
        assert "Who was in it (12)" in screen_text(made.stage)
        await press(pilot, "escape", "c", *typed("curl: completed"), "enter")
        assert "DateCreatedAfter=2026-11-19T00%3A00%3A00Z" in copied(made.stage)


async def test_a_room_that_ended_long_ago_is_asked_for_when_its_screen_opens() -> None:
    made = past_scene.stage()
    old = past_scene.ended(160, "townhall", created=ago(hours=24 * 9), minutes=30)
    made.twilio.rooms.append(old)
    made.twilio.people[old.sid] = (person(old.sid, "dana", ago(hours=24 * 9), ago(hours=24 * 9, minutes=-20)),)
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        made.twilio.gate.clear()
        made.stage.app.push_screen(DetailScreen(old.sid))
        await settle(pilot)
        assert "asking Twilio" in screen_text(made.stage)
        made.twilio.gate.set()
        await past_scene.read(made)
        await settle(pilot)
        assert "townhall" in screen_text(made.stage)
        assert "dana" in screen_text(made.stage)
        made.stage.app.push_screen(DetailScreen("RM0"))
        await settle(pilot)
        await past_scene.read(made)
        await settle(pilot)
        assert "RM0 is not known any more." in screen_text(made.stage)


def looked_at(past: Past) -> tuple[str | None, tuple[str, ...]]:
    return past._chosen, past._on_screen


async def test_an_ended_room_comes_first_as_long_as_its_screen_is_open() -> None:
    made = past_scene.stage()
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "2", "j", "enter")
        assert looked_at(made.past) == (made.past.state.rooms[1].room.sid, ())
        await press(pilot, "escape")
        chosen, on_screen = looked_at(made.past)
        assert chosen is None
        assert len(on_screen) > 2
