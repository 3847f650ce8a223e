"""A room: what was asked for, what it is now, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from roomtui.sandbox.world import limits
from roomtui.sandbox.world.track_rules import INCLUDE_ALL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from roomtui.sandbox.clock import Timer
    from roomtui.sandbox.world.limits import RoomType
    from roomtui.sandbox.world.participant import Participant
    from roomtui.sandbox.world.recording import Recording
    from roomtui.sandbox.world.track_rules import Rule


class RoomStatus(str, Enum):
    """Rooms resource, 'status'."""

    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    FAILED = "failed"


class RoomOrigin(str, Enum):
    """Who made the room: a REST request, or the first participant's join."""

    REST = "rest"
    AD_HOC = "ad-hoc"


class RoomEnding(str, Enum):
    """Why a room ended. Twilio's REST API does not tell; the control plane does."""

    API = "ended-by-api"
    UNUSED = "unused-room-timeout"
    EMPTY = "empty-room-timeout"
    MAX_DURATION = "max-room-duration"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """What a room is created with, checked. Nothing of it can be changed later.

    Attributes:
        unique_name: None for a nameless room, which is then called by its SID.
        max_participant_duration: seconds.
        empty_room_timeout: minutes after the last leave; 0 for ad-hoc rooms ends at the leave.
        unused_room_timeout: minutes after the creation if nobody joins; 0 for ad-hoc rooms.
        recording_rules: as given; None where the defaults hold.
        transcriptions_configuration: as given, a JSON object; None where the defaults hold.
    """

    type: RoomType
    max_participants: int
    unique_name: str | None = None
    max_participant_duration: int = limits.PARTICIPANT_SECONDS
    empty_room_timeout: int = limits.EMPTY_ROOM_MINUTES
    unused_room_timeout: int = limits.UNUSED_ROOM_MINUTES
    status_callback: str | None = None
    status_callback_method: str = "POST"
    record_participants_on_connect: bool = False
    recording_rules: tuple[Rule, ...] | None = None
    transcribe_participants_on_connect: bool = False
    transcriptions_configuration: Mapping[str, object] | None = None
    video_codecs: tuple[str, ...] = limits.VIDEO_CODECS
    media_region: str = "us1"
    audio_only: bool = False


@dataclass(eq=False)
class Room:
    """All instants are whole seconds, so that what is shown adds up.

    Attributes:
        number: grows with every room of the world: the order of lists and pages.
        participants: everybody who ever joined, by SID, in the order of joining.
        present: who is in the room now (connected or reconnecting), by identity.
        published_tracks: how many tracks are published in the room now.
        vacancy_timer: ends the room because it is unused or empty.
        age_timer: ends the room after 24 hours.
        recording_rules: the rules in force, which can be replaced as long as the room lives.
        records_at_first: whether a track that no rule matches is recorded: so as long as the rules of the creation
            hold, if participants are recorded on connect (Recording Rules page, "Algebra of Sets").
        recording_rules_set: when the rules were last set.
        recordings: every one that was made, in the order of their numbers.
        recording_now: those of the tracks being recorded, by the SID of the track.
        events: how many events it had.
        last_event_at: when the last of them was, in whole milliseconds.
    """

    sid: str
    number: int
    account_sid: str
    settings: RoomSettings
    origin: RoomOrigin
    date_created: datetime
    date_updated: datetime
    status: RoomStatus = RoomStatus.IN_PROGRESS
    end_time: datetime | None = None
    ending: RoomEnding | None = None
    participants: dict[str, Participant] = field(default_factory=dict)
    present: dict[str, Participant] = field(default_factory=dict)
    published_tracks: int = 0
    vacancy_timer: Timer | None = None
    age_timer: Timer | None = None
    events: int = 0
    last_event_at: datetime | None = None
    recording_rules: tuple[Rule, ...] = field(init=False)
    records_at_first: bool = field(init=False)
    recording_rules_set: datetime = field(init=False)
    recordings: list[Recording] = field(default_factory=list)
    recording_now: dict[str, Recording] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Recording begins as the room was created."""
        self.records_at_first = self.settings.record_participants_on_connect
        by_default = (INCLUDE_ALL,) if self.records_at_first else ()
        self.recording_rules = self.settings.recording_rules or by_default
        self.recording_rules_set = self.date_created

    @property
    def unique_name(self) -> str:
        """A nameless room's name is its own SID (OpenAPI examples `create`, `readWithStatus`)."""
        return self.settings.unique_name or self.sid

    @property
    def is_live(self) -> bool:
        """Whether the room is in progress."""
        return self.status is RoomStatus.IN_PROGRESS

    @property
    def duration(self) -> int | None:
        """Whole seconds from creation to end; None while in progress."""
        if self.end_time is None:
            return None
        return int((self.end_time - self.date_created).total_seconds())

    def cancel_timers(self) -> None:
        """Nothing more will happen to this room by itself."""
        for timer in (self.vacancy_timer, self.age_timer):
            if timer is not None:
                timer.cancel()
