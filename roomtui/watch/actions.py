"""What may be done to rooms: checked, written down, done, verified."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from roomtui.twilio_api.errors import Broken, NotFound, Refused, TwilioError
from roomtui.watch.journal import JournalError
from roomtui.watch.rosters import read_last_roster, read_roster

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.model import Room, Roster
    from roomtui.twilio_api.gateway import Gateway
    from roomtui.watch.journal import Journal

# Twilio's ways to say that the room had ended already: status invalid, room completed, not found.
_ENDED_ALREADY: Final = frozenset({53112, 53118, 20404})
_VERIFY_TRIES: Final = 3
_VERIFY_WAIT: Final = 0.5


class ReadOnlyError(Exception):
    """This profile or session may not change anything; `str()` is one sentence for people."""


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


@dataclass(frozen=True, slots=True)
class Sight:
    """A room and its roster, read just now."""

    room: Room
    roster: Roster


class Actions:
    """Everything that changes something at Twilio. Each change stands in the journal before it is made.

    Args:
        gateway: Twilio.
        journal: where the changes are written down.
        clock: Twilio's time.
        context: what every audit line says: who, host, profile, account.
        read_only: refuse everything.
        sleep: waits between two looks at the result (seconds).
    """

    def __init__(
        self,
        gateway: Gateway,
        journal: Journal,
        clock: Clock,
        *,
        context: Mapping[str, str],
        read_only: bool = False,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.read_only = read_only
        self._gateway = gateway
        self._journal = journal
        self._clock = clock
        self._context = dict(context)
        self._sleep = sleep

    async def look(self, name_or_sid: str) -> Sight:
        """The room and who is in it, read now, as a dialog has to show them.

        Raises:
            TwilioError: Twilio could not be asked or does not know the room.
        """
        room = await self._gateway.room(name_or_sid, urgent=True)
        if not room.is_live:
            return Sight(room, await read_last_roster(self._gateway, room.sid, self._clock, urgent=True))
        # Everybody: who has lost the connection for a moment is in the room all the same, and would be put out.
        roster = await read_roster(self._gateway, room.sid, self._clock, everybody=True, urgent=True)
        return Sight(room, roster)

    async def end_room(self, sid: str, *, even_if_occupied: bool) -> EndResult:
        """End the room of this SID for everybody, and see that it has ended.

        Args:
            sid: the room.
            even_if_occupied: whether the person has confirmed that people are put out.

        Raises:
            ReadOnlyError: nothing may be changed here.
            JournalError: it cannot be written down, so it was not done.
            TwilioError: Twilio refused, or could not be asked; or it gave no clear answer, and the room is not seen
                to have ended.
        """
        if self.read_only:
            raise ReadOnlyError(f"This is read-only: room {sid} was not ended. Leave out --read-only to change things.")
        sight = await self.look(sid)
        people = sight.roster.connected
        if not sight.room.is_live:
            return EndResult(EndOutcome.ENDED_BEFORE, sight.room, people)
        if people and not even_if_occupied:
            return EndResult(EndOutcome.OCCUPIED, sight.room, people)
        audit = _Audit(self._journal, self._clock, self._context | _about(sight.room), people)
        try:
            await audit.before()
        except JournalError as error:
            raise JournalError(f"Room {sid} was not ended, because it cannot be written down. {error}") from error
        try:
            result, facts = await self._end_and_see(sight.room, people)
        except TwilioError as error:
            answer = error if isinstance(error, Refused) else error.__cause__  # an unclear one may have an id as well
            request_id = answer.request_id if isinstance(answer, Refused) else None
            outcome = "refused" if isinstance(error, Refused) else "no-answer"
            await audit.after(outcome=outcome, answer=error.sentence, request_id=request_id)
            raise
        except asyncio.CancelledError:
            await audit.after(outcome="interrupted")
            raise
        unwritten = await audit.after(outcome=result.outcome.value, **facts)
        return replace(result, unwritten=unwritten)

    async def _end_and_see(self, room: Room, people: int) -> tuple[EndResult, dict[str, object]]:
        """End it, and look whether it has ended; the result, and what the journal is to say of Twilio's answer."""
        try:
            told, request_id = await self._gateway.end_room(room.sid)
        except Refused as error:
            if error.code in _ENDED_ALREADY or isinstance(error, NotFound):
                seen = await self._verify(room, people)
                return replace(seen, outcome=EndOutcome.ENDED_BEFORE), _facts(error.sentence, error.request_id)
            if not isinstance(error, Broken):
                raise
            return await self._after_no_answer(room, people, error), _facts(error.sentence, error.request_id)
        except TwilioError as error:
            return await self._after_no_answer(room, people, error), _facts(error.sentence, None)
        result = await self._verify(told, people)
        return result, _facts(result.room.status, request_id)

    async def _after_no_answer(self, room: Room, people: int, error: TwilioError) -> EndResult:
        # No answer is not a no: the room may have ended all the same.
        seen = await self._verify(room, people)
        if seen.outcome is EndOutcome.ENDED:
            return seen
        told = error.sentence if error.sentence.endswith((".", "?", "!")) else f"{error.sentence}."
        raise TwilioError(f"{told} The room may or may not end yet: look again before you go on.") from error

    async def _verify(self, room: Room, people: int) -> EndResult:
        for attempt in range(_VERIFY_TRIES):
            if attempt:
                await self._sleep(_VERIFY_WAIT)
            try:
                seen = await self._gateway.room(room.sid, urgent=True)
            except NotFound:
                continue  # just after an end Twilio may not find the room for a moment
            except TwilioError:
                return EndResult(EndOutcome.NOT_VERIFIED, room, people)
            if not seen.is_live:
                return EndResult(EndOutcome.ENDED, seen, people)
            room = seen
        # Never found again: then Twilio's answer to the end itself is the last word.
        return EndResult(EndOutcome.NOT_VERIFIED if room.is_live else EndOutcome.ENDED, room, people)


def _facts(answer: str, request_id: str | None) -> dict[str, object]:
    return {"answer": answer, "request_id": request_id}


class _Audit:
    """The two lines that a change leaves in the journal, tied together by an id."""

    def __init__(self, journal: Journal, clock: Clock, context: Mapping[str, str], people: int) -> None:
        self._journal = journal
        self._clock = clock
        self._common = {"kind": "audit", "action": "end-room", "id": uuid.uuid4().hex, **context, "people": people}

    async def before(self) -> None:
        """Write down what is about to be done.

        Raises:
            JournalError: it may not be done.
        """
        await self._write("before")

    async def after(self, **facts: object) -> str | None:
        """Write down what came of it; a sentence if that failed, for it cannot be undone."""
        try:
            await self._write("after", **facts)
        except JournalError as error:
            return str(error)
        return None

    async def _write(self, phase: str, **facts: object) -> None:
        # In a thread: a slow disk, or another writer, shall not keep the screen waiting.
        line = {"at": self._clock.now().isoformat(), "phase": phase, **self._common, **facts}
        await asyncio.to_thread(self._journal.write, line)


def _about(room: Room) -> dict[str, str]:
    return {"room_sid": room.sid, "room_name": room.unique_name.raw}
