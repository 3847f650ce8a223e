"""Rooms and participants as Twilio tells of them (Rooms resource, Participants resource).

Values are frozen: a change is a new value. A field that Twilio left out or that could not be read is None, never a
guess. Text chosen by strangers is `Untrusted`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from roomtui.rooms.untrusted import Untrusted

NOTHING_MORE: Final[Mapping[str, object]] = MappingProxyType({})
PHONE_PARTICIPANTS_MAX: Final = 35
"""Phone (PSTN) participants a room can hold (Programmable Video Limits)."""


class RoomStatus(str, Enum):
    """The values of a room's status that Twilio documents; a room keeps whatever string it was told."""

    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    FAILED = "failed"


# As plain text: asked of ten thousand rooms, and an enum's hash is a call of Python's.
_ENDED: Final = frozenset({RoomStatus.COMPLETED.value, RoomStatus.FAILED.value})


class RoomType(str, Enum):
    """The room types that Twilio documents; only `group` is offered to new accounts and takes phone calls."""

    GROUP = "group"
    GROUP_SMALL = "group-small"
    PEER_TO_PEER = "peer-to-peer"
    GO = "go"


class ParticipantStatus(str, Enum):
    """The values of a participant's status that Twilio documents. `reconnecting` still holds the room open."""

    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One room. Times are aware UTC; `duration` and `max_participant_duration` are seconds; both time-outs minutes."""

    sid: str
    status: str
    unique_name: Untrusted
    account_sid: str | None = None
    date_created: datetime | None = None
    date_updated: datetime | None = None
    end_time: datetime | None = None
    duration: int | None = None
    type: str | None = None
    max_participants: int | None = None
    max_participant_duration: int | None = None
    max_concurrent_published_tracks: int | None = None
    empty_room_timeout: int | None = None
    unused_room_timeout: int | None = None
    record_participants_on_connect: bool | None = None
    video_codecs: tuple[str, ...] | None = None
    media_region: str | None = None
    audio_only: bool | None = None
    large_room: bool | None = None
    enable_turn: bool | None = None
    status_callback: Untrusted | None = None
    status_callback_method: str | None = None
    url: str | None = None
    links: Mapping[str, str] | None = field(default=None, hash=False)
    more: Mapping[str, object] = field(default_factory=lambda: NOTHING_MORE, hash=False)
    """Fields that this version does not know, as they came."""

    @property
    def is_live(self) -> bool:
        """Whether the room has not ended. A status that we do not know is no end: better late than wrong."""
        return self.status not in _ENDED

    @property
    def has_name(self) -> bool:
        """Whether somebody named the room: Twilio gives a nameless one its SID for a unique name."""
        return bool(self.unique_name) and self.unique_name.raw != self.sid


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One stay of somebody in a room: whoever leaves and comes back is a new participant with the same identity."""

    sid: str
    room_sid: str
    status: str
    identity: Untrusted
    account_sid: str | None = None
    date_created: datetime | None = None
    date_updated: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    duration: int | None = None
    url: str | None = None
    links: Mapping[str, str] | None = field(default=None, hash=False)
    more: Mapping[str, object] = field(default_factory=lambda: NOTHING_MORE, hash=False)
    """Fields that this version does not know, as they came."""

    @property
    def is_present(self) -> bool:
        """Whether they hold the room open. A status we do not know counts as present: better late than wrong."""
        return self.status != ParticipantStatus.DISCONNECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A track that somebody publishes now (PublishedTracks). `enabled` is False while it is muted or paused."""

    sid: str
    participant_sid: str
    name: Untrusted
    kind: str
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Tracks:
    """What one participant publishes, as read at `as_of` (Twilio's time)."""

    published: tuple[Track, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is in a room and who was, as read at `as_of`.

    `gone` is None where those who left were not asked for: with somebody present it does not matter when the room
    closes. It is put together from several answers, and whoever gets the connection back between two questions is in
    neither: those reconnecting have to be asked for after the connected and before the connected once more. `lacking`
    says who is still to be asked for.
    """

    present: tuple[Participant, ...]
    gone: tuple[Participant, ...] | None
    as_of: datetime
    lacking: ParticipantStatus | None = None

    @property
    def complete(self) -> bool:
        """Whether nobody is left to be asked for.

        Somebody may be present all the same who is not in it: who came after the look before, and had lost the
        connection whenever the connected were asked for. A look finds them once they have it back.
        """
        return self.lacking is None

    @property
    def connected(self) -> int:
        """How many are in the room, those reconnecting included."""
        return len(self.present)

    @property
    def everybody(self) -> tuple[Participant, ...]:
        """Those present, then those known to have left."""
        return self.present + (self.gone or ())
