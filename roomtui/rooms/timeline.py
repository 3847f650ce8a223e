"""Who was in a room when: the stays of each person over the room's life, how many at once, how many minutes in all.

Pure. All instants are aware and Twilio's own; where it told none, a stay is left out and counted, never made up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from roomtui.rooms.model import ParticipantStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from roomtui.rooms.model import Participant, Room, Roster
    from roomtui.rooms.untrusted import Untrusted

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
# What a clock face has: nobody reads seven minutes off a scale.
_STEPS: Final = (
    *(1, 2, 5, 10, 15, 30),
    *(each * _MINUTE for each in (1, 2, 5, 10, 15, 30)),
    *(each * _HOUR for each in (1, 2, 3, 6, 12, 24)),
)


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody was in from `begin` up to `end`; `still_in`: nobody has seen them leave, `end` is only now."""

    begin: datetime
    end: datetime
    still_in: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Everybody of one identity: whoever leaves and comes back is another participant. `stays` are in order."""

    identity: Untrusted
    stays: tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A room's life from `begin` to `end`, and who was in it, in the order in which they first came.

    Attributes:
        begin: when the room was created, or the first one came, whichever was earlier.
        end: when it ended; now, while it is in progress.
        is_live: whether it goes on.
        people: one for each identity.
        untimed: participants of whom Twilio did not tell when they came or went.
    """

    begin: datetime
    end: datetime
    is_live: bool
    people: tuple[Person, ...]
    untimed: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody joined or left; `stayed` is how long a leaver was in (seconds)."""

    at: datetime
    participant: Participant
    joined: bool
    stayed: int | None = None


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long people were in, added up.

    Attributes:
        billed: minutes, each stay rounded up to a whole one. Twilio bills a room by participant minutes; how it rounds
            them its documents do not say. It rounds up what it bills by the minute elsewhere (voice), so this is the
            most that it can be.
        seconds: the same to the second.
        complete: whether all stays are known; else it is more.
    """

    billed: int
    seconds: int
    complete: bool = True


OUT: Final = " "
"""In a bar: nobody of that identity."""
IN: Final = "="
"""In a bar: somebody."""
BROKEN: Final = ":"
"""In a bar: they went and came back."""


def timeline(room: Room, roster: Roster, now: datetime) -> Timeline | None:
    """The timeline of `room` at `now`; None where neither a creation nor anybody's coming is known."""
    known: dict[Untrusted, list[Stay]] = {}
    untimed = 0
    until = _end(room, roster, now)
    for participant in roster.everybody:
        stay = _stay(participant, until)
        if stay is None:
            untimed += 1
        else:
            known.setdefault(participant.identity, []).append(stay)
    stays = [stay for each in known.values() for stay in each]
    begins = [stay.begin for stay in stays] + ([room.date_created] if room.date_created is not None else [])
    if not begins:
        return None
    end = max([until, *(stay.end for stay in stays)])
    people = [Person(identity, tuple(sorted(each, key=_order))) for identity, each in known.items()]
    people.sort(key=lambda person: (person.stays[0].begin, person.identity))
    return Timeline(min(begins), max(end, *begins), room.is_live, tuple(people), untimed)


def moves(roster: Roster) -> tuple[Move, ...]:
    """Who joined and who left, in order of time; a leave stands before a join of the same second."""
    found: list[Move] = []
    for participant in roster.everybody:
        start = _start(participant)
        end = None if participant.is_present else _left(participant)
        if start is not None:
            found.append(Move(start, participant, joined=True))
        if end is not None:
            stayed = None if start is None else max(0, int((end - start).total_seconds()))
            # Who was in for less than a second has joined before they left.
            found.append(Move(max(end, start or end), participant, joined=False, stayed=stayed))
    return tuple(sorted(found, key=_sequence))


def peak(roster: Roster) -> int:
    """How many were in at once at the most, as far as is known. Who leaves makes room for who joins that second."""
    steps: list[tuple[datetime, int, int]] = []
    for participant in roster.everybody:
        begin = _start(participant) or (roster.as_of if participant.is_present else None)
        if begin is None:
            continue
        steps.append((begin, 1, 1))
        end = None if participant.is_present else _left(participant)
        if end is not None:
            steps.append((max(end, begin), 0 if end > begin else 2, -1))
    at_once = most = 0
    for _, _, step in sorted(steps):
        at_once += step
        most = max(most, at_once)
    return most


