"""The shapes of the Video API's resources, as Twilio's OpenAPI description has them.

A shape is the very names of a resource's fields and, for each, its type, its format and whether it may be null in a
given state. Where the description leaves more open than the documents do, the documents hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

Check = Callable[[Any], bool]
Shape = Mapping[str, Check]

# What a field may be


def sid(prefix: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(f"{prefix}[0-9a-fA-F]{{32}}", value) is not None


def word(*allowed: str) -> Check:
    return lambda value: value in allowed


def text(value: Any) -> bool:
    return isinstance(value, str)


def whole(value: Any) -> bool:
    return type(value) is int and value >= 0


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def null(value: Any) -> bool:
    return value is None


def date(value: Any) -> bool:
    """`YYYY-MM-DDTHH:MM:SSZ`."""
    try:
        instant = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    except (TypeError, ValueError):
        return False
    return bool(instant.strftime("%Y-%m-%dT%H:%M:%SZ") == value)


def address(value: Any) -> bool:
    """An absolute URL."""
    return isinstance(value, str) and re.fullmatch(r"http://[\w.:\[\]]+/\S*", value) is not None


def texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(text, value))


def links(*names: str) -> Check:
    return lambda value: set(value) == set(names) and all(map(address, value.values()))


def each(shape: Shape) -> Check:
    """An array of objects that have at least the type of a rule, and nothing unknown."""
    return lambda value: (
        bool(value)
        and all(
            "type" in item and all(name in shape and shape[name](given) for name, given in item.items())
            for item in value
        )
    )


def by_name(shape: Shape) -> Check:
    return lambda value: not any(problem for item in value.values() for problem in problems(item, shape))


def problems(body: Any, shape: Shape) -> list[str]:
    """What is wrong with an object: names that are missing, unknown or have a value that cannot be."""
    found = [f"{name} is missing" for name in shape if name not in body]
    found += [f"{name} is unknown" for name in body if name not in shape]
    found += [f"{name} is {body[name]!r}" for name, check in shape.items() if name in body and not check(body[name])]
    return found


# What the resources are made of

METHOD = word("GET", "POST")
RULE = {
    "type": word("include", "exclude"),
    "all": flag,
    "publisher": text,
    "track": text,
    "kind": word("audio", "video", "data"),
}


def room(*, ended: bool) -> Shape:
    return {
        "sid": sid("RM"),
        "status": word("completed" if ended else "in-progress"),
        "date_created": date,
        "date_updated": date,
        "account_sid": sid("AC"),
        "enable_turn": flag,
        "unique_name": text,
        "status_callback": null,
        "status_callback_method": METHOD,
        "end_time": date if ended else null,
        "duration": whole if ended else null,
        "type": word("group"),
        "max_participants": whole,
        "max_participant_duration": whole,
        "max_concurrent_published_tracks": whole,
        "record_participants_on_connect": flag,
        "video_codecs": lambda value: bool(value) and set(value) <= {"VP8", "H264"},
        "media_region": text,
        "audio_only": flag,
        "empty_room_timeout": whole,
        "unused_room_timeout": whole,
        "large_room": flag,
        "url": address,
        "links": links("participants", "recordings", "recording_rules", "transcriptions"),
    }


def anonymized(*, ended: bool) -> Shape:
    """A participant without links."""
    return {
        "sid": sid("PA"),
        "room_sid": sid("RM"),
        "account_sid": sid("AC"),
        "status": word("disconnected" if ended else "connected"),
        "identity": text,
        "date_created": date,
        "date_updated": date,
        "start_time": date,
        "end_time": date if ended else null,
        "duration": whole if ended else null,
        "url": address,
    }


def participant(*, ended: bool) -> Shape:
    names = ("published_tracks", "subscribed_tracks", "subscribe_rules", "anonymize")
    return {**anonymized(ended=ended), "links": links(*names)}


PUBLISHED: Shape = {
    "sid": sid("MT"),
    "participant_sid": sid("PA"),
    "room_sid": sid("RM"),
    "name": text,
    "date_created": date,
    "date_updated": date,
    "enabled": flag,
    "kind": word("audio", "video", "data"),
    "url": address,
}
SUBSCRIBED: Shape = {**PUBLISHED, "publisher_sid": sid("PA")}


def subscribe_rules(*, given: bool) -> Shape:
    return {
        "participant_sid": sid("PA"),
        "room_sid": sid("RM"),
        "rules": each({**RULE, "priority": text}),
        "date_created": date if given else null,
        "date_updated": date if given else null,
    }


RECORDING_RULES: Shape = {"room_sid": sid("RM"), "rules": each(RULE), "date_created": date, "date_updated": date}


def recording(*, ended: bool) -> Shape:
    return {
        "account_sid": sid("AC"),
        "status": word("completed" if ended else "processing"),
        "date_created": date,
        "sid": sid("RT"),
        "source_sid": sid("MT"),
        "size": whole,
        "url": address,
        "type": word("audio", "video"),
        "duration": whole,
        "container_format": word("mka", "mkv"),
        "codec": word("VP8", "H264", "OPUS", "PCMU"),
        "grouping_sids": lambda value: not problems(value, {"room_sid": sid("RM"), "participant_sid": sid("PA")}),
        "track_name": text,
        "offset": whole,
        "media_external_location": null,
        "links": links("media"),
    }


def room_recording(*, ended: bool) -> Shape:
    return {**recording(ended=ended), "room_sid": sid("RM")}


def account_recording(*, ended: bool) -> Shape:
    return {**recording(ended=ended), "status_callback": null, "status_callback_method": METHOD}


def transcription(*, ended: bool) -> Shape:
    return {
        "ttid": lambda value: re.fullmatch(r"video_extension_[0-9a-f-]{36}", value) is not None,
        "account_sid": sid("AC"),
        "room_sid": sid("RM"),
        "source_sid": null,
        "status": word("stopped" if ended else "started"),
        "date_created": date,
        "date_updated": date,
        "start_time": date,
        "end_time": date if ended else null,
        "duration": whole if ended else null,
        "url": address,
        "configuration": lambda value: bool(value) and all(map(text, value.values())),
    }


REGION: Shape = {
    "video_sources": texts,
    "video_sources_excluded": texts,
    "x_pos": whole,
    "y_pos": whole,
    "z_pos": lambda value: type(value) is int,
    "width": lambda value: value is None or whole(value),
    "height": lambda value: value is None or whole(value),
    "max_columns": lambda value: value is None or whole(value),
    "max_rows": lambda value: value is None or whole(value),
    "cells_excluded": lambda value: all(map(whole, value)),
    "reuse": word("none", "show_oldest", "show_newest"),
}
COMPOSED: Shape = {
    "audio_sources": texts,
    "audio_sources_excluded": texts,
    "video_layout": by_name(REGION),
    "resolution": lambda value: re.fullmatch(r"\d+x\d+", value) is not None,
    "trim": flag,
    "format": word("mp4", "webm"),
    "status_callback": null,
    "status_callback_method": METHOD,
}


def composition(*, ended: bool, new: bool = False) -> Shape:
    done = ended and not new
    return {
        **COMPOSED,
        "account_sid": sid("AC"),
        "status": word("completed" if done else "enqueued"),
        "date_created": date,
        "date_completed": date if done else null,
        "date_deleted": null,
        "sid": sid("CJ"),
        "room_sid": sid("RM"),
        "bitrate": whole,
        "size": whole,
        "duration": whole,
        "media_external_location": null,
        "url": address,
        "links": links("media"),
    }


def hook(*, updated: bool) -> Shape:
    return {
        **COMPOSED,
        "account_sid": sid("AC"),
        "friendly_name": text,
        "enabled": flag,
        "date_created": date,
        "date_updated": date if updated else null,
        "sid": sid("HK"),
        "url": address,
    }


SETTINGS: Shape = {
    "account_sid": sid("AC"),
    "friendly_name": text,
    "aws_credentials_sid": sid("CR"),
    "aws_s3_url": text,
    "aws_storage_enabled": flag,
    "encryption_key_sid": null,
    "encryption_enabled": flag,
    "url": address,
}
META: Shape = {
    "page": whole,
    "page_size": whole,
    "first_page_url": address,
    "previous_page_url": null,
    "url": address,
    "next_page_url": null,
    "key": text,
}
