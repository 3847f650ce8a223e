from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from roomtui.rooms.deadlines import MAX_ROOM_DURATION, Deadline, DeadlineKind, participant_deadline, room_deadline
from roomtui.rooms.model import ParticipantStatus
from tests.rooms.builders import CREATED, DAY, after, completed, participant, room, roster

if TYPE_CHECKING:
    from roomtui.rooms.model import Participant, Room, Roster

CAP = after(hours=24)


class TestNobodyHasEverJoined:
    def test_the_room_closes_when_its_unused_time_out_is_over(self) -> None:
        assert room_deadline(room(unused=7), roster()) == Deadline(DeadlineKind.UNUSED_ROOM, after(minutes=7))

    def test_the_empty_time_out_does_not_matter(self) -> None:
        assert room_deadline(room(unused=60, empty=1), roster()) == Deadline(
            DeadlineKind.UNUSED_ROOM, after(minutes=60)
        )

    @pytest.mark.parametrize("unused", [0, None])
    def test_without_an_unused_time_out_only_the_24_hours_are_sure(self, unused: int | None) -> None:
        assert room_deadline(room(unused=unused), roster()) == Deadline(DeadlineKind.MAX_ROOM, CAP, certain=False)


class TestEverybodyHasLeft:
    def test_the_room_closes_its_empty_time_out_after_the_last_leave(self) -> None:
        who = roster(
            participant("alice", left=after(minutes=3)),
            participant("bob", left=after(minutes=30)),
            participant("carol", left=after(minutes=12)),
        )
        assert room_deadline(room(empty=5), who) == Deadline(DeadlineKind.EMPTY_ROOM, after(minutes=35))

    def test_the_unused_time_out_does_not_matter_any_more(self) -> None:
        who = roster(participant(left=after(minutes=1)))
        assert room_deadline(room(unused=60, empty=2), who) == Deadline(DeadlineKind.EMPTY_ROOM, after(minutes=3))

    def test_an_ad_hoc_room_closes_with_the_last_leave(self) -> None:
        who = roster(participant(left=after(minutes=9)))
        assert room_deadline(room(empty=0, unused=0), who) == Deadline(DeadlineKind.EMPTY_ROOM, after(minutes=9))

    def test_without_an_empty_time_out_only_the_24_hours_are_sure(self) -> None:
        who = roster(participant(left=after(minutes=9)))
        assert room_deadline(room(empty=None), who) == Deadline(DeadlineKind.MAX_ROOM, CAP, certain=False)

    @pytest.mark.parametrize("others_left", [(), (3,), (3, 11)])
    def test_if_a_leave_has_no_time_the_room_closes_at_the_latest_as_if_it_were_when_the_roster_was_read(
        self, others_left: tuple[int, ...]
    ) -> None:
        others = [participant(f"p{n}", left=after(minutes=n)) for n in others_left]
        who = roster(participant("bob", status="disconnected"), *others, as_of=after(minutes=20))
        expected = Deadline(DeadlineKind.EMPTY_ROOM, after(minutes=25), certain=False)
        assert room_deadline(room(empty=5), who) == expected

    def test_with_a_leave_without_a_time_the_24_hours_are_a_bound_as_well(self) -> None:
        who = roster(participant("bob", status="disconnected"), as_of=after(hours=23, minutes=58))
        assert room_deadline(room(empty=5), who) == Deadline(DeadlineKind.MAX_ROOM, CAP, certain=False)


