from __future__ import annotations

import json
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.changes import Event, EventKind
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.screens.detail import DetailScreen
from roomtui.tui.screens.ended import EndedScreen
from roomtui.tui.screens.log import LogScreen
from roomtui.tui.widgets.journal_table import JournalTable
from roomtui.watch.journal import Journal
from roomtui.watch.journal_files import rotate
from roomtui.watch.journal_lines import event_line
from tests.tui import journals, past_scene
from tests.tui.driving import press, screen_text, settle, told, typed
from tests.tui.journals import look, read
from tests.tui.scene import HOSTILE, NOW, ago, sid

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.scene import Stage


@pytest.fixture(autouse=True)
def _files_are_written_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal-acme.jsonl"


def table(stage: Stage) -> JournalTable:
    return stage.app.screen.query_one(JournalTable)


def lines(stage: Stage) -> list[str]:
    """The lines on screen, without the summary, the heading and the keys."""
    height = stage.app.screen.query_one(JournalTable).size.height
    return [line[1:].strip() for line in screen_text(stage).splitlines()[2 : 2 + height] if line.strip()]


def exported(folder: Path) -> list[Path]:
    return list(folder.glob("roomtui-*.txt"))


async def test_shows_what_happened_and_what_was_done_and_follows_whoever_writes(path: Path) -> None:
    journal = journals.a_day(path)
    stage = journals.stage(path)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "3")
        await read(stage, pilot)
        shown = lines(stage)
        assert shown[0] == "2026-11-19 14:15:00    watching began (joan@jump-1)"
        assert shown[1].endswith("daily opened")
        assert "10:13:00    retro ended: was empty" in shown
        assert shown[-2:] == [
            "10:14:30  * joan is about to end left-over (nobody in it)",
            "10:14:31  * Twilio did not let joan end left-over: No such room (20404)",
        ]
        assert "following" in screen_text(stage)
        Journal(path).write_events([journals.opened(1, NOW)])
        rotate(path)
        journal.write_events([journals.opened(2, NOW)])
        await look(stage, pilot)
        assert lines(stage)[-2:] == ["10:15:00    room-00001 opened", "10:15:00    room-00002 opened"]
        assert table(stage).is_following
        await press(pilot, "k")
        under = table(stage).line
        journal.write_events([journals.opened(3, NOW)])
        await look(stage, pilot)
        assert table(stage).line == under
        assert "G follows" in screen_text(stage)
        await press(pilot, "G")
        assert "following" in screen_text(stage)


async def test_older_lines_are_read_as_one_goes_up_and_only_what_is_needed_is_read(path: Path) -> None:
    journal = Journal(path, size_max=300_000)
    for start in range(0, 5000, 100):
        journal.write_events(journals.opened(number, ago(minutes=5)) for number in range(start, start + 100))
    stage = journals.stage(path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "3")
        await read(stage, pilot)
        assert lines(stage)[-1] == "10:10:00    room-04999 opened"
        screen = stage.app.screen
        assert isinstance(screen, LogScreen)
        assert screen._index is not None
        assert len(screen._index) < 2000
        assert "or more" in screen_text(stage)
        await press(pilot, "pageup")
        above = lines(stage)
        while not (screen._index.is_complete and table(stage).scroll_offset.y == 0):
            await press(pilot, "g")
            await read(stage, pilot)
        assert lines(stage)[0] == "10:10:00    room-00000 opened"
        assert "5000 lines" in screen_text(stage)
        assert "or more" not in screen_text(stage)
        assert len(screen._index._read) <= 500
        await press(pilot, "G", "pageup")
        assert lines(stage) == above


async def test_searches_for_what_is_shown_as_it_is_typed(path: Path) -> None:
    journal = Journal(path)
    journals.a_day(path)
    for start in range(0, 3000, 100):
        journal.write_events(journals.opened(number, NOW) for number in range(start, start + 100))
    stage = journals.stage(path)
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "3")
        await press(pilot, "slash", *typed("audit"))
        await read(stage, pilot)
        assert [line.split("  ")[1][:1] for line in lines(stage)] == ["*"] * 4
        await press(pilot, *typed(" INTO board"))
        await read(stage, pilot)
        assert [line.partition("  ")[2] for line in lines(stage)] == [
            "* joan is about to call +16505550123 into Board & Co (2 people in it)",
            "* joan called +16505550123 into Board & Co",
        ]
        await press(pilot, "enter")
        assert "search: audit INTO board" in screen_text(stage)
        journal.write(journals.audit(NOW, "before", action="dial", to="+1", room_name="board"))
        journal.write_events([journals.opened(1, NOW)])
        await look(stage, pilot)
        assert lines(stage)[-1].endswith("* joan is about to call +1 into board")
        await press(pilot, "slash", *typed("zzz"), "enter")
        await read(stage, pilot)
        assert "no line matches; esc shows all" in screen_text(stage)
        await press(pilot, "escape")
        await read(stage, pilot)
        assert "search:" not in screen_text(stage)
        await press(pilot, "escape")
        assert not isinstance(stage.app.screen, LogScreen)


async def test_says_in_full_what_is_cut_off_and_from_where_something_was_done(path: Path) -> None:
    journals.a_day(path)
    more = {"host": "jump-1", "request_id": "RQ9", "room_sid": sid("RM", 5), "room_name": "x" * 90, "people": 1}
    Journal(path).write(journals.audit(NOW, "before", action="end-room", **more))
    stage = journals.stage(path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "3")
        await read(stage, pilot)
        text = screen_text(stage)
        assert f"from jump-1, {sid('RM', 5)}, request RQ9" in text
        assert f" joan is about to end {'x' * 57}…" in text
        await press(pilot, "slash", *typed("known"), "enter")
        await read(stage, pilot)
        assert "what happened since 00:15:00 is not known" in screen_text(stage).splitlines()[-3]


