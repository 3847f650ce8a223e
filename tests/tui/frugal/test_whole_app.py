"""The whole app on two terminals: one is sent Textual's frames, the other the differences. Both must look the same."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, ClassVar

import pyte
import pytest
from textual import events
from textual.driver import Driver
from textual.geometry import Size
from textual.pilot import Pilot

from roomtui.tui.frugal.difference import Terminal
from roomtui.tui.frugal.grid import Grid
from roomtui.watch.board import Link, LinkState
from tests.tui.frugal.emulator import LikeXterm, seen
from tests.tui.scene import NOW, a_day, crowd, hostile, lately, stage

if TYPE_CHECKING:
    from roomtui.tui.app import RoomtuiApp
    from tests.tui.scene import Stage

STEPS = 60
KEYS = (
    *(
        "j",
        "k",
        "G",
        "g",
        "pageup",
        "pagedown",
        "down",
        "up",
        "enter",
        "escape",
        "escape",
        "escape",
        "tab",
        "h",
        "p",
        "r",
    ),
    *("e", "t", "d", "x", "R", "n", "N", "y", "Y", "question_mark", "slash", "a", "o", "ctrl+p", "ctrl+l", "plus"),
)


class TwoTerminals(Driver):
    """A driver that draws on two emulators at once, and never waits."""

    latest: ClassVar[TwoTerminals]

    def start_application_mode(self) -> None:
        type(self).latest = self
        self.frames = 0
        self.bytes_stock = self.bytes_frugal = 0
        self.resize(*(self._size or (80, 24)))

    def resize(self, width: int, height: int) -> None:
        self.stock, self.frugal = (LikeXterm(width, height) for _ in range(2))
        self._streams = [pyte.Stream(self.stock), pyte.Stream(self.frugal)]
        self._wanted, self._terminal = Grid(width, height), Terminal(Grid(width, height))
        size = Size(width, height)
        self._app.post_message(events.Resize(size, size))

    def write(self, data: str) -> None:
        if not data.startswith("\x1b[") or not data[2:3].isdigit():
            return  # modes, the bell, the clipboard
        if self._app.size != (self._wanted.width, self._wanted.height):
            return  # a frame of the size before
        self.frames += 1
        self._wanted.feed(data)
        sent = self._terminal.approach(self._wanted, most=10**9)
        self._streams[0].feed(data.replace("\n", "\r\n"))
        self._streams[1].feed(sent)
        self.bytes_stock += len(data)
        self.bytes_frugal += len(sent)

    def differences(self) -> list[str]:
        return [
            f"{column},{row}: {right} is {wrong}"
            for row, (stock, frugal) in enumerate(zip(seen(self.stock), seen(self.frugal), strict=True))
            for column, (right, wrong) in enumerate(zip(stock, frugal, strict=True))
            if right != wrong
        ]

    def flush(self) -> None:
        pass

    def disable_input(self) -> None:
        pass

    def stop_application_mode(self) -> None:
        pass


async def _one_step(chance: Random, set_up: Stage, pilot: Pilot[None]) -> str:
    """Something happens: a key, a second, news, trouble, another size. What it was."""
    app, what = set_up.app, chance.random()
    if what < 0.6:
        key = chance.choice(KEYS)
        await pilot.press(key)
        return key
    if what < 0.75:
        set_up.clock.advance(chance.choice((1, 1, 1, 7, 61)))
        app.tick()
        return "a second"
    if what < 0.9:
        shown = chance.choice(
            (a_day(), hostile(), crowd(chance.randint(1, 60)), crowd(40, seconds=chance.randint(1, 900)))
        )
        kept = {sid: each for sid, each in shown.live.items() if chance.random() < 0.9}
        set_up.board.show(replace(shown, live=kept), lately() if chance.random() < 0.5 else ())
        return "news"
    if what < 0.96:
        set_up.board.link(chance.choice((Link(LinkState.LIVE), Link(LinkState.TROUBLE, "No answer.", NOW), Link())))
        return "the link"
    TwoTerminals.latest.resize(*chance.choice(((80, 24), (60, 20), (200, 50), (100, 30))))
    return "another size"


async def _play(app: RoomtuiApp, set_up: Stage, chance: Random, steps: int) -> TwoTerminals:
    pilot = Pilot(app)
    await pilot.pause()
    history = []
    for _ in range(steps):
        history.append(await _one_step(chance, set_up, pilot))
        await pilot.pause()
        driver = TwoTerminals.latest
        assert driver.differences() == [], history
    return driver


@pytest.mark.parametrize("seed", range(2))
async def test_after_anything_the_screen_is_as_textual_would_have_it(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - the same story for the same seed
    set_up = stage(hostile() if seed % 2 else a_day())
    app = set_up.app
    app.driver_class = TwoTerminals
    running = asyncio.create_task(app.run_async(size=chance.choice(((80, 24), (60, 20), (200, 50)))))
    try:
        with app._context():
            driver = await _play(app, set_up, chance, STEPS)
        assert driver.frames > STEPS / 2
        assert driver.bytes_frugal < driver.bytes_stock
    finally:
        app.exit()
        await running