class TestSomebodyIsIn:
    def test_the_room_closes_its_empty_time_out_after_the_last_one_is_put_out(self) -> None:
        who = roster(participant("alice"), participant("bob", joined=after(minutes=50)))
        expected = Deadline(DeadlineKind.MAX_PARTICIPANT, after(hours=4, minutes=55))
        assert room_deadline(room(limit=4 * 3600, empty=5), who) == expected

    def test_an_ad_hoc_room_closes_when_the_last_one_is_put_out(self) -> None:
        who = roster(participant(joined=after(60)))
        assert room_deadline(room(limit=600, empty=0), who) == Deadline(DeadlineKind.MAX_PARTICIPANT, after(660))

    def test_those_who_have_left_do_not_matter(self) -> None:
        alice = participant("alice", joined=after(60))
        bob = participant("bob", joined=after(90), left=after(minutes=5))
        odd = participant("odd", joined=None, status="disconnected")
        expected = room_deadline(room(), roster(alice))
        assert room_deadline(room(), roster(alice, bob, odd)) == expected
        assert room_deadline(room(), roster(alice, bob, gone_known=False)) == expected

    @pytest.mark.parametrize("status", ["reconnecting", "a-status-of-next-year"])
    def test_whoever_reconnects_or_has_an_unknown_status_is_in(self, status: str) -> None:
        who = roster(participant("alice", left=after(30)), participant("bob", joined=after(60), status=status))
        assert room_deadline(room(limit=600, empty=1), who) == Deadline(DeadlineKind.MAX_PARTICIPANT, after(720))

    @pytest.mark.parametrize(("limit", "empty"), [(None, 5), (14400, None), (None, None)])
    def test_without_a_limit_or_a_time_out_only_the_24_hours_are_sure(
        self, limit: int | None, empty: int | None
    ) -> None:
        deadline = room_deadline(room(limit=limit, empty=empty), roster(participant()))
        assert deadline == Deadline(DeadlineKind.MAX_ROOM, CAP, certain=False)

    @pytest.mark.parametrize("lacking", [ParticipantStatus.RECONNECTING, ParticipantStatus.CONNECTED])
    def test_while_somebody_may_have_been_missed_only_the_24_hours_are_sure(self, lacking: ParticipantStatus) -> None:
        who = replace(roster(participant("alice")), lacking=lacking)
        assert room_deadline(room(), who) == Deadline(DeadlineKind.MAX_ROOM, CAP, certain=False)

    def test_with_one_start_unknown_only_the_24_hours_are_sure(self) -> None:
        who = roster(participant("alice"), participant("bob", joined=None))
        assert room_deadline(room(), who) == Deadline(DeadlineKind.MAX_ROOM, CAP, certain=False)


class TestTheCapOf24Hours:
    def test_it_is_a_day(self) -> None:
        assert timedelta(days=1) == MAX_ROOM_DURATION

    def test_it_closes_a_room_with_people_in_it(self) -> None:
        who = roster(participant(joined=after(hours=21)))
        assert room_deadline(room(limit=4 * 3600), who) == Deadline(DeadlineKind.MAX_ROOM, CAP)

    def test_it_closes_an_empty_room(self) -> None:
        who = roster(participant(left=after(hours=23, minutes=57)))
        assert room_deadline(room(empty=5), who) == Deadline(DeadlineKind.MAX_ROOM, CAP)

    def test_it_closes_a_room_in_which_everybody_may_stay_all_day(self) -> None:
        assert room_deadline(room(limit=DAY), roster(participant())) == Deadline(DeadlineKind.MAX_ROOM, CAP)

    def test_an_absurd_unused_time_out_does_not_get_past_it(self) -> None:
        assert room_deadline(room(unused=24 * 60 + 1), roster()) == Deadline(DeadlineKind.MAX_ROOM, CAP)

    @pytest.mark.parametrize(
        ("seconds_early", "kind"), [(1, "empty-room-timeout"), (0, "empty-room-timeout"), (-1, "max-room-duration")]
    )
    def test_the_earlier_of_the_two_is_named_and_the_more_telling_one_at_the_same_second(
        self, seconds_early: int, kind: str
    ) -> None:
        who = roster(participant(left=after(-seconds_early, hours=23, minutes=55)))
        deadline = room_deadline(room(empty=5), who)
        assert deadline is not None
        assert deadline.kind.value == kind
        assert deadline.at == min(CAP, after(-seconds_early, hours=24))
        assert deadline.certain


