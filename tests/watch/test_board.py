from __future__ import annotations

from dataclasses import replace

import pytest

from roomtui.rooms.changes import Event, EventKind
from roomtui.rooms.picture import Picture
from roomtui.rooms.untrusted import Untrusted
from roomtui.watch.board import Board, BoardState, Link, LinkState
from tests.rooms.builders import CREATED, ROOM_SID, after

LIVE = Link(LinkState.LIVE)


def event(number: int) -> Event:
    return Event(after(number), EventKind.ROOM_OPENED, ROOM_SID, Untrusted(f"room-{number}"))


def test_the_newest_events_come_first_and_the_oldest_are_forgotten() -> None:
    board = Board()
    for number in range(0, 300, 2):
        board.show(Picture(as_of=CREATED), (event(number), event(number + 1)))
    events = board.state.events
    assert [each.room_name.raw for each in events[:3]] == ["room-299", "room-298", "room-297"]
    assert len(events) == 200


def test_what_is_noticed_late_takes_its_place_among_the_events_by_its_own_time() -> None:
    board = Board()
    board.show(Picture(as_of=CREATED), (event(1), event(4), event(6)))
    board.show(Picture(as_of=CREATED), (event(3), event(5)))
    board.show(Picture(as_of=CREATED), (event(2),))
    assert [each.room_name.raw for each in board.state.events] == [f"room-{number}" for number in (6, 5, 4, 3, 2, 1)]


def test_of_two_events_of_the_same_instant_the_one_that_was_told_later_comes_first() -> None:
    board = Board()
    first, second, third = (replace(event(1), room_name=Untrusted(name)) for name in ("first", "second", "third"))
    board.show(Picture(as_of=CREATED), (first, second))
    board.show(Picture(as_of=CREATED), (third,))
    assert board.state.events == (third, second, first)


def test_an_event_older_than_all_that_are_kept_is_forgotten_first() -> None:
    board = Board()
    board.show(Picture(as_of=CREATED), tuple(event(number) for number in range(1, 201)))
    board.show(Picture(as_of=CREATED), (event(0),))
    assert [each.room_name.raw for each in board.state.events[-2:]] == ["room-2", "room-1"]
    assert len(board.state.events) == 200


def test_subscribers_hear_of_each_change_and_of_nothing_else() -> None:
    board = Board()
    heard: list[BoardState] = []
    unsubscribe = board.subscribe(heard.append)
    picture = Picture(as_of=CREATED)
    board.show(picture)
    board.show(picture)
    board.link(LIVE)
    board.link(Link(LinkState.LIVE))
    assert [(state.picture.as_of, state.link.state) for state in heard] == [
        (CREATED, LinkState.CONNECTING),
        (CREATED, LinkState.LIVE),
    ]
    unsubscribe()
    unsubscribe()
    board.link(Link(LinkState.PAUSED))
    assert len(heard) == 2


def test_who_changes_the_board_while_hearing_of_it_leaves_nobody_with_the_older_state() -> None:
    board = Board()
    last: list[BoardState] = []
    board.subscribe(lambda state: board.link(LIVE) if state.link != LIVE else None)
    board.subscribe(last.append)
    board.show(Picture(as_of=CREATED))
    assert last[-1] == board.state == replace(board.state, link=LIVE)


def test_a_subscriber_may_leave_while_it_is_told() -> None:
    board = Board()
    heard: list[str] = []

    def once(_state: BoardState) -> None:
        heard.append("once")
        leave()

    leave = board.subscribe(once)
    board.subscribe(lambda _: heard.append("always"))
    board.link(LIVE)
    board.link(Link(LinkState.PAUSED))
    assert heard == ["once", "always", "always"]


# What has changed


def test_each_state_tells_what_changed_since_the_one_before() -> None:
    board = Board()
    heard: list[frozenset[str] | None] = []
    board.subscribe(lambda state: heard.append(state.changed))
    assert board.state.changed is None
    board.show(Picture(as_of=CREATED), changed=frozenset({"RM1"}))
    board.link(LIVE)
    board.show(Picture(as_of=after(1)))
    board.show(board.state.picture, (event(1),))
    board.show(Picture(as_of=after(2)), (event(2),), changed=frozenset())
    assert heard == [frozenset({"RM1"}), frozenset(), None, frozenset(), frozenset()]


def test_every_subscriber_is_told_every_state_in_order_whoever_changes_the_board_meanwhile() -> None:
    board = Board()
    first: list[BoardState] = []
    last: list[BoardState] = []

    def busybody(state: BoardState) -> None:
        first.append(state)
        if len(first) < 4:
            board.show(Picture(as_of=after(len(first))), changed=frozenset({f"RM{len(first)}"}))

    board.subscribe(busybody)
    board.subscribe(last.append)
    board.show(Picture(as_of=CREATED), changed=frozenset({"RM0"}))
    assert first == last
    assert [state.changed for state in last] == [frozenset({f"RM{number}"}) for number in range(4)]
    assert last[-1] is board.state


def test_after_somebody_failed_to_hear_anything_may_have_changed() -> None:
    board = Board()
    heard: list[BoardState] = []

    def deaf(_state: BoardState) -> None:
        if not heard:
            board.link(LIVE)
            raise ZeroDivisionError

    leave = board.subscribe(deaf)
    board.subscribe(heard.append)
    with pytest.raises(ZeroDivisionError):
        board.show(Picture(as_of=CREATED), changed=frozenset({"RM1"}))
    leave()
    for number in (2, 3):
        board.show(Picture(as_of=after(number)), changed=frozenset({f"RM{number}"}))
    assert [(state.changed, state.link) for state in heard] == [(None, LIVE), (frozenset({"RM3"}), LIVE)]
