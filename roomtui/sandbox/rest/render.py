"""Rooms, participants, tracks and recordings as Twilio's JSON, with absolute URLs on the origin the client used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.sandbox.world.participant import Participant, Track
    from roomtui.sandbox.world.recording import Recording
    from roomtui.sandbox.world.room import Room, RoomStatus
    from roomtui.sandbox.world.subscriptions import Subscription


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


def anonymized_resource(participant: Participant, origin: str) -> dict[str, object]:
    """The Anonymize resource: the participant, at a URL of its own and without links (OpenAPI)."""
    resource = participant_resource(participant, origin)
    del resource["links"]
    return {**resource, "url": f"{resource['url']}/Anonymize"}


def published_track_resource(participant: Participant, track: Track, origin: str) -> dict[str, object]:
    """The PublishedTrack resource."""
    room = participant.room
    return {
        "sid": track.sid,
        "participant_sid": participant.sid,
        "room_sid": room.sid,
        "name": track.name,
        "date_created": iso(track.date_created),
        "date_updated": iso(track.date_updated),
        "enabled": track.enabled,
        "kind": track.kind,
        "url": f"{origin}/v1/Rooms/{room.sid}/Participants/{participant.sid}/PublishedTracks/{track.sid}",
    }


def subscribed_track_resource(subscription: Subscription, origin: str) -> dict[str, object]:
    """The SubscribedTrack resource."""
    subscriber, track = subscription.subscriber, subscription.track
    return {
        "sid": track.sid,
        "participant_sid": subscriber.sid,
        "publisher_sid": subscription.publisher.sid,
        "room_sid": subscriber.room.sid,
        "name": track.name,
        "date_created": iso(subscription.date_created),
        "date_updated": iso(subscription.date_updated),
        "enabled": track.enabled,
        "kind": track.kind,
        "url": f"{origin}/v1/Rooms/{subscriber.room.sid}/Participants/{subscriber.sid}/SubscribedTracks/{track.sid}",
    }


def recording_resource(recording: Recording, origin: str) -> dict[str, object]:
    """The Recording resource of an account. Until it is completed its size and duration are 0 (OpenAPI, `fetch`)."""
    settings = recording.room.settings
    return {
        **_recording_fields(recording),
        "status_callback": settings.status_callback,
        "status_callback_method": settings.status_callback_method,
        "url": f"{origin}{recording.path}",
        "links": {"media": f"{origin}{recording.media_path}"},
    }


def room_recording_resource(recording: Recording, origin: str) -> dict[str, object]:
    """The Recording resource of a room."""
    url = f"{origin}/v1/Rooms/{recording.room.sid}/Recordings/{recording.sid}"
    return {
        **_recording_fields(recording),
        "room_sid": recording.room.sid,
        "url": url,
        "links": {"media": f"{url}/Media"},
    }


def _recording_fields(recording: Recording) -> dict[str, object]:
    return {
        "account_sid": recording.room.account_sid,
        "status": recording.status.value,
        "date_created": iso(recording.date_created),
        "sid": recording.sid,
        "source_sid": recording.source_sid,
        "size": recording.size or 0,
        "type": recording.kind,
        "duration": recording.duration or 0,
        "container_format": recording.container,
        "codec": recording.codec,
        "grouping_sids": {"room_sid": recording.room.sid, "participant_sid": recording.participant.sid},
        "track_name": recording.track_name,
        "offset": recording.offset,
        "media_external_location": None,
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
