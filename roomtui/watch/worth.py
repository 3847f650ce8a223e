"""Whose roster is most worth reading next. Pure: instants are monotonic seconds and Twilio's time, handed in.

A choice costs O(log n) among n rooms, as does a room that changes: nobody goes through all of them. What the person at
the screen looks at comes first; where there is not enough for everybody, these shares are kept, in reads:

    on screen 9 : off screen 1
      on screen: the selected room 1 : rows 1, of these the one read longest ago
      off screen: rosters 3 : rooms that left the list 1
        rosters: never read 9 : read before 1
          read before: empty rooms and those about to close, before the rest

Who does not need their share leaves it to the others; so nobody starves. Of the rosters read before, a round is the
time that it takes to read all of them once. The rest has four fifths of what a round spends on it, and in each class
the one read longest ago is next: so each of the rest is renewed within 5/4 of a round, and who is empty or about to
close within one.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.rooms.countdown import CLOSING
from roomtui.rooms.model import ParticipantStatus

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from roomtui.rooms.picture import LiveRoom
    from roomtui.watch.budget import Attention

# How old a roster may grow, in seconds, before it is worth a read. The selected room is to be 1.6 s old at the most and
# those on screen 4.5 s, so that 2 s and 5 s hold where a line or a machine is slow: a read takes its time, and may have
# to wait for its turn. Where the reads of the rows are not spread evenly, one may come early.
_SELECTED: Final = 1.15
_VISIBLE: Final = 3.4
_EARLY: Final = 2.8
_HOT: Final = 5.0
_REST: Final = 15.0
# What a look costs, in reads: those who are connected; where nobody is, also those who left or lost the connection.
_ONE: Final = 1
_MORE: Final = 2
_OF_SELECTED: Final = 3
_OF_GONE: Final = 2
# Never read: longer ago than all that were.
_NEVER: Final = float("-inf")
_FAR: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Choice:
    """What to look at now: rooms whose rosters are read, most worth first, and how many that left the list.

    `spare` is whether something is left: nobody else is worth a read.
    """

    rosters: tuple[str, ...] = ()
    gone: int = 0
    spare: bool = False


class _Split:
    """Two that share: where both want, the first gets `share` of the reads (start-time fair queueing)."""

    __slots__ = ("_now", "_tags", "share")

    def __init__(self, share: float = 0.5) -> None:
        self.share = share
        self._tags = [0.0, 0.0]
        self._now = 0.0

    def second_goes(self, *, first_wants: bool, second_wants: bool) -> bool:
        """Whether it is the second's turn."""
        if not (first_wants and second_wants):
            return second_wants
        # Who wanted nothing for a while has no claim to what the other had meanwhile.
        return max(self._tags[1], self._now) < max(self._tags[0], self._now)

    def had(self, reads: int, *, second: bool) -> None:
        """Whose turn it was had so many."""
        self._now = max(self._tags[second], self._now)
        self._tags[second] = self._now + reads / (1.0 - self.share if second else self.share)


class _Entry:
    """One room. `read_at`: when its last read began; `closing_at`: when it is nearly due (POSIX, Twilio's time)."""

    __slots__ = ("closing", "closing_at", "cost", "known", "number", "on_screen", "read_at", "restless", "sid")

    def __init__(self, sid: str, number: int, *, on_screen: bool) -> None:
        self.sid = sid
        self.number = number
        self.on_screen = on_screen
        self.known = True
        self.read_at = _NEVER
        self.cost = _ONE
        self.restless = False
        self.closing = False
        self.closing_at = _FAR

    def __lt__(self, other: _Entry) -> bool:
        return False  # asked where the same room is in a heap twice

    @property
    def hot(self) -> bool:
        """Whether the next read may tell something that matters."""
        return self.restless or self.closing


_Item = tuple[float, int, _Entry]
_Queue = list[_Item]


class _Pick(NamedTuple):
    """A room to look at (None: one that left the list), what that costs, and whose share it is."""

    entry: _Entry | None
    reads: int
    shares: tuple[tuple[_Split, bool], ...]

    def of(self, split: _Split, *, second: bool) -> _Pick:
        return _Pick(self.entry, self.reads, (*self.shares, (split, second)))


