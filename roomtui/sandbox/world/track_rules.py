"""Rules that choose tracks: what is recorded, and what a participant subscribes to.

Both are JSON arrays of include and exclude rules, and mean the same (Recording Rules and Track Subscriptions pages,
"Semantics are based on Algebra of Sets"). A rule is kept as it is shown: without the filters it does not have.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from roomtui.sandbox.world import limits
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from roomtui.sandbox.world.participant import Participant, Track

Rule = Mapping[str, object]

INCLUDE_ALL: Rule = {"type": "include", "all": True}

_TEXT_FILTERS = ("publisher", "track")
_FILTERS = frozenset({"all", "kind", *_TEXT_FILTERS})
_PRIORITIES = frozenset({"low", "standard", "high"})


def parse_recording_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a recording rules parameter; data tracks cannot be recorded.

    Raises:
        Refusal: 53120 where Twilio would refuse them.
    """
    return _parse(text, kinds=("audio", "video"), extra=frozenset(), refusal=53120)


def parse_subscribe_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a subscribe rules parameter. They may carry a `priority`, which chooses nothing.

    Raises:
        Refusal: 53215 where Twilio would refuse them.
    """
    return _parse(text, kinds=limits.TRACK_KINDS, extra=frozenset({"priority"}), refusal=53215)


def selects(rules: Sequence[Rule], publisher: Participant, track: Track, *, at_first: bool = False) -> bool:
    """Whether a track is in the set that the rules describe.

    Rules are applied in their order: an include rule adds the tracks it matches, an exclude rule takes them away. So
    for a single track the last rule that matches it decides.

    Args:
        rules: which ones.
        publisher: of the track.
        track: which one.
        at_first: whether it is in the set before any rule is applied.
    """
    for rule in reversed(rules):
        if _matches(rule, publisher, track):
            return rule["type"] == "include"
    return at_first


def _matches(rule: Rule, publisher: Participant, track: Track) -> bool:
    """All filters of a rule must agree; names are case-sensitive, and a SID does as well."""
    return (
        rule.get("kind", track.kind) == track.kind
        and rule.get("publisher", publisher.sid) in {publisher.sid, publisher.identity}
        and rule.get("track", track.sid) in {track.sid, track.name}
    )


def _parse(text: str, *, kinds: Sequence[str], extra: frozenset[str], refusal: int) -> tuple[Rule, ...]:
    try:
        rules = json.loads(text, object_pairs_hook=_object_of_unique_names)
    except (ValueError, RecursionError):
        raise Refusal(refusal) from None
    if isinstance(rules, dict) and set(rules) == {"rules"}:  # how the documented Java example sends them
        rules = rules["rules"]
    if not isinstance(rules, list) or len(rules) not in limits.TRACK_RULES:
        raise Refusal(refusal)
    kept = [_without_nulls(rule) for rule in rules]
    if not all(_is_rule(rule, kinds, extra) for rule in kept):
        raise Refusal(refusal)
    return tuple(kept)


def _object_of_unique_names(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A rule "cannot contain duplicated filters", of which a plain parser would keep the last."""
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError("a name is given twice")
    return content


def _without_nulls(rule: object) -> dict[str, object]:
    """Several SDKs send the filters a rule does not have as null."""
    return {name: value for name, value in rule.items() if value is not None} if isinstance(rule, dict) else {}


def _is_rule(rule: Rule, kinds: Sequence[str], extra: frozenset[str]) -> bool:
    filters = set(rule) - {"type"} - extra
    if rule.get("type") not in ("include", "exclude") or not filters or not filters <= _FILTERS:
        return False
    if rule.get("priority", "standard") not in sorted(_PRIORITIES):
        return False
    if "all" in filters:
        return rule["all"] is True and len(filters) == 1
    if rule.get("kind", kinds[0]) not in kinds:
        return False
    return all(isinstance(rule.get(name, "x"), str) and rule.get(name, "x") for name in _TEXT_FILTERS)