def participant_minutes(roster: Roster, now: datetime) -> Minutes:
    """The minutes that everybody together was in, those of whoever is in counted up to `now`."""
    stays = [_stay(participant, now) for participant in roster.everybody]
    lengths = [math.ceil((stay.end - stay.begin).total_seconds()) for stay in stays if stay is not None]
    return Minutes(
        billed=sum(math.ceil(length / _MINUTE) for length in lengths),
        seconds=sum(lengths),
        complete=roster.gone is not None and roster.complete and None not in stays,
    )


def ghosts(roster: Roster, lost: Iterable[str] = ()) -> tuple[Participant, ...]:
    """Those in the roster of an ended room who never said good-bye.

    Twilio tells of somebody whose connection was cut as of anybody else who has left. So these are whom it still tells
    as being in, whose end it does not tell, and those of `lost`: the SIDs of whoever was reconnecting when last seen.
    """
    cut = frozenset(lost)
    return tuple(
        each
        for each in roster.everybody
        if each.status != ParticipantStatus.DISCONNECTED or each.end_time is None or each.sid in cut
    )


def bar(person: Person, life: Timeline, width: int) -> str:
    """The person's stays as `width` characters over the room's life: `OUT`, `IN` or `BROKEN`.

    A cell that a stay only touches is full: nobody is lost, however short they were in. Nor is an absence: where it is
    too short for a cell of its own, the cell of the return is `BROKEN`.
    """
    drawn = OUT * width
    broken: list[int] = []
    before: int | None = None
    latest: datetime | None = None
    for stay in person.stays:
        first = place(stay.begin, life, width)
        last = max(first, _last(stay.end, life, width))
        drawn = drawn[:first] + IN * (last + 1 - first) + drawn[last + 1 :]
        if before is not None and latest is not None and stay.begin > latest and first - before < 2:
            broken.append(first)
        if latest is None or stay.end >= latest:
            latest, before = stay.end, last
    for cell in broken:
        drawn = drawn[:cell] + BROKEN + drawn[cell + 1 :]
    return drawn


def place(instant: datetime, life: Timeline, width: int) -> int:
    """The cell of `width` in which this instant lies."""
    return max(0, min(width - 1, math.floor(_part(instant, life) * width)))


def ticks(life: Timeline, most: int) -> tuple[datetime, ...]:
    """At most so many instants for a scale: even steps that a clock face has, at round times of the day (UTC)."""
    seconds = (life.end - life.begin).total_seconds()
    step = next((each for each in _STEPS if seconds // each + 1 <= most), None)
    if step is None or most < 1:
        return ()
    first = math.ceil(life.begin.timestamp() / step) * step
    found = (datetime.fromtimestamp(each, timezone.utc) for each in range(first, first + step * most, step))
    return tuple(each for each in found if each <= life.end)


def _sequence(move: Move) -> tuple[datetime, bool, str]:
    return move.at, move.joined or move.stayed == 0, move.participant.sid


def _order(stay: Stay) -> tuple[datetime, datetime]:
    return stay.begin, stay.end


def _part(instant: datetime, life: Timeline) -> float:
    whole = (life.end - life.begin).total_seconds()
    return (instant - life.begin).total_seconds() / whole if whole else 0.0


def _last(end: datetime, life: Timeline, width: int) -> int:
    # Up to its end, not with it: who leaves at the hour was not in after it.
    return max(0, min(width - 1, math.ceil(_part(end, life) * width) - 1))


def _end(room: Room, roster: Roster, now: datetime) -> datetime:
    if room.is_live:
        return now
    return room.end_time or room.date_updated or max(_leaves(roster.gone or ()), default=roster.as_of)


def _leaves(gone: Sequence[Participant]) -> Iterator[datetime]:
    return (end for each in gone if (end := _left(each)) is not None)


def _start(participant: Participant) -> datetime | None:
    if participant.start_time is not None:
        return participant.start_time
    if participant.end_time is not None and participant.duration is not None:
        return participant.end_time - timedelta(seconds=participant.duration)
    return participant.date_created


def _left(participant: Participant) -> datetime | None:
    if participant.end_time is not None:
        return participant.end_time
    if participant.start_time is not None and participant.duration is not None:
        return participant.start_time + timedelta(seconds=participant.duration)
    return None


def _stay(participant: Participant, until: datetime) -> Stay | None:
    begin = _start(participant)
    if begin is None:
        return None
    if participant.is_present:
        return Stay(begin, max(begin, until), still_in=True)
    end = _left(participant)
    return None if end is None else Stay(begin, max(begin, end))
