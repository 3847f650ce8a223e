"""`roomtui create`: a room with exactly what was asked for, its SID for a script, and a sentence for each complaint."""

from __future__ import annotations

import subprocess
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.cli.creating import create
from roomtui.rooms.new_room import NewRoom
from tests.cli.program import PATIENCE, PROGRAM, until
from tests.cli.test_end import audit
from tests.cli.test_ls import ROOM_FIELDS
from tests.tui.scene import HOSTILE
from tests.twilio_api.http11.wired import refusing

if TYPE_CHECKING:
    from tests.cli.program import Program, RunningSandbox


def rules(sandbox: RunningSandbox, sid: str) -> list[dict[str, Any]]:
    """The recording rules of a room, as the API tells them."""
    return list(sandbox.ask("GET", f"/v1/Rooms/{sid}/RecordingRules")["rules"])


def test_stdout_is_the_new_rooms_sid_alone(roomtui: Program, sandbox: RunningSandbox) -> None:
    done = roomtui("create", "Board & Co")
    assert (done.code, done.err) == (0, "")
    room = sandbox.room(done.out.strip())
    assert done.out == f"{room['sid']}\n"
    assert (room["unique_name"], room["status"], room["max_participants"]) == ("Board & Co", "in-progress", 50)


def test_without_a_name_the_room_has_its_sid_for_one(roomtui: Program, sandbox: RunningSandbox) -> None:
    sid = roomtui("create").out.strip()
    assert sandbox.room(sid)["unique_name"] == sid


def test_every_parameter_of_the_api_has_an_option() -> None:
    options = {parameter.name for parameter in create.params}
    assert {field.name for field in fields(NewRoom)} - {"unique_name"} <= options
    assert "name" in options


def test_what_is_asked_for_is_what_is_made(roomtui: Program, sandbox: RunningSandbox) -> None:
    done = roomtui(
        *("create", "board", "--type", "group", "--max-participants", "7", "--max-participant-duration", "90m"),
        *("--empty-room-timeout", "3", "--unused-room-timeout", "60", "--record-participants-on-connect"),
        *("--video-codec", "H264", "--media-region", "de1", "--no-audio-only", "--no-large-room", "--enable-turn"),
        *("--status-callback", "https://example.com/twilio", "--status-callback-method", "GET"),
        *("--no-transcribe-participants-on-connect", "--transcriptions-configuration", '{"languageCode": "de-DE"}'),
        *("--recording-rules", '[{"type": "include", "kind": "audio"}]'),
    )
    assert (done.code, done.err) == (0, "")
    room = sandbox.room(done.out.strip())
    wanted = {
        "type": "group",
        "max_participants": 7,
        "max_participant_duration": 5400,
        "empty_room_timeout": 3,
        "unused_room_timeout": 60,
        "record_participants_on_connect": True,
        "video_codecs": ["H264"],
        "media_region": "de1",
        "audio_only": False,
        "large_room": False,
        "status_callback": "https://example.com/twilio",
        "status_callback_method": "GET",
    }
    assert {key: room[key] for key in wanted} == wanted
    (rule,) = rules(sandbox, room["sid"])
    assert (rule["type"], rule["kind"]) == ("include", "audio")


def test_json_is_the_room_as_ls_tells_it(roomtui: Program, sandbox: RunningSandbox) -> None:
    done = roomtui("create", "board", "--unused-room-timeout", "10", "--json")
    assert (done.code, done.err) == (0, "")
    assert done.json.keys() == ROOM_FIELDS | {"participants", "deadline"}
    assert {key: done.json[key] for key in ROOM_FIELDS} == sandbox.room(done.json["sid"])
    assert done.json["participants"] is None
    deadline = done.json["deadline"]
    assert (deadline["kind"], deadline["certain"]) == ("unused-room-timeout", True)
    assert 600 - PATIENCE < deadline["seconds_left"] <= 600, "it goes on while the answer is on its way"


def test_each_complaint_is_a_line_and_nothing_is_sent(roomtui: Program, sandbox: RunningSandbox) -> None:
    before = sandbox.requests()
    done = roomtui(
        *("create", "x" * 129, "--max-participants", "51", "--empty-room-timeout", "0", "--video-codec", "AV1\x1b[2J"),
        *("--media-region", "\udcff", "--status-callback", "ftp://\udcff", "--recording-rules", "[]"),
    )
    assert (done.code, done.out) == (2, "")
    options = [line.removeprefix("roomtui: ").partition(": ")[0] for line in done.err.splitlines()]
    assert sorted(options) == sorted(
        [
            "NAME",
            "--max-participants",
            "--empty-room-timeout",
            "--video-codec",
            "--media-region",
            "--status-callback",
            "--recording-rules",
        ]
    )
    assert sandbox.requests() == before
    assert audit(roomtui) == []


@pytest.mark.parametrize("name", ["", "\udcff\udcfe"])
def test_what_cannot_be_a_name(roomtui: Program, name: str) -> None:
    done = roomtui("create", name)
    assert (done.code, done.out) == (2, "")
    (line,) = done.err.splitlines()
    assert line.startswith("roomtui: NAME: ")


