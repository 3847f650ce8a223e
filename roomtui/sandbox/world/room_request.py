"""What a request to create a room may ask for: its parameters checked, with Twilio's error codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from roomtui.sandbox.world import limits
from roomtui.sandbox.world.limits import Era, RoomType
from roomtui.sandbox.world.parameters import boolean, first_of, integer, is_callback_url, is_utf8, json_object
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.room import RoomSettings
from roomtui.sandbox.world.track_rules import parse_recording_rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roomtui.sandbox.world.account import Account
    from roomtui.sandbox.world.track_rules import Rule

_NEEDS_MEDIA_SERVER = ("VideoCodecs", "MediaRegion", "RecordingRules", "TranscriptionsConfiguration")


def room_settings(parameters: Mapping[str, Sequence[str]], account: Account) -> RoomSettings:
    """The settings a create request asks for. Parameters that Twilio does not know are ignored.

    Raises:
        Refusal: with the code of the first parameter that cannot be.
    """
    room_type = _room_type(parameters, account)
    record = _flag(parameters, "RecordParticipantsOnConnect")
    audio_only = _audio_only(parameters, room_type, account)
    _flag(parameters, "EnableTurn")  # "deprecated, now always considered to be true"
    transcribe = _flag(parameters, "TranscribeParticipantsOnConnect")
    if _flag(parameters, "LargeRoom"):
        raise Refusal(53103)  # a feature that Twilio enables for an account on demand
    asks_for_media = record or transcribe or any(name in parameters for name in _NEEDS_MEDIA_SERVER)
    if asks_for_media and not room_type.has_media_server:
        raise Refusal(53114)
    return RoomSettings(
        type=room_type,
        unique_name=_unique_name(parameters),
        max_participants=_within(
            parameters, "MaxParticipants", range(1, room_type.seats + 1), room_type.seats, refusal=53107
        ),
        max_participant_duration=_within(
            parameters,
            "MaxParticipantDuration",
            limits.PARTICIPANT_SECONDS_RANGE,
            limits.PARTICIPANT_SECONDS,
            refusal=53123,
        ),
        empty_room_timeout=_within(
            parameters, "EmptyRoomTimeout", limits.TIMEOUT_MINUTES, limits.EMPTY_ROOM_MINUTES, refusal=53109
        ),
        unused_room_timeout=_within(
            parameters, "UnusedRoomTimeout", limits.TIMEOUT_MINUTES, limits.UNUSED_ROOM_MINUTES, refusal=53109
        ),
        status_callback=_status_callback(parameters),
        status_callback_method=_one_of(parameters, "StatusCallbackMethod", ("POST", "GET"), 53110),
        record_participants_on_connect=record,
        recording_rules=_recording_rules(parameters),
        transcribe_participants_on_connect=transcribe,
        transcriptions_configuration=_json_object(parameters, "TranscriptionsConfiguration"),
        video_codecs=() if audio_only else _video_codecs(parameters),
        media_region=_one_of(parameters, "MediaRegion", ("us1", *limits.MEDIA_REGIONS), 53115),
        audio_only=audio_only,
    )


def ad_hoc_settings(name: str, account: Account) -> RoomSettings:
    """The settings of a room that a join makes: no timeouts (Understanding Video Rooms, "Ad-hoc Rooms")."""
    check_room_name(name)
    return RoomSettings(
        type=RoomType.GROUP,
        max_participants=RoomType.GROUP.seats,
        unique_name=name,
        empty_room_timeout=0,
        unused_room_timeout=0,
        status_callback=account.status_callback,
        status_callback_method=account.status_callback_method,
    )


def check_room_name(name: str) -> None:
    """A room name is 1 to 128 characters of valid UTF-8 (Limits page; 53100 to 53102)."""
    if not name:
        raise Refusal(53100)
    if not is_utf8(name):
        raise Refusal(53102)
    if len(name) > limits.NAME_LENGTH:
        raise Refusal(53101)


def _room_type(parameters: Mapping[str, Sequence[str]], account: Account) -> RoomType:
    """The type, the usual one where it is left blank (error 53108, "Solutions")."""
    text = first_of(parameters.get("Type"))
    try:
        room_type = RoomType(text) if text else RoomType.GROUP
    except ValueError:
        raise Refusal(53108) from None
    if account.era is Era.CURRENT and room_type is not RoomType.GROUP:
        raise Refusal(53126)
    return room_type


def _audio_only(parameters: Mapping[str, Sequence[str]], room_type: RoomType, account: Account) -> bool:
    audio_only = _flag(parameters, "AudioOnly")
    if audio_only and account.era is Era.CURRENT:
        raise Refusal(53127)
    if audio_only and room_type is not RoomType.GROUP:
        raise Refusal(53124)
    return audio_only


def _unique_name(parameters: Mapping[str, Sequence[str]]) -> str | None:
    name = first_of(parameters.get("UniqueName"))
    if name is not None:
        check_room_name(name)
    return name


def _flag(parameters: Mapping[str, Sequence[str]], name: str) -> bool:
    text = first_of(parameters.get(name))
    flag = False if text is None else boolean(text)
    if flag is None:
        raise Refusal(20001, f"Invalid parameter {name}: must be true or false")
    return flag


def _within(parameters: Mapping[str, Sequence[str]], name: str, allowed: range, default: int, *, refusal: int) -> int:
    text = first_of(parameters.get(name))
    number = default if text is None else integer(text)
    if number is None or number not in allowed:
        raise Refusal(refusal)
    return number


def _one_of(parameters: Mapping[str, Sequence[str]], name: str, allowed: Sequence[str], refusal: int) -> str:
    """One of the allowed words; the first of them is the default."""
    text = first_of(parameters.get(name))
    if text is None:
        return allowed[0]
    if text not in allowed:
        raise Refusal(refusal)
    return text


def _status_callback(parameters: Mapping[str, Sequence[str]]) -> str | None:
    """Whom to tell; an empty one is nobody, as some clients say it."""
    url = first_of(parameters.get("StatusCallback")) or None
    if url is not None and not is_callback_url(url):
        raise Refusal(53111)
    return url


def _recording_rules(parameters: Mapping[str, Sequence[str]]) -> tuple[Rule, ...] | None:
    text = first_of(parameters.get("RecordingRules"))
    return None if text is None else parse_recording_rules(text)


def _json_object(parameters: Mapping[str, Sequence[str]], name: str) -> Mapping[str, object] | None:
    text = first_of(parameters.get(name))
    if text is None:
        return None
    content = json_object(text)
    if content is None:
        raise Refusal(20001, f"Invalid parameter {name}: must be a JSON object")
    return content


def _video_codecs(parameters: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Repeated keys, or one JSON array; none at all are the default ones."""
    given = list(parameters.get("VideoCodecs", ()))
    if len(given) == 1 and given[0].lstrip().startswith("["):
        try:
            given = json.loads(given[0])
        except (ValueError, RecursionError):
            given = [given[0]]
    if any(codec not in limits.VIDEO_CODECS for codec in given):
        raise Refusal(20001, f"Invalid parameter VideoCodecs: must be {' or '.join(limits.VIDEO_CODECS)}")
    return tuple(dict.fromkeys(given)) or limits.VIDEO_CODECS
