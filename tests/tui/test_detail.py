from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.model import Roster, Track, Tracks
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.rooms.recording import EVERYTHING, NOTHING, RecordingRule, RecordingRules
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.columns import View
from roomtui.tui.detail import in_brief, in_full
from roomtui.tui.lines import Tone
from tests.tui.scene import NOW, ago, live, person, room

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.tui.lines import Line

ROOM = room(1, "Board & Co", ago(hours=3, minutes=52))
OCCUPIED = live(
    ROOM,
    [
        person(ROOM.sid, "alice", ago(hours=3, minutes=58, seconds=30)),
        person(ROOM.sid, "bob", ago(hours=1), status="reconnecting"),
        person(ROOM.sid, "+16505550123-634a594e", ago(minutes=20)),
    ],
    [person(ROOM.sid, "kim", ago(hours=2), ago(hours=1))],
)


def text(lines: list[Line]) -> str:
    return "\n".join("".join(piece.text for piece in each) for each in lines)


def test_everybody_has_a_countdown_of_their_own() -> None:
    shown = text(in_brief(OCCUPIED, NOW, View(), 78))
    assert "alice" in shown
    assert "limit 1:30 !" in shown
    assert "limit 3h00" in shown


def test_phones_and_those_reconnecting_are_marked() -> None:
    lines = text(in_brief(OCCUPIED, NOW, View(), 78)).split("\n")
    assert any("bob" in each and "reconnecting" in each for each in lines)
    assert any("+1650555" in each and "phone" in each for each in lines)


def test_who_left_is_listed_with_when_and_how_long() -> None:
    assert "left 1h00 ago, was in 1h00" in text(in_brief(OCCUPIED, NOW, View(), 78))


def test_phone_numbers_are_masked_on_request() -> None:
    shown = text(in_full(OCCUPIED, NOW, View(hide=True), 78))
    assert "+1650555****-634a594e" in shown
    assert "5550123" not in shown


def test_what_happens_after_the_last_limit_is_said() -> None:
    shown = text(in_brief(OCCUPIED, NOW, View(), 100))
    assert "closes in 3h45 at 14:00:00Z: 4 h limit of +16505550123-634a594e, then 5 min empty" in shown


def test_a_deadline_that_has_passed_is_due_since_then() -> None:
    empty = live(room(2, "x", ago(minutes=5)))
    assert "due ! since 10:15:00Z: nobody came yet" in text(in_brief(empty, NOW + timedelta(seconds=9), View(), 78))


def test_an_ended_room_says_when_why_and_how_long_it_lasted() -> None:
    over = room(3, "retro", ago(hours=1), status="completed", end_time=ago(minutes=2), duration=3480)
    ended = EndedRoom(over, Roster((), (), NOW), Ending(EndingReason.ENDED_BY_US), NOW)
    assert "completed 2m ago: ended by us, after 58m" in text(in_brief(ended, NOW, View(), 78))
    assert "nobody ever joined" in text(in_brief(ended, NOW, View(), 78))


def test_every_field_of_the_room_is_there() -> None:
    shown = text(in_full(OCCUPIED, NOW, View(), 78))
    for value in (ROOM.sid, "Board & Co", "in-progress", "group", "50", "4 h", "170", "5 min", "VP8 H264", "us1"):
        assert value in shown
    assert str(ROOM.url) in "".join(shown.split())
    assert str(ROOM.account_sid) in shown


def test_a_roster_that_is_not_read_is_not_an_empty_one() -> None:
    unread = LiveRoom.known(ROOM, None)
    assert "who is in it: not read yet" in text(in_brief(unread, NOW, View(), 78))
    assert "nobody" not in text(in_brief(unread, NOW, View(), 78))


def test_a_room_of_which_twilio_tells_little_can_be_shown() -> None:
    bare = room(
        4,
        "x",
        NOW,
        date_created=None,
        type=None,
        max_participants=None,
        max_participant_duration=None,
        empty_room_timeout=None,
        unused_room_timeout=None,
        video_codecs=None,
        media_region=None,
        links=None,
        url=None,
    )
    nobody_knows = live(bare, [person(bare.sid, "", NOW)])
    assert "not known" in text(in_full(nobody_knows, NOW, View(), 60))
    assert "?" in text(in_brief(nobody_knows, NOW, View(), 60))


def publishing(*tracks: tuple[str, bool | None], seconds_ago: float = 0) -> LiveRoom:
    """The room, in which alice publishes these kinds of tracks."""
    alice = OCCUPIED.roster.present[0] if OCCUPIED.roster is not None else None
    assert alice is not None
    published = tuple(
        Track(sid=f"MT{number}", participant_sid=alice.sid, name=Untrusted("t"), kind=kind, enabled=enabled)
        for number, (kind, enabled) in enumerate(tracks)
    )
    return OCCUPIED.publishing(alice.sid, Tracks(published, ago(seconds_ago)))


def line_of(name: str, lines: list[Line]) -> Line:
    return next(each for each in lines if each and each[0].text.startswith(name))


