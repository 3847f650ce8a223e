"""Calls to attention: puts on the board which rules begin to hold, and rings, notifies and runs what was asked for.

However many rooms a rule holds for, whoever watches is called at most every ten seconds, once for all of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from roomtui.children import without_credentials
from roomtui.rooms.alerts import Alerts, quiet
from roomtui.rooms.personal import shown
from roomtui.rooms.untrusted import safe
from roomtui.rooms.words import plural
from roomtui.watch.journal_lines import event_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from roomtui.rooms.alerts import AlertRule, Shown
    from roomtui.rooms.changes import Event
    from roomtui.rooms.clock import Clock
    from roomtui.watch.board import Board, BoardState

_LOOK_EVERY: Final = 1.0
GATHER: Final = 1.0
"""Seconds for which what happens together is told together."""
CALL_EVERY: Final = 10.0
"""Seconds between two calls, at the least."""
COMMAND_TIMEOUT: Final = 30.0
"""Seconds that a command may take; then it is killed."""
_NAMED: Final = 3
_KEPT: Final = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """A rule, and how it is called out.

    Attributes:
        rule: for which rooms.
        bell: the terminal's bell is rung.
        notify: the terminal is asked for a notification.
        command: the program to run, and its arguments; it reads the events on its standard input, as the journal has
            them, a line each. Empty where none is to be run.
        quiet_hours: from when to when (``22:00-06:00``, by this machine's clock) it is only shown.
    """

    rule: AlertRule
    bell: bool = False
    notify: bool = False
    command: tuple[str, ...] = ()
    quiet_hours: str | None = None


@dataclass(slots=True)
class Means:
    """How whoever watches is reached.

    Attributes:
        ring: rings the bell.
        notify: asks the terminal to show this line.
        trouble: tells that something did not work.
        hide: whether phone numbers are masked.
        run: runs a program with this on its standard input; a sentence where that did not work.
        here: the time by this machine's clock.
    """

    ring: Callable[[], object]
    notify: Callable[[str], object]
    trouble: Callable[[str], object]
    hide: Callable[[], bool]
    run: Callable[[Sequence[str], bytes], Awaitable[str | None]] = field(default_factory=lambda: run)
    here: Callable[[], datetime] = field(default_factory=lambda: _here)


class Alarms:
    """Looks after the rules, for as long as a board is watched.

    Args:
        board: what is known; it is told what begins to hold.
        clock: Twilio's time.
        calls: the rules; of two that hold for a room, the first one is shown.
        means: how whoever watches is reached.
    """

    def __init__(self, board: Board, clock: Clock, calls: Sequence[Call], means: Means) -> None:
        self._board = board
        self._clock = clock
        self._calls = {call.rule.name: call for call in calls}
        self._means = means
        self._alerts = Alerts([call.rule for call in calls])
        self._untold: dict[str, list[Event]] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, list[Event]] = {}
        self._unsubscribe: Callable[[], None] | None = None
        self._next_look: asyncio.TimerHandle | None = None
        self._next_call: asyncio.TimerHandle | None = None
        self._called = -CALL_EVERY

    @property
    def shown(self) -> Shown:
        """Which rule holds for which room, first of all."""
        return self._alerts.shown

    def start(self) -> None:
        """Begin; to be called in the running event loop."""
        if self._calls:
            self._alerts.see(self._board.state.picture, None, self._clock.now())
            self._unsubscribe = self._board.subscribe(self._hear)
            self._look_again()

    def stop(self) -> None:
        """Call nobody any more. A command that runs goes on by itself."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        for timer in (self._next_look, self._next_call):
            if timer is not None:
                timer.cancel()
        for task in self._running.values():
            task.cancel()

    def look(self) -> None:
        """Say which rules begin to hold by time alone."""
        self._say(self._alerts.due(self._clock.now()))

    def _look_again(self) -> None:
        self.look()
        self._next_look = asyncio.get_running_loop().call_later(_LOOK_EVERY, self._look_again)

    def _hear(self, state: BoardState) -> None:
        if state.changed is None or state.changed:
            self._say(self._alerts.see(state.picture, state.changed, self._clock.now()))

    def _say(self, events: tuple[Event, ...]) -> None:
        if not events:
            return
        self._board.show(self._board.state.picture, events)
        for event in events:
            untold = self._untold.setdefault(event.alert or "", [])
            if len(untold) < _KEPT:
                untold.append(event)
        self._call_soon()

    def _call_soon(self) -> None:
        if self._next_call is None:
            loop = asyncio.get_running_loop()
            wait = max(GATHER, self._called + CALL_EVERY - loop.time())
            self._next_call = loop.call_later(wait, self.call)

    def call(self) -> None:
        """Call out what has not been told yet."""
        self._next_call = None
        self._called = asyncio.get_running_loop().time()
        here = self._means.here().time()
        untold, self._untold = self._untold, {}
        loud = [
            (self._calls[name], events)
            for name, events in untold.items()
            if name in self._calls and not quiet(self._calls[name].quiet_hours, here)
        ]
        if any(call.bell for call, _ in loud):
            self._means.ring()
        lines = [self._line(call, events) for call, events in loud if call.notify]
        if lines:
            self._means.notify("; ".join(lines))
        for call, events in loud:
            if call.command:
                self._run(call, events)

    def _line(self, call: Call, events: Sequence[Event]) -> str:
        hide = self._means.hide()
        names = list(dict.fromkeys(shown(event.room_name, hide=hide) or event.room_sid for event in events))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return f"{safe(call.rule.name)}: {', '.join(names[:_NAMED])}{more}"

    def _run(self, call: Call, events: list[Event]) -> None:
        name = call.rule.name
        if name in self._running:
            # One at a time: what it is to be told waits for it.
            self._waiting[name] = [*self._waiting.get(name, ()), *events][-_KEPT:]
            return
        self._running[name] = asyncio.get_running_loop().create_task(self._see_through(call, events), name="alert")

    async def _see_through(self, call: Call, events: Sequence[Event]) -> None:
        lines = b"".join(json.dumps(event_line(event)).encode() + b"\n" for event in events)
        try:
            wrong = await self._means.run(call.command, lines)
        finally:
            del self._running[call.rule.name]
            waiting = self._waiting.pop(call.rule.name, None)
        if waiting is not None:
            self._run(call, waiting)
        if wrong is not None:
            told = plural(len(events), "event")
            self._means.trouble(f"The alert {safe(call.rule.name)} could not run its command for {told}: {wrong}")


async def run(command: Sequence[str], lines: bytes) -> str | None:
    """Run a program with `lines` on its standard input; a sentence where it did not work.

    It gets none of our terminal, and none of our credentials.
    """
    null = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=null,
            stderr=null,
            env=without_credentials(),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        return f"{safe(command[0])} cannot be started ({reason or error})."
    try:
        await asyncio.wait_for(process.communicate(lines), COMMAND_TIMEOUT)
    except asyncio.TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        return f"{safe(command[0])} took longer than {COMMAND_TIMEOUT:g} s."
    return None if process.returncode == 0 else f"{safe(command[0])} ended with {process.returncode}."


def _here() -> datetime:
    # Quiet hours are this machine's own.
    return datetime.now().astimezone()
