"""Snapshots are pictures of exact versions: any other would draw, and then "prove", another picture.

And after a key nobody waits longer than the app is at work, nor reads the stylesheet that the app before has read.
"""

from __future__ import annotations

import asyncio
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import pytest
from textual.css.stylesheet import Stylesheet
from textual.notifications import Notification

if TYPE_CHECKING:
    from textual.css.model import RuleSet
    from textual.pilot import Pilot

_DRAWN_WITH = {"textual": "8.2.8", "rich": "15.0.0", "pytest-textual-snapshot": "1.1.0"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fail at once, with the reason, where a snapshot would fail without one."""
    wrong = {name: version(name) for name, wanted in _DRAWN_WITH.items() if version(name) != wanted}
    if wrong and any("snap_compare" in getattr(item, "fixturenames", ()) for item in items):
        raise pytest.UsageError(f"snapshots need {_DRAWN_WITH}, here are {wrong}: pip install -e '.[test]'")


_SOON: Final = 0.02
"""Seconds: what is to happen as soon as this, such as the next frame, belongs to what goes on."""
_PATIENCE: Final = 10.0
"""Seconds after which a test goes on all the same, and tells by what it finds that something never rests."""
_QUIET_TURNS: Final = 3
"""Turns of the event loop with nothing to do, so that it has looked for what came in from outside, too."""


async def _until_idle(min_sleep: float = 0, max_sleep: float = _PATIENCE) -> None:
    """What Textual's pilot waits for after each key: that nothing is going on any more.

    Textual goes by the CPU time of twenty milliseconds, over and over; on a busy machine that is slow, and in doubt
    wrong. The event loop knows: nothing is ready to run, no timer is about to be due.
    """
    loop = asyncio.get_running_loop()
    begun = time.monotonic()
    quiet = 0
    while quiet < _QUIET_TURNS and time.monotonic() - begun < max_sleep:
        await asyncio.sleep(0)
        # Only the loop itself knows what is ready, and what is due when.
        ready, scheduled = loop._ready, loop._scheduled  # type: ignore[attr-defined] # of every loop that asyncio has
        next_due = min((each.when() for each in scheduled if not each.cancelled()), default=float("inf"))
        wait = next_due - loop.time()
        if ready or wait < _SOON:
            quiet = 0
            if not ready:
                await asyncio.sleep(max(0.0, wait))
        else:
            quiet += 1
    del min_sleep


async def _screen_is_idle(_pilot: Pilot[object], timeout: float = 30.0) -> bool:
    """In place of a message to every widget and back: when nothing is going on, all of them have read theirs."""
    await _until_idle(max_sleep=timeout)
    return True


_PARSED: dict[tuple[object, ...], list[RuleSet]] = {}
_parse_rules = Stylesheet._parse_rules


def _parsed_once(stylesheet: Stylesheet, css: str, *where: object, **how: object) -> list[RuleSet]:
    """In place of reading the same rules anew for every app: they say the same where the colours of the theme do.

    Textual itself shares what it has read between all widgets, and never changes it.
    """
    key = (css, *where, *how.items(), *stylesheet._variables.values())
    if key not in _PARSED:
        _PARSED[key] = _parse_rules(stylesheet, css, *where, **how)  # type: ignore[arg-type] # as it was called
    return _PARSED[key]


@pytest.fixture(autouse=True)
def _quick_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.app.wait_for_idle", _until_idle)
    monkeypatch.setattr("textual.pilot.wait_for_idle", _until_idle)
    monkeypatch.setattr("textual.pilot.Pilot._wait_for_screen", _screen_is_idle)
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parsed_once)


@pytest.fixture(autouse=True)
def _nothing_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told is told for five seconds, and a key waits half of one for that before: not on a busy machine."""
    monkeypatch.setattr(Notification, "time_left", property(lambda _: 24 * 3600.0))
    monkeypatch.setattr("roomtui.tui.keys._PATIENCE", 60.0)
