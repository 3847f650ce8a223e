"""`roomtui end`: asks, ends exactly the rooms that were named, says what came of each, and writes it down."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.program import PROGRAM
from tests.cli.test_ls import ROOM_FIELDS

if TYPE_CHECKING:
    from tests.cli.program import Program, RunningSandbox


def audit(program: Program) -> list[dict[str, Any]]:
    """What stands in the journals."""
    state = Path(program.environ["XDG_STATE_HOME"])
    return [json.loads(line) for path in sorted(state.rglob("*.jsonl")) for line in path.read_text().splitlines()]


def test_with_yes_it_ends_exactly_that_room(roomtui: Program, sandbox: RunningSandbox) -> None:
    doomed, spared = sandbox.create("doomed"), sandbox.create("spared")
    sandbox.join("doomed", "alice")
    sandbox.join("doomed", "bob")
    done = roomtui("end", "doomed", "--yes")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"doomed ({doomed['sid']}) ended; 2 people put out.\n"
    assert sandbox.room(doomed["sid"])["status"] == "completed"
    assert sandbox.room(spared["sid"])["status"] == "in-progress"


def test_before_and_after_stand_in_the_journal(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("doomed")
    sandbox.join("doomed", "alice")
    roomtui("end", room["sid"], "--yes")
    before, after = audit(roomtui)
    assert (before["phase"], after["phase"]) == ("before", "after")
    for line in (before, after):
        assert (line["kind"], line["action"], line["id"]) == ("audit", "end-room", before["id"])
        assert (line["room_sid"], line["room_name"], line["people"]) == (room["sid"], "doomed", 1)
        assert line["account_sid"] == sandbox.account["account_sid"]
        assert {"at", "who", "host", "profile"} <= line.keys()
    assert after["outcome"] == "ended"
    assert after["request_id"].startswith("RQ")


def test_nobody_to_ask_and_no_yes_ends_nothing(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("kept")
    done = roomtui("end", "kept", stdin="y\nkept\n")
    assert (done.code, done.out) == (5, "")
    assert done.err == (
        f"roomtui: kept ({room['sid']}) with nobody in it was not ended: there is nobody to ask, and no --yes.\n"
    )
    assert sandbox.room(room["sid"])["status"] == "in-progress"
    assert audit(roomtui) == []


def test_a_closed_stdin_is_nobody_to_ask(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("kept")
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *PROGRAM, "end", "kept"],
        env=dict(roomtui.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (5, "")
    (line,) = done.stderr.splitlines()
    assert line.endswith("there is nobody to ask, and no --yes.")


def test_read_only_ends_nothing(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("kept")
    for arguments in (("--read-only", "end", "kept", "--yes"), ("end", "kept", "--yes", "--read-only")):
        done = roomtui(*arguments)
        assert (done.code, done.out) == (5, "")
        assert "read-only" in done.err
    assert sandbox.room(room["sid"])["status"] == "in-progress"
    assert audit(roomtui) == []


def test_an_unknown_room(roomtui: Program) -> None:
    done = roomtui("end", "nobody", "--yes")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("roomtui: There is no such room")


def test_of_several_rooms_those_that_can_be_are_ended(roomtui: Program, sandbox: RunningSandbox) -> None:
    one, two = sandbox.create("one"), sandbox.create("two")
    done = roomtui("end", "one", "nobody", two["sid"], "--yes")
    assert done.code == 3
    assert len(done.out.splitlines()) == 2
    assert len(done.err.splitlines()) == 1
    assert sandbox.room(one["sid"])["status"] == sandbox.room(two["sid"])["status"] == "completed"


def test_json_tells_what_came_of_each(roomtui: Program, sandbox: RunningSandbox) -> None:
    one, old = sandbox.create("one"), sandbox.create("old")
    sandbox.ask("POST", f"/v1/Rooms/{old['sid']}", Status="completed")
    done = roomtui("end", "one", "nobody", old["sid"], "--yes", "--json")
    assert done.code == 3
    ended, failed, before = done.json
    assert ended.keys() == before.keys() == ROOM_FIELDS | {"room", "outcome", "people"}
    assert (ended["room"], ended["outcome"], ended["status"], ended["sid"]) == ("one", "ended", "completed", one["sid"])
    assert failed.keys() == {"room", "outcome", "why"}
    assert (failed["room"], failed["outcome"]) == ("nobody", "failed")
    assert (before["room"], before["outcome"]) == (old["sid"], "ended-before")


def test_an_ended_room_is_no_failure(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("old")
    sandbox.ask("POST", f"/v1/Rooms/{room['sid']}", Status="completed")
    done = roomtui("end", room["sid"])
    assert (done.code, done.out) == (0, f"old ({room['sid']}) had ended already.\n")


def test_what_cannot_be_written_down_is_not_done(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("kept")
    Path(roomtui.environ["XDG_STATE_HOME"]).write_text("a file where the folder should be")
    done = roomtui("end", "kept", "--yes")
    assert (done.code, done.out) == (1, "")
    assert "was not ended, because it cannot be written down" in done.err
    assert sandbox.room(room["sid"])["status"] == "in-progress"


@pytest.mark.parametrize("kind", ["500", "reset"])
def test_no_answer_is_told_and_written_down(roomtui: Program, sandbox: RunningSandbox, kind: str) -> None:
    room = sandbox.create("doomed")
    # The room and three looks at its roster are read first; a write is not sent twice.
    before = sandbox.requests()
    assert roomtui("show", "doomed").code == 0
    assert sandbox.requests() > before
    sandbox.fault(kind, Rate="1", Path=f"/v1/Rooms/{room['sid']}")
    done = roomtui("end", room["sid"], "--yes")
    assert (done.code, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1
