"""The time, as it is handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Clock(Protocol):
    """Tells Twilio's time. Nobody in the program reads the time any other way.

    The host's own clock is often wrong on a jump host; what counts is the clock that the time-outs run by.
    """

    def now(self) -> datetime:
        """Twilio's time now: aware, UTC."""
        ...
