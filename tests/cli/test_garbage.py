from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from roomtui.cli.garbage import Garbage
from roomtui.rooms.picture import Picture
from roomtui.watch.board import Board

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def spared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda generation: done.append(f"collect {generation}"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    return done


@pytest.fixture
def _thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # Python's own, while the suite has others
    yield
    gc.set_threshold(*before)


def test_few_rooms_are_left_to_python(spared: list[str]) -> None:
    board = Board()
    board.subscribe(Garbage().hear)
    for people in range(990):
        board.show(Picture.counted({}, (), None, people=people, unread=0))
    assert spared == []


def test_many_rooms_and_people_are_spared_ever_more_rarely(spared: list[str]) -> None:
    board = Board()
    board.subscribe(Garbage().hear)
    for people in range(80_000):
        board.show(Picture.counted({}, (), None, people=people, unread=0))
    assert spared[::2] == ["collect 1"] * (len(spared) // 2)
    assert spared[1::2] == ["freeze"] * (len(spared) // 2)
    assert 10 <= len(spared) // 2 <= 20
    so_far = len(spared)
    for people in range(80_000, 0, -100):
        board.show(Picture.counted({}, (), None, people=people, unread=0))
    assert len(spared) == so_far, "who goes is freed without"


@pytest.mark.usefixtures("_thresholds")
def test_everything_is_gone_through_less_often_and_the_young_as_often_as_ever() -> None:
    before = gc.get_threshold()
    Garbage().begin()
    assert gc.get_threshold()[:2] == before[:2]
    assert gc.get_threshold()[2] > before[2]


def test_what_was_spared_of_a_board_that_is_no_more_is_gone_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for name in ("unfreeze", "collect", "freeze"):
        monkeypatch.setattr(gc, name, lambda name=name: done.append(name))
    Garbage.end()
    assert done == ["unfreeze", "collect", "freeze"]
