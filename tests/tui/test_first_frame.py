"""What is drawn first is right already: on a slow line it stands there for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from roomtui.tui.app import RoomtuiApp
from roomtui.watch.board import Link, LinkState
from tests.tui import scene
from tests.tui.driving import screen_text, settle

if TYPE_CHECKING:
    from textual.screen import Screen

    from tests.tui.scene import Stage


def first_lines(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The line at the top, of each frame that is drawn."""
    seen: list[str] = []
    display = RoomtuiApp._display

    def see(app: RoomtuiApp, screen: Screen[object], drawn: object) -> None:
        display(app, screen, drawn)  # type: ignore[arg-type]  # what Textual hands it
        if drawn is not None and screen is stage.app.screen:
            seen.append(screen_text(stage).split("\n")[0])

    monkeypatch.setattr(RoomtuiApp, "_display", see)
    return seen


@pytest.mark.parametrize("size", [(60, 20), (69, 20), (80, 24), (200, 50)])
@pytest.mark.parametrize("account", ["acme-prod", "an-account-of-a-long-name"])
async def test_the_summary_is_whole_in_the_first_frame(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], account: str
) -> None:
    stage = scene.stage(account=account)
    seen = first_lines(stage, monkeypatch)
    async with stage.app.run_test(size=size) as pilot:
        await settle(pilot)
        assert set(seen) == {screen_text(stage).split("\n")[0]}


async def test_a_longer_word_for_how_old_it_is_leaves_no_half_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        assert "(1 not read)" in screen_text(stage)
        seen = first_lines(stage, monkeypatch)
        stage.app.board.link(Link(LinkState.PAUSED))
        await settle(pilot)
        assert seen
        assert all("paused" in each and "(" not in each for each in seen), seen
