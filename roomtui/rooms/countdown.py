"""Spans of time, as they stand in a column.

The grain follows the distance: what is far off changes once a minute, so that the eye (and a thin line) is only drawn
to what is near.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
CLOSING: Final = 2 * MINUTE
SOON: Final = 10 * MINUTE
DUE: Final = "due"


class Urgency(Enum):
    """How near a deadline is: `CLOSING` under two minutes, `SOON` under ten, `DUE` when it has passed."""

    FAR = "far"
    SOON = "soon"
    CLOSING = "closing"
    DUE = "due"


def urgency(seconds: int) -> Urgency:
    """How near a deadline `seconds` ahead is."""
    if seconds <= 0:
        return Urgency.DUE
    if seconds < CLOSING:
        return Urgency.CLOSING
    return Urgency.SOON if seconds < SOON else Urgency.FAR


def countdown(seconds: int) -> str:
    """``23h41``, ``12m`` under an hour, ``4:59`` under ten minutes, ``due`` at 0 and after."""
    if seconds <= 0:
        return DUE
    if seconds < SOON:
        return f"{seconds // MINUTE}:{seconds % MINUTE:02}"
    return span(seconds)


def span(seconds: int) -> str:
    """How long something lasted, at most five cells below 100 hours: ``45s``, ``12m``, ``1h05``, ``26h10``."""
    seconds = max(0, seconds)
    if seconds < MINUTE:
        return f"{seconds}s"
    if seconds < HOUR:
        return f"{seconds // MINUTE}m"
    return f"{seconds // HOUR}h{seconds % HOUR // MINUTE:02}"


def age(seconds: int) -> str:
    """How old something is: as `span`, but ``<1m`` under a minute, because a young room's age is no countdown."""
    return "<1m" if seconds < MINUTE else span(seconds)
