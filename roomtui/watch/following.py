"""Following a call until the phone is in the room, or the call is over."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from roomtui.rooms.calls import CallStatus, why_over
from roomtui.rooms.model import ParticipantStatus
from roomtui.rooms.personal import is_phone
from roomtui.rooms.twiml import HazardKind, hazards
from roomtui.twilio_api.errors import Refused, TwilioError
from roomtui.watch.desk import DATE_SLACK, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from roomtui.rooms.calls import Call
    from roomtui.rooms.model import Participant, Roster
    from roomtui.watch.desk import Desk, Sight
    from roomtui.watch.dialling import Dialling

_EVERY: Final = 1.0
# A phone is in the room soon after the answer; up to a minute was seen.
_PATIENCE: Final = 60.0
# So long is waited for a phone's own identity before the only newcomer is taken for it.
_ANYBODY_AFTER: Final = 10.0
# Nothing heard of the call for so long, or nothing that is understood: then it is not known what becomes of it.
_TROUBLE_MAX: Final = 120.0


class DialStage(Enum):
    """How far a call has come; the last three are final.

    `NOT_IN_THE_ROOM`: it is over, or it was given up to wait for it. `UNCLEAR`: nobody knows whether a call was made.
    """

    PLACED = "placed"
    RINGING = "ringing"
    ANSWERED = "answered"
    IN_THE_ROOM = "in-the-room"
    NOT_IN_THE_ROOM = "not-in-the-room"
    UNCLEAR = "unclear"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is told after it."""
        return self in {DialStage.IN_THE_ROOM, DialStage.NOT_IN_THE_ROOM, DialStage.UNCLEAR}


@dataclass(frozen=True, slots=True)
class DialStep:
    """A call has come to another stage. `sentence` is safe to show and holds neither number nor name.

    `call` is None where none was made, or none is known; `participant` is who the phone is, or was, in the room.
    `unwritten` is a sentence where the journal could not take what was done.
    """

    stage: DialStage
    sentence: str
    call: Call | None
    participant: Participant | None
    unwritten: str | None = None


_STAGES: Final[Mapping[str, DialStage]] = {
    CallStatus.RINGING: DialStage.RINGING,
    CallStatus.IN_PROGRESS: DialStage.ANSWERED,
}
_KNOWN: Final = frozenset(CallStatus)
_ORDER: Final = (DialStage.PLACED, DialStage.RINGING, DialStage.ANSWERED)
_WORDS: Final = {
    DialStage.RINGING: "It rings.",
    DialStage.ANSWERED: "Answered; waiting for the phone to enter the room.",
}
# What keeps a call out of a room, as far as the room itself shows it.
_KEPT_OUT: Final = frozenset(
    {HazardKind.NOT_IN_PROGRESS, HazardKind.NOT_GROUP, HazardKind.ROOM_FULL, HazardKind.PHONES_FULL}
)


