"""The whole app on two terminals: one is sent Textual's frames, the other the differences. Both must look the same."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.tui.frugal.two_terminals import TwoTerminals, told
from tests.tui.scene import a_day, hostile, stage

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 25


@pytest.mark.parametrize("seed", range(2))
async def test_after_anything_the_screen_is_as_textual_would_have_it(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # there is a key that writes a file
    chance = Random(seed)  # noqa: S311 - the same story for the same seed
    async with told(stage(hostile() if seed % 2 else a_day()), chance) as story:
        for _ in range(STEPS):
            await story.step()
            story.check()
        for what in ("held", "size", "suspended", "theme", "second"):
            await story.step(what)
            story.check()
        driver = TwoTerminals.latest
        driver.catch_up()
        story.check()
        assert driver.frames > STEPS / 2
        assert driver.bytes_frugal < driver.bytes_stock
        assert driver.at_once, "some of it without waiting for the thread"
