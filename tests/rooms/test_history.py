from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.history import MINUTES, History, levels
from roomtui.rooms.picture import Picture
from tests.rooms.builders import CREATED, after, participant, roster
from tests.rooms.test_alerts import live, picture


def test_each_minute_keeps_its_most_rooms_and_people() -> None:
    history = History()
    history.see(picture(live("RM1", 2)), after(0))
    history.see(picture(live("RM1", 1), live("RM2", 4)), after(5))
    history.see(picture(live("RM1", 1)), after(70))
    assert history.rooms(after(70)) == (2, 1)
    assert history.people(after(70)) == (5, 1)


def test_people_count_only_where_all_rosters_were_read() -> None:
    history = History()
    history.see(picture(live("RM1", 2), live("RM2", None)), after(0))
    assert (history.rooms(after(1)), history.people(after(1))) == ((2,), (None,))
    history.see(picture(live("RM1", 2), live("RM2", 0)), after(2))
    assert history.people(after(3)) == (2,)
    many = [live(f"RM{number}", 1) for number in range(50)]
    history.see(picture(*many, live("RM-new", None)), after(4))
    assert history.people(after(4)) == (50,)


def test_when_nobody_looked_nothing_is_known_and_an_hour_is_all_that_is_kept() -> None:
    history = History()
    assert history.rooms(after(0)) == ()
    history.see(Picture(), after(0))
    assert history.rooms(after(0)) == ()
    history.see(picture(live("RM1", 1)), after(0))
    history.see(picture(live("RM1", 1)), after(minutes=3))
    assert history.rooms(after(minutes=5)) == (1, None, None, 1, None, None)
    history.see(picture(live("RM1", 1)), after(minutes=500))
    assert history.rooms(after(minutes=500)) == (*[None] * (MINUTES - 1), 1)
    assert history.rooms(after(minutes=900)) == (None,) * MINUTES


def test_another_time_begins_anew() -> None:
    history = History()
    history.see(picture(live("RM1", 1)), after(minutes=50))
    history.see(picture(live("RM1", 3)), after(minutes=1))
    history.see(picture(live("RM1", 2)), after(minutes=2))
    assert history.people(after(minutes=2)) == (3, 2)


def test_a_clock_that_was_put_right_changes_nothing_that_was_seen() -> None:
    history = History()
    history.see(picture(live("RM1", 1)), after(minutes=5))
    history.see(picture(live("RM1", 3)), after(minutes=1))
    assert history.people(after(minutes=5)) == (3,)


def test_the_highest_column_is_the_highest_and_nothing_is_nothing() -> None:
    assert levels((0, 1, 50, 100), 4, 8) == (0, 1, 4, 7)
    assert levels((0, 0), 4, 8) == (0, 0)
    assert levels((None, 3), 4, 8) == (None, 7)
    assert levels((), 4, 8) == ()
    assert levels((1, 2), 0, 8) == ()


def test_minutes_share_a_column_from_the_right_where_there_are_fewer_columns() -> None:
    assert levels((9, 1, 2, 3, 4), 2, 10) == (9, 4)
    assert levels((1, None, None, None), 2, 3) == (2, None)


@given(st.lists(st.none() | st.integers(0, 10**6), max_size=80), st.integers(0, 70), st.integers(2, 9))
def test_a_picture_fits_and_tells_some_from_none(values: list[int | None], width: int, heights: int) -> None:
    shown = levels(values, width, heights)
    assert len(shown) <= width
    assert all(level is None or 0 <= level < heights for level in shown)
    if values and width:
        share = (len(values) + width - 1) // width
        assert (shown[-1] is None) == all(value is None for value in values[-share:])
        known = [value for value in values if value]
        assert (max((level or 0 for level in shown), default=0) == heights - 1) == bool(known)
        if len(values) <= width:
            assert [level == 0 for level in shown] == [value == 0 for value in values]


def test_whoever_is_reconnecting_is_there() -> None:
    history = History()
    there = roster(participant("a"), participant("b", status="reconnecting"))
    entry = live("RM1", None).told(live("RM1", None).room, there)
    history.see(picture(entry), CREATED)
    assert history.people(CREATED) == (2,)
