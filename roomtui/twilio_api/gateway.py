"""What the program can ask of Twilio. The implementation on the SDK is `roomtui.twilio_api.sdk`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from roomtui.rooms.model import Participant, Room


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomQuery:
    """Which rooms to list (Rooms resource, "Read multiple"). Nothing given: those in progress.

    `created_after` is inclusive, `created_before` exclusive; both aware.

    Raises:
        ValueError: a time without a zone, which would mean another moment on another host.
    """

    status: str | None = None
    unique_name: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None

    def __post_init__(self) -> None:
        for moment in (self.created_after, self.created_before):
            if moment is not None and moment.utcoffset() is None:
                raise ValueError(f"a room query needs a time with a zone, not {moment.isoformat()}")


class Gateway(Protocol):
    """Twilio, asked. Every method raises `roomtui.twilio_api.errors.TwilioError` and nothing else.

    Acts by SID: a unique name is resolved by `room` first (the answer has the SID).
    """

    def room_pages(self, query: RoomQuery, *, urgent: bool = False) -> AsyncIterator[tuple[Room, ...]]:
        """The rooms of `query`, page by page (1,000 rooms each), each SID once."""
        ...

    async def room(self, name_or_sid: str, *, urgent: bool = False) -> Room:
        """The room of this SID (any status) or unique name (in progress only)."""
        ...

    async def participants(
        self, room_sid: str, *, status: str | None = None, urgent: bool = False
    ) -> tuple[Participant, ...]:
        """The participants of one status; without one, Twilio's choice: connected if live, else disconnected."""
        ...

    async def end_room(self, room_sid: str) -> tuple[Room, str | None]:
        """End the room for everybody. The room as Twilio then tells it, and the request id of the answer."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
