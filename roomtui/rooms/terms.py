"""What can be asked of a room in a filter or a rule: `people:>3`, `closes:<5m`, `type:group`.

A term that is about something not known answers that it waits for it; one that is about time also says until when its
answer holds, so that nobody need ask again before. Instants are seconds since the epoch, of Twilio's time.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from roomtui.rooms.countdown import MINUTE
from roomtui.rooms.deadlines import MAX_ROOM_DURATION
from roomtui.rooms.judging import NO, WAITING, YES, Found, Verdict
from roomtui.rooms.model import RoomType
from roomtui.rooms.picture import EndedRoom, LiveRoom
from roomtui.rooms.recording import Recording
from roomtui.rooms.twiml import phones_in
from roomtui.rooms.typed import seconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from roomtui.rooms.judging import Asking, Entry, Judge
    from roomtui.rooms.model import Room, Roster


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that can be asked.

    Attributes:
        name: what stands before the colon.
        example: how it is written.
        about: what it asks, in a few words.
        wants: what must stand behind the colon.
        make: the judge for what stands there; raises ValueError where it is not understood.
        choices: what may stand there, where that is a matter of a few words.
        live_only: whether it is about rooms in progress alone: no ended one is meant, inverted or not.
    """

    name: str
    example: str
    about: str
    wants: str
    make: Callable[[str], Judge]
    choices: tuple[str, ...] = ()
    live_only: bool = False

    @property
    def complaint(self) -> str:
        """What to say of a value that is not understood."""
        return f"{self.name}: wants {self.wants}, as {self.example}"


# -- words


def anywhere(wanted: str) -> Judge:
    """Whether the room has this text anywhere: name, SID, type, region, whoever is or was in it."""
    wanted = wanted.casefold()

    def judge(asking: Asking, entry: Entry) -> Found:
        if wanted in asking.text(entry).everything:
            return YES
        # Of one that has ended nothing more will be heard.
        return WAITING if entry.roster is None and isinstance(entry, LiveRoom) else NO

    return judge


def _name(value: str) -> Judge:
    wanted = _some(value)

    def judge(asking: Asking, entry: Entry) -> Found:
        known = asking.text(entry)
        return YES if known.everything.find(wanted, 0, known.name_end) >= 0 else NO

    return judge


def _who(value: str) -> Judge:
    wanted = _some(value)

    def judge(asking: Asking, entry: Entry) -> Found:
        known = asking.text(entry)
        if known.everything.find(wanted, known.inside, known.gone) >= 0:
            return YES
        return WAITING if entry.roster is None and isinstance(entry, LiveRoom) else NO

    return judge


def _sid(value: str) -> Judge:
    wanted = _some(value)
    return lambda _asking, entry: YES if wanted in entry.room.sid.casefold() else NO


def _region(value: str) -> Judge:
    wanted = _alternatives(value)
    return lambda _asking, entry: _beginning(entry.room.media_region, wanted)


_TYPES: Final = {"small": RoomType.GROUP_SMALL.value, "p2p": RoomType.PEER_TO_PEER.value}
_WHOLE_TYPES: Final = frozenset(each.value for each in RoomType)


def _type(value: str) -> Judge:
    wanted = tuple(_TYPES.get(each, each) for each in _alternatives(value))
    whole = frozenset(wanted) & _WHOLE_TYPES
    begun = tuple(each for each in wanted if each not in whole)

    def judge(_asking: Asking, entry: Entry) -> Found:
        # `group` is not meant for the beginning of `group-small`.
        if entry.room.type in whole:
            return YES
        return _beginning(entry.room.type, begun) if begun or entry.room.type is None else NO

    return judge


def _beginning(known: str | None, wanted: tuple[str, ...]) -> Found:
    if known is None:
        return WAITING
    return YES if known.casefold().startswith(wanted) else NO


_LIVE: Final = "live"
_ENDED: Final = "ended"


def _state(value: str) -> Judge:
    wanted = _alternatives(value)

    def judge(_asking: Asking, entry: Entry) -> Found:
        words = (_ENDED if isinstance(entry, EndedRoom) else _LIVE, entry.room.status.casefold())
        return YES if any(word.startswith(wanted) for word in words) else NO

    return judge


# -- numbers

