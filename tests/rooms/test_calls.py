from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.rooms.calls import Call, CallStatus, why_over
from roomtui.rooms.untrusted import Untrusted


def call(status: str, duration: int | None = None) -> Call:
    return Call(
        sid="CA" + "0" * 32, status=status, to=Untrusted("+15005550006"), from_=Untrusted("me"), duration=duration
    )


OVER = ["completed", "busy", "failed", "no-answer", "canceled"]


@pytest.mark.parametrize("status", [status.value for status in CallStatus] + ["", "parked"])
def test_a_call_is_over_once_nothing_more_becomes_of_it(status: str) -> None:
    assert call(status).is_over is (status in OVER)


@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("busy", "The line is busy."),
        ("no-answer", "Nobody answered."),
        ("canceled", "The call was called off before anybody answered."),
        (
            "failed",
            "The call could not be put through: the number is wrong, or cannot be reached from yours.",
        ),
        ("ringing", "The call goes on."),
        ("parked", "The call goes on."),
    ],
)
def test_says_why_a_call_came_to_nothing(status: str, sentence: str, *, joined: bool) -> None:
    assert why_over(call(status), joined=joined) == sentence


@pytest.mark.parametrize(
    ("duration", "joined", "sentence"),
    [
        (72, True, "The call ended after 1m: it left the room and was hung up."),
        (None, True, "The call ended: it left the room and was hung up."),
        (4, False, "The call was answered and ended after 4s without having come into the room."),
        (None, False, "The call was answered and ended without having come into the room."),
    ],
)
def test_says_whether_a_call_that_was_answered_had_been_in_the_room(
    duration: int | None, sentence: str, *, joined: bool
) -> None:
    assert why_over(call("completed", duration), joined=joined) == sentence


@given(st.text(), st.none() | st.integers(0, 10**9), st.booleans())
def test_the_sentence_holds_nothing_from_outside(status: str, duration: int | None, joined: bool) -> None:  # noqa: FBT001  # drawn
    sentence = why_over(call(status, duration), joined=joined)
    assert sentence.isprintable()
    assert sentence.endswith(".")
    assert "+1500" not in sentence
