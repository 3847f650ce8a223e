"""The control plane's phones: `/_sandbox/calls` and `/_sandbox/numbers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.sandbox.control.fields import ControlFields
from roomtui.sandbox.rest.calls import call_resource
from roomtui.sandbox.voice.addresses import address
from roomtui.sandbox.voice.call import Instructions, StatusCallback, Target
from roomtui.sandbox.voice.numbers import ANSWER_SECONDS, Behaviour, Manner
from roomtui.sandbox.voice.request import EVENTS
from roomtui.sandbox.voice.urls import is_absolute, is_callback
from roomtui.sandbox.wire import json_answer
from roomtui.sandbox.world.refusals import Refusal, not_found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from roomtui.sandbox.voice.call import PhoneCall
    from roomtui.sandbox.voice.switchboard import Switchboard
    from roomtui.sandbox.wire import Answer, Call, Handler

LONGEST_SECONDS = 86_400.0
"""Nobody lets a phone ring, or talks, for longer."""


def call_routes(prefix: str, board: Switchboard) -> Mapping[str, Mapping[str, Handler]]:
    """The routes of the control plane that concern phones."""
    phones = _Phones(board)
    return {
        f"{prefix}/numbers": {"GET": phones.show_numbers, "POST": phones.set_number},
        f"{prefix}/calls/incoming": {"POST": phones.ring},
        f"{prefix}/calls/{{CA}}": {"GET": phones.show},
        f"{prefix}/calls/{{CA}}/hangup": {"POST": phones.hang_up},
    }


class _Phones:
    """What people with phones do, and what Twilio keeps to itself about their calls."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def set_number(self, call: Call, _parts: Sequence[str]) -> Answer:
        """How a phone behaves from now on; what is not given is as with any other phone."""
        fields = ControlFields(call.form)
        number = _address(fields, "Number")
        manner = Manner(
            behaviour=Behaviour(fields.one_of("Behaviour", [each.value for each in Behaviour], default="answer")),
            answer_after=fields.number("AnswerAfter", default=ANSWER_SECONDS, most=LONGEST_SECONDS),
            talk_for=None
            if fields.optional("TalkFor") is None
            else fields.number("TalkFor", default=0.0, most=LONGEST_SECONDS),
            verified=fields.flag("Verified", default=True),
        )
        self._board.numbers.set(number, manner)
        return json_answer(201, _manner_view(number, manner))

    def show_numbers(self, _call: Call, _parts: Sequence[str]) -> Answer:
        return json_answer(200, {"numbers": [_manner_view(*each) for each in self._board.numbers.all()]})

    def ring(self, call: Call, _parts: Sequence[str]) -> Answer:
        """Somebody calls one of the account's numbers, whose settings come along."""
        fields = ControlFields(call.form)
        caller, called = _address(fields, "From"), _address(fields, "To")
        voice, twiml = _target(fields, "VoiceUrl", "VoiceMethod"), fields.optional("Twiml")
        if (voice is None) == (twiml is None):
            raise Refusal(20001, "Give VoiceUrl or Twiml")
        instructions = Instructions(
            twiml=twiml, target=voice, fallback=_target(fields, "VoiceFallbackUrl", "VoiceFallbackMethod")
        )
        made = self._board.receive(
            caller, called, instructions, _status_callback(call, fields), fields.text("ForwardedFrom", "") or None
        )
        return json_answer(201, call_view(made))

    def show(self, call: Call, parts: Sequence[str]) -> Answer:
        return json_answer(200, call_view(self._call_at(call, parts[0])))

    def hang_up(self, call: Call, parts: Sequence[str]) -> Answer:
        """The person on the phone hangs up, or declines a call that rings."""
        found = self._call_at(call, parts[0])
        self._board.put_down(found)
        return json_answer(200, call_view(found))

    def _call_at(self, call: Call, sid: str) -> PhoneCall:
        found = self._board.calls.find(sid)
        if found is None:
            raise not_found(call.path)
        return found


def call_view(call: PhoneCall) -> dict[str, object]:
    """The resource, and what Twilio keeps to itself: what the call did, what was wrong, where it is."""
    interpreter = call.interpreter
    return {
        **call_resource(call),
        "participant_sid": call.participant_sid,
        "room_sid": call.room_sid,
        "doing": interpreter.doing if interpreter is not None else None,
        "fetching": interpreter is not None and interpreter.is_fetching,
        "steps": [{"at": _instant(step.at), "what": step.what, "detail": step.detail} for step in call.steps],
        "notices": [
            {"at": _instant(notice.at), "code": notice.code, "message": notice.message} for notice in call.notices
        ],
    }


def _instant(instant: datetime) -> str:
    return f"{instant.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _manner_view(number: str, manner: Manner) -> dict[str, object]:
    return {
        "number": number,
        "behaviour": manner.behaviour.value,
        "answer_after": manner.answer_after,
        "talk_for": manner.talk_for,
        "verified": manner.verified,
    }


def _address(fields: ControlFields, name: str) -> str:
    text = fields.required(name)
    found = address(text)
    if found is None:
        raise Refusal(20001, f"{name} must be a phone number in E.164, a client: name or a sip: address")
    return found


def _target(fields: ControlFields, name: str, method_name: str) -> Target | None:
    method = fields.one_of(method_name, ["GET", "POST"], default="POST")
    url = fields.optional(name)
    if not url:
        return None
    if not is_absolute(url):
        raise Refusal(20001, f"{name} must be an absolute http(s) URL")
    return Target(url, method)


def _status_callback(call: Call, fields: ControlFields) -> StatusCallback | None:
    """As the number's own setting; which events are told can be chosen here all the same."""
    target = _target(fields, "StatusCallback", "StatusCallbackMethod")
    if target is None:
        return None
    if not is_callback(target.url):
        raise Refusal(21609)
    events = frozenset(call.form.get("StatusCallbackEvent", ("completed",)))
    if not events <= EVENTS:
        raise Refusal(20001, f"StatusCallbackEvent must be one of {', '.join(sorted(EVENTS))}")
    return StatusCallback(target, events)
