from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.picture import LiveRoom, Picture
from roomtui.watch.live_rooms import LiveRooms
from tests.rooms.builders import participant, room, roster

SIDS = [f"RM{number}" for number in range(5)]


class Hearing:
    """Live rooms, and what they told of themselves."""

    def __init__(self) -> None:
        self.seen: list[LiveRoom] = []
        self.gone: list[str] = []
        self.rooms = LiveRooms(seen=self.seen.append, gone=self.gone.append)


def live(sid: str, people: int | None = None) -> LiveRoom:
    """A room with so many in it; None: not read."""
    known = None if people is None else roster(*(participant(f"p{number}") for number in range(people)))
    return LiveRoom.known(room(sid, sid=sid), known)


def test_who_is_written_is_seen_and_who_is_taken_out_is_gone() -> None:
    hearing = Hearing()
    one = live("RM1")
    hearing.rooms["RM1"] = one
    hearing.rooms["RM1"] = one
    assert hearing.seen == [one], "the same again is nothing new"
    assert hearing.rooms.pop("RM1") is one
    assert hearing.rooms.pop("RM1", None) is None
    assert hearing.gone == ["RM1"]
    with pytest.raises(KeyError):
        del hearing.rooms["RM1"]
    assert hearing.gone == ["RM1"]


def test_where_nothing_changed_the_same_rooms_are_shown_without_a_copy() -> None:
    rooms = Hearing().rooms
    one = rooms["RM1"] = live("RM1")
    before, changed = rooms.changed()
    assert changed == ("RM1",)
    rooms["RM1"] = replace(one)
    rooms["RM2"] = live("RM2")
    rooms["RM1"] = one
    del rooms["RM2"]
    again, changed = rooms.changed()
    assert changed == (), "all of it was undone"
    assert again is before


def test_what_was_shown_stays_as_it_was() -> None:
    rooms = Hearing().rooms
    one = rooms["RM1"] = live("RM1")
    shown, _ = rooms.changed()
    rooms["RM2"] = live("RM2")
    del rooms["RM1"]
    assert dict(shown) == {"RM1": one}
    with pytest.raises(TypeError):
        shown["RM3"] = one  # type: ignore[index]  # the point: nobody may write into it


def test_of_a_list_only_what_is_not_known_is_news() -> None:
    rooms = Hearing().rooms
    known = [room(sid, sid=sid) for sid in SIDS]
    for each in known[:4]:
        rooms[each.sid] = LiveRoom.known(each, None, listed=each.sid != "RM3")
    other = replace(known[1], empty_room_timeout=60)
    assert rooms.news_of([known[0], other, replace(known[2]), known[3], known[4]]) == [other, known[3], known[4]]
    rooms["RM0"] = replace(rooms["RM0"], listed=False)
    rooms["RM3"] = replace(rooms["RM3"], listed=True)
    del rooms["RM2"]
    assert rooms.news_of(known) == [known[0], known[2], known[4]]


writes = st.lists(
    st.tuples(st.sampled_from(SIDS), st.sampled_from(["out", "same", "show"]) | st.none() | st.integers(0, 3)),
    max_size=40,
)


@given(writes)
def test_the_count_and_what_changed_are_those_of_going_through_all_rooms(
    steps: list[tuple[str, str | int | None]],
) -> None:
    rooms = Hearing().rooms
    naive: dict[str, LiveRoom] = {}
    before: dict[str, LiveRoom] = {}
    for sid, what in [*steps, ("", "show")]:
        if what == "out":
            rooms.pop(sid, None)
            naive.pop(sid, None)
        elif what == "same":
            if sid in naive:
                rooms[sid] = naive[sid]
        elif what == "show":
            shown, changed = rooms.changed()
            assert dict(shown) == naive
            assert len(set(changed)) == len(changed)
            assert set(changed) == {each for each in {*before, *naive} if before.get(each) is not naive.get(each)}
            before = dict(naive)
        else:
            assert not isinstance(what, str)
            rooms[sid] = naive[sid] = live(sid, what)
        picture = Picture(naive)
        assert (rooms.people, rooms.unread) == (picture.people, picture.unread)
        assert (len(rooms), list(rooms)) == (len(naive), list(naive))
