"""A working day's ended rooms: a Twilio that lists them page by page, and the app that asks for them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from roomtui.rooms.untrusted import Untrusted
from roomtui.tui.session import Session
from roomtui.twilio_api.errors import NotFound, TwilioError
from roomtui.watch.budget import ReadBudget
from roomtui.watch.hindsight import Hindsight
from roomtui.watch.past import PAGE_SIZE, Past
from tests.tui import scene
from tests.tui.scene import NOW, ago, person, room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from roomtui.rooms.model import Participant, Room
    from roomtui.rooms.picture import Picture
    from roomtui.twilio_api.gateway import RoomQuery


@dataclass
class PastTwilio:
    """Lists what has ended, the latest created first; the gate holds answers back."""

    rooms: list[Room]
    people: dict[str, tuple[Participant, ...]] = field(default_factory=dict)
    trouble: TwilioError | None = None
    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    page_size: int = PAGE_SIZE

    def __post_init__(self) -> None:
        self.gate.set()

    async def _answer(self, what: str) -> None:
        self.asked.append(what)
        await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble

    async def room_pages(self, query: RoomQuery, *, urgent: bool = False) -> AsyncIterator[tuple[Room, ...]]:
        del urgent
        listed = [
            each
            for each in sorted(self.rooms, key=lambda each: each.date_created or NOW, reverse=True)
            if each.status == query.status
            and query.unique_name in {None, each.unique_name.raw}
            and _within(each.date_created or NOW, query)
        ]
        for start in range(0, max(1, len(listed)), self.page_size):
            await self._answer(f"{query.status} {start}")
            yield tuple(listed[start : start + self.page_size])

    async def room(self, name_or_sid: str, *, urgent: bool = False) -> Room:
        del urgent
        await self._answer(f"room {name_or_sid}")
        found = next((each for each in self.rooms if each.sid == name_or_sid), None)
        if found is None:
            raise NotFound(status=404, code=20404, message=Untrusted("not found"))
        return found

    async def participants(
        self, room_sid: str, *, status: str | None = None, urgent: bool = False
    ) -> tuple[Participant, ...]:
        del status, urgent
        await self._answer(room_sid)
        if room_sid not in self.people:
            raise NotFound(status=404, code=20404, message=Untrusted("not found"))
        return self.people[room_sid]


def _within(created: datetime, query: RoomQuery) -> bool:
    after, before = query.created_after, query.created_before
    return (after is None or created >= after) and (before is None or created < before)


def ended(
    number: int, name: str, *, created: datetime, minutes: float, status: str = "completed", **fields: object
) -> Room:
    """A room that lived for so many minutes."""
    end = created + timedelta(minutes=minutes)
    told = {"status": status, "end_time": end, "date_updated": end, "duration": int(minutes * 60), **fields}
    return room(number, name, created, **told)


def a_past() -> PastTwilio:
    """Eight rooms that ended today, each for another reason, and one that ended yesterday."""
    unused = ended(120, "interview-7730", created=ago(minutes=20), minutes=5)
    emptied = ended(121, "daily-standup", created=ago(hours=1, minutes=10), minutes=35)
    retro = ended(122, "retro", created=ago(hours=2), minutes=63)
    failed = ended(123, "lab-7", created=ago(hours=3), minutes=2, status="failed")
    day_long = ended(124, "night-watch", created=ago(hours=26), minutes=24 * 60, max_participant_duration=86400)
    board = ended(125, "Board & Co", created=ago(hours=5), minutes=66)
    unread = ended(126, "huddle-ux", created=ago(hours=6), minutes=40)
    tokyo = ended(127, "東京オフィス朝会", created=ago(hours=9), minutes=90, media_region="jp1")
    yesterday = ended(128, "retro", created=ago(hours=26), minutes=60)

    def was_in(of: Room, identity: str, begin: float, end: float) -> Participant:
        created = of.date_created or NOW
        return person(of.sid, identity, created + timedelta(minutes=begin), created + timedelta(minutes=end))

    people = {
        unused.sid: (),
        emptied.sid: (
            was_in(emptied, "alice", 0, 30),
            was_in(emptied, "bob", 1, 10),
            was_in(emptied, "bob ", 11, 29),
            was_in(emptied, "+16505550123-634a594e", 12, 24.5),
        ),
        retro.sid: tuple(was_in(retro, f"guest-{each:02}", each, 60 + each / 10) for each in range(12)),
        failed.sid: (was_in(failed, "probe", 0, 2),),
        day_long.sid: (was_in(day_long, "nico", 1, 24 * 60),),
        board.sid: (
            *(was_in(board, who, 1 + at, 66) for at, who in enumerate(("alice", "bob", "kim"))),
            was_in(board, "dana", 3, 40),
            was_in(board, "dana", 44, 66),
        ),
        tokyo.sid: (was_in(tokyo, "さくら", 0, 85), was_in(tokyo, "haru", 5, 85)),
        yesterday.sid: (was_in(yesterday, "theo", 0, 55),),
    }
    # One identity, two stays: the second is another participant.
    people[emptied.sid] = tuple(
        each if each.identity.raw != "bob " else _renamed(each, "bob") for each in people[emptied.sid]
    )
    return PastTwilio([unused, emptied, retro, failed, day_long, board, unread, tokyo, yesterday], people)


def _renamed(participant: Participant, identity: str) -> Participant:
    return replace(participant, identity=Untrusted(identity))


@dataclass
class PastStage:
    """The app, the Twilio behind it, and what it was told to wait for."""

    stage: scene.Stage
    twilio: PastTwilio
    past: Past
    waits: list[float]


def stage(
    twilio: PastTwilio | None = None,
    *,
    shown: Picture | None = None,
    ours: Sequence[str] = (),
    hide_personal: bool = False,
    ascii_only: bool = False,
) -> PastStage:
    """The app on a day's picture, with ended rooms to ask for; waits end at once, but for those after trouble."""
    made = scene.stage(shown, hide_personal=hide_personal, ascii_only=ascii_only)
    asked = twilio if twilio is not None else a_past()
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if seconds > 1:
            await asyncio.Event().wait()

    past = Past(
        asked,  # type: ignore[arg-type] # stands in for a Gateway
        made.board,
        made.clock,
        ReadBudget(20),
        recall=lambda _: Hindsight(frozenset(ours)),
        monotonic=lambda: 0.0,
        sleep=sleep,
    )

    async def close() -> None:
        made.feed.told.append(("close", None))

    async def connect() -> Session:
        return Session(made.feed, made.actions, close, past)  # type: ignore[arg-type] # stands in for Actions

    made.app._connect = connect
    return PastStage(made, asked, past, waits)


async def read(made: PastStage) -> None:
    """Wait until everything that was asked for has come, or cannot."""
    past = made.past
    while past._task is not None and not past._wake._waiters:
        if past.state.trouble is not None or not made.twilio.gate.is_set():
            return
        await asyncio.sleep(0)
