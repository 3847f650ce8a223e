"""Ending many rooms: at a pace, one after the other, and none that somebody came into."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import Broken, CredentialsRefused, NotFound, Refused, Throttled, Unreachable
from roomtui.watch.actions import EndOutcome, EndResult, ReadOnlyError
from roomtui.watch.bulk import WRITES_PER_SECOND, Ended, Step, Wanted, end_many
from roomtui.watch.journal import JournalError
from tests.rooms.builders import room
from tests.watch.deeds import Desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass
class Rooms:
    """Ends rooms in made-up time: each takes `takes` seconds; `inside` has how many are in them."""

    takes: float = 0.0
    inside: dict[str, int] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)
    failing: dict[str, Exception] = field(default_factory=dict)
    now: float = 100.0
    begun: list[tuple[float, str]] = field(default_factory=list)

    async def end_room(self, sid: str, *, even_if_occupied: bool) -> EndResult:
        self.begun.append((self.now, sid))
        self.now += self.takes
        if sid in self.failing:
            raise self.failing[sid]
        people = self.inside.get(sid, 0)
        if sid in self.over:
            return EndResult(EndOutcome.ENDED_BEFORE, room(sid=sid), people)
        if people and not even_if_occupied:
            return EndResult(EndOutcome.OCCUPIED, room(sid=sid), people)
        self.over.add(sid)
        return EndResult(EndOutcome.ENDED, room(sid=sid, status="completed"), people)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    async def end(self, *wanted: Wanted, stopped: Callable[[], bool] = lambda: False) -> list[Step]:
        steps = end_many(self, wanted, stopped=stopped, sleep=self.sleep, monotonic=lambda: self.now)
        return [step async for step in steps]


def refused(kind: type[Refused], status: int, *, retry_after: float | None = None) -> Refused:
    return kind(status=status, code=None, message=Untrusted("no"), retry_after=retry_after)


def empty(*sids: str) -> list[Wanted]:
    return [Wanted(sid, 0) for sid in sids]


@pytest.mark.parametrize("takes", [0.0, 0.1, 2.0])
async def test_in_any_second_no_more_rooms_are_ended_than_promised(takes: float) -> None:
    rooms = Rooms(takes=takes)
    steps = await rooms.end(*empty(*(str(number) for number in range(30))))
    assert [step.outcome for step in steps] == [Ended.ENDED] * 30
    starts = [at for at, _ in rooms.begun]
    assert [sid for _, sid in rooms.begun] == [str(number) for number in range(30)]
    for start in starts:
        assert sum(start <= other < start + 0.999 for other in starts) <= WRITES_PER_SECOND
    assert rooms.now - 100 < 30 * max(takes, 1 / WRITES_PER_SECOND) + 1, "and not slower than that"


async def test_each_room_tells_what_came_of_it() -> None:
    rooms = Rooms(inside={"full": 3, "joined": 2, "unknown": 1}, over={"over"})
    rooms.failing["gone"] = refused(NotFound, 404)
    steps = await rooms.end(
        Wanted("full", 2), Wanted("joined", 0), Wanted("unknown", None), Wanted("over", 4), *empty("gone", "last")
    )
    assert [(step.outcome, step.people, step.why) for step in steps] == [
        (Ended.ENDED, 3, ""),
        (Ended.OCCUPIED, 2, "2 people came in meanwhile: not ended"),
        (Ended.OCCUPIED, 1, "1 person is in it, which was not known: not ended"),
        (Ended.ENDED_BEFORE, 0, ""),
        (Ended.FAILED, 0, "Twilio does not know it (HTTP 404): no"),
        (Ended.ENDED, 0, ""),
    ]


@pytest.mark.parametrize(
    "error",
    [ReadOnlyError("This is read-only."), JournalError("The disk is full."), refused(CredentialsRefused, 401)],
)
async def test_what_would_fail_for_every_room_is_tried_once(error: Exception) -> None:
    rooms = Rooms(failing={"b": error})
    steps = await rooms.end(*empty("a", "b", "c", "d"))
    assert [step.outcome for step in steps] == [Ended.ENDED, Ended.FAILED, Ended.LEFT, Ended.LEFT]
    assert steps[1].why == str(error)
    assert [sid for _, sid in rooms.begun] == ["a", "b"]


@pytest.mark.parametrize("error", [Unreachable("No answer."), refused(Broken, 503), refused(Throttled, 429)])
async def test_three_times_no_good_answer_is_enough(error: Exception) -> None:
    rooms = Rooms(failing=dict.fromkeys("bcefg", error))
    steps = await rooms.end(*empty(*"abcdefgh"))
    assert [step.outcome for step in steps[:7]] == [
        *(Ended.ENDED, Ended.FAILED, Ended.FAILED, Ended.ENDED),
        *(Ended.FAILED, Ended.FAILED, Ended.FAILED),
    ]
    assert steps[7].outcome is Ended.LEFT
    assert "Twilio gives no good answer" in steps[7].why


async def test_refusals_of_single_rooms_do_not_keep_the_others_from_being_ended() -> None:
    rooms = Rooms(failing=dict.fromkeys("abcde", refused(Refused, 400)))
    assert [step.outcome for step in await rooms.end(*empty(*"abcdef"))] == [Ended.FAILED] * 5 + [Ended.ENDED]


async def test_who_is_told_to_wait_waits() -> None:
    rooms = Rooms(failing={"a": refused(Throttled, 429, retry_after=7.0)})
    await rooms.end(*empty("a", "b"))
    assert rooms.begun == [(100.0, "a"), (107.0, "b")]


async def test_it_stops_after_the_room_in_hand_even_where_it_was_waiting_for_its_turn() -> None:
    rooms = Rooms()
    steps = await rooms.end(*empty("a", "b", "c"), stopped=lambda: rooms.now > 100.1)
    assert [step.outcome for step in steps] == [Ended.ENDED, Ended.LEFT, Ended.LEFT]
    assert {step.why for step in steps[1:]} == {"stopped"}


async def test_each_of_many_is_looked_at_anew_written_down_and_verified(desk: Desk) -> None:
    first, second, third = (desk.twilio.opens(name) for name in ("one", "two", "three"))
    desk.twilio.joins(second, "alice")
    wanted = [Wanted(first, 0), Wanted(second, 0), Wanted(third, None)]
    # Somebody comes into the third one while the first is being ended.
    desk.twilio.before["end"] = lambda: desk.twilio.joins(third, "bob")
    steps = [step async for step in end_many(desk.actions, wanted, sleep=desk._sleep, monotonic=desk.time.monotonic)]
    assert [step.outcome for step in steps] == [Ended.ENDED, Ended.OCCUPIED, Ended.OCCUPIED]
    assert desk.twilio.count("end") == 1
    assert [(line["phase"], line["room_sid"], line.get("outcome")) for line in desk.lines()] == [
        ("before", first, None),
        ("after", first, "ended"),
    ]


async def test_where_nothing_may_be_changed_nothing_is_asked(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.jsonl", read_only=True)
    sids = [desk.twilio.opens(name) for name in ("one", "two")]
    steps = [
        step async for step in end_many(desk.actions, empty(*sids), sleep=desk._sleep, monotonic=desk.time.monotonic)
    ]
    assert [step.outcome for step in steps] == [Ended.FAILED, Ended.LEFT]
    assert "This is read-only" in steps[0].why
    assert desk.twilio.asked == []
