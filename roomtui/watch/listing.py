"""Looking at the rooms list: how often, and how it is taken in without holding anybody up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from roomtui.twilio_api.gateway import RoomQuery
from roomtui.twilio_api.turns import let_others_go_first
from roomtui.watch.budget import list_interval

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.model import Room
    from roomtui.twilio_api.gateway import Gateway
    from roomtui.watch.budget import ReadBudget
    from roomtui.watch.known import Known
    from roomtui.watch.looks import Looks
    from roomtui.watch.showing import Showing

# Rooms that are taken in at a time, of those of which a list brings news: with their picture a few milliseconds.
_AT_A_TIME: Final = 500

_Item = TypeVar("_Item")


class Listing:
    """Reads the list of the rooms in progress, and tells what is known by it.

    Args:
        gateway: Twilio.
        known: what is known; told what the list says.
        looks: told who left the list, and who is there again.
        showing: shows a list that is full of news bit by bit.
        clock: Twilio's time.
        budget: the reads a second of which the list may take its share.
        monotonic: seconds that only grow.
    """

    def __init__(
        self,
        gateway: Gateway,
        known: Known,
        looks: Looks,
        showing: Showing,
        clock: Clock,
        budget: ReadBudget,
        *,
        monotonic: Callable[[], float],
    ) -> None:
        self._gateway = gateway
        self._known = known
        self._looks = looks
        self._showing = showing
        self._clock = clock
        self._budget = budget
        self._monotonic = monotonic
        self._pages = 1

    def interval(self, refresh: float) -> float:
        """Seconds between two looks where `refresh` is wished for: more than that where the list is long."""
        return list_interval(self._pages, self._budget.allowed, refresh)

    async def read(self, *, urgent: bool) -> None:
        """Read the list, and take it in if it came whole. What it says is not shown yet.

        Raises:
            TwilioError: a page did not come.
        """
        known = set(self._known.live)
        began = self._monotonic()
        listed: dict[str, Room] = {}
        news: list[Room] = []
        pages = 0
        async for page in self._gateway.room_pages(RoomQuery(), urgent=urgent):
            pages += 1
            listed.update(zip([room.sid for room in page], page, strict=True))
            news += self._known.live.news_of(page)
        self._pages = max(1, pages)
        as_of = self._clock.now()
        await let_others_go_first()
        # Another list may have been taken in while this one was read.
        news += [listed[sid] for sid in self._looks.missing & listed.keys()]
        async for rooms in self._in_parts(news):
            for room in rooms:
                self._known.listed(room, began)
                self._looks.found(room.sid)
        async for sids in self._in_parts(list(known - listed.keys())):
            for sid in sids:
                if self._known.unlisted(sid):
                    self._looks.miss(sid, began)
        async for sids in self._in_parts(list(self._looks.too_late(began))):
            for sid in sids:
                self._known.give_up(sid, began)
        self._known.as_of = as_of
        self._known.forget_old_endings()
        await let_others_go_first()

    async def _in_parts(self, items: list[_Item]) -> AsyncIterator[list[_Item]]:
        """Those who look on are shown one part before the next is taken in, and the event loop has its turn."""
        for start in range(0, len(items), _AT_A_TIME):
            part = items[start : start + _AT_A_TIME]
            yield part
            if len(part) == _AT_A_TIME:
                self._showing.now()
                await let_others_go_first()
