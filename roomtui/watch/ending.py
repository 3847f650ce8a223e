"""Ending a room for everybody in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from roomtui.twilio_api.errors import NotFound, Refused, TwilioError
from roomtui.watch.desk import VERIFY_TRIES, VERIFY_WAIT, Done, about, carry_out, is_plain, request_id_of, unclear

if TYPE_CHECKING:
    from roomtui.rooms.model import Room
    from roomtui.watch.desk import Desk

# Twilio's ways to say that the room had ended already: status invalid, room completed, not found.
_ENDED_ALREADY: Final = frozenset({53112, 53118, 20404})


class EndOutcome(Enum):
    """What came of ending a room. `OCCUPIED`: nothing was done, somebody is in it and that was not confirmed."""

    ENDED = "ended"
    ENDED_BEFORE = "ended-before"
    OCCUPIED = "occupied"
    NOT_VERIFIED = "not-verified"


@dataclass(frozen=True, slots=True)
class EndResult:
    """What came of ending a room, and the room as Twilio last told it; `people` were in it.

    `unwritten` is a sentence where the change was made but the journal could not take its result.
    """

    outcome: EndOutcome
    room: Room
    people: int
    unwritten: str | None = None


async def end_room(desk: Desk, sid: str, *, even_if_occupied: bool) -> EndResult:
    """End the room of this SID for everybody, and see that it has ended; see `Actions.end_room`."""
    undone = f"room {sid} was not ended"
    desk.may_change(undone)
    sight = await desk.look(sid)
    people = sight.roster.connected
    if not sight.room.is_live:
        return EndResult(EndOutcome.ENDED_BEFORE, sight.room, people)
    if people and not even_if_occupied:
        return EndResult(EndOutcome.OCCUPIED, sight.room, people)
    audit = desk.audit("end-room", undone, **about(sight.room), people=people)
    result, unwritten = await carry_out(audit, lambda: _end_and_see(desk, sight.room, people))
    return replace(result, unwritten=unwritten)


async def _end_and_see(desk: Desk, room: Room, people: int) -> Done[EndResult]:
    """End it, and look whether it has ended."""
    try:
        told, request_id = await desk.gateway.end_room(room.sid)
    except TwilioError as error:
        if isinstance(error, Refused) and (error.code in _ENDED_ALREADY or isinstance(error, NotFound)):
            seen = await _had_ended(desk, room, people, error)
        elif is_plain(error):
            raise
        else:
            seen = await _after_no_answer(desk, room, people, error)
        return Done(seen, seen.outcome.value, error.sentence, request_id_of(error))
    seen = await _verify(desk, told, people)
    return Done(seen, seen.outcome.value, seen.room.status, request_id)


async def _had_ended(desk: Desk, room: Room, people: int, error: TwilioError) -> EndResult:
    seen = await _verify(desk, room, people)
    if seen.outcome is EndOutcome.NOT_VERIFIED and await _is_shown_live(desk, room):
        raise error  # Twilio says that it is over, and shows it live all the same: nothing was done
    return replace(seen, outcome=EndOutcome.ENDED_BEFORE)


async def _is_shown_live(desk: Desk, room: Room) -> bool:
    try:
        return (await desk.gateway.room(room.sid, urgent=True)).is_live
    except TwilioError:
        return False  # what was said to the end itself is the last word


async def _after_no_answer(desk: Desk, room: Room, people: int, error: TwilioError) -> EndResult:
    # No answer is not a no: the room may have ended all the same.
    seen = await _verify(desk, room, people)
    if seen.outcome is EndOutcome.ENDED:
        return seen
    raise unclear(error, "The room may or may not end yet: look again before you go on.") from error


async def _verify(desk: Desk, room: Room, people: int) -> EndResult:
    for attempt in range(VERIFY_TRIES):
        if attempt:
            await desk.sleep(VERIFY_WAIT)
        try:
            seen = await desk.gateway.room(room.sid, urgent=True)
        except NotFound:
            continue  # just after an end Twilio may not find the room for a moment
        except TwilioError:
            return EndResult(EndOutcome.NOT_VERIFIED, room, people)
        if not seen.is_live:
            return EndResult(EndOutcome.ENDED, seen, people)
        room = seen
    # Never found again: then Twilio's answer to the end itself is the last word.
    return EndResult(EndOutcome.NOT_VERIFIED if room.is_live else EndOutcome.ENDED, room, people)
