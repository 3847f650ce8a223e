from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.changes import Event, EventKind, changes
from roomtui.rooms.deadlines import Deadline, DeadlineKind
from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.model import ParticipantStatus
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
from roomtui.rooms.recording import EVERYTHING, NOTHING, RecordingRule, RecordingRules
from roomtui.rooms.untrusted import Untrusted
from tests.rooms.builders import CREATED, ROOM_SID, after, completed, participant, room, roster

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.rooms.model import Participant, Room, Roster

NOW = after(hours=1)
EARLIER = after(minutes=30)
BY_OTHERS = Ending(EndingReason.ENDED_BY_OTHERS)


def picture(*live: LiveRoom, ended: tuple[EndedRoom, ...] = (), as_of: datetime | None = EARLIER) -> Picture:
    return Picture({one.room.sid: one for one in live}, ended, as_of)


def with_people(*people: Participant) -> Picture:
    return picture(LiveRoom.known(room(), roster(*people)))


def gone(room_: Room, end: datetime, *, told: bool = True) -> EndedRoom:
    return EndedRoom(completed(end if told else None, room_), None, BY_OTHERS, NOW)


def brief(events: tuple[Event, ...]) -> list[tuple[EventKind, str, datetime]]:
    return [(event.kind, event.identity.raw if event.identity else event.room_name.raw, event.at) for event in events]


class TestTheFirstLook:
    def test_what_was_there_before_we_looked_has_not_just_happened(self) -> None:
        first = picture(LiveRoom.known(room(), roster(participant())), ended=(gone(room("old", sid="RM1"), after(60)),))
        assert changes(Picture(), first, NOW) == ()

    def test_a_first_picture_without_rooms_is_a_picture_too(self) -> None:
        assert brief(changes(picture(), picture(LiveRoom.known(room(), None)), NOW)) == [
            (EventKind.ROOM_OPENED, "DailyStandup", CREATED)
        ]

    def test_the_first_roster_of_a_room_brings_nobody(self) -> None:
        unread, read = LiveRoom.known(room(), None), LiveRoom.known(room(), roster(participant()))
        assert changes(picture(unread), picture(read), NOW) == ()
        assert brief(changes(picture(), picture(read), NOW)) == [(EventKind.ROOM_OPENED, "DailyStandup", CREATED)]

    def test_a_roster_that_is_lost_sends_nobody_away(self) -> None:
        unread, read = LiveRoom.known(room(), None), LiveRoom.known(room(), roster(participant()))
        assert changes(picture(read), picture(unread), NOW) == ()


class TestRooms:
    def test_a_new_room_opened_when_twilio_created_it_or_else_now(self) -> None:
        assert changes(picture(), picture(LiveRoom.known(room(), None)), NOW) == (
            Event(CREATED, EventKind.ROOM_OPENED, ROOM_SID, Untrusted("DailyStandup")),
        )
        (event,) = changes(picture(), picture(LiveRoom.known(room(created=None), None)), NOW)
        assert event.at == NOW

    def test_a_room_that_stays_is_no_news(self) -> None:
        one, other = LiveRoom.known(room(), None), LiveRoom.known(room(updated=after(60)), None, listed=False)
        assert changes(picture(one), picture(one), NOW) == ()
        assert changes(picture(one), picture(other), NOW) == ()

    def test_a_room_that_left_the_list_has_not_ended_before_twilio_says_so(self) -> None:
        listed, unlisted = LiveRoom.known(room(), None), LiveRoom.known(room(), None, listed=False)
        assert changes(picture(listed), picture(unlisted), NOW) == ()
        assert changes(picture(listed), picture(), NOW) == ()

    def test_an_ended_room_ended_when_twilio_says_or_else_when_it_was_noticed_with_its_reason(self) -> None:
        before = picture(LiveRoom.known(room(), None))
        assert changes(before, picture(ended=(gone(room(), after(minutes=9)),)), NOW) == (
            Event(after(minutes=9), EventKind.ROOM_ENDED, ROOM_SID, Untrusted("DailyStandup"), ending=BY_OTHERS),
        )
        (event,) = changes(before, picture(ended=(gone(room(), CREATED, told=False),)), NOW)
        assert event.at == NOW

    def test_an_end_is_news_once(self) -> None:
        ended = picture(ended=(gone(room(), after(minutes=9)),))
        assert changes(ended, replace(ended, as_of=NOW), NOW) == ()

    def test_an_ended_room_that_is_forgotten_is_no_news(self) -> None:
        assert changes(picture(ended=(gone(room(), after(60)),)), picture(), NOW) == ()

    def test_a_room_that_ends_is_told_without_a_leave_for_each_who_was_in_it(self) -> None:
        before = with_people(participant("alice"), participant("bob"))
        events = changes(before, picture(ended=(gone(room(), after(60)),)), NOW)
        assert [event.kind for event in events] == [EventKind.ROOM_ENDED]


