"""`roomtui kick`: puts out exactly the one who was named, and says what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from roomtui.cli.asking import NotConfirmedError
from roomtui.cli.kicking import who_is_meant
from roomtui.watch.actions import Sight
from tests.cli.test_end import audit
from tests.cli.test_show import PARTICIPANT_FIELDS
from tests.rooms.builders import participant, roster
from tests.rooms.builders import room as a_room

if TYPE_CHECKING:
    from tests.cli.program import Program, RunningSandbox


def status(sandbox: RunningSandbox, person: dict[str, Any]) -> str:
    """How Twilio tells of a participant."""
    return str(sandbox.ask("GET", f"/v1/Rooms/{person['room_sid']}/Participants/{person['sid']}")["status"])


def test_with_yes_exactly_that_participant_is_put_out(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    alice, bob = sandbox.join("board", "alice"), sandbox.join("board", "bob")
    done = roomtui("kick", "board", "alice", "--yes")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"alice ({alice['sid']}) was removed from board ({room['sid']}); 1 person left in it.\n"
    assert (status(sandbox, alice), status(sandbox, bob)) == ("disconnected", "connected")


def test_by_sid_in_both_places(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    alice = sandbox.join("board", "alice")
    done = roomtui("kick", room["sid"], alice["sid"], "--yes")
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("; nobody left in it.\n")
    assert status(sandbox, alice) == "disconnected"


def test_who_calls_themselves_by_anothers_sid_protects_nobody_and_harms_nobody(
    roomtui: Program, sandbox: RunningSandbox
) -> None:
    sandbox.create("board")
    alice = sandbox.join("board", "alice")
    mallory = sandbox.join("board", alice["sid"])
    done = roomtui("kick", "board", alice["sid"], "--yes")
    assert done.code == 0
    assert (status(sandbox, alice), status(sandbox, mallory)) == ("disconnected", "connected")


def test_one_of_two_with_the_same_identity_is_never_chosen_for_somebody() -> None:
    people = tuple(participant("bob", sid=f"PA{number:032x}") for number in (1, 2))
    sight = Sight(a_room("board"), roster(participant("alice"), *people))
    with pytest.raises(NotConfirmedError, match=f"SID of one: {people[0].sid}, {people[1].sid}"):
        who_is_meant(sight, "bob")
    assert who_is_meant(sight, people[1].sid) is people[1]


def test_who_lost_the_connection_is_still_in_the_room(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("board")
    alice = sandbox.join("board", "alice")
    sandbox.ask("POST", f"/_sandbox/participants/{alice['sid']}/drop")
    done = roomtui("kick", "board", "alice", "--yes")
    assert done.code == 0, done.err
    assert status(sandbox, alice) == "disconnected"


def test_nobody_to_ask_and_no_yes_removes_nobody(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    alice = sandbox.join("board", "alice")
    done = roomtui("kick", "board", "alice", stdin="y\n")
    assert (done.code, done.out) == (5, "")
    assert done.err == (
        f"roomtui: alice ({alice['sid']}) was not removed from board ({room['sid']}): "
        "there is nobody to ask, and no --yes.\n"
    )
    assert status(sandbox, alice) == "connected"
    assert audit(roomtui) == []


@pytest.mark.parametrize("who", ["bob", "ALICE", "PA" + "0" * 32, "", "al\x1b[2J", "\udcff", "."])
def test_nobody_of_that_name(roomtui: Program, sandbox: RunningSandbox, who: str) -> None:
    room = sandbox.create("board")
    sandbox.join("board", "alice")
    sandbox.leave(sandbox.join("board", "bob"))
    done = roomtui("kick", "board", who, "--yes")
    assert (done.code, done.out) == (3, "")
    (line,) = done.err.splitlines()
    assert line.startswith(f"roomtui: There is no such participant: nobody in board ({room['sid']}) has the identity ")


def test_in_no_such_room(roomtui: Program) -> None:
    done = roomtui("kick", "nobody", "alice", "--yes")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("roomtui: There is no such room")


def test_who_left_by_themselves_is_no_failure(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    alice = sandbox.join("board", "alice")
    sandbox.leave(alice)
    done = roomtui("kick", "board", alice["sid"])
    assert (done.code, done.err) == (0, "")
    assert done.out == f"alice ({alice['sid']}) had left board ({room['sid']}) already.\n"


def test_json_tells_what_came_of_it(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    alice = sandbox.join("board", "al\x1bice")
    sandbox.join("board", "bob")
    for outcome in ("removed", "gone-before"):
        done = roomtui("kick", "board", alice["sid"], "--yes", "--json")
        assert (done.code, done.err) == (0, "")
        assert done.json.keys() == PARTICIPANT_FIELDS | {"outcome", "people"}
        assert (done.json["outcome"], done.json["people"]) == (outcome, 1)
        assert (done.json["sid"], done.json["room_sid"]) == (alice["sid"], room["sid"])
        assert (done.json["identity"], done.json["status"]) == ("al\x1bice", "disconnected")


def test_it_is_written_down_before_and_after(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    alice = sandbox.join("board", "alice")
    roomtui("kick", "board", "alice", "--yes")
    before, after = audit(roomtui)
    for line in (before, after):
        assert (line["action"], line["id"]) == ("remove-participant", before["id"])
        assert (line["room_sid"], line["participant_sid"], line["people"]) == (room["sid"], alice["sid"], 1)
    assert after["outcome"] == "removed"


@pytest.mark.parametrize("kind", ["500", "reset"])
def test_no_answer_is_told(roomtui: Program, sandbox: RunningSandbox, kind: str) -> None:
    room = sandbox.create("board")
    alice = sandbox.join("board", "alice")
    sandbox.fault(kind, Rate="1", Path=f"/v1/Rooms/{room['sid']}/Participants/{alice['sid']}")
    done = roomtui("kick", "board", "alice", "--yes")
    assert (done.code, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1
