"""Creating a room, once: Twilio is never asked again where it gave no clear answer."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from roomtui.twilio_api.errors import NotFound, TwilioError
from roomtui.twilio_api.new_room import new_room_form
from roomtui.watch.desk import DATE_SLACK, VERIFY_TRIES, VERIFY_WAIT, Done, carry_out, is_plain, request_id_of, sentence

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.rooms.model import Room
    from roomtui.rooms.new_room import NewRoom
    from roomtui.watch.desk import Desk

# What a room tells of how it was asked for. Not its callback, an address that Twilio may write another way, nor its
# region: `gll` is whichever is near.
_TOLD: Final = (
    "type",
    "max_participants",
    "max_participant_duration",
    "empty_room_timeout",
    "unused_room_timeout",
    "record_participants_on_connect",
    "video_codecs",
)
# Some servers are called with a password in the address; it does not belong into a journal.
_SECRET_IN_URL: Final = re.compile("//[^/?#]*@")


class CreateOutcome(Enum):
    """What came of creating a room. `UNCLEAR`: Twilio gave no clear answer, and no room is seen to be the one."""

    CREATED = "created"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class CreateResult:
    """What came of creating a room, and the room as Twilio told it.

    Where it is unclear, `sentence` says what to do, and `room` is None. `unwritten` is a sentence where the room was
    made but the journal could not take its result.
    """

    outcome: CreateOutcome
    room: Room | None
    sentence: str | None = None
    unwritten: str | None = None


async def create_room(desk: Desk, new: NewRoom) -> CreateResult:
    """Create the room; see `Actions.create_room`."""
    what = "the room" if not new.unique_name else f"room {new.unique_name!a}"
    undone = f"{what} was not created"
    desk.may_change(undone)
    # Whoever has the name now is not the room that is to be made. Twilio itself says no to a name that is taken.
    taken_by = await _in_progress(desk, new.unique_name) if new.unique_name else None
    audit = desk.audit("create-room", undone, room_name=new.unique_name, asked=_asked(new))
    result, unwritten = await carry_out(audit, lambda: _create_and_see(desk, new, taken_by))
    return replace(result, unwritten=unwritten)


async def _create_and_see(desk: Desk, new: NewRoom, taken_by: Room | None) -> Done[CreateResult]:
    asked_at = desk.clock.now()
    try:
        told, request_id = await desk.gateway.create_room(new)
    except TwilioError as error:
        if is_plain(error):
            raise
        result = await _after_no_answer(desk, new, taken_by, asked_at, error)
        facts = {} if result.room is None else {"room_sid": result.room.sid}
        return Done(result, result.outcome.value, error.sentence, request_id_of(error), facts)
    with suppress(TwilioError):  # a room so new may not be found for a moment; Twilio has told of it
        told = await desk.gateway.room(told.sid, urgent=True)
    return Done(CreateResult(CreateOutcome.CREATED, told), "created", told.status, request_id, {"room_sid": told.sid})


async def _after_no_answer(
    desk: Desk, new: NewRoom, taken_by: Room | None, asked_at: datetime, error: TwilioError
) -> CreateResult:
    """No answer is not a no: a room of that name, made since and made like that, is the one."""
    if not new.unique_name:
        return _unclear(
            error, "A room without a name may have been created or not: look for a new one among the rooms."
        )
    for attempt in range(VERIFY_TRIES):
        if attempt:
            await desk.sleep(VERIFY_WAIT)
        try:
            seen = await _in_progress(desk, new.unique_name)
        except TwilioError:
            break
        if seen is None or (taken_by is not None and seen.sid == taken_by.sid):
            continue
        if seen.date_created is not None and seen.date_created < asked_at - DATE_SLACK:
            continue  # it was there before, though it was not found
        if _is_like(seen, new):
            return CreateResult(CreateOutcome.CREATED, seen)
        return _unclear(error, "A room of this name was created meanwhile, but not as it was asked for: look at it.")
    return _unclear(error, "The room may or may not be created yet: look for it before you create it again.")


def _unclear(error: TwilioError, what_now: str) -> CreateResult:
    return CreateResult(CreateOutcome.UNCLEAR, None, f"{sentence(error.sentence)} {what_now}")


async def _in_progress(desk: Desk, name: str) -> Room | None:
    try:
        room = await desk.gateway.room(name, urgent=True)
    except NotFound:
        return None
    # A name may look like another room's SID; by SID Twilio finds that one, even if it is over.
    return room if room.is_live and room.unique_name.raw == name else None


def _is_like(room: Room, new: NewRoom) -> bool:
    """Whether nothing that the room tells of itself is other than it was asked for."""
    for name in _TOLD:
        asked, told = getattr(new, name), getattr(room, name)
        if asked is None or told is None:
            continue
        if name == "video_codecs":
            asked, told = frozenset(asked), frozenset(told)
            if not asked:
                continue  # none named means all
        if asked != told:
            return False
    return True


def _asked(new: NewRoom) -> dict[str, object]:
    """What was asked for, under the API's names: every parameter that was given, but the name."""
    form = {name: value for name, value in new_room_form(new).items() if value is not None and name != "UniqueName"}
    if new.status_callback is not None:
        form["StatusCallback"] = _SECRET_IN_URL.sub("//***@", new.status_callback)
    return form
