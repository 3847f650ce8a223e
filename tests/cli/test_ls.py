"""`roomtui ls`: every room, who is in, when it closes and why; for people and for programs."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from tests.cli.program import harmless, until
from tests.tui.scene import HOSTILE

if TYPE_CHECKING:
    from tests.cli.program import Program, RunningSandbox

ROOM_FIELDS = {
    "account_sid",
    "audio_only",
    "date_created",
    "date_updated",
    "duration",
    "empty_room_timeout",
    "enable_turn",
    "end_time",
    "large_room",
    "links",
    "max_concurrent_published_tracks",
    "max_participant_duration",
    "max_participants",
    "media_region",
    "record_participants_on_connect",
    "sid",
    "status",
    "status_callback",
    "status_callback_method",
    "type",
    "unique_name",
    "unused_room_timeout",
    "url",
    "video_codecs",
}


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def now_at(sandbox: RunningSandbox) -> datetime:
    return datetime.fromisoformat(sandbox.ask("GET", "/_sandbox/clock")["now"].replace("Z", "+00:00"))


def by_name(listed: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {each["unique_name"]: each for each in listed}


def a_few_rooms(sandbox: RunningSandbox) -> dict[str, dict[str, Any]]:
    """One that nobody joined, one with two people, one that everybody left; about a quarter of an hour old.

    In the middle of a minute: however long a look at them takes, it tells the same minute.
    """
    made = {
        "unused": sandbox.create("unused", UnusedRoomTimeout="60"),
        "busy": sandbox.create("busy", UnusedRoomTimeout="60", EmptyRoomTimeout="7", MaxParticipantDuration="3600"),
        "left": sandbox.create("left", UnusedRoomTimeout="60", EmptyRoomTimeout="30", Type="group-small"),
    }
    sandbox.join("busy", "alice")
    gone = sandbox.join("left", "bob")
    sandbox.advance(600)
    sandbox.join("busy", "carol")
    sandbox.leave(gone)
    sandbox.advance(270)
    return made


def test_json_has_every_field_of_the_api_and_what_follows_from_them(roomtui: Program, sandbox: RunningSandbox) -> None:
    made = a_few_rooms(sandbox)
    now, began = now_at(sandbox), time.monotonic()
    done = roomtui("ls", "--json")
    assert (done.code, done.err) == (0, "")
    # The sandbox's time stands still; that of whoever lists its rooms goes on.
    within = timedelta(seconds=2 + time.monotonic() - began)
    listed = by_name(done.json)
    assert listed.keys() == made.keys()
    for name, room in listed.items():
        assert room.keys() == ROOM_FIELDS | {"participants", "deadline"}
        told = sandbox.room(made[name]["sid"])
        assert {key: room[key] for key in told} == told
        assert room["participants"].keys() == {"connected", "as_of"}
        assert abs(instant(room["participants"]["as_of"]) - now) <= within
        deadline = room["deadline"]
        assert deadline.keys() == {"kind", "at", "seconds_left", "certain"}
        assert deadline["certain"] is True
        assert type(deadline["seconds_left"]) is int
        assert abs(instant(deadline["at"]) - now - timedelta(seconds=deadline["seconds_left"])) <= within
    started = instant(made["busy"]["date_created"])
    expected = {
        "unused": ("unused-room-timeout", 0, started + timedelta(minutes=60)),
        "busy": ("max-participant-duration", 2, started + timedelta(seconds=600 + 3600, minutes=7)),
        "left": ("empty-room-timeout", 0, started + timedelta(seconds=600, minutes=30)),
    }
    for name, (kind, connected, at) in expected.items():
        deadline = listed[name]["deadline"]
        assert (deadline["kind"], listed[name]["participants"]["connected"]) == (kind, connected)
        assert abs(instant(deadline["at"]) - at) <= timedelta(seconds=1)


def test_people_read_a_table_of_what_closes_first(roomtui: Program, sandbox: RunningSandbox) -> None:
    made = a_few_rooms(sandbox)
    done = roomtui("ls")
    titles, *lines = done.out.splitlines()
    assert titles.split() == ["SID", "ROOM", "PEOPLE", "CLOSES", "IN", "WHY", "AGE", "TYPE"]
    rows = {line.split()[1]: line.split() for line in lines}
    assert list(rows) == ["left", "unused", "busy"]
    assert {name: row[0] for name, row in rows.items()} == {name: room["sid"] for name, room in made.items()}
    assert (rows["unused"][2], rows["busy"][2], rows["left"][2]) == ("0/50", "2/50", "0/4")
    assert (rows["unused"][3], rows["busy"][3], rows["left"][3]) == ("45m", "1h02", "25m")
    assert {row[-2] for row in rows.values()} == {"14m"}
    assert (rows["left"][-1], rows["busy"][-1]) == ("group-small", "group")
    widths = {len(line[: line.index(" group")].rstrip()) for line in lines}
    assert len(widths) == 1, "the columns do not stand under each other"


def test_without_people_only_the_list_is_read_and_deadlines_are_bounds(
    roomtui: Program, sandbox: RunningSandbox
) -> None:
    made = a_few_rooms(sandbox)
    before = sandbox.requests()
    listed = by_name(roomtui("ls", "--no-people", "--json").json)
    assert sandbox.requests() - before == 1
    for name, room in listed.items():
        assert room["participants"] is None
        assert room["deadline"]["certain"] is False
        assert room["deadline"]["kind"] == "max-room-duration"
        assert instant(room["deadline"]["at"]) == instant(made[name]["date_created"]) + timedelta(hours=24)
    assert "<23h45" in roomtui("ls", "--no-people").out


def test_a_room_without_a_name_is_null_to_programs(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create()
    listed = roomtui("ls", "--json").json
    assert [each["sid"] for each in listed] == [room["sid"]]
    assert listed[0]["unique_name"] == room["unique_name"]


def test_ended_rooms_tell_why_they_ended(roomtui: Program, sandbox: RunningSandbox) -> None:
    made = {"ours": sandbox.create("ours"), "emptied": sandbox.create("emptied", EmptyRoomTimeout="1")}
    made["unused"] = sandbox.create("unused", UnusedRoomTimeout="2")
    gone = sandbox.join("emptied", "bob")
    sandbox.advance(30)
    sandbox.leave(gone)
    assert roomtui("end", "ours", "--yes").code == 0
    sandbox.advance(3600)
    done = roomtui("ls", "--status", "completed", "--json")
    listed = by_name(done.json)
    assert listed.keys() == made.keys()
    for name, room in listed.items():
        assert room.keys() == ROOM_FIELDS | {"participants", "deadline", "ending"}
        assert room["deadline"] is None
        assert room["status"] == "completed"
        assert room["ending"].keys() == {"reason", "certain"}
        assert room["end_time"] == sandbox.room(made[name]["sid"])["end_time"]
    assert listed["emptied"]["ending"]["reason"] == "empty-room-timeout"
    assert listed["unused"]["ending"]["reason"] == "unused-room-timeout"
    titles, *lines = roomtui("ls", "--status", "completed").out.splitlines()
    assert titles.split() == ["SID", "ROOM", "ENDED", "(UTC)", "LASTED", "WHY", "TYPE"]
    assert [line.split()[1] for line in lines] == ["unused", "emptied", "ours"], "what ended last comes first"
    assert not any("0/50" in line for line in lines)
    assert roomtui("ls", "--json").json == []


def test_filters_go_to_twilio(roomtui: Program, sandbox: RunningSandbox) -> None:
    early = sandbox.create("early", UnusedRoomTimeout="60")
    sandbox.advance(1000)
    late = sandbox.create("late", UnusedRoomTimeout="60")
    assert by_name(roomtui("ls", "--json", "--name", "early").json).keys() == {"early"}
    assert roomtui("ls", "--json", "--name", "nobody").json == []
    late_at, early_at = late["date_created"], early["date_created"]
    assert by_name(roomtui("ls", "--json", "--created-after", late_at).json).keys() == {"late"}
    assert by_name(roomtui("ls", "--json", "--created-before", late_at).json).keys() == {"early"}
    tomorrow = (instant(late_at) + timedelta(days=1)).date().isoformat()
    assert roomtui("ls", "--json", "--created-after", tomorrow).json == []
    both = roomtui("ls", "--json", "--created-after", early_at.rstrip("Z"), "--created-before", tomorrow)
    assert by_name(both.json).keys() == {"early", "late"}


def test_what_a_limit_cuts_off_is_said(roomtui: Program, sandbox: RunningSandbox) -> None:
    for number in range(5):
        sandbox.create(f"room-{number}")
    cut = roomtui("ls", "--limit", "3", "--json")
    assert (cut.code, len(cut.json)) == (0, 3)
    assert cut.err == "Only the first 3 rooms are listed; there are more.\n"
    whole = roomtui("ls", "--limit", "5", "--json")
    assert (len(whole.json), whole.err) == (5, "")


def test_no_rooms_is_an_empty_array_and_a_sentence(roomtui: Program) -> None:
    done = roomtui("ls", "--json")
    assert (done.code, done.json, done.err) == (0, [], "")
    done = roomtui("ls")
    assert (done.code, done.out, done.err) == (0, "", "No such rooms.\n")


def test_the_read_budget_is_kept(roomtui: Program, sandbox: RunningSandbox) -> None:
    for number in range(6):
        sandbox.create(f"room-{number}")
    sandbox.ask("DELETE", "/_sandbox/requests")
    assert len(roomtui("ls", "--json", "--reads-per-second", "10").json) == 6
    report = sandbox.ask("GET", "/_sandbox/requests")
    assert report["total"] >= 19
    assert report["peak_reads_per_second"] <= 10


def test_interrupted_it_prints_what_it_has(roomtui: Program, sandbox: RunningSandbox) -> None:
    for number in range(12):
        sandbox.create(f"room-{number}")
    before = sandbox.requests()
    process = roomtui.start("ls", "--json", "--reads-per-second", "4")
    # The list and at least two rosters, of three reads each.
    until(lambda: sandbox.requests() >= before + 7)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    done = roomtui.done(process, out, err)
    assert done.code == 130
    read = [room for room in done.json if room["participants"] is not None]
    assert len(done.json) == 12
    assert f"Interrupted: {len(read)} of 12 rosters were read; the others are left out." in err
    assert all(room["deadline"]["certain"] is False for room in done.json if room["participants"] is None)


def test_interrupted_before_there_is_anything_it_says_so(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.fault("timeout", Rate="1")
    process = roomtui.start("ls")
    until(lambda: sandbox.ask("GET", "/_sandbox/requests")["peak_reads_per_second"])
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.strip()) == (130, "", "roomtui: interrupted")


def test_a_long_reading_is_announced(roomtui: Program, sandbox: RunningSandbox) -> None:
    for number in range(3):
        room = sandbox.create(f"room-{number}")
        sandbox.join(room["sid"], "alice")
    done = roomtui("ls", "--json", "--reads-per-second", "1")
    assert len(done.json) == 3
    assert done.err.startswith("Reading 3 rosters at 1 reads/s: 6s at the least.\n")


def test_a_room_that_ends_while_rosters_are_read_is_told_as_ended(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.ask("POST", "/_sandbox/clock", Speed="1")
    rooms = [sandbox.create(f"room-{number}") for number in range(4)]
    before = sandbox.requests()
    process = roomtui.start("ls", "--json", "--reads-per-second", "6")
    until(lambda: sandbox.requests() > before + 1)
    for room in rooms:
        sandbox.ask("POST", f"/v1/Rooms/{room['sid']}", Status="completed")
    out, err = process.communicate(timeout=60)
    done = roomtui.done(process, out, err)
    assert done.code == 0
    assert {room["status"] for room in done.json} == {"completed"}
    assert all(room["deadline"] is None and "ending" in room for room in done.json)
    assert "ended while the rosters were read" in err


def test_who_is_reconnecting_is_counted_and_holds_the_room_open(roomtui: Program, sandbox: RunningSandbox) -> None:
    room = sandbox.create("room", MaxParticipantDuration="600")
    sandbox.join("room", "early")
    sandbox.advance(120)
    late = sandbox.join("room", "late")
    sandbox.ask("POST", f"/_sandbox/participants/{late['sid']}/drop")
    (listed,) = roomtui("ls", "--json").json
    assert listed["participants"]["connected"] == 2
    put_out = instant(room["date_created"]) + timedelta(seconds=120 + 600)
    assert instant(listed["deadline"]["at"]) == put_out + timedelta(minutes=5)


def test_a_roster_that_cannot_be_read_does_not_lose_the_others(roomtui: Program, sandbox: RunningSandbox) -> None:
    made = [sandbox.create(name) for name in ("a", "b", "c")]
    sandbox.fault("malformed", Rate="1", Path=f"/v1/Rooms/{made[1]['sid']}/*")
    done = roomtui("ls", "--json")
    assert done.code == 1
    assert {room["unique_name"]: room["participants"] is None for room in done.json} == {
        "a": False,
        "b": True,
        "c": False,
    }
    assert done.err.startswith("1 roster could not be read and is left out: ")


def test_an_api_without_rooms_is_not_a_missing_room(roomtui: Program, sandbox: RunningSandbox) -> None:
    done = roomtui("ls", ROOMTUI_API_URL=f"{sandbox.url}/elsewhere")
    assert (done.code, done.out) == (1, "")
    assert "There is no list of rooms at the API URL" in done.err


def test_a_passing_refusal_is_not_even_noticed(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("room")
    sandbox.fault("429", Count="1")
    sandbox.fault("503", Count="1")
    done = roomtui("ls", "--json")
    assert (done.code, len(done.json), done.err) == (0, 1, "")


def test_beside_other_readers_of_the_account_it_slows_down_instead_of_failing(
    roomtui: Program, sandbox: RunningSandbox
) -> None:
    for number in range(6):
        sandbox.create(f"room-{number}")
    sandbox.fault("429", Count="8")
    done = roomtui("ls", "--json", "--reads-per-second", "80")
    assert (done.code, len(done.json)) == (0, 6)
    assert all(room["participants"] is not None for room in done.json)


def test_hostile_names_are_data_to_programs_and_harmless_to_people(roomtui: Program, sandbox: RunningSandbox) -> None:
    candidates = [*HOSTILE, "del\x7f\x7f", "c1\x9b31m", "-rf", "--json", "'; DROP TABLE", "a/b?c#d%00"]
    names = [name for name in candidates if sandbox.try_create(name, UnusedRoomTimeout="60") is not None]
    assert len(names) >= 13
    for name in names:
        sandbox.join(name, name)
    done = roomtui("ls", "--json")
    assert {room["unique_name"] for room in done.json} == set(names)
    assert done.out.isascii()
    table = roomtui("ls")
    assert len(table.out.splitlines()) == len(names) + 1
    with ThreadPoolExecutor(4) as several:
        shown = several.map(lambda room: roomtui("show", room["sid"], "--json"), done.json)
        for room, told in zip(done.json, shown, strict=True):
            assert told.json["unique_name"] == told.json["roster"][0]["identity"] == room["unique_name"]
        for told in several.map(lambda room: roomtui("show", room["sid"]), done.json):
            harmless(told.out)


def test_a_terminal_that_cannot_write_a_name_gets_an_escape(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("東京")
    done = roomtui("ls", PYTHONIOENCODING="latin-1")
    assert (done.code, done.err) == (0, "")
    assert "\\u6771\\u4eac" in done.out


def test_whoever_has_read_enough_may_hang_up(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("room")
    process = roomtui.start("ls", "--json")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=30)
    assert process.returncode != 0
    harmless(err)
    assert err == ""
