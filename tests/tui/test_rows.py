"""Which room stands where: held against a sort of all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roomtui.rooms.deadlines import Deadline, DeadlineKind
from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.judging import NO, WAITING, YES, Found
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
from roomtui.rooms.query import Verdict
from roomtui.tui import rows as rows_module
from roomtui.tui.due import Due
from roomtui.tui.rows import Rows
from roomtui.tui.sorting import backwards, by
from tests.tui.scene import NOW, ago, crowd, live, person, picture, room

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from roomtui.tui.columns import Entry
    from roomtui.tui.sieve import Keep

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


def even(entry: Entry) -> Found:
    return YES if entry.room.unique_name.raw.startswith("even") else NO


def nothing(_entry: Entry) -> Found:
    return NO


def soon(at: Callable[[], float]) -> Keep:
    """Lets through what closes within ten minutes; what has no deadline is not known."""

    def keep(entry: Entry) -> Found:
        if isinstance(entry, EndedRoom):
            return NO
        if entry.deadline is None:
            return WAITING
        turns = entry.deadline.at.timestamp() - 600
        return YES if at() >= turns else Found(Verdict.NO, turns)

    return keep


def third(entry: Entry) -> Found:
    return YES if int(entry.room.unique_name.raw.split("-")[1]) % 3 else NO


def both(one: Keep | None, other: Keep) -> Keep:
    def keep(entry: Entry) -> Found:
        found = YES if one is None else one(entry)
        return found if other(entry) is YES else NO

    return keep


def sifted(rows: Rows, keep: Keep | None, cursor: str | None = None, *, narrower: bool = False) -> str | None:
    rows.sift(keep, narrower=narrower)
    while rows.is_sifting:
        cursor = rows.go_on(cursor, rooms=3)
    return cursor


def naive(shown: Picture, keep: Keep | None, *, named: bool = False) -> list[str]:
    """The order as it ought to be: all rooms, sorted."""

    def order(entry: LiveRoom) -> tuple[float, str]:
        return (entry.deadline.at.timestamp() if entry.deadline is not None else float("inf"), entry.room.sid)

    def passes(entry: Entry) -> bool:
        return keep is None or keep(entry).verdict is Verdict.YES

    above = sorted(filter(passes, shown.live.values()), key=order)
    if named:
        above.sort(key=lambda entry: entry.room.unique_name.raw, reverse=True)
    return sids(*above, *filter(passes, shown.ended))


BY_NAME = by(lambda live: live.room.unique_name.raw, down=True)


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
    st.tuples(
        CHANGES,
        st.booleans(),
        st.booleans(),
        st.integers(-3, 3),
        st.sampled_from([None, None, None, "all", "even", "soon", "narrower", "by name", "usual"]),
        st.integers(0, 400),
    ),
    max_size=12,
)


@given(STEPS)
def test_at_rest_the_order_is_that_of_a_sort_and_while_still_nothing_moves(
    steps: list[tuple[dict[int, tuple[str, int | None]], bool, bool, int, str | None, int]],
) -> None:
    board, rows = Board(), Rows()
    keep: Keep | None = None
    cursor: str | None = None
    now, named = NOW.timestamp(), False
    keeps: dict[str, Keep | None] = {"all": None, "even": even, "soon": soon(lambda: now)}
    for changes, still, told, move, asked, passed in steps:
        if asked in keeps:
            keep = keeps[asked]
            cursor = sifted(rows, keep, cursor)
        elif asked == "narrower":
            keep = both(keep, third)
            cursor = sifted(rows, keep, cursor, narrower=True)
        elif asked is not None:
            named = asked == "by name"
            cursor = rows.sort(BY_NAME if named else None, cursor)
        now += passed
        # While nothing is to move, what time has moved waits for the next rest, as what changes does.
        cursor = rows.settle(still=still, cursor=cursor, now=now)
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
            assert [sid for sid in rows if sid != pinned] == [
                sid for sid in naive(shown, keep, named=named) if sid != pinned
            ]
            assert rows.live == [sid for sid in rows if sid in shown.live]
        assert rows.waiting == sum(keep(each).verdict is Verdict.WAITING for each in shown.live.values() if keep)
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
    assert list(rows) == naive(Picture(board.live, board.ended, NOW), keep, named=named)


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
    assert list(rows) == sids(turned, *(each for each in first[2:] if even(each) is YES))


def test_when_a_filter_hides_its_room_the_cursor_goes_to_the_next_that_is_shown() -> None:
    rows = Rows()
    rows.show(picture([closing(number, 60 * number) for number in NUMBERS]))
    assert sifted(rows, even, NAMES[2].sid) == NAMES[3].sid
    assert sifted(rows, nothing, NAMES[3].sid) is None
    assert sifted(rows, None, None) == rows.first
    assert len(rows) == len(NUMBERS)


@pytest.mark.parametrize("still", [False, True])
def test_of_ten_thousand_rooms_only_those_that_changed_are_looked_at(
    monkeypatch: pytest.MonkeyPatch, *, still: bool
) -> None:
    looked_at: list[str] = []
    keyed: list[str] = []
    closes = rows_module._closes

    def keep(entry: Entry) -> Found:
        looked_at.append(entry.room.sid)
        return YES

    def counted(entry: LiveRoom) -> float:
        keyed.append(entry.room.sid)
        return closes(entry)

    monkeypatch.setattr(rows_module, "_closes", counted)
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


def test_of_ten_thousand_rooms_only_those_for_which_the_time_has_come_are_asked_again() -> None:
    asked: list[str] = []
    now = NOW.timestamp() - 600
    within = soon(lambda: now)

    def keep(entry: Entry) -> Found:
        asked.append(entry.room.sid)
        return within(entry)

    rows, shown = Rows(), crowd(10_000, seconds=200)
    rows.show(shown)
    sifted(rows, keep)
    assert len(asked) == 10_000
    assert len(rows) == 0
    for _ in range(199):
        now += 1
        rows.settle(still=False, cursor=None, now=now)
    assert len(asked) == 10_000, "nothing closes sooner"
    now += 1
    rows.settle(still=False, cursor=None, now=now)
    assert len(asked) == 10_000 + len(rows)
    assert len(rows) == 167, "a sixtieth of them"


def test_while_still_what_time_has_moved_stands_at_the_end_or_stays() -> None:
    rows, now = Rows(), NOW.timestamp()
    late, early = closing(1, 700), closing(2, 500)
    rows.show(picture([late, early]))
    sifted(rows, soon(lambda: now))
    assert list(rows) == sids(early)
    now += 200
    rows.settle(still=True, cursor=None, now=now)
    assert list(rows) == sids(early, late)
    rows.settle(still=False, cursor=None, now=now)
    assert list(rows) == sids(early, late)


def test_who_ranks_alike_stands_in_the_usual_order_and_what_is_not_known_last_both_ways() -> None:
    people = {1: 2, 2: None, 3: 7, 4: 2}

    def count(entry: LiveRoom) -> int | None:
        return people[next(number for number in people if NAMES[number - 1].sid == entry.room.sid)]

    rows = Rows()
    rows.show(picture([closing(number, 1000 - number) for number in people]))
    for down, order in ((True, [3, 4, 1, 2]), (False, [4, 1, 3, 2])):
        rows.sort(by(count, down=down), None)
        assert list(rows) == [NAMES[number - 1].sid for number in order]
    rows.sort(None, None)
    assert list(rows) == [NAMES[number - 1].sid for number in (4, 3, 2, 1)]


@given(st.lists(st.text(st.characters(max_codepoint=0x10FFFD, exclude_categories=()), max_size=5)))
@example(["", "\0", "a", "a\0"])
def test_down_is_up_backwards_for_texts_too(texts: list[str]) -> None:
    assert sorted(texts, key=backwards) == sorted(texts, reverse=True)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 20) | st.just(float("inf")) | st.none())))
def test_what_is_due_is_what_was_said_last_and_is_told_once(steps: list[tuple[str, float | None]]) -> None:
    expected: dict[str, float] = {}
    due, now = Due(), 0.0
    for sid, at in steps:
        if at is None:
            now += 3
            come = {each for each, when in expected.items() if when <= now}
            assert due.by(now) == come
            expected = {each: when for each, when in expected.items() if each not in come}
        else:
            due.expect(sid, at)
            expected[sid] = at
            if at == float("inf"):
                del expected[sid]
        assert len(due) == len(expected)


def test_what_is_put_off_over_and_over_takes_no_more_room() -> None:
    due = Due({"a": 1.0})
    for at in range(10_000):
        due.expect("b", float(at + 5))
    assert len(due._heap) < 2000
    assert due.by(4.0) == {"a"}
    assert due.by(10_004.0) == {"b"}


def test_what_is_typed_on_asks_only_the_rooms_that_were_not_said_no_to_yet() -> None:
    asked: list[str] = []

    def counted(keep: Keep) -> Keep:
        def counting(entry: Entry) -> Found:
            asked.append(entry.room.sid)
            return keep(entry)

        return counting

    rows = Rows()
    rows.show(picture([closing(number, 60 * number) for number in NUMBERS]))
    sifted(rows, counted(even))
    assert len(asked) == 12
    asked.clear()
    rows.sift(counted(even), narrower=True)
    rows.go_on(None, rooms=2)
    assert len(asked) == 2
    # Typed on before it was through.
    sifted(rows, counted(both(even, third)), narrower=True)
    assert len(asked) == 2 + 6
    assert list(rows) == [NAMES[number - 1].sid for number in (2, 4, 8, 10)]


def test_of_ten_thousand_sorted_rooms_only_those_that_changed_are_ranked_again() -> None:
    ranked: list[str] = []

    def people(entry: LiveRoom) -> int | None:
        ranked.append(entry.room.sid)
        return None if entry.roster is None else entry.roster.connected

    rows, shown = Rows(), crowd(10_000)
    rows.show(shown)
    rows.sort(by(people, down=True), None)
    assert len(ranked) == 10_000
    ranked.clear()
    busy = next(iter(shown.live.values()))
    joined = live(busy.room, [person(busy.room.sid, "alice", NOW)])
    now = MappingProxyType({**shown.live, busy.room.sid: joined})
    rows.show(replace(shown, live=now), {busy.room.sid}, cursor=rows.at(5000))
    for _ in range(10):
        rows.settle(still=False, cursor=None, now=NOW.timestamp())
    assert ranked == [busy.room.sid]
    assert rows.first == busy.room.sid


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["all", "even", "soon", "narrower", "narrower", "some", "some", "settle", "sort"]),
            CHANGES,
        ),
        max_size=25,
    )
)
def test_whatever_happens_while_a_filter_is_on_its_way_it_finds_what_it_is_to_find(
    steps: list[str | dict[int, tuple[str, int | None]]],
) -> None:
    board, rows = Board(), Rows()
    asked: Keep | None = None
    cursor: str | None = None
    now, named = NOW.timestamp(), False
    keeps: dict[str, Keep | None] = {"all": None, "even": even, "soon": soon(lambda: now)}
    shown, _ = board.step({number: ("be", 60 * number) for number in NUMBERS})
    rows.show(shown)
    for step in steps:
        if isinstance(step, dict):
            shown, changed = board.step(step)
            cursor = rows.show(shown, changed, still=len(step) % 2 > 0, cursor=cursor)
        elif step == "narrower":
            asked = both(asked, third)
            rows.sift(asked, narrower=True)
        elif step in keeps:
            asked = keeps[step]
            rows.sift(asked)
        elif step == "some":
            cursor = rows.go_on(cursor, rooms=4)
        elif step == "sort":
            named = not named
            cursor = rows.sort(BY_NAME if named else None, cursor)
        else:
            now += 200
            cursor = rows.settle(still=False, cursor=cursor, now=now)
    rows.go_on(None)
    rows.settle(still=False, cursor=None, now=now)
    assert list(rows) == naive(shown, asked, named=named)
    assert rows.waiting == sum(asked(each).verdict is Verdict.WAITING for each in shown.live.values() if asked)
    now += 2000
    rows.settle(still=False, cursor=None, now=now)
    assert list(rows) == naive(shown, asked, named=named)