class TestWhatIsNotKnown:
    def test_a_roster_not_read_yet_leaves_the_24_hours_as_a_bound(self) -> None:
        assert room_deadline(room(), None) == Deadline(DeadlineKind.MAX_ROOM, CAP, certain=False)

    def test_an_empty_roster_without_the_leavers_leaves_the_24_hours_as_a_bound(self) -> None:
        assert room_deadline(room(), roster(gone_known=False)) == Deadline(DeadlineKind.MAX_ROOM, CAP, certain=False)

    @pytest.mark.parametrize("who", [None, roster(), roster(participant()), roster(participant(left=after(60)))])
    def test_a_room_whose_creation_is_not_told_has_no_deadline(self, who: Roster | None) -> None:
        assert room_deadline(room(created=None), who) is None

    @pytest.mark.parametrize("status", ["completed", "failed"])
    def test_a_room_that_has_ended_has_no_deadline(self, status: str) -> None:
        assert room_deadline(room(status=status), roster()) is None
        assert participant_deadline(room(status=status), participant()) is None
        assert room_deadline(completed(after(60)), None) is None

    @pytest.mark.parametrize("status", ["paused", ""])
    @pytest.mark.parametrize(
        "who",
        [
            None,
            roster(),
            roster(participant()),
            roster(participant(left=after(60))),
            roster(participant(joined=after(hours=23))),
        ],
        ids=["not read", "nobody", "somebody", "somebody gone", "until the 24 hours"],
    )
    def test_the_deadline_of_a_room_whose_status_is_not_known_is_the_same_but_never_certain(
        self, status: str, who: Roster | None
    ) -> None:
        ordinary = room_deadline(room(), who)
        assert ordinary is not None
        assert room_deadline(room(status=status), who) == replace(ordinary, certain=False)

    def test_a_deadline_is_certain_unless_said_otherwise(self) -> None:
        assert Deadline(DeadlineKind.MAX_ROOM, CAP).certain


class TestTheParticipantsOwn:
    def test_each_is_put_out_at_the_limit_counted_from_the_own_start(self) -> None:
        alice, bob = participant("alice"), participant("bob", joined=after(minutes=50))
        limited = room(limit=4 * 3600)
        assert participant_deadline(limited, alice) == Deadline(DeadlineKind.MAX_PARTICIPANT, after(hours=4))
        assert participant_deadline(limited, bob) == Deadline(DeadlineKind.MAX_PARTICIPANT, after(hours=4, minutes=50))

    def test_the_room_s_24_hours_put_out_whoever_came_late(self) -> None:
        late = participant(joined=after(hours=22))
        assert participant_deadline(room(), late) == Deadline(DeadlineKind.MAX_ROOM, CAP)

    def test_whoever_reconnects_keeps_the_countdown(self) -> None:
        bob = participant(joined=after(60), status="reconnecting")
        assert participant_deadline(room(limit=600), bob) == Deadline(DeadlineKind.MAX_PARTICIPANT, after(660))

    def test_whoever_has_left_has_none(self) -> None:
        assert participant_deadline(room(), participant(left=after(60))) is None

    def test_without_a_start_there_is_none(self) -> None:
        assert participant_deadline(room(), participant(joined=None)) is None

    def test_without_a_limit_the_room_s_24_hours_are_a_bound(self) -> None:
        assert participant_deadline(room(limit=None), participant()) == Deadline(
            DeadlineKind.MAX_ROOM, CAP, certain=False
        )

    def test_without_the_room_s_creation_the_limit_is_a_bound_because_the_24_hours_may_end_before(self) -> None:
        limit = Deadline(DeadlineKind.MAX_PARTICIPANT, after(hours=4), certain=False)
        assert participant_deadline(room(created=None), participant()) == limit

    def test_without_limit_and_creation_there_is_none(self) -> None:
        assert participant_deadline(room(created=None, limit=None), participant()) is None


