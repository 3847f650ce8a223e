"""Rooms and participants as Twilio's JSON, with absolute URLs on the origin the client used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.sandbox.world.participant import Participant
    from roomtui.sandbox.world.room import Room, RoomStatus


def iso(instant: datetime | None) -> str | None:
    """`YYYY-MM-DDTHH:MM:SSZ`, the grain and form of Twilio's REST dates."""
    return None if instant is None else f"{instant.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def room_resource(room: Room, origin: str) -> dict[str, object]:
    """The Room resource. In progress, `end_time` and `duration` are null, as in recorded answers."""
    settings = room.settings
    url = f"{origin}/v1/Rooms/{room.sid}"
    return {
        "sid": room.sid,
        "status": room.status.value,
        "date_created": iso(room.date_created),
        "date_updated": iso(room.date_updated),
        "account_sid": room.account_sid,
        "enable_turn": True,
        "unique_name": room.unique_name,
        "status_callback": settings.status_callback,
        "status_callback_method": settings.status_callback_method,
        "end_time": iso(room.end_time),
        "duration": room.duration,
        "type": settings.type.value,
        "max_participants": settings.max_participants,
        "max_participant_duration": settings.max_participant_duration,
        "max_concurrent_published_tracks": settings.type.published_tracks,
        "record_participants_on_connect": settings.record_participants_on_connect,
        "video_codecs": settings.video_codecs,
        "media_region": settings.media_region,
        "audio_only": settings.audio_only,
        "empty_room_timeout": settings.empty_room_timeout,
        "unused_room_timeout": settings.unused_room_timeout,
        "large_room": False,
        "url": url,
        "links": {
            "participants": f"{url}/Participants",
            "recordings": f"{url}/Recordings",
            "recording_rules": f"{url}/RecordingRules",
            "transcriptions": f"{url}/Transcriptions",
        },
    }


def participant_resource(participant: Participant, origin: str) -> dict[str, object]:
    """The Participant resource. `end_time` and `duration` are null until disconnected."""
    url = f"{origin}/v1/Rooms/{participant.room.sid}/Participants/{participant.sid}"
    return {
        "sid": participant.sid,
        "room_sid": participant.room.sid,
        "account_sid": participant.room.account_sid,
        "status": participant.status.value,
        "identity": participant.identity,
        "date_created": iso(participant.date_created),
        "date_updated": iso(participant.date_updated),
        "start_time": iso(participant.start_time),
        "end_time": iso(participant.end_time),
        "duration": participant.duration,
        "url": url,
        "links": {
            "published_tracks": f"{url}/PublishedTracks",
            "subscribed_tracks": f"{url}/SubscribedTracks",
            "subscribe_rules": f"{url}/SubscribeRules",
            "anonymize": f"{url}/Anonymize",
        },
    }


class RoomTexts:
    """Rooms as JSON text. A room changes only by ending, so that a text once made serves many lists."""

    def __init__(self) -> None:
        self._texts: WeakKeyDictionary[Room, tuple[str, RoomStatus, str]] = WeakKeyDictionary()

    def of(self, room: Room, origin: str) -> str:
        """The JSON text of a room."""
        known = self._texts.get(room)
        if known is not None and known[0] == origin and known[1] is room.status:
            return known[2]
        text = json.dumps(room_resource(room, origin))
        self._texts[room] = (origin, room.status, text)
        return text
