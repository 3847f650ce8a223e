"""Which recordings go into a composition, how long it is, and how big its file would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from roomtui.sandbox.world.composition import CompositionSettings
    from roomtui.sandbox.world.recording import Recording

_AUDIO_KILOBITS = 48
_PIXELS_PER_KILOBIT = 1152
"""Between them about what real answers show: some 840 kbit/s for 1280x720 with sound."""


def matches(pattern: str, name: str) -> bool:
    """Whether a name is what a pattern says, in which `*` stands for zero or more characters."""
    head, *others = pattern.split("*")
    if not others:
        return pattern == name
    *middle, tail = others
    at, end = len(head), len(name) - len(tail)
    if at > end or not name.startswith(head) or not name.endswith(tail):
        return False
    for part in middle:
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def asked_for(settings: CompositionSettings, recordings: Sequence[Recording]) -> list[Recording]:
    """The recordings of a room that the sources ask for, whatever has become of them."""
    return [recording for recording in recordings if _is_asked_for(settings, recording)]


def seconds(settings: CompositionSettings, sources: Sequence[Recording], room_end: datetime) -> int:
    """How long the media is ("Understanding Trim").

    The time before the first recording is always cut off; later gaps are, unless `trim` is false: then they stay,
    up to the end of the room.
    """
    stretches = sorted((source.started, source.stopped or room_end) for source in sources)
    if not stretches:
        return 0
    if not settings.trim:
        first = stretches[0][0].replace(microsecond=0)  # the end of a room is a whole second
        return int((room_end - first).total_seconds())
    total = 0.0
    covered = stretches[0][0]
    for start, end in stretches:
        total += max((end - max(start, covered)).total_seconds(), 0.0)
        covered = max(covered, end)
    return round(total)


def kilobits(settings: CompositionSettings, sources: Sequence[Recording]) -> int:
    """The average bit rate, which depends on the picture's size and on whether there is a picture and sound."""
    kinds = {source.kind for source in sources}
    width, height = settings.resolution
    video = width * height // _PIXELS_PER_KILOBIT if "video" in kinds else 0
    return video + (_AUDIO_KILOBITS if "audio" in kinds else 0)


def _is_asked_for(settings: CompositionSettings, recording: Recording) -> bool:
    if recording.kind == "audio":
        return _among(settings.audio_sources, recording) and not _among(settings.audio_sources_excluded, recording)
    return any(
        _among(region.video_sources, recording) and not _among(region.video_sources_excluded, recording)
        for region in settings.layout.values()
    )


def _among(sources: Sequence[str], recording: Recording) -> bool:
    sids = {recording.sid, recording.source_sid, recording.participant.sid}
    return any(source in sids or matches(source, recording.track_name) for source in sources)
