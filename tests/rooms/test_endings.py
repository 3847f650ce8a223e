from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from roomtui.rooms.deadlines import Deadline, DeadlineKind, room_deadline
from roomtui.rooms.endings import Ending, EndingReason, ending
from tests.rooms.builders import CREATED, DAY, after, completed, participant, room, roster

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.rooms.model import Participant, Room, Roster

UNKNOWN = Ending(EndingReason.UNKNOWN, certain=False)


def test_a_room_in_progress_has_not_ended() -> None:
    assert ending(room(), roster()) is None
    assert ending(room(), None, ended_by_us=True) is None


def test_a_failed_room_failed_whoever_ended_it() -> None:
    failed = completed(after(minutes=5), status="failed")
    assert ending(failed, roster()) == Ending(EndingReason.FAILED)
    assert ending(failed, None, ended_by_us=True) == Ending(EndingReason.FAILED)


@pytest.mark.parametrize("who", [None, roster(), roster(participant(left=after(60)))])
def test_what_we_ended_we_ended_for_certain(who: Roster | None) -> None:
    assert ending(completed(after(minutes=5)), who, ended_by_us=True) == Ending(EndingReason.ENDED_BY_US)
    assert ending(completed(None), who, ended_by_us=True) == Ending(EndingReason.ENDED_BY_US)


@pytest.mark.parametrize("status", ["archived", ""])
@pytest.mark.parametrize("by_us", [False, True])
def test_a_status_that_is_not_known_is_no_ending(status: str, by_us: bool) -> None:  # noqa: FBT001  # a column
    odd = completed(after(minutes=5), status=status)
    assert ending(odd, roster(), ended_by_us=by_us) is None


class TestNobodyHadEverJoined:
    @pytest.mark.parametrize(
        ("late", "expected"),
        [
            (-299, Ending(EndingReason.ENDED_BY_OTHERS)),
            (-3, Ending(EndingReason.ENDED_BY_OTHERS)),
            (-2, Ending(EndingReason.UNUSED_ROOM)),
            (0, Ending(EndingReason.UNUSED_ROOM)),
            (2, Ending(EndingReason.UNUSED_ROOM)),
            (3, Ending(EndingReason.UNUSED_ROOM, certain=False)),
            (60, Ending(EndingReason.UNUSED_ROOM, certain=False)),
            (61, Ending(EndingReason.ENDED_BY_OTHERS, certain=False)),
        ],
    )
    def test_the_end_is_measured_against_the_unused_time_out(self, late: int, expected: Ending) -> None:
        assert ending(completed(after(late, minutes=5)), roster()) == expected

    def test_without_such_a_rule_somebody_must_have_ended_it(self) -> None:
        ended = completed(after(minutes=5), room(unused=0))
        assert ending(ended, roster()) == Ending(EndingReason.ENDED_BY_OTHERS, certain=False)

    def test_without_an_unused_time_out_nothing_can_be_measured(self) -> None:
        assert ending(completed(after(minutes=5), room(unused=None)), roster()) == UNKNOWN


