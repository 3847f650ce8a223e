from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.picture import LiveRoom
from roomtui.watch.board import Board
from roomtui.watch.known import Known
from roomtui.watch.showing import Showing
from tests.rooms.builders import room
from tests.watch.virtual import VirtualTime, idle

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.watch.board import BoardState


class Timer:
    """Calls nothing by itself."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, asyncio.Handle]] = []

    def __call__(self, delay: float, callback: Callable[[], object]) -> asyncio.Handle:
        handle = asyncio.Handle(callback, (), asyncio.get_running_loop())
        self.asked.append((delay, handle))
        return handle

    def rings(self) -> None:
        _, handle = self.asked[-1]
        if not handle.cancelled():
            handle._run()


class Stage:
    def __init__(self) -> None:
        self.known = Known(VirtualTime(), seen=lambda _: None, gone=lambda _: None)
        self.board = Board()
        self.timer = Timer()
        self.showing = Showing(self.known, self.board, gather=0.1, later=self.timer)
        self.shown: list[BoardState] = []
        self.board.subscribe(self.shown.append)

    def learns(self, sid: str) -> None:
        self.known.live[sid] = LiveRoom.known(room(sid=sid), None)

    @property
    def changes(self) -> list[set[str]]:
        return [set(state.changed or ()) for state in self.shown]


async def test_what_is_learnt_within_a_moment_is_one_picture() -> None:
    stage = Stage()
    for number in range(5):
        stage.learns(f"RM{number}")
        stage.showing.soon()
        await idle()
    assert stage.shown == []
    assert [delay for delay, _ in stage.timer.asked] == [0.1]
    stage.timer.rings()
    assert stage.changes == [{f"RM{number}" for number in range(5)}]
    stage.learns("RM5")
    stage.showing.soon()
    assert len(stage.timer.asked) == 2
    stage.timer.rings()
    assert stage.changes[1:] == [{"RM5"}]


async def test_what_is_of_no_moment_waits_longer_unless_something_of_interest_comes() -> None:
    stage = Stage()
    stage.learns("RM1")
    stage.showing.at_leisure()
    stage.learns("RM2")
    stage.showing.at_leisure()
    assert [delay for delay, _ in stage.timer.asked] == pytest.approx([0.6])
    stage.learns("RM3")
    stage.showing.soon()
    stage.showing.at_leisure()
    assert [delay for delay, _ in stage.timer.asked] == pytest.approx([0.6, 0.1])
    stage.timer.rings()
    assert stage.changes == [{"RM1", "RM2", "RM3"}]
    assert stage.timer.asked[0][1].cancelled()
    stage.learns("RM4")
    stage.showing.at_leisure()
    stage.timer.rings()
    assert stage.changes[1:] == [{"RM4"}]


async def test_what_a_person_waits_for_is_shown_at_once_with_all_that_waited() -> None:
    stage = Stage()
    stage.learns("RM1")
    stage.showing.soon()
    stage.learns("RM2")
    stage.showing.at_once()
    stage.showing.at_once()
    stage.showing.soon()
    assert stage.shown == []
    await idle()
    assert stage.changes == [{"RM1", "RM2"}]
    stage.learns("RM3")
    stage.timer.rings()
    assert len(stage.shown) == 1, "nothing waits any more"


async def test_where_there_is_nothing_new_nobody_is_told() -> None:
    stage = Stage()
    stage.learns("RM1")
    stage.showing.now()
    stage.showing.now()
    stage.showing.at_once()
    await idle()
    assert len(stage.shown) == 1


async def test_once_stopped_it_shows_nothing_by_itself() -> None:
    stage = Stage()
    stage.learns("RM1")
    stage.showing.soon()
    stage.showing.stop()
    stage.timer.rings()
    stage.showing.soon()
    stage.showing.at_once()
    await idle()
    assert len(stage.timer.asked) == 1
    assert stage.shown == []


async def test_without_another_timer_it_goes_by_the_event_loops() -> None:
    stage = Stage()
    showing = Showing(stage.known, stage.board, gather=0.0)
    stage.learns("RM1")
    showing.soon()
    await idle()
    assert stage.changes == [{"RM1"}]
