"""Many rooms are ended by typing how many they are, at a pace, and each tells what came of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.model import Roster
from roomtui.rooms.picture import LiveRoom
from roomtui.tui.screens import end_many as dialog
from roomtui.twilio_api.errors import TwilioError
from roomtui.watch.actions import EndOutcome, EndResult, Sight
from roomtui.watch.bulk import end_many
from tests.tui import scene
from tests.tui.driving import flat, press, screen_text, settle, table, text_of, told
from tests.tui.scene import NOW, ago, crowd, live, person, picture, room

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tui.scene import Stage

BUSY = room(1, "busy +16505550123", ago(minutes=9))
A = live(BUSY, [person(BUSY.sid, "alice", ago(minutes=8)), person(BUSY.sid, "bob", ago(minutes=8))])
B = live(room(2, "quiet", ago(minutes=4)))
C = live(room(3, "", ago(minutes=2)))
D = LiveRoom.known(room(4, "dark", ago(minutes=1)), None)
SID_A, SID_B, SID_C, SID_D = (each.room.sid for each in (A, B, C, D))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_seconds: float) -> None:
        return

    monkeypatch.setattr(dialog, "end_many", partial(end_many, sleep=at_once))


def deeds(stage: Stage, of: Callable[[str, bool], EndResult | Exception | None]) -> None:
    """What comes of ending a room, where that is not what always does."""
    usual = stage.actions.end_room

    async def end_room(sid: str, *, even_if_occupied: bool) -> EndResult:
        told = of(sid, even_if_occupied)
        if isinstance(told, Exception):
            raise told
        return told or await usual(sid, even_if_occupied=even_if_occupied)

    stage.actions.end_room = end_room  # type: ignore[method-assign] # as each test wants it


async def test_it_lists_the_rooms_and_says_how_many_people_and_only_the_number_ends_them() -> None:
    stage = scene.stage(picture([A, B, C, D]), hide_personal=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "asterisk", "e")
        shown = flat(stage)
        assert "End 4 rooms for everybody?" in shown
        assert f"busy +1650555**** …{SID_A[-6:]} 2 people" in shown
        assert f"(no name) …{SID_C[-6:]} empty" in shown
        assert f"dark …{SID_D[-6:]} not read" in shown
        assert "2 people are in 1 of them." in shown
        assert "1 room not read yet: ended only if empty." in shown
        # Nothing but the number does anything; the keys of the dashboard are letters here.
        await press(pilot, "enter", *"5", "enter", "q", "tab", "enter")
        assert "That is not it. Type 4 to end them all" in flat(stage)
        assert stage.actions.ended == []
        await press(pilot, "backspace", "backspace", "4", "enter")
        assert stage.actions.ended == [SID_B, SID_C, SID_A, SID_D]
        assert "4 ended, 2 people put out." in flat(stage)
        assert [sid for what, sid in stage.feed.told if what == "ended_by_us"] == stage.actions.ended
        await press(pilot, "enter")
        assert not stage.app.screen.is_modal
        assert list(table(stage).marks) == []


async def test_what_is_not_ended_says_why_and_stays_marked() -> None:
    stage = scene.stage(picture([A, B, C, D]))

    def of(sid: str, even_if_occupied: bool) -> EndResult | Exception | None:  # noqa: FBT001 - as it is called
        if sid == SID_A:
            assert even_if_occupied, "the person was told of two people"
            return EndResult(EndOutcome.ENDED_BEFORE, A.room, 0)
        if sid == SID_B:
            assert not even_if_occupied
            return EndResult(EndOutcome.OCCUPIED, B.room, 2)
        return TwilioError("Twilio has trouble with +16505550123.") if sid == SID_D else None

    deeds(stage, of)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "asterisk", "e", "4", "enter")
        shown = flat(stage)
        assert f"quiet …{SID_B[-6:]} NOT ended 2 people came in meanwhile: not ended" in shown
        assert f"dark …{SID_D[-6:]} NOT ended Twilio has trouble" in shown
        assert "1 ended; 1 had ended before; 2 not ended; what is left stays" in shown
        await press(pilot, "escape")
        assert set(table(stage).marks) == {SID_B, SID_D}
        assert "2 marked" in text_of(stage, "#summary")


async def test_what_changes_before_the_deed_is_told_and_what_was_empty_stays_to_be_spared() -> None:
    stage = scene.stage(picture([A, B, C]))
    spared: list[tuple[str, bool]] = []
    deeds(stage, lambda sid, even_if_occupied: spared.append((sid, even_if_occupied)))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "asterisk", "e")
        joined = replace(B, roster=Roster((person(SID_B, "eve", NOW),), (), NOW))
        stage.board.show(picture([A, joined]))
        await settle(pilot)
        shown = flat(stage)
        assert "3 people are in 2 of them." in shown
        assert f"(no name) …{SID_C[-6:]} has ended" in shown
        assert "1 room not empty any more: will not be ended." in shown
        await press(pilot, "3", "enter")
        assert dict(spared) == {SID_A: True, SID_B: False, SID_C: False}


async def test_esc_stops_after_the_room_in_hand_and_the_rest_stays_marked() -> None:
    stage = scene.stage(crowd(30))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        looks = 0

        async def look(sid: str) -> Sight:
            nonlocal looks
            looks += 1
            if looks == 3:
                stage.actions.gate.clear()
            await stage.actions.gate.wait()
            return Sight(stage.board.state.picture.live[sid].room, Roster((), (), NOW))

        stage.actions.look = look  # type: ignore[assignment,method-assign] # holds the third one up
        await press(pilot, "asterisk", "e")
        assert "30 rooms" in screen_text(stage)
        await pilot.press("3", "0", "enter")
        await pilot.pause()
        assert "2 of 30" in screen_text(stage)
        await pilot.press("q", "enter", "escape")
        await pilot.pause()
        assert "Stopping after the one in hand." in screen_text(stage)
        assert stage.app.screen.is_modal
        stage.actions.gate.set()
        await settle(pilot)
        assert len(stage.actions.ended) == 3
        assert "3 ended; 27 not tried; what is left stays marked." in flat(stage)
        assert "3 of 30" not in screen_text(stage), "all were asked about, if only to be left alone"
        await press(pilot, "enter")
        assert len(table(stage).marks) == 27


async def test_rooms_that_a_filter_hides_are_said_to_be_hidden() -> None:
    stage = scene.stage(picture([A, B, C]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "asterisk", "slash", *"quiet", "enter", "e")
        assert "2 of them are hidden by the filter." in screen_text(stage)


async def test_one_mark_is_asked_about_as_one_room_wherever_the_cursor_is() -> None:
    stage = scene.stage(picture([A, B, C]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "space", "G", "e")
        assert "End this room for everybody?" in screen_text(stage)
        assert SID_B in screen_text(stage)
        await press(pilot, "tab", "enter")
        assert stage.actions.ended == [SID_B]
        assert list(table(stage).marks) == []


async def test_marks_change_nothing_where_nothing_may_be_changed() -> None:
    stage = scene.stage(picture([A, B, C]), read_only=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "asterisk", "e")
        assert not stage.app.screen.is_modal
        assert "nothing can be ended here" in told(stage)
