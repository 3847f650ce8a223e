"""A composition: one media file made of the recordings of a room, or to be made of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from roomtui.sandbox.clock import Timer

DEFAULT_RESOLUTION = (640, 480)


class CompositionStatus(str, Enum):
    """Compositions resource, 'status'. Of a deleted one the metadata is kept for a while."""

    ENQUEUED = "enqueued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    DELETED = "deleted"
    FAILED = "failed"


class CompositionFormat(str, Enum):
    """The container formats."""

    WEBM = "webm"
    MP4 = "mp4"


class Reuse(str, Enum):
    """When a cell of a region may show another source ("Understanding Reuse")."""

    NONE = "none"
    SHOW_OLDEST = "show_oldest"
    SHOW_NEWEST = "show_newest"


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of the picture, in pixels, and the video shown there ("Specifying Video Layouts").

    Attributes:
        video_sources: SIDs of recordings, tracks or participants, and track names with `*` for any characters.
        width: None for all that is right of `x_pos`.
        height: None for all that is below `y_pos`.
        max_columns: None for as many as are needed.
        max_rows: None for as many as are needed.
    """

    video_sources: tuple[str, ...]
    video_sources_excluded: tuple[str, ...] = ()
    x_pos: int = 0
    y_pos: int = 0
    z_pos: int = 0
    width: int | None = None
    height: int | None = None
    max_columns: int | None = None
    max_rows: int | None = None
    cells_excluded: tuple[int, ...] = ()
    reuse: Reuse = Reuse.SHOW_OLDEST


@dataclass(frozen=True, slots=True)
class CompositionSettings:
    """What to compose and how, checked: the parameters of a composition, and of a hook that makes compositions.

    Attributes:
        layout: regions by name; none at all for a composition without video.
        resolution: width and height in pixels.
        trim: whether stretches without any media are cut out.
    """

    audio_sources: tuple[str, ...]
    audio_sources_excluded: tuple[str, ...]
    layout: Mapping[str, Region]
    resolution: tuple[int, int] = DEFAULT_RESOLUTION
    format: CompositionFormat = CompositionFormat.WEBM
    trim: bool = True
    status_callback: str | None = None
    status_callback_method: str = "POST"


@dataclass(eq=False, slots=True)
class Composition:
    """All instants are whole seconds. The media itself is never made.

    Attributes:
        number: grows with every composition: the order of lists and pages.
        bitrate: kilobits a second; 0 until completed, as the size and the duration are.
        size: bytes.
        duration: seconds.
        timer: what happens next by itself: processing, completion, or being forgotten once deleted.
    """

    sid: str
    number: int
    account_sid: str
    room_sid: str
    settings: CompositionSettings
    date_created: datetime
    status: CompositionStatus = CompositionStatus.ENQUEUED
    date_completed: datetime | None = None
    date_deleted: datetime | None = None
    bitrate: int = 0
    size: int = 0
    duration: int = 0
    timer: Timer | None = None

    @property
    def path(self) -> str:
        """The path of the resource: `/v1/Compositions/CJ...`."""
        return f"/v1/Compositions/{self.sid}"

    @property
    def media_path(self) -> str:
        """The path of the media: `/v1/Compositions/CJ.../Media`."""
        return f"{self.path}/Media"
