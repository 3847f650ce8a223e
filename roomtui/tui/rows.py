"""Which rooms stand on which line of the table, kept so from one picture to the next.

A board with ten thousand rooms changes several times a second, by a few rooms each time. So nothing here goes through
all of them for that: a room that has changed is taken out of the order and put in where it belongs now. Where a filter
asks about time, a room is asked again when its answer may be another. Knows nothing of the screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from roomtui.rooms.query import Verdict
from roomtui.tui.due import Due
from roomtui.tui.ordered import Ordered
from roomtui.tui.sieve import Sieve
from roomtui.tui.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import TypeAlias

    from roomtui.rooms.picture import EndedRoom, LiveRoom, Picture
    from roomtui.tui.sieve import Keep
    from roomtui.tui.sorting import By
    from roomtui.tui.standing import Key

    # When it will certainly have closed, its SID.
    Closing: TypeAlias = tuple[float, str]

_NEVER: Final = float("inf")
_NOTHING: Final[frozenset[str]] = frozenset()
_LATE: Final = 2
_BEHIND_ANY_SID: Final = "~"

ValueT = TypeVar("ValueT")


class Rows(Standing):
    """The live rooms, what closes first on top or sorted otherwise; below a divider those that ended, newest first.

    While it is asked to keep still, a row keeps its place whatever becomes of its room, as long as there is a room to
    show, and new ones stand at the end. A room that has ended under the cursor keeps its place until the cursor leaves
    it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ended_told: Sequence[EndedRoom] = ()
        # All live rooms, by what is known of them.
        self._keys: dict[str, Key] = {}
        self._all: Ordered[Key] = Ordered()
        self._by: By | None = None
        self._closing: dict[str, Closing] = {}
        self._certain: Ordered[Closing] = Ordered()
        self._loose: set[str] = set()
        self._late = 0
        self._keep: Keep | None = None
        self._sieve: Sieve | None = None
        self._waiting: set[str] = set()
        self._due = Due()

    # -- how many

    def count(self, sids: Collection[str]) -> int:
        """How many of these rooms, which are live, are shown above the divider."""
        if self._keep is None and not self._loose:
            return len(sids)
        if len(sids) < len(self._place):
            return sum(sid in self._place for sid in sids)
        return sum(sid in sids for sid in self._place)

    @property
    def waiting(self) -> int:
        """Of how many live rooms it is not known yet whether a filter lets them through."""
        return len(self._waiting)

    def closing_by(self, instant: float) -> int:
        """How many of all live rooms will certainly have closed by `instant` (a timestamp), if nothing happens."""
        return self._certain.index((instant, _BEHIND_ANY_SID))

    # -- another picture

    def show(
        self,
        picture: Picture,
        changed: Collection[str] | None = None,
        *,
        still: bool = False,
        cursor: str | None = None,
    ) -> str | None:
        """Show `picture`.

        Args:
            picture: all rooms.
            changed: the SIDs of the live rooms that are not what they were when this was last called, those that came
                and went among them; None if that is not known.
            still: rows are to keep their places.
            cursor: the room that the cursor is on.

        Returns:
            The room that the cursor is on now: the same one, or if that is not shown any more the next one below it.
        """
        touched = _differing(self._live, picture.live) if changed is None else set(changed)
        self._live = picture.live
        self._learn(touched)
        below_differs = picture.ended is not self._ended_told
        if below_differs:
            self._ended_told = picture.ended
            ended = {each.room.sid: each for each in picture.ended}
            # What stands above the divider, has ended and is forgotten by now has nothing to show any more.
            touched.update(sid for sid in self._ended.keys() - ended.keys() if sid in self._place)
            self._ended = ended
        if self._sieve is not None:
            self._sieve.again.update(touched)
        return self._put(touched, still=still, cursor=cursor, below_differs=below_differs)

    def is_settled(self, *, still: bool, now: float) -> bool:
        """Whether `settle` would leave every row where it is."""
        return (still or not self._loose) and not self._due.is_due(now)

    def settle(self, *, still: bool, cursor: str | None, now: float = -_NEVER) -> str | None:
        """Put in place what was kept out of it, unless it is to keep still for longer, and what time alone has moved.

        Args:
            still: rows are to keep their places.
            cursor: the room that the cursor is on.
            now: what a filter has said may have been true until now (a timestamp).

        Returns:
            As `show` does.
        """
        due = self._due.by(now)
        if not due and (still or not self._loose):
            return cursor
        return self._put(due, still=still, cursor=cursor)

    def _learn(self, touched: Collection[str]) -> None:
        out: list[Key] = []
        into: list[Key] = []
        sooner: list[Closing] = []
        later: list[Closing] = []
        for sid in touched:
            live = self._live.get(sid)
            before, now = self._keys.get(sid), None if live is None else self._key(live)
            if before != now:
                _exchange(self._keys, sid, now, out, into)
            closed, closing = self._closing.get(sid), None if live is None else _certain_end(live)
            if closed != closing:
                _exchange(self._closing, sid, closing, sooner, later)
        self._all.change(out, into)
        self._certain.change(sooner, later)

    def _key(self, live: LiveRoom) -> Key:
        closes = _closes(live)
        if self._by is None:
            return ((0, closes), 0.0, live.room.sid)
        # Who ranks alike stands in the usual order.
        return (self._by(live), closes, live.room.sid)

    def _put(
        self, touched: Collection[str], *, still: bool, cursor: str | None, below_differs: bool = False
    ) -> str | None:
        if not still:
            # Whoever keeps them out of place will say so again.
            touched, self._loose = self._loose.union(touched), set()
        self._late += 1
        out: list[Key] = []
        into: list[Key] = []
        for sid in touched:
            before = self._place.get(sid)
            now = self._place_for(sid, before, still=still, cursor=cursor)
            if before == now:
                continue
            if before is not None:
                out.append(before)
            if now is None:
                del self._place[sid]
            else:
                into.append(now)
                self._place[sid] = now
        below_differs = below_differs or any(sid in self._ended for sid in touched)
        # Only where its room goes does the cursor need to know what stood around it.
        went = cursor not in self._place and any(key[-1] == cursor for key in out)
        old = [*self] if went or (cursor in self._below_at and cursor not in self._ended) else []
        self._order.change(out, into)
        if out or into:
            self.arrangement += 1
        if below_differs:
            self._put_below()
        return self._stand_in(cursor, old)

    def _place_for(self, sid: str, before: Key | None, *, still: bool, cursor: str | None) -> Key | None:
        right = self._keys.get(sid)
        if self._keep is not None and not self._is_let_through(sid):
            right = None
        if right == before:
            return before
        if before is not None:
            has_ended = sid in self._ended and sid not in self._live
            stays = (has_ended and sid == cursor) or (still and (has_ended or sid in self._live))
            if stays:
                self._loose.add(sid)
                return before
        elif still and right is not None:
            self._loose.add(sid)
            return ((_LATE, self._late), 0.0, sid)
        return right

    def _is_let_through(self, sid: str) -> bool:
        live = self._live.get(sid)
        if live is None or self._keep is None:
            self._waiting.discard(sid)
            self._due.forget(sid)
            return False
        verdict, until = self._keep(live)
        if verdict is Verdict.WAITING:
            self._waiting.add(sid)
        else:
            self._waiting.discard(sid)
        self._due.expect(sid, until)
        return verdict is Verdict.YES

    def _put_below(self) -> None:
        self.arrangement += 1
        keep = self._keep
        self._below = [
            sid
            for sid, each in self._ended.items()
            if sid not in self._place and (keep is None or keep(each).verdict is Verdict.YES)
        ]
        self._below_at = {sid: index for index, sid in enumerate(self._below)}

    # -- another order

    def sort(self, by: By | None, cursor: str | None) -> str | None:
        """Sort the live rooms by something else (None: by when they close); returns as `show` does."""
        cursor = self._put(_NOTHING, still=False, cursor=cursor)
        shown = set(self._place)
        self._by = by
        self._keys = {sid: self._key(live) for sid, live in self._live.items()}
        self._all = Ordered(sorted(self._keys.values()))
        return self._arrange(shown, cursor)

    def _arrange(self, shown: Collection[str] | None, cursor: str | None) -> str | None:
        """Put above the divider, in their order, the live rooms that are `shown` (None: all)."""
        order, below = self._order, self._below
        self._order = Ordered(self._all if shown is None else [key for key in self._all if key[-1] in shown])
        self._place = {key[-1]: key for key in self._order}
        self._loose.clear()
        self._put_below()
        if cursor is None or self.shows(cursor):
            return cursor or self.first
        return self._stand_in(cursor, [*(key[-1] for key in order), *below])

    # -- a filter

    def sift(self, keep: Keep | None, *, narrower: bool = False) -> None:
        """Begin to show only the rooms that `keep` lets through (None: all).

        What is shown stays the same until `go_on` has tested all of them.

        Args:
            keep: the filter.
            narrower: whether it lets nothing through that the one before, which may not have tested all rooms yet,
                says no to.
        """
        before, sieve = self._sieve, Sieve(keep)
        if not narrower or keep is None:
            sieve.untested.extend(self._keys)
        elif before is not None:
            sieve.untested.extend(before.left)
            sieve.due.update(before.due)
        else:
            sieve.untested.extend((*self._waiting, *self._place))
            sieve.due.update(self._due.expected)
        self._sieve = sieve

    @property
    def to_be_sifted(self) -> int:
        """How many rooms a filter has not tested yet."""
        return len(self._sieve.untested) if self._sieve is not None else 0

    @property
    def is_sifting(self) -> bool:
        """Whether there is something left for `go_on`."""
        return self._sieve is not None

    def go_on(self, cursor: str | None, *, rooms: int | None = None) -> str | None:
        """Test another so many rooms (None: all that are left), and with the last of them show what was found.

        Returns as `show` does.
        """
        sieve = self._sieve
        if sieve is None or not sieve.test(self._live, rooms):
            return cursor
        self._keep, self._sieve = sieve.keep, None
        self._waiting, self._due = sieve.waiting, Due(sieve.due)
        if sieve.keep is not None and not self._loose and sieve.found == self._place.keys():
            self._put_below()
            return self._stand_in(cursor, [])
        return self._arrange(None if sieve.keep is None else sieve.found, cursor)


def _exchange(known: dict[str, ValueT], sid: str, now: ValueT | None, out: list[ValueT], into: list[ValueT]) -> None:
    before = known.get(sid)
    if before is not None:
        out.append(before)
    if now is None:
        del known[sid]
    else:
        into.append(now)
        known[sid] = now


def _closes(live: LiveRoom) -> float:
    # By the instant, not by what is left of it: the order changes only when the facts do.
    return _NEVER if live.deadline is None else live.deadline.at.timestamp()


def _certain_end(live: LiveRoom) -> Closing | None:
    deadline = live.deadline
    return (deadline.at.timestamp(), live.room.sid) if deadline is not None and deadline.certain else None


def _differing(before: Mapping[str, LiveRoom], now: Mapping[str, LiveRoom]) -> set[str]:
    # What has not changed is the very same object.
    return {sid for sid, each in now.items() if before.get(sid) is not each}.union(before.keys() - now.keys())
