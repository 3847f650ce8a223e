"""Twilio's JSON read into rooms and participants, and written back. Pure.

What was not understood is kept as it came in `more`; see `roomtui.twilio_api.fields`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.rooms.model import Participant, Room
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.fields import Fields, iso
from roomtui.twilio_api.links import Links

if TYPE_CHECKING:
    from collections.abc import Mapping


ROOM_FIELDS: Final = frozenset(
    {
        "account_sid",
        "audio_only",
        "date_created",
        "date_updated",
        "duration",
        "empty_room_timeout",
        "enable_turn",
        "end_time",
        "large_room",
        "links",
        "max_concurrent_published_tracks",
        "max_participant_duration",
        "max_participants",
        "media_region",
        "record_participants_on_connect",
        "sid",
        "status",
        "status_callback",
        "status_callback_method",
        "type",
        "unique_name",
        "unused_room_timeout",
        "url",
        "video_codecs",
    }
)
"""What a Rooms resource has; `to_api` writes all of them, those that Twilio left out as null."""


def room(record: Mapping[str, object]) -> Room:
    """Read a Rooms resource.

    Raises:
        NotTwilio: it has no SID.
    """
    fields = Fields(record)
    url = fields.word("url")
    return Room(
        sid=fields.sid("room"),
        status=fields.word("status") or "",
        unique_name=fields.name("unique_name") or Untrusted(""),
        account_sid=fields.word("account_sid"),
        date_created=fields.moment("date_created"),
        date_updated=fields.moment("date_updated"),
        end_time=fields.moment("end_time"),
        duration=fields.integer("duration"),
        type=fields.word("type"),
        max_participants=fields.integer("max_participants"),
        max_participant_duration=fields.integer("max_participant_duration"),
        max_concurrent_published_tracks=fields.integer("max_concurrent_published_tracks"),
        empty_room_timeout=fields.integer("empty_room_timeout"),
        unused_room_timeout=fields.integer("unused_room_timeout"),
        record_participants_on_connect=fields.flag("record_participants_on_connect"),
        video_codecs=fields.words("video_codecs"),
        media_region=fields.word("media_region"),
        audio_only=fields.flag("audio_only"),
        large_room=fields.flag("large_room"),
        enable_turn=fields.flag("enable_turn"),
        status_callback=fields.name("status_callback"),
        status_callback_method=fields.word("status_callback_method"),
        url=url,
        links=fields.links("links", url),
        more=fields.rest(),
    )


def participant(record: Mapping[str, object]) -> Participant:
    """Read a Participants resource.

    Raises:
        NotTwilio: it has no SID.
    """
    fields = Fields(record)
    url = fields.word("url")
    return Participant(
        sid=fields.sid("participant"),
        room_sid=fields.word("room_sid") or "",
        status=fields.word("status") or "",
        identity=fields.name("identity") or Untrusted(""),
        account_sid=fields.word("account_sid"),
        date_created=fields.moment("date_created"),
        date_updated=fields.moment("date_updated"),
        start_time=fields.moment("start_time"),
        end_time=fields.moment("end_time"),
        duration=fields.integer("duration"),
        url=url,
        links=fields.links("links", url),
        more=fields.rest(),
    )


def to_api(room: Room) -> dict[str, object]:
    """Every field of the room under the API's name, fit for JSON; those we do not know as they came."""
    return {
        "account_sid": room.account_sid,
        "audio_only": room.audio_only,
        "date_created": iso(room.date_created),
        "date_updated": iso(room.date_updated),
        "duration": room.duration,
        "empty_room_timeout": room.empty_room_timeout,
        "enable_turn": room.enable_turn,
        "end_time": iso(room.end_time),
        "large_room": room.large_room,
        "links": _plain(room.links),
        "max_concurrent_published_tracks": room.max_concurrent_published_tracks,
        "max_participant_duration": room.max_participant_duration,
        "max_participants": room.max_participants,
        "media_region": room.media_region,
        "record_participants_on_connect": room.record_participants_on_connect,
        "sid": room.sid,
        "status": room.status or None,
        "status_callback": room.status_callback.raw if room.status_callback is not None else None,
        "status_callback_method": room.status_callback_method,
        "type": room.type,
        "unique_name": room.unique_name.raw or None,
        "unused_room_timeout": room.unused_room_timeout,
        "url": room.url,
        "video_codecs": list(room.video_codecs) if room.video_codecs is not None else None,
        **room.more,
    }


def participant_to_api(participant: Participant) -> dict[str, object]:
    """Every field of the participant under the API's name, fit for JSON; those we do not know as they came."""
    return {
        "account_sid": participant.account_sid,
        "date_created": iso(participant.date_created),
        "date_updated": iso(participant.date_updated),
        "duration": participant.duration,
        "end_time": iso(participant.end_time),
        "identity": participant.identity.raw or None,
        "links": _plain(participant.links),
        "room_sid": participant.room_sid or None,
        "sid": participant.sid,
        "start_time": iso(participant.start_time),
        "status": participant.status or None,
        "url": participant.url,
        **participant.more,
    }


def _plain(links: Mapping[str, str] | None) -> dict[str, str] | None:
    if isinstance(links, Links):
        return links.plain()
    return dict(links) if links is not None else None