class TestARoomComesBack:
    old = room("daily", sid="RM-old")
    new = room("daily", sid="RM-new", created=after(minutes=10))

    def test_the_name_of_an_ended_room_on_a_new_one_is_a_room_created_again(self) -> None:
        ended = (gone(self.old, after(minutes=9)),)
        events = changes(picture(ended=ended), picture(LiveRoom.known(self.new, None), ended=ended), NOW)
        assert [(event.kind, event.room_sid, event.at) for event in events] == [
            (EventKind.ROOM_RECREATED, "RM-new", after(minutes=10))
        ]

    def test_both_between_two_looks_come_in_their_order(self) -> None:
        before = picture(LiveRoom.known(self.old, None))
        now = picture(LiveRoom.known(self.new, None), ended=(gone(self.old, after(minutes=9)),))
        assert brief(changes(before, now, NOW)) == [
            (EventKind.ROOM_ENDED, "daily", after(minutes=9)),
            (EventKind.ROOM_RECREATED, "daily", after(minutes=10)),
        ]

    def test_it_is_created_again_even_if_twilio_has_not_said_yet_how_the_old_one_ended(self) -> None:
        before = picture(LiveRoom.known(self.old, None))
        now = picture(LiveRoom.known(self.old, None, listed=False), LiveRoom.known(self.new, None))
        assert [event.kind for event in changes(before, now, NOW)] == [EventKind.ROOM_RECREATED]

    def test_another_name_is_another_room(self) -> None:
        other = room("daily ", sid="RM-new")
        events = changes(
            picture(), picture(LiveRoom.known(other, None), ended=(gone(self.old, after(minutes=9)),)), NOW
        )
        assert EventKind.ROOM_OPENED in [event.kind for event in events]
        assert EventKind.ROOM_RECREATED not in [event.kind for event in events]

    def test_rooms_without_a_name_are_never_the_same_again(self) -> None:
        nameless = room("", sid="RM-new")
        ended = (gone(room("", sid="RM-old"), after(minutes=9)),)
        (event,) = changes(picture(ended=ended), picture(LiveRoom.known(nameless, None), ended=ended), NOW)
        assert event.kind is EventKind.ROOM_OPENED


