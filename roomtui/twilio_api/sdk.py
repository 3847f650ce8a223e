"""The gateway on Twilio's SDK: what each question is at Twilio, and whether the answer is about what was asked."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from roomtui.twilio_api import calls, media, parse
from roomtui.twilio_api.answers import not_twilio, payload, request_id
from roomtui.twilio_api.as_told import AsTold
from roomtui.twilio_api.gateway import RoomQuery
from roomtui.twilio_api.new_room import new_room_form
from roomtui.twilio_api.origin import calls_url
from roomtui.twilio_api.pages import Memory
from roomtui.twilio_api.wire import Wire, no_such, quoted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from roomtui.rooms.calls import Call, NewCall
    from roomtui.rooms.model import Participant, Room, Track
    from roomtui.rooms.new_room import NewRoom
    from roomtui.rooms.recording import RecordingRule, RecordingRules
    from roomtui.twilio_api.as_told import RoomAsTold
    from roomtui.twilio_api.credentials import Credentials
    from roomtui.twilio_api.transport import Transport

PAGE_SIZE: Final = 1000
"""The most that Twilio gives in one page; more is refused with error 20007."""

_LIVE: Final = RoomQuery()
_ROSTERS_REMEMBERED: Final = 256
"""Lists of participants: a screenful of rooms, of each who is connected, who is not any more, who left."""

_ROOM_SID: Final = re.compile(r"RM[0-9a-fA-F]{32}", re.ASCII)
_PARTICIPANT_SID: Final = re.compile(r"PA[0-9a-fA-F]{32}", re.ASCII)
_CALL_SID: Final = re.compile(r"CA[0-9a-fA-F]{32}", re.ASCII)


class SdkGateway:
    """Twilio, asked through its SDK; see `roomtui.twilio_api.gateway.Gateway`. May be built without a running loop."""

    def __init__(self, credentials: Credentials, transport: Transport) -> None:
        """Speak as `credentials` to the API of `transport`, which the gateway closes."""
        self._credentials = credentials
        self._transport = transport
        self._phone_transport = transport.beside(calls_url(transport.api))
        self._live: Memory[Room] = Memory()
        self._rosters: dict[tuple[str, str | None], Memory[Participant]] = {}
        self._video = Wire(credentials, transport, "v1")

    @cached_property
    def _phone(self) -> Wire:
        return Wire(self._credentials, self._phone_transport, "2010-04-01")

    async def room_pages(self, query: RoomQuery, *, urgent: bool = False) -> AsyncIterator[tuple[Room, ...]]:
        """The rooms of `query`, page by page (1,000 rooms each, where it names no size), each SID once.

        A room in progress that has not changed since this gateway last read their whole list is the same object.
        """
        params = _list_params(query)
        # Only this list is read again and again; what others hold is not worth keeping.
        memory = self._live if query == _LIVE else None
        async for page in self._video.pages("/Rooms", "rooms", params, parse.room, urgent=urgent, memory=memory):
            yield page

    async def room_pages_as_told(
        self, query: RoomQuery, *, added: frozenset[str]
    ) -> AsyncIterator[tuple[RoomAsTold, ...]]:
        """The same as Twilio's own JSON, where nothing of it is needed here; `added` as for `AsTold`."""
        reading = AsTold(self._video.host, added=added)
        async for page in self._video.read("/Rooms", _list_params(query), reading, urgent=False):
            yield page

    async def room(self, name_or_sid: str, *, urgent: bool = False) -> Room:
        """The room of this SID (any status) or unique name (in progress only)."""
        if name_or_sid in {".", ".."}:
            return await self._room_listed(name_or_sid, urgent=urgent)
        path = f"/Rooms/{quoted(name_or_sid)}"
        room = parse.room(await self._video.get(path, urgent=urgent))
        if _ROOM_SID.fullmatch(name_or_sid) and room.sid != name_or_sid:
            raise self._video.another(f"for {name_or_sid}", "room")
        return room

    async def participants(
        self, room_sid: str, *, status: str | None = None, urgent: bool = False
    ) -> tuple[Participant, ...]:
        """The participants of one status; without one, Twilio's choice: connected if live, else disconnected.

        Who has not changed since this gateway last read that list, if it did lately, is the same object.
        """
        path = f"/Rooms/{quoted(room_sid)}/Participants"
        params = {"Status": status, "PageSize": PAGE_SIZE}
        memory = self._roster(room_sid, status)
        pages = self._video.pages(path, "participants", params, parse.participant, urgent=urgent, memory=memory)
        people = tuple([participant async for page in pages for participant in page])
        if any(participant.room_sid not in {room_sid, ""} for participant in people):
            raise self._video.another(f"for the participants of {room_sid}", "room")
        return people

    async def participant(self, room_sid: str, participant_sid: str, *, urgent: bool = False) -> Participant:
        """One participant of any status, by SID."""
        record = await self._video.get(_participant_path(room_sid, participant_sid), urgent=urgent)
        return self._this(parse.participant(record), room_sid, participant_sid, f"for {participant_sid}")

    async def published_tracks(self, room_sid: str, participant_sid: str, *, urgent: bool = False) -> tuple[Track, ...]:
        """The tracks that a participant publishes now."""
        path = f"{_participant_path(room_sid, participant_sid)}/PublishedTracks"
        params = {"PageSize": PAGE_SIZE}
        pages = self._video.pages(path, "published_tracks", params, media.track, urgent=urgent)
        tracks = tuple([track async for page in pages for track in page])
        if any(track.participant_sid not in {participant_sid, ""} for track in tracks):
            raise self._video.another(f"for the tracks of {participant_sid}", "participant")
        return tracks

    async def recording_rules(self, room_sid: str, *, urgent: bool = False) -> RecordingRules:
        """The recording rules of a room, and when they were read (Twilio's time)."""
        record = await self._video.get(f"{_room_path(room_sid)}/RecordingRules", urgent=urgent)
        return self._rules(record, room_sid)

    async def create_room(self, new: NewRoom) -> tuple[Room, str | None]:
        """Create a room. The room as Twilio tells it, and the request id of the answer."""
        answer = await self._video.ask("POST", "/Rooms", data=new_room_form(new))
        room = parse.room(payload(answer))
        other_name = new.unique_name is not None and room.unique_name.raw != new.unique_name
        if other_name or not _ROOM_SID.fullmatch(room.sid):
            raise self._video.another("to create a room", "one")
        return room, request_id(answer.headers)

    async def end_room(self, room_sid: str) -> tuple[Room, str | None]:
        """End the room for everybody. The room as Twilio then tells it, and the request id of the answer."""
        # By SID only: a name may meanwhile be another room's.
        answer = await self._video.ask("POST", _room_path(room_sid), data={"Status": "completed"})
        room = parse.room(payload(answer))
        if room.sid != room_sid:
            raise self._video.another(f"to end {room_sid}", "room")
        return room, request_id(answer.headers)

    async def remove_participant(self, room_sid: str, participant_sid: str) -> tuple[Participant, str | None]:
        """Put somebody out. The participant as Twilio then tells it, and the request id of the answer."""
        path = _participant_path(room_sid, participant_sid)
        answer = await self._video.ask("POST", path, data={"Status": "disconnected"})
        participant = parse.participant(payload(answer))
        asked = f"to remove {participant_sid}"
        return self._this(participant, room_sid, participant_sid, asked), request_id(answer.headers)

    async def set_recording_rules(
        self, room_sid: str, rules: tuple[RecordingRule, ...]
    ) -> tuple[RecordingRules, str | None]:
        """Put `rules` in the place of a room's rules. Those that Twilio then tells, and the request id."""
        path = f"{_room_path(room_sid)}/RecordingRules"
        answer = await self._video.ask("POST", path, data={"Rules": media.rules_form(rules)})
        return self._rules(payload(answer), room_sid), request_id(answer.headers)

    async def dial(self, new: NewCall) -> tuple[Call, str | None]:
        """Call a phone. The call as Twilio tells it, and the request id of the answer."""
        form = calls.new_call_form(new)
        answer = await self._phone.ask("POST", self._calls_path(), data=form)
        call = calls.call(payload(answer))
        if not _CALL_SID.fullmatch(call.sid):
            raise not_twilio(self._phone.host, "a call whose SID is none")
        return call, request_id(answer.headers)

    async def call(self, call_sid: str, *, urgent: bool = False) -> Call:
        """One call, by SID."""
        call = calls.call(await self._phone.get(self._call_path(call_sid), urgent=urgent))
        if call.sid != call_sid:
            raise self._phone.another(f"for {call_sid}", "call")
        return call

    async def calls_to(self, number: str, *, since: datetime, urgent: bool = False) -> tuple[Call, ...]:
        """The calls to this number that were created at `since` or later, newest first."""
        # Not by StartTime: a call that waits in the queue has none. Twilio lists the newest first, so what is old
        # ends the search.
        first = since.replace(microsecond=0)  # Twilio's instants have whole seconds
        found: list[Call] = []
        params = {"To": number, "PageSize": PAGE_SIZE}
        async for page in self._phone.pages(self._calls_path(), "calls", params, calls.call, urgent=urgent):
            found += [call for call in page if call.to.raw == number and not _was_before(call, first)]
            if page and all(_was_before(call, first) for call in page):
                break
        return tuple(found)

    async def hang_up(self, call_sid: str) -> tuple[Call, str | None]:
        """End a call, whether it waits, rings or is answered. The call as Twilio then tells it, and the request id."""
        answer = await self._phone.ask("POST", self._call_path(call_sid), data={"Status": "completed"})
        call = calls.call(payload(answer))
        if call.sid != call_sid:
            raise self._phone.another(f"to hang up {call_sid}", "call")
        return call, request_id(answer.headers)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()
        await self._phone_transport.close()

    async def _room_listed(self, name: str, *, urgent: bool) -> Room:
        """The room of a name that cannot be part of a path: every server on the way resolves dots."""
        params = {"UniqueName": name, "PageSize": PAGE_SIZE}
        async for page in self._video.pages("/Rooms", "rooms", params, parse.room, urgent=urgent):
            for room in page:
                if room.unique_name.raw == name:
                    return room
        raise no_such("no room of this name is in progress")

    def _roster(self, room_sid: str, status: str | None) -> Memory[Participant]:
        """What is remembered of a list of participants: the rooms on screen are read again and again."""
        memory = self._rosters.pop((room_sid, status), None)
        if memory is None:
            memory = Memory()
            if len(self._rosters) >= _ROSTERS_REMEMBERED:
                del self._rosters[next(iter(self._rosters))]
        self._rosters[room_sid, status] = memory
        return memory

    def _this(self, participant: Participant, room_sid: str, participant_sid: str, asked: str) -> Participant:
        if participant.sid != participant_sid or participant.room_sid not in {room_sid, ""}:
            raise self._video.another(asked, "participant")
        return participant

    def _rules(self, record: dict[str, object], room_sid: str) -> RecordingRules:
        return media.recording_rules(record, room_sid, self._transport.clock.now())

    def _calls_path(self) -> str:
        return f"/Accounts/{quoted(self._credentials.account_sid)}/Calls.json"

    def _call_path(self, call_sid: str) -> str:
        sid = _demanded(call_sid, _CALL_SID, "a call")
        return f"/Accounts/{quoted(self._credentials.account_sid)}/Calls/{sid}.json"


