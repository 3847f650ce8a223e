from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.rooms.recording import EVERYTHING, NOTHING, RecordingRule, RecordingRules
from roomtui.tui.columns import COLUMNS, View, heading, place
from roomtui.tui.lines import Tone
from tests.tui import scene
from tests.tui.scene import NOW, ago, live, person, room

BY_KEY = {column.key: column for column in COLUMNS}


def cell(key: str, entry: LiveRoom | EndedRoom, view: View | None = None, seconds: float = 0) -> str:
    return BY_KEY[key].cell(entry, NOW + timedelta(seconds=seconds), view or View()).text.strip()


@pytest.mark.parametrize("width", range(30, 260))
def test_columns_never_overlap_nor_leave_the_table(width: int) -> None:
    placed = place(width)
    for left, right in pairwise(placed):
        assert left.end < right.start
    if width >= 60:
        assert placed[-1].end <= width


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_every_width_says_what_closes_when_and_why(width: int) -> None:
    keys = {each.column.key for each in place(width)}
    assert {"closes", "name", "people", "why"} <= keys


def test_a_wide_table_has_every_column() -> None:
    titles = heading(place(200))
    for title in ("CLOSES IN", "ROOM", "PEOPLE", "WHY", "AGE", "STATE", "TYPE", "REGION", "REC", "SID"):
        assert title in titles


def test_there_is_one_type_column_at_any_width() -> None:
    for width in range(60, 220):
        assert heading(place(width)).count("TYPE") <= 1


def test_a_near_deadline_has_a_sign_that_needs_no_colour() -> None:
    empty = live(room(1, "x", ago(minutes=20)), gone=[person("RM", "a", ago(minutes=9), ago(minutes=4))])
    assert cell("closes", empty) == "1:00 !"
    assert cell("closes", empty, seconds=60) == "due !"


def test_a_bound_is_said_to_be_one() -> None:
    unread = LiveRoom.known(room(1, "x", ago(minutes=1)), None)
    assert cell("closes", unread) == "≤23h59"
    assert cell("people", unread) == "?/50"
    assert cell("why", unread) == "not read yet"


def test_old_data_is_not_shown_as_if_it_were_new() -> None:
    each = live(room(1, "x", ago(minutes=4, seconds=30)))
    assert BY_KEY["closes"].cell(each, NOW, View()).tone is Tone.CLOSING
    assert BY_KEY["closes"].cell(each, NOW, View(stale=True)).tone is Tone.DIM
    assert BY_KEY["people"].cell(each, NOW, View(stale=True)).tone is Tone.DIM


def test_an_ended_room_says_when_and_why_instead_of_a_countdown() -> None:
    over = room(1, "x", ago(hours=1), status="completed", end_time=ago(minutes=2), duration=3480)
    ended = EndedRoom(over, None, Ending(EndingReason.EMPTY_ROOM, certain=False), NOW)
    assert cell("closes", ended) == "2m ago"
    assert cell("why", ended) == "was empty?"
    assert cell("age", ended) == "58m"
    assert cell("state", ended) == "completed"


def test_a_phone_number_never_stands_in_the_why_column() -> None:
    each = room(1, "x", ago(minutes=30))
    phone = live(each, [person(each.sid, "+16505550123-634a594e", ago(minutes=20))])
    assert "650" not in cell("why", phone)


def test_a_room_named_after_a_phone_number_is_masked_on_request() -> None:
    each = live(room(1, "call +16505550123", ago(minutes=30)))
    assert cell("name", each, View(hide=True)) == "call +1650555****"


def test_a_full_room_stands_out() -> None:
    each = room(1, "x", ago(minutes=30), max_participants=1)
    full = live(each, [person(each.sid, "a", ago(minutes=2))])
    assert BY_KEY["people"].cell(full, NOW, View()).tone is Tone.WARN


def test_a_room_that_left_the_list_is_not_counted_down_as_if_all_were_well() -> None:
    each = LiveRoom.known(room(1, "x", ago(minutes=30)), scene.live(room(1, "x", NOW)).roster, listed=False)
    assert cell("why", each) == "closing"
    assert cell("closes", each).endswith(" ?")
    assert cell("people", each).endswith("?")
    assert BY_KEY["closes"].cell(each, NOW, View()).tone is Tone.DIM
    assert BY_KEY["closes"].cell(each, NOW, View(stale=True)).tone is Tone.DIM


RECORDED = room(1, "x", ago(minutes=1), record_participants_on_connect=True)
SOME = (RecordingRule(type="include", kind="audio"),)


@pytest.mark.parametrize(
    ("rules", "said"),
    [(EVERYTHING, "rec"), (NOTHING, ""), (SOME, "some"), (None, "rec?")],
)
def test_what_is_recorded_is_told_from_what_is_assumed(rules: tuple[RecordingRule, ...] | None, said: str) -> None:
    read = None if rules is None else RecordingRules(RECORDED.sid, rules, NOW)
    entry = replace(live(RECORDED), recording=read)
    assert cell("recording", entry) == said
    certain = rules is not None and said  # what is empty has one tone, so that its row is not drawn again for nothing
    assert BY_KEY["recording"].cell(entry, NOW, View()).tone is (Tone.TEXT if certain else Tone.DIM)


def test_a_room_that_was_not_made_to_be_recorded_has_no_sign_until_its_rules_say_otherwise() -> None:
    entry = live(room(1, "x", ago(minutes=1)))
    assert cell("recording", entry) == ""
    assert cell("recording", replace(entry, recording=RecordingRules("RM", EVERYTHING, NOW))) == "rec"
    assert cell("recording", live(room(1, "x", ago(minutes=1), record_participants_on_connect=None))) == ""


def test_an_old_state_is_dimmed() -> None:
    entry = replace(live(RECORDED), recording=RecordingRules("RM", EVERYTHING, NOW))
    assert BY_KEY["recording"].cell(entry, NOW, View(stale=True)).tone is Tone.DIM


def test_of_an_ended_room_only_what_it_was_made_with_is_known() -> None:
    assert cell("recording", EndedRoom(RECORDED, None, Ending(EndingReason.EMPTY_ROOM), NOW)) == "rec?"
