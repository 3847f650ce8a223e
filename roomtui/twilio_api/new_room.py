"""What a request for a new room holds (Rooms resource, "Create a Room"). Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from roomtui.twilio_api.media import rules_form

if TYPE_CHECKING:
    from roomtui.rooms.new_room import NewRoom


def new_room_form(new: NewRoom) -> dict[str, object]:
    """The form fields: what is None is left out, lists repeat their key, objects are JSON."""
    rules, transcriptions = new.recording_rules, new.transcriptions_configuration
    return {
        "UniqueName": new.unique_name,
        "Type": new.type,
        "MaxParticipants": new.max_participants,
        "MaxParticipantDuration": new.max_participant_duration,
        "EmptyRoomTimeout": new.empty_room_timeout,
        "UnusedRoomTimeout": new.unused_room_timeout,
        "StatusCallback": new.status_callback,
        "StatusCallbackMethod": new.status_callback_method,
        "RecordParticipantsOnConnect": new.record_participants_on_connect,
        "RecordingRules": rules_form(rules) if rules is not None else None,
        "VideoCodecs": new.video_codecs,
        "MediaRegion": new.media_region,
        "AudioOnly": new.audio_only,
        "LargeRoom": new.large_room,
        "TranscribeParticipantsOnConnect": new.transcribe_participants_on_connect,
        "TranscriptionsConfiguration": (
            json.dumps(dict(transcriptions), ensure_ascii=False) if transcriptions is not None else None
        ),
        "EnableTurn": new.enable_turn,
    }
