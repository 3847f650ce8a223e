"""Writes down what happens, for as long as somebody watches.

Of several dashboards on one account one writes; another goes on where it has ended, be it by being killed. When nobody
watched, when polling was paused or Twilio did not answer, is written down too: what happened then may be missing.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from roomtui.rooms.endings import Ending, EndingReason
from roomtui.watch.board import LinkState
from roomtui.watch.journal import JournalError
from roomtui.watch.journal_lines import EVENT, event_line, parse
from roomtui.watch.journal_reading import JournalReader
from roomtui.watch.ours_lately import OursLately
from roomtui.watch.writer_lock import WriterLock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from roomtui.rooms.changes import Event
    from roomtui.rooms.clock import Clock
    from roomtui.watch.board import Board, BoardState
    from roomtui.watch.journal import Journal

    Line = dict[str, object]
    Key = tuple[str | None, str | None, str | None]

_EVERY: Final = 1.0
# Events of one moment are written together.
_GATHER: Final = 0.5
# Seconds without a new list of rooms after which it is said that there was none.
_NO_NEWS: Final = 30.0
# For so many seconds whoever does not write remembers what they saw: the writer may be killed before it writes it.
_REMEMBERED: Final = 30.0
_SAME: Final = timedelta(seconds=_REMEMBERED)
_NO_GAP: Final = timedelta(seconds=10)
_WAITING_MAX: Final = 50_000
_AT_A_TIME: Final = 2000
_TAIL: Final = 2000
_ENDS_WITHIN: Final = 1.5


class Chronicle:
    """Writes the board's events into the journal, in a thread, in batches.

    Args:
        board: what is known, and what happens.
        journal: where it is written down.
        clock: Twilio's time.
        about: what the lines about the watching itself say: who, host, profile, account.
        ended_by_us: told the SID of each room that another dashboard or a command of ours has ended.
        tell: told, in a sentence, when the journal begins to be not writable.
        monotonic: seconds that only grow, and may stand still while the machine sleeps.
        wall: this machine's clock, in seconds.

    Attributes:
        trouble: a sentence where the journal cannot be written, else None.
    """

    def __init__(
        self,
        board: Board,
        journal: Journal,
        clock: Clock,
        *,
        about: Mapping[str, str],
        ended_by_us: Callable[[str], object] = lambda _sid: None,
        tell: Callable[[str], object] = lambda _sentence: None,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.trouble: str | None = None
        self._board = board
        self._journal = journal
        self._clock = clock
        self._about = dict(about)
        self._monotonic = monotonic
        self._wall = wall
        self._lock = WriterLock(journal.path)
        self._ours: OursLately | None = None
        self._ended_by_us = ended_by_us
        self._tell = tell
        self._waiting: deque[tuple[float, Event]] = deque()
        self._lost = 0
        self._as_of: datetime | None = None
        self._looked_at = 0.0
        self._looked_at_by_the_wall = 0.0
        # When the list before a sleep was read, and how many of the events that wait were heard before it.
        self._slept: tuple[datetime, int] | None = None
        # Since when nothing was missed, None while something is.
        self._covered_from: datetime | None = None
        self._written: dict[Key, list[datetime]] = {}
        self._written_until = 0.0
        self._unsubscribe: Callable[[], None] | None = None
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._ends = asyncio.Event()

    def listen(self) -> None:
        """Hear what happens on the board; `write_down` writes it."""
        self._hear(self._board.state)
        self._unsubscribe = self._board.subscribe(self._hear)

    def start(self) -> None:
        """Listen, and write by itself; to be called in the running event loop."""
        self.listen()
        self._task = asyncio.ensure_future(self._go_on())

    async def stop(self) -> None:
        """Write the rest, and that nobody writes any more."""
        if self._ends.is_set():
            return
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._ends.set()
        self._news.set()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._end(), _ENDS_WITHIN)

    async def write_down(self) -> None:
        """Write what has happened, if it is us who write."""
        slept = self._slept
        gap = self._gap(self._board.state)
        if self._as_of is None or self._covered_from is None:
            return
        seen_until, count = slept if slept is not None else (self._as_of, len(self._waiting))
        heard = [self._waiting.popleft() for _ in range(min(count, len(self._waiting)))]
        try:
            taken, ours = await asyncio.to_thread(self._write, heard, seen_until, gap)
        except Exception as error:  # noqa: BLE001 - whoever ended unseen here would leave the log looking complete
            self._in_trouble(error)
            self._waiting.extendleft(reversed(heard))
            self._forget_some()
            return
        self.trouble = None
        if not taken:
            # Somebody else writes; should they be killed, it is us.
            now = self._monotonic()
            self._waiting.extendleft(each for each in reversed(heard) if now - each[0] < _REMEMBERED)
        if slept is not None:
            # What has been heard since is of another time of watching.
            self._slept, self._covered_from = None, self._as_of
            self._news.set()
        elif gap is not None:
            self._covered_from = None
        for sid in ours:
            self._ended_by_us(sid)

    def _in_trouble(self, error: Exception) -> None:
        sentence = str(error)
        if isinstance(error, OSError):
            sentence = f"The journal {self._journal.path} cannot be used ({error.strerror or type(error).__name__})."
        if self.trouble is None and not self._ends.is_set():
            self._tell(f"What happens is not written down at the moment. {sentence}")
        self.trouble = sentence

    # -- in the event loop

    def _hear(self, state: BoardState) -> None:
        as_of = state.picture.as_of
        if as_of is not None and as_of != self._as_of:
            now, wall = self._monotonic(), self._wall()
            if self._as_of is not None and self._slept is None and self._has_slept(now, wall, as_of - self._as_of):
                self._slept = self._as_of, len(self._waiting)
                self._news.set()
            self._as_of, self._looked_at, self._looked_at_by_the_wall = as_of, now, wall
            if self._covered_from is None:
                self._covered_from = as_of
                self._news.set()
        if state.news:
            now = self._monotonic()
            self._waiting.extend((now, event) for event in state.news)
            self._forget_some()
            self._news.set()

    def _has_slept(self, now: float, wall: float, unseen: timedelta) -> bool:
        """Whether the machine slept since the last list; `unseen` has passed at Twilio meanwhile.

        The monotonic clock may not have gone on; and this machine's clock alone may just have been set.
        """
        slept = wall - self._looked_at_by_the_wall - (now - self._looked_at)
        return self._covered_from is not None and slept > _NO_NEWS and unseen.total_seconds() > _NO_NEWS

    def _forget_some(self) -> None:
        while len(self._waiting) > _WAITING_MAX:
            self._waiting.popleft()
            self._lost += 1

    async def _go_on(self) -> None:
        while not self._ends.is_set():
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), _EVERY)
                await asyncio.wait_for(self._ends.wait(), _GATHER)
            self._news.clear()
            await self.write_down()

    def _gap(self, state: BoardState) -> Line | None:
        """What is to be said of it, where nobody sees what happens now, or nobody saw what has happened."""
        if self._slept is not None:
            return self._of_the_watching("watching-interrupted", self._clock.now(), since=self._slept[0])
        if state.link.state is LinkState.PAUSED:
            return self._of_the_watching("watching-paused", self._clock.now())
        longest = max(_NO_NEWS, 3 * (state.link.every or 0.0))
        if self._monotonic() - self._looked_at > longest and self._as_of is not None:
            why = state.link.trouble
            return self._of_the_watching("watching-interrupted", self._clock.now(), since=self._as_of, why=why)
        return None

    async def _end(self) -> None:
        if self._task is not None:
            await self._task
        await self.write_down()
        if self._lock.held:
            ended = self._of_the_watching("watching-ended", self._clock.now())
            with suppress(JournalError):
                await asyncio.to_thread(self._journal.write_events, [ended])
        self._lock.release()
        if self._ours is not None:
            self._ours.close()

    def _of_the_watching(self, event: str, at: datetime, *, since: datetime | None = None, **more: object) -> Line:
        line: Line = {"at": at.isoformat(), "kind": EVENT, "event": event, **self._about}
        if since is not None:
            line["since"] = since.isoformat()
        return line | {key: value for key, value in more.items() if value is not None}

    # -- in a thread

    def _write(self, heard: list[tuple[float, Event]], as_of: datetime, gap: Line | None) -> tuple[bool, Sequence[str]]:
        """Write these events down if it is us who write; whether it is, and which rooms we have ended meanwhile."""
        if self._ours is None:
            self._ours = OursLately(self._journal.path)
        ours = self._ours.read()
        return self._write_if_it_is_our_turn([self._rightly(event) for _, event in heard], as_of, gap), ours

    def _rightly(self, event: Event) -> Event:
        """With the one reason why a room ended that only we can know."""
        why = event.ending
        if (
            why is None
            or why.reason is EndingReason.FAILED
            or self._ours is None
            or not self._ours.ends(event.room_sid)
        ):
            return event
        return replace(event, ending=Ending(EndingReason.ENDED_BY_US))

    def _write_if_it_is_our_turn(self, heard: list[Event], as_of: datetime, gap: Line | None) -> bool:
        taken = self._lock.held
        if not taken and (gap is not None or not self._lock.take()):
            return False
        try:
            lines = [] if taken else [self._opening(as_of)]
            if self._monotonic() > self._written_until:
                self._written = {}
            # What happened first may have been noticed last.
            in_order = sorted(heard, key=lambda event: event.at)
            lines += [event_line(event) for event in in_order if not self._stands_there(event)]
            if self._lost:
                lines.append(self._of_the_watching("events-lost", as_of, count=self._lost))
            if gap is not None:
                lines.append(gap)
            rest = iter(lines)
            while some := list(islice(rest, _AT_A_TIME)):
                self._journal.write_events(some)
            self._lost = 0
            self._lock.note(as_of)
        except BaseException:
            if not taken:
                self._lock.release()  # else the next try would not say that it begins
            raise
        if gap is not None:
            self._lock.release()  # another one may see what we do not
        return True

    def _opening(self, as_of: datetime) -> Line:
        until, covered_from = self._lock.watched_until(), self._covered_from or as_of
        if until is None or until < covered_from - _NO_GAP:
            self._written = {}
            rooms = len(self._board.state.picture.live)
            return self._of_the_watching("watching-began", covered_from, since=until, rooms=rooms)
        self._written = self._tail()
        self._written_until = self._monotonic() + _REMEMBERED
        return self._of_the_watching("watching-went-on", as_of)

    def _tail(self) -> dict[Key, list[datetime]]:
        """What the one who wrote before us has written last: we saw the same, and shall not write it again."""
        found: dict[Key, list[datetime]] = {}
        reader, left = JournalReader(self._journal.path), _TAIL
        try:
            while left > 0 and (older := reader.older()):
                left -= len(older)
                for each in older:
                    line = parse(each.raw)
                    if line is not None and line.kind == EVENT and line.room_sid is not None:
                        key = (line.text("event"), line.room_sid, line.text("identity"))
                        found.setdefault(key, []).append(line.at)
        finally:
            reader.close()
        return found

    def _stands_there(self, event: Event) -> bool:
        key = (event.kind.value, event.room_sid, None if event.identity is None else event.identity.raw)
        known = self._written.get(key, [])
        same = next((at for at in known if abs(at - event.at) <= _SAME), None)
        if same is not None:
            known.remove(same)
        return same is not None
