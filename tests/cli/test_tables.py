"""Rooms and people as tables: what comes first, what gives way where it is narrow, what is hidden."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcwidth

from roomtui.cli.columns import _width, cut, table
from roomtui.cli.tables import people_lines, room_lines, summary_line
from roomtui.rooms.model import Roster, Track, Tracks
from roomtui.rooms.picture import LiveRoom
from roomtui.rooms.recording import EVERYTHING, RecordingRules
from roomtui.rooms.untrusted import Untrusted, safe
from tests.rooms.builders import after, participant, room, roster

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.rooms.model import Room

NOW = after(minutes=3)
PHONE = "+16505550123-634a594e"


def sid(number: int) -> str:
    return f"RM{number:032x}"


def over(name: str, ended: datetime, number: int) -> Room:
    return room(name, sid=sid(number), status="completed", ended=ended)


def track(*, enabled: bool, kind: str = "audio") -> Track:
    return Track(sid="MT1", participant_sid="PA1", name=Untrusted("x"), kind=kind, enabled=enabled)


# -- rooms


def test_live_rooms_come_by_what_closes_first_and_ended_ones_below_newest_first() -> None:
    rooms = [
        over("old", after(minutes=1), 1),
        room("late", sid=sid(2), unused=60),
        over("new", after(minutes=2), 3),
        room("soon", sid=sid(4), unused=5),
    ]
    empty = Roster((), (), NOW)
    lines = room_lines(rooms, {each.sid: empty for each in rooms}, NOW, hide=False, width=None)
    assert [line.split()[1] if line else "" for line in lines] == ["ROOM", "soon", "late", "", "ROOM", "new", "old"]
    assert lines[0].split() == ["SID", "ROOM", "PEOPLE", "CLOSES", "IN", "WHY", "AGE", "TYPE"]
    assert lines[4].split() == ["SID", "ROOM", "ENDED", "(UTC)", "LASTED", "WHY", "TYPE"]
    assert "06-12 15:44" in lines[5]
    assert "/50" not in lines[5]


def test_only_ended_rooms_need_no_titles_of_live_ones() -> None:
    lines = room_lines([over("over", after(minutes=1), 1)], {}, NOW, hide=False, width=None)
    assert len(lines) == 2
    assert lines[0].startswith("SID")
    assert room_lines([], {}, NOW, hide=False, width=80) == []


@pytest.mark.parametrize("width", [36, 60, 80, 100, 200])
@pytest.mark.parametrize("name", ["a", "a name that is long enough not to fit in", "東京会議室の名前は長い" * 3])
def test_a_sid_is_never_cut_and_a_line_is_never_too_wide(name: str, width: int) -> None:
    rooms = [room(name, sid=sid(1)), over(name, after(minutes=1), 2)]
    who = participant("alice" * 10, sid=f"PA{1:032x}")
    lines = [
        *room_lines(rooms, {}, NOW, hide=False, width=width),
        *people_lines(rooms[0], roster(who), {}, NOW, hide=False, width=width),
    ]
    assert {sid(1), sid(2), who.sid} <= {line.split()[0] for line in lines if line}
    assert all(cut(line, width) == line for line in lines), lines


def test_at_eighty_columns_it_still_tells_when_and_why() -> None:
    title, line = room_lines([room("a name that is long enough not to fit in")], {}, NOW, hide=False, width=80)
    assert title.split() == ["SID", "ROOM", "PEOPLE", "CLOSES", "IN", "WHY"]
    assert line.split()[-4:] == ["<23h57", "not", "read", "yet"]


def test_numbers_are_hidden_everywhere_on_request() -> None:
    there = room(PHONE)
    who = roster(participant(PHONE, sid="PA1"))
    lines = [
        *room_lines([there, over(PHONE, NOW, 9)], {there.sid: who}, NOW, hide=True, width=None),
        *people_lines(there, who, {}, NOW, hide=True, width=None),
    ]
    assert not any("6505550123" in line for line in lines)
    assert sum("+1650555****" in line for line in lines) == 3


# -- people


def test_who_came_by_phone_and_who_is_muted_is_noted() -> None:
    people = [participant(PHONE), participant("alice"), participant("bob"), participant("silent")]
    tracks = {
        people[0].sid: Tracks((track(enabled=False),), NOW),
        people[1].sid: Tracks((track(enabled=False), track(enabled=True, kind="video")), NOW),
        people[2].sid: Tracks((track(enabled=True),), NOW),
        people[3].sid: Tracks((), NOW),
    }
    lines = people_lines(room(), roster(*people), tracks, NOW, hide=False, width=None)
    assert lines[0].split()[-1] == "NOTE"
    notes = {line.split()[1]: line[lines[0].index("NOTE") :].strip() for line in lines[1:]}
    assert notes == {PHONE: "phone muted", "alice": "muted", "bob": "", "silent": ""}


def test_without_anything_to_note_there_is_no_such_column() -> None:
    lines = people_lines(room(), roster(participant("alice")), {}, NOW, hide=False, width=None)
    assert lines[0].split()[-2:] == ["LIMIT", "IN"]
    assert people_lines(room(), roster(), {}, NOW, hide=False, width=None) == []


def test_what_is_recorded_is_told_as_surely_as_it_is_known() -> None:
    live = LiveRoom.known(room(), roster(participant(PHONE)))
    assert summary_line(live) == "recorded: not known   phones: 1"
    made = replace(live, room=replace(live.room, record_participants_on_connect=True))
    assert summary_line(made) == "recorded: everything when it was made   phones: 1"
    ruled = replace(live, recording=RecordingRules(live.room.sid, EVERYTHING, NOW))
    assert summary_line(ruled) == "recorded: everything   phones: 1"


# -- columns


def test_columns_give_way_in_their_order() -> None:
    rows = [("aaaa", "bbbb", "cccc")]
    giving_way = (("B", 2), ("C", 0), ("nobody", 0), ("A", 3), ("C", 1))
    assert table("ABC", rows, width=None, giving_way=giving_way)[1] == "aaaa  bbbb  cccc"
    assert table("ABC", rows, width=16, giving_way=giving_way)[1] == "aaaa  bbbb  cccc"
    assert table("ABC", rows, width=15, giving_way=giving_way)[1] == "aaaa  bb~  cccc"
    assert table("ABC", rows, width=13, giving_way=giving_way)[1] == "aaaa  b~"
    assert table("ABC", rows, width=7, giving_way=giving_way)[1] == "aa~  b~"


@given(text=st.text(st.characters(min_codepoint=32)), width=st.integers(min_value=1, max_value=30))
def test_what_is_cut_says_so_and_fits(text: str, width: int) -> None:
    shown = cut(text, width)
    assert cut(shown, width) == shown
    assert shown == text or (shown.endswith("~") and text.startswith(shown[:-1]))


def test_columns_are_as_wide_as_terminals_draw_them() -> None:
    shown = [chr(point) for point in range(0x20, 0x20000) if safe(f"a{chr(point)}") == f"a{chr(point)}"]
    other = [each for each in shown if _width(each) != _drawn(each)]
    assert [hex(ord(each)) for each in other] == []


def _drawn(character: str) -> int:
    """As tmux, xterm and the C library have it; older ones of the library that we ask have vowels of India in none."""
    return 1 if unicodedata.category(character) == "Mc" else wcwidth(character)
