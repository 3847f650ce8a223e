"""Whom Twilio's answers told of: more than that nobody could know of who is in a room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.sandbox.world.participant import ParticipantStatus
from roomtui.twilio_api.sdk import SdkGateway

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from roomtui.rooms.model import Participant as Told
    from roomtui.sandbox.server import Sandbox
    from roomtui.sandbox.world.participant import Participant
    from roomtui.twilio_api.credentials import Credentials
    from roomtui.twilio_api.transport import Transport

# The connected, those reconnecting, and the connected once more: whoever is in none of these answers has lost the
# connection at least twice meanwhile, or come since.
_WHOLE = (ParticipantStatus.CONNECTED, ParticipantStatus.RECONNECTING, ParticipantStatus.CONNECTED)


class Heard:
    """Who was in an answer, as the sandbox's world has it: what the gateway made of it does not count.

    Args:
        sandbox: whose answers. No time may pass between an answer and the gateway's having read it.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._told: dict[str, dict[str, datetime]] = {}
        self._asked: dict[str, int] = {}

    def answered(self, room_sid: str, status: str | None) -> None:
        """Twilio has just answered who is in the room with this status."""
        room = self._sandbox.world.rooms.find(room_sid)
        if room is None or not room.is_live:
            return
        now, told = self._sandbox.clock.now(), self._told.setdefault(room_sid, {})
        for each in room.present.values():
            if each.status.value == status:
                told.setdefault(each.sid, now)
        asked = self._asked.setdefault(room_sid, 0)
        if asked < len(_WHOLE) and _WHOLE[asked].value == status:
            self._asked[room_sid] += 1

    def forget(self, room_sid: str) -> None:
        """This room has ended."""
        self._told.pop(room_sid, None)
        self._asked.pop(room_sid, None)

    def told_of(self, participant: Participant, by: datetime) -> bool:
        """Whether they were in any answer until then."""
        since = self._told.get(participant.room.sid, {}).get(participant.sid)
        return since is not None and since <= by

    def all_asked(self, room_sid: str) -> bool:
        """Whether all was asked of this room that there is to ask of a new one."""
        return self._asked.get(room_sid, 0) == len(_WHOLE)


class OverheardGateway(SdkGateway):
    """The gateway, and somebody who hears which questions about participants have been answered.

    Args:
        credentials: as for `SdkGateway`.
        transport: as for `SdkGateway`.
        answered: called with the room's SID and the status that was asked for.
    """

    def __init__(
        self, credentials: Credentials, transport: Transport, answered: Callable[[str, str | None], object]
    ) -> None:
        super().__init__(credentials, transport)
        self._answered = answered

    async def participants(self, room_sid: str, *, status: str | None = None, urgent: bool = False) -> tuple[Told, ...]:
        people = await super().participants(room_sid, status=status, urgent=urgent)
        self._answered(room_sid, status)
        return people
