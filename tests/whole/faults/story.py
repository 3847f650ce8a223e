"""One fault from before it begins until it is forgotten, told by what stands on the screen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from roomtui.tui.widgets.room_table import RoomTable
from tests.whole.faults.middle import pass_on

if TYPE_CHECKING:
    from tests.whole.faults.table import Fault
    from tests.whole.faults.watch import Shown, Watch

BEFORE: Final = 15
"""Seconds within which everything is right at first."""
LASTS: Final = 16
"""Seconds that a fault lasts."""
_HAPPENS_AT: Final = (2, 4, 6, 8, 12)
_KEYS: Final = {5: "G", 10: "r", 13: "g"}


@dataclass
class Story:
    """What was seen.

    Attributes:
        words: all that the banner said.
        wrong: numbers that were wrong and looked right, with the second of the fault (negative: after it).
        mute: keys that did nothing.
        before: whether all was right before it.
        back: seconds until all was right again; None: it was not.
    """

    words: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    mute: list[str] = field(default_factory=list)
    before: bool = False
    back: int | None = None


async def tell(watch: Watch, fault: Fault, *, lasts: int = LASTS) -> Story:
    """Let it happen, and end."""
    story = Story()
    for _ in range(BEFORE):
        shown = await watch.second()
        story.before = watch.is_right(shown) and not watch.wrong(shown)
        if story.before:
            break
    if fault.bend is None:
        await watch.middle.deafen()
    else:
        await watch.middle.become(fault.bend())
    for second in range(lasts):
        if second in _HAPPENS_AT:
            watch.town.go_on()
        if key := _KEYS.get(second):
            await _press(watch, key, story)
        _note(watch, await watch.second(), second, story)
    if fault.bend is None:
        await watch.middle.listen()
    await watch.middle.become(pass_on)
    for second in range(1, fault.back_within + 1):
        shown = await watch.second()
        _note(watch, shown, -second, story)
        if watch.is_right(shown):
            story.back = second
            break
    return story


def _note(watch: Watch, shown: Shown, second: int, story: Story) -> None:
    story.wrong += [f"{second}: {each}" for each in watch.wrong(shown)]
    said = re.sub(r"\d+(m|h\d\d|s| s)\b", "N\\1", shown.banner)
    if said and said not in story.words:
        story.words.append(said)


async def _press(watch: Watch, key: str, story: Story) -> None:
    table = watch.app.screen_stack[0].query_one(RoomTable)
    await watch.pilot.press(key)
    ends = {"G": table._rows.at(len(table._rows) - 1), "g": table._rows.first}
    if key in ends and table.cursor_sid != ends[key]:
        story.mute.append(key)
