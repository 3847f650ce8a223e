"""When a picture is made of what is known, and shown."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from roomtui.watch.board import Board
    from roomtui.watch.known import Known

GATHER: Final = 0.1
"""Seconds for which answers are gathered into one picture: each costs a frame, and nobody reads ten in a second."""


class Later(Protocol):
    """Calls something after so many seconds, as `loop.call_later`."""

    def __call__(self, delay: float, callback: Callable[[], object]) -> asyncio.Handle:
        """The handle cancels it."""
        ...


class Showing:
    """Puts on the board what is known: what a person waits for at once, the rest gathered for a moment.

    Args:
        known: what there is to show.
        board: where to show it.
        gather: seconds from the first answer to the picture.
        later: the event loop's timer, unless another one is handed in.
    """

    def __init__(self, known: Known, board: Board, *, gather: float = GATHER, later: Later | None = None) -> None:
        self._known = known
        self._board = board
        self._gather = gather
        self._later = later
        self._waiting: asyncio.Handle | None = None
        self._at_once = False
        self._stopped = False

    def soon(self) -> None:
        """Something was learnt: show it together with what else is learnt within a moment."""
        if self._waiting is None and not self._stopped:
            later = self._later or asyncio.get_running_loop().call_later
            self._waiting = later(self._gather, self.now)

    def at_once(self) -> None:
        """A person waits for it: show it as soon as the answers that have arrived are taken in."""
        if self._at_once or self._stopped:
            return
        self._forget()
        self._at_once = True
        self._waiting = asyncio.get_running_loop().call_soon(self.now)

    def now(self) -> None:
        """Show what is known now."""
        self._forget()
        news = self._known.develop()
        self._board.show(news.picture, news.events, changed=news.changed)

    def stop(self) -> None:
        """Show nothing more by itself."""
        self._stopped = True
        self._forget()

    def _forget(self) -> None:
        self._at_once = False
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
