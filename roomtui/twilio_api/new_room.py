"""What a request for a new room holds (Rooms resource, "Create a Room"). Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from roomtui.twilio_api.errors import Unsendable
from roomtui.twilio_api.media import rules_form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roomtui.rooms.new_room import NewRoom


def new_room_form(new: NewRoom) -> dict[str, object]:
    """The form fields: what is None is left out, lists repeat their key, objects are JSON.

    Raises:
        Unsendable: the transcriptions' configuration is no JSON.
    """
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
        "TranscriptionsConfiguration": _json(transcriptions) if transcriptions is not None else None,
        "EnableTurn": new.enable_turn,
    }


def _json(configuration: Mapping[str, object]) -> str:
    try:
        return json.dumps(dict(configuration), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        raise Unsendable("The configuration of the transcriptions cannot be written as JSON.") from None
