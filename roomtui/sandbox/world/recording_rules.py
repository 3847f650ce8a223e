"""Recording rules as they may be given: a JSON array of include and exclude rules (Recording Rules page)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from roomtui.sandbox.world import limits
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXT_FILTERS = ("publisher", "track")
_FILTERS = {"all", "kind", *_TEXT_FILTERS}


def parse_recording_rules(text: str) -> tuple[Mapping[str, object], ...]:
    """The rules of a `RecordingRules` parameter.

    Raises:
        Refusal: 53120 where Twilio would refuse them.
    """
    try:
        rules = json.loads(text)
    except (ValueError, RecursionError):
        raise Refusal(53120) from None
    if not isinstance(rules, list) or len(rules) not in limits.RECORDING_RULES:
        raise Refusal(53120)
    if not all(_is_rule(rule) for rule in rules):
        raise Refusal(53120)
    return tuple(cast("list[Mapping[str, object]]", rules))


def _is_rule(rule: object) -> bool:
    if not isinstance(rule, dict) or rule.get("type") not in {"include", "exclude"}:
        return False
    filters = {name: value for name, value in rule.items() if name != "type" and value is not None}
    if not filters or not set(filters) <= _FILTERS:
        return False
    if "all" in filters:
        return filters["all"] is True and len(filters) == 1
    if filters.get("kind", "audio") not in {"audio", "video"}:
        return False
    return all(isinstance(filters.get(name, "x"), str) and filters.get(name, "x") for name in _TEXT_FILTERS)