@pytest.mark.parametrize(
    ("tracks", "said"),
    [
        ([("video", True), ("audio", True)], "audio  video"),
        ([("audio", False), ("video", None), ("data", True)], "audio (muted)  video  data"),
        ([("video", True), ("video", True)], "video  video"),
        ([("hologram\x1b", True), ("audio", True)], "audio  hologram^["),
        ([], "publishes nothing"),
    ],
)
def test_what_somebody_publishes_stands_beside_them(tracks: list[tuple[str, bool | None]], said: str) -> None:
    pieces = line_of("alice", in_brief(publishing(*tracks), NOW, View(), 100))
    assert pieces[-1].text.strip() == said
    assert pieces[-1].tone is Tone.TEXT


@pytest.mark.parametrize(("view", "age"), [(View(stale=True), 0), (View(), 30)])
def test_what_was_published_a_while_ago_is_dimmed(view: View, age: float) -> None:
    pieces = line_of("alice", in_brief(publishing(("audio", True), seconds_ago=age), NOW, view, 100))
    assert pieces[-1].tone is Tone.DIM


def test_of_whom_no_tracks_were_read_nothing_is_said() -> None:
    assert "publishes" not in text(in_brief(OCCUPIED, NOW, View(), 100))


def test_one_audio_track_alone_does_not_make_a_phone() -> None:
    assert "phone" not in "".join(
        piece.text for piece in line_of("alice", in_brief(publishing(("audio", True)), NOW, View(), 100))
    )


def test_phones_are_counted_where_there_are_some() -> None:
    assert "phones 1 of 35" in text(in_brief(OCCUPIED, NOW, View(), 100))
    assert "phones" not in text(in_brief(live(ROOM), NOW, View(), 100))


@pytest.mark.parametrize(
    ("rules", "brief", "full"),
    [
        (EVERYTHING, "recording", "everything"),
        (NOTHING, "not recording", "nothing"),
        ((RecordingRule(type="include", kind="audio"),), "recording some of it", "some of it, by rules"),
        (None, None, "no, when it was made"),
    ],
)
def test_what_is_recorded_is_said_in_words(
    rules: tuple[RecordingRule, ...] | None, brief: str | None, full: str
) -> None:
    read = None if rules is None else RecordingRules(ROOM.sid, rules, NOW)
    shown = replace(OCCUPIED, recording=read)
    if brief is None:
        assert "recording" not in text(in_brief(shown, NOW, View(), 200))
    else:
        assert f" {brief} " in text(in_brief(shown, NOW, View(), 200))
    assert full in text(in_full(shown, NOW, View(), 78))


def widths(lines: list[Line]) -> list[int]:
    return [sum(cell_len(piece.text) for piece in each) for each in lines]


@pytest.mark.parametrize("width", [56, 60, 78])
def test_nothing_is_cut_off_where_there_are_lines_enough(width: int) -> None:
    name, who, url = "very-long-name-" * 8, "who-with-an-identity-" * 4, "https://example.org/" + "path/" * 40
    room_ = room(31, name, ago(minutes=30), status_callback=Untrusted(url))
    lines = in_full(live(room_, [person(room_.sid, who, ago(minutes=3))]), NOW, View(), width)
    assert max(widths(lines)) <= width
    flat = "".join(text(lines).split())
    for whole in (name, f"limitof{who}", url):
        assert whole in flat


def test_on_a_wide_screen_two_fields_stand_side_by_side_and_wrap_in_their_half() -> None:
    room_ = room(31, "name-" * 20, ago(minutes=30))
    lines = in_full(live(room_), NOW, View(), 120)
    assert max(widths(lines)) <= 120
    assert "name-" * 20 in "".join("".join(text([each])[:60].split()) for each in lines[3:]).replace("uniquename", "")


def over_and_out(number: int, begin: datetime, *stays: tuple[str, datetime, datetime]) -> EndedRoom:
    end = max(each[2] for each in stays) + timedelta(minutes=1)
    over = room(number, "retro", begin, status="completed", end_time=end, duration=int((end - begin).total_seconds()))
    people = tuple(person(over.sid, *stay) for stay in stays)
    return EndedRoom(over, Roster((), people, NOW), Ending(EndingReason.EMPTY_ROOM), NOW)


def test_who_was_in_an_ended_room_stands_in_the_order_in_which_they_came() -> None:
    entry = over_and_out(
        32,
        ago(hours=2),
        ("bob", ago(minutes=90), ago(minutes=60)),
        ("alice", ago(minutes=100), ago(minutes=31)),
    )
    shown = text(in_full(entry, NOW, View(), 98))
    assert "alice         08:35:00Z to 09:44:00Z, 1h09\nbob           08:45:00Z to 09:15:00Z, 30m" in shown
    assert "2 at once at the most, 2 people in all." in shown
    assert "99 participant-minutes (each stay rounded up; 1h39\nexactly)." in shown
    joins = shown.split("Joins and leaves\n")[1].split("\n")
    assert joins == [
        "08:35:00Z  alice joined",
        "08:45:00Z  bob joined",
        "09:15:00Z  bob left after 30m",
        "09:44:00Z  alice left after 1h09",
    ]


def test_times_of_another_day_say_which() -> None:
    old = ago(hours=24 * 9)
    entry = over_and_out(33, old, ("bob", old, old + timedelta(hours=1)))
    assert "2026-11-11 10:15:00Z to 2026-11-11 11:15:00Z, 1h00" in text(in_full(entry, NOW, View(), 78))
