"""The live screen, driven by keys."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.watch.board import Link, LinkState
from tests.tui import scene
from tests.tui.driving import press, press_at_once, rooms, screen_text, settle, table, text_of, told, typed
from tests.tui.scene import NOW, ago, live, person, picture, room

if TYPE_CHECKING:
    from textual.strip import Strip


A, B, C = (live(room(number, name, ago(minutes=age))) for number, name, age in ((1, "a", 4), (2, "b", 3), (3, "c", 2)))


async def test_what_closes_first_stands_first() -> None:
    stage = scene.stage(picture([C, A, B]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        order = [screen_text(stage).index(f" {name}  ") for name in "abc"]
        assert order == sorted(order)


async def test_the_cursor_stays_on_its_room_when_rooms_come_and_go_above_it() -> None:
    stage = scene.stage(picture([A, B, C]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("j")
        assert table(stage).cursor_sid == B.room.sid
        stage.board.show(picture([B, C]))
        assert table(stage).cursor_sid == B.room.sid
        earlier = live(room(9, "z", ago(minutes=4, seconds=30)))
        stage.board.show(picture([A, B, C, earlier]))
        assert table(stage).cursor_sid == B.room.sid


async def test_when_its_room_vanishes_the_cursor_goes_to_the_neighbour() -> None:
    stage = scene.stage(picture([A, B, C]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("j")
        stage.board.show(picture([A, C]))
        assert table(stage).cursor_sid == C.room.sid
        stage.board.show(picture([A]))
        assert table(stage).cursor_sid == A.room.sid
        stage.board.show(picture([]))
        assert table(stage).cursor_sid is None


async def test_an_ended_room_keeps_the_cursor_that_was_on_it() -> None:
    stage = scene.stage(picture([A, B]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        over = EndedRoom(A.room, None, Ending(EndingReason.ENDED_BY_OTHERS), NOW)
        stage.board.show(picture([B], [over]))
        await settle(pilot)
        assert table(stage).cursor_sid == A.room.sid
        assert "ended via API" in screen_text(stage)


async def test_until_everything_is_known_the_cursor_stays_on_top() -> None:
    unread = LiveRoom.known(C.room, None)
    stage = scene.stage(picture([unread]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.board.show(picture([C, A]))
        assert table(stage).cursor_sid == A.room.sid
        stage.board.show(picture([C, A, live(room(9, "z", ago(minutes=4, seconds=30)))]))
        assert table(stage).cursor_sid == A.room.sid


async def test_countdowns_tick_and_end_in_due() -> None:
    stage = scene.stage(picture([A]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "1:00 !" in screen_text(stage)
        stage.clock.advance(1)
        stage.app.tick()
        await pilot.pause()
        assert "0:59 !" in screen_text(stage)
        stage.clock.advance(600)
        stage.app.tick()
        await pilot.pause()
        assert "due !" in screen_text(stage)


async def test_a_stalled_loop_does_not_stop_the_countdowns() -> None:
    stage = scene.stage(picture([A]))
    # The next tick is due in a hundredth of a second, and the loop is busy for longer than that.
    stage.clock.advance(0.9999)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        ticked = asyncio.Event()
        stage.app.tick = ticked.set  # type: ignore[method-assign] # to hear of it
        stage.app._tick_at_the_second()
        busy_until = time.monotonic() + 0.1
        while time.monotonic() < busy_until:
            pass
        await asyncio.wait_for(ticked.wait(), 10)


async def test_a_tick_draws_only_the_cells_that_changed() -> None:
    stage = scene.stage(scene.crowd(50))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = table(stage)
        rows: list[int] = []
        parts: list[tuple[int, int, int]] = []
        render_line, render_part = shown.render_line, shown.render_part

        def counted(y: int) -> Strip:
            rows.append(y)
            return render_line(y)

        def part_counted(y: int, start: int, end: int) -> Strip | None:
            parts.append((y, start, end))
            return render_part(y, start, end)

        shown.render_line = counted  # type: ignore[method-assign] # to count
        shown.render_part = part_counted  # type: ignore[method-assign] # to count
        stage.app.tick()
        await pilot.pause()
        assert (rows, parts) == ([], [])
        stage.clock.advance(1)
        stage.app.tick()
        await pilot.pause()
        (closes,) = (each for each in shown._columns() if each.column.key == "closes")
        assert rows == [], "of a row, only the countdown"
        assert sorted(parts) == [(y, closes.start, closes.end) for y in range(shown.size.height)]


async def test_the_order_holds_still_just_after_a_key_and_while_a_dialog_is_open() -> None:
    stage = scene.stage(picture([A, B, C]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("e")
        earlier = live(room(9, "z", ago(minutes=4, seconds=30)))
        stage.board.show(picture([earlier, A, B, C]))
        assert rooms(stage) == [A.room.sid, B.room.sid, C.room.sid, earlier.room.sid]
        await pilot.press("escape")
        stage.board.show(picture([earlier, A, B, C]))
        assert rooms(stage)[0] == earlier.room.sid
        await pilot.press("j")
        much_earlier = live(room(10, "y", ago(minutes=4, seconds=50)))
        stage.board.show(picture([much_earlier, earlier, A, B, C]))
        assert rooms(stage)[-1] == much_earlier.room.sid


async def test_scrolling_follows_the_cursor_to_both_ends() -> None:
    stage = scene.stage(scene.crowd(200))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("G")
        await pilot.pause()
        assert table(stage).cursor_sid in table(stage).visible_sids
        assert table(stage).cursor_sid == rooms(stage)[-1]
        await pilot.press("pageup", "k", "g")
        assert table(stage).cursor_sid == rooms(stage)[0]
        assert table(stage).scroll_offset.y == 0


async def test_the_cursor_steps_over_the_divider() -> None:
    over = EndedRoom(B.room, None, Ending(EndingReason.FAILED), NOW)
    stage = scene.stage(picture([A], [over]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("j")
        assert table(stage).cursor_sid == B.room.sid
        await pilot.press("j")
        assert table(stage).cursor_sid == B.room.sid
        await pilot.press("k")
        assert table(stage).cursor_sid == A.room.sid


async def test_the_feed_is_told_what_is_on_screen() -> None:
    stage = scene.stage(scene.crowd(200))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("j")
        await pilot.pause()
        assert stage.feed.attention is not None
        assert stage.feed.attention.selected == table(stage).cursor_sid
        assert stage.feed.attention.visible == table(stage).visible_sids
        assert 5 < len(stage.feed.attention.visible) < 24


async def test_a_filter_narrows_while_typing_and_esc_widens_again() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"WEBINAR")
        await pilot.pause()
        assert "quarterly-webinar" in screen_text(stage)
        assert "daily-standup" not in screen_text(stage)
        assert "filter: WEBINAR" in text_of(stage, "#summary")
        await pilot.press("enter")
        assert stage.app.focused is table(stage)
        assert "daily-standup" not in screen_text(stage)
        await pilot.press("escape")
        await pilot.pause()
        assert "daily-standup" in screen_text(stage)


async def test_a_filter_finds_people_and_the_keys_act_on_what_is_shown() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"agent-joan", "enter", "y")
        await settle(pilot)
        assert stage.app.copier.last is not None
        assert stage.app.copier.last.text == scene.sid("RM", 5)


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_term_that_finds_nothing_until_it_is_whole_has_the_cursor_on_what_it_finds(at_once: bool) -> None:  # noqa: FBT001 - of parametrize
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "j", "j")
        keys = ("slash", *typed("name:huddle"), "enter")
        await (press_at_once if at_once else press)(pilot, *keys)
        assert table(stage).cursor_sid == scene.sid("RM", 11)
        await press(pilot, "slash", *typed("xyz"))
        assert table(stage).cursor_sid is None
        await press(pilot, "escape")
        assert table(stage).cursor_sid is not None


async def test_pause_stops_the_feed_but_not_the_clock() -> None:
    stage = scene.stage(picture([A]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("p")
        assert stage.feed.paused
        stage.board.link(Link(LinkState.PAUSED))
        stage.clock.advance(5)
        stage.app.tick()
        await pilot.pause()
        assert "0:55 !" in screen_text(stage)
        assert "paused, 5s old" in screen_text(stage)
        await pilot.press("p")
        assert not stage.feed.paused


async def test_while_paused_the_line_of_keys_offers_to_go_on() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "p Pause" in screen_text(stage)
        await pilot.press("p")
        await settle(pilot)
        assert "p Resume" in screen_text(stage)
        assert "p Pause" not in screen_text(stage)


async def test_the_palette_has_everything_that_has_a_key() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for typed in ("pau", "mask", "hel", "sid", "twi", "the"):
            await pilot.press("ctrl+p", *typed)
            await settle(pilot)
            assert "No matches" not in screen_text(stage), typed
            await pilot.press("escape")
            await settle(pilot)
        await pilot.press("ctrl+p", *"pause")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert stage.feed.paused


async def test_a_picture_that_arrives_on_the_way_out_is_nobodys_any_more() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.app.exit()
        stage.board.show(picture([A]))
        stage.app.tick()
    stage.board.show(picture([B]))
    stage.app.tick()


async def test_in_ascii_nothing_else_is_drawn() -> None:
    stage = scene.stage(scene.crowd(50), ascii_only=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for keys in (["j"], ["e"], ["t"], ["question_mark"], ["ctrl+p"], ["enter"]):
            await pilot.press(*keys)
            await settle(pilot)
            assert screen_text(stage).isascii(), (
                keys,
                [line for line in screen_text(stage).splitlines() if not line.isascii()],
            )
            await pilot.press("escape")
            await settle(pilot)


async def test_in_ascii_a_line_is_cut_with_a_sign_that_is_ascii_too() -> None:
    each = room(1, "x" * 128, ago(minutes=4))
    stage = scene.stage(picture([live(each)]), ascii_only=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "xxx~" in screen_text(stage)
        assert [line for line in screen_text(stage).splitlines() if not line.isascii()] == []


async def test_a_second_enter_right_behind_a_filter_opens_the_room() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("slash", *"webinar")
        await pilot.press("enter", "enter")
        await settle(pilot)
        assert "Who is in it (50/50)" in screen_text(stage)


async def test_what_was_told_is_replaced_and_never_covers_a_dialog() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("y", "h")
        await settle(pilot)
        assert told(stage) == "Phone numbers are masked."
        await pilot.press("t")
        await settle(pilot)
        assert told(stage) == ""


async def test_refresh_and_its_interval_are_steered_by_keys() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("r", "minus", "minus")
        assert ("refresh", None) in stage.feed.told
        assert stage.feed.refresh == 8.0
        await pilot.press("plus")
        assert stage.feed.refresh == 4.0


async def test_personal_data_is_hidden_everywhere_by_one_key() -> None:
    each = room(1, "call +16505550123", ago(minutes=10))
    stage = scene.stage(picture([live(each, [person(each.sid, "+16505550123-634a594e", ago(minutes=5))])]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "+16505550123" in screen_text(stage)
        await pilot.press("h")
        await pilot.pause()
        assert "5550123" not in screen_text(stage)
        await pilot.press("enter")
        await settle(pilot)
        assert "5550123" not in screen_text(stage)
        await pilot.press("escape", "e")
        await settle(pilot)
        assert "5550123" not in screen_text(stage)
        await pilot.press("escape", "t")
        await settle(pilot)
        assert "in the room now" in screen_text(stage)
        assert "5550123" not in screen_text(stage)
        await pilot.press("enter")
        await settle(pilot)
        assert stage.app.copier.last is not None
        assert "+16505550123" in stage.app.copier.last.text, "what is copied must work"


async def test_read_only_has_no_key_that_ends() -> None:
    stage = scene.stage(read_only=True)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("e")
        assert not stage.app.screen.is_modal
        assert "nothing can be ended here" in told(stage)
        assert "read-only" in screen_text(stage)
        assert " End " not in screen_text(stage)
        await pilot.press("enter", "e")
        assert not stage.app.screen.is_modal


async def test_trouble_is_a_banner_and_the_rooms_stay() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        stage.board.link(scene.REFUSED)
        await pilot.pause()
        assert "Twilio refused the credentials" in screen_text(stage)
        assert "next try in 8 s" in screen_text(stage).replace("\n", " ")
        assert "daily-standup" in screen_text(stage)
        stage.board.link(Link(LinkState.LIVE))
        await pilot.pause()
        assert "Twilio refused" not in screen_text(stage)


async def test_the_connection_is_closed_on_the_way_out() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("q")
    assert stage.feed.told[-2:] == [("stop", None), ("close", None)]


async def test_ctrl_c_does_not_leave() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert stage.app.is_running
        assert "Press q to quit." in told(stage)


async def test_the_help_tells_every_key_that_works_here() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        shown = screen_text(stage)
        for said in (
            "End this room for everybody",
            "Copy TwiML",
            "Copy the room's SID",
            "Stop asking Twilio",
            "Mask",
        ):
            assert said in shown
        await pilot.press("escape")
        assert not stage.app.screen.is_modal


async def test_detail_follows_its_room_whatever_becomes_of_it() -> None:
    stage = scene.stage(picture([A, B]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("j", "enter")
        await settle(pilot)
        assert B.room.sid in screen_text(stage)
        over = EndedRoom(B.room, None, Ending(EndingReason.MAX_ROOM), NOW)
        stage.board.show(picture([A], [over]))
        await settle(pilot)
        assert "24 h limit" in screen_text(stage)
        stage.board.show(picture([A]))
        await settle(pilot)
        assert "not known any more" in screen_text(stage)
        await pilot.press("escape")
        await settle(pilot)
        assert table(stage).is_on_screen


# At the sizes between, there are pictures of them.
@pytest.mark.parametrize("size", [(20, 5), (40, 10), (300, 80)])
async def test_any_size_can_be_shown_and_every_dialog_opened(size: tuple[int, int]) -> None:
    stage = scene.stage(events=scene.lately())
    async with stage.app.run_test(size=size) as pilot:
        await settle(pilot)
        for keys in (["e"], ["t"], ["question_mark"], ["enter"], ["slash"], ["ctrl+p"]):
            await pilot.press(*keys)
            await settle(pilot)
            await pilot.press("escape")
            await settle(pilot)
        assert stage.app.is_running


async def test_resizing_back_and_forth_shows_the_same_again() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        before = screen_text(stage)
        for size in ((200, 50), (60, 20), (120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
        assert screen_text(stage) == before


async def test_no_stranger_reaches_the_terminal_with_a_control_character() -> None:
    stage = scene.stage(scene.hostile())
    async with stage.app.run_test(size=(140, 34)) as pilot:
        await settle(pilot)
        for _ in scene.HOSTILE:
            for key in ("enter", "e"):
                await pilot.press(key)
                await settle(pilot)
                for strip in stage.app.screen._compositor.render_strips():
                    assert all(segment.text.isprintable() for segment in strip if segment.text), strip.text
                await pilot.press("escape")
                await settle(pilot)
            await pilot.press("j")
        assert stage.app.is_running
        assert stage.written == []


async def test_clicking_a_name_that_is_markup_runs_nothing() -> None:
    each = live(room(1, "[@click=app.quit]free money[/]", ago(minutes=3)))
    stage = scene.stage(picture([each]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.click("#rooms", offset=(20, 0))
        await settle(pilot)
        assert stage.app.is_running
        assert "[@click=app.quit]" in screen_text(stage)


async def test_a_crash_prints_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    stage = scene.stage()

    def explode() -> None:
        token = "canary" + "-token"  # noqa: F841 - it is what must not be printed
        raise RuntimeError("broken on purpose")

    async def run() -> None:
        async with stage.app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            stage.app.call_later(explode)
            await settle(pilot)

    with pytest.raises(RuntimeError, match="on purpose"):
        await run()
    printed = capsys.readouterr()
    assert "canary-token" not in printed.out + printed.err


async def test_the_titles_stand_above_their_columns_from_the_first_frame_on() -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        shown = screen_text(stage).splitlines()
        assert shown[1].index("PEOPLE") + len("PEOPLE") == shown[2].index("0/50") + len("0/50")
        table(stage).styles.width = 50  # nobody has told the screen
        await settle(pilot)
        shown = screen_text(stage).splitlines()
        assert shown[1].index("PEOPLE") + len("PEOPLE") == shown[2].index("0/50") + len("0/50")
