"""The switchboard: makes calls, takes calls, and sees them through on the virtual clock."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from roomtui.sandbox.callbacks.log import Callback
from roomtui.sandbox.voice.call import (
    CallStatus,
    Direction,
    Notice,
    PhoneCall,
    StatusCallback,
    Step,
)
from roomtui.sandbox.voice.interpreter import Interpreter
from roomtui.sandbox.voice.messages import callback_parameters
from roomtui.sandbox.voice.numbers import BUSY_SECONDS, DIALLED_TALK_SECONDS, Behaviour, NumberBook
from roomtui.sandbox.voice.register import CallRegister
from roomtui.sandbox.world.events import EventKind
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.sids import SidMint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from roomtui.sandbox.voice.call import Instructions, Target
    from roomtui.sandbox.voice.errands import Outcome
    from roomtui.sandbox.voice.request import CallRequest, UpdateRequest
    from roomtui.sandbox.voice.verbs import DialledParty
    from roomtui.sandbox.world.events import Event
    from roomtui.sandbox.world.participant import Participant
    from roomtui.sandbox.world.world import World

    Errand = Callable[[Target, Mapping[str, str], Callable[[Outcome], None]], None]

CALLS_PER_SECOND = 1
"""How many calls of the REST API are dialled a second; the others queue (Call resource, "Calls Per Second")."""

_SETUP_SECONDS = 1.0
"""From dialling to the first ring, or to the news that it cannot be."""


class Switchboard:
    """All calls of the account.

    Args:
        world: the rooms that calls are connected to.
        errand: asks the customer's server, and calls back with what came of it.
        deliver: tells the customer's server how a call gets on.
        seed: same seed, same SIDs.

    Attributes:
        errand: as handed in.
        calls: every call.
        numbers: how phones behave.
    """

    def __init__(self, world: World, errand: Errand, deliver: Callable[[Callback], None], seed: int) -> None:
        self.world = world
        self.clock = world.clock
        self.errand = errand
        self._deliver = deliver
        self.calls = CallRegister()
        self.numbers = NumberBook()
        self._sids = SidMint(seed + 1)
        self._order = count(1)
        self._next_dial = world.clock.now()
        self._in_rooms: dict[str, PhoneCall] = {}
        world.happened.append(self._hear)

    # Calls begin

    def place(self, request: CallRequest) -> PhoneCall:
        """A call of the REST API: it is queued, and dialled at the account's pace."""
        now = self.clock.now()
        dial_at = max(now, self._next_dial)
        self._next_dial = dial_at + timedelta(seconds=1 / CALLS_PER_SECOND)
        call = self._new(Direction.OUTBOUND_API, request.caller, request.called)
        call.instructions = request.instructions
        call.status_callback = request.status_callback
        call.timeout, call.time_limit = request.timeout, request.time_limit
        call.detects_machines = request.detects_machines
        call.queue_time = int((dial_at - now).total_seconds() * 1000)
        for code, message in request.warnings:
            self.note(call, code, f"Invalid events for callSid: {call.sid} {message}" if code == 21626 else message)
        call.set_timer("progress", self.clock.at(dial_at, partial(self._dial_out, call)))
        return call

    def dial(self, parent: PhoneCall, party: DialledParty) -> PhoneCall:
        """A call of `<Dial>`, to be joined with the one that makes it."""
        call = self._new(Direction.OUTBOUND_DIAL, party.caller, party.called, parent)
        call.timeout, call.time_limit = party.timeout, party.time_limit
        call.status_callback = party.status_callback
        call.set_timer("progress", self.clock.at(self.clock.now(), partial(self._dial_out, call)))
        return call

    def receive(
        self,
        caller: str,
        called: str,
        instructions: Instructions,
        status_callback: StatusCallback | None = None,
        forwarded_from: str | None = None,
    ) -> PhoneCall:
        """Somebody calls a number of the account; the number's URL is asked what to do."""
        call = self._new(Direction.INBOUND, caller, called)
        call.instructions = instructions
        call.status_callback = status_callback
        call.forwarded_from = forwarded_from
        call.start_time = self.clock.second()
        self._become(call, CallStatus.RINGING)
        self._tell(call, "initiated")
        self._tell(call, "ringing")
        self._interpreter(call).begin(instructions)
        return call

    # Calls change

    def update(self, call: PhoneCall, request: UpdateRequest) -> None:
        """Change or redirect a live call (Call resource, "Update a call").

        Raises:
            Refusal: 21220 for a call that is over, or that is to follow other TwiML before it is answered.
        """
        is_answered = call.status is CallStatus.IN_PROGRESS
        if not call.is_live or (request.instructions is not None and request.status is None and not is_answered):
            raise Refusal(21220)
        if request.status_callback is not None:
            events = call.status_callback.events if call.status_callback else frozenset({"completed"})
            call.status_callback = StatusCallback(request.status_callback, events)
        if request.time_limit is not None:
            call.time_limit = request.time_limit
            if is_answered:
                self._limit(call)
        if request.status == "completed" or (request.status == "canceled" and not is_answered):
            self.hang_up(call)
        elif request.instructions is not None and request.status is None:
            call.instructions = request.instructions
            if call.parent is not None and call.parent.interpreter is not None:
                call.parent.interpreter.child_ended(call)
            self._interpreter(call).begin(request.instructions)
        call.date_updated = self.clock.second()

    def hang_up(self, call: PhoneCall) -> None:
        """Twilio ends the call; one that was not answered yet is canceled."""
        self.end(call, CallStatus.COMPLETED if call.status is CallStatus.IN_PROGRESS else CallStatus.CANCELED)

    def put_down(self, call: PhoneCall) -> None:
        """The person on the phone hangs up, or declines a call that rings.

        Raises:
            Refusal: 21220 for a call that is over or does not ring yet.
        """
        if call.status is CallStatus.IN_PROGRESS:
            self.end(call, CallStatus.COMPLETED)
        elif call.status is CallStatus.RINGING and call.direction is Direction.INBOUND:
            self.end(call, CallStatus.NO_ANSWER)
        elif call.status is CallStatus.RINGING:
            self.end(call, CallStatus.BUSY, 603)
        else:
            raise Refusal(21220, "The phone is not in use for this call")

    def delete(self, call: PhoneCall) -> None:
        """Forget a call.

        Raises:
            Refusal: 20009 while it is live.
        """
        if call.is_live:
            raise Refusal(20009, status=409)
        self.calls.remove(call)

    def answer(self, call: PhoneCall) -> None:
        """The call is connected from now on."""
        call.start_time = self.clock.second()
        call.stop_timer("progress")
        if call.detects_machines:
            call.answered_by = "human"
        manner = self.numbers.of(call.person)
        talk_for = manner.talk_for
        if talk_for is None and call.direction is Direction.OUTBOUND_DIAL:
            talk_for = DIALLED_TALK_SECONDS
        self._become(call, CallStatus.IN_PROGRESS)
        self._limit(call)
        if talk_for is not None:
            due = self.clock.now() + timedelta(seconds=talk_for)
            call.set_timer("talk", self.clock.at(due, partial(self.end, call, CallStatus.COMPLETED)))
        self._tell(call, "answered")

    def end(self, call: PhoneCall, status: CallStatus, sip_code: int | None = None) -> None:
        """The call is over. Whatever it was in, it is out of. Ending it twice is harmless."""
        if not call.is_live:
            return
        for name in list(call.timers):
            call.stop_timer(name)
        call.sip_code = sip_code
        if status is CallStatus.COMPLETED:  # "Empty if the call did not complete successfully"
            call.end_time = self.clock.second()
        self._become(call, status)
        self._interpreter(call).halt()
        self._tell(call, "completed")
        if call.parent is not None and call.parent.interpreter is not None:
            call.parent.interpreter.child_ended(call)

    # Rooms

    def enter_room(self, call: PhoneCall, unique_name: str, identity: str | None) -> Participant:
        """Connect the call to a room in progress.

        Raises:
            Refusal: if it cannot be; the call goes on with its next verb then.
        """
        participant = self.world.join_by_phone(unique_name, call.person, identity)
        call.participant_sid, call.room_sid = participant.sid, participant.room.sid
        self._in_rooms[participant.sid] = call
        return participant

    def leave_room(self, participant: Participant) -> None:
        """The call leaves the room by itself."""
        self._in_rooms.pop(participant.sid, None)
        if participant.is_present:
            self.world.leave(participant)

    def _hear(self, event: Event) -> None:
        """A call whose participant is put out goes on, once the room has settled.

        Not at once: while this is told, the room may be about to end or to take somebody in.
        """
        if event.kind is not EventKind.PARTICIPANT_DISCONNECTED or event.participant is None:
            return
        call = self._in_rooms.pop(event.participant.sid, None)
        if call is not None:
            proceed = partial(self._interpreter(call).left_room, event.participant)
            call.set_timer("room", self.clock.at(self.clock.now(), proceed))

    # What calls go through

    def note(self, call: PhoneCall, code: int, message: str) -> None:
        """An entry of Twilio's debugger."""
        call.notices.append(Notice(self.clock.now(), code, message))

    def step(self, call: PhoneCall, what: str, detail: str = "") -> None:
        """Remember what the call did."""
        call.steps.append(Step(self.clock.now(), what, detail))

    def _new(self, direction: Direction, caller: str, called: str, parent: PhoneCall | None = None) -> PhoneCall:
        now = self.clock.second()
        call = PhoneCall(
            sid=self._sids.make("CA"),
            number=next(self._order),
            account_sid=self.world.account.sid,
            direction=direction,
            caller=caller,
            called=called,
            date_created=now,
            date_updated=now,
            parent=parent,
        )
        call.interpreter = Interpreter(call, self)
        self.calls.add(call)
        return call

    def _interpreter(self, call: PhoneCall) -> Interpreter:
        if call.interpreter is None:
            call.interpreter = Interpreter(call, self)
        return call.interpreter

    def _dial_out(self, call: PhoneCall) -> None:
        call.start_time = self.clock.second()
        self.step(call, "dialled")
        self._tell(call, "initiated")
        fails = self.numbers.of(call.called).behaviour is Behaviour.FAILED
        then = partial(self.end, call, CallStatus.FAILED, 404) if fails else partial(self._ring, call)
        self._later(call, _SETUP_SECONDS, then)

    def _ring(self, call: PhoneCall) -> None:
        self._become(call, CallStatus.RINGING)
        self._tell(call, "ringing")
        manner = self.numbers.of(call.called)
        outcomes: dict[Behaviour, tuple[float, Callable[[], None]]] = {
            Behaviour.ANSWER: (manner.answer_after, partial(self._pick_up, call)),
            Behaviour.REJECT: (manner.answer_after, partial(self.end, call, CallStatus.BUSY, 603)),
            Behaviour.BUSY: (BUSY_SECONDS, partial(self.end, call, CallStatus.BUSY, 486)),
        }
        given_up = (float(call.timeout), partial(self.end, call, CallStatus.NO_ANSWER, 487))
        seconds, then = outcomes.get(manner.behaviour, given_up)
        if seconds > call.timeout:
            seconds, then = given_up
        self._later(call, seconds, then)

    def _pick_up(self, call: PhoneCall) -> None:
        self.answer(call)
        if call.direction is Direction.OUTBOUND_API:
            self._interpreter(call).begin(call.instructions)

    def _limit(self, call: PhoneCall) -> None:
        started = call.start_time or self.clock.second()
        due = started + timedelta(seconds=call.time_limit)
        call.set_timer("limit", self.clock.at(due, partial(self.end, call, CallStatus.COMPLETED)))

    def _later(self, call: PhoneCall, seconds: float, then: Callable[[], None]) -> None:
        call.set_timer("progress", self.clock.at(self.clock.now() + timedelta(seconds=seconds), then))

    def _become(self, call: PhoneCall, status: CallStatus) -> None:
        call.status = status
        call.date_updated = self.clock.second()
        self.step(call, status.value)

    def _tell(self, call: PhoneCall, event: str) -> None:
        """Send a status callback, if somebody wants to know."""
        callback = call.status_callback
        if callback is None or event not in callback.events:
            return
        parameters = callback_parameters(call, event, self.clock.now())
        call.callbacks_sent += 1
        self._deliver(Callback(call.sid, event, callback.target.method, callback.target.url, parameters))