class TestPeopleHadBeenIn:
    left = after(minutes=30)

    @pytest.mark.parametrize(
        ("late", "expected"),
        [
            (-180, Ending(EndingReason.ENDED_BY_OTHERS)),
            (-3, Ending(EndingReason.ENDED_BY_OTHERS)),
            (-2, Ending(EndingReason.EMPTY_ROOM)),
            (2, Ending(EndingReason.EMPTY_ROOM)),
            (3, Ending(EndingReason.EMPTY_ROOM, certain=False)),
            (60, Ending(EndingReason.EMPTY_ROOM, certain=False)),
            (61, Ending(EndingReason.ENDED_BY_OTHERS, certain=False)),
        ],
    )
    def test_the_end_is_measured_against_the_empty_time_out_after_the_last_leave(
        self, late: int, expected: Ending
    ) -> None:
        who = roster(participant("alice", left=after(minutes=2)), participant("bob", left=self.left))
        assert ending(completed(after(late, minutes=3, since=self.left), room(empty=3)), who) == expected

    def test_a_room_that_ended_with_people_in_it_was_ended_by_somebody(self) -> None:
        who = roster(participant("alice", left=self.left), participant("bob", left=self.left))
        assert ending(completed(self.left), who) == Ending(EndingReason.ENDED_BY_OTHERS)

    def test_everybody_put_out_by_the_participants_limit_is_an_empty_room(self) -> None:
        who = roster(participant(left=after(600)))
        assert ending(completed(after(900), room(limit=600)), who) == Ending(EndingReason.EMPTY_ROOM)

    @pytest.mark.parametrize("late", [0, 1, 60])
    def test_an_ad_hoc_room_that_ends_with_its_last_participant_may_also_have_been_ended(self, late: int) -> None:
        ended = completed(after(late, since=self.left), room(empty=0, unused=0))
        assert ending(ended, roster(participant(left=self.left))) == Ending(EndingReason.EMPTY_ROOM, certain=False)

    def test_an_ad_hoc_room_that_stood_empty_for_minutes_was_not_ended_by_its_time_out_of_0(self) -> None:
        ended = completed(after(minutes=10, since=self.left), room(empty=0, unused=0))
        assert ending(ended, roster(participant(left=self.left))) == Ending(EndingReason.ENDED_BY_OTHERS, certain=False)

    def test_without_an_empty_time_out_nothing_can_be_measured(self) -> None:
        ended = completed(after(minutes=10, since=self.left), room(empty=None))
        assert ending(ended, roster(participant(left=self.left))) == UNKNOWN

    def test_a_leave_without_a_time_leaves_the_reason_open(self) -> None:
        who = roster(participant("alice", left=self.left), participant("bob", status="disconnected"))
        assert ending(completed(after(minutes=35)), who) == UNKNOWN


class TestThe24Hours:
    @pytest.mark.parametrize(
        ("late", "reason"),
        [(-3, "ended-via-api"), (-2, "max-room-duration"), (0, "max-room-duration"), (9, "max-room-duration")],
    )
    def test_a_room_a_day_old_was_ended_by_its_age(self, late: int, reason: str) -> None:
        end = after(late, hours=24)
        told = ending(completed(end), roster(participant(left=end)))
        assert told == Ending(EndingReason(reason))

    def test_nothing_else_need_be_known(self) -> None:
        assert ending(completed(after(hours=24), room(empty=None, unused=None)), None) == Ending(EndingReason.MAX_ROOM)


class TestTheRosterIsNotKnown:
    unused = Deadline(DeadlineKind.UNUSED_ROOM, after(minutes=5))

    @pytest.mark.parametrize(
        ("kind", "reason"),
        [
            (DeadlineKind.UNUSED_ROOM, EndingReason.UNUSED_ROOM),
            (DeadlineKind.EMPTY_ROOM, EndingReason.EMPTY_ROOM),
            (DeadlineKind.MAX_PARTICIPANT, EndingReason.EMPTY_ROOM),
            (DeadlineKind.MAX_ROOM, EndingReason.MAX_ROOM),
        ],
    )
    @pytest.mark.parametrize("late", [-2, 0, 60])
    def test_an_end_at_the_last_known_deadline_was_probably_that(
        self, kind: DeadlineKind, reason: EndingReason, late: int
    ) -> None:
        told = ending(completed(after(late, hours=2)), None, last_deadline=Deadline(kind, after(hours=2)))
        assert told == Ending(reason, certain=False)

    @pytest.mark.parametrize("late", [-3, 61, 3600])
    def test_an_end_at_another_time_tells_nothing(self, late: int) -> None:
        assert ending(completed(after(late, minutes=5)), None, last_deadline=self.unused) == UNKNOWN

    def test_a_deadline_that_was_only_a_bound_tells_nothing(self) -> None:
        bound = replace(self.unused, certain=False)
        assert ending(completed(after(minutes=5)), None, last_deadline=bound) == UNKNOWN

    def test_without_any_deadline_the_reason_is_open(self) -> None:
        assert ending(completed(after(minutes=5)), None) == UNKNOWN

    def test_a_roster_without_the_leavers_is_as_good_as_none(self) -> None:
        who = roster(gone_known=False)
        assert ending(completed(after(minutes=5)), who) == UNKNOWN
        told = ending(completed(after(minutes=5)), who, last_deadline=self.unused)
        assert told == Ending(EndingReason.UNUSED_ROOM, certain=False)

    @pytest.mark.parametrize("others", [(), (participant("bob", left=after(minutes=1)),)])
    def test_a_roster_with_somebody_still_in_it_is_from_before_the_end_and_proves_nothing(
        self, others: tuple[Participant, ...]
    ) -> None:
        stale = roster(participant("alice"), *others)
        assert ending(completed(after(minutes=5)), stale) == UNKNOWN
        assert ending(completed(after(minutes=6)), stale) == UNKNOWN


