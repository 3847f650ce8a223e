from __future__ import annotations

from dataclasses import replace

import pytest

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.model import ParticipantStatus, Track, Tracks
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
from roomtui.rooms.recording import Recording, RecordingRule, RecordingRules
from roomtui.rooms.untrusted import Untrusted
from tests.rooms.builders import CREATED, after, completed, participant, room, roster

ALICE, BOB = participant("alice"), participant("bob", status="reconnecting")


def test_the_first_picture_is_empty_and_of_no_time() -> None:
    empty = Picture()
    assert (dict(empty.live), empty.ended, empty.as_of, empty.people, empty.unread) == ({}, (), None, 0, 0)
    with pytest.raises(TypeError):
        empty.live["RM1"] = LiveRoom.known(room(), None)  # type: ignore[index]  # the point: nobody may write into it


def test_a_known_room_has_the_deadline_that_follows_from_its_roster() -> None:
    live = LiveRoom.known(room(unused=7), roster())
    assert live.deadline is not None
    assert live.deadline.at == after(minutes=7)
    assert live.listed
    unread = LiveRoom.known(room(), None, listed=False)
    assert unread.deadline is not None
    assert not unread.deadline.certain
    assert not unread.listed


@pytest.mark.parametrize(
    ("seats", "people", "full"),
    [(2, (ALICE,), False), (2, (ALICE, BOB), True), (1, (ALICE, BOB), True), (None, (ALICE, BOB), False)],
)
def test_a_room_is_full_when_as_many_are_in_as_it_takes(
    seats: int | None,
    people: tuple[object, ...],
    full: bool,  # noqa: FBT001  # a column
) -> None:
    known = roster(*(somebody for somebody in (ALICE, BOB) if somebody in people))
    assert LiveRoom.known(room(seats=seats), known).is_full is full


def test_a_room_not_read_yet_is_not_called_full() -> None:
    assert not LiveRoom.known(room(seats=0), None).is_full


def test_people_are_counted_where_they_were_read_and_the_rest_is_said_to_be_unread() -> None:
    picture = Picture(
        live={
            "RM1": LiveRoom.known(room(sid="RM1"), roster(ALICE, BOB)),
            "RM2": LiveRoom.known(room(sid="RM2"), roster(participant("carol", left=after(60)))),
            "RM3": LiveRoom.known(room(sid="RM3"), None),
        },
        as_of=CREATED,
    )
    assert picture.people == 2
    assert picture.unread == 1


def test_who_has_counted_already_need_not_be_counted_again() -> None:
    rooms = {"RM1": LiveRoom.known(room(), roster(ALICE))}
    counted = Picture.counted(rooms, (), CREATED, people=41, unread=7)
    assert (counted.people, counted.unread) == (41, 7)
    assert counted == Picture(rooms, (), CREATED)
    assert (replace(counted, live={}).people, replace(counted, live={}).unread) == (0, 0), "another picture's count"


def test_a_room_ended_when_twilio_says_or_else_when_it_was_noticed() -> None:
    ending = Ending(EndingReason.UNUSED_ROOM)
    noticed = after(minutes=6)
    assert EndedRoom(completed(after(minutes=5)), None, ending, noticed).ended_at == after(minutes=5)
    assert EndedRoom(completed(None), None, ending, noticed).ended_at == noticed


def test_a_room_is_found_by_its_sid_alive_or_ended() -> None:
    live = LiveRoom.known(room("same", sid="RM1"), None)
    ended = EndedRoom(completed(after(60), room("same", sid="RM2")), None, Ending(EndingReason.FAILED), after(61))
    picture = Picture(live={"RM1": live}, ended=(ended,))
    assert picture.find("RM1") is live
    assert picture.find("RM2") is ended
    assert picture.find("same") is None
    assert picture.find("RM3") is None


# What else is learnt of a room


def rules(*types: str) -> RecordingRules:
    return RecordingRules("RM1", tuple(RecordingRule(type=each, all=True) for each in types), CREATED)


