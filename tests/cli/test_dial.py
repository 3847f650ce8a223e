"""`roomtui dial`: calls once, tells how far it has come, and is done only when the phone is in the room."""

from __future__ import annotations

import json
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.beside import sandbox_beside
from tests.cli.test_end import audit
from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from subprocess import Popen

    from tests.cli.program import Program, RunningSandbox

TO, OURS = "+16505550123", "+15005550006"
NUMBERS = ("--to", TO, "--from", OURS)
FACTS = {
    "outcome",
    "why",
    "room_sid",
    "to",
    "from",
    "call_sid",
    "call_status",
    "participant_sid",
    "identity",
}


@pytest.fixture
def lively() -> Iterator[RunningSandbox]:
    """A sandbox where nobody waits long for an answer: its clock runs fast."""
    with sandbox_beside(speed=15) as running:
        yield running


@pytest.fixture
def caller(stranger: Program, lively: RunningSandbox) -> Program:
    """The program with the lively sandbox's account."""
    return stranger.knowing(lively)


def calls(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    """The calls of the account."""
    return list(sandbox.ask("GET", f"/2010-04-01/Accounts/{sandbox.account['account_sid']}/Calls.json")["calls"])


def behave(sandbox: RunningSandbox, behaviour: str, **how: str) -> None:
    sandbox.ask("POST", "/_sandbox/numbers", Number=TO, Behaviour=behaviour, **how)


def roster(sandbox: RunningSandbox, room: dict[str, Any]) -> dict[str, str]:
    """Who is in the room, by SID."""
    people = sandbox.ask("GET", f"/v1/Rooms/{room['sid']}/Participants?Status=connected")["participants"]
    return {person["sid"]: person["identity"] for person in people}


@contextmanager
def following(program: Program, *arguments: str) -> Iterator[Running]:
    """The program, from the moment on that it has placed a call."""
    process = program.start(*arguments)
    assert process.stderr is not None
    try:
        running = Running(process, [])
        for line in process.stderr:
            running.lines.append(line.rstrip("\n"))
            if running.lines[-1] == "The call is placed.":
                break
        else:
            raise AssertionError(running.lines)
        yield running
    finally:
        process.kill()
        process.communicate()


@dataclass
class Running:
    """A program that follows a call, and what it has said so far."""

    process: Popen[str]
    lines: list[str]

    def interrupt(self) -> tuple[int, str]:
        """Its exit code and its stdout, after ctrl+c."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=30)
        self.lines += err.splitlines()
        return self.process.returncode, out


# Into the room


def test_it_is_done_when_the_phone_is_in_the_room(caller: Program, lively: RunningSandbox) -> None:
    room = lively.create("board", UnusedRoomTimeout="60")
    done = caller("dial", "board", *NUMBERS, "--yes")
    assert done.code == 0, done.err
    (call,) = calls(lively)
    ((sid, identity),) = roster(lively, room).items()
    assert done.out == f"{call['sid']} {sid}\n"
    assert identity.startswith(f"{TO}-")
    assert (call["to"], call["from"], call["status"]) == (TO, OURS, "in-progress")
    lines = done.err.splitlines()
    assert lines[0] == f"{TO} is to be called from {OURS}, and put into board ({room['sid']})."
    assert (lines[1], lines[-1]) == ("The call is placed.", "The phone is in the room.")


def test_under_the_identity_that_was_asked_for(caller: Program, lively: RunningSandbox) -> None:
    room = lively.create("Board & <Co>", UnusedRoomTimeout="60")
    done = caller("dial", room["sid"], *NUMBERS, "--identity", "b\"o'b <&>", "--yes", "--json")
    assert done.code == 0, done.err
    assert done.json.keys() == FACTS
    assert (done.json["outcome"], done.json["room_sid"]) == ("in-the-room", room["sid"])
    assert (done.json["to"], done.json["from"], done.json["call_status"]) == (TO, OURS, "in-progress")
    assert (
        roster(lively, room)
        == {done.json["participant_sid"]: done.json["identity"]}
        == {done.json["participant_sid"]: "b\"o'b <&>"}
    )
    assert [call["sid"] for call in calls(lively)] == [done.json["call_sid"]]


def test_the_number_to_call_from_may_stand_in_the_profile(
    stranger: Program, lively: RunningSandbox, tmp_path: Path
) -> None:
    lively.create("board", UnusedRoomTimeout="60")
    account = lively.account
    path = tmp_path / "config.toml"
    path.write_text(
        f'[profiles.acme]\naccount_sid = "{account["account_sid"]}"\nauth_token = "{account["auth_token"]}"\n'
        f'api_url = "{lively.url}"\ncaller_id = "+1 (500) 555-0006"\n'
    )
    path.chmod(0o600)
    profile = ("--config", str(path), "--profile", "acme")
    done = stranger(*profile, "dial", "board", "--to", "+1 650 555 0123", "--yes", "--json")
    assert (done.code, done.json["from"], done.json["to"]) == (0, OURS, TO), done.err
    done = stranger(*profile, "dial", "board", "--to", TO, "--from", "+14155550100", "--yes", "--json")
    assert (done.code, done.json["from"]) == (0, "+14155550100"), done.err


def test_it_is_written_down_with_the_full_number(caller: Program, lively: RunningSandbox) -> None:
    room = lively.create("board", UnusedRoomTimeout="60")
    sid = caller("dial", "board", *NUMBERS, "--yes", "--json").json["call_sid"]
    lines = audit(caller)
    assert [line["phase"] for line in lines] == ["before", "placed", "after"]
    for line in lines:
        assert (line["action"], line["to"], line["from"], line["room_sid"]) == ("dial", TO, OURS, room["sid"])
    assert (lines[-1]["outcome"], lines[-1]["call_sid"]) == ("in-the-room", sid)


# Not into the room


@pytest.mark.parametrize("behaviour", ["busy", "no-answer", "failed"])
def test_who_does_not_answer_is_a_failure_in_words(caller: Program, lively: RunningSandbox, behaviour: str) -> None:
    lively.create("board", UnusedRoomTimeout="60")
    behave(lively, behaviour)
    done = caller("dial", "board", *NUMBERS, "--yes", "--json")
    assert done.code == 1
    assert done.json.keys() == FACTS
    assert (done.json["outcome"], done.json["call_status"]) == ("not-in-the-room", behaviour)
    assert (done.json["participant_sid"], done.json["identity"]) == (None, None)
    assert done.err.splitlines()[-1] == done.json["why"]
    assert audit(caller)[-1]["outcome"] == "not-in-the-room"


def test_hazards_are_told_before_and_a_room_that_takes_no_phones_is_a_failure(
    caller: Program, lively: RunningSandbox
) -> None:
    lively.create("pair", Type="go", UnusedRoomTimeout="60")
    done = caller("dial", "pair", *NUMBERS, "--no-fallback", "--yes")
    assert (done.code, done.out) == (1, "")
    lines = done.err.splitlines()
    assert lines[1] == "roomtui: The room's type is go: only group rooms take phone calls."
    assert "without having come into the room" in lines[-1]


def test_what_is_spoken_if_the_room_is_gone(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("pair", Type="go")
    for arguments, wanted in (
        ((), "The meeting is not available. Goodbye."),
        (("--fallback-say", "It's <over>"), "It's <over>"),
        (("--no-fallback",), None),
    ):
        with following(roomtui, "dial", "pair", *NUMBERS, *arguments, "--yes"):
            sandbox.advance(10)
        call = calls(sandbox)[0]
        steps = sandbox.ask("GET", f"/_sandbox/calls/{call['sid']}")["steps"]
        assert [step["detail"] for step in steps if step["what"] == "say"] == ([] if wanted is None else [wanted])


@pytest.mark.parametrize(("number", "code"), [("+15005550001", 21217), ("+15005550004", 21216)])
def test_twilios_refusal_is_one_sentence(roomtui: Program, sandbox: RunningSandbox, number: str, code: int) -> None:
    sandbox.create("board")
    done = roomtui("dial", "board", "--to", number, "--from", OURS, "--yes")
    assert (done.code, done.out) == (1, "")
    assert f"roomtui: Twilio refused (error {code})" in done.err.splitlines()[-1]


def test_into_a_room_that_has_ended_nobody_is_called(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("over")
    sandbox.ask("POST", f"/v1/Rooms/{room['sid']}", Status="completed")
    assert roomtui("dial", "over", *NUMBERS).code == 3
    done = roomtui("dial", room["sid"], *NUMBERS)
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines()[-1] == "The room has ended, so nobody was called."
    assert calls(sandbox) == []


@pytest.mark.parametrize("identity", ["x" * 129, "esc\x1b[2J", "\udcff"])
def test_what_cannot_be_an_identity_is_refused_before_anybody_is_asked(
    roomtui: Program, sandbox: RunningSandbox, identity: str
) -> None:
    sandbox.create("board")
    done = roomtui("dial", "board", *NUMBERS, "--identity", identity)
    assert (done.code, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1
    assert calls(sandbox) == []


def test_nobody_to_ask_and_no_yes_calls_nobody(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("board")
    done = roomtui("dial", "board", *NUMBERS, stdin="y\n")
    assert (done.code, done.out) == (5, "")
    assert done.err.splitlines()[-1] == f"roomtui: {TO} was not called: there is nobody to ask, and no --yes."
    assert calls(sandbox) == []
    assert audit(roomtui) == []


def test_no_answer_of_twilios_is_never_a_second_call(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("board")
    sandbox.fault("500", Rate="1", Path="/2010-04-01")
    done = roomtui("dial", "board", *NUMBERS, "--yes", "--json")
    assert (done.code, done.json["outcome"], done.json["call_sid"]) == (1, "unclear", None)
    assert "The phone may or may not be called" in done.err.splitlines()[-1]
    sandbox.ask("DELETE", "/_sandbox/faults")
    assert len(calls(sandbox)) <= 1


# At a terminal


def test_it_asks_before_it_calls(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    sandbox.join("board", "bob")
    for answer in ("n\r", "\r"):
        with Terminal("dial", "board", *NUMBERS, "--identity", "bob", environ=roomtui.environ) as terminal:
            terminal.shows(TO, OURS, room["sid"][:12], "bob is in the room already", "Call? [y/N]")
            terminal.type(answer)
            assert terminal.ends() == 5
            terminal.shows("was not called: not confirmed")
    assert calls(sandbox) == []
    with Terminal("dial", "board", *NUMBERS, environ=roomtui.environ) as terminal:
        terminal.shows("Call? [y/N]")
        terminal.type("y\r")
        terminal.shows("The call is placed.")
        sandbox.advance(20)
        assert terminal.ends() == 0
        terminal.shows("The phone is in the room.")
    assert len(calls(sandbox)) == 1


def test_ctrl_c_stops_the_following_and_says_that_the_call_goes_on(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    with Terminal("dial", "board", *NUMBERS, "--yes", environ=roomtui.environ) as terminal:
        terminal.shows("The call is placed.")
        terminal.type("\x03")
        assert terminal.ends() == 130
        text = terminal.shows("goes on").replace("\n", "")
        (call,) = calls(sandbox)
        assert f"the call {call['sid']} goes on" in text
        assert f"roomtui kick {room['sid']}" in text.replace("  ", " ")
        assert f"--sid {call['sid']} --status completed" in text
        assert "Traceback" not in text
    assert call["status"] in {"queued", "initiated", "ringing"}
    assert audit(roomtui)[-1]["outcome"] == "not-followed"


def test_interrupted_in_a_script_json_still_names_the_call(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("board")
    with following(roomtui, "dial", "board", *NUMBERS, "--yes", "--json") as running:
        code, out = running.interrupt()
    told = json.loads(out)
    assert code == 130
    assert told.keys() == FACTS
    assert (told["outcome"], told["call_sid"]) == ("interrupted", calls(sandbox)[0]["sid"])
    assert len([line for line in running.lines if "goes on" in line]) == 1
