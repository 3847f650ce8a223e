"""What participants publish: tracks come, are muted and unmuted, and go, and are recorded meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.sandbox.world.events import EventKind
from roomtui.sandbox.world.participant import Track, check_track, require_present
from roomtui.sandbox.world.refusals import Refusal, not_found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roomtui.sandbox.clock import Clock
    from roomtui.sandbox.world.events import Herald
    from roomtui.sandbox.world.limits import RoomType
    from roomtui.sandbox.world.participant import Participant
    from roomtui.sandbox.world.recorder import Recorder
    from roomtui.sandbox.world.sids import SidMint


class Tracks:
    """Publishes tracks and takes them back.

    Args:
        clock: the virtual clock.
        sids: makes their SIDs.
        numbers: what numbers them.
        recorder: records them.
        herald: tells of them.
    """

    def __init__(self, clock: Clock, sids: SidMint, numbers: Iterator[int], recorder: Recorder, herald: Herald) -> None:
        self._clock = clock
        self._sids = sids
        self._numbers = numbers
        self._recorder = recorder
        self._herald = herald

    def publish(self, participant: Participant, kind: str, name: str | None, *, enabled: bool) -> Track:
        """Publish a track, or mute and unmute the one that has this name already.

        Raises:
            Refusal: 53204 if they have left, 53125 or 533xx if there cannot be such a track, 53203 for one too many.
        """
        require_present(participant)
        room = participant.room
        check_track(kind, name, audio_only=room.settings.audio_only)
        known = participant.tracks.get(name or "")
        if known is not None:
            if known.kind != kind:
                raise Refusal(53304)
            self._switch(participant, known, enabled)
            return known
        require_room_for_tracks(room.settings.type, room.published_tracks + 1)
        sid, now = self._sids.make("MT"), self._clock.second()
        track = Track(sid, next(self._numbers), kind, name or sid, enabled, date_created=now, date_updated=now)
        participant.tracks[track.name] = track
        room.published_tracks += 1
        self._herald.tell(EventKind.TRACK_ADDED, room, participant, track)
        self._recorder.consider(participant, track)
        return track

    def unpublish(self, participant: Participant, name_or_sid: str) -> None:
        """Take back one track.

        Raises:
            Refusal: 53204 if they have left, 20404 if there is no such track.
        """
        require_present(participant)
        track = published_track(participant, name_or_sid)
        if track is None:
            path = f"/Rooms/{participant.room.sid}/Participants/{participant.sid}/PublishedTracks/{name_or_sid}"
            raise not_found(path)
        self._take_back(participant, track)

    def take_back_all(self, participant: Participant) -> None:
        """Somebody goes, and their tracks with them."""
        for track in list(participant.tracks.values()):
            self._take_back(participant, track)

    def _switch(self, participant: Participant, track: Track, enabled: bool) -> None:  # noqa: FBT001 - a track's own word
        if track.enabled is enabled:
            return
        track.enabled = enabled
        track.date_updated = self._clock.second()
        if enabled:
            self._recorder.hear(participant.room, track)
        kind = EventKind.TRACK_ENABLED if enabled else EventKind.TRACK_DISABLED
        self._herald.tell(kind, participant.room, participant, track)

    def _take_back(self, participant: Participant, track: Track) -> None:
        del participant.tracks[track.name]
        participant.room.published_tracks -= 1
        self._herald.tell(EventKind.TRACK_REMOVED, participant.room, participant, track)
        self._recorder.release(participant.room, track)


def published_track(participant: Participant, name_or_sid: str) -> Track | None:
    """The track that a participant publishes now under a SID or, if there is none, a name."""
    tracks = participant.tracks.values()
    by_sid = next((track for track in tracks if track.sid == name_or_sid), None)
    return by_sid or participant.tracks.get(name_or_sid)


def require_room_for_tracks(room_type: RoomType, tracks: int) -> None:
    """Refuse more tracks than a room of a type can hold at the same time.

    Raises:
        Refusal: 53203.
    """
    allowed = room_type.published_tracks
    if allowed and tracks > allowed:
        raise Refusal(53203)