def tracks(owner: str) -> Tracks:
    return Tracks((Track(sid="MT1", participant_sid=owner, name=Untrusted("mic"), kind="audio"),), CREATED)


def test_nothing_else_is_known_of_a_room_at_first() -> None:
    live = LiveRoom.known(room(), roster(ALICE))
    assert (live.recording, dict(live.tracks)) == (None, {})
    with pytest.raises(TypeError):
        live.tracks["PA1"] = tracks("PA1")  # type: ignore[index]  # the point: nobody may write into it


@pytest.mark.parametrize(
    ("made_with", "state"), [(True, Recording.ON), (False, Recording.OFF), (None, None)], ids=["on", "off", "unknown"]
)
def test_what_a_room_was_made_with_is_a_guess_at_what_is_recorded(
    made_with: bool | None,  # noqa: FBT001  # a column
    state: Recording | None,
) -> None:
    live = LiveRoom.known(replace(room(), record_participants_on_connect=made_with), None)
    assert live.recording_state == (state, False)


@pytest.mark.parametrize(
    ("read", "state"),
    [(rules("include"), Recording.ON), (rules("include", "exclude"), Recording.OFF), (rules(), Recording.OFF)],
)
@pytest.mark.parametrize("made_with", [True, False, None])
def test_the_rules_are_certain_whatever_it_was_made_with(
    read: RecordingRules,
    state: Recording,
    made_with: bool | None,  # noqa: FBT001  # a column
) -> None:
    live = LiveRoom.known(replace(room(), record_participants_on_connect=made_with), None)
    assert replace(live, recording=read).recording_state == (state, True)


def test_what_was_learnt_stays_with_a_room_that_is_told_anew() -> None:
    read = rules("include")
    live = replace(LiveRoom.known(room(), roster(ALICE, BOB), listed=False), recording=read)
    live = live.publishing(ALICE.sid, tracks(ALICE.sid)).publishing(BOB.sid, tracks(BOB.sid))
    told = live.told(room(unused=9, updated=after(5)), roster(ALICE, BOB, as_of=after(5)))
    assert (told.recording, told.tracks, told.listed) == (read, live.tracks, True)
    assert told.deadline == LiveRoom.known(told.room, told.roster).deadline
    assert told.roster is not None
    assert told.roster.as_of == after(5)


def test_who_has_left_publishes_nothing() -> None:
    live = LiveRoom.known(room(), roster(ALICE, BOB))
    live = live.publishing(ALICE.sid, tracks(ALICE.sid)).publishing(BOB.sid, tracks(BOB.sid))
    assert set(live.told(room(), roster(BOB)).tracks) == {BOB.sid}
    assert set(live.told(room(), None).tracks) == {ALICE.sid, BOB.sid}, "not known to have left"


def test_a_room_with_tracks_can_be_hashed() -> None:
    live = LiveRoom.known(room(), roster(ALICE))
    assert hash(live) == hash(live.publishing(ALICE.sid, tracks(ALICE.sid)))


def test_a_roster_that_was_read_again_tells_the_same_until_somebody_comes_or_goes() -> None:
    before = LiveRoom.known(room(), roster(ALICE))
    assert before.roster is not None
    again = before.told(before.room, replace(before.roster, as_of=after(minutes=1)))
    assert again != before
    assert again.tells_the_same(before)
    assert not before.told(before.room, roster(ALICE, BOB)).tells_the_same(before)
    assert not before.told(before.room, replace(before.roster, gone=(BOB,))).tells_the_same(before)
    assert not before.told(before.room, replace(before.roster, lacking=ParticipantStatus.RECONNECTING)).tells_the_same(
        before
    )
    assert not before.told(room(unused=7), before.roster).tells_the_same(before)
    assert not replace(before, listed=False).tells_the_same(before)
    unread = LiveRoom.known(room(), None)
    assert unread.tells_the_same(replace(unread))
    assert not before.tells_the_same(unread)
    assert not unread.tells_the_same(before)
