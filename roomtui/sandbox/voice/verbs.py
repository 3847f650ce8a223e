"""What verbs say in their attributes and nested nouns, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from roomtui.sandbox.voice.addresses import address
from roomtui.sandbox.voice.call import LONGEST_SECONDS, StatusCallback, Target
from roomtui.sandbox.voice.numbers import REFUSED_CALLED
from roomtui.sandbox.voice.request import EVENTS
from roomtui.sandbox.voice.urls import is_callback
from roomtui.sandbox.world.parameters import integer

if TYPE_CHECKING:
    from roomtui.sandbox.voice.call import PhoneCall
    from roomtui.sandbox.voice.twiml import Element

LETTERS_PER_SECOND = 15
"""How fast `<Say>` speaks."""

PLAY_SECONDS = 5.0
"""How long anything played takes: nobody listens, and nothing is fetched for it."""

DIAL_RING_SECONDS = 30
"""TwiML Voice: `<Dial>`, "timeout"."""

INVALID_METHOD = {"Dial": 13210, "Redirect": 13710}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that Twilio's debugger tells."""

    code: int
    message: str


@dataclass(frozen=True, slots=True)
class DialledParty:
    """Whom `<Dial>` calls, and how."""

    called: str
    caller: str
    timeout: int
    time_limit: int
    status_callback: StatusCallback | None
    warnings: tuple[Problem, ...] = ()


def whole_number(verb: Element, name: str, *, usual: int) -> int | None:
    """An attribute that is a whole number; None for any other text."""
    text = verb.attributes.get(name)
    return usual if text is None else integer(text.strip())


def spoken_text(verb: Element) -> str:
    """The words of a `<Say>`, those inside speech mark-up included."""
    parts = [verb.text, *(spoken_text(child) for child in verb.children)]
    return " ".join(" ".join(parts).split())


def dialled_party(verb: Element, call: PhoneCall) -> DialledParty | Problem:
    """Whom a `<Dial>` calls: the first number, client or SIP address in it, or its own text.

    Returns:
        The problem for which nobody can be called.
    """
    nouns = [child for child in verb.children if child.name in {"Number", "Client", "Sip"}]
    if not nouns and verb.children:
        return Problem(12200, f"<Dial> has nobody that the sandbox can call (line {verb.line})")
    noun = nouns[0] if nouns else verb
    text = noun.content
    if noun.name == "Client" and not text.startswith("client:"):
        text = f"client:{text}"
    called = address(text)
    if called is None or called in REFUSED_CALLED:
        return Problem(13224, f"Dial: Twilio does not support calling this number or the number is invalid: {text}")
    caller = address(verb.attributes.get("callerId", call.caller)) or (
        call.caller if "callerId" not in verb.attributes else None
    )
    if caller is None:
        return Problem(13214, "Dial: Invalid callerId value")
    warnings = [Problem(12200, "The sandbox calls only the first of several in <Dial>")] if len(nouns) > 1 else []
    timeout = whole_number(verb, "timeout", usual=DIAL_RING_SECONDS)
    if timeout is None or not 0 < timeout <= 600:
        warnings.append(Problem(13212, "Dial: Invalid timeout value"))
        timeout = DIAL_RING_SECONDS
    time_limit = whole_number(verb, "timeLimit", usual=LONGEST_SECONDS)
    if time_limit is None or not 0 < time_limit <= 86_400:
        warnings.append(Problem(13216, "Dial: Invalid timeLimit value"))
        time_limit = LONGEST_SECONDS
    return DialledParty(called, caller, timeout, time_limit, _status_callback(noun), tuple(warnings))


def _status_callback(noun: Element) -> StatusCallback | None:
    """`statusCallback` of a noun; here the events stand in one attribute, with spaces between."""
    url = noun.attributes.get("statusCallback", "")
    method = noun.attributes.get("statusCallbackMethod", "POST").upper()
    if not is_callback(url) or method not in {"GET", "POST"}:
        return None
    events = frozenset(noun.attributes.get("statusCallbackEvent", "completed").split()) & EVENTS
    return StatusCallback(Target(url, method), events)
