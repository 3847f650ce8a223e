"""The next room of a name, and the one before."""

from __future__ import annotations

from roomtui.rooms.namesakes import Namesakes
from tests.rooms.builders import after, room

FIRST = room("standup", sid="RM1", created=after(0))
SECOND = room("standup", sid="RM2", created=after(600))
THIRD = room("standup", sid="RM3", created=after(1200))
OTHER = room("retro", sid="RM4", created=after(300))
NAMELESS = room("RM5", sid="RM5", created=after(700))


def namesakes() -> Namesakes:
    made = Namesakes()
    for each in (THIRD, FIRST, OTHER, SECOND, NAMELESS):
        made.add(each)
    return made


def test_a_room_made_again_is_followed_by_the_next_one_of_its_name() -> None:
    known = namesakes()
    assert known.after(FIRST) is SECOND
    assert known.after(SECOND) is THIRD
    assert known.after(THIRD) is None
    assert known.before(THIRD) is SECOND
    assert known.before(FIRST) is None


def test_a_name_that_was_used_once_or_never_given_has_no_namesakes() -> None:
    known = namesakes()
    assert known.after(OTHER) is None
    assert known.after(NAMELESS) is None
    assert known.before(room("standup", sid="RM9", created=None)) is None


def test_of_rooms_made_in_the_same_second_one_was_first() -> None:
    known = namesakes()
    twin = room("standup", sid="RM2b", created=after(600))
    known.add(twin)
    assert [known.after(SECOND), known.before(twin)] == [twin, SECOND]


def test_what_is_forgotten_is_nobody_s_namesake() -> None:
    known = namesakes()
    known.remove("RM2")
    known.remove("RM2")
    known.remove("RM5")
    assert known.after(FIRST) is THIRD
