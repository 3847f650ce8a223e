from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from roomtui.rooms.model import NOTHING_MORE, Participant, Room, RoomStatus, Roster
from roomtui.rooms.untrusted import Untrusted
from tests.rooms.builders import CREATED, ROOM_SID, after, participant, room, roster


@pytest.mark.parametrize(("value", "field"), [(room(), "status"), (participant(), "status"), (roster(), "present")])
def test_a_value_cannot_be_changed(value: object, field: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(value, field, "another")


@pytest.mark.parametrize("value", [room(), participant(), roster()], ids=lambda v: type(v).__name__)
def test_a_value_takes_no_field_it_does_not_have(value: object) -> None:
    # CPython 3.10 and 3.11 raise TypeError here: the frozen check of a slotted dataclass holds the class before slots.
    with pytest.raises((AttributeError, TypeError)):
        setattr(value, "something_else", 1)  # noqa: B010  # mypy would rightly refuse the plain assignment
    assert not hasattr(value, "__dict__")


def test_what_twilio_left_out_is_none_and_not_a_guess() -> None:
    bare = Room(sid=ROOM_SID, status="in-progress", unique_name=Untrusted("x"))
    assert bare.date_created is None
    assert bare.empty_room_timeout is None
    assert bare.max_participant_duration is None
    assert bare.links is None
    assert bare.more == {}
    stay = Participant(sid="PA1", room_sid=ROOM_SID, status="connected", identity=Untrusted("alice"))
    assert (stay.start_time, stay.end_time, stay.more) == (None, None, {})


def test_what_nobody_may_change_is_shared_by_all() -> None:
    with pytest.raises(TypeError):
        NOTHING_MORE["a"] = 1  # type: ignore[index]  # the point of the test: it is read-only at run time as well


def test_rooms_are_equal_by_their_fields_and_can_key_a_dictionary_with_links_and_unknown_fields() -> None:
    links = {"participants": "https://video.twilio.com/v1/Rooms/RM/Participants"}
    one = room(links=links, more={"new_field": [1]})
    same = room(links=dict(links), more={"new_field": [1]})
    assert one == same
    assert {one: "known"}[same] == "known"
    assert one != room(links=links, more={"new_field": [2]})
    assert one != room(links={}, more={"new_field": [1]})


def test_participants_and_rosters_can_key_a_dictionary_with_links() -> None:
    linked = replace(participant(), links={"published_tracks": "https://x"}, more={"new": []})
    assert hash(linked) == hash(replace(linked))
    assert hash(roster(linked)) == hash(roster(linked))


@pytest.mark.parametrize(
    ("status", "live"),
    [
        ("in-progress", True),
        (RoomStatus.IN_PROGRESS, True),
        ("paused", True),
        ("Completed", True),
        ("", True),
        ("completed", False),
        (RoomStatus.COMPLETED, False),
        ("failed", False),
        (RoomStatus.FAILED, False),
    ],
)
def test_a_room_is_live_until_twilio_says_that_it_has_completed_or_failed(status: str, live: bool) -> None:  # noqa: FBT001  # a column
    assert room(status=status).is_live is live


@pytest.mark.parametrize(
    ("name", "named"),
    [("DailyStandup", True), (ROOM_SID, False), ("", False), (ROOM_SID.lower(), True), ("RM" + "b" * 32, True)],
)
def test_a_room_has_a_name_unless_its_sid_stands_in_for_one(name: str, named: bool) -> None:  # noqa: FBT001  # a column
    assert room(name).has_name is named


@pytest.mark.parametrize(
    ("status", "present"),
    [("connected", True), ("reconnecting", True), ("disconnected", False), ("on-hold", True), ("", True)],
)
def test_everybody_who_is_not_disconnected_holds_the_room_open(status: str, present: bool) -> None:  # noqa: FBT001  # a column
    assert participant(status=status).is_present is present


def test_a_roster_counts_those_reconnecting_and_lists_the_present_first() -> None:
    alice, bob = participant("alice"), participant("bob", status="reconnecting")
    carol = participant("carol", left=after(60))
    who = roster(carol, alice, bob)
    assert who.connected == 2
    assert who.everybody == (alice, bob, carol)


def test_a_roster_whose_leavers_were_not_asked_for_lists_the_present_alone() -> None:
    alice = participant("alice")
    assert Roster((alice,), None, CREATED).everybody == (alice,)
