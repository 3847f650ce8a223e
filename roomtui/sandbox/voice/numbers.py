"""How the phones of the world behave when they are called, and which numbers Twilio knows for refusals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

ANSWER_SECONDS = 4.0
"""How long people let a phone ring before they answer, unless they are told otherwise."""

BUSY_SECONDS = 2.0
"""After this long a busy line says so."""

DIALLED_TALK_SECONDS = 60.0
"""How long somebody talks who is called by `<Dial>`. Others stay as long as the call has something to do."""


class Behaviour(str, Enum):
    """What a phone does when it is called."""

    ANSWER = "answer"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Manner:
    """How one phone behaves.

    Attributes:
        answer_after: seconds of ringing until it is answered or rejected.
        talk_for: seconds until its person hangs up; None for one who stays.
        verified: whether the account may call from it, or, on trial, call it (21210, 21219).
    """

    behaviour: Behaviour = Behaviour.ANSWER
    answer_after: float = ANSWER_SECONDS
    talk_for: float | None = None
    verified: bool = True


class NumberBook:
    """The manners of all phones; whoever is not in it answers."""

    def __init__(self) -> None:
        self._manners: dict[str, Manner] = {}

    def set(self, address: str, manner: Manner) -> None:
        """Tell how a phone behaves from now on."""
        self._manners[address] = manner

    def of(self, address: str) -> Manner:
        """How a phone behaves."""
        return self._manners.get(address, _USUAL)

    def all(self) -> list[tuple[str, Manner]]:
        """Everybody who was told how to behave."""
        return list(self._manners.items())


_USUAL = Manner()

REFUSED_CALLED = {
    "+15005550001": 21217,
    "+15005550002": 21214,
    "+15005550003": 21215,
    "+15005550004": 21216,
}
REFUSED_CALLER = {"+15005550001": 21212}
"""Twilio's magic numbers (Test Credentials, "Make calls"): calling them, or from them, is refused with these codes."""
