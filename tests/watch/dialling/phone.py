"""A phone that is dialled from a desk, and does what a test says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.rooms.calls import CallStatus
from roomtui.watch.actions import Dialling, DialStage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from roomtui.twilio_api.errors import TwilioError
    from roomtui.watch.actions import DialStep
    from tests.watch.deeds import Desk

THEM, US = "+16505550100", "+16505550199"
PHONE = f"{THEM}-634a594e"
CALL = "CA" + "1".rjust(32, "0")
RINGING, ANSWERED = CallStatus.RINGING, CallStatus.IN_PROGRESS
STAGES = [DialStage.PLACED, DialStage.RINGING, DialStage.ANSWERED]


class Phone:
    """A desk, a room with alice in it, and a phone that does what the script says."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.twilio = desk.twilio
        self.room = desk.twilio.opens("Board & Co")
        desk.twilio.joins(self.room, "alice")

    def dialling(self, identity: str = "", fallback_say: str = "") -> Dialling:
        return Dialling(self.twilio.rooms[self.room], THEM, US, identity, fallback_say)

    def dial(self, identity: str = "", fallback_say: str = "") -> AsyncIterator[DialStep]:
        return self.desk.actions.dial(self.dialling(identity, fallback_say))

    async def told(self, identity: str = "") -> list[DialStep]:
        return [step async for step in self.dial(identity)]

    def is_(self, status: str, *, at: float, duration: int | None = None) -> None:
        self.desk.after(at, lambda: self.twilio.call_is(CALL, status, duration=duration))

    def joins(self, identity: str, *, at: float) -> None:
        self.desk.after(at, lambda: self.twilio.joins(self.room, identity))

    def rings_and_is_answered(self) -> None:
        self.is_(RINGING, at=2)
        self.is_(ANSWERED, at=5)

    def trouble(self, what: str, error: TwilioError, *, since: float, until: float) -> None:
        self.desk.after(since, lambda: self.twilio.trouble.update({what: error}))
        self.desk.after(until, lambda: self.twilio.trouble.pop(what))


def stages(steps: list[DialStep]) -> list[DialStage]:
    return [step.stage for step in steps]