class Rota:
    """Knows all live rooms and when each was read last, and tells which to read next."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._numbers = count()
        self._unread = 0
        self._selected: str | None = None
        self._on_screen: frozenset[str] = frozenset()
        self._row_at = _NEVER
        # Heaps. Whatever has changed since it was put in is dropped when it comes up.
        self._new: _Queue = []
        self._rest: _Queue = []
        self._hot: _Queue = []
        self._closing: _Queue = []
        # What it takes to read all of the one and the other once.
        self._price = {False: 0, True: 0}
        self._on_or_off_screen = _Split(0.9)
        self._selected_or_rows = _Split(0.5)
        self._rosters_or_gone = _Split(0.75)
        self._new_or_known = _Split(0.9)
        self._rest_or_hot = _Split()

    @property
    def unread(self) -> int:
        """How many rooms were never read."""
        return self._unread

    def see(self, live: LiveRoom) -> None:
        """This room is in progress, and this is what is known of it now."""
        sid = live.room.sid
        entry = self._entries.get(sid)
        was_hot = None
        if entry is None:
            entry = self._entries[sid] = _Entry(sid, next(self._numbers), on_screen=sid in self._on_screen)
            self._unread += 1
        else:
            was_hot = entry.hot
        self._weigh(entry, -1)
        roster, deadline = live.roster, live.deadline
        lacking = roster.lacking if roster is not None else None
        # One that was read and is still not known was read in vain; one more read makes it complete.
        entry.restless = roster is None or not roster.present or lacking is ParticipantStatus.CONNECTED
        asked = roster is None or (roster.present and lacking is not ParticipantStatus.RECONNECTING)
        entry.cost = _ONE if asked else _MORE
        closing_at = deadline.at.timestamp() - CLOSING if deadline is not None else _FAR
        if closing_at != entry.closing_at:
            entry.closing = False
            entry.closing_at = closing_at
            if deadline is not None:
                self._push(self._closing, closing_at, entry)
        self._weigh(entry, 1)
        if entry.hot is not was_hot:
            self._put(entry)

    def forget(self, sid: str) -> None:
        """This room is not in progress any more."""
        entry = self._entries.pop(sid, None)
        if entry is not None:
            self._weigh(entry, -1)
            entry.known = False
            self._unread -= entry.read_at == _NEVER

    def attend(self, attention: Attention) -> None:
        """This is on screen."""
        self._selected = attention.selected
        on_screen = attention.visible if attention.selected is None else attention.visible | {attention.selected}
        before, self._on_screen = self._on_screen, on_screen
        for sid in before ^ on_screen:
            entry = self._entries.get(sid)
            if entry is not None:
                self._weigh(entry, -1)
                entry.on_screen = sid in on_screen
                self._weigh(entry, 1)
                self._put(entry)

    def begun(self, sid: str, now: float) -> None:
        """This room is being looked at from now on."""
        entry = self._entries.get(sid)
        if entry is not None and entry.read_at != now:
            self._unread -= entry.read_at == _NEVER
            if entry.on_screen and sid != self._selected:
                self._row_at = now
            self._weigh(entry, -1)
            entry.read_at = now
            self._weigh(entry, 1)
            self._put(entry)

    def doubt(self, sid: str) -> None:
        """Read this room as if it had never been read."""
        entry = self._entries.get(sid)
        if entry is not None and entry.read_at != _NEVER:
            self._unread += 1
            self._weigh(entry, -1)
            entry.read_at = _NEVER
            self._put(entry)

    def choose(
        self, now: float, server_now: datetime, *, reads: int, looks: int, gone: int = 0, busy: Collection[str] = ()
    ) -> Choice:
        """What to look at now; those chosen count as begun.

        Args:
            now: the monotonic instant.
            server_now: Twilio's time, to tell what is about to close.
            reads: so many are there to be spent; a look that takes more than one may spend a little more.
            looks: at most so many.
            gone: how many rooms that left the list wait to be looked at.
            busy: SIDs that are being looked at already.
        """
        self._see_who_closes(server_now.timestamp())
        selected, rows = self._due_on_screen(now, busy)
        aside: list[tuple[_Queue, _Item]] = []
        chosen: list[str] = []
        waiting, spare = gone, False
        while reads > 0 and len(chosen) + gone - waiting < looks:
            off_screen = self._off_screen(now, busy, aside, gone=waiting > 0)
            its = _Pick(selected, _OF_SELECTED, ()) if selected is not None else None
            on_screen = self._either(self._selected_or_rows, its, _of(rows[-1] if rows else None))
            pick = self._either(self._on_or_off_screen, on_screen, off_screen)
            if pick is None:
                spare = True
                break
            for split, its_second in pick.shares:
                split.had(pick.reads, second=its_second)
            reads -= pick.reads
            if pick.entry is None:
                waiting -= 1
                continue
            if pick.entry is selected:
                selected = None
            elif rows and pick.entry is rows[-1]:
                rows.pop()
            chosen.append(pick.entry.sid)
            self.begun(pick.entry.sid, now)
        for queue, item in aside:
            heapq.heappush(queue, item)
        return Choice(tuple(chosen), gone - waiting, spare)

    def _due_on_screen(self, now: float, busy: Collection[str]) -> tuple[_Entry | None, list[_Entry]]:
        """The selected room and the rows whose age is worth a read, most worth last."""
        selected = oldest = None
        rows: list[_Entry] = []
        for sid in self._on_screen:
            entry = self._entries.get(sid)
            if entry is None or sid in busy:
                continue
            if sid == self._selected:
                selected = entry if now - entry.read_at >= _SELECTED else None
            elif now - entry.read_at >= _VISIBLE:
                rows.append(entry)
            elif oldest is None or (entry.read_at, entry.number) < (oldest.read_at, oldest.number):
                oldest = entry
        # Rows that were read together would be worth a read together, and wait for each other.
        spread = now - self._row_at >= _VISIBLE / max(1, len(self._on_screen) - 1)
        if spread and not rows and oldest is not None and now - oldest.read_at >= _EARLY:
            rows.append(oldest)
        rows.sort(key=lambda entry: (-entry.read_at, -entry.number))
        return selected, rows

    def _off_screen(
        self, now: float, busy: Collection[str], aside: list[tuple[_Queue, _Item]], *, gone: bool
    ) -> _Pick | None:
        def head(queue: _Queue, fitting: float = 0.0) -> _Entry | None:
            while queue:
                read_at, _, entry = queue[0]
                if not self._holds(queue, queue[0]):
                    heapq.heappop(queue)
                elif now - read_at < fitting:
                    return None
                elif entry.sid in busy:
                    aside.append((queue, heapq.heappop(queue)))
                else:
                    return entry
            return None

        rest, hot = head(self._rest, _REST), head(self._hot, _HOT)
        if rest is not None and hot is not None:
            self._rest_or_hot.share = 0.8 * self._price[False] / (self._price[False] + self._price[True])
        known = self._either(self._rest_or_hot, _of(rest), _of(hot))
        roster = self._either(self._new_or_known, _of(head(self._new)), known)
        return self._either(self._rosters_or_gone, roster, _Pick(None, _OF_GONE, ()) if gone else None)

    @staticmethod
    def _either(split: _Split, first: _Pick | None, second: _Pick | None) -> _Pick | None:
        turn = split.second_goes(first_wants=first is not None, second_wants=second is not None)
        pick = second if turn else first
        return pick.of(split, second=turn) if pick is not None else None

    def _see_who_closes(self, server_now: float) -> None:
        while self._closing and self._closing[0][0] <= server_now:
            item = heapq.heappop(self._closing)
            if self._holds(self._closing, item):
                self._weigh(item[2], -1)
                item[2].closing = True
                self._weigh(item[2], 1)
                self._put(item[2])

    def _put(self, entry: _Entry) -> None:
        """It is in its queue anew: something about it has changed."""
        if not entry.on_screen:
            queue = self._new if entry.read_at == _NEVER else self._hot if entry.hot else self._rest
            self._push(queue, entry.read_at, entry)

    def _weigh(self, entry: _Entry, times: int) -> None:
        if not entry.on_screen and entry.read_at != _NEVER:
            self._price[entry.hot] += times * entry.cost

    def _push(self, queue: _Queue, key: float, entry: _Entry) -> None:
        heapq.heappush(queue, (key, entry.number, entry))
        if len(queue) > 2 * len(self._entries) + 64:  # most of it does not hold any more
            queue[:] = {item[1]: item for item in queue if self._holds(queue, item)}.values()
            heapq.heapify(queue)

    def _holds(self, queue: _Queue, item: _Item) -> bool:
        key, _, entry = item
        if queue is self._closing:
            return entry.known and not entry.closing and key == entry.closing_at
        current = entry.known and not entry.on_screen and key == entry.read_at
        return current and (queue is self._new or entry.hot is (queue is self._hot))


def _of(entry: _Entry | None) -> _Pick | None:
    return _Pick(entry, entry.cost, ()) if entry is not None else None
