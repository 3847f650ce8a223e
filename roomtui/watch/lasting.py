"""Changes that are seen through though whoever asked for them has gone on to something else."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from roomtui.watch.actions import Actions

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from roomtui.rooms.new_room import NewRoom
    from roomtui.watch.actions import CreateResult, EndResult, RecordResult, RemoveResult

_ResultT = TypeVar("_ResultT")


class LastingActions(Actions):
    """Actions that a change of the account, which takes every dialog with it, does not break off.

    Nobody may be left to hear of the result; it stands in the journal. A call is followed by whoever placed it: it
    goes on at Twilio, and the journal says that it is not followed any more.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - just as `Actions`
        super().__init__(*args, **kwargs)
        self._under_way: set[asyncio.Task[Any]] = set()

    async def create_room(self, new: NewRoom) -> CreateResult:
        """Create a room; see `Actions`."""
        return await self._see_through(super().create_room(new))

    async def end_room(self, sid: str, *, even_if_occupied: bool) -> EndResult:
        """End a room; see `Actions`."""
        return await self._see_through(super().end_room(sid, even_if_occupied=even_if_occupied))

    async def remove(self, room_sid: str, participant_sid: str) -> RemoveResult:
        """Put somebody out; see `Actions`."""
        return await self._see_through(super().remove(room_sid, participant_sid))

    async def record(self, room_sid: str, *, on: bool) -> RecordResult:
        """Switch recording; see `Actions`."""
        return await self._see_through(super().record(room_sid, on=on))

    async def finish(self, within: float) -> None:
        """Wait until nothing is under way, at most so many seconds; what still is, is broken off.

        What was broken off has its line in the journal, too: interrupted.
        """
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within)
        for task in tuple(self._under_way):
            task.cancel()
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _see_through(self, deed: Coroutine[Any, Any, _ResultT]) -> _ResultT:
        task = asyncio.ensure_future(deed)
        self._under_way.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        with suppress(asyncio.CancelledError):
            task.exception()  # nobody may be left to hear of it
