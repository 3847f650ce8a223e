from __future__ import annotations

from datetime import timedelta

from roomtui.rooms.changes import Event, EventKind
from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.moves import SHOWN, Moves
from tests.tui import scene
from tests.tui.driving import screen_text, settle
from tests.tui.scene import NOW, ago, live, person, picture, room


def event(kind: EventKind, sid: str = "RM1") -> Event:
    return Event(NOW, kind, sid, Untrusted("room"), Untrusted("alice"))


def test_comings_and_goings_of_the_last_seconds_are_counted_together() -> None:
    moves = Moves()
    joined, left = event(EventKind.PARTICIPANT_JOINED), event(EventKind.PARTICIPANT_LEFT)
    moves.hear((joined, joined, left, event(EventKind.ROOM_FULL)), NOW)
    assert moves.of("RM1", NOW) == 1
    assert moves.of("RM2", NOW) == 0
    moves.hear((left, left), NOW + timedelta(seconds=5))
    assert moves.of("RM1", NOW + timedelta(seconds=5 + SHOWN - 1)) == -1
    assert moves.of("RM1", NOW + timedelta(seconds=5 + SHOWN)) == 0
    moves.hear((joined,), NOW + timedelta(seconds=60))
    assert moves.of("RM1", NOW + timedelta(seconds=60)) == 1
    assert moves.of("RM1", NOW) == 0


def test_of_many_rooms_only_what_is_shown_is_kept() -> None:
    moves = Moves()
    for number in range(2000):
        moves.hear((event(EventKind.PARTICIPANT_LEFT, f"RM{number}"),), NOW + timedelta(seconds=number))
    assert len(moves._moves) <= 501
    assert moves.of("RM1999", NOW + timedelta(seconds=1999)) == -1


async def test_a_sign_says_for_ten_seconds_that_somebody_came_or_went() -> None:
    meeting = room(3, "Board & Co", ago(minutes=30))
    alice = person(meeting.sid, "alice", ago(minutes=5))
    stage = scene.stage(picture([live(meeting, [alice])]))
    async with stage.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        joined = Event(NOW, EventKind.PARTICIPANT_JOINED, meeting.sid, meeting.unique_name, Untrusted("bob"))
        stage.board.show(picture([live(meeting, [alice, person(meeting.sid, "bob", NOW)])]), (joined,))
        await settle(pilot)
        assert "▲2/50" in screen_text(stage)
        stage.clock.advance(SHOWN)
        stage.app.tick()
        await settle(pilot)
        assert "▲" not in screen_text(stage)
        assert " 2/50" in screen_text(stage)
