"""What options take beside plain words and numbers: durations, JSON, phone numbers. For `type=` of an option."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import click

from roomtui.rooms.phone import PhoneNumberError, phone_number
from roomtui.rooms.recording import RecordingRule
from roomtui.rooms.untrusted import Untrusted

if TYPE_CHECKING:
    from collections.abc import Mapping

_DURATION: Final = re.compile(r"(?:([0-9]{1,4})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s?)?")
_PARTS_OF_A_RULE: Final = {"type": str, "all": bool, "kind": str, "publisher": str, "track": str}


def duration(text: str) -> int:
    """Seconds, written as such or as `4h`, `90m`, `1h30m`.

    Raises:
        click.BadParameter: it is none.
    """
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        raise click.BadParameter(f"{text!a} is no duration: write seconds, or 4h, 90m, 1h30m")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return (hours * 60 + minutes) * 60 + seconds


def phone(text: str) -> str:
    """A phone number as people write it, in E.164.

    Raises:
        click.BadParameter: it is none.
    """
    try:
        return phone_number(text)
    except PhoneNumberError as error:
        raise click.BadParameter(str(error)) from None


def json_object(text: str) -> Mapping[str, object]:
    """A JSON object.

    Raises:
        click.BadParameter: it is none.
    """
    read = _json(text)
    if not isinstance(read, dict):
        raise click.BadParameter("it is no JSON object, as {} is one")
    return read


def recording_rules(text: str) -> tuple[RecordingRule, ...]:
    """Recording rules: a JSON array of objects, as the Recording Rules API has them.

    Raises:
        click.BadParameter: it is none.
    """
    read = _json(text)
    if not isinstance(read, list) or not all(isinstance(rule, dict) for rule in read):
        raise click.BadParameter('it is no JSON array of rules, as [{"type": "include", "all": true}] is one')
    return tuple(map(_rule, read))


def _rule(record: Mapping[str, Any]) -> RecordingRule:
    if "type" not in record:
        raise click.BadParameter('a rule has no "type": write include or exclude')
    for key, value in record.items():
        kind = _PARTS_OF_A_RULE.get(key)
        if kind is None:
            raise click.BadParameter(f"{key!a} is no part of a rule; those are {', '.join(_PARTS_OF_A_RULE)}")
        if not isinstance(value, kind):
            raise click.BadParameter(f'"{key}" of a rule is not {"true" if kind is bool else "text in quotes"}')
    publisher, track = (Untrusted(record[key]) if key in record else None for key in ("publisher", "track"))
    return RecordingRule(
        type=record["type"], all=record.get("all"), kind=record.get("kind"), publisher=publisher, track=track
    )


def _json(text: str) -> object:
    try:
        # Infinity and NaN are Python's idea, not JSON's.
        read: object = json.loads(text, parse_constant=_no_constant)
        # JSON can write down half a character, which nothing can send.
        json.dumps(read, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise click.BadParameter("it is not UTF-8 text") from None
    except (ValueError, RecursionError):
        raise click.BadParameter("it is not JSON") from None
    return read


def _no_constant(name: str) -> object:
    raise ValueError(name)
