"""The dialog that starts and stops a recording."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.rooms.recording import EVERYTHING, NOTHING, RecordingRule, RecordingRules
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import Refused, Unreachable
from roomtui.watch.actions import ReadOnlyError
from roomtui.watch.journal import JournalError
from tests.tui import scene
from tests.tui.driving import flat, press, press_at_once, screen_text, settle, told
from tests.tui.scene import NOW, ago, live, person, picture, room

ROOM = room(3, "Board & Co", ago(minutes=30))
BUSY = live(ROOM, [person(ROOM.sid, "alice", ago(minutes=5))])
CUSTOM = (
    RecordingRule(type="include", kind="video", publisher=Untrusted("+16505550123-634a594e")),
    RecordingRule(type="include", kind="audio"),
    RecordingRule(type="exclude", track=Untrusted("[b]mic[/]\x1b[2J")),
)


async def test_tab_and_enter_start_a_recording() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "R")
        for said in ("Board & Co", ROOM.sid, "1 person is in it", "Nothing is recorded.", "Start recording"):
            assert said in screen_text(stage)
        assert "Stop recording" not in screen_text(stage)
        await press(pilot, "tab", "enter")
        assert stage.actions.recorded == [True]
        assert "Recording Board & Co: everything, and whoever comes later." in told(stage)
        assert ("look_at", ROOM.sid) in stage.feed.told


async def test_tab_and_enter_stop_a_recording() -> None:
    stage = scene.stage(picture([BUSY]))
    stage.actions.rules = EVERYTHING
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "R")
        assert "Everything is recorded." in screen_text(stage)
        assert "Start recording" not in screen_text(stage)
        await press(pilot, "tab", "enter")
        assert stage.actions.recorded == [False]
        assert "Board & Co is not recorded any more." in told(stage)


@pytest.mark.parametrize("keys", [["enter"], ["escape"], ["tab", "escape"]])
async def test_cancel_has_the_focus(keys: list[str]) -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "R", *keys)
        assert stage.actions.recorded == []
        assert not stage.app.screen.is_modal


@pytest.mark.parametrize(("keys", "on"), [(["tab"], True), (["tab", "tab"], False)])
async def test_rules_of_ones_own_are_listed_before_they_are_replaced(keys: list[str], on: bool) -> None:  # noqa: FBT001 - a parameter
    stage = scene.stage(picture([BUSY]), hide_personal=True)
    stage.actions.rules = CUSTOM
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "R")
        for said in (
            "Some of it is recorded",
            "include video of +1650555****-634a594e",
            "include audio",
            "exclude track [b]mic[/]^[[2J",
            "Starting or stopping replaces them.",
        ):
            assert said in screen_text(stage)
        await press(pilot, *keys, "enter")
        assert stage.actions.recorded == [on]


async def test_keys_that_are_quicker_than_the_rules_wait_for_them() -> None:
    stage = scene.stage(picture([BUSY]))
    stage.actions.gate.clear()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("R", "tab", "enter")
        await pilot.pause()
        assert stage.actions.recorded == []
        stage.actions.gate.set()
        await settle(pilot)
        assert stage.actions.recorded == [True]


async def test_a_button_that_the_rules_prove_wrong_does_nothing() -> None:
    stage = scene.stage(picture([BUSY]))
    stage.actions.rules = EVERYTHING
    stage.actions.gate.clear()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        # The room was made not to be recorded, so the button says "Start": but somebody has started it since.
        await pilot.press("R", "tab", "enter")
        stage.actions.gate.set()
        await settle(pilot)
        assert stage.actions.recorded == []
        assert "Everything is recorded." in screen_text(stage)
        await press(pilot, "tab", "enter")
        assert stage.actions.recorded == [False]


async def test_closing_the_dialog_before_the_rules_are_read_does_nothing() -> None:
    stage = scene.stage(picture([BUSY]))
    stage.actions.gate.clear()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("R", "tab", "enter", "escape")
        stage.actions.gate.set()
        await settle(pilot)
        assert stage.actions.recorded == []


async def test_an_unknown_state_has_no_button_until_it_is_read() -> None:
    unknown = LiveRoom.known(replace(ROOM, record_participants_on_connect=None), BUSY.roster)
    stage = scene.stage(picture([unknown]))
    stage.actions.gate.clear()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("R")
        await pilot.pause()
        assert "recording" not in screen_text(stage).partition("Board & Co")[2].partition("Cancel")[2]
        stage.actions.gate.set()
        await settle(pilot)
        assert "Start recording" in screen_text(stage)


async def test_rules_that_cannot_be_read_are_not_replaced_unseen() -> None:
    stage = scene.stage(picture([BUSY]))
    stage.actions.failing = Unreachable("Twilio does not answer.")
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "R")
        assert "could not be read: Twilio does not" in flat(stage)
        stage.actions.failing = None
        await press(pilot, "tab", "enter")
        assert stage.actions.recorded == []
        assert "Nothing is recorded." in screen_text(stage)
        await press(pilot, "enter")
        assert stage.actions.recorded == [True]


@pytest.mark.parametrize(
    "failure",
    [
        Unreachable("Twilio does not answer."),
        Refused(status=400, code=53122, message=Untrusted("[b]No[/] \x1b[2J")),
        ReadOnlyError("This is read-only."),
        JournalError("It cannot be written down."),
    ],
)
async def test_a_refusal_is_said_in_the_dialog_which_stays_open(failure: Exception) -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "R")
        stage.actions.failing = failure
        await press(pilot, "tab", "enter")
        assert stage.app.screen.is_modal
        assert str(failure)[:30] in screen_text(stage)
        stage.actions.failing = None
        await press(pilot, "enter")
        assert stage.actions.recorded == [True]


async def test_what_was_so_before_or_does_not_show_yet_is_said() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "R")
        stage.actions.rules = EVERYTHING
        await press(pilot, "tab", "enter")
        assert "Everything in Board & Co was recorded already." in told(stage)
        stage.actions.rules = NOTHING
        stage.actions.unclear = True
        stage.actions.unwritten = "The journal cannot be written."
        await press(pilot, "R", "tab", "enter")
        assert "does not show yet that recording Board & Co starts. The journal cannot be written." in told(stage)


@pytest.mark.parametrize("kind", ["peer-to-peer", "go"])
async def test_a_room_without_media_server_says_why_not(kind: str) -> None:
    stage = scene.stage(picture([live(room(2, "pair", ago(minutes=4), type=kind))]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "R")
        assert not stage.app.screen.is_modal
        assert told(stage) == f"pair is a {kind} room: without a media server nothing is recorded."


async def test_a_room_that_ends_meanwhile_is_not_recorded() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "R")
        stage.board.show(picture([], [EndedRoom(ROOM, None, Ending(EndingReason.ENDED_BY_OTHERS), NOW)]))
        await press(pilot, "tab", "enter")
        assert stage.actions.recorded == []
        assert not stage.app.screen.is_modal


async def test_keys_that_arrive_at_once_start_it() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, "R", "tab", "enter")
        assert stage.actions.recorded == [True]


async def test_rules_that_the_table_knows_are_shown_at_once() -> None:
    known = replace(BUSY, recording=RecordingRules(ROOM.sid, EVERYTHING, NOW))
    stage = scene.stage(picture([known]))
    stage.actions.gate.clear()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("R")
        await pilot.pause()
        assert "Everything is recorded." in screen_text(stage)
        stage.actions.gate.set()
        await settle(pilot)
