"""A tape shown again: keeps a board current, as the poller did, and is the time that went by then."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from roomtui.watch.board import Link, LinkState
from roomtui.watch.tape.decoding import BEFORE_ALL

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from roomtui.watch.board import Board
    from roomtui.watch.budget import Attention
    from roomtui.watch.tape.decoding import Told
    from roomtui.watch.tape.tape import Tape

SLOWEST: Final = 0.25
FASTEST: Final = 240.0
"""Tape's seconds in a second."""
_AT_ONCE: Final = 200
"""Lines read in one go while it plays; then the keys have their turn."""
_FRAME: Final = 0.05
"""Seconds between two pictures at the least: a fast tape is not shown line by line."""


class Timer(Protocol):
    """What can be called off."""

    def cancel(self) -> object:
        """Call it off."""
        ...


def _call_later(seconds: float, call: Callable[[], object]) -> Timer:
    return asyncio.get_running_loop().call_later(seconds, call)


class Replay:
    """Plays a tape onto a board: a `Feed`, and the `Clock` by which the screen counts down.

    Args:
        tape: what was recorded.
        board: shows it.
        speed: tape's seconds in a second.
        monotonic: seconds that only grow.
        call_later: calls something after so many of these seconds.
    """

    def __init__(
        self,
        tape: Tape,
        board: Board,
        *,
        speed: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
        call_later: Callable[[float, Callable[[], object]], Timer] = _call_later,
    ) -> None:
        self.tape = tape
        self._board = board
        self._monotonic = monotonic
        self._call_later = call_later
        self._speed = speed
        self._from = tape.start
        self._since = monotonic()
        self._running = False
        self._told: Told = BEFORE_ALL
        self._next = 0
        self._timer: Timer | None = None
        self._winding: asyncio.Task[None] | None = None
        self._is_winding = False

    # -- the clock

    def now(self) -> datetime:
        """The time on the tape; it stands still while paused, and at the end."""
        if not self._running:
            return self._from
        gone_by = timedelta(seconds=(self._monotonic() - self._since) * self._speed)
        return min(self._from + gone_by, self.tape.end)

    @property
    def begins(self) -> datetime:
        """When the recording begins (Twilio's time)."""
        return self.tape.start

    @property
    def ends(self) -> datetime:
        """When it ends (Twilio's time)."""
        return self.tape.end

    @property
    def speed(self) -> float:
        """Tape's seconds in a second."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Play faster or slower, within `SLOWEST` and `FASTEST`."""
        self._be_at(self.now(), running=self._running)
        self._speed = min(max(speed, SLOWEST), FASTEST)
        self._wait_for_the_next()

    # -- winding

    def wind(self, seconds: float) -> None:
        """Go forward, or back, by so many of the tape's seconds."""
        self.wind_to(self.now() + timedelta(seconds=seconds))

    def wind_to(self, moment: datetime) -> None:
        """Show what was known at `moment`, or at the end of the tape that is nearest to it."""
        self._be_at(min(max(moment, self.tape.start), self.tape.end), running=self._running)
        self._stop_waiting()
        if not self._is_winding:
            self._is_winding = True
            self._winding = asyncio.get_running_loop().create_task(self._wind(), name="wind")

    async def wound(self) -> None:
        """Wait until what was asked for by `wind` is shown."""
        if self._winding is not None:
            await self._winding

    async def _wind(self) -> None:
        wanted = -1
        while wanted != (number := self.tape.number_at(self._from)):  # wound on meanwhile
            # In a thread: there may be much to read, and a key shall not wait for it.
            wanted = number
            self._told = await asyncio.to_thread(self.tape.told_by, number)
        self._is_winding = False
        self._next = wanted + 1
        self._be_at(self._from, running=self._running)  # the reading took its time
        self._board.restore(self._told.state())
        self._show_how_it_stands()
        self._wait_for_the_next()

    # -- the feed

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return not self._running

    @property
    def refresh(self) -> float:
        """Nothing is asked for."""
        return 0.0

    def start(self) -> None:
        """Play from the beginning."""
        self._running = True
        self.wind_to(self.tape.start)

    async def stop(self) -> None:
        """Play no more."""
        self._running = False
        self._stop_waiting()
        if self._winding is not None:
            self._winding.cancel()
            await asyncio.wait([self._winding])
        self.tape.close()

    def pause(self) -> None:
        """Stand still, the time too."""
        self._be_at(self.now(), running=False)
        self._stop_waiting()
        self._show_how_it_stands()

    def resume(self) -> None:
        """Go on; at the end, from the beginning."""
        at_end = self._from >= self.tape.end
        self._be_at(self._from, running=True)
        if at_end:
            self.wind_to(self.tape.start)
        else:
            self._show_how_it_stands()
            self._wait_for_the_next()

    def refresh_now(self) -> None:
        """There is nothing to ask."""

    def set_refresh(self, seconds: float) -> None:
        """There is nothing to ask."""

    def attend(self, attention: Attention) -> None:
        """All of it was recorded, or is not there."""

    def look_at(self, sid: str) -> None:
        """As above."""

    def ended_by_us(self, sid: str) -> None:
        """Nothing can be ended that is over."""

    # -- playing

    def _be_at(self, moment: datetime, *, running: bool) -> None:
        self._from, self._since, self._running = moment, self._monotonic(), running

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait_for_the_next(self) -> None:
        self._stop_waiting()
        if not self._running or self._is_winding:
            return
        due = self.tape.time(self._next) if self._next < len(self.tape) else self.tape.end
        wait = (due - self.now()).total_seconds() / self._speed
        self._timer = self._call_later(max(_FRAME, wait), self._play)

    def _play(self) -> None:
        """Show what has happened on the tape by now."""
        self._timer = None
        if self._next >= len(self.tape):
            self.pause()  # this was the end
            return
        by_now = min(self.tape.number_at(self.now()) + 1, self._next + _AT_ONCE)
        if by_now > self._next:
            before = self._told
            self._told = self.tape.read_on(before, range(self._next, by_now))
            self._next = by_now
            self._board.show(self._told.picture, self._told.events, changed=self._told.changed)
            self._board.link(self._told.link)
        self._wait_for_the_next()

    def _show_how_it_stands(self) -> None:
        if self._running:
            self._board.link(self._told.link)
        elif self._from >= self.tape.end:
            self._board.link(Link(LinkState.PAUSED, "The recording ends here; p plays it again."))
        else:
            self._board.link(Link(LinkState.PAUSED))
