"""The calls of an account, found by SID and page by page in the order of creation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from roomtui.sandbox.voice.call import CallStatus, PhoneCall

ENDED_CALLS_KEPT = 20_000
"""How long Twilio lists calls is more than a sandbox lives. Memory is the bound: the oldest ended are forgotten."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time: from the first instant (inclusive) to the last (exclusive)."""

    after: datetime | None = None
    before: datetime | None = None

    def takes(self, instant: datetime | None) -> bool:
        """Whether an instant lies in it; what has not happened lies in no bounded window."""
        if instant is None:
            return self.after is None and self.before is None
        return (self.after is None or instant >= self.after) and (self.before is None or instant < self.before)


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Calls list parameters (OpenAPI, list calls). Every window must take the call."""

    called: str | None = None
    caller: str | None = None
    parent_sid: str | None = None
    status: CallStatus | None = None
    started: tuple[Window, ...] = ()
    ended: tuple[Window, ...] = ()

    def takes(self, call: PhoneCall) -> bool:
        """Whether a call is wanted."""
        return (
            (self.called is None or call.called == self.called)
            and (self.caller is None or call.caller == self.caller)
            and (self.parent_sid is None or (call.parent is not None and call.parent.sid == self.parent_sid))
            and (self.status is None or call.status is self.status)
            and all(window.takes(call.start_time) for window in self.started)
            and all(window.takes(call.end_time) for window in self.ended)
        )


class CallRegister:
    """Every call of the account, in the order of creation."""

    def __init__(self) -> None:
        self._calls: dict[str, PhoneCall] = {}
        self._numbers: dict[str, int] = {}

    def __iter__(self) -> Iterator[PhoneCall]:
        return iter(self._calls.values())

    def add(self, call: PhoneCall) -> None:
        """Take in a new call, which is the youngest of all."""
        self._calls[call.sid] = call
        self._numbers[call.sid] = call.number
        if len(self._calls) > ENDED_CALLS_KEPT:
            oldest = next((each for each in self._calls.values() if not each.is_live), None)
            if oldest is not None:
                self.remove(oldest)
                del self._numbers[oldest.sid]

    def find(self, sid: str) -> PhoneCall | None:
        """A call in any status."""
        return self._calls.get(sid)

    def remove(self, call: PhoneCall) -> None:
        """Delete a call. Its place in the order is remembered for the sake of page tokens that name it."""
        del self._calls[call.sid]

    def place(self, sid: str) -> int | None:
        """The number of a call, deleted ones included."""
        return self._numbers.get(sid)

    def newest_first(self, wanted: Callable[[PhoneCall], bool]) -> list[PhoneCall]:
        """All the calls that are wanted."""
        return [call for call in reversed(self._calls.values()) if wanted(call)]
