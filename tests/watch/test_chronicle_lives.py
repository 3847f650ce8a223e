"""A room's whole life, as the journal tells it afterwards: through the poller, over HTTP, by a sandbox's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from roomtui.watch.actions import Actions
from roomtui.watch.chronicle import Chronicle
from roomtui.watch.closings import Closings
from roomtui.watch.journal import Journal
from roomtui.watch.journal_lines import JournalLine, event_of, parse
from roomtui.watch.journal_words import in_words
from tests.watch.watching import Watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.watch.conftest import Twilio

STEP = 5.0
"""Seconds between two looks."""


class Life:
    """Somebody who watches, and what they write down."""

    def __init__(self, twilio: Twilio, path: Path) -> None:
        self.twilio = twilio
        self.watch = Watch(twilio.gateway, twilio.clock, twilio.time)
        self.path = path
        self.chronicle = Chronicle(
            self.watch.board,
            Journal(path),
            twilio.clock,
            about={"who": "joan", "host": "desk"},
            ended_by_us=self.watch.poller.ended_by_us,
            monotonic=twilio.time.monotonic,
        )
        self.closings = Closings(self.watch.board, twilio.clock)

    async def look(self) -> None:
        await self.watch.round()
        self.closings.look()
        await self.chronicle.write_down()
        await self.watch.published()

    async def passes(self, seconds: float) -> None:
        """Time passes, while somebody looks now and then."""
        while seconds > 0:
            await self.twilio.advance(min(STEP, seconds))
            seconds -= STEP
            await self.look()

    async def jumps(self, seconds: float) -> None:
        """Time passes, and nobody looks before it is over."""
        await self.twilio.advance(seconds)
        await self.look()

    def lines(self) -> list[JournalLine]:
        lines = [parse(raw) for raw in self.path.read_bytes().splitlines()]
        assert None not in lines
        return [line for line in lines if line is not None]

    def told(self) -> list[str]:
        """What the journal says of rooms, with the seconds since the first event."""
        events = [line for line in self.lines() if line.room_sid is not None]
        # Of whom the connection failed Twilio does not tell when.
        seconds = [
            "~"
            if line.text("event") in {"participant-dropped", "participant-back"}
            else f"{(line.at - events[0].at).total_seconds():.0f}"
            for line in events
        ]
        return [f"{at} {in_words(line, hide=False)}" for at, line in zip(seconds, events, strict=True)]

    def why(self, sid: str) -> str:
        """Why this room ended, as the board and the journal say: they say the same."""
        [event] = [
            found for line in self.lines() if (found := event_of(line)) and found.room_sid == sid and found.ending
        ]
        assert event.ending == self.watch.ended(sid).ending
        assert event.ending is not None
        return f"{event.ending.reason.value}{'' if event.ending.certain else '?'}"


@pytest.fixture
async def life(twilio: Twilio, tmp_path: Path) -> AsyncIterator[Life]:
    made = Life(twilio, tmp_path / "journal.jsonl")
    made.chronicle.listen()
    made.closings.start()
    await made.look()
    yield made
    made.closings.stop()
    await made.chronicle.stop()
    assert in_words(made.lines()[0], hide=False) == "watching began (joan@desk)"
    assert in_words(made.lines()[-1], hide=False) == "watching ended (joan@desk)"


async def test_a_room_that_nobody_comes_to(life: Life, twilio: Twilio) -> None:
    sid = await twilio.create(UniqueName="lonely", UnusedRoomTimeout="5")
    await life.passes(310)
    at = life.watch.ended(sid).room.date_created
    assert at is not None
    assert [told.split(",")[0] for told in life.told()] == [
        "0 lonely opened",
        "180 lonely is about to close",
        "300 lonely ended: nobody came",
    ]
    assert life.why(sid) == "unused-room-timeout"


async def test_a_room_that_empties(life: Life, twilio: Twilio) -> None:
    sid = await twilio.create(UniqueName="standup", EmptyRoomTimeout="3")
    await life.passes(10)
    alice = await twilio.join(sid, "alice")
    await life.passes(2)
    bob = await twilio.join(sid, "bob")
    await life.passes(18)
    await twilio.act(bob, "leave")
    await life.passes(30)
    await twilio.act(alice, "drop")
    await life.passes(10)
    await twilio.act(alice, "resume")
    await life.passes(10)
    await twilio.act(alice, "leave")
    await life.passes(190)
    told = [each.split(",")[0] for each in life.told()]
    assert told == [
        "0 standup opened",
        "10 alice joined standup",
        "12 bob joined standup",
        "30 bob left standup",
        "~ alice lost the connection to standup",
        "~ alice is back in standup",
        "80 alice left standup",
        "140 standup is about to close",
        "260 standup ended: was empty",
    ]
    assert life.why(sid) == "empty-room-timeout"


async def test_a_room_that_we_end(life: Life, twilio: Twilio) -> None:
    sid = await twilio.create(UniqueName="board")
    await twilio.join(sid, "alice")
    await life.passes(3)
    await twilio.join(sid, "bob")
    await life.passes(7)
    await twilio.end(sid)
    life.watch.poller.ended_by_us(sid)
    await life.passes(10)
    assert life.told() == [
        "0 board opened",
        "0 alice joined board",
        "3 bob joined board",
        "10 board ended: ended by us, 2 people put out",
    ]
    assert life.why(sid) == "ended-by-us"


async def test_a_room_that_we_end_with_another_program(life: Life, twilio: Twilio) -> None:
    sid, other = await twilio.create(UniqueName="board"), await twilio.create(UniqueName="retro")
    await life.passes(10)
    deeds = Actions(twilio.gateway, Journal(life.path), twilio.clock, context={"who": "kim"})
    await deeds.end_room(sid, even_if_occupied=False)
    await twilio.end(other)
    await life.passes(5)
    assert sorted(life.told()) == [
        "0 board opened",
        "0 retro opened",
        "10 board ended: ended by us",
        "10 kim ended board",
        "10 kim is about to end board (nobody in it)",
        "10 retro ended: ended via API",
    ]
    assert life.why(sid) == "ended-by-us"


async def test_a_room_that_another_client_ends(life: Life, twilio: Twilio) -> None:
    sid = await twilio.create(UniqueName="board", MaxParticipants="2")
    await life.passes(5)
    alice = await twilio.join(sid, "alice")
    await life.passes(1)
    await twilio.join(sid, "bob")
    await life.passes(9)
    await twilio.act(alice, "leave")
    await life.passes(5)
    await twilio.end(sid)
    await life.passes(5)
    assert life.told() == [
        "0 board opened",
        "5 alice joined board",
        "6 bob joined board",
        "6 board is full (2)",
        "15 alice left board",
        "20 board ended: ended via API, 1 person put out",
    ]
    assert life.why(sid) == "ended-via-api"


async def test_a_room_that_lives_for_a_day(life: Life, twilio: Twilio) -> None:
    sid = await twilio.create(UniqueName="night", MaxParticipantDuration="86400")
    await twilio.join(sid, "nico")
    await life.passes(10)
    await life.jumps(24 * 3600 - 10 - 100)
    await life.passes(110)
    told = [each.split(", at")[0] for each in life.told()]
    assert told == [
        "0 night opened",
        "0 nico joined night",
        "86280 night is about to close",
        "86400 night ended: 24 h limit, 1 person put out",
    ]
    assert life.why(sid) == "max-room-duration"


async def test_a_room_whose_last_one_reaches_the_participant_limit(life: Life, twilio: Twilio) -> None:
    sid = await twilio.create(UniqueName="short", MaxParticipantDuration="600", EmptyRoomTimeout="1")
    await twilio.join(sid, "alice")
    await life.passes(100)
    await twilio.join(sid, "bob")
    await life.passes(670)
    told = [each.split(", at")[0] for each in life.told()]
    assert told == [
        "0 short opened",
        "0 alice joined short",
        "100 bob joined short",
        "600 alice left short at the time limit",
        "640 short is about to close",
        "700 bob left short at the time limit",
        "760 short ended: was empty",
    ]
    assert life.why(sid) == "empty-room-timeout"


async def test_a_room_that_fails(life: Life, twilio: Twilio) -> None:
    sid = await twilio.create(UniqueName="broken")
    await twilio.join(sid, "alice")
    await life.passes(10)
    await twilio.control("POST", f"/rooms/{sid}/fail")
    await life.passes(5)
    assert life.told() == ["0 broken opened", "0 alice joined broken", "10 broken ended: failed, 1 person put out"]
    assert life.why(sid) == "failed"


async def test_a_room_that_is_created_again_under_its_name(life: Life, twilio: Twilio) -> None:
    first = await twilio.create(UniqueName="daily")
    await life.passes(20)
    await twilio.end(first)
    await twilio.advance(5)
    second = await twilio.create(UniqueName="daily")
    await life.passes(5)
    assert life.told() == ["0 daily opened", "20 daily ended: ended via API", "25 daily opened again"]
    assert life.why(first) == "ended-via-api"
    assert [line.room_sid for line in life.lines() if line.room_sid] == [first, first, second]


async def test_who_came_and_went_while_twilio_did_not_answer_is_told_afterwards(life: Life, twilio: Twilio) -> None:
    sid = await twilio.create(UniqueName="daily")
    await life.passes(5)
    await twilio.fault("503", Rate="1")
    await life.passes(40)
    visitor = await twilio.join(sid, "visitor")
    await life.passes(20)
    await twilio.act(visitor, "leave")
    await twilio.control("DELETE", "/faults")
    await life.passes(10)
    said = [in_words(line, hide=False) for line in life.lines()]
    assert "visitor joined daily" in said
    assert "visitor left daily" in said
    [interrupted] = [each for each in said if each.startswith("no news from Twilio since ")]
    assert "503" in interrupted
    [began] = [each for each in said if "what happened since" in each]
    assert said.index(interrupted) < said.index(began) < said.index("visitor joined daily")


async def test_a_room_whose_recording_is_switched_is_told_to_be(life: Life, twilio: Twilio) -> None:
    from roomtui.rooms.recording import EVERYTHING, NOTHING  # noqa: PLC0415 - for this story only
    from roomtui.watch.budget import Attention  # noqa: PLC0415 - as above

    sid = await twilio.create(UniqueName="board")
    await twilio.join(sid, "alice")
    await life.passes(5)
    life.watch.poller.attend(Attention(sid, frozenset({sid})))
    for rules in (NOTHING, EVERYTHING, NOTHING):
        await twilio.gateway.set_recording_rules(sid, rules)
        life.watch.poller.look_at(sid)
        await life.passes(60)
    assert [each.split(" ", 1)[1] for each in life.told()][2:] == [
        "board is being recorded",
        "board is not recorded any more",
    ]
