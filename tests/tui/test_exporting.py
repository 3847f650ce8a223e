"""The rooms that are shown, written into a file: all of them, in their order, as programs read them."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.rooms.deadlines import room_deadline
from roomtui.tui.exporting import folders, write_rooms
from roomtui.twilio_api.parse import to_api
from tests.tui import past_scene, scene
from tests.tui.driving import press, rooms, screen_text, settle, told, typed
from tests.tui.scene import NOW

if TYPE_CHECKING:
    from pathlib import Path

OURS = {"participants", "deadline", "ending"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def of_twilio(written: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in written.items() if key not in OURS}


async def test_writes_all_live_rooms_as_the_api_tells_them_and_what_follows(here: Path) -> None:
    stage = scene.stage(hide_personal=True)
    shown = stage.board.state.picture
    async with stage.app.run_test(size=(80, 14)) as pilot:
        await settle(pilot)
        await press(pilot, "w")
        file = here / "roomtui-live-rooms-20261120-101500.json"
        assert told(stage) == f"13 rooms, 2 of them ended, written to {file}"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        text = file.read_text(encoding="ascii")
        written = json.loads(text)
        assert [each["sid"] for each in written] == rooms(stage)
        assert len(text.splitlines()) == len(written) + 2
        for each in written:
            entry = shown.find(each["sid"])
            assert entry is not None
            assert of_twilio(each) == json.loads(json.dumps(to_api(entry.room)))
            roster = entry.roster
            assert (each["participants"] or {}).get("connected") == (roster.connected if roster is not None else None)
            deadline = room_deadline(entry.room, roster)
            assert (each["deadline"] or {}).get("seconds_left") == (deadline.seconds_left(NOW) if deadline else None)
        assert [each["ending"]["reason"] for each in written[-2:]] == ["empty-room-timeout", "ended-via-api"]
        assert all("ending" not in each for each in written[:-2])


async def test_writes_what_the_filter_finds_in_the_order_it_is_sorted_far_beyond_the_screen(here: Path) -> None:
    stage = scene.stage(scene.crowd(200))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "s", "n", "slash", *typed("room-000"), "enter", "w")
        [file] = files(here)
        written = json.loads(file.read_text())
        assert [each["unique_name"] for each in written] == [f"room-{number:05}" for number in range(100)]
        await press(pilot, "w")  # the next one begins when this file is there: they are called by the order of that
        await press(pilot, "S", "w")
        assert len(files(here)) == 3
        backwards = json.loads((here / f"{file.stem}-3.json").read_text())
        assert [each["sid"] for each in backwards] == [each["sid"] for each in reversed(written)]


async def test_the_letter_goes_on_sorting_and_being_typed(here: Path) -> None:
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "s", "w")
        assert stage.app.settings.memory.recall("sort") == ["why", False]
        await press(pilot, "slash", "w")
        assert "filter: w" in screen_text(stage)
        assert not files(here)


async def test_writes_where_nothing_is_shown_an_empty_list(here: Path) -> None:
    stage = scene.stage(scene.picture([]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "w")
        [file] = files(here)
        assert json.loads(file.read_text()) == []
        assert told(stage) == f"0 rooms written to {file}"


async def test_writes_no_list_as_long_as_none_was_read(here: Path) -> None:
    stage = scene.stage(scene.picture([], as_of=None))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "w")
        assert told(stage) == "No rooms have been read yet, so nothing was written."
        assert not files(here)


async def test_writes_the_ended_rooms_that_are_found_and_why_they_ended(here: Path) -> None:
    made = past_scene.stage()
    stage = made.stage
    async with stage.app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await press(pilot, "2")
        for _ in range(3):
            await past_scene.read(made)
            await settle(pilot)
        await press(pilot, "slash", *typed("retro"), "enter", "w")
        [file] = files(here)
        written = json.loads(file.read_text())
        assert told(stage) == f"{len(written)} rooms written to {file}"
        # The newest end first, of today those of that name alone, and what Twilio tells of each.
        found = [each.room.sid for each in made.past.state.rooms if each.room.unique_name.raw == "retro"]
        assert [each["sid"] for each in written] == found
        assert 1 < len(found) < len(made.past.state.rooms)
        seen = [each.room for each in stage.board.state.picture.ended]
        answered = {each.sid: each for each in (*seen, *made.twilio.rooms)}
        for each in written:
            assert of_twilio(each) == json.loads(json.dumps(to_api(answered[each["sid"]])))
            known = made.past.find(each["sid"])
            assert known is not None
            assert each["ending"] == {"reason": known.ending.reason.value, "certain": known.ending.certain}


async def test_says_why_nothing_was_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(here / "nowhere"))
    monkeypatch.chdir("/proc/self")
    stage = scene.stage()
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "w")
        assert told(stage).startswith("Nothing was written: ")


def test_never_writes_through_a_link_nor_over_a_file(here: Path) -> None:
    shown = scene.a_day()
    other = here / "other"
    (here / "rooms.json").symlink_to(other)
    (here / "rooms-2.json").write_text("mine")
    file = write_rooms(list(shown.live.values()), NOW, folders(), "rooms.json")
    assert file == here / "rooms-3.json"
    assert not other.exists()
    assert (here / "rooms-2.json").read_text() == "mine"
    assert len(json.loads(file.read_text())) == len(shown.live)


def test_names_that_mean_harm_are_written_in_ascii_and_read_back_as_they_are(here: Path) -> None:
    entries = list(scene.hostile().live.values())
    text = write_rooms(entries, NOW, [here], "rooms.json").read_bytes()
    assert all(byte == 10 or 32 <= byte < 127 for byte in text)
    assert [each["unique_name"] for each in json.loads(text)] == [each.room.unique_name.raw for each in entries]
