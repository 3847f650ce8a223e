"""The recorder: records in every room the tracks that its recording rules want, no more and no fewer, at any time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING

from roomtui.sandbox.world import limits
from roomtui.sandbox.world.events import EventKind
from roomtui.sandbox.world.recording import Recording, RecordingStatus
from roomtui.sandbox.world.recordings import Recordings
from roomtui.sandbox.world.refusals import Refusal, not_found
from roomtui.sandbox.world.track_rules import selects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from roomtui.sandbox.clock import Clock
    from roomtui.sandbox.world.events import Herald
    from roomtui.sandbox.world.participant import Participant, Track
    from roomtui.sandbox.world.room import Room
    from roomtui.sandbox.world.sids import SidMint
    from roomtui.sandbox.world.track_rules import Rule

EPOCH = datetime(2015, 1, 1, tzinfo=timezone.utc)
"""What offsets count from: "an arbitrary point in time, common to all group rooms" (Recordings resource, 'offset')."""

_KINDS = frozenset({"audio", "video"})
_BYTES_PER_SECOND = {"OPUS": 4_000, "PCMU": 8_000, "VP8": 87_500, "H264": 87_500}
"""32 and 64 kbps of sound, 700 kbps of picture (Recordings resource, "Size estimation of a track Recording")."""


class Recorder:
    """Starts and stops recordings.

    Args:
        clock: the virtual clock.
        sids: makes their SIDs.
        numbers: what numbers them.
        herald: tells that a recording has started, is completed or has failed.

    Attributes:
        recordings: all there are.
    """

    def __init__(self, clock: Clock, sids: SidMint, numbers: Iterator[int], herald: Herald) -> None:
        self._clock = clock
        self._sids = sids
        self._numbers = numbers
        self._herald = herald
        self.recordings = Recordings()

    def set_rules(self, room: Room, rules: Sequence[Rule]) -> None:
        """Replace a room's rules, and record from now on what the new ones want.

        Raises:
            Refusal: 53122 if rooms of the type have no recording, 53118 if the room is over.
        """
        require_recording(room)
        if not room.is_live:
            raise Refusal(53118)
        room.recording_rules = tuple(rules)
        room.records_at_first = False  # "the previous rules are fully erased and replaced", the default one included
        room.recording_rules_set = self._clock.second()
        for participant in room.present.values():
            for track in participant.tracks.values():
                if not self._wants(participant, track):
                    self.release(room, track)
                else:
                    self.consider(participant, track)

    def consider(self, participant: Participant, track: Track) -> None:
        """Record a published track if the rules want it and it is not recorded yet."""
        room = participant.room
        if track.sid in room.recording_now or not self._wants(participant, track):
            return
        started = self._milliseconds()
        recording = Recording(
            sid=self._sids.make("RT"),
            number=next(self._numbers),
            room=room,
            participant=participant,
            source_sid=track.sid,
            track_name=track.name,
            kind=track.kind,
            codec=_codec(participant, track),
            offset=(started - EPOCH) // timedelta(milliseconds=1),
            started=started,
            has_media=track.enabled,
        )
        self.recordings.add(recording)
        room.recording_now[track.sid] = recording
        self._herald.tell(EventKind.RECORDING_STARTED, room, participant, recording=recording)

    @staticmethod
    def hear(room: Room, track: Track) -> None:
        """A track is enabled: from now on there is something to be recorded."""
        recording = room.recording_now.get(track.sid)
        if recording is not None:
            recording.has_media = True

    def release(self, room: Room, track: Track) -> None:
        """Stop recording a track, if it is recorded. The recording is completed some seconds later."""
        recording = room.recording_now.pop(track.sid, None)
        if recording is None:
            return
        recording.stopped = self._milliseconds()
        due = self._clock.now() + timedelta(seconds=limits.RECORDING_FINISH_SECONDS)
        recording.finish_timer = self._clock.at(due, partial(self._complete, recording))

    def fail(self, recording: Recording, operation: str) -> None:
        """Let a recording fail, which no document says how to bring about. Its track is not recorded again by itself.

        Raises:
            Refusal: 20001 if it is not processing any more.
        """
        if recording.status is not RecordingStatus.PROCESSING:
            raise Refusal(20001, f"Recording {recording.sid} is {recording.status.value}: it cannot fail any more")
        if recording.is_live:
            del recording.room.recording_now[recording.source_sid]
        if recording.finish_timer is not None:
            recording.finish_timer.cancel()
        recording.stopped = recording.stopped or self._milliseconds()
        recording.status = RecordingStatus.FAILED
        recording.failed_operation = operation
        self._herald.tell(EventKind.RECORDING_FAILED, recording.room, recording.participant, recording=recording)

    def delete(self, recording: Recording) -> None:
        """Delete the media. The metadata is kept for 30 days (Recordings resource, "HTTP DELETE").

        Raises:
            Refusal: 20404 if that has been done, 20009 while it is processing (error 20009: "before it is complete").
        """
        if recording.status is RecordingStatus.DELETED:
            raise not_found(recording.path.removeprefix("/v1"))
        if recording.status is RecordingStatus.PROCESSING:
            raise Refusal(20009)
        recording.status = RecordingStatus.DELETED
        due = self._clock.now() + timedelta(days=limits.DELETED_RECORDING_DAYS)
        self._clock.at(due, partial(self.recordings.forget, recording))

    def forget(self, room: Room) -> None:
        """A room is forgotten, and its recordings with it."""
        for recording in list(room.recordings):
            self.recordings.forget(recording)

    def _complete(self, recording: Recording) -> None:
        length = ((recording.stopped or recording.started) - recording.started).total_seconds()
        recording.duration = max(1, round(length))  # "sub-second tracks have a duration of 1 second"
        recording.size = round(length * _BYTES_PER_SECOND[recording.codec]) if recording.has_media else 0
        recording.status = RecordingStatus.COMPLETED
        self._herald.tell(EventKind.RECORDING_COMPLETED, recording.room, recording.participant, recording=recording)

    @staticmethod
    def _wants(participant: Participant, track: Track) -> bool:
        room = participant.room
        return (
            track.kind in _KINDS
            and room.settings.type.has_media_server
            and selects(room.recording_rules, participant, track, at_first=room.records_at_first)
        )

    def _milliseconds(self) -> datetime:
        now = self._clock.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


def require_recording(room: Room) -> None:
    """Refuse what has to do with recording where the room's type has none.

    Raises:
        Refusal: 53122.
    """
    if not room.settings.type.has_media_server:
        raise Refusal(53122)


def _codec(participant: Participant, track: Track) -> str:
    """A phone speaks PCMU, an SDK Opus; of the room's video codecs an SDK prefers the first."""
    if track.kind == "video":
        return participant.room.settings.video_codecs[0]
    return "OPUS" if participant.phone is None else "PCMU"
