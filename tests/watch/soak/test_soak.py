"""Some hours of a week of meetings (`python -m tests.watch.soak`), counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.watch.soak.shift import PROMISE, Plan, watch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.watch.soak.shift import Watched


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    home: Path = tmp_path_factory.mktemp("soak")
    return watch(Plan(hours=4, samples=4), home)


def test_every_end_that_could_be_seen_is_told_once_at_its_time_and_for_its_reason(done: Watched) -> None:
    ledger = done.ledger
    assert len(ledger.observable()) >= 80
    assert ledger.missed() == set()
    assert ledger.made_up() == set()
    assert ledger.twice == 0
    assert ledger.wrong_ends() == []
    assert ledger.reasons()["wrong"] == 0, ledger.wrong
    assert ledger.reasons()["right"] >= 60


def test_only_rooms_that_opened_and_ended_between_two_lists_are_not_told(done: Watched) -> None:
    ledger = done.ledger
    assert len(ledger.told) + len(ledger.unobservable()) == ledger.happened["room-ended"]
    assert len(ledger.unobservable()) <= 5


def test_every_end_stands_in_the_journal(done: Watched) -> None:
    assert done.journal_ends == len(done.ledger.told)
    assert done.told == [], "and nothing was wrong with it"


def test_every_deadline_is_that_of_the_timer_that_ends_the_room(done: Watched) -> None:
    assert done.ledger.deadlines >= 80
    assert done.ledger.wrong_deadlines == 0, done.ledger.wrong
    assert done.ledger.unknowable <= 1


def test_the_promise_is_kept_and_the_board_is_right_in_the_end(done: Watched) -> None:
    assert done.peak <= PROMISE
    assert done.live_at_the_end[0] == done.live_at_the_end[1] > 0


def test_neither_descriptors_nor_tasks_nor_threads_pile_up_and_the_clock_does_not_drift(done: Watched) -> None:
    samples = done.samples[1:]
    assert max(sample.descriptors for sample in samples) <= samples[0].descriptors + 8, "connections come and go"
    assert max(sample.tasks for sample in samples) <= samples[0].tasks + 12
    assert {sample.threads for sample in samples} == {samples[0].threads}
    assert max(abs(sample.clock_off) for sample in done.samples) <= 1.0
