"""The view of ended rooms, driven by keys."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.screens.ended import EndedScreen
from roomtui.tui.screens.live import LiveScreen
from roomtui.tui.screens.new_room import NewRoomDialog
from roomtui.tui.widgets.list_table import ListTable
from roomtui.twilio_api.errors import Refused
from tests.tui import past_scene
from tests.tui.driving import press, screen_text, settle, told
from tests.tui.scene import ago, person, picture

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from roomtui.rooms.model import Participant


def table(made: past_scene.PastStage) -> ListTable:
    return made.stage.app.screen.query_one(ListTable)


def cursor_on(made: past_scene.PastStage) -> str:
    sid = table(made).cursor
    assert sid is not None
    entry = made.past.find(sid)
    assert entry is not None
    return entry.room.unique_name.raw


async def keys(pilot: Pilot[None], made: past_scene.PastStage, *names: str) -> None:
    """Press, and wait until everything that was asked for has come."""
    for name in names:
        await press(pilot, name)
        await past_scene.read(made)
        await settle(pilot)
        await past_scene.read(made)
    await settle(pilot)


async def test_today_s_rooms_are_shown_their_people_as_far_as_one_sees_them() -> None:
    made = past_scene.stage()
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, made, "2")
        shown = screen_text(made.stage)
        assert "ended 2026-11-20 (today)  10 rooms" in shown
        assert "09:18:00  retro" in shown
        assert "ended via API, again" in shown
        assert "daily-standup                35m     3     3  was empty" in shown
        assert "11 live" in shown
        await keys(pilot, made, "escape")
        assert isinstance(made.stage.app.screen, LiveScreen)


async def test_the_cursor_stays_on_its_room_while_others_come_and_the_view_while_it_is_left() -> None:
    made = past_scene.stage()
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, made, "2", "j", "j")
        assert cursor_on(made) == "interview-7730"
        made.twilio.rooms.append(past_scene.ended(140, "new", created=ago(minutes=9), minutes=8))
        made.twilio.people[made.twilio.rooms[-1].sid] = ()
        await keys(pilot, made, "r")
        assert (cursor_on(made), table(made).on_screen[0]) == ("interview-7730", made.twilio.rooms[-1].sid)
        await keys(pilot, made, "1", "2")
        assert cursor_on(made) == "interview-7730"


async def test_days_are_gone_through_by_keys_and_by_typing_one() -> None:
    made = past_scene.stage()
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, made, "2", "right")
        assert "yet to come" in told(made.stage)
        await keys(pilot, made, "left")
        assert "ended 2026-11-19 (yesterday)  1 room" in screen_text(made.stage)
        await keys(pilot, made, "D", *"-30", "enter")
        assert "no room ended on 2026-10-21" in screen_text(made.stage)
        await keys(pilot, made, "D", *"retro", "enter")
        assert "ended named retro  3 rooms" in screen_text(made.stage)
        assert "2026-11-19 09:15" in screen_text(made.stage)
        await keys(pilot, made, "escape")
        assert "(today)" in screen_text(made.stage)


async def test_a_filter_searches_what_was_read_and_a_whole_name_that_is_not_there_is_asked_for() -> None:
    made = past_scene.stage()
    made.twilio.rooms.append(past_scene.ended(150, "townhall", created=ago(hours=24 * 9), minutes=30))
    made.twilio.people[made.twilio.rooms[-1].sid] = ()
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, made, "2", "slash", *"dana")
        assert [made.past.find(sid).room.unique_name.raw for sid in table(made).on_screen] == ["Board & Co"]  # type: ignore[union-attr] # all on screen are known
        await keys(pilot, made, "escape", "slash", *"townhall")
        assert "none of the 10 rooms read so far matches" in screen_text(made.stage)
        await keys(pilot, made, "enter")
        assert "ended named townhall  1 room" in screen_text(made.stage)


async def test_going_down_reads_the_next_page() -> None:
    rooms = [
        past_scene.ended(200 + each, f"room-{each:02}", created=ago(minutes=60 + each), minutes=30)
        for each in range(60)
    ]
    made = past_scene.stage(past_scene.PastTwilio(rooms, {each.sid: () for each in rooms}, page_size=100))
    made.twilio.page_size = 30
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, made, "2")
        assert len(made.past.state.rooms) >= 30
        assert made.twilio.asked.count(rooms[-1].sid) == 0
        await keys(pilot, made, "G", "j", "G")
        assert cursor_on(made) == "room-59"
        assert made.twilio.asked.count(rooms[-1].sid) == 1


async def test_trouble_is_said_with_when_it_is_tried_again_and_what_was_read_stays() -> None:
    made = past_scene.stage()
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, made, "2")
        made.twilio.trouble = Refused(status=500, code=20500, message=Untrusted("Internal"))
        await keys(pilot, made, "r")
        assert "The ended rooms could not be read:" in screen_text(made.stage)
        assert "next try in 2 s" in screen_text(made.stage)
        assert "daily-standup" in screen_text(made.stage)
        made.stage.clock.advance(1)
        made.stage.app.tick()
        await settle(pilot)
        assert "next try in 1 s" in screen_text(made.stage)


async def test_before_there_is_an_answer_it_says_whom_it_asks() -> None:
    made = past_scene.stage()
    made.twilio.gate.clear()
    async with made.stage.app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        await press(pilot, "2", "left")
        assert "asking Twilio which rooms ended on 2026-11-19" in screen_text(made.stage)


async def test_what_cannot_be_done_to_an_ended_room_is_not_offered_before_there_is_one_either() -> None:
    made = past_scene.stage(shown=picture([]))
    made.twilio.gate.clear()
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "2")
        assert "asking Twilio" in screen_text(made.stage)
        assert screen_text(made.stage).splitlines()[-1].split()[:4] == ["t", "TwiML", "N", "Again"]


async def test_a_room_is_made_again_from_here_and_what_cannot_be_done_says_why() -> None:
    made = past_scene.stage()
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, made, "2", "j", "j", "e")
        assert told(made.stage) == "interview-7730 has ended already."
        await keys(pilot, made, "y")
        assert "SID RM" in told(made.stage)
        await keys(pilot, made, "N")
        assert isinstance(made.stage.app.screen, NewRoomDialog)


async def test_nothing_is_read_for_a_view_that_is_not_shown() -> None:
    made = past_scene.stage()
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert made.twilio.asked == []
        await keys(pilot, made, "2", "1")
        before = len(made.twilio.asked)
        made.stage.clock.advance(timedelta(minutes=5).total_seconds())
        made.stage.app.tick()
        await settle(pilot)
        assert len(made.twilio.asked) == before


async def test_a_screen_smaller_than_anybody_s_does_not_break_it() -> None:
    made = past_scene.stage()
    async with made.stage.app.run_test(size=(20, 5)) as pilot:
        await settle(pilot)
        await keys(pilot, made, "2", "G", "enter", "escape")
        assert isinstance(made.stage.app.screen, EndedScreen)


async def test_what_a_filter_cannot_tell_yet_is_read_wherever_it_stands() -> None:
    rooms = [
        past_scene.ended(400 + each, f"room-{each:02}", created=ago(minutes=60 + each), minutes=30)
        for each in range(60)
    ]
    people: dict[str, tuple[Participant, ...]] = {}
    people |= {each.sid: (person(each.sid, "guest", ago(minutes=50), ago(minutes=40)),) for each in rooms}
    last = rooms[-1].sid
    people[last] = (person(last, "dana", ago(minutes=50), ago(minutes=40)),)
    made = past_scene.stage(past_scene.PastTwilio(rooms, people))
    async with made.stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, made, "2")
        assert last not in made.twilio.asked
        await keys(pilot, made, "slash", *"who:dana")
        for _ in range(4):
            await keys(pilot, made)
            await past_scene.read(made)
        assert table(made).on_screen == (last,)
        assert "filter: who:dana (1)" in screen_text(made.stage)
