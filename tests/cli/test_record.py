"""`roomtui record`: starts and stops, and replaces nobody's own rules without being told to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_create import rules
from tests.cli.test_end import audit

if TYPE_CHECKING:
    from tests.cli.program import Program, RunningSandbox

AUDIO_ONLY = '[{"type": "include", "kind": "audio"}]'
ALL_BUT_ALICE = '[{"type": "include", "all": true}, {"type": "exclude", "publisher": "alice"}]'
ALL_IN_THE_END = '[{"type": "exclude", "kind": "video"}, {"type": "include", "all": true}]'


def told(sandbox: RunningSandbox, sid: str) -> list[dict[str, object]]:
    """The rules, without the filters that they do not use."""
    return [{key: value for key, value in rule.items() if value is not None} for rule in rules(sandbox, sid)]


def test_it_starts_and_stops(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    for what, kind, sentence in (
        ("start", "include", "is recorded from now on."),
        ("stop", "exclude", "is not recorded any more."),
    ):
        done = roomtui("record", "board", what)
        assert (done.code, done.err) == (0, "")
        assert done.out == f"board ({room['sid']}) {sentence}\n"
        assert told(sandbox, room["sid"]) == [{"type": kind, "all": True}]


@pytest.mark.parametrize(("recorded", "what"), [("true", "start"), ("false", "stop")])
def test_what_is_so_already_is_no_failure(roomtui: Program, sandbox: RunningSandbox, recorded: str, what: str) -> None:
    room = sandbox.create("board", RecordParticipantsOnConnect=recorded)
    before = rules(sandbox, room["sid"])
    done = roomtui("record", room["sid"], what)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(" already.\n")
    assert rules(sandbox, room["sid"]) == before
    assert audit(roomtui) == []


@pytest.mark.parametrize("what", ["start", "stop"])
@pytest.mark.parametrize("own", [AUDIO_ONLY, ALL_BUT_ALICE])
def test_rules_of_its_own_are_not_replaced_unasked(
    roomtui: Program, sandbox: RunningSandbox, own: str, what: str
) -> None:
    room = sandbox.create("board", RecordingRules=own)
    done = roomtui("record", "board", what, stdin="y\n")
    assert (done.code, done.out) == (5, "")
    assert done.err.endswith("there is nobody to ask, and no --yes.\n")
    assert told(sandbox, room["sid"]) == json.loads(own)
    assert roomtui("record", "board", what, "--yes").code == 0
    assert told(sandbox, room["sid"]) == [{"type": "include" if what == "start" else "exclude", "all": True}]


def test_rules_of_its_own_that_come_to_the_same_are_left_alone(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board", RecordingRules=ALL_IN_THE_END)
    done = roomtui("record", "board", "start")
    assert (done.code, done.err) == (0, "")
    assert told(sandbox, room["sid"]) == json.loads(ALL_IN_THE_END)
    assert roomtui("record", "board", "stop").code == 5


def test_json_tells_what_came_of_it(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    for what, outcome, recording, kind in (
        ("start", "done", "on", "include"),
        ("start", "was-so-before", "on", "include"),
        ("stop", "done", "off", "exclude"),
    ):
        done = roomtui("record", "board", what, "--json")
        assert (done.code, done.err) == (0, "")
        assert done.json.keys() == {"outcome", "recording", "room_sid", "rules", "as_of"}
        assert (done.json["outcome"], done.json["recording"]) == (outcome, recording)
        assert done.json["room_sid"] == room["sid"]
        assert done.json["rules"] == [{"type": kind, "all": True}]


def test_a_room_without_media_server_cannot_be_recorded(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("pair", Type="go")
    done = roomtui("record", "pair", "start")
    assert (done.code, done.out) == (1, "")
    (line,) = done.err.splitlines()
    assert "error 53122" in line


def test_an_ended_room_is_one_sentence(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("over")
    sandbox.ask("POST", f"/v1/Rooms/{room['sid']}", Status="completed")
    assert roomtui("record", "over", "start").code == 3
    done = roomtui("record", room["sid"], "start")
    assert (done.code, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1


def test_it_is_written_down_with_the_rules_that_stood_before(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board", RecordingRules=AUDIO_ONLY)
    roomtui("record", "board", "stop", "--yes")
    before, after = audit(roomtui)
    assert (before["action"], before["room_sid"], before["rules_before"]) == (
        "stop-recording",
        room["sid"],
        json.loads(AUDIO_ONLY),
    )
    assert after["outcome"] == "done"


@pytest.mark.parametrize("kind", ["500", "reset"])
def test_no_answer_is_told(roomtui: Program, sandbox: RunningSandbox, kind: str) -> None:
    room = sandbox.create("board")
    sandbox.fault(kind, Rate="1", Path=f"/v1/Rooms/{room['sid']}/RecordingRules")
    done = roomtui("record", "board", "start")
    assert (done.code, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1
