"""What can be copied of a room: every field, who was in it, the requests about it, its place in Twilio's Console."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roomtui.rooms.personal import shown
from roomtui.rooms.picture import EndedRoom
from roomtui.rooms.untrusted import Untrusted, safe
from roomtui.twilio_api import curl
from roomtui.twilio_api.gateway import RoomQuery
from roomtui.twilio_api.parse import to_api
from roomtui.twilio_api.telling import json_text, whole_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from roomtui.rooms.endings import Ending
    from roomtui.rooms.model import Room, Roster
    from roomtui.tui.columns import Entry


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to copy: what it is called, and the text, in one line but for JSON."""

    name: str
    text: str

    def shown(self, *, hide: bool) -> str:
        """The text as it is shown."""
        return shown(Untrusted(self.text.replace("\n", " ")), hide=hide)


def things(entry: Entry, now: datetime, api_url: str, *, may_change: bool) -> list[Thing]:
    """All there is to copy, what is wanted most first."""
    room = entry.room
    status = "connected" if room.is_live else "disconnected"
    found = [
        Thing("SID", room.sid),
        *([Thing("name", _harmless(room.unique_name.raw))] if room.has_name else []),
        Thing("Console address", curl.console_url(room.sid)),
        Thing("curl: this room", curl.fetch_room(api_url, room.sid)),
        Thing("curl: its people", curl.list_participants(api_url, room.sid, status=status)),
        *([Thing("curl: end it", curl.end_room(api_url, room.sid))] if room.is_live and may_change else []),
        Thing("curl: all live rooms", curl.list_rooms(api_url, RoomQuery())),
        Thing("JSON", raw_json(room, entry.roster, now, why_ended(entry), hide=False)),
    ]
    found += [Thing(name, text) for name, text in _fields(entry) if name not in {"sid", "unique_name"}]
    for each in entry.roster.everybody if entry.roster is not None else ():
        identity = _harmless(each.identity.raw)
        found += [Thing("identity", identity), Thing(f"SID of {identity or 'them'}", each.sid)]
    return found


def why_ended(entry: Entry) -> Ending | None:
    """What is known of the end of a room that has ended: more than its fields tell, where somebody watched."""
    return entry.ending if isinstance(entry, EndedRoom) else None


def raw_json(room: Room, roster: Roster | None, now: datetime, why: Ending | None = None, *, hide: bool) -> str:
    """The room as `roomtui show --json` tells it; with `hide`, phone numbers in it are masked."""
    text = json_text(whole_json(room, roster, now, why))
    if not hide:
        return text
    # Line by line: what is shown of a text is one line.
    return "\n".join(shown(Untrusted(line), hide=True) for line in text.split("\n"))


def _fields(entry: Entry) -> Iterator[tuple[str, str]]:
    for name, value in to_api(entry.room).items():
        if value is None:
            continue
        if isinstance(value, dict):
            for part, inner in value.items():
                yield f"{safe(name)}: {safe(str(part))}", _text(inner)
        elif isinstance(value, list):
            yield safe(name), ", ".join(_text(each) for each in value)
        else:
            yield safe(name), _text(value)


def _text(value: object) -> str:
    if isinstance(value, str):
        return _harmless(value)
    return json.dumps(value, ensure_ascii=True)


def _harmless(raw: str) -> str:
    # What is pasted into a shell must not go on after a line break, nor obey an escape sequence: where there is
    # anything of that sort, what is copied is what is seen. The JSON has it to the letter.
    return raw if raw.isprintable() else safe(raw)