class TestTimesAreMissing:
    def test_without_an_end_time_the_last_change_of_the_room_stands_in(self) -> None:
        ended = room(status="completed", ended=None, updated=after(minutes=5))
        assert ending(ended, roster()) == Ending(EndingReason.UNUSED_ROOM)

    def test_the_end_time_goes_before_the_last_change(self) -> None:
        ended = room(status="completed", ended=after(minutes=5), updated=after(minutes=50))
        assert ending(ended, roster()) == Ending(EndingReason.UNUSED_ROOM)

    @pytest.mark.parametrize(
        "ended",
        [completed(None), room(status="completed", created=None, ended=after(minutes=5))],
        ids=["no end", "no creation"],
    )
    def test_without_the_end_or_the_creation_the_reason_is_open(self, ended: Room) -> None:
        unused = Deadline(DeadlineKind.UNUSED_ROOM, after(minutes=5))
        assert ending(ended, roster(), last_deadline=unused) == UNKNOWN


# Whole lives: people come and go by chance, and either Twilio's rules end the room or somebody does.


@dataclass(frozen=True)
class Life:
    """A room's life, lived: the room after its end, who was in it, and what really ended it."""

    alive: Room
    people: tuple[Participant, ...]
    end: datetime
    reason: EndingReason

    @property
    def room(self) -> Room:
        return completed(self.end, self.alive)

    def roster_at(self, now: datetime) -> Roster:
        """Who was there at `now` and who had left by then."""
        seen = []
        for somebody in self.people:
            assert somebody.start_time is not None
            assert somebody.end_time is not None
            if somebody.start_time <= now:
                left = somebody.end_time if somebody.end_time <= now else None
                seen.append(participant(somebody.identity.raw, joined=somebody.start_time, left=left))
        return roster(*seen, as_of=now)


@st.composite
def lives(draw: st.DrawFn, *, ad_hoc: bool = False) -> Life:
    unused = draw(st.integers(1, 60))
    empty = 0 if ad_hoc else draw(st.integers(1, 60))
    limit = draw(st.integers(600, 4 * 3600) | st.just(DAY))
    visits = draw(st.lists(st.tuples(st.integers(0, 2 * 3600), st.integers(1, 5 * 3600)), max_size=6))
    busy = draw(st.booleans())
    if busy:  # somebody is always there, so that rooms grow old as well
        visits += [(hour * 3600, 2 * 3600) for hour in range(24)]
        limit = max(limit, 2 * 3600)
    if ad_hoc:
        visits.append((0, draw(st.integers(1, 3600))))
    killed = draw(st.none() | st.integers(1, DAY - 4))

    stays: list[tuple[int, int]] = []
    dies, reason = unused * 60, EndingReason.UNUSED_ROOM
    for joins, stay in sorted(visits):
        if joins >= min(dies, DAY):
            break
        stays.append((joins, joins + min(stay, limit)))
        dies, reason = max(leaves for _, leaves in stays) + empty * 60, EndingReason.EMPTY_ROOM
    if dies >= DAY - 2:
        dies, reason = DAY, EndingReason.MAX_ROOM
    if killed is not None and killed < dies - 2:
        dies, reason = killed, EndingReason.ENDED_BY_OTHERS
    people = tuple(
        participant(f"p{n}", joined=after(joins), left=after(min(leaves, dies)))
        for n, (joins, leaves) in enumerate(stays)
        if joins < dies
    )
    return Life(room(unused=unused, empty=empty, limit=limit), people, after(dies), reason)


