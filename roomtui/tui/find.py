"""Which rooms match what was typed, and what may be typed next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from roomtui.rooms.judging import Asking, text_of
from roomtui.rooms.personal import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from roomtui.rooms.judging import Text
    from roomtui.rooms.model import Room
    from roomtui.rooms.picture import LiveRoom
    from roomtui.rooms.query import Found, Query
    from roomtui.tui.columns import Entry

CHARACTERS_KEPT: Final = 4_000_000
"""How much of what is searched is kept: ten thousand rooms with a handful of people in each take a third of it."""
_OFFERED: Final = 8


class Haystacks:
    """What is searched of each room, made ready when it is searched first, for as long as the room stays as it is.

    Args:
        hide: what is hidden is not searched.
        kept: how many characters are kept; where it would be more, all are forgotten, and made again when needed.
    """

    def __init__(self, *, hide: bool, kept: int = CHARACTERS_KEPT) -> None:
        self.hide = hide
        self._most = kept
        self._size = 0
        self._kept: dict[str, tuple[Entry, Text]] = {}

    @property
    def size(self) -> int:
        """How many characters are kept."""
        return self._size

    def keep_only(self, sids: Container[str]) -> None:
        """Forget what is not of these rooms."""
        self._kept = {sid: known for sid, known in self._kept.items() if sid in sids}
        self._size = sum(len(text.everything) for _, text in self._kept.values())

    def of(self, entry: Entry) -> Text:
        """All that is searched of this room."""
        sid = entry.room.sid
        before = self._kept.get(sid)
        if before is not None and before[0] is entry:
            return before[1]
        made = text_of(entry, hide=self.hide)
        self._size += len(made.everything) - (len(before[1].everything) if before is not None else 0)
        if self._size > self._most:
            self._kept.clear()
            self._size = len(made.everything)
        self._kept[sid] = (entry, made)
        return made


def finder(query: Query, haystacks: Haystacks, now: Callable[[], float]) -> Callable[[Entry], Found] | None:
    """Tells of a room whether it is asked for, and until when that holds; None where all are.

    Args:
        query: what is asked for.
        haystacks: what is searched.
        now: seconds since the epoch, of Twilio's time.
    """
    if query.is_empty:
        return None
    return partial(query.judging, Asking(now, haystacks.of))


def values_of(
    live: Mapping[str, LiveRoom], shown_now: Iterable[LiveRoom], haystacks: Haystacks
) -> Callable[[str, str], Iterator[str]]:
    """What a completion may choose from, as many as are offered at a time.

    To be called with a term's name and how the value begins, caseless.

    Args:
        live: the rooms whose types and regions are offered.
        shown_now: the rooms whose names and people are offered: those that have what was typed are shown already.
        haystacks: what is searched of them.
    """

    def values(name: str, begun: str) -> Iterator[str]:
        found: set[str] = set()
        for each in _values(name, begun, live, shown_now, haystacks):
            if each not in found:
                found.add(each)
                yield each
                if len(found) >= _OFFERED:
                    return

    return values


def _values(
    name: str, begun: str, live: Mapping[str, LiveRoom], shown_now: Iterable[LiveRoom], haystacks: Haystacks
) -> Iterator[str]:
    if name == "type":
        yield from _common(live, begun, lambda room: room.type)
    elif name == "region":
        yield from _common(live, begun, lambda room: room.media_region)
    elif name in {"name", "who", ""}:
        entries = list(shown_now)
        if name != "who":
            yield from _names(entries, haystacks, begun)
        if name != "name":
            yield from _people(entries, haystacks, begun)


def _common(live: Mapping[str, LiveRoom], begun: str, of: Callable[[Room], str | None]) -> Iterator[str]:
    different = {of(each.room) for each in live.values()}
    return iter(sorted(each for each in different if each is not None and each.casefold().startswith(begun)))


def _names(entries: Sequence[LiveRoom], haystacks: Haystacks, begun: str) -> Iterator[str]:
    for each in entries:
        if haystacks.of(each).everything.startswith(begun):
            yield shown(each.room.unique_name, hide=haystacks.hide)


def _people(entries: Sequence[LiveRoom], haystacks: Haystacks, begun: str) -> Iterator[str]:
    line = f"\n{begun}"
    for each in entries:
        text = haystacks.of(each)
        # The line break before the first of them ends what stands before.
        if each.roster is not None and text.everything.find(line, text.inside - 1, text.gone) >= 0:
            people = (shown(one.identity, hide=haystacks.hide) for one in each.roster.present)
            yield from (one for one in people if one.casefold().startswith(begun))
