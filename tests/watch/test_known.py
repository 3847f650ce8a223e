"""What is known, against a naive account that is built anew each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from roomtui.rooms.changes import Event, changes
from roomtui.rooms.endings import EndingReason
from roomtui.rooms.model import Room, RoomStatus
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
from roomtui.watch.known import Known
from tests.rooms.builders import participant, room, roster
from tests.watch.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest


class World:
    """What is known, whoever hears of it, and the time."""

    def __init__(self) -> None:
        self.time = VirtualTime()
        self.seen: list[str] = []
        self.gone: list[str] = []
        self.known = Known(self.time, seen=lambda live: self.seen.append(live.room.sid), gone=self.gone.append)

    def lists(self, *rooms: Room, began: float = 0.0) -> None:
        """A whole list, as the poller takes it in."""
        for each in self.known.live.news_of(rooms):
            self.known.listed(each, began)
        for sid in set(self.known.live) - {each.sid for each in rooms}:
            self.known.unlisted(sid)
        self.known.as_of = self.time.now()
        self.known.forget_old_endings()


def over(of: Room, world: World) -> Room:
    return replace(of, status=RoomStatus.COMPLETED.value, end_time=world.time.now())


ONE, TWO, THREE = (room(f"name-{number}", sid=f"RM{number}") for number in (1, 2, 3))


def test_a_list_in_which_nothing_changed_makes_no_room_anew_and_copies_nothing() -> None:
    world = World()
    rooms = [room(f"name-{number}", sid=f"RM{number}") for number in range(1000)]
    world.lists(*rooms)
    before = world.known.develop().picture
    world.seen.clear()
    world.time.seconds += 2
    world.lists(*rooms)
    picture, events, changed = world.known.develop()
    assert world.seen == []
    assert picture.live is before.live
    assert picture.ended is before.ended
    assert (picture.as_of, events, changed) == (world.time.now(), (), frozenset())


def test_of_a_thousand_rooms_only_those_that_changed_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    rooms = [room(f"name-{number}", sid=f"RM{number}") for number in range(1000)]
    world.lists(*rooms)
    before = world.known.develop().picture
    compared: list[object] = []
    equal = Room.__eq__

    def counting(one: Room, other: object) -> bool:
        compared.append(one)
        return equal(one, other)

    monkeypatch.setattr(Room, "__eq__", counting)
    world.seen.clear()
    rooms[7] = replace(rooms[7], empty_room_timeout=60)
    world.lists(*rooms[1:], room("new", sid="RM-new"))
    picture, _, changed = world.known.develop()
    assert changed == {"RM0", "RM7", "RM-new"}
    assert sorted(world.seen) == ["RM-new", "RM0", "RM7"]
    assert all(picture.live[sid] is live for sid, live in before.live.items() if sid not in changed)
    assert len(compared) <= 3, "rooms that are the same object are not compared"


def test_the_same_picture_is_made_where_nothing_was_learnt() -> None:
    world = World()
    world.lists(ONE)
    first = world.known.develop().picture
    assert world.known.develop() == (first, (), frozenset())
    assert world.known.develop().picture is first


def test_a_room_fetched_in_the_same_words_stays_the_room_of_the_list() -> None:
    world = World()
    world.lists(ONE)
    world.known.looked_at(replace(ONE), roster(), fetched=True)
    assert world.known.live["RM1"].room is ONE
    newer = replace(ONE, empty_room_timeout=60)
    world.known.looked_at(newer, roster(), fetched=True)
    assert world.known.live["RM1"].room is newer


def test_a_room_that_was_found_again_may_be_missed_anew() -> None:
    world = World()
    world.lists(ONE)
    for _ in range(3):
        world.lists()
        world.known.not_found("RM1", 1.0)
        world.known.looked_at(ONE, roster(), fetched=True)
    assert world.known.live["RM1"].listed


def test_a_name_that_nobody_bears_any_more_is_free() -> None:
    world = World()
    world.lists(ONE)
    world.known.develop()
    world.known.looked_at(over(ONE, world), roster(), fetched=True)
    world.known.develop()
    world.time.seconds += 31 * 60
    world.lists()
    world.known.develop()
    world.lists(replace(TWO, unique_name=ONE.unique_name))
    [event] = world.known.develop().events
    assert event.kind.value == "room-opened", "the end of the other one is long forgotten"


def test_the_latest_ends_are_kept_newest_first() -> None:
    world = World()
    rooms = [room(f"name-{number}", sid=f"RM{number}") for number in range(250)]
    world.lists(*rooms)
    for each in rooms:
        world.time.seconds += 1
        world.known.looked_at(over(each, world), roster(), fetched=True)
    world.known.ended_by_us("RM249")
    world.lists()
    ended = world.known.develop().picture.ended
    assert [each.room.sid for each in ended] == [f"RM{number}" for number in range(249, 49, -1)]
    assert ended[0].ending.reason is EndingReason.ENDED_BY_US


# Whatever is told to it

sids = st.sampled_from(["RM1", "RM2", "RM3", "RM4"])
names = st.sampled_from(["a", "b"])
people = st.none() | st.sets(st.sampled_from(["alice", "bob"]))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("list"), st.dictionaries(sids, names)),
        st.tuples(st.just("look"), sids, people, st.booleans()),
        st.tuples(st.just("end"), sids),
        st.tuples(st.just("404"), sids),
        st.tuples(st.just("ours"), sids),
        st.tuples(st.just("wait"), st.integers(1, 1200)),
        st.tuples(st.just("show")),
    ),
    max_size=60,
)


def happens(world: World, step: tuple[object, ...]) -> None:
    known = world.known
    match step:
        case ["list", dict(rooms)]:
            world.lists(*(room(name, sid=sid) for sid, name in rooms.items()), began=world.time.seconds)
        case ["look", str(sid), set() | None as who, bool(fetched)] if sid in known.live:
            found = None if who is None else roster(*map(participant, sorted(who)), as_of=world.time.now())
            known.looked_at(known.live[sid].room, found, fetched=fetched)
        case ["end", str(sid)] if sid in known.live:
            known.looked_at(over(known.live[sid].room, world), roster(), fetched=True)
        case ["404", str(sid)]:
            known.not_found(sid, world.time.seconds)
        case ["ours", str(sid)]:
            known.ended_by_us(sid)
        case ["wait", int(seconds)]:
            world.time.seconds += seconds


def newest_first(ended: Iterable[EndedRoom]) -> list[EndedRoom]:
    return sorted(ended, key=lambda each: each.ended_at, reverse=True)


def told(events: Iterable[Event]) -> list[str]:
    return sorted(map(repr, events))


@settings(max_examples=200)
@given(steps)
def test_what_it_tells_is_what_going_through_everything_would_tell(happening: list[tuple[object, ...]]) -> None:
    world = World()
    before = Picture()
    for step in [*happening, ("show",)]:
        happens(world, step)
        if step != ("show",):
            continue
        picture, events, changed = world.known.develop()
        rooms: dict[str, LiveRoom] = dict(world.known.live)
        naive = Picture(rooms, tuple(newest_first(world.known._ended.values())), world.known.as_of)
        assert picture == naive
        assert (picture.people, picture.unread) == (naive.people, naive.unread)
        assert changed == {sid for sid in {*before.live, *rooms} if before.live.get(sid) is not rooms.get(sid)}
        since = world.known._since
        assert told(events) == told(changes(before, naive, world.time.now(), since=since))
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert all(live.deadline == LiveRoom.known(live.room, live.roster).deadline for live in picture.live.values())
        assert set(world.gone) <= set(world.seen), "nobody goes who was not seen"
        before = picture


def test_ends_are_kept_for_half_an_hour() -> None:
    world = World()
    world.lists(ONE, THREE)
    world.known.looked_at(over(ONE, world), roster(), fetched=True)
    assert world.gone == ["RM1"]
    world.time.seconds += timedelta(minutes=29).total_seconds()
    world.lists(THREE)
    assert len(world.known.develop().picture.ended) == 1
    world.time.seconds += timedelta(minutes=1).total_seconds()
    world.lists(THREE)
    assert world.known.develop().picture.ended == ()
