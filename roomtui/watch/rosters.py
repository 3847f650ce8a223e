"""Reading who is in a room, in as few reads as the truth allows."""

from __future__ import annotations

from dataclasses import fields, replace
from operator import attrgetter, is_
from typing import TYPE_CHECKING, Final

from roomtui.rooms.model import Participant, ParticipantStatus, Roster

if TYPE_CHECKING:
    from collections.abc import Mapping

    from roomtui.rooms.clock import Clock
    from roomtui.twilio_api.gateway import Gateway

# All that is told of a participant and kept.
_told = attrgetter(*(each.name for each in fields(Participant) if each.name not in {"url", "links"}))


_CONNECTED: Final = ParticipantStatus.CONNECTED
_RECONNECTING: Final = ParticipantStatus.RECONNECTING
_STATUSES: Final = frozenset(status.value for status in ParticipantStatus)


class Turns:
    """Whom to ask for in a room that stays empty: by turns those who left, and those who lost the connection."""

    def __init__(self) -> None:
        self._left_asked: set[str] = set()

    def next(self, room_sid: str) -> ParticipantStatus:
        """Those to be asked for now."""
        self._left_asked ^= {room_sid}
        return ParticipantStatus.DISCONNECTED if room_sid in self._left_asked else _RECONNECTING

    def forget(self, room_sid: str) -> None:
        """The room has ended."""
        self._left_asked.discard(room_sid)


async def read_roster(
    gateway: Gateway,
    room_sid: str,
    clock: Clock,
    *,
    before: Roster | None = None,
    everybody: bool = False,
    briefly: bool = False,
    hastily: bool = False,
    closely: bool = False,
    still_empty: ParticipantStatus | None = None,
    urgent: bool = False,
) -> Roster:
    """The roster of a live room.

    One read where the same people (or more) are connected as before. A list of the connected need not hold those who
    are reconnecting (Participants resource does not say), and they keep a room open: the first time, when somebody is
    missing, or nobody is there, they are asked for too. Who has left matters once nobody is present.

    The questions are put one after the other, so whoever is reconnecting at the one and connected at the next is in
    neither answer. Therefore the connected are asked for once more after those reconnecting: at once where a person
    waits, or the last one seems to have left; of a new room else in the next look, before which a roster with people
    in it is not complete. Who was in an answer is looked for until they are found, here or gone.

    What a look may miss all the same, and a later one finds: who is alone in a new room and gets the connection back
    between its questions; and who came after the look before and has lost the connection as the connected are asked
    for, for as long as that holds. To ask for those reconnecting in every look would take twice the reads.

    Args:
        gateway: Twilio.
        room_sid: the room.
        clock: Twilio's time, for `as_of`.
        before: the roster as last read, if it was.
        everybody: read those reconnecting and those who left in any case.
        briefly: of a room that was never read ask only for the connected, if there are any. The next look asks for
            those reconnecting, and makes it complete.
        hastily: call the first look complete although the connected were not asked for again where somebody is there.
            For whoever looks once at thousands of rooms.
        closely: where somebody of the roster before is missing, too, ask for the connected once more: who came in their
            place may have lost the connection as well, and just have it back.
        still_empty: where the room was empty and nobody is connected, ask only for those of this status. A caller that
            asks for the one and the other by turns learns of whoever came, and lost the connection or left, one look
            later.
        urgent: a person waits for it.

    Raises:
        TwilioError: as `Gateway.participants`.
    """
    new, lacking = before is None, before.lacking if before is not None else None
    between = lacking is _RECONNECTING
    present = await _of(gateway, room_sid, _RECONNECTING, urgent=urgent) if between else ()
    present = _once(present, await _of(gateway, room_sid, _CONNECTED, urgent=urgent))
    if still_empty is not None and before is not None and _is_empty(before) and not (present or everybody):
        return await _still_empty(gateway, room_sid, clock, before, still_empty, urgent=urgent)
    at_once = everybody or urgent
    if briefly and new and present and not at_once:
        return Roster(present, None, clock.now(), lacking=_RECONNECTING)
    missing = before is not None and not _sids(before.present) <= _sids(present)
    if missing or new or (not between and (everybody or not present)):
        present = _once(present, await _of(gateway, room_sid, _RECONNECTING, urgent=urgent))
    gone = before.gone if before is not None else None
    left: set[str] = set()
    if everybody or missing or not present:
        gone = await _gone(gateway, room_sid, present, urgent=urgent)
        # Between two reads somebody may have left: then the later answer is the true one.
        left = _sids(gone)
        present = tuple(p for p in present if p.sid not in left)
    if new and present and not (at_once or hastily):
        return Roster(present, gone, clock.now(), lacking=_CONNECTED)
    unseen = missing and _unseen(before, left, present)
    if unseen or (missing and (closely or not present)) or (new and (at_once or (hastily and not present))):
        # Neither here nor gone, or never seen: they may have come back between the reads, and a room with somebody in
        # it is not empty.
        back = await _of(gateway, room_sid, _CONNECTED, urgent=urgent)
        present = _once(present, tuple(p for p in back if p.sid not in left))
        unseen = missing and _unseen(before, left, present)
    # Of whom no answer tells Twilio may not tell yet that they left: until the next look nothing is certain.
    return Roster(present, gone, clock.now(), lacking=_CONNECTED if unseen else None)


