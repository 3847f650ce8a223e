"""What was begun is seen through though nobody waits for it any more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.rooms.new_room import NewRoom
from roomtui.watch.lasting import LastingActions
from tests.watch.deeds import CONTEXT, Desk

if TYPE_CHECKING:
    from roomtui.rooms.model import Room


class Slow:
    """Twilio, which creates a room once it is let."""

    def __init__(self, desk: Desk) -> None:
        self.asked, self.gate = asyncio.Event(), asyncio.Event()
        self._twilio = desk.twilio

    def __getattr__(self, name: str) -> Any:
        return getattr(self._twilio, name)

    async def create_room(self, new: NewRoom) -> tuple[Room, str | None]:
        self.asked.set()
        await self.gate.wait()
        return await self._twilio.create_room(new)


@pytest.fixture
def slow(desk: Desk) -> Slow:
    return Slow(desk)


@pytest.fixture
def actions(desk: Desk, slow: Slow) -> LastingActions:
    return LastingActions(slow, desk.journal, desk.time, context=CONTEXT, sleep=desk._sleep)


async def begin_and_go_away(actions: LastingActions, slow: Slow) -> None:
    """A dialog asks, and is taken down before Twilio has answered."""
    dialog = asyncio.ensure_future(actions.create_room(NewRoom(unique_name="talk")))
    await slow.asked.wait()
    dialog.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dialog


async def test_a_deed_outlives_the_dialog_and_has_both_its_lines(
    actions: LastingActions, slow: Slow, desk: Desk
) -> None:
    await begin_and_go_away(actions, slow)
    assert [line["phase"] for line in desk.lines()] == ["before"]
    slow.gate.set()
    await actions.finish(within=30)
    before, after = desk.lines()
    assert (before["phase"], after["phase"], after["outcome"]) == ("before", "after", "created")


async def test_what_hangs_is_broken_off_and_written_down_as_such(
    actions: LastingActions, slow: Slow, desk: Desk
) -> None:
    await begin_and_go_away(actions, slow)
    await actions.finish(within=0.0)
    told = [(line["phase"], line.get("outcome")) for line in desk.lines()]
    assert told == [("before", None), ("after", "interrupted")]


async def test_nothing_under_way_is_nothing_to_wait_for(actions: LastingActions) -> None:
    await asyncio.wait_for(actions.finish(within=3600), 5)
