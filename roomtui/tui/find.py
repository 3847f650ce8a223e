"""Which rooms match what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.rooms.personal import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from roomtui.tui.columns import Entry

CHARACTERS_KEPT: Final = 4_000_000
"""How much of what is searched is kept: ten thousand rooms with a handful of people in each take a third of it."""


class Haystacks:
    """What is searched of each room, made ready when it is searched first, for as long as the room stays as it is.

    Args:
        hide: what is hidden is not searched.
        kept: how many characters are kept; where it would be more, all are forgotten, and made again when needed.
    """

    def __init__(self, *, hide: bool, kept: int = CHARACTERS_KEPT) -> None:
        self.hide = hide
        self._most = kept
        self._size = 0
        self._kept: dict[str, tuple[Entry, str]] = {}

    @property
    def size(self) -> int:
        """How many characters are kept."""
        return self._size

    def of(self, entry: Entry) -> str:
        """All that is searched of this room, caseless, one thing a line."""
        sid = entry.room.sid
        before = self._kept.get(sid)
        if before is not None and before[0] is entry:
            return before[1]
        made = "\n".join(_parts(entry, hide=self.hide)).casefold()
        self._size += len(made) - (len(before[1]) if before is not None else 0)
        if self._size > self._most:
            self._kept.clear()
            self._size = len(made)
        self._kept[sid] = (entry, made)
        return made


def matcher(text: str, haystacks: Haystacks) -> Callable[[Entry], bool] | None:
    """Whether a room has `text` in its name, SID, type, region or in an identity; None where everything matches.

    Upper and lower case are alike.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return None
    return lambda entry: wanted in haystacks.of(entry)


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
