"""The dialog that puts somebody out of a room."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets import OptionList

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.model import Roster
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import Refused, Unreachable
from roomtui.watch.actions import ReadOnlyError
from roomtui.watch.journal import JournalError
from tests.tui import scene
from tests.tui.driving import press, press_at_once, screen_text, settle, told
from tests.tui.scene import NOW, ago, live, person, picture, room

ROOM = room(3, "Board & Co", ago(minutes=30))
ALICE, BOB, CARL = (
    person(ROOM.sid, name, ago(minutes=minutes)) for name, minutes in (("alice", 9), ("bob", 7), ("carl", 5))
)
BUSY = live(ROOM, [CARL, ALICE, BOB])


async def test_first_who_then_whether_and_tab_enter_removes() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x", "down", "enter")
        assert stage.actions.removed == []
        for said in ("bob", BOB.sid, "Board & Co", ROOM.sid, "Nothing keeps them from joining again."):
            assert said in screen_text(stage)
        await press(pilot, "tab", "enter")
        assert stage.actions.removed == [BOB.sid]
        assert not stage.app.screen.is_modal
        assert "Removed bob from Board & Co: 2 people left in it. Nothing keeps them from joining again." in told(stage)
        assert ("look_at", ROOM.sid) in stage.feed.told


@pytest.mark.parametrize("keys", [["enter"], ["escape"], ["tab", "escape"]])
async def test_cancel_has_the_focus(keys: list[str]) -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x", "enter", *keys)
        assert stage.actions.removed == []
        assert not stage.app.screen.is_modal


async def test_the_keys_of_the_table_work_in_the_list_and_the_arrows_go_both_ways() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x", "G", "k", "enter", "right", "left", "right", "enter")
        assert stage.actions.removed == [BOB.sid]


async def test_it_works_from_the_rooms_own_screen() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "x", "enter", "tab", "enter")
        assert stage.actions.removed == [ALICE.sid]


async def test_the_choice_is_a_person_whoever_comes_and_goes_above_them() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x", "down")
        earlier = person(ROOM.sid, "early", ago(minutes=20))
        stage.board.show(picture([live(ROOM, [earlier, BOB, CARL])]))
        await settle(pilot)
        assert "early" in screen_text(stage)
        stage.actions.picture = stage.board.state.picture
        await press(pilot, "enter", "tab", "enter")
        assert stage.actions.removed == [BOB.sid]


async def test_when_the_highlighted_one_leaves_nobody_else_is_taken_unasked() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x", "down")
        stage.board.show(picture([live(ROOM, [ALICE, CARL])]))
        await settle(pilot)
        await press(pilot, "enter")
        assert "Remove this participant?" not in screen_text(stage), "the enter was meant for who has left"
        assert stage.app.screen.query_one(OptionList).highlighted is None
        await press(pilot, "down", "enter")
        assert "Remove this participant?" in screen_text(stage)


async def test_who_leaves_while_it_is_asked_cannot_be_removed() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x", "enter")
        stage.board.show(picture([live(ROOM, [BOB, CARL])]))
        await settle(pilot)
        assert "They have left already" in screen_text(stage)
        await press(pilot, "tab", "enter")
        assert stage.actions.removed == []
        assert not stage.app.screen.is_modal


async def test_who_had_left_before_is_told_as_such() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x", "enter")
        gone = replace(ALICE, status="disconnected", end_time=NOW)
        stage.actions.picture = picture([live(ROOM, [BOB, CARL], [gone])])
        await press(pilot, "tab", "enter")
        assert "alice had left Board & Co already." in told(stage)


async def test_those_present_are_read_afresh() -> None:
    stage = scene.stage(picture([LiveRoom.known(ROOM, None)]))
    stage.actions.picture = picture([BUSY])
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x")
        for name in ("alice", "bob", "carl"):
            assert name in screen_text(stage)


async def test_an_empty_room_has_nobody_to_remove() -> None:
    stage = scene.stage(picture([live(ROOM)]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x")
        assert "Nobody is in it." in screen_text(stage)
        await press(pilot, "enter", "escape")
        assert not stage.app.screen.is_modal


@pytest.mark.parametrize(
    "failure",
    [
        Unreachable("Twilio does not answer."),
        Refused(status=400, code=53209, message=Untrusted("[b]No[/] \x1b[2J")),
        ReadOnlyError("This is read-only."),
        JournalError("It cannot be written down."),
    ],
)
async def test_a_refusal_is_said_in_the_dialog_which_stays_open(failure: Exception) -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x", "enter")
        stage.actions.failing = failure
        await press(pilot, "tab", "enter")
        assert stage.app.screen.is_modal
        assert str(failure)[:30] in screen_text(stage)
        stage.actions.failing = None
        await press(pilot, "enter")
        assert stage.actions.removed == [ALICE.sid]


async def test_a_removal_that_does_not_show_yet_is_said_to_be_one() -> None:
    stage = scene.stage(picture([BUSY]))
    stage.actions.unclear = True
    stage.actions.unwritten = "The journal cannot be written."
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x", "enter", "tab", "enter")
        assert "they are not seen to be gone from Board & Co. The journal cannot be written." in told(stage)


async def test_a_slow_answer_outlives_the_dialog() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x", "enter")
        stage.actions.gate.clear()
        await pilot.press("tab", "enter", "enter")
        await pilot.pause()
        assert "Removing them..." in screen_text(stage)
        await pilot.press("escape")
        stage.actions.gate.set()
        await settle(pilot)
        assert stage.actions.removed == [ALICE.sid]
        assert "Removed alice" in told(stage)


async def test_a_room_that_ends_meanwhile_is_said_to_have_ended() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x")
        stage.board.show(picture([], [EndedRoom(ROOM, None, Ending(EndingReason.ENDED_BY_OTHERS), NOW)]))
        await settle(pilot)
        assert "It has ended: ended via API" in screen_text(stage)
        await press(pilot, "enter")
        assert not stage.app.screen.is_modal
        assert stage.actions.removed == []


async def test_keys_that_arrive_at_once_remove_the_first() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, "x", "enter", "tab", "enter")
        assert stage.actions.removed == [ALICE.sid]


async def test_strangers_names_are_only_text_and_numbers_masked() -> None:
    people = [person(ROOM.sid, name, ago(minutes=3)) for name in ("[@click=app.quit]x\x1b[2J", "+16505550123-634a594e")]
    stage = scene.stage(picture([LiveRoom.known(ROOM, Roster(tuple(people), (), NOW))]), hide_personal=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "x")
        assert "[@click=app.quit]x^[[2J" in screen_text(stage)
        assert "+1650555****-634a594e" in screen_text(stage)
        for _ in people:
            await press(pilot, "x", "down", "enter")
            assert "5550123" not in screen_text(stage)
            await press(pilot, "tab", "enter")
        assert "5550123" not in told(stage)
        assert stage.app.is_running
