"""What the program can ask of Twilio. The implementation on the SDK is `roomtui.twilio_api.sdk`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from roomtui.rooms.calls import Call, NewCall
    from roomtui.rooms.model import Participant, Room, Track
    from roomtui.rooms.new_room import NewRoom
    from roomtui.rooms.recording import RecordingRule, RecordingRules


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomQuery:
    """Which rooms to list (Rooms resource, "Read multiple"). Nothing given: those in progress.

    `created_after` is inclusive, `created_before` exclusive; both aware. `page_size` is for lists of which not all is
    wanted; without one a page has as many rooms as Twilio gives.

    Raises:
        ValueError: a time without a zone, which would mean another moment on another host.
    """

    status: str | None = None
    unique_name: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    page_size: int | None = None

    def __post_init__(self) -> None:
        for moment in (self.created_after, self.created_before):
            if moment is not None and moment.utcoffset() is None:
                raise ValueError(f"a room query needs a time with a zone, not {moment.isoformat()}")


class Gateway(Protocol):
    """Twilio, asked. Every method raises `roomtui.twilio_api.errors.TwilioError` and nothing else.

    Acts by SID: a unique name is resolved by `room` first (the answer has the SID). What changes something is sent
    once, and again only where Twilio said 429 (never processed): `Unreachable`, `Broken` and `NotTwilio` leave it
    open whether it was carried out, `Unsendable` and any other refusal mean that it was not.
    """

    def room_pages(self, query: RoomQuery, *, urgent: bool = False) -> AsyncIterator[tuple[Room, ...]]:
        """The rooms of `query`, page by page (1,000 rooms each, where it names no size), each SID once."""
        ...

    async def room(self, name_or_sid: str, *, urgent: bool = False) -> Room:
        """The room of this SID (any status) or unique name (in progress only)."""
        ...

    async def participants(
        self, room_sid: str, *, status: str | None = None, urgent: bool = False
    ) -> tuple[Participant, ...]:
        """The participants of one status; without one, Twilio's choice: connected if live, else disconnected."""
        ...

    async def participant(self, room_sid: str, participant_sid: str, *, urgent: bool = False) -> Participant:
        """One participant of any status."""
        ...

    async def published_tracks(self, room_sid: str, participant_sid: str, *, urgent: bool = False) -> tuple[Track, ...]:
        """The tracks that a participant publishes now."""
        ...

    async def recording_rules(self, room_sid: str, *, urgent: bool = False) -> RecordingRules:
        """The recording rules of a room, as of Twilio's time. A room without media server refuses (53122)."""
        ...

    async def create_room(self, new: NewRoom) -> tuple[Room, str | None]:
        """Create a room. The room as Twilio tells it, and the request id of the answer."""
        ...

    async def end_room(self, room_sid: str) -> tuple[Room, str | None]:
        """End the room for everybody. The room as Twilio then tells it, and the request id of the answer."""
        ...

    async def remove_participant(self, room_sid: str, participant_sid: str) -> tuple[Participant, str | None]:
        """Put somebody out of a room. The participant as Twilio then tells it, and the request id of the answer."""
        ...

    async def set_recording_rules(
        self, room_sid: str, rules: tuple[RecordingRule, ...]
    ) -> tuple[RecordingRules, str | None]:
        """Put `rules` in the place of all rules of a room. Those that Twilio then tells, and the request id."""
        ...

    async def dial(self, new: NewCall) -> tuple[Call, str | None]:
        """Call a phone. The call as Twilio tells it (queued, as a rule), and the request id of the answer."""
        ...

    async def call(self, call_sid: str, *, urgent: bool = False) -> Call:
        """One call of any status."""
        ...

    async def calls_to(self, number: str, *, since: datetime, urgent: bool = False) -> tuple[Call, ...]:
        """The calls to a number (E.164) that were created at `since` (aware, Twilio's time) or later.

        This is how to find a call whose creation gave no answer.
        """
        ...

    async def hang_up(self, call_sid: str) -> tuple[Call, str | None]:
        """End a call, whether it waits, rings or is answered. The call as Twilio then tells it, and the request id."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
