"""`roomtui show`: one room and everybody who is or was in it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.cli.test_ls import ROOM_FIELDS, instant

if TYPE_CHECKING:
    from tests.cli.program import Program, RunningSandbox

PARTICIPANT_FIELDS = {
    "account_sid",
    "date_created",
    "date_updated",
    "duration",
    "end_time",
    "identity",
    "links",
    "room_sid",
    "sid",
    "start_time",
    "status",
    "url",
}


def test_json_has_the_room_its_people_and_their_own_deadlines(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board", UnusedRoomTimeout="60", MaxParticipantDuration="7200")
    people = {name: sandbox.join("board", name) for name in ("alice", "bob", "lost")}
    sandbox.advance(600)
    people["carol"] = sandbox.join("board", "carol")
    sandbox.leave(people["bob"])
    sandbox.ask("POST", f"/_sandbox/participants/{people['lost']['sid']}/drop")
    done = roomtui("show", "board", "--json")
    assert (done.code, done.err) == (0, "")
    shown = done.json
    assert shown.keys() == ROOM_FIELDS | {"participants", "deadline", "roster"}
    assert {key: shown[key] for key in room if key != "date_updated"} == {
        key: value for key, value in room.items() if key != "date_updated"
    }
    roster = {each["identity"]: each for each in shown["roster"]}
    assert roster.keys() == people.keys()
    for identity, each in roster.items():
        assert each.keys() == PARTICIPANT_FIELDS | {"deadline"}
        told = sandbox.ask("GET", f"/v1/Rooms/{room['sid']}/Participants/{each['sid']}")
        assert {key: each[key] for key in told} == told
        if identity == "bob":
            assert each["deadline"] is None
            assert (each["status"], each["duration"]) == ("disconnected", 600)
            continue
        assert each["deadline"]["kind"] == "max-participant-duration"
        assert instant(each["deadline"]["at"]) == instant(each["start_time"]) + timedelta(seconds=7200)
    assert roster["lost"]["status"] == "reconnecting"
    assert shown["deadline"]["kind"] == "max-participant-duration"
    assert instant(shown["deadline"]["at"]) == instant(roster["carol"]["start_time"]) + timedelta(
        seconds=7200, minutes=5
    )


def test_people_read_the_room_and_its_people(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board", UnusedRoomTimeout="60")
    person = sandbox.join("board", "alice")
    sandbox.advance(570)  # the middle of a minute: however long a look takes, it tells the same
    by_name, by_sid = roomtui("show", "board"), roomtui("show", room["sid"])
    assert by_name.out == by_sid.out
    lines = by_name.out.splitlines()
    assert lines[1].split()[:3] == [room["sid"], "board", "1/50"]
    assert lines[2:4] == ["recorded: nothing   phones: 0", ""]
    assert lines[4].split() == ["SID", "IDENTITY", "STATUS", "IN", "FOR", "LIMIT", "IN"]
    assert lines[5].split() == [person["sid"], "alice", "connected", "9m", "3h50"]


def test_an_ended_room_is_found_by_its_sid_alone(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("over", UnusedRoomTimeout="60", EmptyRoomTimeout="2")
    sandbox.leave(sandbox.join("over", "alice"))
    sandbox.advance(600)
    assert roomtui("show", "over").code == 3
    shown = roomtui("show", room["sid"], "--json").json
    assert shown.keys() == ROOM_FIELDS | {"participants", "deadline", "roster", "ending"}
    assert (shown["status"], shown["deadline"]) == ("completed", None)
    assert shown["ending"]["reason"] == "empty-room-timeout"
    assert [each["identity"] for each in shown["roster"]] == ["alice"]
    lines = roomtui("show", room["sid"]).out.splitlines()
    assert lines[0].split() == ["SID", "ROOM", "ENDED", "(UTC)", "LASTED", "WHY", "TYPE"]
    assert lines[1].split()[-4:] == ["2m", "was", "empty", "group"]
    assert lines[2] == ""


def test_what_was_ended_from_here_is_told_from_what_others_ended(roomtui: Program, sandbox: RunningSandbox) -> None:
    ours, theirs = (sandbox.create(name)["sid"] for name in ("ours", "theirs"))
    assert roomtui("end", ours, "--yes").code == 0
    sandbox.ask("POST", f"/v1/Rooms/{theirs}", Status="completed")
    for sid, reason, words in ((ours, "ended-by-us", "ended by us"), (theirs, "ended-via-api", "ended via API")):
        assert roomtui("show", sid, "--json").json["ending"] == {"reason": reason, "certain": True}
        assert words in roomtui("show", sid).out
    listed = roomtui("ls", "--status", "completed", "--json").json
    assert {each["sid"]: each["ending"]["reason"] for each in listed} == {ours: "ended-by-us", theirs: "ended-via-api"}
    assert "ended by us" in roomtui("ls", "--status", "completed").out


def test_no_such_room(roomtui: Program) -> None:
    for name in ("nobody", "RM" + "0" * 32, "", ".", "..", "a/b", "\udcff\udcfe", "../Rooms"):
        done = roomtui("show", name)
        assert (done.code, done.out) == (3, "")
        assert done.err.startswith("roomtui: There is no such room")
        assert len(done.err.splitlines()) == 1


def test_a_name_that_looks_like_an_option_goes_behind_two_dashes(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("--json")
    assert roomtui("show", "--json", "--", "--json").json["unique_name"] == "--json"
