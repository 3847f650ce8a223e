"""Recording rules, and what they come to (Recording Rules API)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from roomtui.rooms.model import NOTHING_MORE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from roomtui.rooms.untrusted import Untrusted


class Recording(Enum):
    """What a room's rules come to: everything is recorded, nothing, or some of it."""

    ON = "on"
    OFF = "off"
    PARTLY = "partly"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRule:
    """One rule: `include` or `exclude`, and which tracks. Filters that are given hold together."""

    type: str
    all: bool | None = None
    kind: str | None = None
    publisher: Untrusted | None = None
    track: Untrusted | None = None
    more: Mapping[str, object] = field(default_factory=lambda: NOTHING_MORE, hash=False)
    """Filters that this version does not know, as they came."""

    @property
    def is_for_all(self) -> bool:
        """Whether it is about everything: no other filter narrows it, not even one that we do not know."""
        others = (self.kind, self.publisher, self.track)
        return bool(self.all) and not self.more and all(other is None for other in others)


@dataclass(frozen=True, slots=True)
class RecordingRules:
    """A room's rules, in the order in which they are applied, as read at `as_of`."""

    room_sid: str
    rules: tuple[RecordingRule, ...]
    as_of: datetime


EVERYTHING: Final = (RecordingRule(type="include", all=True),)
"""The rules that start the recording of everybody, those who come later included."""
NOTHING: Final = (RecordingRule(type="exclude", all=True),)
"""The rules that stop it."""


def recording(rules: tuple[RecordingRule, ...]) -> Recording:
    """What `rules` come to: each one adds to or takes from what those before it left; at first nothing is recorded."""
    state = Recording.OFF
    for rule in rules:
        adds = rule.type == "include"
        if rule.is_for_all:
            state = Recording.ON if adds else Recording.OFF
        elif state is not (Recording.ON if adds else Recording.OFF):
            state = Recording.PARTLY
    return state
