"""The parameters of the Calls resource, read and checked (OpenAPI, create and update a call).

What is wrong is refused in the order of recorded answers: `To`, then the instructions, then `From`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from roomtui.sandbox.voice.addresses import address, is_phone_number
from roomtui.sandbox.voice.call import LONGEST_SECONDS, RING_SECONDS, Instructions, StatusCallback, Target
from roomtui.sandbox.voice.numbers import REFUSED_CALLED, REFUSED_CALLER
from roomtui.sandbox.voice.urls import is_absolute, is_callback
from roomtui.sandbox.world.parameters import first_of, integer
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from roomtui.sandbox.voice.numbers import NumberBook
    from roomtui.sandbox.wire import Fields

LONGEST_TWIML = 4000
"""Characters of the `Twiml` parameter."""

LONGEST_RING_SECONDS = 600
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})

_SEND_DIGITS = re.compile(r"[0-9ABCD#*wW]{0,32}")
_APPLICATION = re.compile(r"AP[0-9a-fA-F]{32}")


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A call that may be made.

    Attributes:
        warnings: what Twilio accepts, and only its debugger complains of: pairs of code and message.
    """

    caller: str
    called: str
    instructions: Instructions
    status_callback: StatusCallback | None = None
    timeout: int = RING_SECONDS
    time_limit: int = LONGEST_SECONDS
    detects_machines: bool = False
    warnings: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """What is to change; None leaves a thing as it is."""

    status: str | None = None
    instructions: Instructions | None = None
    status_callback: Target | None = None
    time_limit: int | None = None


def call_request(form: Fields, numbers: NumberBook) -> CallRequest:
    """A new call as the form asks for it.

    Raises:
        Refusal: 21201 to 21219, 21609, 32018, 20001.
    """
    called = _called(form)
    instructions = _instructions(form)
    if instructions is None:
        raise Refusal(21205)
    caller = _caller(form, called, numbers)
    if is_phone_number(called) and not numbers.of(called).verified:
        raise Refusal(
            21219,
            f"The number {called} is unverified. Trial accounts may only make calls to verified numbers.",
        )
    digits = _text(form, "SendDigits")
    if digits is not None and not _SEND_DIGITS.fullmatch(digits):
        raise Refusal(21206, f"SendDigits is not valid: {digits}")
    callback, warnings = _status_callback(form)
    return CallRequest(
        caller=caller,
        called=called,
        instructions=instructions,
        status_callback=callback,
        timeout=_ring_seconds(form),
        time_limit=_time_limit(form) or LONGEST_SECONDS,
        detects_machines=digits is None and _text(form, "MachineDetection") in {"Enable", "DetectMessageEnd"},
        warnings=warnings,
    )


def update_request(form: Fields) -> UpdateRequest:
    """The changes that the form asks for.

    Raises:
        Refusal: 20001, 21205, 21209, 21609, 32018.
    """
    status = _text(form, "Status")
    if status not in {None, "canceled", "completed"}:
        raise Refusal(20001, "Invalid parameter Status: must be one of canceled, completed")
    if _text(form, "Url") is not None and _text(form, "Twiml") is not None:
        raise Refusal(20001, "Url and Twiml are mutually exclusive")
    return UpdateRequest(
        status=status,
        instructions=_instructions(form),
        status_callback=_target(form, "StatusCallback", 21609),
        time_limit=_time_limit(form),
    )


def _text(form: Fields, name: str) -> str | None:
    """A parameter; an empty one counts as not given, as SDKs send it for nothing."""
    return first_of(form.get(name)) or None


def _called(form: Fields) -> str:
    text = _text(form, "To")
    if text is None:
        raise Refusal(21201)
    called = address(text)
    if called is None:
        raise Refusal(21211, f"The phone number you are attempting to call, {text}, is not valid.")
    code = REFUSED_CALLED.get(called)
    if code is not None:
        messages = {
            21214: f"'To' phone number cannot be reached: {called}",
            21215: f"Account not authorized to call {called}. Perhaps you need to enable international permissions",
            21216: f"Account not allowed to call {called}",
            21217: f"Phone number does not appear to be valid: {called}",
        }
        raise Refusal(code, messages[code])
    return called


