"""Keys in, screens out: how tests drive the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widgets.room_table import RoomTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.pilot import Pilot

    from tests.tui.scene import Stage


def table(stage: Stage) -> RoomTable:
    return stage.app.screen_stack[0].query_one(RoomTable)


def rooms(stage: Stage) -> list[str]:
    """The SIDs in the table, from top to bottom."""
    return list(table(stage)._rows)


def text_of(stage: Stage, selector: str) -> str:
    lines = stage.app.screen_stack[0].query_one(selector, LineView).lines
    return "\n".join("".join(piece.text for piece in line) for line in lines)


def told(stage: Stage) -> str:
    """Everything that the person was told in passing."""
    return "\n".join(str(each.message) for each in stage.app._notifications)


def screen_text(stage: Stage) -> str:
    width = stage.app.screen.size.width
    strips = stage.app.screen._compositor.render_strips()
    return "\n".join(strip.crop(0, width).text.rstrip() for strip in strips)


def flat(stage: Stage) -> str:
    """The screen's text without the frame and the line breaks of its dialog."""
    return " ".join(screen_text(stage).replace("│", " ").split())


async def settle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
    await settle(pilot)


def typed(text: str) -> Sequence[str]:
    names = {" ": "space", "&": "ampersand", "-": "minus", "[": "left_square_bracket", "+": "plus"}
    return [names.get(character, character) for character in text]


async def press_at_once(pilot: Pilot[None], *keys: str) -> None:
    """Keys as a slow line delivers them: all in one piece, none waiting for what the one before it did."""
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await settle(pilot)
    await settle(pilot)
