"""A room to be created: every parameter, and Twilio's limits for it (Rooms resource, "Create a Room")."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from roomtui.rooms.model import RoomType
from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from roomtui.rooms.model import Room
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


TYPES: Final = tuple(kind.value for kind in RoomType)
"""The last three only for accounts that are older than October 2024 (error 53126)."""

CODECS: Final = ("VP8", "H264")
METHODS: Final = ("POST", "GET")

REGIONS: Final = ("us1", "us2", "ie1", "de1", "au1", "br1", "jp1", "sg1", "in1", "gll")
"""Media regions; `gll` is the one nearest to whoever comes first."""

SEATS: Final[Mapping[str, int]] = MappingProxyType(
    {RoomType.GROUP: 50, RoomType.GROUP_SMALL: 4, RoomType.PEER_TO_PEER: 10, RoomType.GO: 2}
)
"""How many participants a room of each type can hold (Programmable Video Limits; Legacy Room Types)."""

DEFAULTS: Final = NewRoom(
    type=RoomType.GROUP.value,
    max_participants=SEATS[RoomType.GROUP],
    max_participant_duration=14_400,
    empty_room_timeout=5,
    unused_room_timeout=5,
    status_callback_method="POST",
    record_participants_on_connect=False,
    video_codecs=CODECS,
    media_region="us1",
    audio_only=False,
    large_room=False,
    transcribe_participants_on_connect=False,
    enable_turn=True,
)
"""What Twilio documents to hold where a parameter is left out."""

NAME_MAX: Final = 128
"""Characters of a room's name (Programmable Video Limits)."""

_URL_MAX: Final = 1023
_PARTICIPANT_SECONDS: Final = range(600, 86_401)
_TIMEOUT_MINUTES: Final = range(1, 61)
_RULES: Final = range(1, 21)
_WITHOUT_MEDIA_SERVER: Final = frozenset({RoomType.PEER_TO_PEER, RoomType.GO})

_FIELDS_BY_CODE: Final = {
    53100: "unique_name",  # invalid
    53101: "unique_name",  # too long
    53102: "unique_name",  # invalid characters
    53113: "unique_name",  # a room of this name is in progress
    53108: "type",  # not valid
    53114: "type",  # does not go with the other parameters
    53126: "type",  # a legacy type, on an account that has none
    53107: "max_participants",
    53123: "max_participant_duration",
    53109: "empty_room_timeout",  # or the other one: Twilio does not say which
    53111: "status_callback",
    53110: "status_callback_method",
    53120: "recording_rules",  # invalid
    53122: "recording_rules",  # not for this type
    53115: "media_region",  # not valid
    53116: "media_region",  # no media server is free there
    53124: "audio_only",  # not for this type
    53127: "audio_only",  # not on this account
    53103: "large_room",  # a feature that the account has not
}


def field_of(code: int | None) -> str | None:
    """Which field of a `NewRoom` (its attribute's name) a Twilio error code speaks of; None where it is none."""
    return _FIELDS_BY_CODE.get(code) if code is not None else None


def like(room: Room) -> NewRoom:
    """Another room with the settings of `room`; a nameless one stays nameless.

    What Twilio did not tell is left out, and so is what cannot be asked for: an ad-hoc room has time-outs of 0. So is
    a feature that is off: some accounts are refused its very mention. Recording rules are no property of the room.
    """
    media = room.type not in _WITHOUT_MEDIA_SERVER
    callback = room.status_callback.raw if room.status_callback is not None else None
    return NewRoom(
        unique_name=room.unique_name.raw if room.has_name else None,
        type=room.type,
        max_participants=room.max_participants or None,
        max_participant_duration=room.max_participant_duration or None,
        empty_room_timeout=room.empty_room_timeout or None,
        unused_room_timeout=room.unused_room_timeout or None,
        status_callback=callback or None,
        status_callback_method=room.status_callback_method if callback else None,
        record_participants_on_connect=room.record_participants_on_connect if media else None,
        video_codecs=(room.video_codecs or None) if media else None,
        media_region=(room.media_region or None) if media else None,
        audio_only=room.audio_only or None,
        large_room=room.large_room or None,
    )


def check(new: NewRoom) -> tuple[Complaint, ...]:
    """What Twilio would refuse about `new`, in the order of its fields; nothing where it is within Twilio's limits.

    An account may allow less: older room types, large rooms and audio-only rooms are Twilio's to refuse.
    """
    return tuple(
        Complaint(field, sentence)
        for field, complain in _CHECKS.items()
        if getattr(new, field) is not None and (sentence := complain(new))
    )