def _list_params(query: RoomQuery) -> dict[str, object]:
    return {
        "Status": query.status,
        "UniqueName": query.unique_name,
        "DateCreatedAfter": query.created_after,
        "DateCreatedBefore": _up_to_the_second(query.created_before),
        "PageSize": query.page_size or PAGE_SIZE,
    }


def _room_path(room_sid: str) -> str:
    return f"/Rooms/{_demanded(room_sid, _ROOM_SID, 'a room')}"


def _participant_path(room_sid: str, participant_sid: str) -> str:
    return f"{_room_path(room_sid)}/Participants/{_demanded(participant_sid, _PARTICIPANT_SID, 'a participant')}"


def _demanded(sid: str, form: re.Pattern[str], what: str) -> str:
    """`sid`, if it is one: names and identities may meanwhile be somebody else's.

    Raises:
        NotFound: it is none; nothing was sent.
    """
    if not form.fullmatch(sid):
        raise no_such(f"{what} is addressed by its SID")
    return sid


def _was_before(call: Call, moment: datetime) -> bool:
    """Whether the call is known to be older. One without any time is not."""
    created = call.date_created or call.start_time
    return created is not None and created < moment


def _up_to_the_second(moment: datetime | None) -> datetime | None:
    """`moment`, or the whole second after it: cut off, an exclusive end would lose that second's rooms."""
    if moment is None or not moment.microsecond:
        return moment
    return moment.replace(microsecond=0) + timedelta(seconds=1)
