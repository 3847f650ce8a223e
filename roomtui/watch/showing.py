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

_AT_LEISURE: Final = 6
"""So many times as long what is of no moment may wait: that a room off screen was read, or one on screen again."""

_NOW: Final = -1.0


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
        gather: seconds from the first answer that is of interest to the picture.
        later: the event loop's timer, unless another one is handed in.
    """

    def __init__(self, known: Known, board: Board, *, gather: float = GATHER, later: Later | None = None) -> None:
        self._known = known
        self._board = board
        self._gather = gather
        self._later = later
        self._waiting: asyncio.Handle | None = None
        # Seconds that it was put off for; None: nothing waits to be shown.
        self._within: float | None = None
        self._stopped = False

    def at_leisure(self) -> None:
        """Something was learnt that changes nothing on screen but its age: show it with whatever is shown next."""
        self._show_within(_AT_LEISURE * self._gather)

    def soon(self) -> None:
        """Something was learnt: show it together with what else is learnt within a moment."""
        self._show_within(self._gather)

    def at_once(self) -> None:
        """A person waits for it: show it as soon as the answers that have arrived are taken in."""
        if self._within != _NOW and not self._stopped:
            self._forget()
            self._within = _NOW
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

    def _show_within(self, seconds: float) -> None:
        if self._stopped or (self._within is not None and self._within <= seconds):
            return
        self._forget()
        self._within = seconds
        self._waiting = (self._later or asyncio.get_running_loop().call_later)(seconds, self.now)

    def _forget(self) -> None:
        self._within = None
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
