"""The dialog that ends a room."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.model import Roster
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.widgets.room_table import RoomTable
from roomtui.twilio_api.errors import CredentialsRefused, Unreachable
from roomtui.watch.actions import ReadOnlyError
from roomtui.watch.journal import JournalError
from tests.tui import scene
from tests.tui.driving import press, screen_text, settle, told, typed
from tests.tui.scene import NOW, ago, live, person, picture, room

EMPTY = live(room(1, "empty", ago(minutes=4)))
BUSY_ROOM = room(2, "Board & Co", ago(minutes=30))
BUSY = live(BUSY_ROOM, [person(BUSY_ROOM.sid, name, ago(minutes=5)) for name in ("alice", "bob", "carl")])


async def test_enter_alone_leaves_an_empty_room_alone() -> None:
    stage = scene.stage(picture([EMPTY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "enter")
        assert stage.actions.ended == []
        assert not stage.app.screen.is_modal


async def test_tab_and_enter_end_an_empty_room() -> None:
    stage = scene.stage(picture([EMPTY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "tab", "enter")
        assert stage.actions.ended == [EMPTY.room.sid]
        assert ("ended_by_us", EMPTY.room.sid) in stage.feed.told
        assert ("look_at", EMPTY.room.sid) in stage.feed.told
        assert "Ended empty: Twilio says completed." in told(stage)


async def test_the_question_names_the_room_its_sid_and_how_many_are_in_it() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        for said in ("Board & Co", BUSY_ROOM.sid, "3 people are in it", "Type Board & Co to end it"):
            assert said in screen_text(stage)


async def test_a_room_with_people_is_ended_by_typing_its_name() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e", *typed("Board & Co"), "enter")
        assert stage.actions.ended == [BUSY_ROOM.sid]
        assert "3 people put out" in told(stage)


@pytest.mark.parametrize("wrong", ["", "board & co", "Board", "Board & Company"])
async def test_a_wrong_name_ends_nothing(wrong: str) -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e", *typed(wrong), "enter")
        assert stage.actions.ended == []
        assert stage.app.screen.is_modal
        assert "That is not it" in screen_text(stage)


async def test_the_button_does_not_go_round_the_name() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "tab", "tab", "enter")
        assert stage.actions.ended == []


async def test_escape_leaves_the_room_alone() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e", *typed("Board & Co"), "escape")
        assert stage.actions.ended == []


@pytest.mark.parametrize("name", ["東京", "a\u202eb", "x" * 60, " padded ", "tab\there"])
async def test_a_name_that_cannot_be_typed_is_asked_for_by_the_end_of_the_sid(name: str) -> None:
    odd = replace(BUSY_ROOM, unique_name=Untrusted(name))
    stage = scene.stage(picture([LiveRoom.known(odd, BUSY.roster)]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert f"Type {odd.sid[-6:]} to end it" in screen_text(stage)
        await press(pilot, *odd.sid[-6:], "enter")
        assert stage.actions.ended == [odd.sid]


async def test_who_came_in_meanwhile_is_not_put_out_unasked() -> None:
    stage = scene.stage(picture([LiveRoom.known(BUSY_ROOM, Roster((), (), NOW))]))
    stage.actions.picture = picture([BUSY])
    stage.actions.gate.clear()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        # The keys are quicker than Twilio's answer.
        await pilot.press("e", "tab", "enter")
        stage.actions.gate.set()
        await settle(pilot)
        assert stage.actions.ended == []
        assert "3 people are in it" in screen_text(stage)
        assert "Type Board & Co to end it" in screen_text(stage)


async def test_who_came_in_after_the_look_is_not_put_out_unasked() -> None:
    stage = scene.stage(picture([LiveRoom.known(BUSY_ROOM, Roster((), (), NOW))]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        stage.actions.picture = picture([BUSY])
        await press(pilot, "tab", "enter")
        assert stage.actions.ended == []
        assert "Type Board & Co to end it" in screen_text(stage)


async def test_who_is_heard_of_before_the_keys_changes_nothing_of_what_they_mean() -> None:
    stage = scene.stage(picture([LiveRoom.known(BUSY_ROOM, Roster((), (), NOW))]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        stage.board.show(picture([BUSY]))
        await settle(pilot)
        assert "Type Board & Co to end it" in screen_text(stage)
        await press(pilot, "tab", "enter")  # not Cancel, as it would be were the focus in the field by now
        assert stage.app.screen.is_modal
        assert stage.actions.ended == []
        await press(pilot, *typed("Board & Co"), "enter")
        assert stage.actions.ended == [BUSY_ROOM.sid]


@pytest.mark.parametrize("moved", [[], ["tab"]])
async def test_the_name_can_be_typed_though_a_button_has_the_focus(moved: list[str]) -> None:
    stage = scene.stage(picture([LiveRoom.known(BUSY_ROOM, Roster((), (), NOW))]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e", *moved)
        stage.board.show(picture([BUSY]))
        await settle(pilot)
        await press(pilot, *typed("Board & Co"), "enter")
        assert stage.actions.ended == [BUSY_ROOM.sid]


async def test_the_name_can_be_pasted_though_a_button_has_the_focus() -> None:
    stage = scene.stage(picture([LiveRoom.known(BUSY_ROOM, Roster((), (), NOW))]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        stage.board.show(picture([BUSY]))
        await settle(pilot)
        stage.app.post_message(events.Paste("Board & Co"))
        await settle(pilot)
        await press(pilot, "enter")
        assert stage.actions.ended == [BUSY_ROOM.sid]


async def test_a_key_pressed_before_the_answer_is_not_lost() -> None:
    stage = scene.stage(picture([EMPTY]))
    stage.actions.gate.clear()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("e", "tab", "enter")
        assert stage.actions.ended == []
        stage.actions.gate.set()
        await settle(pilot)
        assert stage.actions.ended == [EMPTY.room.sid]


async def test_the_room_of_the_key_press_is_ended_whatever_moves_meanwhile() -> None:
    stage = scene.stage(picture([EMPTY, BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        other = live(room(7, "sooner", ago(minutes=4, seconds=50)))
        stage.board.show(picture([other, BUSY, EMPTY]))
        await press(pilot, "tab", "enter")
        assert stage.actions.ended == [EMPTY.room.sid]


async def test_after_an_end_the_cursor_is_on_the_next_room() -> None:
    stage = scene.stage(picture([EMPTY, BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "tab", "enter")
        assert stage.app.screen.query_one(RoomTable).cursor_sid == BUSY_ROOM.sid


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Unreachable("Twilio does not answer."), "Twilio does not answer."),
        (
            CredentialsRefused(status=403, code=20003, message=Untrusted("[b]no[/]\x1b[2J")),
            "[b]no[/]^[[2J",
        ),
        (ReadOnlyError("This is read-only."), "This is read-only."),
        (JournalError("It cannot be written down."), "It cannot be written down."),
    ],
)
async def test_a_refusal_is_said_in_the_dialog_which_stays_open(failure: Exception, said: str) -> None:
    stage = scene.stage(picture([EMPTY]))
    stage.actions.failing = failure
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "tab", "enter")
        assert stage.app.screen.is_modal
        assert said in screen_text(stage)
        stage.actions.failing = None
        await press(pilot, "enter")
        assert stage.actions.ended == [EMPTY.room.sid]


async def test_a_room_that_ended_before_the_look_is_told_as_such_and_cannot_be_ended() -> None:
    stage = scene.stage(picture([EMPTY]))
    over = LiveRoom.known(replace(EMPTY.room, status="completed"), EMPTY.roster)
    stage.actions.picture = picture([over])
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert "It has ended already" in screen_text(stage)
        await press(pilot, "tab", "enter")
        assert not stage.app.screen.is_modal
        assert stage.actions.ended == []


async def test_an_open_dialog_follows_its_room() -> None:
    stage = scene.stage(picture([LiveRoom.known(BUSY_ROOM, Roster((), (), NOW))]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert "nobody is in it" in screen_text(stage)
        stage.board.show(picture([BUSY]))
        await settle(pilot)
        assert "3 people are in it" in screen_text(stage)
        assert "Type Board & Co to end it" in screen_text(stage)


async def test_a_dialog_whose_room_ends_stays_open_so_that_typing_does_not_fall_into_the_table() -> None:
    stage = scene.stage(picture([BUSY, EMPTY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "j", "e", "B", "o")
        over = EndedRoom(BUSY_ROOM, None, Ending(EndingReason.ENDED_BY_OTHERS), NOW)
        stage.board.show(picture([EMPTY], [over]))
        await press(pilot, "q")
        assert stage.app.is_running
        assert "It has ended: ended via API" in screen_text(stage)
        await press(pilot, "enter")
        assert not stage.app.screen.is_modal
        assert stage.actions.ended == []


async def test_a_wrong_name_is_no_longer_called_wrong_once_it_is_edited() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "x", "enter")
        assert "That is not it" in screen_text(stage)
        await press(pilot, "backspace")
        assert "That is not it" not in screen_text(stage)


async def test_a_change_that_could_not_be_written_down_afterwards_is_told() -> None:
    stage = scene.stage(picture([EMPTY]))
    stage.actions.unwritten = "The journal cannot be written."
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "tab", "enter")
        assert "Ended empty: Twilio says completed. The journal cannot be written." in told(stage)


async def test_there_is_nothing_to_end_in_an_empty_table() -> None:
    stage = scene.stage(picture([]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert "There is no room to end." in told(stage)
