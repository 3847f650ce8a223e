"""Says on the board when a room is about to close: time alone brings that about, no answer of Twilio's does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from roomtui.rooms.closing import ClosingSoon

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.rooms.clock import Clock
    from roomtui.watch.board import Board, BoardState

_LOOK_EVERY: Final = 1.0


class Closings:
    """Adds events to a board, whoever feeds it, paused or not.

    Args:
        board: what is known.
        clock: Twilio's time.
    """

    def __init__(self, board: Board, clock: Clock) -> None:
        self._board = board
        self._clock = clock
        self._closing = ClosingSoon()
        self._unsubscribe: Callable[[], None] | None = None
        self._next_look: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin; to be called in the running event loop."""
        self._closing.see(self._board.state.picture, None, self._clock.now())
        self._unsubscribe = self._board.subscribe(self._hear)
        self._look_again()

    def stop(self) -> None:
        """Say no more."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._next_look is not None:
            self._next_look.cancel()

    def look(self) -> None:
        """Say which rooms are about to close by now."""
        events = self._closing.due(self._clock.now())
        if events:
            self._board.show(self._board.state.picture, events)

    def _hear(self, state: BoardState) -> None:
        if state.changed is None or state.changed:
            self._closing.see(state.picture, state.changed, self._clock.now())
            self.look()

    def _look_again(self) -> None:
        self.look()
        self._next_look = asyncio.get_running_loop().call_later(_LOOK_EVERY, self._look_again)
