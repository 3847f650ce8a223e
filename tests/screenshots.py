"""Draws the pictures of the README from the app itself: `.venv/bin/python -m tests.screenshots`."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.tui import past_scene, scene

if TYPE_CHECKING:
    from tests.tui.scene import Stage

FOLDER: Final = Path(__file__).parent.parent / "screenshots"
_WHAT_IT_ASKS_FOR: Final = 0.1
"""Seconds in which everything comes that a key asks for: there is no network here."""
# The drawn picture asks a server for a font; these are on the reader's machine.
_FONTS: Final = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


class Shot(NamedTuple):
    """One picture: the app, its size in cells, the keys pressed before."""

    stage: Stage
    size: tuple[int, int]
    keys: tuple[str, ...] = ()


def shots() -> dict[str, Shot]:
    """All pictures by name."""
    to_board_and_co = ("j", "j", "j", "j")
    return {
        "live-80x24": Shot(scene.stage(), (80, 24)),
        "live-60x20": Shot(scene.stage(), (60, 20)),
        "live-200x50": Shot(scene.stage(events=scene.lately()), (200, 50), to_board_and_co),
        "detail-80x24": Shot(scene.stage(), (80, 24), (*to_board_and_co, "enter")),
        "end-80x24": Shot(scene.stage(), (80, 24), (*to_board_and_co, "e")),
        "twiml-80x24": Shot(scene.stage(), (80, 24), ("t",)),
        "new-80x24": Shot(scene.stage(), (80, 24), ("n", *"demo", "tab", "tab", "tab", *"90m")),
        "dial-80x24": Shot(scene.stage(), (80, 24), (*to_board_and_co, "d", "plus", *"16505550199", "enter")),
        "ended-80x24": Shot(past_scene.stage().stage, (80, 24), ("2", "j", "j", "j")),
        "timeline-80x24": Shot(past_scene.stage().stage, (80, 24), ("2", "j", "j", "j", "enter")),
        "help-80x24": Shot(scene.stage(), (80, 24), ("question_mark",)),
        "refused-80x24": Shot(scene.stage(link=scene.REFUSED), (80, 24)),
    }


async def draw(shot: Shot) -> str:
    """The picture as SVG, without anything that the reader's machine would have to fetch."""
    async with shot.stage.app.run_test(size=shot.size) as pilot:
        await pilot.pause()
        for key in shot.keys:
            await pilot.press(key)
            await pilot.pause(_WHAT_IT_ASKS_FOR)
        svg = shot.stage.app.export_screenshot()
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return re.sub(r"font-family: Fira Code, monospace", f"font-family: {_FONTS}", svg)


def draw_all(folder: Path = FOLDER) -> None:
    """Write every picture into `folder`."""
    folder.mkdir(exist_ok=True)
    for name, shot in shots().items():
        (folder / f"{name}.svg").write_text(asyncio.run(draw(shot)), encoding="utf-8")


if __name__ == "__main__":
    draw_all()
