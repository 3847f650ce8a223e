"""What is known of all rooms at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from roomtui.rooms.deadlines import Deadline, room_deadline
from roomtui.rooms.recording import Recording, recording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from roomtui.rooms.endings import Ending
    from roomtui.rooms.model import Room, Roster, Tracks
    from roomtui.rooms.recording import RecordingRules

NO_TRACKS: Final[Mapping[str, Tracks]] = MappingProxyType({})
"""Nobody's tracks were read."""


@dataclass(frozen=True, slots=True)
class LiveRoom:
    """A room in progress with what was learnt of it.

    `listed` is False between the moment it left Twilio's list and the moment Twilio told how it ended. `recording` is
    None while its rules were not read; `tracks` has, by participant SID, those whose published tracks were read.
    """

    room: Room
    roster: Roster | None
    deadline: Deadline | None
    listed: bool = True
    recording: RecordingRules | None = None
    tracks: Mapping[str, Tracks] = field(default_factory=lambda: NO_TRACKS, hash=False)

    @classmethod
    def known(cls, room: Room, roster: Roster | None, *, listed: bool = True) -> LiveRoom:
        """A live room with the deadline that follows from `room` and `roster`."""
        return cls(room, roster, room_deadline(room, roster), listed)

    def told(self, room: Room, roster: Roster | None) -> LiveRoom:
        """The same room as Twilio now tells of it; who is not in it any more publishes nothing."""
        tracks = self.tracks
        if tracks and roster is not None:
            present = {participant.sid for participant in roster.present}
            if not tracks.keys() <= present:
                tracks = MappingProxyType({sid: known for sid, known in tracks.items() if sid in present})
        return replace(self, room=room, roster=roster, deadline=room_deadline(room, roster), listed=True, tracks=tracks)

    def publishing(self, participant_sid: str, tracks: Tracks) -> LiveRoom:
        """The same room with what this participant was found to publish."""
        return replace(self, tracks=MappingProxyType({**self.tracks, participant_sid: tracks}))

    def tells_the_same(self, before: LiveRoom) -> bool:
        """Whether nothing is told of the room and of who is in it that was not told before, but when that was."""
        roster, known = self.roster, before.roster
        if roster is None or known is None:
            return self == before
        return (
            self.room is before.room
            and self.listed is before.listed
            and roster.present is known.present
            and roster.gone is known.gone
            and roster.lacking is known.lacking
        )

    @property
    def recording_state(self) -> tuple[Recording | None, bool]:
        """What is recorded of the room, and whether that is certain.

        It is once the rules were read; before that the room says only what it was made with, and rules may have come
        since. None where not even that is known.
        """
        if self.recording is not None:
            return recording(self.recording.rules), True
        made_with = self.room.record_participants_on_connect
        return (None if made_with is None else Recording.ON if made_with else Recording.OFF), False

    @property
    def is_full(self) -> bool:
        """Whether nobody else can join."""
        limit = self.room.max_participants
        return self.roster is not None and limit is not None and self.roster.connected >= limit


@dataclass(frozen=True, slots=True)
class EndedRoom:
    """A room that was seen alive and has ended; `noticed_at` is when that was learnt (Twilio's time)."""

    room: Room
    roster: Roster | None
    ending: Ending
    noticed_at: datetime

    @property
    def ended_at(self) -> datetime:
        """When it ended, or when that was noticed if Twilio does not say."""
        return self.room.end_time or self.noticed_at


@dataclass(frozen=True, slots=True)
class Picture:
    """All rooms at one moment: `live` by SID, `ended` newest first, `as_of` the last full list (None: none yet)."""

    live: Mapping[str, LiveRoom] = field(default_factory=lambda: MappingProxyType({}))
    ended: tuple[EndedRoom, ...] = ()
    as_of: datetime | None = None
    _people: int | None = field(default=None, init=False, repr=False, compare=False)
    _unread: int | None = field(default=None, init=False, repr=False, compare=False)
    _unlisted: int | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def counted(
        cls,
        live: Mapping[str, LiveRoom],
        ended: tuple[EndedRoom, ...],
        as_of: datetime | None,
        *,
        people: int,
        unread: int,
        unlisted: int | None = None,
    ) -> Picture:
        """A picture of which somebody has counted what there is to count, so that nobody goes through `live`."""
        picture = cls(live, ended, as_of)
        object.__setattr__(picture, "_people", people)
        object.__setattr__(picture, "_unread", unread)
        object.__setattr__(picture, "_unlisted", unlisted)
        return picture

    @property
    def people(self) -> int:
        """How many participants are in rooms whose roster is known."""
        if self._people is not None:
            return self._people
        return sum(live.roster.connected for live in self.live.values() if live.roster is not None)

    @property
    def unread(self) -> int:
        """How many live rooms' rosters are not known yet."""
        if self._unread is not None:
            return self._unread
        return sum(live.roster is None for live in self.live.values())

    @property
    def listed(self) -> int:
        """How many rooms Twilio lists as in progress; the others among `live` have ended, and how is being asked."""
        if self._unlisted is not None:
            return len(self.live) - self._unlisted
        return sum(live.listed for live in self.live.values())

    def find(self, sid: str) -> LiveRoom | EndedRoom | None:
        """The room of this SID, live or ended, or None."""
        return self.live.get(sid) or next((ended for ended in self.ended if ended.room.sid == sid), None)
