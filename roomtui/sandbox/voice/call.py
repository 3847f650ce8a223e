"""A phone call: who calls whom, how far it got, and what it went through.

Rules: the Call resource page and the OpenAPI document (`api.v2010.account.call`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from roomtui.sandbox.clock import Timer
    from roomtui.sandbox.voice.interpreter import Interpreter

LONGEST_SECONDS = 14_400
"""A call ends after four hours unless `TimeLimit` says otherwise (Voice: "call duration limit")."""

RING_SECONDS = 60
"""`Timeout`: how long a phone may ring (OpenAPI, create a call)."""

_KEPT = 500
"""Steps and notices kept of one call: one that loops for hours must not fill the memory."""


class CallStatus(str, Enum):
    """OpenAPI, `call_enum_status`."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more can happen to the call."""
        return self not in {CallStatus.QUEUED, CallStatus.RINGING, CallStatus.IN_PROGRESS}


class Direction(str, Enum):
    """OpenAPI, 'direction'."""

    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_DIAL = "outbound-dial"


@dataclass(frozen=True, slots=True)
class Target:
    """Where TwiML is to be had: a URL and the HTTP method to ask it with."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a call is to do: a document, or the place to get it from."""

    twiml: str | None = None
    target: Target | None = None
    fallback: Target | None = None


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """Who is told how a call gets on, and of what: `initiated`, `ringing`, `answered`, `completed`."""

    target: Target
    events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning or error of Twilio's debugger."""

    at: datetime
    code: int
    message: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the call did."""

    at: datetime
    what: str
    detail: str = ""


@dataclass(eq=False)
class PhoneCall:
    """One leg: a phone and Twilio. All instants of the resource are whole seconds, so that they add up.

    Attributes:
        number: grows with every call: the order of lists and pages.
        caller: `from`. A phone number in E.164, `client:...` or `sip:...`, as `called` is.
        called: `to`.
        timeout: seconds it may ring.
        time_limit: seconds it may last from the answer on.
        queue_time: milliseconds it was expected to wait for the account's calls per second.
        end_time: set only for a call that was completed (OpenAPI: "empty if the call did not complete successfully").
        sip_code: the SIP response that ended an outbound call before it was answered.
        participant_sid: of the room participant that the call is, or was last.
        room_sid: of the room the call is in, or was last.
    """

    sid: str
    number: int
    account_sid: str
    direction: Direction
    caller: str
    called: str
    date_created: datetime
    date_updated: datetime
    instructions: Instructions = field(default_factory=Instructions)
    status: CallStatus = CallStatus.QUEUED
    status_callback: StatusCallback | None = None
    parent: PhoneCall | None = None
    timeout: int = RING_SECONDS
    time_limit: int = LONGEST_SECONDS
    queue_time: int = 0
    detects_machines: bool = False
    answered_by: str | None = None
    forwarded_from: str | None = None
    sip_code: int | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    callbacks_sent: int = 0
    participant_sid: str | None = None
    room_sid: str | None = None
    interpreter: Interpreter | None = None
    timers: dict[str, Timer] = field(default_factory=dict)
    notices: deque[Notice] = field(default_factory=lambda: deque(maxlen=_KEPT))
    steps: deque[Step] = field(default_factory=lambda: deque(maxlen=_KEPT))

    @property
    def is_live(self) -> bool:
        """Whether something may still happen to it."""
        return not self.status.is_final

    @property
    def duration(self) -> int | None:
        """Seconds from the answer to the end. None for busy, failed, unanswered or ongoing calls (OpenAPI)."""
        if self.start_time is None or self.end_time is None:
            return None
        return int((self.end_time - self.start_time).total_seconds())

    @property
    def person(self) -> str:
        """The address of the phone at the other end: it is the caller of an inbound call, else the called one."""
        return self.caller if self.direction is Direction.INBOUND else self.called

    def set_timer(self, name: str, timer: Timer) -> None:
        """Replace the timer of that name."""
        self.stop_timer(name)
        self.timers[name] = timer

    def stop_timer(self, name: str) -> None:
        """What the timer would have done does not happen."""
        timer = self.timers.pop(name, None)
        if timer is not None:
            timer.cancel()
