"""A recording on the screens: what its keys do, and what the views say that it does not hold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from roomtui.tui.screens.live import LiveScreen
from roomtui.tui.winding import NO_LOG, NO_PAST
from tests.tui import journals, scene
from tests.tui.driving import flat, press, screen_text, settle, told

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class FakeRecording:
    """Half an hour, in the middle of it; remembers how it was wound."""

    begins: datetime = scene.NOW - timedelta(minutes=15)
    ends: datetime = scene.NOW + timedelta(minutes=15)
    speed: float = 1.0
    wound: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return scene.NOW

    def wind(self, seconds: float) -> None:
        self.wound.append(seconds)

    def set_speed(self, speed: float) -> None:
        self.speed = speed


def stage() -> tuple[scene.Stage, FakeRecording]:
    recording = FakeRecording()
    return scene.stage(read_only=True, replay=recording), recording


async def test_the_keys_wind_it_and_play_it_faster_and_slower_and_ask_nobody() -> None:
    made, recording = stage()
    async with made.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "replay 10:15:00 of 10:00 to 10:30" in screen_text(made)
        for key in ("left_square_bracket", "right_square_bracket", "left_curly_bracket", "right_curly_bracket"):
            await press(pilot, key)
        assert recording.wound == [-60, 60, -600, 600]
        await press(pilot, "plus", "plus", "minus")
        assert recording.speed == 2
        assert "2 times as fast" in told(made)
        await press(pilot, "p")
        assert made.feed.paused
        assert "The recording stands still" in told(made)
        assert "p Play " in screen_text(made)
        before = list(made.feed.told)
        await press(pilot, "r", "p")
        assert (made.feed.paused, made.feed.told) == (False, before)
        await press(pilot, "question_mark")
        for _ in range(8):
            assert "sk Twilio" not in flat(made)
            await press(pilot, "pagedown")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_the_views_that_a_recording_has_nothing_for_say_so(size: tuple[int, int]) -> None:
    made, _ = stage()
    async with made.app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "2")
        assert NO_PAST in screen_text(made)
        # There is nobody to ask for a day, nor anything to find.
        assert "D Day" not in screen_text(made)
        await press(pilot, "D", "slash", "left", "r", "enter", "c", "escape", "3")
        assert NO_LOG in screen_text(made)
        await press(pilot, "w")
        assert "There is nothing to write." in told(made)
        await press(pilot, "slash", "x", "enter", "enter", "y", "escape", "escape")
        assert isinstance(made.app.screen, LiveScreen)


async def test_a_dashboard_on_twilio_winds_nothing(tmp_path: Path) -> None:
    made = journals.stage(tmp_path / "journal.jsonl")
    made.app.settings = replace(made.app.settings, replay=None)
    async with made.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "right_square_bracket", "plus")
        assert "Looking at the rooms list every 1 s." in told(made)
        assert "p Pause" in screen_text(made)
