from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui import scene
from tests.tui.driving import press, settle, told

if TYPE_CHECKING:
    import pytest


async def test_the_mouse_is_taken_and_given_back_by_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "m")
        assert "no mouse" in told(stage)  # nothing is drawn on a terminal here
        driver = stage.app._driver
        assert driver is not None
        done: list[str] = []
        monkeypatch.setattr(driver, "_mouse", False)
        monkeypatch.setattr(driver, "_enable_mouse_support", lambda: done.append(f"on {driver._mouse}"), raising=False)
        monkeypatch.setattr(
            driver, "_disable_mouse_support", lambda: done.append(f"off {driver._mouse}"), raising=False
        )
        await press(pilot, "m")
        assert "Listening to the mouse" in told(stage)
        await press(pilot, "m")
        assert "terminal's" in told(stage)
        assert done == ["on True", "off True"]
        assert not driver._mouse
