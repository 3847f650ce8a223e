"""The rooms that have ended, as lines of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.rooms import words as plain
from roomtui.rooms.countdown import span
from roomtui.rooms.endings import EndingReason
from roomtui.rooms.personal import shown
from roomtui.rooms.timeline import peak
from roomtui.rooms.untrusted import safe
from roomtui.tui.lines import Piece, Tone
from roomtui.tui.widgets.list_table import ListColumn

if TYPE_CHECKING:
    from roomtui.rooms.picture import EndedRoom
    from roomtui.tui.columns import View
    from roomtui.watch.past import Past

WAITING: Final = "..."
"""Stands for what is yet to be read."""

_FIGURES: Final = (
    ListColumn("LASTED", 6, right=True),
    ListColumn("PEAK", 4, right=True),
    ListColumn("CAME", 4, right=True),
)
_REST: Final = (
    ListColumn("WHY", 21, from_width=78, up_to_width=95),
    ListColumn("WHY", 15, from_width=96),
    ListColumn("NOTE", 20, from_width=96),
    ListColumn("TYPE", 12, from_width=112),
    ListColumn("REGION", 6, from_width=124),
    ListColumn("SID", 34, from_width=150),
)
OF_A_DAY: Final = (
    ListColumn("ENDED", 8),
    ListColumn("ROOM", 0),
    *_FIGURES,
    ListColumn("WHY", 14, up_to_width=77),
    *_REST,
)
"""The columns for the rooms of one day: the time tells when each ended."""
OF_A_NAME: Final = (
    ListColumn("ENDED", 16),
    ListColumn("ROOM", 0, from_width=78),
    *_FIGURES,
    ListColumn("WHY", 0, up_to_width=77),
    *_REST,
)
"""The columns for the rooms of one name, which may have ended on any day."""


def cells(entry: EndedRoom, past: Past, view: View, *, with_day: bool) -> tuple[Piece, ...]:
    """What stands in each column for this room."""
    room, roster = entry.room, entry.roster
    dim = Tone.DIM
    peaked = Piece(str(peak(roster)) if roster is not None else _unread(entry, past), Tone.TEXT if roster else dim)
    came = Piece(str(came_in(entry)) if roster is not None else _unread(entry, past), dim)
    why, noted = _why(entry, past), note(entry, past)
    both = f"{why}, {noted.removeprefix('made ')}" if noted else why
    return (
        Piece(f"{entry.ended_at:%Y-%m-%d %H:%M}" if with_day else f"{entry.ended_at:%H:%M:%S}", dim),
        Piece(shown(room.unique_name, hide=view.hide) or room.sid, Tone.TEXT),
        Piece("?" if room.duration is None else span(room.duration), dim),
        peaked,
        came,
        Piece(both, Tone.TEXT),
        Piece(both, Tone.TEXT),
        Piece(why, Tone.TEXT),
        Piece(noted, Tone.TEXT),
        Piece(safe(room.type or "?"), dim),
        Piece(safe(room.media_region or ""), dim),
        Piece(room.sid, dim),
    )


def came_in(entry: EndedRoom) -> int:
    """How many different people were ever in the room."""
    return len({each.identity for each in entry.roster.everybody}) if entry.roster is not None else 0


def _unread(entry: EndedRoom, past: Past) -> str:
    return WAITING if past.is_waiting(entry) else "?"


def _why(entry: EndedRoom, past: Past) -> str:
    if entry.ending.reason is EndingReason.UNKNOWN and past.is_waiting(entry):
        return WAITING
    return plain.why_it_ended(entry.ending)


def note(entry: EndedRoom, past: Past) -> str:
    """What is remarkable about the room, in a few words."""
    ghosts = len(past.ghosts(entry))
    said = [
        "made again" if past.made_again(entry.room) is not None else "",
        plain.plural(ghosts, "ghost") if ghosts else "",
    ]
    return ", ".join(each for each in said if each)


def notes(entry: EndedRoom, past: Past, view: View) -> list[str]:
    """The same in sentences."""
    said = []
    later, earlier = past.made_again(entry.room), past.made_before(entry.room)
    if later is not None and later.date_created is not None:
        state = "goes on" if later.is_live else safe(later.status)
        said.append(f"Made again: {later.sid}, created {later.date_created:%Y-%m-%d %H:%M:%S}Z ({state}).")
    if earlier is not None and earlier.date_created is not None:
        said.append(f"The one before: {earlier.sid}, created {earlier.date_created:%Y-%m-%d %H:%M:%S}Z.")
    if ghosts := past.ghosts(entry):
        names = ", ".join(dict.fromkeys(shown(each.identity, hide=view.hide) or each.sid for each in ghosts))
        said.append(f"Lost the connection and did not come back: {names}.")
    return said
