"""Which room stands where: held against a sort of all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.deadlines import Deadline, DeadlineKind
from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
from roomtui.tui import rows as rows_module
from roomtui.tui.rows import Rows
from tests.tui.scene import NOW, ago, crowd, live, picture, room

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from roomtui.tui.columns import Entry

NUMBERS = range(1, 13)
NAMES = [room(number, f"{'even' if number % 2 == 0 else 'odd'}-{number}", ago(minutes=30)) for number in NUMBERS]
A, B, C, D = (
    live(room(number, name, ago(minutes=age)))
    for number, name, age in zip((1, 2, 3, 4), "abcd", (4, 3, 2, 1), strict=True)
)


def closing(number: int, seconds: int | None, *, certain: bool = True) -> LiveRoom:
    deadline = None if seconds is None else Deadline(DeadlineKind.EMPTY_ROOM, NOW + timedelta(seconds=seconds), certain)
    return LiveRoom(NAMES[number - 1], None, deadline)


def over(entry: LiveRoom) -> EndedRoom:
    return EndedRoom(entry.room, None, Ending(EndingReason.EMPTY_ROOM), NOW)


def sids(*entries: Entry) -> list[str]:
    return [entry.room.sid for entry in entries]


def even(entry: Entry) -> bool:
    return entry.room.unique_name.raw.startswith("even")


def sifted(rows: Rows, keep: Callable[[Entry], bool] | None, cursor: str | None = None) -> str | None:
    rows.sift(keep)
    while rows.is_sifting:
        cursor = rows.go_on(cursor, rooms=3)
    return cursor


def naive(shown: Picture, keep: Callable[[Entry], bool] | None) -> list[str]:
    """The order as it ought to be: all rooms, sorted."""

    def order(entry: LiveRoom) -> tuple[float, str]:
        return (entry.deadline.at.timestamp() if entry.deadline is not None else float("inf"), entry.room.sid)

    above = sorted((each for each in shown.live.values() if keep is None or keep(each)), key=order)
    return sids(*above, *(each for each in shown.ended if keep is None or keep(each)))


class Board:
    """Rooms that come, go and change, and the pictures of them."""

    def __init__(self) -> None:
        self.live: dict[str, LiveRoom] = {}
        self.ended: tuple[EndedRoom, ...] = ()

    def step(self, changes: Mapping[int, tuple[str, int | None]]) -> tuple[Picture, frozenset[str]]:
        changed = set()
        for number, (what, seconds) in changes.items():
            sid = NAMES[number - 1].sid
            known = self.live.get(sid)
            if what == "end" and known is not None:
                self.ended = (over(self.live.pop(sid)), *self.ended)[:3]
            elif what == "vanish" and known is not None:
                del self.live[sid]
            elif what == "be" and all(each.room.sid != sid for each in self.ended):
                self.live[sid] = closing(number, seconds, certain=number % 3 > 0)
            else:
                continue
            changed.add(sid)
        return Picture(MappingProxyType(dict(self.live)), self.ended, NOW), frozenset(changed)


CHANGES = st.dictionaries(
    st.sampled_from(NUMBERS),
    st.tuples(st.sampled_from(["be", "be", "be", "end", "vanish"]), st.none() | st.integers(-20, 900)),
    max_size=6,
)
STEPS = st.lists(
    st.tuples(CHANGES, st.booleans(), st.booleans(), st.integers(-3, 3), st.sampled_from([None, None, "all", "even"])),
    max_size=12,
)


@given(STEPS)
def test_at_rest_the_order_is_that_of_a_sort_and_while_still_nothing_moves(
    steps: list[tuple[dict[int, tuple[str, int | None]], bool, bool, int, str | None]],
) -> None:
    board, rows, keep = Board(), Rows(), None
    cursor: str | None = None
    for changes, still, told, move, filtered in steps:
        if filtered is not None:
            keep = even if filtered == "even" else None
            cursor = sifted(rows, keep, cursor)
        shown, changed = board.step(changes)
        before = list(rows)
        above = before[: len(before) - len(rows._below)]
        cursor_before = cursor
        cursor = rows.show(shown, changed if told else None, still=still, cursor=cursor)

        if (
            cursor_before is not None
            and (cursor_before in shown.live or shown.find(cursor_before))
            and (still or keep is None)
        ):
            assert cursor == cursor_before, "its room is still there"
        assert (cursor is None) or cursor in list(rows)
        if still:
            stay = [sid for sid in above if shown.find(sid) is not None]
            assert list(rows)[: len(stay)] == stay, "all keep their places, new ones stand behind"
        else:
            # But for a room that has ended under the cursor: it stays until the cursor leaves it.
            pinned = cursor if cursor in rows._place and cursor not in shown.live else None
            assert [sid for sid in rows if sid != pinned] == [sid for sid in naive(shown, keep) if sid != pinned]
        for line, sid in enumerate(rows):
            at = line if line < len(rows._order) else line + 1
            assert rows.at(at) == sid
            assert rows.line_of(sid) == at
            assert rows.entry(sid) is shown.find(sid)
        lines = len(list(rows)) + bool(rows._below)
        assert len(rows) == lines
        assert rows.at(lines) is None
        certain = [
            each.deadline.at.timestamp() for each in shown.live.values() if each.deadline and each.deadline.certain
        ]
        limit = (NOW + timedelta(seconds=600)).timestamp()
        assert rows.closing_by(limit) == sum(each <= limit for each in certain)
        everything = list(rows)
        cursor = rows.stepped(cursor, move)
        if everything:
            assert cursor in everything
    cursor = rows.settle(still=False, cursor=None)
    assert list(rows) == naive(Picture(board.live, board.ended, NOW), keep)


def test_a_step_goes_over_the_divider_and_stays_between_the_ends() -> None:
    rows = Rows()
    assert rows.stepped(None, 1) is None
    assert rows.first is None
    rows.show(picture([A, B], [over(C), over(D)]))
    assert rows.at(2) is None
    walked = [rows.stepped(A.room.sid, steps) for steps in (-9, 0, 1, 2, 3, 9)]
    assert walked == sids(A, A, B, C, D, D)
    assert rows.stepped(D.room.sid, -1) == C.room.sid
    assert rows.stepped(C.room.sid, -1) == B.room.sid


def test_while_still_a_room_that_ends_stays_where_it_stood_and_shows_that_it_has_ended() -> None:
    rows = Rows()
    rows.show(picture([A, B, C]))
    rows.show(picture([B, C], [over(A)]), {A.room.sid}, still=True, cursor=B.room.sid)
    assert list(rows) == sids(A, B, C)
    assert isinstance(rows.entry(A.room.sid), EndedRoom)
    assert rows.settle(still=True, cursor=B.room.sid) == B.room.sid
    assert list(rows) == sids(A, B, C)
    rows.settle(still=False, cursor=B.room.sid)
    assert list(rows) == sids(B, C, A)


def test_a_room_that_ends_under_the_cursor_stays_there_until_the_cursor_leaves() -> None:
    rows = Rows()
    rows.show(picture([A, B, C]))
    assert rows.show(picture([A, C], [over(B)]), {B.room.sid}, cursor=B.room.sid) == B.room.sid
    assert list(rows) == sids(A, B, C)
    rows.settle(still=False, cursor=B.room.sid)
    assert list(rows) == sids(A, B, C)
    rows.settle(still=False, cursor=C.room.sid)
    assert list(rows) == sids(A, C, B)


def test_who_ended_in_its_place_and_is_forgotten_goes() -> None:
    rows = Rows()
    rows.show(picture([A, B, C]))
    rows.show(picture([A, C], [over(B)]), {B.room.sid}, still=True, cursor=B.room.sid)
    assert rows.show(picture([A, C]), frozenset(), still=True, cursor=B.room.sid) == C.room.sid
    assert list(rows) == sids(A, C)


def test_the_neighbour_is_the_next_that_still_runs() -> None:
    rows = Rows()
    rows.show(picture([A, B, C], [over(D)]))
    rows.show(picture([A, C], [over(B), over(D)]), {B.room.sid}, still=True, cursor=A.room.sid)
    assert rows.neighbour(A.room.sid) == C.room.sid
    assert rows.neighbour(C.room.sid) == A.room.sid
    assert rows.neighbour(D.room.sid) == C.room.sid
    assert rows.neighbour("RM" + "0" * 32) is None


def test_what_is_shown_stays_until_a_filter_is_through_and_what_changes_meanwhile_counts() -> None:
    rows = Rows()
    first = [closing(number, 60 * number) for number in NUMBERS]
    rows.show(picture(first))
    rows.sift(even)
    rows.go_on(None, rooms=4)
    assert list(rows) == sids(*first)
    # An even one goes, whether it was tested or not, an odd one gets an even name.
    turned = replace(first[0], room=replace(first[0].room, unique_name=NAMES[1].unique_name))
    gone = first[1]
    rows.show(picture([turned, *first[2:]]), {turned.room.sid, gone.room.sid})
    while rows.is_sifting:
        rows.go_on(None, rooms=4)
    assert list(rows) == sids(turned, *(each for each in first[2:] if even(each)))


def test_when_a_filter_hides_its_room_the_cursor_goes_to_the_next_that_is_shown() -> None:
    rows = Rows()
    rows.show(picture([closing(number, 60 * number) for number in NUMBERS]))
    assert sifted(rows, even, NAMES[2].sid) == NAMES[3].sid
    assert sifted(rows, lambda _: False, NAMES[3].sid) is None
    assert sifted(rows, None, None) is None
    assert len(rows) == len(NUMBERS)


@pytest.mark.parametrize("still", [False, True])
def test_of_ten_thousand_rooms_only_those_that_changed_are_looked_at(
    monkeypatch: pytest.MonkeyPatch, *, still: bool
) -> None:
    looked_at: list[str] = []
    keyed: list[str] = []
    closing_order = rows_module._closing_order

    def keep(entry: Entry) -> bool:
        looked_at.append(entry.room.sid)
        return True

    def counted(entry: LiveRoom) -> tuple[float, int, str, bool]:
        keyed.append(entry.room.sid)
        return closing_order(entry)

    monkeypatch.setattr(rows_module, "_closing_order", counted)
    rows, shown = Rows(), crowd(10_000)
    sifted(rows, keep)
    rows.show(shown)
    assert len(looked_at) == len(keyed) == 10_000
    looked_at.clear()
    keyed.clear()
    changed = {each.room.sid: live(each.room) for each in list(shown.live.values())[:7]}
    now = MappingProxyType({**shown.live, **changed})
    cursor = rows.at(5000)
    rows.show(replace(shown, live=now), frozenset(changed), still=still, cursor=cursor)
    for _ in range(10):
        rows.settle(still=still, cursor=cursor)
    assert sorted(looked_at) == sorted(keyed) == sorted(changed)
