"""Numbers and lists of Twilio's documents. Timeouts are minutes, durations are seconds.

Sources: the Limits page, the Rooms resource page and OpenAPI document, the Legacy Room Types page (go: two).
"""

from __future__ import annotations

from enum import Enum

NAME_LENGTH = 128
"""Characters of a room name, an identity or a track name (Limits page)."""

STATUS_CALLBACK_LENGTH = 1023
"""A status callback's URL is shorter than 1024 characters (error 53111)."""

EMPTY_ROOM_MINUTES = UNUSED_ROOM_MINUTES = 5
TIMEOUT_MINUTES = range(1, 61)
"""Rooms resource: "valid values range from 1 to 60 minutes (no fractions)"."""

PARTICIPANT_SECONDS = 14_400
PARTICIPANT_SECONDS_RANGE = range(600, 86_401)
"""Rooms resource and error 53123: ten minutes to 24 hours, 4 hours by default."""

ROOM_SECONDS = 86_400
"""No room lives longer than 24 hours (Understanding Video Rooms, "Max Room Duration")."""

PHONE_PARTICIPANTS = 35
"""Phone (PSTN) participants of one room (Add Programmable Voice Participants to Video Rooms)."""

RECONNECT_SECONDS = 30
"""How long a lost participant holds their place: signal loss is noticed after 30 to 60 s."""

CONCURRENT_ROOMS = CONCURRENT_PARTICIPANTS = 10_000
READS_PER_SECOND = 80
WRITES_PER_SECOND = 20
"""Limits page: per account, in real seconds."""

TRACK_RULES = range(1, 21)
"""How many recording rules a room, and how many subscribe rules a participant can have (errors 53120 and 53215)."""

RECORDING_FINISH_SECONDS = 5
"""How long a recording that has stopped is still processing. No document says; Twilio's takes some seconds."""

DELETED_RECORDING_DAYS = 30
"""How long the metadata of a deleted recording is kept (Recordings resource, "HTTP DELETE")."""

MEDIA_URL_SECONDS = 600
MEDIA_URL_SECONDS_RANGE = range(1, 3601)
"""`Ttl` of a media request (Recordings resource, "HTTP GET to the /Media subresource")."""

MEDIA_REGIONS = frozenset({"us1", "us2", "ie1", "de1", "au1", "br1", "jp1", "sg1", "in1", "gll"})
VIDEO_CODECS = ("VP8", "H264")
TRACK_KINDS = ("audio", "video", "data")


class Era(str, Enum):
    """When the account started: after 2024-10-21 Twilio offers group rooms only (53126, 53127)."""

    LEGACY = "legacy"
    CURRENT = "current"


class RoomType(str, Enum):
    """The room types of the OpenAPI document."""

    GROUP = "group"
    GROUP_SMALL = "group-small"
    PEER_TO_PEER = "peer-to-peer"
    GO = "go"

    @property
    def seats(self) -> int:
        """How many participants a room of this type can hold."""
        return _SEATS[self]

    @property
    def published_tracks(self) -> int:
        """`max_concurrent_published_tracks`: 170 through a media server, 0 (unconstrained) without."""
        return 170 if self.has_media_server else 0

    @property
    def has_media_server(self) -> bool:
        """Whether media goes through Twilio: only then are there recordings, codecs and regions to choose."""
        return self is RoomType.GROUP or self is RoomType.GROUP_SMALL


_SEATS = {RoomType.GROUP: 50, RoomType.GROUP_SMALL: 4, RoomType.PEER_TO_PEER: 10, RoomType.GO: 2}
