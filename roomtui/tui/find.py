"""Which rooms match what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.rooms.personal import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from roomtui.tui.columns import Entry


def matcher(text: str, *, hide: bool) -> Callable[[Entry], bool] | None:
    """Whether a room has `text` in its name, SID, type, region or in an identity; None where everything matches.

    Upper and lower case are alike; what is hidden is not searched.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return None
    return lambda entry: any(wanted in part.casefold() for part in _parts(entry, hide=hide))


def _parts(entry: Entry, *, hide: bool) -> Iterator[str]:
    room = entry.room
    yield shown(room.unique_name, hide=hide)
    if not hide:
        yield room.unique_name.raw
    yield room.sid
    yield room.type or ""
    yield room.media_region or ""
    for participant in entry.roster.everybody if entry.roster is not None else ():
        yield shown(participant.identity, hide=hide)