class TestPeople:
    def test_somebody_joined_when_their_stay_began_or_else_now(self) -> None:
        alice = participant("alice")
        bob = participant("bob", joined=after(minutes=4))
        odd = participant("odd", joined=None)
        assert changes(with_people(alice), with_people(alice, bob, odd), NOW) == (
            Event(
                after(minutes=4),
                EventKind.PARTICIPANT_JOINED,
                ROOM_SID,
                Untrusted("DailyStandup"),
                identity=Untrusted("bob"),
            ),
            Event(NOW, EventKind.PARTICIPANT_JOINED, ROOM_SID, Untrusted("DailyStandup"), identity=Untrusted("odd")),
        )

    def test_somebody_left_when_their_stay_ended_or_else_now(self) -> None:
        alice, bob = participant("alice"), participant("bob")
        left = participant("bob", left=after(minutes=6))
        assert brief(changes(with_people(alice, bob), with_people(alice, left), NOW)) == [
            (EventKind.PARTICIPANT_LEFT, "bob", after(minutes=6))
        ]
        assert brief(changes(with_people(alice, bob), with_people(alice), NOW)) == [
            (EventKind.PARTICIPANT_LEFT, "bob", NOW)
        ]

    def test_with_the_leavers_not_asked_for_a_leave_is_dated_now(self) -> None:
        before = with_people(participant("alice"), participant("bob"))
        now = picture(LiveRoom.known(room(), roster(participant("alice"), gone_known=False)))
        assert brief(changes(before, now, NOW)) == [(EventKind.PARTICIPANT_LEFT, "bob", NOW)]

    def test_losing_and_finding_the_network_is_neither_a_leave_nor_a_join(self) -> None:
        connected, lost = participant("bob"), participant("bob", status="reconnecting")
        assert brief(changes(with_people(connected), with_people(lost), NOW)) == [
            (EventKind.PARTICIPANT_DROPPED, "bob", NOW)
        ]
        assert brief(changes(with_people(lost), with_people(connected), NOW)) == [
            (EventKind.PARTICIPANT_BACK, "bob", NOW)
        ]
        left = participant("bob", left=after(minutes=6))
        assert [event.kind for event in changes(with_people(lost), with_people(left), NOW)] == [
            EventKind.PARTICIPANT_LEFT
        ]

    def test_who_goes_at_the_participant_limit_was_put_out_by_it(self) -> None:
        bob = participant("bob")
        for left, put_out in (
            (after(seconds=14399), True),
            (after(seconds=14402), True),
            (after(seconds=14390), False),
            (after(seconds=14500), False),
        ):
            (event,) = changes(with_people(bob), with_people(participant("bob", left=left)), NOW)
            assert (event.kind, event.at) == (EventKind.PARTICIPANT_LEFT, left)
            limit = Deadline(DeadlineKind.MAX_PARTICIPANT, after(seconds=14400))
            assert event.deadline == (limit if put_out else None)

    def test_coming_back_is_a_leave_and_a_new_stay_in_their_order(self) -> None:
        first = participant("alice", sid="PA1")
        left = participant("alice", sid="PA1", left=after(minutes=5))
        second = participant("alice", sid="PA2", joined=after(minutes=6))
        assert brief(changes(with_people(first), with_people(left, second), NOW)) == [
            (EventKind.PARTICIPANT_LEFT, "alice", after(minutes=5)),
            (EventKind.PARTICIPANT_JOINED, "alice", after(minutes=6)),
        ]

    def test_who_was_there_before_and_was_not_asked_for_has_not_joined_since(self) -> None:
        alice, bob = participant("alice"), participant("bob", joined=after(90), status="reconnecting")
        carla, dora = participant("carla", joined=after(minutes=31)), participant("dora", joined=None)
        in_brief = replace(roster(alice, as_of=after(minutes=30)), lacking=ParticipantStatus.RECONNECTING)
        before = picture(LiveRoom.known(room(), in_brief))
        then = brief(changes(before, with_people(alice, bob, carla, dora), NOW))
        assert then == [
            (EventKind.PARTICIPANT_JOINED, "carla", after(minutes=31)),
            (EventKind.PARTICIPANT_JOINED, "dora", NOW),
        ]

    def test_who_came_in_the_second_of_a_look_that_was_not_complete_has_come_after_it(self) -> None:
        at_first = roster(participant("alice"), as_of=after(30) + timedelta(milliseconds=400))
        before = picture(LiveRoom.known(room(), replace(at_first, lacking=ParticipantStatus.CONNECTED)))
        then = brief(changes(before, with_people(participant("alice"), participant("bob", joined=after(30))), NOW))
        assert then == [(EventKind.PARTICIPANT_JOINED, "bob", after(30))]

    def test_whoever_has_left_before_is_no_news(self) -> None:
        bob = participant("bob", left=after(minutes=6))
        assert changes(with_people(bob), with_people(bob), NOW) == ()

    def test_the_name_in_the_event_is_the_room_s_and_stays_wrapped(self) -> None:
        evil = room("\x1b[2J")
        before = picture(LiveRoom.known(evil, roster()))
        now = picture(LiveRoom.known(evil, roster(participant("\u202eeve"))))
        (event,) = changes(before, now, NOW)
        assert "\x1b" not in repr(event)
        assert "\u202e" not in repr(event)


# One room at a time is told above; here many rooms change at once, and the events must account for all of it.

minutes = st.integers(0, 50)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    sids = draw(st.sets(st.sampled_from(["RM1", "RM2", "RM3", "RM4"])))
    live, ended = [], []
    for sid in sorted(sids):
        named = room(f"name of {sid}", sid=sid, created=after(minutes=draw(minutes)))
        if draw(st.booleans()):
            live.append(LiveRoom.known(named, draw(rosters())))
        else:
            ended.append(gone(named, after(minutes=draw(minutes)), told=draw(st.booleans())))
    return picture(*live, ended=tuple(ended))


@st.composite
def rosters(draw: st.DrawFn) -> Roster | None:
    if draw(st.booleans()):
        return None
    people = []
    for identity in sorted(draw(st.sets(st.sampled_from(["alice", "bob", "carol"])))):
        left = draw(st.none() | minutes)
        people.append(participant(identity, left=None if left is None else after(minutes=left)))
    return roster(*people, gone_known=draw(st.booleans()))


def present(of: Picture, sid: str) -> set[str]:
    known = of.live[sid].roster
    assert known is not None
    return {somebody.identity.raw for somebody in known.present}


