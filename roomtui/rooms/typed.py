"""What people type for spans of time, JSON and recording rules: in the form, and behind an option."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from roomtui.rooms.countdown import HOUR, MINUTE
from roomtui.rooms.recording import RecordingRule
from roomtui.rooms.untrusted import Untrusted, safe
from roomtui.rooms.words import limit

if TYPE_CHECKING:
    from collections.abc import Mapping

_WRITTEN: Final = re.compile(
    r"(?:(?P<h>\d+)\s*h(?:ours?)?)?\s*"
    r"(?:(?P<m>\d+)\s*m(?:in(?:ute)?s?)?)?\s*"
    r"(?:(?P<s>\d+)\s*s(?:ec(?:ond)?s?)?)?",
    re.ASCII | re.IGNORECASE,
)
# As this program itself writes an hour and a half.
_HOURS_AND_MINUTES: Final = re.compile(r"(?P<h>\d+)\s*h\s*(?P<m>\d{1,2})", re.ASCII | re.IGNORECASE)
_BARE: Final = re.compile(r"\d+", re.ASCII)
_DIGITS_MAX: Final = 9

_PARTS_OF_A_RULE: Final = {"type": str, "all": bool, "kind": str, "publisher": str, "track": str}


def seconds(text: str, *, bare: int = 1) -> int:
    """The seconds that `text` speaks of: ``4h``, ``90m``, ``1h30``, ``600 s``; a bare number counts `bare` seconds.

    Raises:
        ValueError: it speaks of none; `str()` is one sentence for people.
    """
    wanted = text.strip()
    if len(wanted) > 4 * _DIGITS_MAX:
        raise ValueError(_how(bare))
    if _BARE.fullmatch(wanted):
        return int(wanted) * bare
    found = _HOURS_AND_MINUTES.fullmatch(wanted) or _WRITTEN.fullmatch(wanted)
    if not wanted or found is None:
        raise ValueError(_how(bare))
    parts = {"s": None, **found.groupdict()}
    return sum(int(parts[unit] or 0) * worth for unit, worth in (("h", HOUR), ("m", MINUTE), ("s", 1)))


def minutes(text: str) -> int:
    """The whole minutes that `text` speaks of; a bare number is minutes.

    Raises:
        ValueError: it speaks of none, or not of whole ones.
    """
    found = seconds(text, bare=MINUTE)
    if found % MINUTE:
        raise ValueError("Twilio takes whole minutes here.")
    return found // MINUTE


def both(span: int) -> str:
    """A span as people say it and in seconds: ``4 h = 14400 s``."""
    said = limit(span)
    return said if said == f"{span} s" else f"{said} = {span} s"


def json_object(text: str) -> Mapping[str, object]:
    """A JSON object.

    Raises:
        ValueError: it is none; `str()` is one sentence for people.
    """
    read = _json(text)
    if isinstance(read, dict):
        return read
    raise ValueError('A JSON object is wanted here, such as {"languageCode": "en-US"}.')


def recording_rules(text: str) -> tuple[RecordingRule, ...]:
    """Recording rules: a JSON array of objects, as the Recording Rules API has them.

    Raises:
        ValueError: it is none; `str()` is one sentence for people.
    """
    listed = _json(text)
    if isinstance(listed, list) and all(isinstance(each, dict) for each in listed):
        return tuple(map(_rule, listed))
    raise ValueError('A list of rules is wanted here, such as [{"type": "include", "all": true}].')


def written_rules(rules: tuple[RecordingRule, ...]) -> str:
    """`rules` as they would be typed."""
    return json.dumps([_written_rule(each) for each in rules])


def _rule(record: Mapping[str, Any]) -> RecordingRule:
    for key, value in record.items():
        if key not in _PARTS_OF_A_RULE:
            raise ValueError(f"A rule has type, all, kind, publisher and track; not {safe(key)}.")
        if type(value) is not _PARTS_OF_A_RULE[key]:
            raise ValueError(f"In a rule, {key} is {'true' if key == 'all' else 'a text'}.")
    if "type" not in record:
        raise ValueError("A rule has a type: include or exclude.")
    publisher, track = (Untrusted(record[key]) if key in record else None for key in ("publisher", "track"))
    return RecordingRule(
        type=record["type"], all=record.get("all"), kind=record.get("kind"), publisher=publisher, track=track
    )


def _written_rule(rule: RecordingRule) -> dict[str, object]:
    parts = {key: getattr(rule, key) for key in _PARTS_OF_A_RULE}
    said = {key: part.raw if isinstance(part, Untrusted) else part for key, part in parts.items() if part is not None}
    return {**said, **rule.more}


def _json(text: str) -> object:
    try:
        # Infinity and NaN are Python's idea, not JSON's.
        read: object = json.loads(text, parse_constant=_no_constant)
        # JSON can write down half a character, which nothing can send.
        json.dumps(read, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("This is not UTF-8 text.") from error
    except (ValueError, RecursionError) as error:
        where = f" (character {error.pos + 1})" if isinstance(error, json.JSONDecodeError) else ""
        raise ValueError(f"This is not JSON{where}.") from error
    return read


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _how(bare: int) -> str:
    return f"Write it as 4h, 90m or 1h30; a bare number is {'minutes' if bare == MINUTE else 'seconds'}."