def _name(new: NewRoom) -> str | None:
    name = new.unique_name or ""
    if not name:
        return "A name has at least one character; without one, Twilio calls the room by its SID."
    if not _is_utf8(name):
        return "The name holds characters that are no UTF-8."
    if len(name) > NAME_MAX:
        return f"A name has at most {NAME_MAX} characters, this one has {len(name)}."
    return None


def _type(new: NewRoom) -> str | None:
    return None if new.type in TYPES else f"A room's type is one of {', '.join(TYPES)}."


def _people(new: NewRoom) -> str | None:
    kind = new.type if new.type is not None and new.type in SEATS else RoomType.GROUP.value
    seats, people = SEATS[kind], new.max_participants or 0
    # How large a large room may be is between Twilio and the account.
    if 1 <= people <= seats or (new.large_room and people >= 1):
        return None
    return f"A {kind} room holds 1 to {seats} people."


def _participant_duration(new: NewRoom) -> str | None:
    if new.max_participant_duration in _PARTICIPANT_SECONDS:
        return None
    return "Somebody may stay for 600 to 86400 seconds: ten minutes to 24 hours."


def _timeout(minutes: int | None) -> str | None:
    return None if minutes in _TIMEOUT_MINUTES else "A time-out is 1 to 60 whole minutes."


def _callback(new: NewRoom) -> str | None:
    url = new.status_callback or ""
    if not _is_web_address(url):
        return "A status callback is a web address that begins with https:// or http://."
    return None if len(url) <= _URL_MAX else f"A status callback has at most {_URL_MAX} characters."


def _method(new: NewRoom) -> str | None:
    return None if new.status_callback_method in METHODS else "A status callback is sent by POST or GET."


def _rules(new: NewRoom) -> str | None:
    rules = new.recording_rules or ()
    if len(rules) not in _RULES:
        return f"There are 1 to 20 recording rules, not {len(rules)}."
    for number, rule in enumerate(rules, start=1):
        if sentence := _rule(rule):
            return f"Recording rule {number}: {sentence}"
    return _needs_media_server(new, "recorded")


def _rule(rule: RecordingRule) -> str | None:
    if rule.type not in {"include", "exclude"}:
        return "its type is include or exclude."
    filters = [each for each in (rule.kind, rule.publisher, rule.track) if each is not None]
    if rule.all is not None:
        return None if rule.all and not filters else "all is true, and stands alone."
    if not filters:
        return "it says which tracks: all, kind, publisher or track."
    if rule.kind not in {None, "audio", "video"}:
        return "its kind is audio or video."
    if not all(filters):
        return "its publisher or track is empty."
    return None


def _codecs(new: NewRoom) -> str | None:
    for codec in new.video_codecs or ():
        if codec not in CODECS:
            return f"The video codecs are {' and '.join(CODECS)}, not {safe(codec)}."
    return _needs_media_server(new, "given codecs") if new.video_codecs else None


def _region(new: NewRoom) -> str | None:
    if new.media_region not in REGIONS:
        return f"The media regions are {', '.join(REGIONS)}."
    return _needs_media_server(new, "given a region")


def _audio_only(new: NewRoom) -> str | None:
    if not new.audio_only or new.type in {None, RoomType.GROUP}:
        return None
    return "Only group rooms can be audio-only."


def _needs_media_server(new: NewRoom, what: str) -> str | None:
    if new.type not in _WITHOUT_MEDIA_SERVER:
        return None
    return f"A {new.type} room has no media server and cannot be {what}."


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_web_address(url: str) -> bool:
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


_CHECKS: Final[Mapping[str, Callable[[NewRoom], str | None]]] = MappingProxyType(
    {
        "unique_name": _name,
        "type": _type,
        "max_participants": _people,
        "max_participant_duration": _participant_duration,
        "empty_room_timeout": lambda new: _timeout(new.empty_room_timeout),
        "unused_room_timeout": lambda new: _timeout(new.unused_room_timeout),
        "status_callback": _callback,
        "status_callback_method": _method,
        "record_participants_on_connect": lambda new: (
            _needs_media_server(new, "recorded") if new.record_participants_on_connect else None
        ),
        "recording_rules": _rules,
        "video_codecs": _codecs,
        "media_region": _region,
        "audio_only": _audio_only,
        "transcribe_participants_on_connect": lambda new: (
            _needs_media_server(new, "transcribed") if new.transcribe_participants_on_connect else None
        ),
        "transcriptions_configuration": lambda new: _needs_media_server(new, "transcribed"),
    }
)
