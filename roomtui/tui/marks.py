"""Which rooms are marked, for a deed that is about several of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Sequence


class Marks:
    """SIDs of live rooms, in the order in which they were marked."""

    def __init__(self) -> None:
        self._sids: dict[str, None] = {}
        self._last: str | None = None

    def __len__(self) -> int:
        return len(self._sids)

    def __iter__(self) -> Iterator[str]:
        return iter(self._sids)

    def __contains__(self, sid: object) -> bool:
        return sid in self._sids

    def turn(self, sid: str) -> None:
        """Mark this room, or take its mark away."""
        if sid in self._sids:
            del self._sids[sid]
        else:
            self._sids[sid] = None
        self._last = sid

    def up_to(self, sid: str, shown: Sequence[str]) -> None:
        """Mark the rooms from the one that was marked or unmarked last to this one, as they stand in `shown`."""
        here = shown.index(sid) if sid in shown else None
        if here is None:
            return
        there = shown.index(self._last) if self._last in shown else here
        self.add(shown[min(here, there) : max(here, there) + 1])
        self._last = sid

    def add(self, sids: Iterable[str]) -> None:
        """Mark these rooms, too."""
        self._sids.update(dict.fromkeys(sids))

    def drop(self, sids: Iterable[str]) -> None:
        """Take the marks of these rooms away."""
        for sid in sids:
            self._sids.pop(sid, None)

    def clear(self) -> None:
        """Take all marks away."""
        self._sids.clear()
        self._last = None

    def keep(self, live: Container[str], changed: Collection[str] | None) -> None:
        """Drop the marks of rooms that have vanished; `changed` has all that may have, None if that is not known."""
        suspects = self._sids if changed is None or len(changed) > len(self._sids) else changed
        self.drop([sid for sid in suspects if sid in self._sids and sid not in live])
