"""The recordings of an account, found by SID, by room, and page by page in the order of creation."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from roomtui.sandbox.world.recording import RecordingStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from roomtui.sandbox.world.recording import Recording
    from roomtui.sandbox.world.register import Span
    from roomtui.sandbox.world.room import Room


@dataclass(frozen=True, slots=True)
class RecordingFilter:
    """Recordings list parameters: after is inclusive, before is exclusive.

    Attributes:
        room: whose recordings; None for those of the account.
        status: None for all but the deleted, which are listed only when asked for (Recordings resource).
        grouping_sids: each must be the recording's room or participant.
    """

    room: Room | None = None
    status: RecordingStatus | None = None
    source_sid: str | None = None
    grouping_sids: Sequence[str] = ()
    kind: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None

    def takes(self, recording: Recording) -> bool:
        """Whether a recording of the room is among those wanted."""
        wanted_status = (
            recording.status is not RecordingStatus.DELETED if self.status is None else recording.status is self.status
        )
        return (
            wanted_status
            and (self.source_sid is None or recording.source_sid == self.source_sid)
            and all(sid in {recording.room.sid, recording.participant.sid} for sid in self.grouping_sids)
            and (self.kind is None or recording.kind == self.kind)
            and (self.created_after is None or recording.date_created >= self.created_after)
            and (self.created_before is None or recording.date_created < self.created_before)
        )


class Recordings:
    """Every recording of the account. Numbers grow with the time of creation, so either orders them."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Recording] = {}
        self._in_order: list[Recording] = []

    def add(self, recording: Recording) -> None:
        """Take in a new recording, the youngest of all."""
        self._by_sid[recording.sid] = recording
        self._in_order.append(recording)
        recording.room.recordings.append(recording)

    def forget(self, recording: Recording) -> None:
        """It is as if it had never been; forgetting it twice is harmless."""
        if self._by_sid.pop(recording.sid, None) is None:
            return
        for recordings in (self._in_order, recording.room.recordings):
            del recordings[bisect_left(recordings, recording.number, key=_number)]

    def by_sid(self, sid: str) -> Recording | None:
        """A recording in any status."""
        return self._by_sid.get(sid)

    def newest_first(self, wanted: RecordingFilter, span: Span) -> list[Recording]:
        """The recordings of one page."""
        known = self._in_order if wanted.room is None else wanted.room.recordings
        if span.newer_than is not None:
            first = bisect_right(known, span.newer_than, key=_number)
            return list(islice(filter(wanted.takes, islice(known, first, None)), span.most))[::-1]
        last = len(known) if span.older_than is None else bisect_left(known, span.older_than, key=_number)
        return list(islice(filter(wanted.takes, (known[place] for place in reversed(range(last)))), span.most))


def _number(recording: Recording) -> int:
    return recording.number
