"""Where there is somebody to ask, at a terminal: what is asked, and what a yes, a no and ctrl+c do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from tests.cli.program import Program, RunningSandbox


def test_an_empty_room_is_ended_by_a_yes(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("empty")
    with Terminal("end", "empty", environ=roomtui.environ) as terminal:
        terminal.shows("empty", room["sid"][:20], "nobody is in it", "End it? [y/N]")
        assert sandbox.room(room["sid"])["status"] == "in-progress"
        terminal.type("y\r")
        assert terminal.ends() == 0
    assert sandbox.room(room["sid"])["status"] == "completed"


@pytest.mark.parametrize("answer", ["n\r", "\r"])
def test_anything_but_a_yes_ends_nothing(roomtui: Program, sandbox: RunningSandbox, answer: str) -> None:
    room = sandbox.create("empty")
    with Terminal("end", "empty", environ=roomtui.environ) as terminal:
        terminal.shows("End it? [y/N]")
        terminal.type(answer)
        assert terminal.ends() == 5
        terminal.shows("was not ended: not confirmed")
    assert sandbox.room(room["sid"])["status"] == "in-progress"


def test_a_room_with_people_asks_for_its_name(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    sandbox.join("board", "alice")
    sandbox.join("board", "bob")
    for answer, code, status in (("y\r", 5, "in-progress"), ("boar\r", 5, "in-progress"), ("board\r", 0, "completed")):
        with Terminal("end", room["sid"], environ=roomtui.environ) as terminal:
            terminal.shows("2 people are in it", "Type its name")
            terminal.type(answer)
            assert terminal.ends() == code
        assert sandbox.room(room["sid"])["status"] == status


@pytest.mark.parametrize("people", [0, 1])
def test_ctrl_c_at_the_question_leaves_at_once(roomtui: Program, sandbox: RunningSandbox, people: int) -> None:
    room = sandbox.create("board")
    for number in range(people):
        sandbox.join("board", f"person-{number}")
    with Terminal("end", "board", environ=roomtui.environ) as terminal:
        terminal.shows("Type its name" if people else "End it?")
        terminal.type("\x03")
        assert terminal.ends() == 130
        assert "Traceback" not in terminal.shows("interrupted")
        assert terminal.settings == terminal.cooked
    assert sandbox.room(room["sid"])["status"] == "in-progress"


def test_a_closed_terminal_is_no_yes(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("empty")
    with Terminal("end", "empty", environ=roomtui.environ) as terminal:
        terminal.shows("End it?")
        terminal.type("\x04")
        assert terminal.ends() in {5, 130}
    assert sandbox.room(room["sid"])["status"] == "in-progress"


def test_a_hostile_name_is_asked_about_harmlessly(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("esc\x1b]52;c;eA==\x07\x9b31m")
    with Terminal("end", "esc\x1b]52;c;eA==\x07\x9b31m", environ=roomtui.environ) as terminal:
        terminal.shows("esc^[]52;c;eA==^G", "End it?")
        assert b"\x1b" not in terminal.raw
        assert b"\x07" not in terminal.raw


def test_a_participant_is_removed_by_a_yes_alone(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    people = {name: sandbox.join("board", name) for name in ("al\x1b[2Jice", "bob", "carol")}
    alice = people["al\x1b[2Jice"]
    for answer, code, left in (("n\r", 5, 3), ("\r", 5, 3), ("\x03", 130, 3), ("y\r", 0, 2)):
        with Terminal("kick", "board", alice["sid"], environ=roomtui.environ, columns=160) as terminal:
            terminal.shows(f"al^[[2Jice ({alice['sid']}) is in board ({room['sid']})", "2 people", "Remove them? [y/N]")
            terminal.type(answer)
            assert terminal.ends() == code
            assert b"\x1b" not in terminal.raw
        present = sandbox.ask("GET", f"/v1/Rooms/{room['sid']}/Participants?Status=connected")["participants"]
        assert len(present) == left


def test_rules_of_its_own_are_shown_before_they_are_replaced(roomtui: Program, sandbox: RunningSandbox) -> None:
    own = '[{"type": "include", "all": true}, {"type": "exclude", "publisher": "al\\u001b[2Jice"}]'
    room = sandbox.create("board", RecordingRules=own)

    def kinds() -> list[str]:
        return [rule["type"] for rule in sandbox.ask("GET", f"/v1/Rooms/{room['sid']}/RecordingRules")["rules"]]

    for answer, code, left in (("n\r", 5, ["include", "exclude"]), ("y\r", 0, ["exclude"])):
        with Terminal("record", "board", "stop", environ=roomtui.environ, columns=160) as terminal:
            terminal.shows("rules of its own", '{"type": "exclude", "publisher": "al', "Record nothing instead? [y/N]")
            terminal.type(answer)
            assert terminal.ends() == code
            assert b"\x1b" not in terminal.raw
        assert kinds() == left
