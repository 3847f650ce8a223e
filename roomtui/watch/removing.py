"""Removing somebody from a room. Nothing keeps them from coming back; then they are another participant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from roomtui.twilio_api.errors import NotFound, Refused, TwilioError
from roomtui.watch.desk import VERIFY_TRIES, VERIFY_WAIT, Done, about, carry_out, is_plain, request_id_of, unclear

if TYPE_CHECKING:
    from roomtui.rooms.model import Participant
    from roomtui.watch.desk import Desk

# Twilio's ways to say that they had gone already: participant not found, not found, room completed.
_GONE_ALREADY: Final = frozenset({53204, 20404, 53118})


class RemoveOutcome(Enum):
    """What came of removing somebody. `GONE_BEFORE`: they had left by themselves."""

    REMOVED = "removed"
    GONE_BEFORE = "gone-before"
    NOT_VERIFIED = "not-verified"


@dataclass(frozen=True, slots=True)
class RemoveResult:
    """What came of removing somebody, and the participant as Twilio last told it; `people` others are in the room.

    `unwritten` is a sentence where the change was made but the journal could not take its result.
    """

    outcome: RemoveOutcome
    participant: Participant
    people: int
    unwritten: str | None = None


async def remove(desk: Desk, room_sid: str, participant_sid: str) -> RemoveResult:
    """Put this participant out of the room; see `Actions.remove`."""
    undone = f"participant {participant_sid} was not removed from room {room_sid}"
    desk.may_change(undone)
    sight = await desk.look(room_sid)
    participant = await desk.gateway.participant(room_sid, participant_sid, urgent=True)
    others = sum(each.sid != participant_sid for each in sight.roster.present)
    if not participant.is_present:
        return RemoveResult(RemoveOutcome.GONE_BEFORE, participant, others)
    audit = desk.audit(
        "remove-participant",
        undone,
        **about(sight.room),
        people=others + 1,
        participant_sid=participant.sid,
        identity=participant.identity.raw,
    )
    result, unwritten = await carry_out(audit, lambda: _remove_and_see(desk, sight.room.sid, participant, others))
    return replace(result, unwritten=unwritten)


async def _remove_and_see(desk: Desk, room_sid: str, participant: Participant, others: int) -> Done[RemoveResult]:
    # Both are addressed by what was asked for: an answer may leave out the room.
    try:
        told, request_id = await desk.gateway.remove_participant(room_sid, participant.sid)
    except TwilioError as error:
        if isinstance(error, Refused) and (error.code in _GONE_ALREADY or isinstance(error, NotFound)):
            seen = await _were_gone(desk, room_sid, participant, others, error)
        elif is_plain(error):
            raise
        else:
            seen = await _after_no_answer(desk, room_sid, participant, others, error)
        return Done(seen, seen.outcome.value, error.sentence, request_id_of(error))
    seen = await _verify(desk, room_sid, told, others)
    return Done(seen, seen.outcome.value, seen.participant.status, request_id)


async def _were_gone(
    desk: Desk, room_sid: str, participant: Participant, others: int, error: TwilioError
) -> RemoveResult:
    seen = await _verify(desk, room_sid, participant, others)
    if seen.outcome is RemoveOutcome.REMOVED:
        return replace(seen, outcome=RemoveOutcome.GONE_BEFORE)
    raise error  # Twilio does not find them, and shows them all the same: nothing was done


async def _after_no_answer(
    desk: Desk, room_sid: str, participant: Participant, others: int, error: TwilioError
) -> RemoveResult:
    # No answer is not a no: they may have been put out all the same.
    seen = await _verify(desk, room_sid, participant, others)
    if seen.outcome is RemoveOutcome.REMOVED and not seen.participant.is_present:
        return seen  # Twilio keeps whoever was in a room: not to be found is not to be gone
    raise unclear(error, "They may or may not be removed yet: look again before you go on.") from error


async def _verify(desk: Desk, room_sid: str, participant: Participant, others: int) -> RemoveResult:
    for attempt in range(VERIFY_TRIES):
        if attempt:
            await desk.sleep(VERIFY_WAIT)
        try:
            participant = await desk.gateway.participant(room_sid, participant.sid, urgent=True)
        except NotFound:
            return RemoveResult(RemoveOutcome.REMOVED, participant, others)
        except TwilioError as error:
            if isinstance(error, Refused) and error.code in _GONE_ALREADY:
                return RemoveResult(RemoveOutcome.REMOVED, participant, others)
            break
        if not participant.is_present:
            return RemoveResult(RemoveOutcome.REMOVED, participant, others)
    return RemoveResult(RemoveOutcome.NOT_VERIFIED, participant, others)
