"""A filter on its way through all rooms, some of them at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from roomtui.rooms.judging import NO, YES
from roomtui.rooms.query import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import TypeAlias

    from roomtui.rooms.picture import LiveRoom
    from roomtui.rooms.query import Found
    from roomtui.tui.columns import Entry

    Keep: TypeAlias = Callable[[Entry], Found]

_NEVER: Final = float("inf")


class Sieve:
    """The rooms that a filter has let through so far, and those that are to be tested yet, or again."""

    def __init__(self, keep: Keep | None) -> None:
        self.keep = keep
        self.untested: list[str] = []
        self.again: set[str] = set()
        self.found: set[str] = set()
        self.waiting: set[str] = set()
        self.due: dict[str, float] = {}

    @property
    def left(self) -> set[str]:
        """Those that it has not said no to."""
        return self.found.union(self.waiting, self.untested, self.again)

    def test(self, live: Mapping[str, LiveRoom], rooms: int | None) -> bool:
        """Test another so many; returns whether that was all."""
        if self.keep is None:
            return True
        untested = self.untested
        count = len(untested) if rooms is None else min(rooms, len(untested))
        self._test([untested.pop() for _ in range(count)], live, self.keep)
        if not untested and self.again:
            again, self.again = self.again, set()
            self.found -= again
            self.waiting -= again
            self._test(again, live, self.keep)
        return not untested

    def _test(self, sids: Collection[str], live: Mapping[str, LiveRoom], keep: Keep) -> None:
        found, waiting, due = self.found, self.waiting, self.due
        room, let_through = live.get, found.add
        for sid in sids:
            each = room(sid)
            if each is None:
                due.pop(sid, None)
                continue
            told = keep(each)
            # Most filters do not ask about time.
            if not due:
                if told is NO:
                    continue
                if told is YES:
                    let_through(sid)
                    continue
            verdict, until = told
            if verdict is Verdict.YES:
                found.add(sid)
            elif verdict is Verdict.WAITING:
                waiting.add(sid)
            if until < _NEVER:
                due[sid] = until
            elif due:
                due.pop(sid, None)
