"""What became of the callbacks, and what Twilio's debugger would say about them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from roomtui.sandbox.callbacks.url import displayed

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_ENTRIES = 1000
"""How many callbacks, and how many warnings, are remembered: the latest ones."""

WARNINGS = frozenset({53660})
"""The codes that Twilio's error dictionary calls a warning; the others are errors."""


@dataclass(frozen=True, slots=True)
class Callback:
    """One thing to tell a customer's server.

    Attributes:
        line: what it is about, such as a room's SID: callbacks of one line keep their order.
        event: `StatusCallbackEvent`.
        method: `GET` or `POST`.
        url: where to.
        parameters: each with its value.
    """

    line: str
    event: str
    method: str
    url: str
    parameters: Mapping[str, str]


class Outcome(str, Enum):
    """How a callback ended. A dropped one was never tried, because too many were waiting."""

    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an attempt failed.

    Attributes:
        code: Twilio's error code; None for what only a sandbox knows.
        message: one sentence.
    """

    code: int | None
    message: str

    def view(self) -> dict[str, object]:
        """As the control plane shows it."""
        return {"code": self.code, "message": self.message}


@dataclass(slots=True)
class CallbackLog:
    """The latest callbacks and warnings, and counts of all of them since the last `clear`.

    Attributes:
        waiting: callbacks that are neither delivered nor given up; `clear` leaves them.
    """

    waiting: int = 0
    _counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    _entries: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=MOST_ENTRIES))
    _warnings: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=MOST_ENTRIES))

    def ended(
        self, callback: Callback, outcome: Outcome, attempts: int, status: int | None, trouble: Trouble | None = None
    ) -> None:
        """A callback was delivered or given up.

        Args:
            callback: which.
            outcome: how it ended.
            attempts: how many there were.
            status: the HTTP status of the last of them; None if there was no answer.
            trouble: what was wrong with the last of them.
        """
        self._counts[outcome] += 1
        self._entries.append(
            {
                **_head(callback),
                "timestamp": callback.parameters.get("Timestamp"),
                "outcome": outcome.value,
                "status": status,
                "attempts": attempts,
                **(trouble or Trouble(None, "")).view(),
            }
        )

    def warn(self, callback: Callback, trouble: Trouble) -> None:
        """An attempt went wrong."""
        more_info = None if trouble.code is None else f"https://www.twilio.com/docs/errors/{trouble.code}"
        level = "warning" if trouble.code in WARNINGS else "error"
        self._warnings.append({"level": level, **trouble.view(), "more_info": more_info, **_head(callback)})

    def clear(self) -> None:
        """Forget what was."""
        self._entries.clear()
        self._warnings.clear()
        self._counts = dict.fromkeys(Outcome, 0)

    def report(self) -> dict[str, object]:
        """As the control plane shows it."""
        return {
            **{outcome.value: count for outcome, count in self._counts.items()},
            "waiting": self.waiting,
            "callbacks": list(self._entries),
            "warnings": list(self._warnings),
        }


def _head(callback: Callback) -> dict[str, object]:
    return {
        "event": callback.event,
        "resource_sid": callback.line,
        "room_sid": callback.parameters.get("RoomSid"),
        "method": callback.method,
        "url": displayed(callback.url),
    }
