"""Twilio's JSON read into rooms and participants, and written back. Pure.

Reading is tolerant: a field that is missing, null or unreadable is None, and what was not understood is kept as it
came in `more`, so that nothing Twilio says is lost on the way to `--json`. Only a record without a SID is refused:
nothing can be done with it, and to skip it would lose a room.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, TypeGuard

from roomtui.rooms.model import NOTHING_MORE, Participant, Room
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import NotTwilio

if TYPE_CHECKING:
    from collections.abc import Mapping

_INTEGER_MAX: Final = 10**9
"""Seconds, minutes, people: beyond this it is no such number, and a date plus it is no date."""

_WORD_MAX: Final = 2048
"""Characters of a URL or a value from a list. Longer, or not printable ASCII: not what the field is for."""

_MOMENT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:[.,]([0-9]{1,9}))?(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?"
)
_SID: Final = re.compile(r"[A-Za-z0-9]{1,64}")


class Page(NamedTuple):
    """One page of a list.

    Attributes:
        records: the resources, as they came.
        next_url: where the next page is, or None on the last one. From outside: check its host.
    """

    records: list[Mapping[str, object]]
    next_url: str | None


def page(payload: Mapping[str, object], key: str) -> Page:
    """Open the envelope of a list (`{"rooms": [...], "meta": {"next_page_url": ...}}`).

    Raises:
        NotTwilio: it is none.
    """
    records = payload.get(key)
    if not isinstance(records, list):
        raise NotTwilio(f"The answer is not Twilio's: it has no list of {key}. Is the API URL right?")
    if not all(isinstance(record, dict) for record in records):
        raise NotTwilio(f"The answer is not Twilio's: its {key} are no records. Is the API URL right?")
    meta = payload.get("meta")
    next_url = meta.get("next_page_url") if isinstance(meta, dict) else None
    if next_url is not None and not isinstance(next_url, str):
        raise NotTwilio(f"The answer is not Twilio's: the next page of its {key} has no address.")
    return Page(records, next_url or None)


def room(record: Mapping[str, object]) -> Room:
    """Read a Rooms resource.

    Raises:
        NotTwilio: it has no SID.
    """
    fields = _Fields(record)
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
        url=fields.word("url"),
        links=fields.links("links"),
        more=fields.rest(),
    )


def participant(record: Mapping[str, object]) -> Participant:
    """Read a Participants resource.

    Raises:
        NotTwilio: it has no SID.
    """
    fields = _Fields(record)
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
        url=fields.word("url"),
        links=fields.links("links"),
        more=fields.rest(),
    )


def to_api(room: Room) -> dict[str, object]:
    """Every field of the room under the API's name, fit for JSON; those we do not know as they came."""
    return {
        "account_sid": room.account_sid,
        "audio_only": room.audio_only,
        "date_created": _iso(room.date_created),
        "date_updated": _iso(room.date_updated),
        "duration": room.duration,
        "empty_room_timeout": room.empty_room_timeout,
        "enable_turn": room.enable_turn,
        "end_time": _iso(room.end_time),
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
        "date_created": _iso(participant.date_created),
        "date_updated": _iso(participant.date_updated),
        "duration": participant.duration,
        "end_time": _iso(participant.end_time),
        "identity": participant.identity.raw or None,
        "links": _plain(participant.links),
        "room_sid": participant.room_sid or None,
        "sid": participant.sid,
        "start_time": _iso(participant.start_time),
        "status": participant.status or None,
        "url": participant.url,
        **participant.more,
    }


def moment(text: str) -> datetime | None:
    """An ISO 8601 time as aware UTC; without an offset it is UTC; None where it is none.

    The SDK's own reader hands back a string where there is a fraction or an offset.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    day, time, fraction, sign, hours, minutes = match.groups()
    try:
        read = datetime.fromisoformat(f"{day}T{time}+00:00")
        if fraction:
            read = read.replace(microsecond=int(fraction[:6].ljust(6, "0")))
        if sign:
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            read = (read - offset if sign == "+" else read + offset).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None
    # A year far off is no time of a room; it would also overflow where a time-out is added to it.
    return read if 1970 <= read.year < 3000 else None


class _Fields:
    """Takes the fields of one record. What is not taken, because nobody asked or it was unreadable, is the `rest`."""

    __slots__ = ("_left",)

    def __init__(self, record: Mapping[str, object]) -> None:
        self._left = dict(record)

    def sid(self, kind: str) -> str:
        value = self._left.pop("sid", None)
        if not isinstance(value, str) or not _SID.fullmatch(value):
            raise NotTwilio(f"The answer is not Twilio's: a {kind} without a SID. Is the API URL right?")
        return value

    def word(self, key: str) -> str | None:
        """A value from a list, a SID, a URL of Twilio's: printable ASCII, or it is not read."""
        value = self._left.get(key)
        if value is None or _is_word(value):
            self._left.pop(key, None)
            return value
        return None

    def name(self, key: str) -> Untrusted | None:
        """Text that strangers chose."""
        value = self._left.get(key)
        if value is None or isinstance(value, str):
            self._left.pop(key, None)
            return Untrusted(value) if value is not None else None
        return None

    def integer(self, key: str) -> int | None:
        value = self._left.get(key)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
            value = int(value)
        if value is None or (type(value) is int and 0 <= value <= _INTEGER_MAX):
            self._left.pop(key, None)
            return value
        return None

    def flag(self, key: str) -> bool | None:
        value = self._left.get(key)
        if value is None or isinstance(value, bool):
            self._left.pop(key, None)
            return value
        return None

    def moment(self, key: str) -> datetime | None:
        value = self._left.get(key)
        if value is None:
            self._left.pop(key, None)
            return None
        read = moment(value) if isinstance(value, str) else None
        if read is not None:
            del self._left[key]
        return read

    def words(self, key: str) -> tuple[str, ...] | None:
        value = self._left.get(key)
        if value is None:
            self._left.pop(key, None)
        elif isinstance(value, list) and all(map(_is_word, value)):
            del self._left[key]
            return tuple(value)
        return None

    def links(self, key: str) -> Mapping[str, str] | None:
        value = self._left.get(key)
        if value is None:
            self._left.pop(key, None)
        elif isinstance(value, dict) and all(map(_is_word, value.values())):
            del self._left[key]
            return MappingProxyType(value)
        return None

    def rest(self) -> Mapping[str, object]:
        return MappingProxyType(self._left) if self._left else NOTHING_MORE


def _is_word(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.isascii() and value.isprintable() and len(value) <= _WORD_MAX


def _iso(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    text = moment.astimezone(timezone.utc).isoformat()
    return text.replace("+00:00", "Z")


def _plain(links: Mapping[str, str] | None) -> dict[str, str] | None:
    return dict(links) if links is not None else None
