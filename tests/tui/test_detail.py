from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.model import Roster
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.tui.columns import View
from roomtui.tui.detail import in_brief, in_full
from tests.tui.scene import NOW, ago, live, person, room

if TYPE_CHECKING:
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
    assert "limit in 1:30 !" in shown
    assert "limit in 3h00" in shown


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
    assert str(ROOM.url) in shown
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
