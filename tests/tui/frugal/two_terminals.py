"""The whole app on two emulators: one is sent Textual's frames, the other what the frugal driver makes of them.

What happens to it is a story of chance: `Story` tells it, step by step, and holds the two screens against each other.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

import pyte
from textual import events
from textual.driver import Driver
from textual.geometry import Size
from textual.pilot import Pilot

from roomtui.tui.frugal.driver import FrugalDriver
from roomtui.tui.frugal.pipe import ASK, Pipe
from roomtui.tui.frugal.traits import Traits
from roomtui.watch.board import Link, LinkState
from tests.tui.frugal.emulator import LikeXterm, seen
from tests.tui.scene import NOW, a_day, crowd, hostile, lately

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from random import Random

    from textual.app import App

    from tests.tui.scene import Stage

SIZES: Final = ((80, 24), (60, 20), (200, 50), (100, 30))
# Those that lead back out of a dialog more often than those that lead in.
KEYS: Final = (
    *("j", "k", "G", "g", "pageup", "pagedown", "down", "up", "enter", "tab", "space", "left", "right", "home", "end"),
    *(
        "e",
        "t",
        "d",
        "x",
        "R",
        "n",
        "N",
        "y",
        "Y",
        "h",
        "p",
        "r",
        "s",
        "S",
        "0",
        "1",
        "2",
        "3",
        "P",
        "i",
        "a",
        "o",
        "w",
    ),
    *("question_mark", "slash", "plus", "minus", "exclamation_mark", "ctrl+p", "ctrl+l", "backspace", "m", "z", "v"),
    *("escape",) * 12,
)
_JUNK: Final = "\x1b[31;44mwhatever the shell has written there \x1b[H\x1b7"
_HELD_STEPS: Final = 8


class TwoTerminals(FrugalDriver):
    """The frugal driver, its pipe without a thread, on a line that may be held up; and an emulator beside it."""

    latest: ClassVar[TwoTerminals]
    traits: ClassVar[Traits] = Traits()
    """What is known of the second one."""

    def __init__(
        self, app: App[None], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        # Without that of the driver for Unix, which takes over this process's terminal and signals.
        Driver.__init__(self, app, debug=debug, mouse=mouse, size=size)

    def start_application_mode(self) -> None:
        type(self).latest = self
        self.frames = self.bytes_stock = self.bytes_frugal = 0
        self.held = False
        self._seconds = 0.0
        # What is written at once comes out at the other end, and has to be read before all that follows.
        self._written, line = os.pipe()
        os.set_blocking(self._written, False)
        self._line = os.fdopen(line, "w", encoding="utf-8")
        self.at_once = 0
        self._pipe = self.pipe = Pipe(self._line, asks=True, monotonic=lambda: self._seconds)
        self.pipe.trust(self.traits)
        self.resize(*(self._size or (80, 24)))

    def resize(self, width: int, height: int) -> None:
        """The terminals are of another size, and nobody knows what is left on the frugal one."""
        self.stock, self.frugal = LikeXterm(width, height), LikeXterm(width, height)
        self._streams = pyte.Stream(self.stock), pyte.Stream(self.frugal)
        self._streams[1].feed(_JUNK * 9)
        self.repaint()
        size = Size(width, height)
        self._app.post_message(events.Resize(size, size))

    @property
    def size(self) -> tuple[int, int]:
        return self.stock.columns, self.stock.lines

    def suspend(self) -> None:
        """The shell has the terminal for a while."""
        self.write("\x1b[?1049l")
        self.catch_up()
        self._streams[1].feed(_JUNK)
        self.write("\x1b[?1049h")

    def write(self, data: str) -> None:
        if data.startswith("\x1b[") and data[2:3].isdigit():
            if self._app.size != self.size:
                return  # a frame of the size before
            self.frames += 1
            self.bytes_stock += len(data)
            self._streams[0].feed(data.replace("\n", "\r\n"))
        super().write(data)
        if not self.held:
            self.catch_up()

    def deliver(self) -> bool:
        """The terminal reads as much as is written to it at once; whether that was anything."""
        self._seconds += 0.05
        sent = ""
        with suppress(BlockingIOError):
            sent = os.read(self._written, 1 << 20).decode()
            self.at_once += 1
        sent += self.pipe._next()
        self.bytes_frugal += len(sent)
        self._streams[1].feed(sent.replace("\x1b[?1049l", "").replace("\x1b[?1049h", ""))
        self._asked = getattr(self, "_asked", 0) + sent.count(ASK)
        return bool(sent)

    def catch_up(self) -> None:
        """The line goes on, and the terminal reads and answers everything."""
        self.held = False
        while self.deliver() or self._asked:
            for _ in range(self._asked):
                self.pipe.answered()
            self._asked = 0

    def differences(self) -> list[str]:
        return [
            f"{column},{row}: {right} is {wrong}"
            for row in range(self.stock.lines)
            if self.stock.buffer[row] != self.frugal.buffer[row]
            for column, (right, wrong) in enumerate(zip(seen(self.stock, row), seen(self.frugal, row), strict=True))
            if right != wrong
        ]

    def flush(self) -> None:
        pass

    def disable_input(self) -> None:
        pass

    def stop_application_mode(self) -> None:
        pass

    def close(self) -> None:
        self._line.close()
        os.close(self._written)


class Story:
    """What happens to an app on two terminals, as chance will have it.

    Attributes:
        history: what happened, the latest last.
    """

    def __init__(self, set_up: Stage, chance: Random) -> None:
        self._stage, self._chance = set_up, chance
        self._pilot = Pilot(set_up.app)
        self._held = 0
        self.history: list[str] = []

    async def step(self, what: str | None = None) -> None:
        """Something happens, or just this, and the app has done what it does then."""
        await self._happen(what or self._choose())
        await self._pilot.pause()
        if self._held:
            self._held -= 1
            driver = TwoTerminals.latest
            if not self._held:
                driver.catch_up()
            elif self._chance.random() < 0.5:
                driver.deliver()

    def check(self) -> None:
        """Both show the same, unless the line is held up."""
        driver = TwoTerminals.latest
        assert driver.pipe.aside is None, (driver.pipe.aside, self.history[-20:])
        if not driver.held:
            assert driver.differences() == [], self.history[-20:]

    def _choose(self) -> str:
        events_ = ("key", "second", "news", "link", "size", "theme", "suspended", "held")
        return self._chance.choices(events_, (60, 15, 12, 6, 2, 1, 1, 3))[0]

    async def _happen(self, what: str) -> None:
        chance, app = self._chance, self._stage.app
        self.history.append(what)
        driver = TwoTerminals.latest
        if what == "key":
            self.history[-1] = key = chance.choice(KEYS)
            await self._pilot.press(key)
        elif what == "second":
            self._stage.clock.advance(chance.choice((1, 1, 1, 1, 7, 61)))
            app.tick()
        elif what == "news":
            some = crowd(chance.randint(1, 60), seconds=chance.randint(1, 900))
            shown = chance.choice((a_day(), hostile(), some))
            kept = {sid: each for sid, each in shown.live.items() if chance.random() < 0.9}
            self._stage.board.show(replace(shown, live=kept), lately() if chance.random() < 0.5 else ())
        elif what == "link":
            trouble = Link(LinkState.TROUBLE, "No answer.", NOW)
            self._stage.board.link(chance.choice((Link(LinkState.LIVE), trouble, Link())))
        elif what == "size":
            driver.resize(*chance.choice([size for size in SIZES if size != driver.size]))
            before = driver.frames
            while driver.frames == before:  # the app waits a moment for more of them
                await self._pilot.pause(0.01)
        elif what == "theme":
            app.theme = chance.choice(sorted(app.available_themes))
        elif what == "suspended":
            driver.suspend()
        elif what == "held":
            driver.held, self._held = True, _HELD_STEPS


@asynccontextmanager
async def told(set_up: Stage, chance: Random) -> AsyncIterator[Story]:
    """The app on two terminals, until the end of the block."""
    app = set_up.app
    app.driver_class = TwoTerminals
    TwoTerminals.traits = Traits(line_feeds=chance.random() < 0.5, erases=chance.random() < 0.5)
    running = asyncio.create_task(app.run_async(size=chance.choice(SIZES)))
    try:
        with app._context():
            await Pilot(app).pause()
            yield Story(set_up, chance)
    finally:
        app.exit()
        await running
