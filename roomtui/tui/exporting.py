"""Writing what is shown into a file of its own: where that may lie, and the rooms of a table as JSON."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from roomtui.own_files import new_file, whole_or_gone
from roomtui.rooms.picture import EndedRoom
from roomtui.rooms.words import plural
from roomtui.tui.copying import why_ended
from roomtui.twilio_api.telling import harmless, room_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from roomtui.tui.columns import Entry


def folders() -> list[Path]:
    """Where a file may lie, the best first: where one stands, else at home."""
    found = [Path.home()]
    with suppress(OSError):  # where one stands may be gone
        found.insert(0, Path.cwd())
    return found


def file_name(of: str, now: datetime, suffix: str) -> str:
    """What a file with this in it is called: ``roomtui-live-rooms-20261120-101500.json``; `now` is UTC."""
    return f"roomtui-{of}-{now:%Y%m%d-%H%M%S}.{suffix}"


def write_rooms(entries: Sequence[Entry], now: datetime, where: Sequence[Path], name: str) -> Path:
    """Write these rooms, in this order, into a new file of its owner alone, as `roomtui ls --json` prints them.

    Args:
        entries: the rooms, as they are known.
        now: Twilio's time, for what is left until a deadline.
        where: folders; the first that takes the file.
        name: what it is called; where there is one of that name, a number is added.

    Raises:
        OSError: it could not be written; what of it was written is taken away again.
    """
    path, descriptor = new_file(where, name)
    with whole_or_gone(path), os.fdopen(descriptor, "w", encoding="ascii") as file:
        before = "[\n"
        for entry in entries:
            file.write(before + harmless(json.dumps(_told(entry, now), ensure_ascii=True)))
            before = ",\n"
        file.write("\n]\n" if entries else "[]\n")
    return path


def sentence(entries: Sequence[Entry], path: Path, *, live: bool) -> str:
    """How many rooms were written, and where; on the `live` rooms also how many of them had ended."""
    ended = sum(isinstance(each, EndedRoom) for each in entries) if live else 0
    of_them = f", {ended} of them ended," if ended else ""
    return f"{plural(len(entries), 'room')}{of_them} written to {path}"


def _told(entry: Entry, now: datetime) -> dict[str, object]:
    # Why it ended as it is shown: whoever watched knows more of that than its fields tell.
    return room_json(entry.room, entry.roster, now, why_ended(entry))
