from __future__ import annotations

from types import MappingProxyType

import pytest

from roomtui.rooms.query import Verdict, parse
from roomtui.tui.find import Haystacks, finder, values_of
from tests.tui.scene import NOW, a_day, ago, live, person, room

ROOM = room(1, "Daily STANDUP [x]", ago(minutes=5), type="peer-to-peer", media_region="ie1")
ENTRY = live(
    ROOM, [person(ROOM.sid, "Ünal +16505550123-634a594e", ago(minutes=1))], [person(ROOM.sid, "Kim", ago(60), ago(1))]
)


def matches(text: str, *, hide: bool = False) -> bool:
    find = finder(parse(text), Haystacks(hide=hide), NOW.timestamp)
    assert find is not None
    return find(ENTRY).verdict is Verdict.YES


@pytest.mark.parametrize("text", ["daily", "STAND", "[x]", ROOM.sid[4:12], "peer", "ie1", "ünal", "kim", "  daily "])
def test_a_room_is_found_by_what_it_is_called_and_who_is_or_was_in_it(text: str) -> None:
    assert matches(text)


@pytest.mark.parametrize("text", ["weekly", "us1", "bob", ".*", "closes:<1m"])
def test_other_rooms_are_not_found(text: str) -> None:
    assert not matches(text)


@pytest.mark.parametrize("text", ["", "   ", "people:"])
def test_nothing_typed_filters_nothing(text: str) -> None:
    assert finder(parse(text), Haystacks(hide=False), NOW.timestamp) is None


def test_what_is_hidden_is_not_searched() -> None:
    assert matches("5550123")
    assert not matches("5550123", hide=True)


def test_what_is_searched_is_made_once_for_as_long_as_its_room_stays_as_it_is() -> None:
    haystacks = Haystacks(hide=False, kept=1000)
    made = haystacks.of(ENTRY)
    assert haystacks.of(ENTRY) is made
    again = live(ROOM)
    assert "kim" not in haystacks.of(again).everything
    assert haystacks.size == len(haystacks.of(again).everything)
    other = room(9, "x", ago(minutes=5))
    haystacks.of(live(other))
    haystacks.keep_only({ROOM.sid})
    assert haystacks.size == len(haystacks.of(again).everything)
    for number in range(2, 60):
        haystacks.of(live(room(number, "x" * 100, ago(minutes=5))))
    assert haystacks.size <= 1000


@pytest.mark.parametrize(
    ("name", "begun", "offered"),
    [
        ("type", "g", ["go", "group", "group-small"]),
        ("region", "", ["ie1", "jp1", "us1", "us2"]),
        ("name", "board", ["Board & Co"]),
        ("who", "a", ["alice", "agent-joan"]),
        ("who", "+1", ["+1650555****-634a594e"]),
        ("who", "fatou", []),
        ("", "ha", ["haru"]),
        ("closes", "", []),
    ],
)
def test_what_is_known_of_the_rooms_is_offered(name: str, begun: str, offered: list[str]) -> None:
    live_now = a_day().live
    values = values_of(live_now, live_now.values(), Haystacks(hide=True))
    assert list(values(name, begun)) == offered


def test_no_more_is_offered_than_can_be_shown_and_nothing_twice() -> None:
    rooms = [live(room(number, f"room-{number // 2}", ago(minutes=5))) for number in range(100)]
    values = values_of(MappingProxyType({}), rooms, Haystacks(hide=False))
    assert list(values("name", "room")) == [f"room-{number}" for number in range(8)]
