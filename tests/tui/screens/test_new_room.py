"""The form for a new room."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.new_room import NewRoom
from roomtui.rooms.picture import EndedRoom
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.screens.new_room import NewRoomDialog
from roomtui.tui.widgets.choice import Choice
from roomtui.tui.widgets.form_row import FormRow
from roomtui.tui.widgets.line_view import LineView
from roomtui.twilio_api.errors import Refused, Unreachable
from roomtui.watch.actions import ReadOnlyError
from roomtui.watch.board import Link, LinkState
from roomtui.watch.journal import JournalError
from tests.tui import scene
from tests.tui.driving import press, press_at_once, screen_text, settle, table, told, typed
from tests.tui.scene import NOW, ago, live, picture, room

if TYPE_CHECKING:
    from tests.tui.scene import Stage

STANDUP = live(room(1, "standup", ago(minutes=4)))
RETRO = room(
    20,
    "retro",
    ago(hours=1),
    status="completed",
    max_participants=12,
    max_participant_duration=5400,
    empty_room_timeout=10,
    media_region="ie1",
    record_participants_on_connect=True,
    status_callback=Untrusted("https://example.com/cb"),
)
OVER = EndedRoom(RETRO, None, Ending(EndingReason.EMPTY_ROOM), ago(minutes=2))


def field(stage: Stage, key: str) -> Input | Choice:
    found = stage.app.screen.query_one(f"#{key}")
    assert isinstance(found, (Input, Choice))
    return found


def complaint(stage: Stage, key: str) -> str:
    return stage.app.screen.query_one(f"#row-{key}", FormRow).complaint


async def test_a_name_and_enter_create_a_room_and_leave_the_rest_to_twilio() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", *typed("demo"), "enter")
        assert stage.actions.created == [NewRoom(unique_name="demo")]
        assert not stage.app.screen.is_modal
        assert f"Created demo ({room(77, '', NOW).sid})." in told(stage)


async def test_a_stray_n_and_enter_create_nothing_and_a_second_enter_a_room_without_a_name() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "enter")
        assert stage.actions.created == []
        assert "enter again makes a room without a name" in screen_text(stage)
        await press(pilot, "enter")
        assert stage.actions.created == [NewRoom()]
        assert "Created a room without a name" in told(stage)


async def test_the_table_is_refreshed_and_the_cursor_goes_to_the_new_room_once_it_is_listed() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", *typed("demo"), "enter")
        new = live(room(77, "demo", NOW))
        assert ("refresh", None) in stage.feed.told
        assert ("look_at", new.room.sid) in stage.feed.told
        assert table(stage).cursor_sid == STANDUP.room.sid
        stage.board.show(picture([STANDUP]))
        assert table(stage).cursor_sid == STANDUP.room.sid
        stage.board.show(picture([STANDUP, new]))
        assert table(stage).cursor_sid == new.room.sid
        await press(pilot, "k")
        stage.board.show(picture([STANDUP, new]))
        assert table(stage).cursor_sid == STANDUP.room.sid


async def test_a_key_that_moves_the_cursor_keeps_it_where_it_was_moved() -> None:
    other = live(room(2, "other", ago(minutes=3)))
    stage = scene.stage(picture([STANDUP, other]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", *typed("demo"), "enter", "j")
        stage.board.show(picture([STANDUP, other, live(room(77, "demo", NOW))]))
        assert table(stage).cursor_sid == other.room.sid


async def test_everything_that_the_api_takes_can_be_asked_for_with_keys_alone() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        keys = [*typed("demo"), "down"]
        keys += ["g", "tab", *"12", "tab", *"90m", "tab", *"10", "tab", *"1h", "tab", "y", "tab"]
        await press(pilot, "n", *keys)
        field(stage, "recording_rules").value = '[{"type": "exclude", "all": true}]'
        keys = ["tab", "H", "tab", "i", "tab", "n", "tab", *typed("https://a.b"), "tab", "right", "right", "tab"]
        await press(pilot, *keys, "y", "tab")
        field(stage, "transcriptions_configuration").value = "{}"
        await press(pilot, "tab", "left", "enter")
        (new,) = stage.actions.created
        assert new == NewRoom(
            unique_name="demo",
            type="group",
            max_participants=12,
            max_participant_duration=5400,
            empty_room_timeout=10,
            unused_room_timeout=60,
            record_participants_on_connect=True,
            recording_rules=new.recording_rules,
            video_codecs=("H264",),
            media_region="ie1",
            audio_only=False,
            status_callback="https://a.b",
            status_callback_method="GET",
            transcribe_participants_on_connect=True,
            transcriptions_configuration={},
            large_room=False,
        )
        assert new.recording_rules is not None
        assert new.recording_rules[0].type == "exclude"


async def test_a_duration_is_said_in_both_ways_while_it_is_typed() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n")
        assert "default: 4 h = 14400 s" in screen_text(stage)
        await press(pilot, "down", "down", "down", *"90m")
        assert "90 min = 5400 s" in screen_text(stage)


async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_sent() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "down", "down", *"51", "down", *"1m", "down", *"61", "enter")
        assert stage.actions.created == []
        assert stage.app.focused is field(stage, "max_participants")
        assert "1 to 50 people" in complaint(stage, "max_participants")
        assert "600 to 86400" in complaint(stage, "max_participant_duration")
        assert "1 to 60" in complaint(stage, "empty_room_timeout")
        assert "Nothing was sent" in screen_text(stage)
        await press(pilot, "backspace", "backspace", *"12")
        assert complaint(stage, "max_participants") == ""


async def test_what_cannot_be_read_is_said_at_its_field_even_far_below() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        await press(pilot, "n")
        field(stage, "transcriptions_configuration").value = "{"
        await press(pilot, "enter")
        assert stage.actions.created == []
        assert "This is not JSON" in screen_text(stage)
        assert stage.app.focused is field(stage, "transcriptions_configuration")


@pytest.mark.parametrize(
    ("code", "key"),
    [(53113, "unique_name"), (53107, "max_participants"), (53123, "max_participant_duration"), (53126, "type")],
)
async def test_what_twilio_refuses_is_said_at_the_field_it_speaks_of(code: int, key: str) -> None:
    stage = scene.stage(picture([STANDUP]))
    stage.actions.failing = Refused(status=400, code=code, message=Untrusted("No [b]way[/] \x1b[2J"))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", *typed("demo"), "enter")
        assert stage.app.screen.is_modal
        assert "No [b]way[/] ^[[2J" in complaint(stage, key)
        assert stage.app.focused is field(stage, key)
        stage.actions.failing = None
        await press(pilot, "enter")
        assert stage.actions.created == [NewRoom(unique_name="demo")]


@pytest.mark.parametrize(
    "failure",
    [
        Refused(status=400, code=20001, message=Untrusted("Something else.")),
        Unreachable("Twilio does not answer."),
        ReadOnlyError("This is read-only."),
        JournalError("It cannot be written down."),
    ],
)
async def test_any_other_refusal_is_said_below_the_fields(failure: Exception) -> None:
    stage = scene.stage(picture([STANDUP]))
    stage.actions.failing = failure
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "enter", "enter")
        assert stage.app.screen.is_modal
        assert str(failure)[-20:] in screen_text(stage).replace("\n", " ")


async def test_an_unclear_answer_keeps_the_form_open() -> None:
    stage = scene.stage(picture([STANDUP]))
    stage.actions.unclear = True
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", *typed("demo"), "enter")
        assert stage.app.screen.is_modal
        assert "Look before you go on." in screen_text(stage)
        assert ("refresh", None) in stage.feed.told


async def test_a_room_that_could_not_be_written_down_afterwards_is_told() -> None:
    stage = scene.stage(picture([STANDUP]))
    stage.actions.unwritten = "The journal cannot be written."
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "enter", "enter")
        assert "The journal cannot be written." in told(stage)


async def test_a_slow_answer_is_asked_for_once_and_outlives_the_form() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.actions.gate.clear()
        await pilot.press("n", *typed("demo"), "enter")
        await pilot.press("enter")
        await pilot.pause()
        assert "Creating it..." in screen_text(stage)
        await pilot.press("escape")
        await pilot.pause()
        assert not stage.app.screen.is_modal
        stage.actions.gate.set()
        await settle(pilot)
        assert stage.actions.created == [NewRoom(unique_name="demo")]
        assert "Created demo" in told(stage)


async def test_a_refusal_after_the_form_was_closed_is_told() -> None:
    stage = scene.stage(picture([STANDUP]))
    stage.actions.failing = Refused(status=400, code=53113, message=Untrusted("Room exists"))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.actions.gate.clear()
        await pilot.press("n", *typed("demo"), "enter", "escape")
        stage.actions.gate.set()
        await settle(pilot)
        assert "Room exists" in told(stage)


async def test_the_name_of_a_running_room_is_complained_of_before_it_is_sent() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", *typed("standup"))
        assert "53113" in complaint(stage, "unique_name")
        await press(pilot, "enter")
        assert stage.actions.created == []
        await press(pilot, *"2")
        assert complaint(stage, "unique_name") == ""
        await press(pilot, "enter")
        assert stage.actions.created == [NewRoom(unique_name="standup2")]


async def test_an_old_table_leaves_it_to_twilio_whether_the_name_is_free() -> None:
    stage = scene.stage(picture([STANDUP]), Link(LinkState.PAUSED))
    stage.clock.advance(60)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", *typed("standup"), "enter")
        assert stage.actions.created == [NewRoom(unique_name="standup")]


async def test_an_ended_room_is_created_again_as_it_was() -> None:
    stage = scene.stage(picture([], [OVER]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "N Again" in screen_text(stage)
        await press(pilot, "N")
        assert f"New room like retro  {RETRO.sid}" in screen_text(stage)
        await press(pilot, "enter")
        assert stage.actions.created == [
            NewRoom(
                unique_name="retro",
                type="group",
                max_participants=12,
                max_participant_duration=5400,
                empty_room_timeout=10,
                unused_room_timeout=5,
                record_participants_on_connect=True,
                video_codecs=("VP8", "H264"),
                media_region="ie1",
                status_callback="https://example.com/cb",
                status_callback_method="POST",
            )
        ]


async def test_a_running_room_is_a_model_too_but_its_name_is_taken() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "N Again" not in screen_text(stage)
        await press(pilot, "N")
        assert "53113" in complaint(stage, "unique_name")
        await press(pilot, "enter")
        assert stage.actions.created == []


async def test_a_nameless_room_is_created_again_without_a_name() -> None:
    stage = scene.stage(picture([], [replace(OVER, room=room(21, "", ago(hours=1), status="completed"))]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "N", "enter")
        assert stage.actions.created[0].unique_name is None


@pytest.mark.parametrize("name", ["esc\x1b]52;c;aGFja2Vk\x1b\\", "rtl \u202eetisoppo", "a\tb", "[@click=app.quit]x"])
async def test_a_name_that_means_harm_is_kept_without_being_drawn(name: str) -> None:
    each = replace(RETRO, unique_name=Untrusted(name))
    stage = scene.stage(picture([], [replace(OVER, room=each)]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "N")
        for strip in stage.app.screen._compositor.render_strips():
            assert all(segment.text.isprintable() for segment in strip if segment.text), strip.text
        await press(pilot, "enter")
        assert stage.actions.created[0].unique_name == name
        assert stage.written == []


async def test_a_number_in_a_name_stays_masked_and_is_kept() -> None:
    each = replace(RETRO, unique_name=Untrusted("call +16505550123"))
    stage = scene.stage(picture([], [replace(OVER, room=each)]), hide_personal=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "N")
        assert "5550123" not in screen_text(stage)
        await press(pilot, "enter")
        assert stage.actions.created[0].unique_name == "call +16505550123"
        assert "5550123" not in told(stage)


async def test_escape_and_cancel_create_nothing() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", *typed("demo"), "escape")
        assert not stage.app.screen.is_modal
        await press(pilot, "n", "up", "up", "enter")
        assert not stage.app.screen.is_modal
        assert stage.actions.created == []


async def test_the_button_creates_it() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "up", "enter")
        assert stage.actions.created == [NewRoom()]


async def test_keys_that_arrive_at_once_fill_the_form() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, "n", *"quiet", "tab", "tab", *"7", "enter")
        await settle(pilot)
        assert stage.actions.created == [NewRoom(unique_name="quiet", max_participants=7)]
        assert stage.app.is_running


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (200, 50)])
async def test_every_field_can_be_reached_and_seen(size: tuple[int, int]) -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "n")
        dialog = stage.app.screen
        assert isinstance(dialog, NewRoomDialog)
        for row in dialog.query(FormRow):
            row.control.focus()
            await settle(pilot)
            assert dialog.query_one("#fields").region.contains_region(row.control.region)
        await press(pilot, "down", "down")
        assert "Create room" in screen_text(stage)
        if size != (60, 20):
            assert dialog.query_one("#fields").max_scroll_y == 0


@pytest.mark.parametrize(
    ("name", "size", "told"),
    [
        ("Board & Co", (60, 20), "New room like Board & Co"),
        ("a name that is longer than others", (60, 20), "New room like a name that is longer than others"),
        ("a name that is longer than others", (80, 24), "New room like a name that is longer than others SID"),
        ("Board & Co", (80, 24), "New room like Board & Co SID"),
        ("", (60, 20), "New room like SID"),
    ],
)
async def test_the_heading_has_the_name_and_no_piece_of_a_sid(name: str, size: tuple[int, int], told: str) -> None:
    model = room(1, name, ago(minutes=4))
    stage = scene.stage(picture([live(model)]))
    async with stage.app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "N")
        lines = stage.app.screen.query_one("#form-title", LineView).lines
        heading = " ".join("".join(piece.text for piece in line) for line in lines)
        assert " ".join(heading.replace(model.sid, "SID").split()) == told
        assert (model.sid in screen_text(stage)) == ("SID" in told)


async def test_what_is_typed_and_taken_back_is_asked_about_anew() -> None:
    stage = scene.stage(picture([STANDUP]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "n", "enter", "a", "backspace", "enter")
        assert stage.actions.created == []
        await press(pilot, "enter")
        assert stage.actions.created == [NewRoom()]
