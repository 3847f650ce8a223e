"""Phone calls, as Twilio tells of them (Calls resource, API 2010-04-01)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from roomtui.rooms.countdown import span

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.rooms.untrusted import Untrusted


class CallStatus(str, Enum):
    """The values of a call's status that Twilio documents; a call keeps whatever string it was told."""

    QUEUED = "queued"
    INITIATED = "initiated"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"


_OVER: Final = frozenset(
    {CallStatus.COMPLETED, CallStatus.BUSY, CallStatus.FAILED, CallStatus.NO_ANSWER, CallStatus.CANCELED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One phone call. Times are aware UTC; `duration` is seconds."""

    sid: str
    status: str
    to: Untrusted
    from_: Untrusted
    direction: str | None = None
    date_created: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    duration: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will become of it. A status that we do not know is no end."""
        return self.status in _OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """A call to be made: `to` and `from_` as E.164 (`+` and digits); `twiml` says what becomes of it when answered.

    `ring_seconds` is how long it may ring before it counts as not answered; None leaves that to Twilio (60 s).
    """

    to: str
    from_: str
    twiml: str
    ring_seconds: int | None = None


_NOT_ANSWERED: Final = {
    CallStatus.BUSY: "The line is busy.",
    CallStatus.NO_ANSWER: "Nobody answered.",
    CallStatus.CANCELED: "The call was called off before anybody answered.",
    CallStatus.FAILED: "The call could not be put through: the number is wrong, or cannot be reached from yours.",
}


def why_over(call: Call, *, joined: bool) -> str:
    """Why this call ended, in one sentence that holds neither number nor name.

    Args:
        call: as Twilio tells it; one that is not over is said to go on.
        joined: whether it had been in the room.
    """
    for status, sentence in _NOT_ANSWERED.items():
        if call.status == status:
            return sentence
    if not call.is_over:
        return "The call goes on."
    after = f" after {span(call.duration)}" if call.duration is not None else ""
    if joined:
        return f"The call ended{after}: it left the room and was hung up."
    # Twilio does not tell who hung up; and without a room of that name a call is hung up as well.
    return f"The call was answered and ended{after} without having come into the room."
