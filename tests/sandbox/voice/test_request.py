"""Whatever a client sends for a call is a call that can be made, or a refusal of Twilio's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.sandbox.voice.addresses import address
from roomtui.sandbox.voice.numbers import NumberBook
from roomtui.sandbox.voice.request import EVENTS, CallRequest, UpdateRequest, call_request, update_request
from roomtui.sandbox.world.refusals import Refusal
from tests.sandbox.voice.office import Office, response

TEXTS = st.text(max_size=30) | st.sampled_from(
    ["\ud800", "-1", "0", "600", "86400", "1e3", "POST", "get", "http://127.0.0.1/", "http://[::1", "+14158675309"]
)
NAMES = [
    "To",
    "From",
    "Url",
    "Twiml",
    "Method",
    "FallbackUrl",
    "FallbackMethod",
    "StatusCallback",
    "StatusCallbackEvent",
    "StatusCallbackMethod",
    "Timeout",
    "TimeLimit",
    "SendDigits",
    "ApplicationSid",
    "MachineDetection",
    "Status",
]
FORMS = st.dictionaries(st.sampled_from(NAMES), st.lists(TEXTS, max_size=3))
GOOD = {"To": ["+14158675309"], "From": ["+14155550100"], "Twiml": ["<Response/>"]}
VOICE_CODES = {20001, 21201, 21205, 21206, 21208, 21209, 21211, 21212, 21213, 21218, 21609, 32018}


def made(form: dict[str, list[str]]) -> CallRequest | int:
    try:
        return call_request(form, NumberBook())
    except Refusal as refusal:
        return refusal.code


def changed(form: dict[str, list[str]]) -> UpdateRequest | int:
    try:
        return update_request(form)
    except Refusal as refusal:
        return refusal.code


@given(FORMS, st.booleans())
def test_any_form_is_a_call_or_a_refusal(form: dict[str, list[str]], is_nearly_good: bool) -> None:  # noqa: FBT001 - hypothesis hands it in
    request = made({**GOOD, **form} if is_nearly_good else form)
    if isinstance(request, int):
        assert request in VOICE_CODES
        return
    assert address(request.called) == request.called
    assert 0 <= request.timeout <= 600
    assert 0 < request.time_limit <= 86_400
    assert (request.instructions.twiml is None) != (request.instructions.target is None)
    if request.status_callback is not None:
        assert request.status_callback.events <= EVENTS


@given(FORMS)
def test_any_form_changes_a_call_or_is_refused(form: dict[str, list[str]]) -> None:
    request = changed(form)
    if isinstance(request, int):
        assert request in VOICE_CODES
        return
    office = Office()
    call = office.talk("<Pause length='60'/>")
    office.board.update(call, request)
    office.advance(90_000)
    assert not call.is_live


def test_a_redirect_keeps_no_fallback_of_the_old_instructions() -> None:
    office = Office()
    call = office.talk("<Pause length='60'/>", fallback="http://127.0.0.1:9999/back")
    office.board.update(call, update_request({"Twiml": [response("<Redirect>nowhere</Redirect>")]}))
    assert office.asked == []


@pytest.mark.parametrize("text", ["+1 415 867 5309", "415-867-5309"])
def test_numbers_are_kept_in_e164(text: str) -> None:
    request = made({**GOOD, "To": [text]})
    assert isinstance(request, CallRequest)
    assert request.called == "+14158675309"
