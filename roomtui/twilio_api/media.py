"""Twilio's JSON read into tracks and recording rules, and written back. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from roomtui.rooms.model import NOTHING_MORE, Track
from roomtui.rooms.recording import RecordingRule, RecordingRules
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import NotTwilio
from roomtui.twilio_api.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def track(record: Mapping[str, object]) -> Track:
    """Read a PublishedTracks resource.

    Raises:
        NotTwilio: it has no SID.
    """
    fields = Fields(record)
    return Track(
        sid=fields.sid("track"),
        participant_sid=fields.word("participant_sid") or "",
        name=fields.name("name") or Untrusted(""),
        kind=fields.word("kind") or "",
        enabled=fields.flag("enabled"),
    )


def recording_rules(record: Mapping[str, object], room_sid: str, as_of: datetime) -> RecordingRules:
    """Read a room's recording rules, as they were at `as_of`.

    Raises:
        NotTwilio: it holds no rules, one that says neither include nor exclude, or those of another room. Rules read
            wrongly would tell people that they are not recorded.
    """
    rules = record.get("rules")
    if not isinstance(rules, list):
        raise NotTwilio("The answer is not Twilio's: it has no list of rules. Is the API URL right?")
    if record.get("room_sid", room_sid) != room_sid:
        raise NotTwilio(f"Twilio was asked for the recording rules of {room_sid} and answered about another room.")
    return RecordingRules(room_sid, tuple(map(_rule, rules)), as_of)


def _rule(record: object) -> RecordingRule:
    fields = Fields(record if isinstance(record, dict) else {})
    kind = fields.word("type")
    if kind not in {"include", "exclude"}:
        raise NotTwilio("The answer holds a recording rule that neither includes nor excludes.")
    return RecordingRule(
        type=kind,
        all=fields.flag("all"),
        kind=fields.word("kind"),
        publisher=fields.name("publisher"),
        track=fields.name("track"),
        more={name: value for name, value in fields.rest().items() if value is not None} or NOTHING_MORE,
    )


def rules_form(rules: tuple[RecordingRule, ...]) -> str:
    """The rules as a form field: a JSON array; Twilio refuses one rule alone, not in an array, with error 53120."""
    return json.dumps([rule_to_api(rule) for rule in rules], ensure_ascii=False, separators=(",", ":"))


def recording_rules_to_api(rules: RecordingRules) -> dict[str, object]:
    """The rules under the API's names, fit for JSON."""
    return {"room_sid": rules.room_sid, "rules": [rule_to_api(rule) for rule in rules.rules]}


def rule_to_api(rule: RecordingRule) -> dict[str, object]:
    """One rule under the API's names; filters that are not given are left out."""
    filters = {
        "all": rule.all,
        "kind": rule.kind,
        "publisher": rule.publisher.raw if rule.publisher is not None else None,
        "track": rule.track.raw if rule.track is not None else None,
    }
    return {"type": rule.type, **{name: value for name, value in filters.items() if value is not None}, **rule.more}


def track_to_api(track: Track) -> dict[str, object]:
    """The track under the API's names, fit for JSON."""
    return {
        "sid": track.sid,
        "participant_sid": track.participant_sid or None,
        "name": track.name.raw,
        "kind": track.kind or None,
        "enabled": track.enabled,
    }
