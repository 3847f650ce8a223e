"""What may be done at Twilio: checked, written down, done, verified. Each subject has a module of its own."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from roomtui.watch.creating import CreateOutcome, CreateResult, create_room
from roomtui.watch.desk import Desk, ReadOnlyError, Sight
from roomtui.watch.dialling import Dialling, dial
from roomtui.watch.ending import EndOutcome, EndResult, end_room
from roomtui.watch.following import DialStage, DialStep
from roomtui.watch.recording import RecordOutcome, RecordResult, record
from roomtui.watch.removing import RemoveOutcome, RemoveResult, remove

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.new_room import NewRoom
    from roomtui.rooms.recording import RecordingRules
    from roomtui.twilio_api.gateway import Gateway
    from roomtui.watch.journal import Journal

__all__ = [
    "Actions",
    "CreateOutcome",
    "CreateResult",
    "DialStage",
    "DialStep",
    "Dialling",
    "EndOutcome",
    "EndResult",
    "ReadOnlyError",
    "RecordOutcome",
    "RecordResult",
    "RemoveOutcome",
    "RemoveResult",
    "Sight",
]


class Actions:
    """Everything that changes something at Twilio. Each change stands in the journal before it is made.

    Args:
        gateway: Twilio.
        journal: where the changes are written down.
        clock: Twilio's time.
        context: what every audit line says: who, host, profile, account.
        read_only: refuse everything.
        sleep: waits between two looks at the result (seconds).
        monotonic: seconds that only grow.
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
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.read_only = read_only
        self._desk = Desk(gateway, journal, clock, dict(context), read_only, sleep, monotonic)

    async def look(self, name_or_sid: str) -> Sight:
        """The room and who is in it, read now, as a dialog has to show them.

        Raises:
            TwilioError: Twilio could not be asked or does not know the room.
        """
        return await self._desk.look(name_or_sid)

    async def create_room(self, new: NewRoom) -> CreateResult:
        """Create a room. Where Twilio gives no clear answer, the room of that name is looked for.

        Raises:
            ReadOnlyError: nothing may be changed here.
            JournalError: it cannot be written down, so it was not done.
            TwilioError: Twilio refused (`field_of` its code tells which field it means), or could not be asked
                whether the name is free.
        """
        return await create_room(self._desk, new)

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
        return await end_room(self._desk, sid, even_if_occupied=even_if_occupied)

    async def remove(self, room_sid: str, participant_sid: str) -> RemoveResult:
        """Put this participant out of the room, and see that they are gone. They may come back as another one.

        Raises:
            ReadOnlyError: nothing may be changed here.
            JournalError: it cannot be written down, so it was not done.
            TwilioError: Twilio refused, could not be asked, or does not know them; or it gave no clear answer, and
                they are not seen to be gone.
        """
        return await remove(self._desk, room_sid, participant_sid)

    async def recording(self, room_sid: str) -> RecordingRules:
        """The room's recording rules, read now.

        Raises:
            TwilioError: Twilio could not be asked, or refused: a room without media server has none (53122).
        """
        return await self._desk.gateway.recording_rules(room_sid, urgent=True)

    async def record(self, room_sid: str, *, on: bool) -> RecordResult:
        """Record everything in the room from now on, or nothing. The rules that stood before are replaced.

        Raises:
            ReadOnlyError: nothing may be changed here.
            JournalError: it cannot be written down, so it was not done.
            TwilioError: Twilio refused, or could not be asked; or it gave no clear answer, and the rules are not seen
                to have changed.
        """
        return await record(self._desk, room_sid, on=on)

    def dial(self, dialling: Dialling) -> AsyncGenerator[DialStep, None]:
        """Call a phone and put it into a room; a step each time the call has come to another stage, the last final.

        It may be closed at any time (`contextlib.aclosing`): the call goes on, nobody follows it any more.

        Raises (when the first step is asked for):
            ReadOnlyError: nothing may be changed here.
            TwimlError: the room's name or the identity cannot stand in TwiML.
            JournalError: it cannot be written down, so nobody was called.
            TwilioError: Twilio refused, or could not be asked. Once the call is placed no error is raised any more.
        """
        return dial(self._desk, dialling)
