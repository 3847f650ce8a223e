"""The thread that writes to the terminal: controls at once, and of the frames only the newest."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from roomtui.tui.descriptors import takes_something, write_all
from roomtui.tui.frugal.difference import Terminal
from roomtui.tui.frugal.grid import Grid, NotUnderstood
from roomtui.tui.frugal.traits import Traits
from roomtui.tui.frugal.window import MOST, Window

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

ASK: Final = "\x1b[6n"
"""Where is the cursor? Every terminal and multiplexer answers, in order, as soon as it has come this far."""

_SYNC: Final = ("\x1b[?2026h", "\x1b[?2026l")
_WORTH_SYNC: Final = 1000
_CONTROLS_WAITING_MAX: Final = 64
_STUCK: Final = 1.5
"""Seconds without an answer after which none is to be expected soon."""
_LAST_ANSWERS: Final = 0.5
_LAST_WORDS: Final = 0.3
"""Both together, and what else there is to do, must be over within a second."""
_FRAME_WAITS: Final = 1.0
_MODE: Final = re.compile(r"\x1b\[")
_ANSWERED_WITHIN: Final = 0.5
"""Seconds after a key in which what is drawn counts as its answer; later it is something that nobody waits for."""
_BEGINNING: Final = 128
"""Bytes of an answer that show that a key was heard: the beginnings of two rows."""
_FEW: Final = 4
"""So many rows are written by whoever draws them: until another thread is awake, a busy machine lets time pass."""
_FEW_BYTES: Final = 2048
"""A terminal that takes something takes so much."""
_FIRST_SCREEN_WITHIN: Final = 10.0
"""Seconds after the start in which everything does."""


class Pipe(threading.Thread):
    """Writes to a terminal what it is to show, as slowly as its line is, without ever holding up who asks for it.

    Args:
        file: the terminal.
        asks: whether the terminal may be asked what has arrived, since somebody hears its answers.
        wanted: what is to be shown, as long as nothing else is: that of a pipe that has ended.
        monotonic: seconds that only grow.
    """

    def __init__(
        self,
        file: TextIO,
        *,
        asks: bool,
        wanted: Grid | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(daemon=True, name="frugal-output")
        self._file = file
        self._descriptor = _descriptor(file)
        self._encoding = getattr(file, "encoding", None) or getattr(sys.__stderr__, "encoding", None) or "utf-8"
        self._asks = asks
        self._monotonic = monotonic
        self._change = threading.Condition()
        self._controls: list[str] = []
        self._wanted = wanted or Grid(1, 1)
        self._traits = Traits()
        self._terminal = self._unknown_terminal()
        self._cursor_told: tuple[int, int] | None = self._wanted.cursor
        self._window = Window()
        self._is_unanswered = False
        self._ahead = _BEGINNING
        self._answers_until = monotonic() + _FIRST_SCREEN_WITHIN
        self._in_sync = False
        self._stopping = False
        self._is_writing = False
        self._left = b""  # of what was written at once
        self._nobody_answers = False
        self.aside: str | None = None
        """Why frames are handed on as they are; None while they are not."""

    # -- called by whoever draws

    @property
    def wanted(self) -> Grid:
        """What the terminal is to show."""
        return self._wanted

    def trust(self, traits: Traits) -> None:
        """Make use of what the terminal is known to do."""
        with self._change:
            self._traits = traits
            self._terminal.trust(traits)

    def frame(self, frame: str, width: int, height: int, *, focus: range = range(0)) -> None:
        """Show one frame of Textual's compositor on a screen of this size; `focus`: the rows where people look."""
        with self._change:
            if self.aside is not None:
                self._hand_on(frame)
                return
            if (width, height) != (self._wanted.width, self._wanted.height):
                self._wanted = Grid(width, height)
                self._terminal = self._unknown_terminal()
                self._terminal.forget()
                self._cursor_told = None
            looked_at, is_late = self._wanted.looked_at, self._monotonic() > self._answers_until
            try:
                self._wanted.focus = focus
                self._wanted.feed(frame, late=is_late)
            except NotUnderstood as error:
                self._step_aside(str(error), frame)
            if not (is_late or self._is_unanswered) and self._wanted.looked_at != looked_at:
                # Something else was drawn since the key was pressed, and sent for its answer: this is the answer.
                self._is_unanswered, self._ahead = True, 2 * _BEGINNING
            self._answer_at_once()
            if self._wanted.dirty or self._left or self._controls:
                self._change.notify()

    def control(self, sequence: str) -> None:
        """Send a sequence that changes nothing on the screen: a mode, the clipboard, the bell."""
        with self._change:
            self._hand_on(sequence)

    def repaint(self) -> None:
        """Nobody knows what the terminal shows: send all of it anew."""
        with self._change:
            self._terminal.forget()
            self._cursor_told = None
            self._wanted.touch_all()
            self._change.notify()

    def leave_out(self) -> None:
        """What has not been shown yet is not worth showing any more."""
        with self._change:
            self._wanted.dirty.clear()
            self._cursor_told = self._wanted.cursor

    def key_pressed(self) -> None:
        """What is drawn from now on answers a key: it goes first."""
        with self._change:
            self._wanted.key_pressed()
            self._is_unanswered, self._ahead = True, _BEGINNING
            self._answers_until = self._monotonic() + _ANSWERED_WITHIN

    def in_sync(self) -> None:
        """The terminal is known to take whole frames at once (mode 2026)."""
        self._in_sync = True

    def answered(self) -> None:
        """The terminal answered the oldest question."""
        with self._change:
            self._window.answered(self._monotonic())
            self._change.notify_all()

    def hush(self) -> None:
        """Ask nothing more, and wait a moment for what the terminal has not answered yet.

        Once nobody reads them, its answers would stand in the shell as if they had been typed.
        """
        with self._change:
            self._asks = False
            patience = min(max(0.0, _STUCK - (self._missing() or 0.0)), _LAST_ANSWERS)
            self._change.wait_for(lambda: self._nobody_answers or self._missing() is None, patience)

    def expect_nothing(self) -> None:
        """The terminal has gone: it answers nothing any more."""
        with self._change:
            self._nobody_answers = True
            self._change.notify_all()

    def stop(self) -> None:
        """Send what is left, for a moment at most."""
        with self._change:
            self._stopping = True
            self._change.notify()
        if self.is_alive():
            self.join(_LAST_WORDS)

    def _answer_at_once(self) -> None:
        """Write what answers a key, if it is little and the terminal takes it."""
        wanted, now = self._wanted, self._monotonic()
        is_clear = not (self._is_writing or self._left or self._controls or self._window.is_slow or self._stopping)
        if not is_clear or self._descriptor is None or not 0 < wanted.answering <= _FEW:
            return
        if self._window.room(now) < _FEW_BYTES or not takes_something(self._descriptor):
            return
        chunk = self._ended(self._terminal.approach(wanted, most=_FEW_BYTES, older=False), now)
        self._is_unanswered = False
        self._left = chunk.encode(self._encoding, "replace")
        with suppress(OSError):  # that it has gone, the thread will hear
            self._left = self._left[os.write(self._descriptor, self._left) :]

    def _unknown_terminal(self) -> Terminal:
        return Terminal(Grid(self._wanted.width, self._wanted.height), self._traits)

    def _missing(self) -> float | None:
        return self._window.unanswered_for(self._monotonic())

    # -- the thread

    def run(self) -> None:
        """Write until it is stopped, or the terminal has gone."""
        while True:
            with self._change:
                chunk = self._next()
                while not (chunk or self._left or self._stopping):
                    self._change.wait(self._patience())
                    chunk = self._next()
                left, self._left = self._left, b""
                if not chunk and not left:
                    return
                self._is_writing = True
                self._change.notify_all()
            try:
                self._write(chunk, left)
            except (OSError, ValueError):  # the terminal has gone, or its file is closed
                return
            self._is_writing = False

    def _write(self, chunk: str, left: bytes) -> None:
        """Write what is left of the one before, and all of this one, however long the terminal takes.

        Not through the file: it would be locked as long as the terminal takes nothing, and nobody could end who has to
        flush it.
        """
        if self._descriptor is not None:
            try:
                write_all(self._descriptor, left + chunk.encode(self._encoding, "replace"))
            except OSError:  # it has gone: whoever has a file of his own before it hears it there
                self._descriptor = None
        if self._descriptor is None:
            self._file.write(chunk)
            self._file.flush()

    def _next(self) -> str:
        chunk = "".join(self._controls)
        self._controls.clear()
        now = self._monotonic()
        if painted := self._paint(now):
            chunk += painted.join(_SYNC) if len(painted) > _WORTH_SYNC and self._in_sync else painted
        return self._ended(chunk, now)

    def _ended(self, chunk: str, now: float) -> str:
        """What is sent now, with the cursor's place if it is all there is, and a question if it is time for one."""
        if not self._wanted.dirty and self._cursor_told != self._wanted.cursor:
            chunk += self._terminal.place_cursor(self._wanted.cursor)
            self._cursor_told = self._wanted.cursor
        if (chunk or self._window.is_blind) and self._asks and self._window.sent(len(chunk), now):
            chunk += ASK
        return chunk

    def _paint(self, now: float) -> str:
        """What of the screen comes next, as much as there is room for."""
        wanted, window, approach = self._wanted, self._window, self._terminal.approach
        if not wanted.dirty:
            return ""
        if self._stopping:
            return approach(wanted, most=MOST)
        room = min(window.room(now), window.room_at_once)
        if self._is_unanswered and wanted.answering:
            # Its beginning need not wait until something else has arrived.
            self._is_unanswered = False
            room = max(room, min(window.room(now, more=self._ahead), _BEGINNING))
        elif room < window.worth_sending:
            room = 0
        painted = approach(wanted, most=room, late=False)
        if not painted and room and window.calm_in(now) == 0.0:
            painted = approach(wanted, most=min(room, window.room_for_late))
        return painted

    def _patience(self) -> float | None:
        """Seconds after which there may be something to send, though nothing new has come."""
        if not self._wanted.dirty:
            return None
        now = self._monotonic()
        waits = [self._window.overdue_in(now), self._window.calm_in(now)]
        return min((wait for wait in waits if wait), default=None)

    def _hand_on(self, sequence: str) -> None:
        waiting = self._controls
        if self.aside is not None:
            # A frame is a change of the one before: none is left out, unless the terminal takes nothing at all.
            self._change.wait_for(lambda: len(waiting) < _CONTROLS_WAITING_MAX or self._stopping, _FRAME_WAITS)
        if len(waiting) >= _CONTROLS_WAITING_MAX:
            # The oldest, but none that switches a mode: a copy, a bell.
            del waiting[next((at for at, each in enumerate(waiting) if not _MODE.match(each)), 0)]
        waiting.append(sequence)
        self._change.notify()

    def _step_aside(self, reason: str, frame: str) -> None:
        # Everything that was understood so far first: the frame is a change of it.
        self.aside = reason
        self._terminal.forget()
        self._wanted.touch_all()
        self._controls.append("\x1b[m" + self._terminal.approach(self._wanted, most=MOST * 64) + "\x1b[m" + frame)
        self._terminal.forget_pen()


def _descriptor(file: TextIO) -> int | None:
    with suppress(OSError, ValueError):
        return file.fileno()
    return None