@given(pictures(), pictures())
def test_the_events_turn_the_one_picture_into_the_other(before: Picture, now: Picture) -> None:
    events = changes(before, now, NOW)
    opening = {EventKind.ROOM_OPENED, EventKind.ROOM_RECREATED}
    assert {event.room_sid for event in events if event.kind in opening} == set(now.live) - set(before.live)
    newly_ended = {one.room.sid for one in now.ended} - {one.room.sid for one in before.ended}
    assert {event.room_sid for event in events if event.kind is EventKind.ROOM_ENDED} == newly_ended
    for sid in set(before.live) & set(now.live):
        if before.live[sid].roster is None or now.live[sid].roster is None:
            continue
        people = present(before, sid)
        for event in events:
            if event.room_sid == sid and event.identity is not None:
                joined = event.kind is EventKind.PARTICIPANT_JOINED
                assert (event.identity.raw in people) is not joined
                people ^= {event.identity.raw}
        assert people == present(now, sid)


@given(pictures(), pictures())
def test_events_come_in_order_of_time(before: Picture, now: Picture) -> None:
    instants = [event.at for event in changes(before, now, NOW)]
    assert instants == sorted(instants)


@given(pictures())
def test_nothing_happens_between_a_picture_and_itself(same: Picture) -> None:
    assert changes(same, same, NOW) == ()


@given(pictures())
def test_nothing_happens_before_the_first_picture(first: Picture) -> None:
    assert changes(Picture(), first, NOW) == ()


@given(pictures(), pictures())
def test_whoever_knows_what_changed_hears_of_the_same_events(before: Picture, now: Picture) -> None:
    changed = [sid for sid in {*before.live, *now.live} if before.live.get(sid) is not now.live.get(sid)]
    names = {live.room.unique_name.raw for live in before.live.values()}
    told = changes(before, now, NOW, changed=changed, names=names)
    assert Counter(told) == Counter(changes(before, now, NOW))


def test_nobody_looks_at_a_room_that_is_not_said_to_have_changed() -> None:
    class Unread(dict[str, LiveRoom]):
        def values(self) -> NoReturn:
            raise AssertionError("all rooms were gone through")

        items = __iter__ = keys = values

    one, other = LiveRoom.known(room(sid="RM1"), roster()), LiveRoom.known(room(sid="RM2"), roster())
    joined = LiveRoom.known(one.room, roster(participant("alice")))
    opened = LiveRoom.known(room("new", sid="RM3"), None)
    before = Picture(Unread({"RM1": one, "RM2": other}), as_of=EARLIER)
    after = Picture(Unread({"RM1": joined, "RM2": other, "RM3": opened}), as_of=NOW)
    assert brief(changes(before, after, NOW, changed=["RM1", "RM3"], names={"DailyStandup"})) == [
        (EventKind.ROOM_OPENED, "new", CREATED),
        (EventKind.PARTICIPANT_JOINED, "alice", CREATED),
    ]
    again = changes(before, after, NOW, changed=["RM3"], names={"DailyStandup", "new"})
    assert [event.kind for event in again] == [EventKind.ROOM_RECREATED]


