"""How many rooms and people there were, minute by minute, for the last hour."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from roomtui.rooms.picture import Picture

MINUTES: Final = 60
"""How many minutes are kept."""

_PUT_RIGHT: Final = 5
# One room in so many: where there are thousands, one has always just been made.
_FEW: Final = 50


class Minute(NamedTuple):
    """The most rooms and the most people at a time within one minute; None where nobody looked."""

    rooms: int | None
    people: int | None


_NOT_SEEN: Final = Minute(None, None)


class History:
    """Told every picture, it keeps the last hour."""

    def __init__(self) -> None:
        self._minutes: deque[Minute] = deque(maxlen=MINUTES)
        self._latest: int | None = None

    def see(self, picture: Picture, now: datetime) -> None:
        """Know this picture, shown at `now` (Twilio's time); of one with many rosters missing, its rooms alone."""
        if picture.as_of is None:
            return
        minute = int(now.timestamp()) // 60
        if self._latest is not None and minute < self._latest - _PUT_RIGHT:
            # Another time altogether: a recording was wound back.
            self._minutes.clear()
            self._latest = None
        if self._latest is None or minute > self._latest:
            skipped = 0 if self._latest is None else min(minute - self._latest - 1, MINUTES)
            self._minutes.extend([_NOT_SEEN] * skipped + [_NOT_SEEN])
            self._latest = minute
        # The clock may have been put right: what comes late counts into the latest minute.
        before = self._minutes[-1]
        people = picture.people if picture.unread * _FEW <= len(picture.live) else None
        self._minutes[-1] = Minute(_most(before.rooms, len(picture.live)), _most(before.people, people))

    def rooms(self, now: datetime) -> tuple[int | None, ...]:
        """The most rooms of each minute up to now, oldest first."""
        return tuple(minute.rooms for minute in self._until(now))

    def people(self, now: datetime) -> tuple[int | None, ...]:
        """The most people of each minute up to now, oldest first."""
        return tuple(minute.people for minute in self._until(now))

    def _until(self, now: datetime) -> Sequence[Minute]:
        if self._latest is None:
            return ()
        unseen = max(0, int(now.timestamp()) // 60 - self._latest)
        return [*self._minutes, *[_NOT_SEEN] * min(unseen, MINUTES)][-MINUTES:]


def _most(before: int | None, now: int | None) -> int | None:
    if before is None or now is None:
        return now if before is None else before
    return max(before, now)


def levels(values: Sequence[int | None], width: int, heights: int) -> tuple[int | None, ...]:
    """`values` as a small picture: for each of at most `width` columns, how high it is, 0 to `heights` - 1.

    The newest stand on the right, several to a column where there are more than columns. What is highest is the
    highest of them, at most; the lowest is nothing at all, so that the height tells how many there are. None where
    nobody looked.
    """
    if width < 1 or not values:
        return ()
    each = -(-len(values) // width)
    # From the right, so that a column keeps its minutes as they grow old.
    columns = [values[max(0, end - each) : end] for end in range(len(values), 0, -each)][::-1]
    highest = [
        max(known) if (known := [value for value in column if value is not None]) else None for column in columns
    ]
    top = max((value for value in highest if value is not None), default=0)
    if not top:
        return tuple(None if value is None else 0 for value in highest)
    return tuple(None if value is None else -(-value * (heights - 1) // top) for value in highest)
