from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.calls import NewCall
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api import calls
from roomtui.twilio_api.errors import NotTwilio, Unsendable
from tests.twilio_api.scripted import CALL_SID, call_json

UTC = timezone.utc


def test_reads_a_call_that_is_over() -> None:
    call = calls.call(
        call_json(
            status="completed",
            start_time="Fri, 20 Nov 2026 12:00:04 +0000",
            end_time="Fri, 20 Nov 2026 12:01:16 +0000",
            duration="72",
        )
    )
    assert (call.sid, call.status, call.direction) == (CALL_SID, "completed", "outbound-api")
    assert (call.to, call.from_) == (Untrusted("+15005550006"), Untrusted("+15005550001"))
    assert call.date_created == datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
    assert call.start_time == datetime(2026, 11, 20, 12, 0, 4, tzinfo=UTC)
    assert call.end_time == datetime(2026, 11, 20, 12, 1, 16, tzinfo=UTC)
    assert call.duration == 72
    assert call.is_over


def test_reads_a_call_that_has_just_been_made() -> None:
    call = calls.call(call_json())
    assert (call.status, call.start_time, call.end_time, call.duration) == ("queued", None, None, None)
    assert not call.is_over


def test_reads_a_call_with_times_of_the_newer_kind() -> None:
    call = calls.call(call_json(date_created="2026-11-20T12:00:00Z", duration=72))
    assert call.date_created == datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
    assert call.duration == 72


def test_reads_around_what_it_does_not_understand() -> None:
    call = calls.call(call_json(answered_by="human", price="-0.02", date_created="yesterday", duration="long"))
    assert (call.sid, call.status, call.date_created, call.duration) == (CALL_SID, "queued", None, None)


def test_refuses_a_call_without_a_sid() -> None:
    with pytest.raises(NotTwilio, match="call"):
        calls.call(call_json(sid=None))


@given(st.integers(1, 600))
def test_asks_for_a_call_with_all_that_is_said(seconds: int) -> None:
    new = NewCall(to="+15005550006", from_="+15005550001", twiml="<Response/>", ring_seconds=seconds)
    assert calls.new_call_form(new) == {
        "To": "+15005550006",
        "From": "+15005550001",
        "Twiml": "<Response/>",
        "Timeout": seconds,
    }


@pytest.mark.parametrize(("length", "fits"), [(4000, True), (4001, False), (100_000, False)])
def test_sends_no_more_twiml_than_twilio_takes(length: int, *, fits: bool) -> None:
    new = NewCall(to="+15005550006", from_="+15005550001", twiml="x" * length)
    if fits:
        assert calls.new_call_form(new)["Twiml"] == "x" * length
        return
    with pytest.raises(Unsendable, match=f"at most 4000 characters, this one has {length}"):
        calls.new_call_form(new)
