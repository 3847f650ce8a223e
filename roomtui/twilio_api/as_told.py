"""The list of rooms for who only passes it on: each room in Twilio's own words. Pure.

`ls --no-people --json` prints what Twilio said, and when each room closes at the latest. To make a `Room` of every
record, and JSON of that again, takes three times as long as all the rest of it.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from roomtui.rooms.model import RoomStatus
from roomtui.twilio_api import parse
from roomtui.twilio_api.answers import fraction
from roomtui.twilio_api.pages import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roomtui.rooms.model import Room

_SID: Final = re.compile(r"RM[0-9a-fA-F]{32}", re.ASCII)
_NUMBERS: Final = (
    "duration",
    "empty_room_timeout",
    "max_concurrent_published_tracks",
    "max_participant_duration",
    "max_participants",
    "unused_room_timeout",
)
# As `parse` writes it: without a fraction, and in a year that it takes for one of a room.
_MOMENT: Final = re.compile(r"(?:19[7-9]|2[0-9]{2})[0-9]-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


class RoomAsTold:
    """A room of a list.

    Attributes:
        sid: its SID.
        text: its record: JSON, as it stood in the answer.
        date_created: None where the room has to be read (`room`) before it is shown. Otherwise it is in progress, and
            `text` is what `parse.to_api` would make of it: a line of printable ASCII.
    """

    __slots__ = ("date_created", "sid", "text")

    def __init__(self, sid: str, text: str, date_created: datetime | None) -> None:
        self.sid = sid
        self.text = text
        self.date_created = date_created

    def room(self) -> Room:
        """The room, read."""
        record: dict[str, Any] = json.loads(self.text, parse_float=fraction)
        return parse.room(record)


class AsTold(Reading[RoomAsTold]):
    """One reading of a list of rooms, see `Reading`."""

    def __init__(self, host: str, *, added: frozenset[str]) -> None:
        """Begin.

        Args:
            host: whom we ask, for people.
            added: the fields that are added to a room before it is passed on. A record that has one has to be read.
        """
        super().__init__(host, "rooms", _read)
        self._added = added

    def _made(self, record: dict[str, object], text: str, at: int, end: int) -> RoomAsTold:
        sid = record.get("sid")
        if not isinstance(sid, str) or _SID.fullmatch(sid) is None:
            return _read(record)
        told = text[at:end]
        plain = told.isascii() and told.isprintable() and self._added.isdisjoint(record)
        return RoomAsTold(sid, told, _created(record) if plain else None)


def _read(record: Mapping[str, object]) -> RoomAsTold:
    """A record that is not what Twilio documents, if it is one of a room at all."""
    return RoomAsTold(parse.room(record).sid, json.dumps(record), None)


def _created(record: dict[str, object]) -> datetime | None:
    """When the room was created; None where to read the record and to write it again would change something in it."""
    if record.get("status") != RoomStatus.IN_PROGRESS.value or not record.keys() >= parse.ROOM_FIELDS:
        return None
    if not record["unique_name"] or any(isinstance(record[name], str) for name in _NUMBERS):
        return None
    if record["end_time"] is not None or _documented(record["date_updated"]) is None:
        return None
    return _documented(record["date_created"])


def _documented(told: object) -> datetime | None:
    """A time, if it is written as Twilio documents it."""
    return _moment(told) if isinstance(told, str) else None


@lru_cache(maxsize=1024)
def _moment(text: str) -> datetime | None:
    if _MOMENT.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(f"{text[:-1]}+00:00")
    except ValueError:  # the 32nd
        return None
