"""A participant: one stay of one identity in one room, from the join to the last leave."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from roomtui.sandbox.world import limits
from roomtui.sandbox.world.parameters import is_utf8
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.track_rules import INCLUDE_ALL

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.sandbox.clock import Timer
    from roomtui.sandbox.world.room import Room
    from roomtui.sandbox.world.track_rules import Rule


class ParticipantStatus(str, Enum):
    """The states of the OpenAPI document. Somebody reconnecting is still in the room."""

    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    DISCONNECTED = "disconnected"


class Departure(str, Enum):
    """Why a participant is no longer in the room. Twilio's REST API does not tell; the control plane does."""

    LEFT = "left"
    REMOVED = "removed-by-api"
    DUPLICATE_IDENTITY = "duplicate-identity"
    CONNECTION_LOST = "connection-lost"
    SESSION_LENGTH = "max-participant-duration"
    ROOM_COMPLETED = "room-completed"

    @property
    def client_code(self) -> int | None:
        """The error code the participant's SDK is told; a removed participant is told none."""
        return _CLIENT_CODES.get(self)


_CLIENT_CODES = {
    Departure.DUPLICATE_IDENTITY: 53205,
    Departure.CONNECTION_LOST: 53001,
    Departure.SESSION_LENGTH: 53216,
    Departure.ROOM_COMPLETED: 53118,
}


@dataclass(slots=True)
class Track:
    """A track that is published now. All instants are whole seconds.

    Attributes:
        number: grows with every track of the world: the order of lists and pages.
        enabled: false while it is muted or paused.
    """

    sid: str
    number: int
    kind: str
    name: str
    enabled: bool
    date_created: datetime
    date_updated: datetime


@dataclass(eq=False, slots=True)
class Participant:
    """All instants are whole seconds, so that what is shown adds up.

    Attributes:
        number: grows with every join of the world: the order of lists and pages.
        departure: why they are gone; None while they are in.
        phone: the number of a phone participant; None for everybody else.
        tracks: what they publish now, by name.
        subscribe_rules: what they subscribe to; everything, unless somebody says otherwise.
        subscribe_rules_set: when somebody did; None before that.
    """

    sid: str
    number: int
    room: Room
    identity: str
    start_time: datetime
    date_updated: datetime
    status: ParticipantStatus = ParticipantStatus.CONNECTED
    end_time: datetime | None = None
    departure: Departure | None = None
    phone: str | None = None
    tracks: dict[str, Track] = field(default_factory=dict)
    subscribe_rules: tuple[Rule, ...] = (INCLUDE_ALL,)
    subscribe_rules_set: datetime | None = None
    session_timer: Timer | None = None
    reconnect_timer: Timer | None = None

    @property
    def date_created(self) -> datetime:
        """A participant is created by the join."""
        return self.start_time

    @property
    def duration(self) -> int | None:
        """Whole seconds in the room; None until disconnected (Participants resource, 'duration')."""
        if self.end_time is None:
            return None
        return int((self.end_time - self.start_time).total_seconds())

    @property
    def is_present(self) -> bool:
        """Whether they hold a place in the room."""
        return self.status is not ParticipantStatus.DISCONNECTED

    def cancel_timers(self) -> None:
        """Nothing more will happen to this stay by itself."""
        for timer in (self.session_timer, self.reconnect_timer):
            if timer is not None:
                timer.cancel()


def require_present(participant: Participant) -> None:
    """Refuse what only somebody in the room can do.

    Raises:
        Refusal: 53204 if they have left it.
    """
    if not participant.is_present:
        raise Refusal(53204, f"Participant not found: {participant.sid} has left the room")


def check_identity(identity: str) -> None:
    """An identity is 1 to 128 characters of valid UTF-8 (Limits page; 53200 to 53202)."""
    if not identity:
        raise Refusal(53200)
    if not is_utf8(identity):
        raise Refusal(53202)
    if len(identity) > limits.NAME_LENGTH:
        raise Refusal(53201)


def check_track(kind: str, name: str | None, *, audio_only: bool) -> None:
    """A track has a known kind, which an audio-only room may not take, and a name of at most 128 characters."""
    if kind not in limits.TRACK_KINDS:
        raise Refusal(53300, f"Track is invalid: its kind is one of {', '.join(limits.TRACK_KINDS)}")
    if kind == "video" and audio_only:
        raise Refusal(53125)
    if name is None:
        return
    if not name:
        raise Refusal(53301)
    if not is_utf8(name):
        raise Refusal(53303)
    if len(name) > limits.NAME_LENGTH:
        raise Refusal(53302)
