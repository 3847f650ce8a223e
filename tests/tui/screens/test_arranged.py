"""Finding, sorting and marking rooms, driven by keys; what was chosen lasts until the next run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from roomtui.rooms.picture import LiveRoom
from roomtui.state import Forgetful
from tests.tui import scene
from tests.tui.driving import press, rooms, screen_text, settle, table, text_of, told
from tests.tui.scene import ago, live, person, picture, room

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roomtui.state import Memory
    from tests.tui.scene import Stage

NAMES = {" ": "space", ":": "colon", ">": "greater_than_sign", "<": "less_than_sign", "!": "exclamation_mark"}
BUSY = room(1, "busy", ago(minutes=9))
A = live(BUSY, [person(BUSY.sid, "alice", ago(minutes=8)), person(BUSY.sid, "bob", ago(minutes=8))])
B = live(room(2, "waiting-room", ago(minutes=4)))
C = live(room(3, "cosy", ago(minutes=2)), [person("RM", "alice", ago(minutes=1))])
D = LiveRoom.known(room(4, "dark", ago(minutes=1)), None)


def keys(text: str) -> list[str]:
    return [NAMES.get(character, character) for character in text]


def stage(views: Mapping[str, str] | None = None, memory: Memory | None = None, **more: bool) -> Stage:
    made = scene.stage(picture([A, B, C, D]), **more)  # type: ignore[arg-type] # flags of the stage, by name
    made.app.settings = replace(made.app.settings, views=views or {}, memory=memory or Forgetful())
    return made


def named(shown: Stage) -> list[str]:
    live_now = shown.board.state.picture.live
    return [live_now[sid].room.unique_name.raw for sid in rooms(shown)]


async def test_terms_are_completed_counted_and_complained_about_while_they_are_typed() -> None:
    made = stage()
    async with made.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "slash", *"peo")
        assert "people:  how many are in it (people:>3)" in screen_text(made)
        await press(pilot, "tab")
        assert "people: wants a number, as people:>3" in screen_text(made)
        await press(pilot, *keys(">1"))
        assert named(made) == ["busy"]
        assert "1 found  1 waiting" in screen_text(made)
        await press(pilot, *keys(" who:al"), "right")
        assert made.app.query_one("#filter").value == "people:>1 who:alice"  # type: ignore[attr-defined] # an Input
        await press(pilot, "enter")
        assert "filter: people:>1 who:alice (1, 1 waiting)" in text_of(made, "#summary")
        assert made.app.settings.memory.recall("filter") == "people:>1 who:alice"
        # Its people are read, and it is one of those that are asked for.
        known = live(D.room, [person(D.room.sid, name, ago(10)) for name in ("alice", "eve")])
        made.board.show(picture([A, B, C, known]), changed=frozenset({D.room.sid}))
        assert named(made) == ["busy", "dark"]


async def test_what_time_makes_match_is_shown_when_the_time_has_come() -> None:
    made = stage()
    async with made.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "slash", *keys("closes:<30s"), "enter")
        assert "no room matches so far; of 1 it is not known yet" in screen_text(made)
        made.clock.advance(31)
        made.app.tick()
        await pilot.pause()
        assert named(made) == ["waiting-room"]
        assert "(1, 1 waiting)" in text_of(made, "#summary")


async def test_filter_sort_and_columns_are_those_of_the_last_run_and_nonsense_is_forgotten() -> None:
    memory = Forgetful()
    memory.remember("filter", "  people:>0 ")
    memory.remember("sort", ["people", False])
    memory.remember("columns", [["name", 20], ["region", None], ["no such", 3]])
    made = stage(memory=memory)
    async with made.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert named(made) == ["cosy", "busy"]
        assert "filter: people:>0 (2, 1 waiting)" in text_of(made, "#summary")
        heading = text_of(made, "#heading")
        assert heading.split() == ["ROOM", "REGION"]
    for key, nonsense in (("filter", 7), ("sort", ["people"]), ("sort", ["state", True]), ("columns", ["x", [1]])):
        memory = Forgetful()
        memory.remember(key, nonsense)  # type: ignore[arg-type] # what a file may hold
        made = stage(memory=memory)
        async with made.app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            assert named(made) == ["waiting-room", "busy", "cosy", "dark"]
            assert "CLOSES IN" in text_of(made, "#heading")


async def test_a_saved_filter_is_chosen_by_its_number_and_forgotten_by_esc() -> None:
    made = stage()
    async with made.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "v")
        assert "No filter is saved" in told(made)
    made = stage({"busy": "people:>1", "the empty": "empty:yes"})
    async with made.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "v")
        assert "2  the empty  empty:yes" in screen_text(made)
        await press(pilot, "2")
        assert named(made) == ["waiting-room"]
        assert 'filter: @"the empty" (1, 1 waiting)' in text_of(made, "#summary")
        await press(pilot, "v", "0")
        assert len(rooms(made)) == 4
        await press(pilot, "ctrl+p", *"@busy")
        await press(pilot, "enter")
        assert named(made) == ["busy"]
        await press(pilot, "v", "0")
        await press(pilot, "v", "enter")
        assert len(rooms(made)) == 4, "it stands on what holds now"
        await press(pilot, "slash", "at", "tab", "enter")
        assert named(made) == ["busy"]
        await press(pilot, "escape")
        assert len(rooms(made)) == 4
        assert made.app.settings.memory.recall("filter") == ""


async def test_rooms_are_sorted_by_a_letter_backwards_by_the_same_again_and_as_usual_by_0() -> None:
    made = stage()
    async with made.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "s")
        assert "p  PEOPLE" in screen_text(made)
        await press(pilot, "p")
        assert named(made) == ["busy", "cosy", "waiting-room", "dark"]
        assert "PEOPLE▼" in text_of(made, "#heading")
        await press(pilot, "s", "p")
        assert named(made) == ["waiting-room", "cosy", "busy", "dark"], "what is not known stays last"
        assert "PEOPLE▲" in text_of(made, "#heading")
        assert made.app.settings.memory.recall("sort") == ["people", False]
        await press(pilot, "s", "n")
        assert named(made) == ["busy", "cosy", "dark", "waiting-room"]
        await press(pilot, "S")
        assert named(made) == ["waiting-room", "dark", "cosy", "busy"]
        # The order holds still just after a key, and the cursor stays on its room.
        sid = table(made).cursor_sid
        await press(pilot, "0")
        assert named(made) == ["waiting-room", "busy", "cosy", "dark"]
        assert table(made).cursor_sid == sid
        assert made.app.settings.memory.recall("sort") is None
        assert "▲" not in text_of(made, "#heading")


async def test_marks_stay_with_their_rooms_whatever_a_filter_hides_and_go_with_them() -> None:
    made = stage()
    async with made.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "space", "space")
        assert "2 marked" in text_of(made, "#summary")
        assert [line[11] for line in screen_text(made).splitlines()[2:6]] == ["*", "*", " ", " "]
        assert table(made).cursor_sid == C.room.sid
        await press(pilot, "V")
        assert list(table(made).marks) == [B.room.sid, A.room.sid, C.room.sid]
        await press(pilot, "slash", *"busy", "enter")
        assert "3 marked, 2 hidden" in text_of(made, "#summary")
        await press(pilot, "u")
        assert "marked" not in text_of(made, "#summary")
        await press(pilot, "asterisk", "escape")
        assert list(table(made).marks) == [A.room.sid], "all that are shown; esc forgets the filter first"
        await press(pilot, "space")
        assert list(table(made).marks) == []
        await press(pilot, "asterisk")
        made.board.show(picture([A, B]), changed=frozenset({C.room.sid, D.room.sid}))
        assert set(table(made).marks) == {A.room.sid, B.room.sid}
        await press(pilot, "escape")
        assert list(table(made).marks) == []


async def test_in_ascii_the_signs_are_ascii() -> None:
    made = stage(ascii_only=True)
    async with made.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "s", "n", "asterisk", "slash", *"al")
        assert "ROOM^" in text_of(made, "#heading")
        assert screen_text(made).isascii()
        await press(pilot, "escape", "s")
        assert screen_text(made).isascii()
        await press(pilot, "escape", "C", "minus")
        assert "CLOSES ~" in text_of(made, "#heading"), "a ? says that something is not known"


async def test_columns_are_shown_moved_and_widened_in_sight_of_the_table_and_kept() -> None:
    made = stage()
    async with made.app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        before = text_of(made, "#heading")
        await press(pilot, "C")
        # The cursor is on CLOSES IN: down by one, wider by two; then ROOM away, which stays, and PEOPLE.
        await press(pilot, "J", "plus", "plus", "k", "space", "j", "j", "space")
        heading = text_of(made, "#heading").split()
        assert heading[:4] == ["ROOM", "CLOSES", "IN", "WHY"]
        kept = made.app.settings.memory.recall("columns")
        assert isinstance(kept, list)
        assert kept[:3] == [["name", None], ["closes", 11], ["why", None]]
        await press(pilot, "escape")
        assert text_of(made, "#heading").split()[:4] == heading[:4]
        made.app.settings = replace(made.app.settings, columns=("room", "region"))
        await press(pilot, "C", "0")
        assert text_of(made, "#heading").split() == ["ROOM", "REGION"], "as the configuration says"
        made.app.settings = replace(made.app.settings, columns=("room", "heading"))
        made.app._live.recall()
        await pilot.pause()
        assert "columns that are none: heading" in told(made)
        made.app.settings = replace(made.app.settings, columns=None)
        await press(pilot, "C", "0")
        assert text_of(made, "#heading") == before
        assert made.app.settings.memory.recall("columns") is None
