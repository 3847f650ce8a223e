"""Which of the rooms that have ended we ended ourselves: Twilio does not tell, the journal does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.config import journal_file
from roomtui.rooms.endings import ending

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from roomtui.config import Config
    from roomtui.rooms.endings import Ending
    from roomtui.rooms.model import Room, Roster


def ended_by_us(config: Config, rooms: Iterable[Room]) -> frozenset[str]:
    """The SIDs of those rooms that this profile's journal says we ended.

    Reads the journal back to the day the first of them was made, which may take a while.
    """
    made = [room.date_created for room in rooms if not room.is_live]
    if not made:
        return frozenset()
    from roomtui.watch.hindsight import recall  # noqa: PLC0415 - live rooms need no journal

    known = [each for each in made if each is not None]
    return recall(journal_file(config.name), min(known) if len(known) == len(made) else None).ours


def why_it_ended(room: Room, roster: Roster | None, ours: Collection[str]) -> Ending | None:
    """Why a room ended, `ours` being those that we ended; None while it is in progress."""
    return ending(room, roster, ended_by_us=room.sid in ours)
