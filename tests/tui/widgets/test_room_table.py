"""The table on a board with many rooms: what moves, what is drawn, and what is looked at."""

from __future__ import annotations

import random
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
from roomtui.tui.columns import COLUMNS
from roomtui.tui.widgets import room_table
from tests.tui import scene
from tests.tui.driving import press, press_at_once, rooms, screen_text, settle, table, text_of, typed
from tests.tui.scene import NOW, ago, crowd, live, picture, room

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from roomtui.tui.columns import Entry, View
    from roomtui.tui.lines import Piece
    from tests.tui.scene import Stage


def after(shown: Picture, *, gone: Collection[str] = (), new: tuple[LiveRoom, ...] = ()) -> Picture:
    kept = {sid: each for sid, each in shown.live.items() if sid not in gone}
    over = [EndedRoom(shown.live[sid].room, None, Ending(EndingReason.EMPTY_ROOM), NOW) for sid in sorted(gone)]
    return replace(
        shown, live=MappingProxyType({**kept, **{each.room.sid: each for each in new}}), ended=(*over, *shown.ended)
    )


def at_rest(stage: Stage) -> None:
    """Let the moment after the last key pass."""
    table(stage)._hold_until = float("-inf")
    stage.app.tick()


def marked_line(stage: Stage) -> int:
    """The screen's line with the marker."""
    lines = screen_text(stage).splitlines()
    marked = [y for y, line in enumerate(lines) if line.startswith(">")]
    assert len(marked) == 1
    return marked[0]


def urgent(number: int) -> LiveRoom:
    return live(room(number, f"urgent-{number}", ago(minutes=4, seconds=50)))


async def test_the_markers_line_stays_where_it_is_whatever_comes_and_goes_above_it() -> None:
    stage = scene.stage(crowd(200))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, *["pagedown"] * 5, "k", "k", "k")
        at_rest(stage)
        await pilot.pause()
        here, sid, before = marked_line(stage), table(stage).cursor_sid, screen_text(stage).splitlines()
        shown, chance = stage.board.state.picture, random.Random(7)  # noqa: S311 - chance for a test
        for number in range(20):
            above = rooms(stage)[: rooms(stage).index(sid or "")]
            gone = set(chance.sample(above, 2)) if number % 3 else set()
            shown = after(shown, gone=gone, new=(urgent(number + 1),) if number % 2 else ())
            stage.board.show(shown)
            await pilot.pause()
            assert marked_line(stage) == here
            assert table(stage).cursor_sid == sid
        assert screen_text(stage).splitlines()[here] == before[here]


async def test_at_the_top_a_room_that_closes_earlier_comes_into_sight() -> None:
    stage = scene.stage(crowd(200))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "j")
        at_rest(stage)
        sid = table(stage).cursor_sid
        stage.board.show(after(stage.board.state.picture, new=(urgent(1),)))
        await pilot.pause()
        assert "urgent-1" in screen_text(stage)
        assert table(stage).cursor_sid == sid
        assert table(stage).scroll_offset.y == 0


