"""What was recorded is what is shown again, whatever happened and wherever the recording was cut off."""

from __future__ import annotations

import gzip
import json
import stat
import tracemalloc
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from roomtui.watch.board import BoardState
from roomtui.watch.tape.decoding import BEFORE_ALL, Unreadable, read
from roomtui.watch.tape.encoding import difference, whole
from roomtui.watch.tape.recorder import Recorder, TapeError
from roomtui.watch.tape.tape import Tape
from tests.rooms.builders import CREATED
from tests.watch.tape.histories import NAMES, Life, histories

if TYPE_CHECKING:
    from pathlib import Path

    from roomtui.watch.tape.encoding import Line

A_DAY = [("open", 0, 0), ("open", 1, 0), ("open", 3, 0), ("live", 0, 0)]
A_DAY += [("join", room, who) for who in range(4) for room in range(3)]
A_DAY += [("read", 0, 0), ("rules", 1, 0), ("tracks", 0, 0), ("leave", 0, 0), ("trouble", 0, 0), ("unlist", 1, 0)]
A_DAY += [("end", 1, 1), ("live", 0, 0), ("open", 1, 0), ("leave", 1, 2)]


def record(path: Path, steps: list[tuple[str, int, int]], *, hide: bool = False) -> tuple[Life, list[BoardState]]:
    life, states = Life(), list[BoardState]()
    recorder = Recorder(path, life.clock, "acme [b]", refresh=7, hide=hide)
    life.board.subscribe(states.append)
    recorder.begin(life.board)
    for step in steps:
        life.live_through(*step)
    recorder.end()
    return life, states


def shown(state: BoardState) -> tuple[object, ...]:
    return state.picture, state.link, state.events, state.picture.people, state.picture.unread


@given(histories)
def test_line_after_line_tells_what_the_board_showed(steps: list[tuple[str, int, int]]) -> None:
    life = Life()
    told = read(BEFORE_ALL, json.loads(json.dumps(whole(life.board.state, life.clock.now()))))
    before = life.board.state
    all_of_it = told
    states: list[BoardState] = []
    life.board.subscribe(states.append)
    for step in steps:
        life.live_through(*step)
    for state in states:
        line = difference(before, state, life.clock.now())
        assert line is not None
        told = read(told, json.loads(json.dumps(line)))
        all_of_it = all_of_it.and_then(told)
        assert shown(all_of_it.state()) == shown(state)
        assert told.changed is not None
        assert state.changed is not None
        assert told.changed <= state.changed
        assert shown(read(BEFORE_ALL, whole(state, life.clock.now())).state()) == shown(state)
        before = state


@pytest.mark.parametrize("name", ["shift.jsonl", "shift.jsonl.gz"])
def test_every_moment_of_a_recording_can_be_wound_to(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    life, states = record(path, A_DAY)
    tape = Tape.open(path)
    assert (tape.account, tape.refresh) == ("acme [b]", 7.0)
    assert len(tape) == len(states) + 1  # the board as it was in the beginning
    assert (tape.start, tape.end) == (CREATED, life.clock.now())
    for number, state in reversed([*enumerate(states, start=1)]):
        assert shown(tape.told_by(number).state()) == shown(state)
    assert tape.number_at(CREATED - timedelta(days=1)) == 0
    assert tape.number_at(life.clock.now() + timedelta(days=1)) == len(states)
    assert tape.unreadable == 0
    tape.close()


def test_only_its_owner_may_read_a_recording_and_none_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "shift.jsonl"
    record(path, A_DAY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(TapeError, match="is there already: record into another file"):
        Recorder(path, Life().clock, "acme", refresh=2)
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TapeError, match="is there already"):
        Recorder(tmp_path / "link", Life().clock, "acme", refresh=2)
    with pytest.raises(TapeError, match="No such file or directory"):
        Recorder(tmp_path / "no" / "folder", Life().clock, "acme", refresh=2)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["shift.jsonl", "shift.jsonl.gz"])
