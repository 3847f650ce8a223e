"""When to ask again about whom: instants that may be put off or brought forward, the next one found at once."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEVER: Final = float("inf")
_SLACK: Final = 1000


class Due:
    """SIDs, each with the instant (a timestamp) at which something about it may change by itself.

    Args:
        expected: the first ones.
    """

    def __init__(self, expected: Mapping[str, float] | None = None) -> None:
        self._at: dict[str, float] = dict(expected or {})
        self._heap: list[tuple[float, str]] = []
        self._gather()

    def __len__(self) -> int:
        """Of how many something is expected."""
        return len(self._at)

    @property
    def expected(self) -> Mapping[str, float]:
        """When something is expected, and of whom."""
        return self._at

    def expect(self, sid: str, at: float) -> None:
        """Something is to be expected of this one at this instant, and no other (infinity: never)."""
        if at == _NEVER:
            self.forget(sid)
        elif self._at.get(sid) != at:
            self._at[sid] = at
            heappush(self._heap, (at, sid))
            if len(self._heap) > 2 * len(self._at) + _SLACK:
                self._gather()  # what was put off has left its old instant behind

    def forget(self, sid: str) -> None:
        """Nothing is expected of this one."""
        self._at.pop(sid, None)

    def is_due(self, now: float) -> bool:
        """Whether the time may have come for one of them."""
        return bool(self._heap) and self._heap[0][0] <= now

    def by(self, now: float) -> set[str]:
        """Those for which the time has come; nothing more is expected of them."""
        due = set()
        while self._heap and self._heap[0][0] <= now:
            at, sid = heappop(self._heap)
            if self._at.get(sid) == at:
                del self._at[sid]
                due.add(sid)
        return due

    def _gather(self) -> None:
        self._heap = [(at, sid) for sid, at in self._at.items()]
        heapify(self._heap)
