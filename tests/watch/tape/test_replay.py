"""A tape played onto a board: by its own time, as fast as it is told to, from wherever it was wound to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from roomtui.watch.board import Board, BoardState, LinkState
from roomtui.watch.tape.replay import FASTEST, Replay
from roomtui.watch.tape.tape import Tape
from tests.rooms.builders import CREATED
from tests.watch.tape.test_tape import A_DAY, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def shift(tmp_path: Path) -> Path:
    return tmp_path / "shift.jsonl"


@pytest.fixture
def states(shift: Path) -> list[BoardState]:
    return record(shift, A_DAY)[1]


class Timers:
    """Seconds that pass when they are told to, and what is called in them."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._due: list[Timer] = []

    def monotonic(self) -> float:
        return self.seconds

    def call_later(self, seconds: float, call: Callable[[], object]) -> Timer:
        timer = Timer(self.seconds + seconds, call)
        self._due.append(timer)
        return timer

    def pass_time(self, seconds: float) -> None:
        end = self.seconds + seconds
        while due := [timer for timer in self._due if timer.at <= end and not timer.cancelled]:
            first = min(due, key=lambda timer: timer.at)
            self._due.remove(first)
            self.seconds = max(self.seconds, first.at)
            first.call()
        self.seconds = end


@dataclass
class Timer:
    """Something that is to be called."""

    at: float
    call: Callable[[], object]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


async def playing(path: Path, *, speed: float = 1.0) -> tuple[Replay, Board, Timers]:
    timers, board = Timers(), Board()
    replay = Replay(Tape.open(path), board, speed=speed, monotonic=timers.monotonic, call_later=timers.call_later)
    replay.start()
    await replay.wound()
    return replay, board, timers


def same(shown: BoardState, recorded: BoardState) -> bool:
    return (shown.picture, shown.link, shown.events) == (recorded.picture, recorded.link, recorded.events)


async def test_what_was_seen_is_seen_again_at_the_same_pace(shift: Path, states: list[BoardState]) -> None:
    replay, board, timers = await playing(shift)
    for state in states[:-1]:  # the last one is followed by the end
        timers.pass_time(2)
        assert same(board.state, state)
        assert replay.now() >= max((event.at for event in state.events), default=CREATED)
    await replay.stop()


@pytest.mark.usefixtures("states")
async def test_each_state_says_what_changed_since_the_one_before(shift: Path) -> None:
    replay, board, timers = await playing(shift, speed=16)
    pictures = [board.state.picture]

    def check(state: BoardState) -> None:
        before, after = pictures[-1].live, state.picture.live
        differing = {sid for sid in before.keys() | after.keys() if before.get(sid) is not after.get(sid)}
        assert state.changed is not None
        assert differing <= state.changed
        pictures.append(state.picture)

    board.subscribe(check)
    timers.pass_time(100)
    assert len(pictures) > 5
    assert [event.at for event in board.state.events] == sorted((e.at for e in board.state.events), reverse=True)
    await replay.stop()


async def test_twice_as_fast_takes_half_the_time_and_is_the_same(shift: Path, states: list[BoardState]) -> None:
    replay, board, timers = await playing(shift)
    replay.set_speed(2)
    timers.pass_time(5)
    assert same(board.state, states[4])
    assert replay.now() == CREATED + timedelta(seconds=10)
    replay.set_speed(1000)
    assert replay.speed == FASTEST
    timers.pass_time(60)
    assert board.state.picture == states[-1].picture
    await replay.stop()


async def test_while_it_is_paused_the_time_stands_still_too(shift: Path, states: list[BoardState]) -> None:
    replay, board, timers = await playing(shift)
    timers.pass_time(7)
    replay.pause()
    timers.pass_time(1000)
    assert replay.paused
    assert board.state.link.state is LinkState.PAUSED
    assert replay.now() == CREATED + timedelta(seconds=7)
    assert board.state.picture == states[2].picture
    replay.resume()
    assert board.state.link == states[2].link
    timers.pass_time(1)
    assert same(board.state, states[3])
    await replay.stop()


async def test_it_can_be_wound_forth_and_back_beyond_neither_end(shift: Path, states: list[BoardState]) -> None:
    replay, board, timers = await playing(shift)
    replay.wind(20)
    await replay.wound()
    assert same(board.state, states[9])
    assert board.state.changed is None
    replay.wind(-11)
    await replay.wound()
    assert same(board.state, states[3])
    timers.pass_time(1)
    assert same(board.state, states[4])
    replay.wind(-1e9)
    await replay.wound()
    assert replay.now() == CREATED
    replay.wind(1e9)
    await replay.wound()
    timers.pass_time(1)
    assert board.state.picture == states[-1].picture
    await replay.stop()


async def test_who_winds_again_before_it_is_read_gets_to_where_they_want_in_the_end(
    shift: Path, states: list[BoardState]
) -> None:
    replay, board, _ = await playing(shift)
    for _ in range(5):
        replay.wind(4)
    await replay.wound()
    assert same(board.state, states[9])
    assert replay.now() == CREATED + timedelta(seconds=20)
    await replay.stop()


async def test_while_paused_one_can_wind_and_still_nothing_moves(shift: Path, states: list[BoardState]) -> None:
    replay, board, timers = await playing(shift)
    replay.pause()
    replay.wind(20)
    await replay.wound()
    timers.pass_time(100)
    assert board.state.picture == states[9].picture
    assert board.state.link.state is LinkState.PAUSED
    assert replay.now() == CREATED + timedelta(seconds=20)
    await replay.stop()


async def test_at_the_end_it_stands_still_says_so_and_can_be_played_again(
    shift: Path, states: list[BoardState]
) -> None:
    replay, board, timers = await playing(shift)
    timers.pass_time(1000)
    assert replay.paused
    assert board.state.picture == states[-1].picture
    assert board.state.link.trouble == "The recording ends here; p plays it again."
    assert replay.now() == replay.tape.end
    replay.resume()
    await replay.wound()
    assert not board.state.picture.live
    timers.pass_time(2)
    assert same(board.state, states[0])
    await replay.stop()