@settings(max_examples=300)
@given(lives())
def test_how_a_room_s_life_ended_is_told_rightly_and_for_certain(life: Life) -> None:
    event(life.reason.value)
    assert ending(life.room, life.roster_at(life.end)) == Ending(life.reason)


@settings(max_examples=300)
@given(lives(), st.integers(-2, 60))
def test_a_timer_that_strikes_late_is_still_named(life: Life, late: int) -> None:
    assume(life.reason in {EndingReason.UNUSED_ROOM, EndingReason.EMPTY_ROOM})
    end = life.end + timedelta(seconds=late)
    assume(end < after(DAY - 2))
    told = ending(replace(life.room, end_time=end), life.roster_at(life.end))
    assert told == Ending(life.reason, certain=late <= 2)


@given(lives(ad_hoc=True))
def test_an_ad_hoc_room_s_end_is_told_without_certainty_except_for_its_age(life: Life) -> None:
    told = ending(life.room, life.roster_at(life.end))
    assert told is not None
    if life.reason is EndingReason.MAX_ROOM:
        assert told == Ending(EndingReason.MAX_ROOM)
    else:
        # Ended by the last leave or by somebody: the room and its people carry the same instants.
        assert told == Ending(EndingReason.EMPTY_ROOM, certain=False)


@settings(max_examples=300)
@given(lives(), st.floats(0, 1))
def test_with_the_last_living_picture_alone_no_wrong_timer_is_named_for_a_timer_s_end(life: Life, when: float) -> None:
    assume(life.reason is not EndingReason.ENDED_BY_OTHERS)
    changes = [
        CREATED,
        *(p.start_time for p in life.people if p.start_time),
        *(p.end_time for p in life.people if p.end_time),
    ]
    last_change = max(instant for instant in changes if instant < life.end)
    seen_at = last_change + (life.end - last_change) * when
    assume(seen_at < life.end)
    deadline = room_deadline(life.alive, life.roster_at(seen_at))
    told = ending(life.room, None, last_deadline=deadline)
    assert told is not None
    assert told.reason is life.reason
    assert told.certain is (life.reason is EndingReason.MAX_ROOM)


@given(lives(), st.data())
def test_the_order_in_which_people_are_listed_does_not_matter(life: Life, data: st.DataObject) -> None:
    known = life.roster_at(life.end)
    assert known.gone is not None
    shuffled = replace(known, gone=tuple(data.draw(st.permutations(known.gone))))
    assert ending(life.room, shuffled) == ending(life.room, known)


@given(lives(), st.booleans(), st.sampled_from(["roster", "created", "end", "empty", "unused", "nothing"]))
def test_every_ending_has_a_reason_and_what_is_unknown_is_never_certain(
    life: Life,
    by_us: bool,  # noqa: FBT001  # drawn
    missing: str,
) -> None:
    ended = life.room
    known: Roster | None = life.roster_at(life.end)
    match missing:
        case "roster":
            known = None
        case "created":
            ended = replace(ended, date_created=None)
        case "end":
            ended = replace(ended, end_time=None, date_updated=None)
        case "empty":
            ended = replace(ended, empty_room_timeout=None)
        case "unused":
            ended = replace(ended, unused_room_timeout=None)
    told = ending(ended, known, ended_by_us=by_us)
    assert told is not None
    if by_us:
        assert told == Ending(EndingReason.ENDED_BY_US)
    if told.reason is EndingReason.UNKNOWN:
        assert not told.certain
    if told.certain and not by_us:
        assert told.reason is life.reason
