"""The rooms of an account, found by SID, by name, and page by page in the order of creation."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roomtui.sandbox.world.room import RoomStatus
from roomtui.sandbox.world.sids import is_sid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from roomtui.sandbox.world.room import Room

ENDED_ROOMS_KEPT = 50_000
"""How long Twilio lists ended rooms is not documented. Here memory is the bound: the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of numbered things: between two numbers (both exclusive), at most so many.

    With only `newer_than` the ones next to it are meant, not the newest of all.
    """

    most: int
    older_than: int | None = None
    newer_than: int | None = None


@dataclass(frozen=True, slots=True)
class RoomFilter:
    """Rooms list parameters: after is inclusive, before is exclusive."""

    status: RoomStatus = RoomStatus.IN_PROGRESS
    unique_name: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


class RoomRegister:
    """Every room of the account. Numbers grow with the time of creation, so either orders them."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Room] = {}
        self._by_number: dict[int, Room] = {}
        self._live_by_name: dict[str, Room] = {}
        self._numbers: dict[RoomStatus, list[int]] = {status: [] for status in RoomStatus}
        self._numbers_by_name: dict[str, list[int]] = {}
        self._ended: deque[Room] = deque()

    @property
    def live_count(self) -> int:
        """How many rooms are in progress."""
        return len(self._live_by_name)

    def add(self, room: Room) -> None:
        """Take in a new room, which is in progress and the youngest of all."""
        self._by_sid[room.sid] = room
        self._by_number[room.number] = room
        self._live_by_name[room.unique_name] = room
        self._numbers[room.status].append(room.number)
        self._numbers_by_name.setdefault(room.unique_name, []).append(room.number)

    def retire(self, room: Room) -> list[Room]:
        """Move a room that has just ended to the others of its new status, and free its name.

        Returns:
            The rooms that are forgotten for it.
        """
        del self._live_by_name[room.unique_name]
        _remove(self._numbers[RoomStatus.IN_PROGRESS], room.number)
        insort(self._numbers[room.status], room.number)
        self._ended.append(room)
        forgotten = []
        while len(self._ended) > ENDED_ROOMS_KEPT:
            forgotten.append(self._ended.popleft())
            self._forget(forgotten[-1])
        return forgotten

    def by_sid(self, sid: str) -> Room | None:
        """A room in any status."""
        return self._by_sid.get(sid)

    def live_named(self, name: str) -> Room | None:
        """The in-progress room of a name, if there is one."""
        return self._live_by_name.get(name)

    def find(self, name_or_sid: str) -> Room | None:
        """By SID in any status, by name only in progress (Rooms resource, "HTTP GET").

        The SID comes first, so that no room can hide another by taking its SID for a name.
        """
        if is_sid(name_or_sid, "RM") and (room := self._by_sid.get(name_or_sid)) is not None:
            return room
        return self._live_by_name.get(name_or_sid)

    def newest_first(self, wanted: RoomFilter, span: Span) -> list[Room]:
        """The rooms of one page."""
        numbers = self._candidates(wanted)
        first, last = 0, len(numbers)
        if wanted.created_after is not None:
            first = bisect_left(numbers, wanted.created_after, key=self._date_created)
        if wanted.created_before is not None:
            last = bisect_left(numbers, wanted.created_before, key=self._date_created)
        if span.older_than is not None:
            last = min(last, bisect_left(numbers, span.older_than))
        if span.newer_than is not None:
            first = max(first, bisect_right(numbers, span.newer_than))
            last = min(last, first + span.most)
        chosen = numbers[max(first, last - span.most) : max(first, last)]
        return [self._by_number[number] for number in reversed(chosen)]

    def _candidates(self, wanted: RoomFilter) -> Sequence[int]:
        if wanted.unique_name is None:
            return self._numbers[wanted.status]
        named = self._numbers_by_name.get(wanted.unique_name, ())
        return [number for number in named if self._by_number[number].status is wanted.status]

    def _date_created(self, number: int) -> datetime:
        return self._by_number[number].date_created

    def _forget(self, room: Room) -> None:
        del self._by_sid[room.sid]
        del self._by_number[room.number]
        _remove(self._numbers[room.status], room.number)
        named = self._numbers_by_name[room.unique_name]
        _remove(named, room.number)
        if not named:
            del self._numbers_by_name[room.unique_name]


def _remove(numbers: list[int], number: int) -> None:
    """Take a number out of a sorted list."""
    del numbers[bisect_left(numbers, number)]