_OPERATORS: Final[dict[str, Callable[[int, int], bool]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "": operator.eq,
}
_NUMBER: Final = re.compile(r"(>=|<=|>|<|=|)\s*(\d{1,9})", re.ASCII)
_SPAN: Final = re.compile(r"(>=|<=|>|<|)\s*(\S+)")


def _number(of: Callable[[Entry], int | None]) -> Callable[[str], Judge]:
    """A term about a number, None where that is not known."""

    def make(value: str) -> Judge:
        yes = _YES_OR_NO.get(value.casefold())
        found = _NUMBER.fullmatch(value.strip()) if yes is None else None
        if yes is None and found is None:
            raise ValueError(value)
        sign, limit = (">" if yes else "=", 0) if found is None else (found.group(1), int(found.group(2)))
        holds = _OPERATORS[sign]

        def judge(_asking: Asking, entry: Entry) -> Found:
            number = of(entry)
            return WAITING if number is None else YES if holds(number, limit) else NO

        return judge

    return make


def _people(entry: Entry) -> int | None:
    return None if entry.roster is None else entry.roster.connected


def _phones(entry: Entry) -> int | None:
    return None if entry.roster is None else phones_in(entry.roster)


def _max(entry: Entry) -> int | None:
    return entry.room.max_participants


# -- yes or no

_YES_OR_NO: Final = {"yes": True, "y": True, "on": True, "true": True, "no": False, "off": False, "false": False}
_RECORDINGS: Final = {
    "on": Recording.ON,
    "yes": Recording.ON,
    "off": Recording.OFF,
    "no": Recording.OFF,
    "some": Recording.PARTLY,
    "partly": Recording.PARTLY,
}


def _full(value: str) -> Judge:
    wanted = _YES_OR_NO.get(value.casefold())
    if wanted is None:
        raise ValueError(value)

    def judge(_asking: Asking, entry: Entry) -> Found:
        if entry.roster is None:
            return WAITING
        return YES if (isinstance(entry, LiveRoom) and entry.is_full) is wanted else NO

    return judge


def _rec(value: str) -> Judge:
    wanted = _RECORDINGS.get(value.casefold())
    if wanted is None:
        raise ValueError(value)

    def judge(_asking: Asking, entry: Entry) -> Found:
        # Where the rules were not read, as the room was made: that is what its row says, too.
        if isinstance(entry, LiveRoom):
            state, _ = entry.recording_state
        else:
            made_with = entry.room.record_participants_on_connect
            state = None if made_with is None else Recording.ON if made_with else Recording.OFF
        return WAITING if state is None else YES if state is wanted else NO

    return judge


# -- time


def _span(value: str, *, bare: str) -> tuple[bool, int]:
    """Whether less than a span is asked for, and the span in seconds; `bare` is the sign where there is none.

    A number alone is minutes.

    Raises:
        ValueError: it is no span.
    """
    found = _SPAN.fullmatch(value.strip())
    if found is None:
        raise ValueError(value)
    return (found.group(1) or bare).startswith("<"), seconds(found.group(2), bare=MINUTE)


def _before(instant: float, now: float) -> Found:
    """Whether `instant` is yet to come."""
    return Found(Verdict.YES, instant) if now < instant else NO


def _from(instant: float, now: float) -> Found:
    """Whether `instant` has come."""
    return Found(Verdict.NO, instant) if now < instant else YES


def _closes(value: str) -> Judge:
    within, span = _span(value, bare="<")

    def judge(asking: Asking, entry: Entry) -> Found:
        if isinstance(entry, EndedRoom) or entry.deadline is None:
            return WAITING if isinstance(entry, LiveRoom) else NO
        turns = entry.deadline.at.timestamp() - span
        if entry.deadline.certain:
            return _from(turns, asking.now()) if within else _before(turns, asking.now())
        # It closes then at the latest.
        if asking.now() < turns:
            return Found(Verdict.WAITING, turns)
        return YES if within else NO

    return judge


def _empty(value: str) -> Judge:
    asked = _YES_OR_NO.get(value.casefold())
    within, span = (not asked, 0) if asked is not None else _span(value, bare=">")

    def judge(asking: Asking, entry: Entry) -> Found:
        if isinstance(entry, EndedRoom) or entry.roster is None:
            return WAITING if isinstance(entry, LiveRoom) else NO
        if entry.roster.present:
            return YES if asked is False else NO
        if asked is not None:
            return YES if asked else NO
        since = _empty_since(entry)
        if since is None:
            return WAITING
        turns = since.timestamp() + span
        return _before(turns, asking.now()) if within else _from(turns, asking.now())

    return judge


def _empty_since(live: LiveRoom) -> datetime | None:
    """Since when nobody is in it; since it was made where nobody ever was."""
    roster = live.roster
    if roster is None or roster.gone is None:
        return None
    if not roster.gone:
        return live.room.date_created
    return max(each.end_time or roster.as_of for each in roster.gone)


def _age(value: str) -> Judge:
    within, span = _span(value, bare=">")

    def judge(asking: Asking, entry: Entry) -> Found:
        if isinstance(entry, EndedRoom):
            lasted = entry.room.duration
            return WAITING if lasted is None else YES if (lasted < span) is within else NO
        if entry.room.date_created is None:
            return WAITING
        turns = entry.room.date_created.timestamp() + span
        return _before(turns, asking.now()) if within else _from(turns, asking.now())

    return judge


def _limit(value: str) -> Judge:
    within, span = _span(value, bare="<")

    def judge(asking: Asking, entry: Entry) -> Found:
        if isinstance(entry, EndedRoom) or entry.roster is None:
            return WAITING if isinstance(entry, LiveRoom) else NO
        nearest = _nearest_limit(entry.room, entry.roster)
        if nearest is None:
            return NO
        turns = nearest.timestamp() - span
        return _from(turns, asking.now()) if within else _before(turns, asking.now())

    return judge


def _nearest_limit(room: Room, roster: Roster) -> datetime | None:
    """When the first of those present is put out, by the rules of `deadlines.participant_deadline`."""
    starts = [each.start_time for each in roster.present if each.start_time is not None]
    if not starts:
        return None
    # All have the same limit, and the first who came reaches it first; the room's own end puts out everybody.
    most, created = room.max_participant_duration, room.date_created
    own = None if most is None else min(starts) + timedelta(seconds=most)
    cap = None if created is None else created + MAX_ROOM_DURATION
    return min((each for each in (own, cap) if each is not None), default=None)


# -- all of them


def _some(value: str) -> str:
    if not value:
        raise ValueError(value)
    return value.casefold()


def _alternatives(value: str) -> tuple[str, ...]:
    """What commas part: any of them is meant."""
    found = tuple(each.strip() for each in value.casefold().split(",") if each.strip())
    if not found:
        raise ValueError(value)
    return found


_ON_OFF: Final = ("yes", "no")
TERMS: Final[dict[str, Term]] = {
    term.name: term
    for term in (
        Term("name", "name:standup", "what it is called", "a part of a name", _name),
        Term("who", "who:alice", "who is in it", "a part of an identity", _who),
        Term("sid", "sid:RM8f", "its SID", "a part of a SID", _sid),
        Term("type", "type:group,go", "its type, or one of several", "a room type", _type),
        Term("region", "region:us", "its media region", "a region", _region),
        Term("state", "state:ended", "live, ended, completed, failed", "a state", _state, (_LIVE, _ENDED, "failed")),
        Term("people", "people:>3", "how many are in it", "a number", _number(_people), live_only=True),
        Term("phones", "phones:>=1", "how many phones, or yes", "a number", _number(_phones), _ON_OFF, live_only=True),
        Term("max", "max:<10", "how many it takes", "a number", _number(_max)),
        Term("full", "full:yes", "nobody else can join", "yes or no", _full, _ON_OFF, live_only=True),
        Term("rec", "rec:on", "on, off, or some of it", "on, off or some", _rec, ("on", "off", "some")),
        Term("closes", "closes:<5m", "how soon it closes", "a time", _closes, live_only=True),
        Term("empty", "empty:>2m", "how long empty, or yes", "a time", _empty, _ON_OFF, live_only=True),
        Term("age", "age:>4h", "how old it is", "a time", _age),
        Term("limit", "limit:<10m", "somebody is near their limit", "a time", _limit, live_only=True),
    )
}
"""What can stand before a colon."""

ALIASES: Final = {"phone": "phones", "identity": "who", "recorded": "rec", "status": "state"}
