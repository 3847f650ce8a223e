"""What clients asked of the REST API: counts per method, route and status, and the busiest second."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from roomtui.sandbox.wire import READS

if TYPE_CHECKING:
    from collections.abc import Callable

NO_ANSWER = 0
"""The status counted for a request that a fault left without an answer."""

_SECOND = 1.0


class _Peak:
    """The most arrivals in any sliding second of real time."""

    def __init__(self) -> None:
        self.most = 0
        self._arrivals: deque[float] = deque()

    def arrive(self, now: float) -> None:
        arrivals = self._arrivals
        arrivals.append(now)
        while now - arrivals[0] >= _SECOND:
            arrivals.popleft()
        self.most = max(self.most, len(arrivals))


class Meter:
    """Counts requests.

    Args:
        ticks: real seconds.
    """

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self.in_flight = 0
        self.reset()

    def reset(self) -> None:
        """Forget all counts; requests under way stay under way."""
        self._answers: Counter[tuple[str, str, int]] = Counter()
        self._reads, self._writes = _Peak(), _Peak()

    def arrived(self, method: str) -> None:
        """A request has come in, whatever will become of it."""
        self.in_flight += 1
        (self._reads if method in READS else self._writes).arrive(self._ticks())

    def answered(self, method: str, route: str, status: int) -> None:
        """A request has been dealt with."""
        self.in_flight -= 1
        self._answers[method, route, status] += 1

    def report(self) -> dict[str, object]:
        """The counts, as the control plane shows them."""
        return {
            "total": sum(self._answers.values()),
            "peak_reads_per_second": self._reads.most,
            "peak_writes_per_second": self._writes.most,
            "requests": [
                {"method": method, "route": route, "status": status, "count": count}
                for (method, route, status), count in sorted(self._answers.items())
            ],
        }
