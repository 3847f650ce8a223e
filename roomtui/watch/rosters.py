"""Reading who is in a room, in as few reads as the truth allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.rooms.model import ParticipantStatus, Roster

if TYPE_CHECKING:
    from roomtui.rooms.clock import Clock
    from roomtui.rooms.model import Participant
    from roomtui.twilio_api.gateway import Gateway


async def read_roster(
    gateway: Gateway,
    room_sid: str,
    clock: Clock,
    *,
    before: Roster | None = None,
    everybody: bool = False,
    urgent: bool = False,
) -> Roster:
    """The roster of a live room.

    One read where the same people (or more) are connected as before. A list of the connected need not hold those who
    are reconnecting (Participants resource does not say), and they keep a room open: the first time, when somebody is
    missing, or nobody is there, they are asked for too. Who has left matters once nobody is present.

    Args:
        gateway: Twilio.
        room_sid: the room.
        clock: Twilio's time, for `as_of`.
        before: the roster as last read, if it was.
        everybody: read those reconnecting and those who left in any case.
        urgent: a person waits for it.

    Raises:
        TwilioError: as `Gateway.participants`.
    """
    present = await _of(gateway, room_sid, ParticipantStatus.CONNECTED, urgent=urgent)
    missing = before is not None and not {p.sid for p in before.present} <= {p.sid for p in present}
    if everybody or missing or not present or before is None:
        reconnecting = await _of(gateway, room_sid, ParticipantStatus.RECONNECTING, urgent=urgent)
        present = _once(present + reconnecting)
    gone = before.gone if before is not None else None
    if everybody or missing or not present:
        gone = await _of(gateway, room_sid, ParticipantStatus.DISCONNECTED, urgent=urgent)
        # Between two reads somebody may have left: then the later answer is the true one.
        left = {p.sid for p in gone}
        present = tuple(p for p in present if p.sid not in left)
        if before is not None and not {p.sid for p in before.present} <= left | {p.sid for p in present}:
            # Neither here nor gone: they came back between the reads, and a room with somebody in it is not empty.
            back = await _of(gateway, room_sid, ParticipantStatus.CONNECTED, urgent=urgent)
            present = _once(present + tuple(p for p in back if p.sid not in left))
    return Roster(present, gone, clock.now())


async def read_last_roster(gateway: Gateway, room_sid: str, clock: Clock, *, urgent: bool = False) -> Roster:
    """The roster of a room that has ended: everybody who was in it.

    Raises:
        TwilioError: as `Gateway.participants`.
    """
    gone = await _of(gateway, room_sid, ParticipantStatus.DISCONNECTED, urgent=urgent)
    return Roster((), gone, clock.now())


async def _of(gateway: Gateway, room_sid: str, status: ParticipantStatus, *, urgent: bool) -> tuple[Participant, ...]:
    participants = await gateway.participants(room_sid, status=status.value, urgent=urgent)
    # Each record tells its own status; it counts more than the question did.
    gone = status is ParticipantStatus.DISCONNECTED
    return tuple(participant for participant in participants if participant.is_present is not gone)


def _once(participants: tuple[Participant, ...]) -> tuple[Participant, ...]:
    return tuple({participant.sid: participant for participant in participants}.values())