class TestSecondsLeft:
    deadline = Deadline(DeadlineKind.UNUSED_ROOM, after(300))

    @pytest.mark.parametrize(
        ("asked_at", "left"), [(0, 300), (0.25, 300), (299, 1), (299.999999, 1), (300, 0), (300.001, 0), (9000, 0)]
    )
    def test_it_counts_whole_seconds_up_to_the_instant(self, asked_at: float, left: int) -> None:
        assert self.deadline.seconds_left(after(asked_at)) == left

    def test_it_does_not_matter_in_which_zone_one_asks(self) -> None:
        tokyo = after(10).astimezone(timezone(timedelta(hours=9)))
        assert self.deadline.seconds_left(tokyo) == 290

    def test_a_time_without_a_zone_is_refused(self) -> None:
        with pytest.raises(TypeError, match="naive"):
            self.deadline.seconds_left(datetime(2025, 6, 12, 15, 0, 0))  # noqa: DTZ001  # a naive time is the point

    @given(st.timedeltas(timedelta(0), timedelta(days=2)))
    def test_it_is_above_0_before_the_instant_and_exactly_0_from_it_on(self, wait: timedelta) -> None:
        deadline = Deadline(DeadlineKind.MAX_ROOM, CAP)
        now = CREATED + wait
        left = deadline.seconds_left(now)
        assert (left == 0) == (now >= CAP)
        assert left >= 0
        if left:
            # Rounded up: after that many seconds it is over, a second less and it is not.
            assert now + timedelta(seconds=left) >= CAP > now + timedelta(seconds=left - 1)

    @given(st.timedeltas(timedelta(0), timedelta(days=1)), st.integers(0, 3600))
    def test_it_counts_down_second_by_second(self, wait: timedelta, step: int) -> None:
        deadline = Deadline(DeadlineKind.MAX_ROOM, CAP)
        now = CREATED + wait
        assert deadline.seconds_left(now + timedelta(seconds=step)) == max(0, deadline.seconds_left(now) - step)


# The rules once more, played forward instead of calculated: what Twilio does, timer by timer.


@dataclass(frozen=True)
class Situation:
    """A room and its people in seconds after creation, at a time after all of them."""

    unused: int
    empty: int
    limit: int
    present: tuple[int, ...]
    gone: tuple[tuple[int, int], ...]

    @property
    def room(self) -> Room:
        return room(unused=self.unused, empty=self.empty, limit=self.limit)

    @property
    def people(self) -> list[Participant]:
        inside = [participant(f"in{n}", joined=after(start)) for n, start in enumerate(self.present)]
        outside = [
            participant(f"out{n}", joined=after(start), left=after(end)) for n, (start, end) in enumerate(self.gone)
        ]
        return inside + outside

    def played_forward(self) -> tuple[int, str]:
        """When and why the room ends if nobody comes or goes: every timer goes off in its turn."""
        timers = [(start + self.limit, "put-out") for start in self.present]
        timers.append((DAY, "max-room-duration"))
        if not self.present and not self.gone:
            timers.append((self.unused * 60, "unused-room-timeout"))
        if not self.present and self.gone:
            timers.append((max(end for _, end in self.gone) + self.empty * 60, "empty-room-timeout"))
        people = len(self.present)
        # At the same second the more telling timer goes first.
        rank = ["put-out", "unused-room-timeout", "empty-room-timeout", "max-participant-duration", "max-room-duration"]
        while True:
            timers.sort(key=lambda timer: (timer[0], rank.index(timer[1])))
            now, what = timers.pop(0)
            if what != "put-out":
                return now, what
            people -= 1
            if people == 0:
                timers.append((now + self.empty * 60, "max-participant-duration"))


@st.composite
def situations(draw: st.DrawFn, *, present: int = 0) -> Situation:
    starts = st.integers(0, DAY - 1)
    stays = st.tuples(starts, st.integers(0, 4 * 3600)).map(lambda stay: (stay[0], min(DAY, sum(stay))))
    return Situation(
        unused=draw(st.integers(1, 60)),
        empty=draw(st.integers(0, 60)),
        limit=draw(st.integers(600, DAY)),
        present=tuple(draw(st.lists(starts, min_size=present, max_size=5))),
        gone=tuple(draw(st.lists(stays, max_size=5))),
    )


def deadline_of(situation: Situation, people: list[Participant] | None = None) -> Deadline:
    deadline = room_deadline(situation.room, roster(*(situation.people if people is None else people)))
    assert deadline is not None
    return deadline


@given(situations())
def test_a_deadline_is_what_playing_the_timers_forward_gives(situation: Situation) -> None:
    seconds, kind = situation.played_forward()
    assert deadline_of(situation) == Deadline(DeadlineKind(kind), after(seconds))