class Following:
    """Looks at one call about every second, and once it is answered at the room.

    Args:
        desk: what to ask with.
        dialling: who was called into which room.
        before: who was in the room before the call, and who had been.
        call: as it was placed.
    """

    def __init__(self, desk: Desk, dialling: Dialling, before: Roster, call: Call) -> None:
        self._desk = desk
        self._dialling = dialling
        self._before = frozenset(participant.sid for participant in before.everybody)
        self._call = call
        self._stage = DialStage.PLACED
        self._not_answered_at = desk.clock.now()
        self._answered_at = 0.0
        self._heard_at = desk.monotonic()
        self._wait = _EVERY

    async def next_step(self) -> DialStep:
        """Wait until the call has come to another stage. Passing trouble is waited out; raises no `TwilioError`."""
        while True:
            if self._wait:
                await self._desk.sleep(self._wait)
            self._wait = _EVERY
            step = await self._look()
            if step is not None:
                return step

    async def _look(self) -> DialStep | None:
        began = self._desk.clock.now()
        try:
            self._call = await self._desk.gateway.call(self._call.sid, urgent=True)
        except TwilioError as error:
            return await self._in_trouble(error)
        if self._call.status in _KNOWN:
            self._heard_at = self._desk.monotonic()
        if self._call.is_over:
            return await self._over()
        if self._stage is DialStage.ANSWERED:
            return await self._look_for_the_phone()
        if self._has_heard_nothing:
            return await self._given_up("Twilio tells no status of the call that is known here.")
        stage = _STAGES.get(self._call.status, self._stage)
        if _ORDER.index(stage) <= _ORDER.index(self._stage):
            self._not_answered_at = began
            return None
        self._stage = stage
        if stage is DialStage.ANSWERED:
            self._answered_at = self._desk.monotonic()
            self._wait = 0.0  # the phone may be in the room as soon as this is told
        else:
            self._not_answered_at = began
        return self._step(stage, _WORDS[stage])

    async def _look_for_the_phone(self) -> DialStep | None:
        waited = self._desk.monotonic() - self._answered_at
        newcomers: list[Participant] = []
        unseen = None
        try:
            newcomers = await self._come_in()
        except TwilioError as error:  # the next look may do better; who never gets one runs out of patience
            unseen = error
        if (phone := self._phone_among(newcomers)) is not None:
            return self._step(DialStage.IN_THE_ROOM, "The phone is in the room.", phone)
        if waited >= _ANYBODY_AFTER and (somebody := self._only_one(newcomers)) is not None:
            told = "The phone is probably in the room: one participant has come in since it was answered."
            return self._step(DialStage.IN_THE_ROOM, told, somebody)
        if waited < _PATIENCE:
            return None
        if unseen is not None:
            told = f"It was answered {_PATIENCE:.0f} s ago; whether it is in the room is not known. The call goes on."
            return self._step(DialStage.NOT_IN_THE_ROOM, f"{sentence(unseen.sentence)} {told}")
        told = f"Answered {_PATIENCE:.0f} s ago, and not in the room yet; the call goes on."
        return self._step(DialStage.NOT_IN_THE_ROOM, " ".join((told, *self._kept_out(await self._sight()))))

    async def _over(self) -> DialStep:
        if self._call.status != CallStatus.COMPLETED:
            return self._step(DialStage.NOT_IN_THE_ROOM, why_over(self._call, joined=False))
        # It was answered: the phone may have been in the room between two looks.
        sight = await self._sight()
        phone = self._phone_among(self._newcomers(sight.roster.everybody)) if sight is not None else None
        told = why_over(self._call, joined=phone is not None)
        if phone is None:
            told = " ".join((told, *self._kept_out(sight)))
        return self._step(DialStage.NOT_IN_THE_ROOM, told, phone)

    async def _in_trouble(self, error: TwilioError) -> DialStep | None:
        if self._has_heard_nothing:
            return await self._given_up(sentence(error.sentence))
        if isinstance(error, Refused) and error.retry_after is not None:
            self._wait = max(_EVERY, error.retry_after)
        return None

    @property
    def _has_heard_nothing(self) -> bool:
        return self._desk.monotonic() - self._heard_at >= _TROUBLE_MAX

    async def _given_up(self, why: str) -> DialStep:
        """Nothing more is heard of the call; but the room may tell."""
        with suppress(TwilioError):
            if (phone := self._phone_among(await self._come_in())) is not None:
                return self._step(DialStage.IN_THE_ROOM, "The phone is in the room.", phone)
        return self._step(DialStage.NOT_IN_THE_ROOM, f"{why} It is not known what became of the call.")

    async def _come_in(self) -> list[Participant]:
        """Those who have come into the room since the call was made, and are in it.

        Raises:
            TwilioError: Twilio could not be asked.
        """
        people = await self._desk.gateway.participants(
            self._dialling.room.sid, status=ParticipantStatus.CONNECTED.value, urgent=True
        )
        # A record that tells its status counts more than the question did.
        return [each for each in self._newcomers(people) if each.status in {ParticipantStatus.CONNECTED, ""}]

    async def _sight(self) -> Sight | None:
        try:
            return await self._desk.look(self._dialling.room.sid)
        except TwilioError:
            return None

    def _newcomers(self, people: Iterable[Participant]) -> list[Participant]:
        return [each for each in people if each.sid not in self._before]

    def _phone_among(self, newcomers: list[Participant]) -> Participant | None:
        """The newcomer with the identity that was asked for, or the one that Twilio makes up for this number."""
        asked, number = self._dialling.identity, self._dialling.to
        for each in newcomers:
            identity = each.identity.raw
            if identity == asked if asked else is_phone(identity) and identity.startswith(f"{number}-"):
                return each
        return None

    def _only_one(self, newcomers: list[Participant]) -> Participant | None:
        """The only one who has come since the answer, for Twilio's documents call a made-up identity random.

        Nobody where the identity was asked for, nor another phone.
        """
        if self._dialling.identity:
            return None
        since = self._not_answered_at.replace(microsecond=0) - DATE_SLACK
        come = [each for each in newcomers if each.start_time is None or each.start_time >= since]
        return come[0] if len(come) == 1 and not is_phone(come[0].identity.raw) else None

    def _kept_out(self, sight: Sight | None) -> tuple[str, ...]:
        if sight is None:
            return ()
        return tuple(each.sentence for each in hazards(sight.room, sight.roster) if each.kind in _KEPT_OUT)

    def _step(self, stage: DialStage, told: str, participant: Participant | None = None) -> DialStep:
        return DialStep(stage, told, self._call, participant)
