"""A room to be created: every parameter, and Twilio's limits for it (Rooms resource, "Create a Room")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roomtui.rooms.recording import RecordingRule


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRoom:
    """What a create request may say. None leaves a parameter out, so that Twilio's own default holds.

    Both time-outs are minutes, `max_participant_duration` is seconds.
    """

    unique_name: str | None = None
    type: str | None = None
    max_participants: int | None = None
    max_participant_duration: int | None = None
    empty_room_timeout: int | None = None
    unused_room_timeout: int | None = None
    status_callback: str | None = None
    status_callback_method: str | None = None
    record_participants_on_connect: bool | None = None
    recording_rules: tuple[RecordingRule, ...] | None = None
    video_codecs: tuple[str, ...] | None = None
    media_region: str | None = None
    audio_only: bool | None = None
    large_room: bool | None = None
    transcribe_participants_on_connect: bool | None = None
    transcriptions_configuration: Mapping[str, object] | None = None
    enable_turn: bool | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one field of a `NewRoom` (its attribute's name); `sentence` is safe to show."""

    field: str
    sentence: str
