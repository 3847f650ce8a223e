"""The keys for what can be done with a room, on every screen that shows one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.picture import EndedRoom
from roomtui.tui.widgets.key_line import KeyLine
from roomtui.watch.board import Link, LinkState
from tests.tui import scene
from tests.tui.driving import press, press_at_once, screen_text, settle, told
from tests.tui.scene import NOW, ago, live, person, picture, room

ROOM = room(3, "Board & Co", ago(minutes=30))
BUSY = live(ROOM, [person(ROOM.sid, "alice", ago(minutes=5))])
OVER = EndedRoom(room(20, "retro", ago(hours=1), status="completed"), None, Ending(EndingReason.EMPTY_ROOM), NOW)
CHANGING = ["e", "n", "N", "d", "x", "R"]


@pytest.mark.parametrize("where", [[], ["enter"]], ids=["table", "detail"])
@pytest.mark.parametrize("key", CHANGING)
async def test_read_only_refuses_every_change_in_one_plain_sentence(key: str, where: list[str]) -> None:
    stage = scene.stage(picture([BUSY]), read_only=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, *where, key)
        assert not stage.app.screen.is_modal
        assert told(stage).startswith("This is read-only: ")
        assert told(stage).endswith(" here.")


async def test_read_only_offers_no_change_in_footer_help_and_palette() -> None:
    stage = scene.stage(picture([BUSY], [OVER]), read_only=True)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        for said in (" End ", "Dial in", "Remove", "Again"):
            assert said not in screen_text(stage)
        await press(pilot, "question_mark")
        for said in ("End this room", "Call a phone", "Put somebody out", "Create", "recording this room"):
            assert said not in screen_text(stage)
        await press(pilot, "escape", "ctrl+p", *"dial")
        assert "Call a phone" not in screen_text(stage)


async def test_the_help_tells_every_change_where_there_are_some() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "question_mark")
        for said in ("End this room", "Call a phone", "Put somebody out", "Create a room", "Start or stop recording"):
            assert said in screen_text(stage)
        assert "say_why_not" not in screen_text(stage)
        await press(pilot, "escape", "ctrl+p", *"dial")
        assert "Call a phone" in screen_text(stage)


@pytest.mark.parametrize("key", ["e", "d", "x", "R"])
async def test_an_ended_room_says_that_it_has_ended(key: str) -> None:
    stage = scene.stage(picture([], [OVER]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, key)
        assert not stage.app.screen.is_modal
        assert told(stage) == "retro has ended already."


@pytest.mark.parametrize("key", ["e", "d", "x", "R", "N", "t"])
async def test_without_a_room_it_is_said_that_there_is_none(key: str) -> None:
    stage = scene.stage(picture([]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, key)
        assert not stage.app.screen.is_modal
        assert told(stage).startswith("There is no room ")


@pytest.mark.parametrize("key", CHANGING)
async def test_before_the_connection_nothing_can_be_changed(key: str) -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        session, stage.app.session = stage.app.session, None
        await press(pilot, key)
        assert not stage.app.screen.is_modal
        assert told(stage) == "Not connected yet."
        stage.app.session = session


async def test_the_line_of_keys_follows_the_cursor_onto_an_ended_room_and_back() -> None:
    stage = scene.stage(picture([BUSY], [OVER]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "d Dial in" in screen_text(stage)
        await press(pilot, "j")
        assert "N Again" in screen_text(stage)
        assert "d Dial in" not in screen_text(stage)
        await press(pilot, "k")
        assert "N Again" not in screen_text(stage)
        assert "d Dial in" in screen_text(stage)


@pytest.mark.parametrize("where", [[], ["enter"]], ids=["table", "detail"])
async def test_the_line_of_keys_changes_when_the_room_under_it_ends(where: list[str]) -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, *where)
        stage.board.show(picture([], [EndedRoom(ROOM, None, Ending(EndingReason.FAILED), NOW)]))
        await settle(pilot)
        assert "N Again" in screen_text(stage)
        assert " End " not in screen_text(stage)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
@pytest.mark.parametrize("keys", [[], ["G"], ["enter"]], ids=["live", "ended", "detail"])
async def test_the_line_of_keys_is_whole_at_every_width(size: tuple[int, int], keys: list[str]) -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, *keys)
        footer = screen_text(stage).splitlines()[-1]
        assert footer.endswith(("q Quit", "esc Back")), footer
        assert "t TwiML" in footer


async def test_a_tick_draws_no_line_of_keys() -> None:
    stage = scene.stage(picture([BUSY], [OVER]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        asked: list[None] = []
        stage.app.screen.refresh_bindings = lambda: asked.append(None)  # type: ignore[method-assign] # to count
        stage.clock.advance(1)
        stage.app.tick()
        stage.board.show(picture([BUSY], [OVER]))
        await settle(pilot)
        assert asked == []


async def test_every_dialog_opens_from_the_rooms_own_screen() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        for key in (*CHANGING, "t"):
            await press(pilot, key)
            assert stage.app.screen.is_modal, key
            await press(pilot, "escape")
            assert not stage.app.screen.is_modal, key


async def test_keys_behind_an_escape_are_the_tables_again() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press_at_once(pilot, "d", *"12", "escape", "n", *"ab", "escape", "y")
        for _ in range(5):
            await settle(pilot)
        assert stage.app.copier.last is not None
        assert stage.app.copier.last.text == ROOM.sid
        assert stage.actions.dialled == []


# At the sizes between, there are pictures of them.
@pytest.mark.parametrize("size", [(20, 5), (40, 10), (300, 80)])
async def test_every_dialog_can_be_opened_at_any_size(size: tuple[int, int]) -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=size) as pilot:
        await settle(pilot)
        for keys in (["n"], ["N"], ["d"], ["x", "enter"], ["R"], ["d", "plus", *"16505550199", "enter"]):
            await press(pilot, *keys, "escape")
            assert stage.app.is_running


@pytest.mark.parametrize("key", ["N", "d", "x", "R", "t"])
async def test_no_stranger_reaches_the_terminal_through_a_dialog(key: str) -> None:
    stage = scene.stage(scene.hostile())
    async with stage.app.run_test(size=(80, 30)) as pilot:
        await settle(pilot)
        for _ in scene.HOSTILE:
            for keys in ([key], ["enter"]):
                await press(pilot, *keys)
                if not stage.app.screen.is_modal:
                    continue
                for strip in stage.app.screen._compositor.render_strips():
                    assert all(segment.text.isprintable() for segment in strip if segment.text), strip.text
            if stage.app.screen is not stage.app.screen_stack[0]:
                await press(pilot, "escape")
            await press(pilot, "j")
        assert stage.app.is_running


async def test_in_ascii_the_dialogs_draw_nothing_else() -> None:
    each = room(7, "plain", ago(minutes=9))
    stage = scene.stage(picture([live(each, [person(each.sid, "x" * 60, ago(minutes=5))])]), ascii_only=True)
    async with stage.app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        for keys in (["n"], ["N"], ["d"], ["x"], ["x", "enter"], ["R"], ["t", "tab", "tab", "right"]):
            await press(pilot, *keys)
            odd = [line for line in screen_text(stage).splitlines() if not line.isascii()]
            assert odd == [], keys
            await press(pilot, "escape")


@pytest.mark.parametrize("where", [[], ["enter"]], ids=["table", "detail"])
async def test_what_is_wrong_is_said_wherever_a_countdown_goes_on(where: list[str]) -> None:
    lost = Link(LinkState.TROUBLE, "Twilio did not answer.", NOW + timedelta(seconds=8))
    stage = scene.stage(picture([BUSY], as_of=NOW - timedelta(seconds=40)), lost)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, *where)
        assert "No new data for 40s: Twilio did not answer; next try in 8 s." in screen_text(stage)
        stage.board.link(Link(LinkState.LIVE))
        await settle(pilot)
        assert "Twilio did not answer" not in screen_text(stage)


async def test_under_a_dialog_the_line_of_keys_stays_and_behind_it_tells_what_came_meanwhile() -> None:
    stage = scene.stage(picture([BUSY]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        drawn: list[None] = []
        line = stage.app.screen.query_one(KeyLine)
        refresh = line.refresh

        def counted(*args: Any, **options: Any) -> KeyLine:
            drawn.append(None)
            return refresh(*args, **options)

        line.refresh = counted  # type: ignore[method-assign] # to count
        await press(pilot, "t")
        assert stage.app.screen.is_modal
        stage.board.show(picture([], [EndedRoom(ROOM, None, Ending(EndingReason.FAILED), NOW)]))
        await settle(pilot)
        assert drawn == []
        await press(pilot, "escape")
        assert drawn
        assert "N Again" in screen_text(stage)


async def test_where_there_is_no_room_a_key_that_copies_its_sid_says_so() -> None:
    stage = scene.stage(picture([]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "y")
        assert told(stage) == "There is no room whose SID could be copied."
