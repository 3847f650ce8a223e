"""A Twilio in memory whose answers can be held back, so that a race can be told in order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from roomtui.rooms.calls import Call, CallStatus
from roomtui.rooms.model import Participant, ParticipantStatus, Room, RoomStatus, Track
from roomtui.rooms.recording import RecordingRule, RecordingRules
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import NotFound
from tests.rooms.builders import room as a_room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from roomtui.rooms.calls import NewCall
    from roomtui.rooms.new_room import NewRoom
    from roomtui.twilio_api.gateway import RoomQuery
    from tests.watch.virtual import VirtualTime


@dataclass(frozen=True)
class Asked:
    """A question: `rooms`, `room`, `participants:<status>`, `end`, `rules`, `dial` ...; of which room, person, call."""

    what: str
    sid: str = ""
    urgent: bool = False


def not_found() -> NotFound:
    return NotFound(status=404, code=20404, message=Untrusted("The requested resource was not found"))


class ScriptedGateway:
    """A `Gateway`. Each answer is made up when the question arrives, and may then be held back.

    Attributes:
        asked: all questions, oldest first.
        trouble: raised in place of the answers to these questions (`rooms`, `room`, ...).
        before: done just before that question arrives, once.
        hidden: SIDs that Twilio does not know for the moment.
        unlisted: SIDs that the list leaves out.
        page_size: rooms in a page.
        overlap: how many of the next page's rooms a page has already.
    """

    def __init__(self, time: VirtualTime) -> None:
        self.time = time
        self.rooms: dict[str, Room] = {}
        self.people: dict[str, Participant] = {}
        self.asked: list[Asked] = []
        self.trouble: dict[str, Exception] = {}
        self.before: dict[str, Callable[[], object]] = {}
        self.hidden: set[str] = set()
        self.unlisted: set[str] = set()
        self.rules: dict[str, tuple[RecordingRule, ...]] = {}
        self.tracks: dict[str, tuple[Track, ...]] = {}
        self.calls: dict[str, Call] = {}
        self.dialled: list[NewCall] = []
        self.created: list[NewRoom] = []
        self.page_size = 1000
        self.overlap = 0
        self._held: dict[str, asyncio.Event] = {}

    def opens(self, name: str, *, empty: int | None = 5) -> str:
        sid = f"RM{len(self.rooms) + 1:032x}"
        self.rooms[sid] = a_room(name, sid=sid, created=self.time.now(), empty=empty)
        return sid

    def ends(self, sid: str, *, status: str = RoomStatus.COMPLETED) -> None:
        now = self.time.now()
        self.rooms[sid] = replace(self.rooms[sid], status=status, end_time=now, date_updated=now)
        for each in tuple(self.people.values()):
            if each.room_sid == sid and each.is_present:
                self.leaves(each.sid)

    def vanishes(self, sid: str) -> None:
        """Twilio knows nothing of it any more."""
        self.unlisted.add(sid)
        self.hidden.add(sid)

    def joins(self, room: str, identity: str) -> str:
        sid = f"PA{len(self.people) + 1:032x}"
        self.people[sid] = Participant(
            sid=sid,
            room_sid=room,
            status=ParticipantStatus.CONNECTED,
            identity=Untrusted(identity),
            start_time=self.time.now(),
        )
        return sid

    def leaves(self, sid: str) -> None:
        now = self.time.now()
        self.people[sid] = replace(self.people[sid], status=ParticipantStatus.DISCONNECTED, end_time=now)

    def drops(self, sid: str) -> None:
        self.people[sid] = replace(self.people[sid], status=ParticipantStatus.RECONNECTING)

    def comes_back(self, sid: str) -> None:
        self.people[sid] = replace(self.people[sid], status=ParticipantStatus.CONNECTED)

    def calling(self, to: str, from_: str, status: str = CallStatus.QUEUED) -> str:
        """There is such a call now, whoever made it."""
        sid = f"CA{len(self.calls) + 1:032x}"
        self.calls[sid] = Call(
            sid=sid,
            status=status,
            to=Untrusted(to),
            from_=Untrusted(from_),
            direction="outbound-api",
            date_created=self.time.now().replace(microsecond=0),
        )
        return sid

    def call_is(self, sid: str, status: str, *, duration: int | None = None) -> None:
        self.calls[sid] = replace(self.calls[sid], status=status, duration=duration)

    def hold(self, what: str) -> asyncio.Event:
        """Keep back the answers to such questions from now on, until the event is set."""
        self._held[what] = asyncio.Event()
        return self._held[what]

    def count(self, what: str, sid: str | None = None) -> int:
        """How often that was asked (`participants` is any status)."""
        return sum(ask.what.startswith(what) and sid in {None, ask.sid} for ask in self.asked)

    async def room_pages(self, query: RoomQuery, *, urgent: bool = False) -> AsyncIterator[tuple[Room, ...]]:
        assert query.status is None
        await self._arrive(Asked("rooms", urgent=urgent))
        listed = [room for room in self.rooms.values() if room.is_live and room.sid not in self.unlisted]
        for start in range(0, max(1, len(listed)), self.page_size):
            page = tuple(listed[start : start + self.page_size + self.overlap])
            await self._hold("rooms")
            yield page

    async def room(self, name_or_sid: str, *, urgent: bool = False) -> Room:
        await self._arrive(Asked("room", name_or_sid, urgent))
        room = self._known(name_or_sid)
        await self._hold("room")
        return room

    async def participants(
        self, room_sid: str, *, status: str | None = None, urgent: bool = False
    ) -> tuple[Participant, ...]:
        what = f"participants:{status}"
        await self._arrive(Asked(what, room_sid, urgent))
        self._known(room_sid)
        people = tuple(each for each in self.people.values() if each.room_sid == room_sid and each.status == status)
        await self._hold(what)
        return people

    async def end_room(self, room_sid: str) -> tuple[Room, str | None]:
        await self._arrive(Asked("end", room_sid))
        self._known(room_sid)
        self.ends(room_sid)
        await self._hold("end")
        return self.rooms[room_sid], "RQ1"

    async def participant(self, room_sid: str, participant_sid: str, *, urgent: bool = False) -> Participant:
        await self._arrive(Asked("participant", participant_sid, urgent))
        self._known(room_sid)
        person = self.people.get(participant_sid)
        await self._hold("participant")
        if person is None or participant_sid in self.hidden or person.room_sid != room_sid:
            raise not_found()
        return person

    async def published_tracks(self, room_sid: str, participant_sid: str, *, urgent: bool = False) -> tuple[Track, ...]:
        await self._arrive(Asked("tracks", participant_sid, urgent))
        self._known(room_sid)
        tracks = self.tracks.get(participant_sid, ())
        await self._hold("tracks")
        return tracks

    async def recording_rules(self, room_sid: str, *, urgent: bool = False) -> RecordingRules:
        await self._arrive(Asked("rules", room_sid, urgent))
        self._known(room_sid)
        rules = self.rules.get(room_sid, ())
        await self._hold("rules")
        return RecordingRules(room_sid, rules, self.time.now())

    async def create_room(self, new: NewRoom) -> tuple[Room, str | None]:
        self.created.append(new)
        await self._arrive(Asked("create", new.unique_name or ""))
        sid = self.opens(new.unique_name or "")
        if not new.unique_name:
            self.rooms[sid] = replace(self.rooms[sid], unique_name=Untrusted(sid))
        await self._hold("create")
        return self.rooms[sid], "RQ1"

    async def remove_participant(self, room_sid: str, participant_sid: str) -> tuple[Participant, str | None]:
        await self._arrive(Asked("remove", participant_sid))
        self._known(room_sid)
        self.leaves(participant_sid)
        await self._hold("remove")
        return self.people[participant_sid], "RQ1"

    async def set_recording_rules(
        self, room_sid: str, rules: tuple[RecordingRule, ...]
    ) -> tuple[RecordingRules, str | None]:
        await self._arrive(Asked("set-rules", room_sid))
        self._known(room_sid)
        self.rules[room_sid] = rules
        await self._hold("set-rules")
        return RecordingRules(room_sid, rules, self.time.now()), "RQ1"

    async def dial(self, new: NewCall) -> tuple[Call, str | None]:
        self.dialled.append(new)
        await self._arrive(Asked("dial", new.to))
        call = self.calls[self.calling(new.to, new.from_)]
        await self._hold("dial")
        return call, "RQ1"

    async def call(self, call_sid: str, *, urgent: bool = False) -> Call:
        await self._arrive(Asked("call", call_sid, urgent))
        if call_sid not in self.calls:
            raise not_found()
        return self.calls[call_sid]

    async def calls_to(self, number: str, *, since: datetime, urgent: bool = False) -> tuple[Call, ...]:
        await self._arrive(Asked("calls-to", number, urgent))
        return tuple(
            call
            for call in self.calls.values()
            if call.to.raw == number and (call.date_created is None or call.date_created >= since)
        )

    async def hang_up(self, call_sid: str) -> tuple[Call, str | None]:
        await self._arrive(Asked("hang-up", call_sid))
        self.call_is(call_sid, CallStatus.COMPLETED)
        return self.calls[call_sid], "RQ1"

    async def close(self) -> None:
        """Nothing is open."""

    def _known(self, sid: str) -> Room:
        if not sid.startswith("RM"):
            named = (room.sid for room in self.rooms.values() if room.is_live and room.unique_name.raw == sid)
            sid = next(named, sid)
        if sid in self.hidden or sid not in self.rooms:
            raise not_found()
        return self.rooms[sid]

    async def _arrive(self, ask: Asked) -> None:
        self.asked.append(ask)
        await asyncio.sleep(0)
        if (happens := self.before.pop(ask.what, None)) is not None:
            happens()
        trouble = self.trouble.get(ask.what) or self.trouble.get(ask.what.partition(":")[0])
        if trouble is not None:
            raise trouble

    async def _hold(self, what: str) -> None:
        if (held := self._held.get(what)) is not None:
            await held.wait()