def test_a_recording_that_was_cut_off_anywhere_shows_all_up_to_there(tmp_path: Path, name: str) -> None:
    path, cut = tmp_path / name, tmp_path / f"cut-{name}"
    _, states = record(path, A_DAY)
    data = path.read_bytes()
    for length in range(len(data), 0, -max(1, len(data) // 150)):
        cut.write_bytes(data[:length])
        try:
            tape = Tape.open(cut)
        except TapeError as error:
            assert "cut off" in str(error) or "no recording" in str(error)  # noqa: PT017 - either will do
            continue
        last = len(tape) - 1
        if last:
            assert shown(tape.told_by(last).state()) == shown(states[last - 1])
        tape.close()


def test_a_long_recording_has_whole_pictures_on_its_way_and_is_little_longer_for_them(tmp_path: Path) -> None:
    path = tmp_path / "shift.jsonl"
    rooms = [("open", 0, 0)] * 30
    going_on = [(step, room, 0) for _ in range(120) for room in range(5) for step in ("join", "leave")]
    _, states = record(path, rooms + going_on)
    lines = path.read_bytes().splitlines()
    wholes = [line for line in lines if b'"key":1' in line]
    assert len(wholes) > 3
    assert sum(map(len, wholes)) < 0.35 * sum(map(len, lines))
    tape = Tape.open(path)
    assert shown(tape.told_by(len(tape) - 1).state())[0] == states[-1].picture
    tape.close()


def test_a_damaged_line_shows_nothing_wrong_and_the_next_whole_picture_puts_it_right(tmp_path: Path) -> None:
    path = tmp_path / "shift.jsonl"
    life, states = record(path, A_DAY)
    lines = path.read_bytes().splitlines(keepends=True)
    damaged = json.loads(lines[7])
    damaged["live"] = {sid: {"room": {}} for sid in damaged["live"]}
    lines[7] = json.dumps(damaged, separators=(",", ":")).encode() + b"\n"
    again = json.dumps(whole(life.board.state, life.clock.now()), separators=(",", ":")).encode() + b"\n"
    path.write_bytes(b"".join([*lines, again]))
    tape = Tape.open(path)
    before_damage = states[4]  # line 0 is the head, line 1 the board in the beginning
    assert tape.told_by(len(states)).picture == before_damage.picture
    assert tape.unreadable == 1
    assert shown(tape.told_by(len(states) + 1).state()) == shown(states[-1])
    tape.close()


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "is no recording of roomtui"),
        (b"not json\n", "is no recording of roomtui"),
        (b"[1]\n", "is no recording of roomtui"),
        (b'{"roomtui":99}\n', "was recorded by another version"),
        (b'{"roomtui":1}\n', "holds no picture"),
        (b'{"roomtui":1}\n{"t":nan,"key":1,"x":1}\n', "holds no picture"),
        (b"\x00" * 100, "is no recording of roomtui"),
        (b"[" * 100_000, "is no recording of roomtui"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_what_is_no_recording_is_said_in_one_sentence(
    tmp_path: Path, content: bytes, wrong: str, *, packed: bool
) -> None:
    path = tmp_path / ("x.gz" if packed else "x")
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(TapeError, match=wrong):
        Tape.open(path)
    with pytest.raises(TapeError, match="No such file"):
        Tape.open(tmp_path / "missing")
    with pytest.raises(TapeError, match="Is a directory"):
        Tape.open(tmp_path)


def test_of_what_is_no_recording_little_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with path.open("wb") as file:
        file.truncate(64 << 20)
    tracemalloc.start()
    try:
        with pytest.raises(TapeError, match="is no recording of roomtui"):
            Tape.open(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8 << 20


NOBODY: Line = {
    "key": 1,
    "as_of": None,
    "live": {},
    "ended": {"order": [], "rooms": []},
    "events": [],
    "link": {"state": "live"},
}


@pytest.mark.parametrize(
    "line",
    [
        {"link": {"state": "asleep"}},
        {"live": []},
        {"live": {"RM1": None}},
        {"live": {"RM1": {"room": {"sid": "RM2"}}}},
        {"gone": ["RM1"]},
        {"gone": "RM1"},
        {"live": {"RM1": {"room": {"sid": "RM1"}, "roster": {"present": ["PA1"], "as_of": "2026-01-01T00:00:00Z"}}}},
        {"live": {"RM1": {"room": {"sid": "RM1"}, "roster": {"present": [], "as_of": "yesterday"}}}},
        {"events": [{"event": "room-opened"}]},
        {"ended": {"order": ["RM1"], "rooms": []}},
        {"as_of": 5},
    ],
)
def test_what_does_not_go_with_what_was_told_is_refused_whole(line: Line) -> None:
    with pytest.raises(Unreadable):
        read(BEFORE_ALL, {**NOBODY, **line})


def test_what_a_later_version_tells_besides_is_passed_over() -> None:
    link = {"state": "live", "mood": "fine"}
    event = {"at": "2026-01-01T00:00:00Z", "event": "room-painted", "room_sid": "RM1", "room_name": "x"}
    told = read(BEFORE_ALL, {**NOBODY, "link": link, "events": [event], "weather": "rain"})
    assert told.events == ()


@pytest.mark.parametrize("name", ["shift.jsonl", "shift.jsonl.gz"])
def test_a_hidden_number_is_nowhere_in_the_recording_and_is_still_a_phones(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    record(path, A_DAY, hide=True)
    text = (gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()).decode()
    assert "+16505551234" not in text
    assert "+16505550000-634a" in text
    tape = Tape.open(path)
    names = {live.room.unique_name.raw for live in tape.told_by(len(tape) - 1).picture.live.values()}
    assert names == {"call +16505550000", *NAMES[:2]}
    tape.close()


def test_a_disk_that_is_full_ends_the_recording_and_says_so(tmp_path: Path) -> None:
    life, said = Life(), list[str]()
    full = tmp_path / "full"
    recorder = Recorder(full, life.clock, "acme", refresh=2, on_trouble=said.append)
    recorder._raw.close()  # as far as the thread can tell, the disk: see below
    recorder._file = recorder._raw = open("/dev/full", "wb", buffering=0)  # noqa: SIM115, PTH123 - the recorder closes it
    recorder.begin(life.board)
    life.live_through("open", 0, 0)
    recorder.end()
    assert said == [f"The recording {full} ends early: it cannot be written (No space left on device)."]
    assert recorder.trouble == said[0]