@given(situations(), st.data())
def test_the_order_in_which_people_are_listed_does_not_matter(situation: Situation, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(situation.people))
    assert deadline_of(situation, shuffled) == deadline_of(situation)


@given(situations(present=1), st.none() | st.integers(0, DAY - 1))
def test_one_more_in_the_room_never_closes_it_earlier(situation: Situation, joined: int | None) -> None:
    newcomer = participant("newcomer", joined=None if joined is None else after(joined))
    assert deadline_of(situation, [*situation.people, newcomer]).at >= deadline_of(situation).at


@given(situations())
def test_coming_back_to_an_empty_room_never_closes_it_earlier(situation: Situation) -> None:
    assume(situation.gone)
    outside = [somebody for somebody in situation.people if not somebody.is_present]
    last = max(end for _, end in situation.gone)
    back = participant("back", joined=after(last))
    assert deadline_of(situation, [*outside, back]).at >= deadline_of(situation, outside).at


@given(situations(), st.sampled_from(["unused", "empty", "limit"]), st.integers(1, 600))
def test_a_longer_time_out_never_closes_a_room_earlier(situation: Situation, name: str, more: int) -> None:
    values = {"unused": situation.unused, "empty": situation.empty, "limit": situation.limit}
    values[name] += more
    longer = Situation(values["unused"], values["empty"], values["limit"], situation.present, situation.gone)
    assert deadline_of(longer).at >= deadline_of(situation).at


@st.composite
def half_told(draw: st.DrawFn) -> tuple[Room, Roster | None, Room, Roster]:
    """What Twilio told, with holes, and what is true."""
    truth = draw(situations())
    if draw(st.booleans()):
        truth = replace(truth, present=())
    people = truth.people
    told = []
    for somebody in people:
        left = somebody.end_time if draw(st.booleans()) else None
        joined = somebody.start_time if draw(st.booleans()) else None
        told.append(participant(somebody.identity.raw, joined=joined, left=left, status=somebody.status))
    as_of = after(max([0, *truth.present, *(end for _, end in truth.gone)]))
    known = roster(*told, as_of=as_of, gone_known=draw(st.booleans()))
    holey = room(
        unused=draw(st.sampled_from([truth.unused, None])),
        empty=draw(st.sampled_from([truth.empty, None])),
        limit=draw(st.sampled_from([truth.limit, None])),
    )
    return holey, draw(st.sampled_from([known, None])), truth.room, roster(*people, as_of=as_of)


@settings(max_examples=400)
@given(half_told())
def test_a_deadline_from_less_than_everything_is_never_before_the_true_one_and_never_wrongly_certain(
    told: tuple[Room, Roster | None, Room, Roster],
) -> None:
    holey, known, true_room, true_roster = told
    guess, truth = room_deadline(holey, known), room_deadline(true_room, true_roster)
    assert guess is not None
    assert truth is not None
    assert guess.at >= truth.at
    if guess.certain:
        assert guess == truth


zones = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@given(half_told(), zones)
def test_a_deadline_is_aware_and_within_24_hours_whatever_is_told(
    told: tuple[Room, Roster | None, Room, Roster], zone: timezone
) -> None:
    holey, known, *_ = told
    deadline = room_deadline(holey, known)
    assert deadline is not None
    assert deadline.at.utcoffset() == timedelta(0)
    assert CREATED <= deadline.at <= CAP
    assert deadline.seconds_left(CREATED.astimezone(zone)) <= DAY


@given(situations(present=1))
def test_nobody_is_put_out_after_the_room_closes_and_the_last_one_leaves_its_empty_time_out_before(
    situation: Situation,
) -> None:
    closes = deadline_of(situation)
    own = [participant_deadline(situation.room, somebody) for somebody in situation.people if somebody.is_present]
    outs = [deadline.at for deadline in own if deadline is not None]
    assert len(outs) == len(situation.present)
    assert max(outs) <= closes.at
    if closes.kind is DeadlineKind.MAX_PARTICIPANT:
        assert max(outs) + timedelta(minutes=situation.empty) == closes.at
