"""What is to be called to attention: rules, each a query, and the rooms for which they hold.

A rule that begins to hold is told once. What held already when we began to look is only shown, and so is what stops
and begins again within a minute: nobody is to be called for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.rooms.changes import Event, EventKind
from roomtui.rooms.judging import FOREVER, Verdict, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime, time

    from roomtui.rooms.judging import Found
    from roomtui.rooms.picture import LiveRoom, Picture
    from roomtui.rooms.query import Query

AGAIN_AFTER: Final = timedelta(seconds=60)
"""How long a rule must not have held for a room before that it does is told again."""

_STALE_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A rule.

    Attributes:
        name: what it is called, for people.
        when: for which rooms it holds.
        color: the colour of their rows, if they are to have one.
        sign: what stands before their names, if something is to: one or two printable characters.
    """

    name: str
    when: Query
    color: str | None = None
    sign: str | None = None


class Shown(NamedTuple):
    """Which rule is to be shown for a room: two are the same if nothing has changed between them."""

    version: int
    of: Callable[[str], AlertRule | None]


class _Look(NamedTuple):
    """When a room is to be looked at again (seconds since the epoch)."""

    at: float
    sid: str


class Alerts:
    """Told every picture, it tells for which rooms which rules hold. It costs what has changed, not what there is.

    Args:
        rules: of two that hold for a room, the one that stands first is shown.
    """

    def __init__(self, rules: Sequence[AlertRule]) -> None:
        self.rules = tuple(rules)
        self._live: Mapping[str, LiveRoom] = {}
        self._looks: list[_Look] = []
        self._next: dict[str, float] = {}
        # By SID: what was said by each rule in its turn; and since when each of them has ceased to hold.
        self._verdicts: dict[str, tuple[Verdict, ...]] = {}
        self._ceased: dict[str, dict[int, datetime]] = {}
        self._since: datetime | None = None
        self._version = 0

    @property
    def shown(self) -> Shown:
        """Which rule holds for which room, first of all."""
        return Shown(self._version, self.of)

    def of(self, sid: str) -> AlertRule | None:
        """The first rule that holds for this room."""
        verdicts = self._verdicts.get(sid)
        if verdicts is None or Verdict.YES not in verdicts:
            return None
        return self.rules[verdicts.index(Verdict.YES)]

    def see(self, picture: Picture, changed: Iterable[str] | None, now: datetime) -> tuple[Event, ...]:
        """Know this picture; `changed` as in `watch.board.BoardState`.

        Returns:
            What begins to hold, in the order of the rules.
        """
        if not self.rules:
            return ()
        self._live = picture.live
        if changed is None:
            changed = {*picture.live, *self._verdicts}
        events = [event for sid in changed for event in self._look(sid, now)]
        if self._since is None and picture.as_of is not None:
            # All of this was so before we looked.
            self._since, events = now, []
        return self._in_order(events)

    def due(self, now: datetime) -> tuple[Event, ...]:
        """What begins to hold by time alone, in the order of the rules."""
        events: list[Event] = []
        seconds = now.timestamp()
        while self._looks and self._looks[0].at <= seconds:
            at, sid = heappop(self._looks)
            if self._next.get(sid) == at:
                events += self._look(sid, now)
        if len(self._looks) > 2 * len(self._next) + _STALE_MAX:
            self._looks = [_Look(at, sid) for sid, at in self._next.items()]
            heapify(self._looks)
        return self._in_order(events)

    def _look(self, sid: str, now: datetime) -> list[Event]:
        live = self._live.get(sid)
        if live is None:
            for known in (self._next, self._verdicts, self._ceased):
                known.pop(sid, None)
            return []  # nothing is shown of it
        seconds = now.timestamp()
        found = [_judged(rule, live, seconds) for rule in self.rules]
        self._look_again(sid, min(each.until for each in found), seconds)
        verdicts = tuple(each.verdict for each in found)
        before = self._verdicts.get(sid, (None,) * len(verdicts))
        shown, self._verdicts[sid] = self.of(sid), verdicts
        self._version += self.of(sid) is not shown
        events: list[Event] = []
        for number, (was, verdict) in enumerate(zip(before, verdicts, strict=True)):
            if was is Verdict.YES and verdict is not Verdict.YES:
                self._ceased.setdefault(sid, {})[number] = now
            elif was is not Verdict.YES and verdict is Verdict.YES and self._is_new(live, number, was, now):
                name = self.rules[number].name
                events.append(Event(now, EventKind.ALERT, sid, live.room.unique_name, alert=name))
        return events

    def _look_again(self, sid: str, at: float, now: float) -> None:
        # An answer that holds until now has to be asked for again, but not within the same look.
        at = max(at, now + 0.5)
        if at == FOREVER:
            self._next.pop(sid, None)
        elif self._next.get(sid) != at:
            self._next[sid] = at
            heappush(self._looks, _Look(at, sid))

    def _is_new(self, live: LiveRoom, number: int, was: Verdict | None, now: datetime) -> bool:
        ceased = self._ceased.get(live.room.sid, {}).get(number)
        if ceased is not None:
            return now - ceased >= AGAIN_AFTER
        if was is Verdict.NO:
            return True
        # Not known before: it may have been so for long, unless the room itself is new.
        created = live.room.date_created
        return self._since is not None and created is not None and created >= self._since.replace(microsecond=0)

    def _in_order(self, events: list[Event]) -> tuple[Event, ...]:
        if len(events) < 2:
            return tuple(events)
        ranks = {rule.name: number for number, rule in enumerate(self.rules)}
        return tuple(sorted(events, key=lambda event: ranks[event.alert or ""]))


def _judged(rule: AlertRule, live: LiveRoom, now: float) -> Found:
    return rule.when.look(live, now, partial(text_of, hide=False))


def quiet(hours: str | None, at: time) -> bool:
    """Whether `at` is within these hours, ``22:00-06:00`` (the end is not); never, where there are none."""
    begin, dash, end = (hours or "").partition("-")
    here = f"{at:%H:%M}"
    if not dash:
        return False
    return begin <= here < end if begin <= end else here >= begin or here < end