class TestSinceWeLook:
    """What the first roster of a room tells of the time in which we looked already."""

    def first_roster(self, *people: Participant, since: datetime | None) -> list[tuple[EventKind, str, datetime]]:
        unread, read = LiveRoom.known(room(), None), LiveRoom.known(room(), roster(*people))
        return brief(changes(picture(unread), picture(read), NOW, since=since))

    def test_who_came_since_has_joined(self) -> None:
        early, late = participant("early", joined=after(minutes=1)), participant("late", joined=after(minutes=3))
        assert self.first_roster(early, late, since=after(minutes=2)) == [
            (EventKind.PARTICIPANT_JOINED, "late", after(minutes=3))
        ]
        assert self.first_roster(early, late, since=None) == []

    def test_who_came_and_went_since_has_joined_and_left_and_who_was_there_before_has_left(self) -> None:
        brief_stay = participant("brief", joined=after(minutes=3), left=after(minutes=4))
        there = participant("there", joined=after(minutes=1), left=after(minutes=5))
        before = participant("before", joined=after(minutes=0), left=after(minutes=1))
        assert self.first_roster(brief_stay, there, before, since=after(minutes=2)) == [
            (EventKind.PARTICIPANT_JOINED, "brief", after(minutes=3)),
            (EventKind.PARTICIPANT_LEFT, "brief", after(minutes=4)),
            (EventKind.PARTICIPANT_LEFT, "there", after(minutes=5)),
        ]

    def test_who_came_and_went_between_two_looks_is_told(self) -> None:
        before = picture(LiveRoom.known(room(), roster(as_of=EARLIER)))
        seen = participant("bob", joined=after(minutes=31), left=after(minutes=32))
        now = picture(LiveRoom.known(room(), roster(seen, as_of=NOW)))
        assert brief(changes(before, now, NOW)) == [
            (EventKind.PARTICIPANT_JOINED, "bob", after(minutes=31)),
            (EventKind.PARTICIPANT_LEFT, "bob", after(minutes=32)),
        ]
        assert changes(now, picture(LiveRoom.known(room(), roster(seen, as_of=NOW))), NOW) == ()

    def test_who_left_before_the_leavers_were_asked_for_is_no_news(self) -> None:
        alice, long_gone = participant("alice"), participant("bob", left=after(minutes=2))
        before = picture(LiveRoom.known(room(), roster(alice, as_of=EARLIER, gone_known=False)))
        now = picture(LiveRoom.known(room(), roster(alice, long_gone, as_of=NOW)))
        assert changes(before, now, NOW, since=CREATED) == ()

    def test_the_last_roster_tells_who_left_before_the_end_and_how_many_it_put_out(self) -> None:
        alice, bob = participant("alice"), participant("bob")
        last = roster(participant("alice", left=after(minutes=8)), participant("bob", left=after(minutes=20)))
        ended = EndedRoom(completed(after(minutes=20)), last, BY_OTHERS, NOW)
        events = changes(with_people(alice, bob), picture(ended=(ended,)), NOW)
        assert brief(events) == [
            (EventKind.PARTICIPANT_LEFT, "alice", after(minutes=8)),
            (EventKind.ROOM_ENDED, "DailyStandup", after(minutes=20)),
        ]
        assert events[-1].people == 1

    def test_somebody_who_was_lost_when_the_room_ended_is_not_back(self) -> None:
        last = roster(participant("bob", left=after(minutes=20)))
        ended = EndedRoom(completed(after(minutes=20)), last, BY_OTHERS, NOW)
        events = changes(with_people(participant("bob", status="reconnecting")), picture(ended=(ended,)), NOW)
        assert [event.kind for event in events] == [EventKind.ROOM_ENDED]

    def test_a_room_that_opened_and_ended_between_two_pictures_is_told_whole(self) -> None:
        created, end = after(minutes=35), after(minutes=40)
        short = room("short", sid="RM-short", created=created)
        last = roster(participant("zoe", joined=after(minutes=36), left=after(minutes=38)))
        ended = EndedRoom(completed(end, short), last, BY_OTHERS, NOW)
        assert brief(changes(picture(), picture(ended=(ended,)), NOW, since=CREATED)) == [
            (EventKind.ROOM_OPENED, "short", created),
            (EventKind.PARTICIPANT_JOINED, "zoe", after(minutes=36)),
            (EventKind.PARTICIPANT_LEFT, "zoe", after(minutes=38)),
            (EventKind.ROOM_ENDED, "short", end),
        ]


class TestFull:
    def test_a_room_is_full_once_its_last_seat_is_taken(self) -> None:
        def with_(*people: Participant) -> Picture:
            return picture(LiveRoom.known(room(seats=2), roster(*people)))

        alice, bob = participant("alice"), participant("bob", joined=after(minutes=9))
        events = changes(with_(alice), with_(alice, bob), NOW)
        assert [(each.kind, each.at, each.people) for each in events if each.identity is None] == [
            (EventKind.ROOM_FULL, after(minutes=9), 2)
        ]
        assert changes(with_(alice, bob), with_(alice, bob), NOW) == ()

    def test_a_room_that_was_full_before_we_looked_has_not_just_become_so(self) -> None:
        unread = picture(LiveRoom.known(room(seats=1), None))
        full = picture(LiveRoom.known(room(seats=1), roster(participant(joined=after(minutes=9)))))
        assert changes(unread, full, NOW, since=after(minutes=10)) == ()
        assert EventKind.ROOM_FULL in {each.kind for each in changes(unread, full, NOW, since=after(minutes=8))}


class TestRecording:
    def recorded(self, *rules: RecordingRule) -> Picture:
        live = LiveRoom.known(room(), None)
        return picture(replace(live, recording=RecordingRules(ROOM_SID, rules, NOW)) if rules else live)

    def test_recording_starts_and_stops_where_the_rules_were_read_before_and_after(self) -> None:
        on, off, unread = self.recorded(*EVERYTHING), self.recorded(*NOTHING), self.recorded()
        some = self.recorded(RecordingRule(type="include", kind="audio"))
        for was, now_is, kinds in (
            (off, on, [EventKind.RECORDING_STARTED]),
            (off, some, [EventKind.RECORDING_STARTED]),
            (on, off, [EventKind.RECORDING_STOPPED]),
            (on, some, []),
            (unread, on, []),
            (on, on, []),
        ):
            assert [each.kind for each in changes(was, now_is, NOW)] == kinds
