"""What really happened, as only the sandbox's world knows it, held against what the dashboard saw."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from roomtui.rooms.changes import EventKind as Seen
from roomtui.sandbox.world.events import EventKind as Happened
from roomtui.sandbox.world.room import RoomEnding
from tests.watch.soak.heard import Heard

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from roomtui.rooms.deadlines import Deadline
    from roomtui.rooms.endings import EndingReason
    from roomtui.rooms.model import Roster
    from roomtui.rooms.picture import LiveRoom
    from roomtui.sandbox.server import Sandbox
    from roomtui.sandbox.world.events import Event
    from roomtui.sandbox.world.participant import Participant
    from roomtui.sandbox.world.room import Room
    from roomtui.watch.board import Board, BoardState

_SAME = timedelta(seconds=2)
"""Twilio tells whole seconds, and its clock is known to a second."""
_REASONS = {
    RoomEnding.API: "ended-via-api",
    RoomEnding.UNUSED: "unused-room-timeout",
    RoomEnding.EMPTY: "empty-room-timeout",
    RoomEnding.MAX_DURATION: "max-room-duration",
    RoomEnding.FAILED: "failed",
}


@dataclass
class Life:
    """One room: when it was there (Twilio's time), and how it ended (the sandbox's word; "" while it has not)."""

    opened: datetime
    ended: datetime | None = None
    why: str = ""


@dataclass
class Ledger:
    """Counts.

    Attributes:
        happened: what happened in the sandbox, by kind.
        seen: what was told on the board, by kind.
        lives: all rooms there were, by SID.
        lists: when each rooms list was read.
        told: how each room ended, as it was told, whether that was said to be certain, and when.
        twice: ends that were told more than once.
        deadlines: deadlines that could be held against the truth, and those that were another one.
        unknowable: those that were another one because of somebody whom no answer of Twilio's had told of.
        wrong: up to ten sentences about what was wrong.
    """

    happened: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    lives: dict[str, Life] = field(default_factory=dict)
    lists: list[datetime] = field(default_factory=list)
    told: dict[str, tuple[EndingReason, bool, datetime]] = field(default_factory=dict)
    twice: int = 0
    deadlines: int = 0
    wrong_deadlines: int = 0
    unknowable: int = 0
    wrong: list[str] = field(default_factory=list)

    def observable(self) -> set[str]:
        """The rooms that have ended and were there when at least one list was read; nobody can see the others."""
        return {sid for sid, life in self.lives.items() if life.ended is not None and self._listed(life)}

    def unobservable(self) -> set[str]:
        """Those that opened and ended between two lists."""
        watched = {sid for sid, life in self.lives.items() if life.ended is not None and life.opened > self.lists[0]}
        return watched - self.observable()

    def _listed(self, life: Life) -> bool:
        first = bisect_left(self.lists, life.opened)
        return first < len(self.lists) and life.ended is not None and self.lists[first] < life.ended

    def missed(self) -> set[str]:
        """The ends that could be seen and were not told."""
        return self.observable() - self.told.keys()

    def made_up(self) -> set[str]:
        """The ends that were told of rooms that had not ended."""
        return {sid for sid in self.told if sid not in self.lives or self.lives[sid].ended is None}

    def wrong_ends(self) -> list[str]:
        """The rooms whose end was told at another time."""
        return [
            sid
            for sid, (_, _, at) in self.told.items()
            if (life := self.lives.get(sid)) is not None and (life.ended is None or abs(at - life.ended) > _SAME)
        ]

    def reasons(self) -> Counter[str]:
        """The reasons that were told: `right`, `wrong` where it was said to be certain, and the same of guesses."""
        counted: Counter[str] = Counter()
        for sid, (reason, certain, _) in self.told.items():
            right = sid in self.lives and reason.value == self.lives[sid].why
            counted[("" if certain else "guessed ") + ("right" if right else "wrong")] += 1
            if not right and len(self.wrong) < 10:
                why = self.lives[sid].why if sid in self.lives else "?"
                self.wrong.append(f"{sid} ended by {why}; told: {reason.value} (certain: {certain})")
        return counted


class Witness:
    """Watches both sides; to be made before the sandbox starts.

    Args:
        sandbox: what happens.
        board: what is told.
        rate: Twilio's seconds in one of the dashboard's. A roster is put together from several reads, which may take a
            second of the dashboard's: what happened within it may stand in the one and not in the other.

    Attributes:
        heard: is to be told which questions Twilio has answered.
    """

    def __init__(self, sandbox: Sandbox, board: Board, rate: float) -> None:
        self.ledger = Ledger()
        self.heard = Heard(sandbox)
        self._sandbox = sandbox
        self._just_now = timedelta(seconds=rate) + _SAME
        self._as_of: datetime | None = None
        sandbox.world.happened.append(self._happens)
        board.subscribe(self._hear)

    def _happens(self, event: Event) -> None:
        ledger, room = self.ledger, event.room
        ledger.happened[event.kind.value] += 1
        if event.kind is Happened.ROOM_CREATED:
            ledger.lives[room.sid] = Life(event.at)
        elif event.kind is Happened.ROOM_ENDED and room.ending is not None:
            life = ledger.lives.setdefault(room.sid, Life(room.date_created))
            life.ended, life.why = room.end_time, _REASONS[room.ending]
            self.heard.forget(room.sid)

    def _hear(self, state: BoardState) -> None:
        ledger = self.ledger
        if state.picture.as_of != self._as_of:
            if self._as_of is None:
                ledger.happened.clear()  # nobody watched until now
            self._as_of = state.picture.as_of
            ledger.lists.append(self._sandbox.clock.now())
        for event in state.news:
            ledger.seen[event.kind.value] += 1
            if event.kind is Seen.ROOM_ENDED and event.ending is not None:
                ledger.twice += event.room_sid in ledger.told
                ending = event.ending
                ledger.told[event.room_sid] = ending.reason, ending.certain, event.at
        for sid in state.changed or ():
            live = state.picture.live.get(sid)
            room = self._sandbox.world.rooms.find(sid)
            if live is not None and room is not None and room.is_live:
                self._compare(live, room)

    def _compare(self, live: LiveRoom, room: Room) -> None:
        """Hold a deadline against the timer that will end the room, if nothing has happened since it was read."""
        roster, deadline, ledger = live.roster, live.deadline, self.ledger
        if roster is None or deadline is None or not deadline.certain or not live.listed:
            return
        if room.last_event_at is None or room.last_event_at > roster.as_of - self._just_now:
            return
        truth = _closes_at(room)
        if truth is None:
            return
        ledger.deadlines += 1
        if abs(deadline.at - truth) <= _SAME:
            return
        if self._is_all_that_could_be_known(roster, deadline, room):
            ledger.unknowable += 1
            return
        ledger.wrong_deadlines += 1
        if len(ledger.wrong) < 10:
            ledger.wrong.append(f"{room.sid} closes at {truth}; told: {deadline.kind.value} at {deadline.at}")

    def _is_all_that_could_be_known(self, roster: Roster, deadline: Deadline, room: Room) -> bool:
        """Whether a deadline would be right but for people of whom no answer had told when the roster was read.

        They had lost the connection whenever the connected were asked for, and once they have it back, the next
        answer tells of them. Where it was not asked for those reconnecting as is due in a new room, nothing is excused,
        nor where a room with somebody in it was told to be empty.
        """
        known = {each.sid for each in roster.present}
        missing = [each for each in room.present.values() if each.sid not in known]
        if not known or not self.heard.all_asked(room.sid):
            return False
        if any(self.heard.told_of(each, by=roster.as_of + _SAME) for each in missing):
            return False
        would_close = _closes_at(room, without=missing)
        return would_close is not None and abs(deadline.at - would_close) <= _SAME


def _closes_at(room: Room, *, without: Collection[Participant] = ()) -> datetime | None:
    """When the room will end, if nobody comes or goes by themselves; and if some were not there."""
    if room.age_timer is None:
        return None
    if room.vacancy_timer is not None:
        return min(room.age_timer.instant, room.vacancy_timer.instant)
    people = [each for each in room.present.values() if each not in without]
    stays = [each.session_timer.instant for each in people if each.session_timer is not None]
    if not stays:
        return None
    empty = timedelta(minutes=room.settings.empty_room_timeout)
    return min(room.age_timer.instant, max(stays) + empty)
