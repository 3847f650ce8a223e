"""What happens in rooms, as Twilio's status callbacks name it (Status Callbacks, "Rooms events")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from roomtui.sandbox.clock import Clock
    from roomtui.sandbox.world.participant import Participant, Track
    from roomtui.sandbox.world.recording import Recording
    from roomtui.sandbox.world.room import Room


class EventKind(str, Enum):
    """The values of `StatusCallbackEvent`."""

    ROOM_CREATED = "room-created"
    ROOM_ENDED = "room-ended"
    PARTICIPANT_CONNECTED = "participant-connected"
    PARTICIPANT_DISCONNECTED = "participant-disconnected"
    TRACK_ADDED = "track-added"
    TRACK_REMOVED = "track-removed"
    TRACK_ENABLED = "track-enabled"
    TRACK_DISABLED = "track-disabled"
    RECORDING_STARTED = "recording-started"
    RECORDING_COMPLETED = "recording-completed"
    RECORDING_FAILED = "recording-failed"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that has just happened to a room.

    What it points to goes on changing: whoever needs its state at this moment reads it when told.

    Attributes:
        at: in whole milliseconds; within a room no two events have the same, and their order is the true one.
        sequence: how many events the room had before.
    """

    kind: EventKind
    at: datetime
    sequence: int
    room: Room
    participant: Participant | None = None
    track: Track | None = None
    recording: Recording | None = None


class Herald:
    """Tells everybody who listens what happens, in true order.

    Attributes:
        listeners: called with every event, synchronously.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.listeners: list[Callable[[Event], None]] = []

    def tell(
        self,
        kind: EventKind,
        room: Room,
        participant: Participant | None = None,
        track: Track | None = None,
        recording: Recording | None = None,
    ) -> None:
        """Something has just happened to a room."""
        at = self._clock.now()
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        if room.last_event_at is not None:
            at = max(at, room.last_event_at + timedelta(milliseconds=1))
        event = Event(kind, at, room.events, room, participant, track, recording)
        room.last_event_at = at
        room.events += 1
        for tell in self.listeners:
            tell(event)
