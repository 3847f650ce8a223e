"""The program, watched from inside: `python -m tests.benchmarks.inside FILE [ARGUMENT...]` is `roomtui ARGUMENT...`.

Nothing of the program is changed: the event loop's selector is timed, and once a second the app is asked how old that
is which it shows. When the program ends, FILE is JSON:

- `turns`: `[instant, seconds]` of each turn of the event loop that took a millisecond or more: between two looks at
  what has come in, nothing else is heard, neither a key nor an answer;
- `ages`: a list of `Sample`s.

Instants are seconds of the machine's monotonic clock, so that whoever started it can find his own while in them.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import selectors
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from textual.app import App

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from roomtui.tui.app import RoomtuiApp

_WORTH_NOTING = 0.001
_NOTED_MAX = 500_000


class Sample(NamedTuple):
    """How old that is which is shown, in Twilio's seconds.

    What is known of a room counts as old as it is, but no older than the room has been on screen (or selected): a room
    that has just been scrolled to cannot have been read again yet.
    """

    at: float
    """Monotonic seconds."""
    rows: tuple[float, ...]
    """The rosters of the live rooms on screen."""
    selected: float | None
    """The roster of the room under the cursor."""
    listed: float | None
    """The list of rooms."""
    unread: int
    """How many live rooms' rosters are not known at all."""
    live: int


class Turns:
    """How long the event loop's turns take."""

    def __init__(self) -> None:
        self.noted: list[tuple[float, float]] = []
        self._since: float | None = None

    def watch(self, selector: type[selectors.BaseSelector]) -> None:
        """Time what happens between two calls of `select`."""
        select: Callable[..., Any] = selector.select

        def timed(this: selectors.BaseSelector, timeout: float | None = None) -> Any:
            now = time.monotonic()
            if self._since is not None and now - self._since >= _WORTH_NOTING and len(self.noted) < _NOTED_MAX:
                self.noted.append((now, now - self._since))
            found = select(this, timeout)
            self._since = time.monotonic()
            return found

        selector.select = timed  # type: ignore[method-assign,assignment] # timed, not changed


class Ages:
    """How old that is which the app shows."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self._since: dict[str, datetime] = {}
        self._selected: tuple[str | None, datetime] | None = None

    def watch(self, app_class: type[App[Any]]) -> None:
        """Sample any app of this class that is run."""
        run_async: Callable[..., Any] = app_class.run_async

        async def watched(this: RoomtuiApp, **options: Any) -> Any:
            sampling = asyncio.ensure_future(self._sample(this))
            try:
                return await run_async(this, **options)
            finally:
                sampling.cancel()

        app_class.run_async = watched  # type: ignore[method-assign,assignment] # watched, not changed

    async def _sample(self, app: RoomtuiApp) -> None:
        while True:
            await asyncio.sleep(1)
            if app.board.state.picture.as_of is not None:
                self.samples.append(self._look(app))

    def _look(self, app: RoomtuiApp) -> Sample:
        from roomtui.tui.widgets.room_table import RoomTable  # noqa: PLC0415 - the program loads it when it is time

        picture, now = app.board.state.picture, app.clock.now()
        table = app.screen_stack[0].query_one(RoomTable)
        shown = {sid for sid in table.visible_sids if sid in picture.live}
        self._since = {sid: self._since.get(sid, now) for sid in shown}
        if self._selected is None or self._selected[0] != table.cursor_sid:
            self._selected = table.cursor_sid, now

        def age(sid: str, since: datetime) -> float:
            roster = picture.live[sid].roster
            known = since if roster is None else max(since, roster.as_of)
            return max(0.0, (now - known).total_seconds())

        sid, since = self._selected
        return Sample(
            time.monotonic(),
            tuple(round(age(each, self._since[each]), 3) for each in sorted(shown)),
            None if sid is None or sid not in picture.live else round(age(sid, since), 3),
            None if picture.as_of is None else (now - picture.as_of).total_seconds(),
            picture.unread,
            len(picture.live),
        )


def main() -> None:
    """Run the program, and write what was seen of it when it ends."""
    file = Path(sys.argv.pop(1))
    turns, ages = Turns(), Ages()
    turns.watch(selectors.DefaultSelector)
    ages.watch(App)

    def write() -> None:
        seen = {"turns": turns.noted, "ages": [sample._asdict() for sample in ages.samples]}
        file.write_text(json.dumps(seen), encoding="utf-8")

    end = os._exit

    def write_and_end(status: int) -> NoReturn:
        write()
        end(status)

    atexit.register(write)
    os._exit = write_and_end  # the program ends at once, and asks nobody
    from roomtui.cli.main import main as program  # noqa: PLC0415 - what it loads is its own cost, and comes last

    program()


if __name__ == "__main__":
    main()