async def test_a_line_leads_to_its_room(path: Path) -> None:
    journals.a_day(path)
    stage = journals.stage(path)
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "3")
        await read(stage, pilot)
        await press(pilot, "slash", *typed("retro ended"), "enter")
        await read(stage, pilot)
        await press(pilot, "enter")
        assert isinstance(stage.app.screen, DetailScreen)
        assert sid("RM", 20) in screen_text(stage)
        await press(pilot, "escape", "y")
        assert stage.written
        await press(pilot, "slash", *["backspace"] * 20, *typed("watching"), "enter")
        await read(stage, pilot)
        await press(pilot, "enter")
        assert told(stage) == "This line is about no room."
        stage.app.tell("nothing yet")
        await press(pilot, "y")
        assert told(stage) == "This line is about no room."
        await press(pilot, "slash", *["backspace"] * 20, *typed("daily ended"), "enter")
        await read(stage, pilot)
        await press(pilot, "enter")
        assert told(stage) == f"{journals.DAILY} has ended too long ago to be known here."


async def test_the_keys_that_are_offered_are_those_of_the_room_that_the_line_is_about(path: Path) -> None:
    journals.a_day(path)
    stage = journals.stage(path)
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "3")
        await read(stage, pilot)
        offered = {}
        for what in ("retro ended", "board"):
            await press(pilot, "slash", *["backspace"] * 20, *typed(what), "enter")
            await read(stage, pilot)
            offered[what] = "e End" in screen_text(stage).splitlines()[-1]
        assert offered == {"retro ended": False, "board": True}


async def test_a_line_about_a_room_of_long_ago_leads_to_the_ended_rooms_of_its_name(path: Path) -> None:
    made = past_scene.stage()
    old = past_scene.ended(150, "townhall", created=ago(hours=24 * 9), minutes=30)
    made.twilio.rooms.append(old)
    made.twilio.people[old.sid] = ()
    happened = Event(ago(hours=24 * 9), EventKind.ROOM_OPENED, old.sid, old.unique_name)
    Journal(path).write_events([event_line(happened)])
    stage = made.stage
    stage.app.settings = replace(stage.app.settings, journal=path)
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "3")
        await read(stage, pilot)
        await press(pilot, "enter")
        for _ in range(2):
            await past_scene.read(made)
            await settle(pilot)
        assert isinstance(stage.app.screen, EndedScreen)
        assert "townhall" in screen_text(stage).splitlines()[0]
        assert stage.app.screen.selected is not None
        assert stage.app.screen.selected.room.sid == old.sid


async def test_writes_what_is_shown_into_a_file_of_its_owner(path: Path, tmp_path: Path) -> None:
    journals.a_day(path)
    stage = journals.stage(path, hide_personal=True)
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "3")
        await press(pilot, "slash", *typed("audit"), "enter")
        await read(stage, pilot)
        await press(pilot, "w")
        await read(stage, pilot)
        [written] = exported(tmp_path)
        assert told(stage) == f"4 lines written to {written}"
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
        text = written.read_text()
        assert text.splitlines()[1] == "2026-11-20 09:55:00 * joan called +1650555**** into Board & Co"
        assert len(text.splitlines()) == 4
        await press(pilot, "w")
        await read(stage, pilot)
        assert len(exported(tmp_path)) == 2


async def test_names_that_mean_harm_and_lines_that_are_none_do_no_harm(path: Path) -> None:
    journal = Journal(path)
    for number, name in enumerate(HOSTILE):
        happened = Event(NOW, EventKind.PARTICIPANT_JOINED, sid("RM", number), Untrusted(name), Untrusted(name))
        journal.write_events([event_line(happened)])
    with path.open("ab") as file:
        file.write(b"\x1b[2J\x1b]52;c;aGk=\x07\n{}\n" + json.dumps({"kind": "event", "at": 7}).encode() + b"\n")
    stage = journals.stage(path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "3")
        await read(stage, pilot)
        text = screen_text(stage)
        assert len(lines(stage)) == len(HOSTILE)
        assert "(3 lines not readable)" in text
        assert all(line.isprintable() for line in text.splitlines())
        assert "[@click=app.quit]free money[/] joined" in text


async def test_says_why_there_is_nothing(path: Path) -> None:
    stage = journals.stage(path)
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "3")
        await read(stage, pilot)
        assert "nothing has happened yet" in screen_text(stage)
        await press(pilot, "enter", "k", "G", "w")
        Journal(path).write_events([journals.opened(1, NOW)])
        await look(stage, pilot)
        assert lines(stage)[-1] == "10:15:00    room-00001 opened"


async def test_masking_phone_numbers_masks_them_here_and_finds_nobody_by_them(path: Path) -> None:
    journals.a_day(path)
    stage = journals.stage(path)
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "3")
        await press(pilot, "slash", *typed("5550123"), "enter")
        await read(stage, pilot)
        assert len(lines(stage)) == 3
        await press(pilot, "h")
        await read(stage, pilot)
        assert "no line matches" in screen_text(stage)
        await press(pilot, "escape")
        await read(stage, pilot)
        assert "+1650555****-634a594e joined Board & Co" in screen_text(stage)