def _caller(form: Fields, called: str, numbers: NumberBook) -> str:
    text = _text(form, "From")
    if text is None:
        raise Refusal(21213)
    caller = address(text)
    if caller is None and not is_phone_number(called) and re.fullmatch(r"[A-Za-z0-9_.\-]{1,121}", text):
        caller = text  # the name shown to a client or a SIP phone may be any
    wrong_kind = caller is not None and is_phone_number(called) and not is_phone_number(caller)
    if caller is None or wrong_kind or caller in REFUSED_CALLER:
        raise Refusal(21212, f"From is not a valid phone number: {text}")
    if caller == called:
        raise Refusal(21211, "'To' and 'From' number cannot be the same")
    if not numbers.of(caller).verified:
        raise Refusal(
            21210,
            f"The source phone number provided, {caller}, is not yet verified for your account. "
            "You may only make calls from phone numbers that you've verified or purchased from Twilio.",
        )
    return caller


def _instructions(form: Fields) -> Instructions | None:
    """Where the TwiML is. A URL comes before `Twiml`; an application, before both, is never known here."""
    application = _text(form, "ApplicationSid")
    if application is not None:
        if not _APPLICATION.fullmatch(application):
            raise Refusal(21218, f"The application sid provided, {application}, is invalid.")
        raise Refusal(21218, f"The application sid provided, {application}, does not exist.")
    target, fallback = _target(form, "Url", 21205), _target(form, "FallbackUrl", 21205)
    if target is not None:
        return Instructions(target=target, fallback=fallback)
    twiml = _text(form, "Twiml")
    if twiml is None:
        return None
    if len(twiml) > LONGEST_TWIML:
        raise Refusal(32018)
    return Instructions(twiml=twiml, fallback=fallback)


def _target(form: Fields, name: str, code: int) -> Target | None:
    """A URL and the method that goes with it (`UrlMethod` is called `Method`)."""
    method_name = "Method" if name == "Url" else f"{name.removesuffix('Url')}Method"
    method = (_text(form, method_name) or "POST").upper()
    if method not in {"GET", "POST"}:
        raise Refusal(21209, f"{method_name} must be one of GET, POST")
    url = _text(form, name)
    if url is None:
        return None
    if not (is_callback(url) if code == 21609 else is_absolute(url)):
        raise Refusal(code, f"{name} is not a valid URL: {url}")
    return Target(url, method)


def _status_callback(form: Fields) -> tuple[StatusCallback | None, tuple[tuple[int, str], ...]]:
    """Who is told of what.

    Events must be repeated parameters: one that is not known (`initiated ringing` in one, too) is a warning only,
    21626, and nothing at all is sent then.
    """
    target = _target(form, "StatusCallback", 21609)
    events = [event for event in form.get("StatusCallbackEvent", ()) if event]
    unknown = [event for event in events if event not in EVENTS]
    if target is None:
        return None, ()
    if unknown:
        return None, ((21626, f"invalid statusCallbackEvents {' '.join(unknown)}"),)
    return StatusCallback(target, frozenset(events) or frozenset({"completed"})), ()


def _ring_seconds(form: Fields) -> int:
    text = _text(form, "Timeout")
    seconds = RING_SECONDS if text is None else integer(text)
    if seconds is None or not 0 <= seconds <= LONGEST_RING_SECONDS:
        raise Refusal(21208, f"Timeout is not valid: must be 0 to {LONGEST_RING_SECONDS}")
    return seconds


def _time_limit(form: Fields) -> int | None:
    text = _text(form, "TimeLimit")
    if text is None:
        return None
    seconds = integer(text)
    if seconds is None or not 0 < seconds <= 86_400:
        raise Refusal(20001, "Invalid parameter TimeLimit: must be 1 to 86400")
    return seconds
