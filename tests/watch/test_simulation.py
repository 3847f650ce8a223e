"""What the budget promises, held against a whole account in virtual time. `-s` prints the figures."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.watch.simulation import Plan, Report, simulate

A_LOOK = 0.8
"""Seconds that a look may take, until its answer is on the board: up to four reads of 150 ms, and 100 ms gathering."""


def simulated(plan: Plan) -> Report:
    report = simulate(plan)
    print("\n" + "\n".join(report.lines()))  # noqa: T201 - for whoever asks with -s
    return report


def unread_at(report: Report, seconds: float) -> int:
    return next(unread for at, unread in report.unread if at >= seconds)


def allowed_at(report: Report, seconds: float) -> int:
    return next(allowed for at, allowed in report.allowed if at >= seconds)


def share(ages: list[float], limit: float) -> float:
    """The share of ages up to `limit`."""
    assert len(ages) > 50
    return sum(age <= limit for age in ages) / len(ages)


def assert_promise(report: Report) -> None:
    assert report.peak <= report.plan.promise
    assert not report.refused


@pytest.mark.parametrize(
    "plan",
    [
        Plan(rooms=10, seconds=60, rows=10, life=1600),
        Plan(rooms=1000, seconds=60, rows=20, moves=10, life=1600),
        Plan(rooms=10_000, seconds=60, rows=20, moves=50, life=10_000),
        Plan(rooms=100_000, seconds=25, rows=20, moves=100, warm_up=12),
    ],
    ids=lambda plan: f"{plan.rooms} rooms",
)
def test_however_many_rooms_there_are_what_is_on_screen_stays_fresh_within_the_promise(plan: Plan) -> None:
    report = simulated(plan)
    assert_promise(report)
    assert max(report.selected) <= 2.0
    assert max(report.on_screen) <= 5.0
    assert report.reads["rooms"] <= plan.promise / 4 * plan.seconds
    assert report.unread[-1][1] < report.unread[20][1] or report.unread[-1][1] == 0, "the others are read, too"
    if 100 < plan.rooms <= 10_000:
        assert len(report.arrivals) >= 0.75 * plan.promise * plan.seconds, "and the promise is made use of"


HARD = Plan(rooms=0, seconds=0, way=(0.0, 0.15), stalls=(0.3, 0.3))
"""Up to 150 ms each way; about every second the event loop stands still for up to 300 ms, and so does Twilio."""


@pytest.mark.parametrize(
    "plan",
    [
        replace(HARD, rooms=10, seconds=60, rows=10, life=1600),
        replace(HARD, rooms=1000, seconds=100, moves=10, life=1600),
        replace(HARD, rooms=10_000, seconds=100, moves=50, life=10_000),
        replace(HARD, rooms=100_000, seconds=60, moves=100, warm_up=50),
    ],
    ids=lambda plan: f"{plan.rooms} rooms",
)
def test_whatever_reads_meet_on_their_way_no_more_than_promised_arrive_in_a_second(plan: Plan) -> None:
    report = simulated(plan)
    assert_promise(report)
    assert max(report.selected) <= 3.0
    assert share(report.selected, 2.0) >= 0.97
    assert share(report.on_screen, 5.0) >= 0.99
    if 100 < plan.rooms <= 10_000:
        assert len(report.arrivals) >= 0.65 * plan.promise * plan.seconds, "a read takes 1.2 s of its place, not 1.1"


@pytest.mark.parametrize("seed", range(3))
def test_on_an_ordinary_line_there_is_head_room_in_how_old_anything_grows(seed: int) -> None:
    report = simulated(Plan(rooms=10_000, seconds=60, rows=20, moves=50, life=10_000, seed=seed))
    assert share(report.selected, 1.6) >= 0.97
    assert share(report.on_screen, 4.5) >= 0.99


def test_forty_five_rows_are_kept_fresh_while_a_list_of_ten_pages_is_read() -> None:
    report = simulated(Plan(rooms=10_000, seconds=60, rows=45, empty=0.0, moves=10, warm_up=25))
    assert_promise(report)
    assert report.reads["rooms"] >= 100, "every six seconds"
    assert share(report.selected, 2.0) >= 0.99
    assert share(report.on_screen, 5.0) >= 0.98
    assert max(report.on_screen) <= 5.0 + A_LOOK
    assert report.unread[-1][1] < 9_950, "what is not on screen has its tenth"


def test_more_rows_than_can_be_kept_fresh_are_kept_alike() -> None:
    report = simulated(Plan(rooms=10_000, seconds=60, rows=45, empty=1.0, moves=0, warm_up=25))
    assert_promise(report)
    assert share(report.selected, 2.0) >= 0.98
    round_of_all = 2 * 44 / 10.0
    assert max(report.on_screen) <= 1.3 * round_of_all + A_LOOK


def test_whoever_turns_pages_sees_each_read_within_seconds() -> None:
    report = simulated(Plan(rooms=10_000, seconds=60, rows=20, scroll=15, moves=50))
    assert_promise(report)
    assert share(report.on_screen, 5.0) >= 0.97


def test_after_a_cold_start_three_hundred_rooms_are_known_within_a_minute() -> None:
    report = simulated(Plan(rooms=300, seconds=60, rows=20, moves=1))
    assert_promise(report)
    assert report.all_read_at is not None
    assert report.all_read_at <= 55
    assert unread_at(report, 26) <= 150
    assert max(report.on_screen) <= 5.0 + A_LOOK, "not at the cost of what is on screen"


def test_handshakes_that_take_long_do_not_bunch_the_first_reads_at_twilio() -> None:
    report = simulated(Plan(rooms=300, seconds=20, rows=20, handshake=1.5, quota=20))
    assert_promise(report)
    assert report.unread[-1][1] < 250


def test_rooms_that_come_and_go_all_the_time_crowd_out_nobody() -> None:
    report = simulated(Plan(rooms=1000, seconds=150, rows=20, life=200, moves=10))
    assert_promise(report)
    assert share(report.selected, 2.0) >= 0.98
    assert share(report.on_screen, 5.0) >= 0.97
    assert report.not_told <= 400, "who ended is not shown for ever because nobody could be asked how"
    assert report.unread[-1][1] < 950


def test_after_a_storm_of_refusals_it_finds_its_way_back() -> None:
    report = simulated(Plan(rooms=300, seconds=120, rows=20, storm=(20, 35)))
    assert report.peak <= 20
    assert len(report.refused) <= 60, "who is refused everything hardly asks"
    assert allowed_at(report, 35) <= 2
    assert allowed_at(report, 70) == 20
    assert report.unread[-1][1] == 0
    assert max(report.ages) < 120 - 35, "nobody is left with what was read before the storm"


@pytest.mark.parametrize("quota", [4, 10])
def test_a_quota_below_the_promise_is_found_and_hardly_overstepped(quota: int) -> None:
    report = simulated(Plan(rooms=1000, seconds=300, rows=10, quota=quota))
    late = [at for at in report.refused if at > 60]
    served = [at for at in report.arrivals if at > 60]
    assert len(late) <= 0.02 * len(served)
    assert len(served) >= 0.5 * quota * 240, "and it is made use of"
    steps = [later - earlier for (_, earlier), (_, later) in pairwise(report.allowed)]
    assert max(steps) == 1, "it comes back step by step"


def test_a_promise_of_one_read_a_second_is_kept_too() -> None:
    report = simulated(Plan(rooms=50, seconds=200, promise=1, rows=10))
    assert_promise(report)
    assert report.unread[-1][1] < 40
    assert report.reads["rooms"] >= 15


@pytest.mark.parametrize("promise", [1, 2, 3])
def test_a_small_promise_is_kept_and_made_use_of_whatever_reads_meet_on_their_way(promise: int) -> None:
    report = simulated(replace(HARD, rooms=20, seconds=200, promise=promise, rows=5, moves=0.2))
    assert_promise(report)
    assert len(report.arrivals) >= 0.75 * max(1, promise - 1) * 200
    assert max(report.selected) <= 25, "of a little, each has a little: the selected room, ..."
    assert max(report.on_screen) <= 40, "... the rows ..."
    assert report.unread[-1][1] <= 8, "... and what is not on screen"