@pytest.mark.parametrize("keys", [["e", "enter"], ["y"], ["question_mark", "escape"], ["enter", "escape"]])
async def test_until_a_key_is_pressed_the_cursor_is_on_what_closes_first_and_then_on_its_room(keys: list[str]) -> None:
    early, late = room(1, "aa", ago(minutes=1)), room(2, "bb", ago(seconds=30))
    stage = scene.stage(picture([LiveRoom.known(early, None), live(late)]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert table(stage).cursor_sid == late.sid, "of the other it is not known yet"
        await press(pilot, *keys)
        stage.board.show(picture([live(early), live(late)]))
        await pilot.pause()
        at_rest(stage)
        assert rooms(stage) == [early.sid, late.sid]
        assert table(stage).cursor_sid == late.sid


async def test_before_any_key_the_cursor_goes_along_to_what_closes_first() -> None:
    early, late = room(1, "aa", ago(minutes=1)), room(2, "bb", ago(seconds=30))
    stage = scene.stage(picture([LiveRoom.known(early, None), live(late)]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.board.show(picture([live(early), live(late)]))
        await pilot.pause()
        assert table(stage).cursor_sid == early.sid


async def test_sorting_leaves_a_cursor_on_the_first_room_at_the_first_and_else_on_its_room() -> None:
    stage = scene.stage(crowd(200))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        first = table(stage).cursor_sid
        await press(pilot, "s", "n", "S")
        assert table(stage).cursor_sid == rooms(stage)[0] != first
        assert table(stage).scroll_offset.y == 0
        await press(pilot, "j")
        second = table(stage).cursor_sid
        await press(pilot, "0")
        assert (table(stage).cursor_sid, rooms(stage)[0]) == (second, first)


async def test_just_after_a_key_no_line_moves_though_rooms_end_and_change_and_come() -> None:
    stage = scene.stage(crowd(200))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        table(stage)._monotonic = lambda: 100.0
        await press(pilot, "j", "j", "j")
        before = rooms(stage)
        sid = before[3]
        joined = live(stage.board.state.picture.live[before[2]].room, gone=None)
        stage.board.show(after(stage.board.state.picture, gone={before[0], sid}, new=(joined, urgent(1))))
        await pilot.pause()
        assert rooms(stage) == [*before, urgent(1).room.sid]
        assert table(stage).cursor_sid == sid
        assert ["0s ago" in line[:12] for line in screen_text(stage).splitlines()[2:7]] == [
            True,
            *[False] * 2,
            True,
            False,
        ]
        # A moment later, with no news, they take their places; the cursor stays on its room.
        table(stage)._monotonic = lambda: 102.0
        stage.app.tick()
        await pilot.pause()
        assert rooms(stage)[0] == urgent(1).room.sid
        assert before[0] == rooms(stage)[-1]
        assert table(stage).cursor_sid == sid
        # It has ended under the cursor: once that has left, it goes below the others.
        await press(pilot, "j")
        at_rest(stage)
        assert sid in rooms(stage)[-2:]
        assert table(stage).cursor_sid == before[4]


async def test_a_room_whose_deadline_moves_takes_the_cursor_along_on_the_same_line() -> None:
    stage = scene.stage(crowd(200))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "j", "j")
        at_rest(stage)
        here, sid = marked_line(stage), table(stage).cursor_sid or ""
        later = live(stage.board.state.picture.live[sid].room, gone=None)
        stage.board.show(after(stage.board.state.picture, new=(later,)))
        await pilot.pause()
        assert rooms(stage)[-1] == sid
        assert table(stage).cursor_sid == sid
        assert marked_line(stage) > here, "at the end of the list there is no room below it"
        stage.board.show(after(stage.board.state.picture, gone=set(rooms(stage)[:5])))
        await pilot.pause()
        assert table(stage).cursor_sid == sid


async def test_what_is_made_anew_for_a_change_or_a_second_is_what_is_on_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = scene.stage(crowd(3000))
    made: list[str] = []
    counting = tuple(replace(column, cell=_counted(column.cell, made)) for column in COLUMNS)
    monkeypatch.setattr("roomtui.tui.columns.COLUMNS", counting)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = table(stage)
        lines, columns = shown.size.height, len(shown._columns())
        ticking = sum(placed.column.ticks for placed in shown._columns())
        made.clear()
        stage.app.tick()
        assert made == [], "within a second nothing ticks"
        stage.clock.advance(1)
        stage.app.tick()
        assert len(made) == lines * ticking
        await pilot.pause()
        made.clear()
        # A room out of sight changes: nothing is made. One in sight: one row.
        far, near = rooms(stage)[2000], rooms(stage)[5]
        for sid, rows in ((far, 0), (near, 1)):
            entry = stage.board.state.picture.live[sid]
            same = replace(entry, listed=not entry.listed)
            state = replace(stage.board.state, changed=frozenset({sid}), picture=_with(stage.board.state.picture, same))
            stage.app._on_board(state)
            assert len(made) == rows * columns
            made.clear()


async def test_a_filter_is_typed_over_many_rooms_a_part_of_them_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_table, "_SIFTED_AT_A_TIME", 50)
    stage = scene.stage(crowd(400))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        parts: list[int | None] = []
        go_on = table(stage)._rows.go_on

        def counted(cursor: str | None, *, rooms: int | None = None) -> str | None:
            parts.append(rooms)
            return go_on(cursor, rooms=rooms)

        monkeypatch.setattr(table(stage)._rows, "go_on", counted)
        await press(pilot, "slash", *typed("m-0007"))
        # With the last letter only the hundred that were left are asked.
        assert parts == [50] * (8 * len("m-000") + 2)
        assert len(rooms(stage)) == 10
        assert "400 live" in text_of(stage, "#summary")


async def test_a_key_right_behind_a_filter_is_about_what_it_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_table, "_SIFTED_AT_A_TIME", 1)
    for keys in (("enter", "y"), ("down", "up", "enter", "y")):
        stage = scene.stage(crowd(300))
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            await press_at_once(pilot, "slash", *"room-00123", *keys)
            await settle(pilot)
            assert stage.app.copier.last is not None
            assert stage.app.copier.last.text == scene.sid("RM", 1123)


async def test_the_filter_holds_for_rooms_that_come_later() -> None:
    stage = scene.stage(picture([live(room(1, "red", ago(minutes=3))), live(room(2, "blue", ago(minutes=2)))]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "slash", *"red", "enter")
        more = (live(room(3, "redder", ago(minutes=1))), live(room(4, "green", ago(minutes=1))))
        stage.board.show(after(stage.board.state.picture, new=more))
        assert rooms(stage) == [scene.sid("RM", 1), scene.sid("RM", 3)]
        await press(pilot, "escape")
        assert len(rooms(stage)) == 4


async def test_what_closes_soon_is_counted_as_time_goes_on() -> None:
    stage = scene.stage(picture([live(room(1, "a", ago(minutes=4))), live(room(2, "b", NOW, unused_room_timeout=11))]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "1 closing soon" in text_of(stage, "#summary")
        stage.clock.advance(60)
        stage.app.tick()
        assert "2 closing soon" in text_of(stage, "#summary")


async def test_a_wide_screen_says_how_many_reads_go_out() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "reads/s" not in screen_text(stage)
        stage.app.tick()
        stage.app.tick()
        assert "<1 of 20 reads/s" in text_of(stage, "#freshness")


def _counted(
    cell: Callable[[Entry, datetime, View], Piece], made: list[str]
) -> Callable[[Entry, datetime, View], Piece]:
    def counting(entry: Entry, now: datetime, view: View) -> Piece:
        made.append(entry.room.sid)
        return cell(entry, now, view)

    return counting


def _with(shown: Picture, entry: LiveRoom) -> Picture:
    return replace(shown, live=MappingProxyType({**shown.live, entry.room.sid: entry}))
