"""Themes, keys and the place of the details: chosen, remembered, and complained about in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import constants
from textual.theme import BUILTIN_THEMES

from roomtui.state import Forgetful
from roomtui.tui.app import RoomtuiApp
from roomtui.tui.looks import Layout, keys_complaint, layout_of, next_layout, theme_of
from tests.tui import scene
from tests.tui.driving import press, screen_text, settle, told

if TYPE_CHECKING:
    from roomtui.state import JSON


def remembering(**values: JSON) -> Forgetful:
    """A memory without a file."""
    memory = Forgetful()
    for key, value in values.items():
        memory.remember(key, value)
    return memory


@pytest.mark.parametrize(
    ("remembered", "configured", "theme", "complaint"),
    [
        (None, None, None, None),
        (None, "nord", "nord", None),
        ("gruvbox", "nord", "gruvbox", None),
        ("gone", "nord", "nord", None),
        (7, None, None, None),
        (None, "nordd", None, "There is no theme nordd; did you mean nord?"),
        ("nord", "\x1b[2J", "nord", "There is no theme ^[[2J; there are "),
    ],
)
def test_the_theme_of_the_last_time_goes_before_that_of_the_file(
    remembered: JSON, configured: str | None, theme: str | None, complaint: str | None
) -> None:
    found, said = theme_of(BUILTIN_THEMES, configured, remembering(theme=remembered))
    assert found == theme
    assert (said or "").startswith(complaint or "")
    assert (said is None) == (complaint is None)


def test_the_layouts_follow_one_another_and_what_is_remembered_may_be_anything() -> None:
    layouts = [Layout.AUTO]
    while (layout := next_layout(layouts[-1])) is not Layout.AUTO:
        layouts.append(layout)
    assert set(layouts) == set(Layout)
    assert [layout_of(remembering(layout=value)) for value in ("below", "upside down", None, [1])] == [
        Layout.BELOW,
        Layout.AUTO,
        Layout.AUTO,
        Layout.AUTO,
    ]


def test_a_key_for_nothing_is_complained_about_with_the_nearest_name() -> None:
    assert keys_complaint({}, RoomtuiApp) is None
    assert keys_complaint({"room.end": "E", "app.quit": "Q"}, RoomtuiApp) is None
    assert keys_complaint({"room.ends": "E"}, RoomtuiApp) == "There is no key called room.ends; did you mean room.end?"
    assert keys_complaint({"xyz": "E"}, RoomtuiApp) == "There is no key called xyz. ? shows what has one."


async def test_theme_layout_and_keys_are_as_chosen_and_what_is_changed_is_remembered() -> None:
    memory = remembering(theme="nord")
    stage = scene.stage(keys={"view.layout": "f5", "app.help": "f1"}, memory=memory, theme="gruvbox")
    async with stage.app.run_test(size=(110, 30)) as pilot:
        await settle(pilot)
        assert stage.app.theme == "nord"
        assert told(stage) == ""
        side = stage.app.screen.query_one("#side")
        below = side.region
        await press(pilot, "f5")
        assert side.region.height > below.height
        assert side.region.width < below.width
        assert "Details stand beside the rooms." in told(stage)
        await press(pilot, "z")
        assert not side.display
        await press(pilot, "L")  # that was taken off it
        assert not side.display
        assert "f1 Help" in screen_text(stage)
        stage.app.theme = "dracula"
        await settle(pilot)
        assert "The theme is dracula." in told(stage)
    assert (memory.recall("theme"), memory.recall("layout")) == ("dracula", "alone")


async def test_details_beside_the_rooms_go_below_where_there_is_no_room_and_that_is_said_once() -> None:
    stage = scene.stage(memory=remembering(layout="beside"))
    async with stage.app.run_test(size=(110, 30)) as pilot:
        await settle(pilot)
        side = stage.app.screen.query_one("#side")
        assert side.region.x > 0
        assert told(stage) == ""
        await pilot.resize_terminal(109, 30)
        await settle(pilot)
        assert (side.region.x, side.region.width) == (0, 109)
        assert told(stage) == "Details stand below the rooms; beside them from 110 columns on."
        stage.app.clear_notifications()
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert told(stage) == ""
        await pilot.resize_terminal(110, 30)
        await settle(pilot)
        assert side.region.x > 0
    assert stage.app.settings.memory.recall("layout") == "beside"


async def test_one_key_for_two_things_is_complained_about() -> None:
    stage = scene.stage(keys={"app.help": "p"})
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        assert "The file gives the key p to app.help, and it is that of Pause, too" in told(stage)


async def test_pause_and_resume_may_move_together() -> None:
    stage = scene.stage(keys={"app.pause": "f9"})
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "f9")
        assert "Polling is paused" in told(stage)
        await press(pilot, "f9")
        assert "Polling goes on" in told(stage)
        assert "gives the key" not in told(stage)


@pytest.mark.parametrize(
    ("colours", "chosen", "theme"),
    [("standard", None, "ansi-dark"), ("standard", "nord", "nord"), ("256", None, "textual-dark")],
)
async def test_sixteen_colours_are_the_terminal_s_own_unless_somebody_chose_others(
    monkeypatch: pytest.MonkeyPatch, colours: str, chosen: str | None, theme: str
) -> None:
    monkeypatch.setattr(constants, "COLOR_SYSTEM", colours)
    memory = remembering()
    stage = scene.stage(memory=memory, theme=chosen)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert stage.app.theme == theme
    # On another terminal there may be more of them.
    assert memory.recall("theme") is None
