"""What stands in the line of an ended room, and what is asked for by what is typed."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.picture import EndedRoom
from roomtui.rooms.query import parse
from roomtui.tui.columns import View
from roomtui.tui.past_rows import OF_A_DAY, cells, notes
from roomtui.tui.past_sieve import PastSieve
from roomtui.tui.past_words import called, question
from roomtui.watch.past_questions import Question
from tests.tui import past_scene, scene

if TYPE_CHECKING:
    from roomtui.watch.past import Past

TODAY = date(2026, 11, 20)
UNKNOWN = Ending(EndingReason.UNKNOWN, certain=False)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("2026-11-19", Question(day=date(2026, 11, 19))),
        (" yesterday ", Question(day=date(2026, 11, 19))),
        ("Today", Question(day=TODAY)),
        ("-3", Question(day=date(2026, 11, 17))),
        ("Board & Co", Question(name="Board & Co")),
        ("name:today", Question(name="today")),
        ("2026-13-45", Question(name="2026-13-45")),
        ("20261120", Question(name="20261120")),
        ("-9999", Question(day=TODAY - timedelta(days=9999))),
        ("  ", None),
    ],
)
def test_a_day_or_else_a_name_is_asked_for(typed: str, asked: Question | None) -> None:
    assert question(typed, TODAY) == asked


def test_what_was_asked_for_is_said_in_words() -> None:
    assert called(Question(day=TODAY), TODAY, hide=False) == "2026-11-20 (today)"
    assert called(Question(day=date(2026, 1, 2)), TODAY, hide=False) == "2026-01-02"
    assert called(Question(name="call +16505550123"), TODAY, hide=True) == "named call +1650555****"


async def _read(twilio: past_scene.PastTwilio) -> Past:
    past = past_scene.stage(twilio).past
    past.ask(Question(day=TODAY))
    # What was done before is recalled in a thread, which comes when it comes: turns of the event loop tell nothing.
    while past.state.loading or not past.state.rooms or any(map(past.is_waiting, past.state.rooms)):
        past.attend([each.room.sid for each in past.state.rooms])
        await asyncio.sleep(0)
    return past


def _line(past: Past, name: str, view: View | None = None, *, with_day: bool = False) -> list[str]:
    entry = _named(past, name)
    return [piece.text for piece in cells(entry, past, view or View(), with_day=with_day)]


def _named(past: Past, name: str) -> EndedRoom:
    return next(each for each in past.state.rooms if each.room.unique_name.raw == name)


async def test_a_line_tells_when_how_long_how_many_and_why() -> None:
    past = await _read(past_scene.a_past())
    line = _line(past, "daily-standup")
    assert line[:7] == ["09:40:00", "daily-standup", "35m", "3", "3", "was empty", "was empty"]
    assert len(line) == len(OF_A_DAY)
    assert _line(past, "daily-standup", with_day=True)[0] == "2026-11-20 09:40"
    await past.stop()


async def test_what_cannot_be_known_any_more_is_a_question_mark_and_what_is_to_come_three_dots() -> None:
    twilio = past_scene.a_past()
    past = await _read(twilio)
    assert _line(past, "huddle-ux")[3:6] == ["?", "?", "not known why"]
    await past.stop()
    fresh = past_scene.stage(twilio).past
    fresh.ask(Question(day=TODAY))
    while fresh.state.loading:
        await asyncio.to_thread(lambda: None)
    assert _line(fresh, "huddle-ux")[3:6] == ["...", "...", "..."]
    assert _line(fresh, "lab-7")[3:6] == ["...", "...", "failed"]
    await fresh.stop()


async def test_a_room_made_again_says_so_and_names_the_other_one() -> None:
    past = await _read(past_scene.a_past())
    first = next(each for each in past.state.rooms if each.room.sid == scene.sid("RM", 122))
    assert [piece.text for piece in cells(first, past, View(), with_day=False)][6:9] == [
        "ended via API, again",
        "ended via API",
        "made again",
    ]
    said = notes(first, past, View())
    assert said[0].startswith(f"Made again: {scene.sid('RM', 20)}, created 2026-11-20 09:15:00Z (completed).")
    await past.stop()


async def test_the_filter_looks_at_name_sid_and_identities_as_they_are_shown() -> None:
    past = await _read(past_scene.a_past())
    standup = _named(past, "daily-standup")

    def found(text: str, *, hide: bool = False) -> list[str]:
        sieve = PastSieve()
        sieve.ask(parse(text))
        sieve.sift(past.state.rooms, past.is_waiting, scene.NOW, hide=hide)
        assert sieve.waiting == []
        return [each.room.unique_name.raw for each in sieve.found]

    assert found("STAND") == ["daily-standup"]
    assert found(standup.room.sid[:8]) == ["daily-standup"]
    assert found("5550123") == ["daily-standup"]
    assert found("5550123", hide=True) == []
    assert found("who:alice !stand") == ["Board & Co"]
    assert found("board & co") == ["Board & Co"]
    assert len(found("")) == len(past.state.rooms)
    await past.stop()


@pytest.mark.parametrize(
    ("text", "might"),
    [
        ("dana", True),
        ("who:dana", True),
        ("!who:dana", True),
        ("standup", False),
        ("name:retro dana", False),
        ("type:go dana", False),
    ],
)
def test_a_room_whose_people_are_not_read_may_turn_out_to_have_somebody(text: str, might: bool) -> None:  # noqa: FBT001 - the expected answer
    entry = EndedRoom(past_scene.ended(1, "standup", created=scene.NOW, minutes=9), None, UNKNOWN, scene.NOW)
    sieve = PastSieve()
    sieve.ask(parse(text))
    sieve.sift([entry], lambda _: True, scene.NOW, hide=False)
    assert sieve.waiting == ([entry] if might else [])
    sieve.sift([entry], lambda _: False, scene.NOW, hide=False)
    assert sieve.waiting == []
