"""A recording: one track of one participant, from the moment it was wanted until the rules or the track ended it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.sandbox.clock import Timer
    from roomtui.sandbox.world.participant import Participant
    from roomtui.sandbox.world.room import Room


class RecordingKind(str, Enum):
    """Recordings resource, 'type'. Of data tracks there are no recordings, but a list of them can be asked for."""

    AUDIO = "audio"
    VIDEO = "video"
    DATA = "data"


_CONTAINERS = {"audio": "mka", "video": "mkv"}


class RecordingStatus(str, Enum):
    """Recordings resource, 'status'. A live recording is processing; of a deleted one the metadata is kept."""

    PROCESSING = "processing"
    COMPLETED = "completed"
    DELETED = "deleted"
    FAILED = "failed"


@dataclass(eq=False, slots=True)
class Recording:
    """The recording of a track. Recording the same track again makes another one.

    Attributes:
        number: grows with every recording of the world: the order of lists and pages.
        source_sid: the SID of the track.
        track_name: the track's name, which is its SID where the client gave none.
        kind: `audio` or `video`: the resource's `type`, the callback's `Type`.
        codec: as the OpenAPI document writes it: `OPUS`, `PCMU`, `VP8` or `H264`.
        offset: milliseconds from Twilio's video epoch, common to all rooms, to the start of this recording.
        started: in whole milliseconds.
        has_media: whether the track was ever enabled meanwhile; of one muted all the time there is no media.
        stopped: in whole milliseconds; None while the track is being recorded.
        duration: seconds, rounded, at least 1; None until completed.
        size: bytes; None until completed.
        failed_operation: what went wrong, as the callback's `FailedOperation` tells; None unless it failed.
    """

    sid: str
    number: int
    room: Room
    participant: Participant
    source_sid: str
    track_name: str
    kind: str
    codec: str
    offset: int
    started: datetime
    has_media: bool
    status: RecordingStatus = RecordingStatus.PROCESSING
    stopped: datetime | None = None
    duration: int | None = None
    size: int | None = None
    failed_operation: str | None = None
    finish_timer: Timer | None = None

    @property
    def container(self) -> str:
        """The container format: Matroska, `mka` for audio and `mkv` for video."""
        return _CONTAINERS[self.kind]

    @property
    def date_created(self) -> datetime:
        """When it started, in whole seconds."""
        return self.started.replace(microsecond=0)

    @property
    def is_live(self) -> bool:
        """Whether the track is being recorded now."""
        return self.status is RecordingStatus.PROCESSING and self.stopped is None

    @property
    def path(self) -> str:
        """The path of the resource, which `RecordingUri` is: `/v1/Recordings/RT...`."""
        return f"/v1/Recordings/{self.sid}"

    @property
    def media_path(self) -> str:
        """The path of the media, which `MediaUri` is: `/v1/Recordings/RT.../Media`."""
        return f"{self.path}/Media"