@pytest.mark.parametrize(
    ("arguments", "code", "option"),
    [
        (("taken",), 53113, "NAME"),
        (("new", "--large-room"), 53103, "--large-room"),
    ],
)
def test_a_refusal_names_the_option_it_concerns(
    roomtui: Program, sandbox: RunningSandbox, arguments: tuple[str, ...], code: int, option: str
) -> None:
    sandbox.create("taken")
    done = roomtui("create", *arguments)
    assert (done.code, done.out) == (1, "")
    (line,) = done.err.splitlines()
    assert f"error {code}" in line
    assert line.endswith(f". This concerns {option}.")


def test_an_account_of_today_is_told_which_option_it_cannot_have(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.ask("POST", "/_sandbox/account", Era="current")
    for arguments, option in ((("--type", "go"), "--type"), (("--audio-only",), "--audio-only")):
        done = roomtui("create", "new", *arguments)
        assert (done.code, done.out) == (1, "")
        assert done.err.endswith(f". This concerns {option}.\n")


# Create again like this one


def test_like_an_ended_room_it_has_its_name_and_settings(roomtui: Program, sandbox: RunningSandbox) -> None:
    old = sandbox.create("board", MaxParticipants="7", EmptyRoomTimeout="9", MediaRegion="jp1", VideoCodecs="VP8")
    sandbox.ask("POST", f"/v1/Rooms/{old['sid']}", Status="completed")
    done = roomtui("create", "--like", old["sid"])
    assert (done.code, done.err) == (0, "")
    new = sandbox.room(done.out.strip())
    assert new["sid"] != old["sid"]
    for key in ("unique_name", "max_participants", "empty_room_timeout", "media_region", "video_codecs", "type"):
        assert new[key] == old[key]


def test_what_is_typed_wins_over_the_pattern(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("board", MaxParticipants="7", EmptyRoomTimeout="9", RecordParticipantsOnConnect="true")
    done = roomtui(
        *("create", "other", "--like", "board", "--max-participants", "8", "--no-record-participants-on-connect")
    )
    new = sandbox.room(done.out.strip())
    assert (new["unique_name"], new["max_participants"], new["empty_room_timeout"]) == ("other", 8, 9)
    assert new["record_participants_on_connect"] is False


def test_like_an_ad_hoc_room_it_has_twilios_own_time_outs(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.join("adhoc", "alice")
    done = roomtui("create", "other", "--like", "adhoc")
    assert done.code == 0, done.err
    new = sandbox.room(done.out.strip())
    assert (new["empty_room_timeout"], new["unused_room_timeout"]) == (5, 5)


def test_like_a_room_that_is_still_in_progress_the_name_is_taken(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("board")
    done = roomtui("create", "--like", "board")
    assert (done.code, done.out) == (1, "")
    assert done.err.endswith("This concerns NAME.\n")


def test_like_a_room_there_is_not(roomtui: Program) -> None:
    done = roomtui("create", "new", "--like", "nobody")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("roomtui: There is no such room: nobody ")


# What may go wrong


def test_it_is_written_down_before_and_after(roomtui: Program) -> None:
    sid = roomtui("create", "board", "--max-participants", "7").out.strip()
    before, after = audit(roomtui)
    assert (before["phase"], after["phase"]) == ("before", "after")
    assert (before["action"], before["room_name"]) == ("create-room", "board")
    assert (after["outcome"], after["room_sid"], after["id"]) == ("created", sid, before["id"])


def test_the_same_room_is_not_made_twice_when_twilio_gives_no_answer(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.fault("500", Count="1", Path="/v1/Rooms")
    done = roomtui("create")
    assert (done.code, done.out) == (1, "")
    (line,) = done.err.splitlines()
    assert "look" in line
    assert sandbox.ask("GET", "/v1/Rooms")["rooms"] == []


def test_where_nothing_could_be_sent_no_room_is_to_be_looked_for(stranger: Program) -> None:
    """Without a name nothing is asked before, so a proxy that is not there is met only now."""
    with refusing() as port:
        proxy = f"127.0.0.1:{port}"
        known = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "x", "HTTPS_PROXY": f"http://{proxy}"}
        program = replace(stranger, environ={**stranger.environ, **known})
        done = program("create")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"roomtui: The proxy {proxy} cannot be reached: ")
    assert done.err.endswith("HTTPS_PROXY names it.\n")
    assert [line.get("outcome") for line in audit(program)] == [None, "not-done"]


def test_names_of_every_kind_are_made_as_they_are(roomtui: Program, sandbox: RunningSandbox) -> None:
    made = 0
    for name in HOSTILE:
        if "\0" in name or "\ud800" in name:
            continue  # no argument of a process can hold these
        done = roomtui("create", "--json", "--", name)
        assert (done.code, done.err) == (0, ""), name
        assert sandbox.room(done.json["sid"])["unique_name"] == name
        made += 1
    assert made == 8


def test_a_reader_that_has_gone_is_no_traceback(roomtui: Program, sandbox: RunningSandbox) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "create", "board"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=roomtui.environ
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    until(lambda: process.poll() is not None)
    assert process.returncode == 1
    assert process.stderr.read() == ""
    process.stderr.close()
    assert len(sandbox.ask("GET", "/v1/Rooms")["rooms"]) == 1
