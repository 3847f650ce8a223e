"""The form for a new room, without its looks: which fields there are, what may be typed, and what that comes to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from roomtui.rooms import typed
from roomtui.rooms.new_room import CODECS, DEFAULTS, METHODS, REGIONS, TYPES, Complaint, NewRoom
from roomtui.rooms.words import limit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_YES_NO: Final = ("yes", "no")


@dataclass(frozen=True, slots=True)
class FormField:
    """One field.

    Attributes:
        key: the attribute of `NewRoom` that it fills.
        label: what it is called on screen.
        read: what was typed, as `NewRoom` wants it; raises ValueError with a sentence for people.
        write: the value as it would be typed.
        default: what holds where nothing is typed, in words.
        choices: what there is to choose from; empty for a field to type into.
        common: whether it stands above the others.
        echo: the value said in another way beside the field, None for none.
    """

    key: str
    label: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    default: str
    choices: tuple[str, ...] = ()
    common: bool = False
    echo: Callable[[Any], str] | None = None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("A whole number is wanted here.")
    return int(text)


def _yes(text: str) -> bool:
    return text == "yes"


def _yes_no(value: bool) -> str:  # noqa: FBT001 - it is the value to write
    return "yes" if value else "no"


def _codecs(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _field(
    key: str,
    label: str,
    read: Callable[[str], Any] = str,
    write: Callable[[Any], str] = str,
    *,
    default: str = "",
    choices: tuple[str, ...] = (),
    common: bool = False,
    echo: Callable[[Any], str] | None = None,
) -> FormField:
    value = getattr(DEFAULTS, key)
    said = default or (f"default: {echo(value) if echo is not None else write(value)}" if value is not None else "")
    return FormField(key, label, read, write, said, choices, common, echo)


def _minutes(value: int) -> str:
    return f"{value} min"


FIELDS: Final = (
    _field("unique_name", "Name", default="none: its SID stands in for one", common=True),
    _field("type", "Type", choices=TYPES, common=True),
    _field("max_participants", "People at most", _number, common=True),
    _field("max_participant_duration", "Each stays at most", typed.seconds, limit, echo=typed.both, common=True),
    _field("empty_room_timeout", "Closes when empty for", typed.minutes, _minutes, common=True),
    _field("unused_room_timeout", "Closes when unused for", typed.minutes, _minutes, common=True),
    _field("record_participants_on_connect", "Record everybody", _yes, _yes_no, choices=_YES_NO, common=True),
    _field(
        "recording_rules",
        "Recording rules",
        typed.recording_rules,
        typed.written_rules,
        default='none; JSON: [{"type": ...}]',
    ),
    _field(
        "video_codecs",
        "Video codecs",
        _codecs,
        " ".join,
        choices=(" ".join(CODECS), *CODECS),
    ),
    _field("media_region", "Media region", choices=REGIONS),
    _field("audio_only", "Audio only", _yes, _yes_no, choices=_YES_NO),
    _field("status_callback", "Status callback", default="none; https://..."),
    _field("status_callback_method", "Callback method", choices=METHODS),
    _field("transcribe_participants_on_connect", "Transcribe everybody", _yes, _yes_no, choices=_YES_NO),
    _field(
        "transcriptions_configuration",
        "Transcription",
        typed.json_object,
        json.dumps,
        default='default; JSON: {"...": ...}',
    ),
    _field("large_room", "Large room", _yes, _yes_no, choices=_YES_NO),
)
"""All fields, in the order in which they stand."""

BY_KEY: Final = {field.key: field for field in FIELDS}


def read(texts: Mapping[str, str], kept: Mapping[str, object] | None = None) -> tuple[NewRoom, tuple[Complaint, ...]]:
    """The room that was asked for, and what could not be read.

    Args:
        texts: what was typed, by the field's key; what is empty is left out.
        kept: the values of fields that were left empty, but are not to be left out.
    """
    values: dict[str, Any] = dict(kept or {})
    complaints: list[Complaint] = []
    for field in FIELDS:
        text = texts.get(field.key, "")
        if field.key != "unique_name":
            text = text.strip()
        if not text:
            continue
        try:
            values[field.key] = field.read(text)
        except ValueError as error:
            complaints.append(Complaint(field.key, str(error)))
    return NewRoom(**values), tuple(complaints)


def written(new: NewRoom) -> dict[str, str]:
    """What would have to be typed for `new`, by the field's key; only what it says."""
    return {field.key: field.write(value) for field in FIELDS if (value := getattr(new, field.key)) is not None}


def said_again(key: str, text: str) -> str:
    """What was typed into this field, said in another way; empty where there is nothing to say."""
    echo = BY_KEY[key].echo
    if echo is None or not text.strip():
        return ""
    try:
        return echo(BY_KEY[key].read(text.strip()))
    except ValueError:
        return ""
