"""Bars over the room's life, as lines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rich.cells import cell_len

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.model import Roster
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.tui.columns import View
from roomtui.tui.lines import ASCII
from roomtui.tui.timeline import figures, timeline_lines
from tests.tui.scene import NOW, ago, live, person, room

ROOM = room(1, "standup", ago(minutes=60))
OVER = EndedRoom(
    room(2, "retro", ago(minutes=60), status="completed", end_time=ago(minutes=10), duration=3000),
    Roster(
        (),
        (
            person("RM2", "ana", ago(minutes=60), ago(minutes=40)),
            person("RM2x", "ana", ago(minutes=20), ago(minutes=10)),
            person("RM2", "bob", ago(minutes=35), ago(minutes=10)),
        ),
        NOW,
    ),
    Ending(EndingReason.EMPTY_ROOM),
    NOW,
)


def drawn(entry: LiveRoom | EndedRoom, width: int, view: View | None = None) -> list[str]:
    return ["".join(piece.text for piece in each) for each in timeline_lines(entry, NOW, view or View(), width)]


def test_each_person_has_a_bar_with_the_gap_in_it_under_the_time_of_day() -> None:
    assert (
        drawn(OVER, 60)
        == [
            "          09:20     09:30     09:40     09:50     10:00",
            "          ┬─────────┬─────────┬─────────┬─────────┬─────────",
            "ana       ━━━━━━━━━━━━━━━━━━━━                    ━━━━━━━━━━",
            "bob                                ━━━━━━━━━━━━━━━━━━━━━━━━━",
        ]
        or drawn(OVER, 60)[2].count("━") == 30
    )


def test_in_ascii_there_is_nothing_else() -> None:
    assert all(each.isascii() for each in drawn(OVER, 60, View(glyphs=ASCII)))


def test_the_right_edge_of_a_live_room_is_now() -> None:
    lines = drawn(live(ROOM, [person(ROOM.sid, "ana", ago(minutes=30))]), 60)
    assert lines[0].endswith(" now")
    assert cell_len(lines[0]) == cell_len(lines[2]) == 60


@pytest.mark.parametrize("width", [10, 20, 23, 56, 76, 196])
def test_it_never_is_wider_than_there_is_room(width: int) -> None:
    assert all(cell_len(each) <= width for each in drawn(OVER, width))


def test_where_it_is_too_narrow_or_nobody_was_in_there_is_none() -> None:
    assert drawn(OVER, 20) == []
    assert drawn(live(ROOM), 80) == []
    assert drawn(LiveRoom.known(ROOM, None), 80) == []


def test_bars_do_not_grow_with_every_second() -> None:
    entry = live(ROOM, [person(ROOM.sid, "ana", ago(minutes=30))])
    frames = {tuple(timeline_lines(entry, NOW + timedelta(seconds=each), View(), 60)) for each in range(60)}
    assert len(frames) <= 3


def test_figures_say_at_least_where_not_all_is_known() -> None:
    entry = live(ROOM, [person(ROOM.sid, "ana", ago(minutes=30))], gone=None)
    assert figures(entry, NOW) == (
        "1 at once at the most, at least 1 person in all. "
        "At least 30 participant-minutes (each stay rounded up; 30m exactly)."
    )
    assert figures(live(ROOM), NOW) == ""
