"""What is chosen in a list is told without a colour."""

from __future__ import annotations

import pytest

from tests.tui import scene
from tests.tui.driving import press, screen_text, settle


def chosen(text: str) -> list[str]:
    """What stands behind the sign in the dialog."""
    return [row.split("│", 1)[1].split(">", 1)[1].split()[0] for row in text.splitlines() if "│  > " in row]


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_the_person_that_enter_would_choose_has_the_tables_sign(size: tuple[int, int]) -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "j", "j", "j", "j", "x")
        (first,) = chosen(screen_text(stage))
        await press(pilot, "j")
        (second,) = chosen(screen_text(stage))
        assert first != second
        await press(pilot, "enter")
        assert second in screen_text(stage)


async def test_so_has_the_column_that_rooms_are_sorted_by() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "s")
        assert chosen(screen_text(stage)) == ["0"]
        await press(pilot, "down", "down")
        assert chosen(screen_text(stage)) == ["n"]
