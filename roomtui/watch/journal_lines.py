"""What a line of the journal says: read with care, for anybody may have written into the file.

An event's line: `{"at": ISO 8601, "kind": "event", "event": EventKind, "room_sid", "room_name", "identity"?,
"ending"?: {"reason", "certain"}, "deadline"?: {"kind", "at", "certain"}, "people"?, "alert"?}`; an audit line is
made by `desk`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from roomtui.rooms.changes import Event, EventKind
from roomtui.rooms.deadlines import Deadline, DeadlineKind
from roomtui.rooms.endings import Ending, EndingReason
from roomtui.rooms.untrusted import Untrusted

if TYPE_CHECKING:
    from collections.abc import Mapping

EVENT = "event"
AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line: when (aware, UTC), `EVENT` or `AUDIT`, and all that it says."""

    at: datetime
    kind: str
    fields: Mapping[str, object]

    def text(self, key: str) -> str | None:
        """What it says under this key, where that is text."""
        value = self.fields.get(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> int | None:
        """What it says under this key, where that is a whole number."""
        value = self.fields.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def room_sid(self) -> str | None:
        """The room that it is about."""
        return self.text("room_sid")

    def is_about(self, name_or_sid: str) -> bool:
        """Whether it is about the room of this SID or name."""
        return name_or_sid in {self.room_sid, self.text("room_name")}


def parse(raw: bytes) -> JournalLine | None:
    """What this line says; None for what is no line of a journal: half of one, or somebody else's."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    at, kind = _moment(told.get("at")), told.get("kind")
    if at is None or kind not in {EVENT, AUDIT}:
        return None
    return JournalLine(at, str(kind), told)


def event_line(event: Event) -> dict[str, object]:
    """The line about this event."""
    line: dict[str, object] = {
        "at": event.at.isoformat(),
        "kind": EVENT,
        "event": event.kind.value,
        "room_sid": event.room_sid,
        "room_name": event.room_name.raw,
    }
    if event.identity is not None:
        line["identity"] = event.identity.raw
    if event.ending is not None:
        line["ending"] = {"reason": event.ending.reason.value, "certain": event.ending.certain}
    if event.deadline is not None:
        deadline = event.deadline
        line["deadline"] = {"kind": deadline.kind.value, "at": deadline.at.isoformat(), "certain": deadline.certain}
    if event.people is not None:
        line["people"] = event.people
    if event.alert is not None:
        line["alert"] = event.alert
    return line


def event_of(line: JournalLine) -> Event | None:
    """The event that this line is about; None where it is about none that we know."""
    sid = line.room_sid
    try:
        kind = EventKind(line.text("event"))
    except ValueError:
        return None
    if line.kind != EVENT or sid is None:
        return None
    identity = line.text("identity")
    return Event(
        line.at,
        kind,
        sid,
        Untrusted(line.text("room_name") or ""),
        None if identity is None else Untrusted(identity),
        _ending(line.fields.get("ending")),
        _deadline(line.fields.get("deadline")),
        line.number("people"),
        line.text("alert"),
    )


def _ending(told: object) -> Ending | None:
    if not isinstance(told, dict):
        return None
    try:
        return Ending(EndingReason(told.get("reason")), certain=told.get("certain") is True)
    except ValueError:
        return Ending(EndingReason.UNKNOWN, certain=False)


def _deadline(told: object) -> Deadline | None:
    if not isinstance(told, dict) or (at := _moment(told.get("at"))) is None:
        return None
    try:
        return Deadline(DeadlineKind(told.get("kind")), at, told.get("certain") is True)
    except ValueError:
        return None


def _moment(told: object) -> datetime | None:
    if not isinstance(told, str):
        return None
    try:
        at = datetime.fromisoformat(told)
        return at.astimezone(timezone.utc) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
