"""Who was in when: bars, scale, people at once and participant-minutes, over all sorts of rosters."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.timeline import (
    BROKEN,
    IN,
    OUT,
    Minutes,
    Person,
    Stay,
    Timeline,
    bar,
    ghosts,
    moves,
    participant_minutes,
    peak,
    place,
    ticks,
    timeline,
)
from roomtui.rooms.untrusted import Untrusted
from tests.rooms.builders import CREATED, after, completed, participant, room, roster

DAY = 24 * 3600
seconds = st.integers(0, DAY)


@st.composite
def lives(draw: st.DrawFn) -> Timeline:
    """A room of up to a day, and one person with up to six stays in it, some of which may overlap."""
    length = draw(st.integers(0, DAY))
    stays = []
    for _ in range(draw(st.integers(1, 6))):
        begin = draw(st.integers(0, length))
        stays.append(Stay(after(begin), after(draw(st.integers(begin, length)))))
    stays.sort(key=lambda stay: (stay.begin, stay.end))
    return Timeline(CREATED, after(length), is_live=False, people=(Person(Untrusted("ana"), tuple(stays)),))


widths = st.integers(1, 200)


@given(lives(), widths)
def test_no_stay_is_too_short_to_be_seen(life: Timeline, width: int) -> None:
    [person] = life.people
    cells = bar(person, life, width)
    assert len(cells) == width
    assert all(cells[place(stay.begin, life, width)] is not OUT for stay in person.stays)


@given(lives(), widths)
def test_no_absence_is_too_short_to_be_seen(life: Timeline, width: int) -> None:
    [person] = life.people
    cells = bar(person, life, width)
    latest = person.stays[0].end
    for before, after_ in pairwise(person.stays):
        latest = max(latest, before.end)
        if after_.begin > latest:
            here = place(after_.begin, life, width)
            left = max(0, place(latest, life, width) - 1)
            assert any(cell is not IN for cell in cells[left : here + 1])


@given(lives(), widths)
def test_a_full_cell_has_somebody_in_it_and_an_empty_one_nobody(life: Timeline, width: int) -> None:
    [person] = life.people
    whole = (life.end - life.begin).total_seconds()
    for index, cell in enumerate(bar(person, life, width)):
        middle = life.begin + timedelta(seconds=whole * (index + 0.5) / width)
        if any(stay.begin <= middle < stay.end for stay in person.stays):
            assert cell is not OUT
        touched = any(place(stay.begin, life, width) <= index <= place(stay.end, life, width) for stay in person.stays)
        assert touched or cell is OUT


def test_a_short_absence_is_a_break_in_the_bar_and_a_long_one_a_gap() -> None:
    stays = (Stay(after(0), after(100)), Stay(after(101), after(200)), Stay(after(500), after(1000)))
    life = Timeline(CREATED, after(1000), is_live=False, people=())
    assert bar(Person(Untrusted("ana"), stays), life, 10) == f"{IN}{BROKEN}{OUT * 3}{IN * 5}"


def test_a_bar_ends_where_the_stay_ends() -> None:
    life = Timeline(CREATED, after(1000), is_live=False, people=())
    cells = bar(Person(Untrusted("ana"), (Stay(after(0), after(500)),)), life, 10)
    assert cells == IN * 5 + OUT * 5


@given(seconds, seconds, st.integers(0, 30))
def test_a_scale_has_even_steps_within_the_room_s_life(start: int, length: int, most: int) -> None:
    life = Timeline(after(start), after(start + length), is_live=False, people=())
    found = ticks(life, most)
    assert len(found) <= most
    assert all(life.begin <= each <= life.end for each in found)
    steps = {(b - a).total_seconds() for a, b in pairwise(found)}
    assert len(steps) <= 1
    assert all(each.timestamp() % step == 0 for each in found for step in steps)


def test_a_scale_of_an_hour_has_quarters() -> None:
    begin = datetime(2026, 11, 20, 10, 3, tzinfo=timezone.utc)
    life = Timeline(begin, begin + timedelta(hours=1), is_live=False, people=())
    assert [f"{each:%H:%M}" for each in ticks(life, 6)] == ["10:15", "10:30", "10:45", "11:00"]


def test_the_stays_of_one_identity_make_one_line_in_the_order_of_first_coming() -> None:
    who = [
        participant("bob", sid="PA3", joined=after(60), left=after(90)),
        participant("ana", sid="PA2", joined=after(50), left=after(70)),
        participant("ana", sid="PA1", joined=after(10), left=after(20)),
    ]
    life = timeline(completed(after(100)), roster(*who), after(500))
    assert life is not None
    assert [(each.identity.raw, len(each.stays)) for each in life.people] == [("ana", 2), ("bob", 1)]
    assert (life.begin, life.end, life.is_live) == (CREATED, after(100), False)


def test_the_timeline_of_a_live_room_ends_now() -> None:
    life = timeline(room(), roster(participant("ana", joined=after(10))), after(70))
    assert life is not None
    assert life.end == after(70)
    assert life.people[0].stays == (Stay(after(10), after(70), still_in=True),)


def test_what_twilio_told_no_time_of_is_counted_not_made_up() -> None:
    life = timeline(room(created=None), roster(participant("ana", joined=None)), after(70))
    assert life is None
    life = timeline(room(), roster(participant("ana", joined=None), participant("bob")), after(70))
    assert life is not None
    assert (life.untimed, [each.identity.raw for each in life.people]) == (1, ["bob"])


@given(st.lists(st.tuples(seconds, st.integers(0, 7200)), max_size=12))
def test_the_peak_is_what_counting_at_every_coming_gives(stays: list[tuple[int, int]]) -> None:
    who = [
        participant(f"p{n}", sid=f"PA{n}", joined=after(begin), left=after(begin + length))
        for n, (begin, length) in enumerate(stays)
    ]
    # A stay of no length is in at its own instant only.
    counted = max(
        (
            sum(begin <= at < begin + length or (length == 0 and begin == at) for begin, length in stays)
            for at, _ in stays
        ),
        default=0,
    )
    assert peak(roster(*who)) == counted


def test_who_leaves_makes_room_for_who_joins_in_that_second() -> None:
    who = [participant("ana", joined=after(0), left=after(60)), participant("bob", joined=after(60))]
    assert peak(roster(*who)) == 1


@given(st.lists(st.tuples(seconds, seconds), max_size=12))
def test_participant_minutes_round_each_stay_up(stays: list[tuple[int, int]]) -> None:
    who = [
        participant(f"p{n}", sid=f"PA{n}", joined=after(begin), left=after(begin + length))
        for n, (begin, length) in enumerate(stays)
    ]
    told = participant_minutes(roster(*who), after(5 * DAY))
    assert told.seconds == sum(length for _, length in stays)
    assert told.seconds <= told.billed * 60 < told.seconds + 60 * len(stays) + 1


def test_participant_minutes_of_who_is_in_count_up_to_now() -> None:
    told = participant_minutes(roster(participant("ana", joined=after(0))), after(61))
    assert told == Minutes(billed=2, seconds=61)


def test_participant_minutes_say_where_more_may_be_missing() -> None:
    assert not participant_minutes(roster(participant("ana"), gone_known=False), after(61)).complete
    assert not participant_minutes(roster(participant("ana", joined=None)), after(61)).complete


def test_moves_come_in_order_and_a_leave_before_a_join_of_the_same_second() -> None:
    who = [
        participant("bob", sid="PA2", joined=after(60), left=after(60)),
        participant("ana", sid="PA1", joined=after(0), left=after(60)),
        participant("cleo", sid="PA3", joined=after(5)),
    ]
    told = [(move.participant.identity.raw, move.joined, move.stayed) for move in moves(roster(*who))]
    assert told == [
        ("ana", True, None),
        ("cleo", True, None),
        ("ana", False, 60),
        ("bob", True, None),
        ("bob", False, 0),
    ]


def test_ghosts_are_those_who_never_said_good_bye() -> None:
    who = roster(
        participant("ana", sid="PA1", left=after(9)),
        participant("bob", sid="PA2", status="reconnecting"),
        participant("cleo", sid="PA3", status="disconnected"),
        participant("dan", sid="PA4", left=after(9)),
    )
    assert {each.identity.raw for each in ghosts(who, ["PA4"])} == {"bob", "cleo", "dan"}
