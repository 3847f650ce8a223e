from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from roomtui.rooms.changes import EventKind
from roomtui.rooms.closing import BEFORE, ClosingSoon
from roomtui.rooms.deadlines import Deadline, DeadlineKind
from roomtui.rooms.picture import LiveRoom, Picture
from tests.rooms.builders import CREATED, after, room

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.rooms.changes import Event


def live(sid: str, closes: float | None, *, certain: bool = True, listed: bool = True) -> LiveRoom:
    """A room that closes so many seconds after the ordinary room's creation."""
    deadline = None if closes is None else Deadline(DeadlineKind.EMPTY_ROOM, after(closes), certain)
    return LiveRoom(room(sid, sid=sid), None, deadline, listed)


def picture(*rooms: LiveRoom) -> Picture:
    return Picture({each.room.sid: each for each in rooms}, (), CREATED)


def brief(events: tuple[Event, ...]) -> list[tuple[str, datetime]]:
    assert {each.kind for each in events} <= {EventKind.ROOM_CLOSING_SOON}
    return [(each.room_sid, each.at) for each in events]


def test_a_room_is_about_to_close_two_minutes_before_it_does_and_that_is_said_once() -> None:
    closing = ClosingSoon()
    closing.see(picture(live("RM1", 600)), None, CREATED)
    assert closing.due(after(479)) == ()
    (event,) = closing.due(after(481))
    assert (event.at, event.deadline) == (after(480), Deadline(DeadlineKind.EMPTY_ROOM, after(600)))
    closing.see(picture(live("RM1", 600)), ["RM1"], after(482))
    assert closing.due(after(599)) == ()
    assert closing.due(after(24 * 3600)) == ()


def test_a_deadline_that_is_near_when_it_is_learnt_is_said_then() -> None:
    closing = ClosingSoon()
    closing.see(picture(live("RM1", 60)), None, after(10))
    closing.see(picture(live("RM1", 60)), ["RM1"], after(11))
    assert brief(closing.due(after(12))) == [("RM1", after(10))]


def test_a_new_deadline_of_the_same_room_is_said_anew_and_one_put_off_is_not_said_before() -> None:
    closing = ClosingSoon()
    closing.see(picture(live("RM1", 600)), None, CREATED)
    assert len(closing.due(after(480))) == 1
    closing.see(picture(live("RM1", 900)), ["RM1"], after(500))
    assert closing.due(after(700)) == ()
    assert brief(closing.due(after(780))) == [("RM1", after(780))]


def test_neither_a_bound_nor_a_room_that_left_the_list_nor_a_passed_deadline_is_said() -> None:
    closing = ClosingSoon()
    rooms = (live("RM1", 60, certain=False), live("RM2", 60, listed=False), live("RM3", None), live("RM4", 5))
    closing.see(picture(*rooms), None, after(6))
    assert closing.due(after(7)) == ()


def test_a_room_that_ended_before_is_not_said_to_be_about_to() -> None:
    closing = ClosingSoon()
    closing.see(picture(live("RM1", 600)), None, CREATED)
    closing.see(picture(), ["RM1"], after(400))
    assert closing.due(after(500)) == ()


def test_nobody_goes_through_all_rooms_for_one_that_changed() -> None:
    class Unread(dict[str, LiveRoom]):
        def __iter__(self) -> None:  # type: ignore[override] # nobody may
            raise AssertionError("all rooms were gone through")

        keys = items = values = __iter__  # type: ignore[assignment] # as above

    rooms = {f"RM{number}": live(f"RM{number}", 600) for number in range(10)}
    closing = ClosingSoon()
    closing.see(Picture(rooms, (), CREATED), None, CREATED)
    closing.see(Picture(Unread({**rooms, "RM3": live("RM3", 300)}), (), CREATED), ["RM3"], CREATED)
    assert brief(closing.due(after(200))) == [("RM3", after(180))]


def test_deadlines_that_move_all_day_leave_no_heap_behind() -> None:
    closing = ClosingSoon()
    for number in range(10_000):
        closing.see(picture(live("RM1", 100_000 + number)), ["RM1"], CREATED)
    assert len(closing._calls) < 2000
    assert brief(closing.due(after(110_000 - 121))) == [("RM1", after(110_000 - 121))]


@given(
    story=st.lists(
        st.tuples(
            st.integers(0, 200),
            st.sampled_from(["RM1", "RM2"]),
            st.one_of(st.none(), st.integers(0, 2000)),
            st.booleans(),
        ),
        max_size=30,
    )
)
@settings(max_examples=200)
def test_whatever_happens_each_deadline_is_said_once_and_only_within_its_last_two_minutes(
    story: list[tuple[int, str, int | None, bool]],
) -> None:
    closing, rooms, now = ClosingSoon(), dict[str, LiveRoom](), CREATED
    said: set[tuple[str, datetime]] = set()
    for passed, sid, closes, certain in story:
        for _ in range(passed + 1):
            for event in closing.due(now):
                assert event.deadline is not None
                known = rooms[event.room_sid].deadline
                assert known == event.deadline
                assert timedelta(0) < event.deadline.at - now <= BEFORE
                assert event.at <= now
                said.add((event.room_sid, event.deadline.at))
            for room_sid, each in rooms.items():
                near = each.deadline is not None and timedelta(0) < each.deadline.at - now <= BEFORE
                if near and each.deadline is not None and each.deadline.certain:
                    assert (room_sid, each.deadline.at) in said
            now += timedelta(seconds=1)
        if closes is None:
            rooms.pop(sid, None)
        else:
            rooms[sid] = replace(live(sid, closes, certain=certain))
        closing.see(Picture(dict(rooms), (), CREATED), [sid], now)
