"""Starting and stopping the recording of a room, through its recording rules (Recording Rules API)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from roomtui.rooms.recording import EVERYTHING, NOTHING, Recording
from roomtui.rooms.recording import recording as state_of
from roomtui.twilio_api.errors import TwilioError
from roomtui.twilio_api.media import rule_to_api
from roomtui.watch.desk import VERIFY_TRIES, VERIFY_WAIT, Done, about, carry_out, is_plain, request_id_of, unclear

if TYPE_CHECKING:
    from roomtui.rooms.recording import RecordingRules
from roomtui.watch.desk import Desk


class RecordOutcome(Enum):
    """What came of starting or stopping. `WAS_SO_BEFORE`: everything (or nothing) was recorded already."""

    DONE = "done"
    WAS_SO_BEFORE = "was-so-before"
    NOT_VERIFIED = "not-verified"


@dataclass(frozen=True, slots=True)
class RecordResult:
    """What came of starting or stopping a recording, and the rules as Twilio last told them.

    `unwritten` is a sentence where the change was made but the journal could not take its result.
    """

    outcome: RecordOutcome
    rules: RecordingRules
    unwritten: str | None = None


async def record(desk: Desk, room_sid: str, *, on: bool) -> RecordResult:
    """Record everything in the room from now on, or nothing; see `Actions.record`."""
    undone = f"the recording of room {room_sid} was not {'started' if on else 'stopped'}"
    desk.may_change(undone)
    before = await desk.gateway.recording_rules(room_sid, urgent=True)
    if _is_so(before, on=on):
        return RecordResult(RecordOutcome.WAS_SO_BEFORE, before)
    sight = await desk.look(room_sid)
    audit = desk.audit(
        "start-recording" if on else "stop-recording",
        undone,
        **about(sight.room),
        people=sight.roster.connected,
        # Setting rules replaces them all: what stood there before is told here and nowhere else.
        rules_before=[rule_to_api(rule) for rule in before.rules],
    )
    result, unwritten = await carry_out(audit, lambda: _record_and_see(desk, before, on=on))
    return replace(result, unwritten=unwritten)


async def _record_and_see(desk: Desk, before: RecordingRules, *, on: bool) -> Done[RecordResult]:
    try:
        told, request_id = await desk.gateway.set_recording_rules(before.room_sid, EVERYTHING if on else NOTHING)
    except TwilioError as error:
        if is_plain(error):
            raise
        # No answer is not a no: the rules may have been set all the same.
        seen = await _verify(desk, before, on=on)
        if seen.outcome is not RecordOutcome.DONE:
            what = "start" if on else "stop"
            raise unclear(error, f"The recording may or may not {what} yet: look again before you go on.") from error
        return Done(seen, seen.outcome.value, error.sentence, request_id_of(error))
    seen = await _verify(desk, told, on=on)
    return Done(seen, seen.outcome.value, state_of(seen.rules.rules).value, request_id)


async def _verify(desk: Desk, rules: RecordingRules, *, on: bool) -> RecordResult:
    for attempt in range(VERIFY_TRIES):
        if attempt:
            await desk.sleep(VERIFY_WAIT)
        try:
            rules = await desk.gateway.recording_rules(rules.room_sid, urgent=True)
        except TwilioError:
            break
        if _is_so(rules, on=on):
            return RecordResult(RecordOutcome.DONE, rules)
    return RecordResult(RecordOutcome.NOT_VERIFIED, rules)


def _is_so(rules: RecordingRules, *, on: bool) -> bool:
    return state_of(rules.rules) is (Recording.ON if on else Recording.OFF)
