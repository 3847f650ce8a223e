from __future__ import annotations

import pytest

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
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