def _unseen(before: Roster | None, left: set[str], present: tuple[Participant, ...]) -> bool:
    """Whether somebody of the roster before is neither here nor gone."""
    return before is not None and not _sids(before.present) <= left | _sids(present)


def _is_empty(roster: Roster) -> bool:
    """Whether nobody was there for certain, and who had been is known."""
    return roster.complete and not roster.present and roster.gone is not None


async def _still_empty(
    gateway: Gateway, room_sid: str, clock: Clock, before: Roster, status: ParticipantStatus, *, urgent: bool
) -> Roster:
    if status is ParticipantStatus.DISCONNECTED:
        return Roster((), await _gone(gateway, room_sid, (), urgent=urgent), clock.now())
    found = await _of(gateway, room_sid, status, urgent=urgent)
    return Roster(found, before.gone, clock.now())


async def read_last_roster(gateway: Gateway, room_sid: str, clock: Clock, *, urgent: bool = False) -> Roster:
    """The roster of a room that has ended: everybody who was in it.

    Raises:
        TwilioError: as `Gateway.participants`.
    """
    gone = await _of(gateway, room_sid, ParticipantStatus.DISCONNECTED, urgent=urgent)
    return Roster((), gone, clock.now())


def kept(roster: Roster, before: Roster | None) -> Roster:
    """`roster` as it is kept for as long as its room lives: small, and no new object for what has not changed.

    Without the addresses of those in it, which follow from their SIDs and would be a third of what ten thousand
    rosters take. Who is told of in the same words as in `before` stays the same object, and so do all of them.
    """
    known = {participant.sid: participant for participant in before.everybody} if before is not None else {}
    present = _kept(roster.present, known, before.present if before is not None else ())
    if roster.gone is None:
        return replace(roster, present=present)
    return replace(roster, present=present, gone=_kept(roster.gone, known, (before.gone or ()) if before else ()))


def _kept(
    participants: tuple[Participant, ...], known: Mapping[str, Participant], before: tuple[Participant, ...]
) -> tuple[Participant, ...]:
    now = tuple(
        old if (old := known.get(each.sid)) is not None and _told(old) == _told(each) else _small(each)
        for each in participants
    )
    return before if len(now) == len(before) and all(map(is_, now, before)) else now


def _small(participant: Participant) -> Participant:
    return replace(participant, url=None, links=None)


async def _of(gateway: Gateway, room_sid: str, status: ParticipantStatus, *, urgent: bool) -> tuple[Participant, ...]:
    participants = await gateway.participants(room_sid, status=status.value, urgent=urgent)
    # Each record tells its own status; it counts more than the question did.
    gone = status is ParticipantStatus.DISCONNECTED
    return tuple(participant for participant in participants if participant.is_present is not gone)


async def _gone(
    gateway: Gateway, room_sid: str, present: tuple[Participant, ...], *, urgent: bool
) -> tuple[Participant, ...]:
    """Those who left; who has a status that we do not know, and was not found among those present, has left, too."""
    participants = await gateway.participants(room_sid, status=ParticipantStatus.DISCONNECTED.value, urgent=urgent)
    here = {participant.sid for participant in present}
    return tuple(
        participant
        for participant in participants
        if not participant.is_present or (participant.status not in _STATUSES and participant.sid not in here)
    )


def _once(earlier: tuple[Participant, ...], later: tuple[Participant, ...]) -> tuple[Participant, ...]:
    """Each of them once, as the later answer has it."""
    return tuple({participant.sid: participant for participant in earlier + later}.values())


def _sids(participants: tuple[Participant, ...]) -> set[str]:
    return {participant.sid for participant in participants}
