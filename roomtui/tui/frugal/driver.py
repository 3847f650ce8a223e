"""Textual's driver for Unix terminals, with an output that sends only what changed."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual import events
from textual.app import ScreenStackError

from roomtui.tui.driver import TerminalDriver
from roomtui.tui.frugal.pipe import Pipe
from roomtui.tui.frugal.traits import Traits, is_erased_in_colour, let_line_feeds_through

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

_SYNC: Final = frozenset({"\x1b[?2026h", "\x1b[?2026l"})
_ALTERNATE: Final = re.compile(r"\x1b\[\?1049([hl])")
# A frame of the compositor begins by addressing the cursor; all else that is written are controls.
_FRAME: Final = re.compile(r"\x1b\[[0-9;]*H")


class FrugalDriver(TerminalDriver):
    """Hands frames to a `Pipe`, and lets everything else through."""

    _pipe: Pipe | None = None

    @property
    def aside(self) -> str | None:
        """Why frames are sent as Textual makes them; None while only the differences are."""
        return None if self._pipe is None else self._pipe.aside

    def start_application_mode(self) -> None:
        """Take over the terminal, for the first time or again; what was to be shown still is."""
        if self._file is None:
            self._file = sys.__stderr__
        before = self._pipe
        if self._file is not None:
            asks = self.input_tty and os.isatty(self.fileno)
            self._pipe = Pipe(self._file, asks=asks, wanted=None if before is None else before.wanted)
        super().start_application_mode()
        if not self.has_terminal:
            # Sent to the background (`bg`), which may not: the shell will tell when it has the terminal.
            self._pipe = before
            return
        self._look_at_terminal()
        if self._pipe is not None:
            self._pipe.start()  # no sooner: what the terminal answers before the modes are ours, it would show

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        if self._pipe is not None and self.has_terminal:
            self._pipe.hush()
        super().stop_application_mode()

    def write(self, data: str) -> None:
        """Write a frame, or something else."""
        pipe = self._pipe
        if pipe is None:
            super().write(data)
        elif data in _SYNC:
            pipe.in_sync()
        elif _FRAME.match(data):
            width, height = self._app.size
            pipe.frame(data, width, height, focus=self._focused_rows())
        else:
            if alternate := _ALTERNATE.search(data):
                # Another screen: an empty one, or one that is not ours.
                pipe.repaint()
                if alternate.group(1) == "l":
                    # The line has other modes by now: what is drawn would stand anywhere.
                    pipe.leave_out()
                    # Another dashboard may follow: what lies behind it is not to be seen in between.
                    handed_over = getattr(self._app, "hands_over", False)
                    data = _ALTERNATE.sub("", data) if handed_over else f"\x1b[m{data}"
            if data := self.understood(data):
                pipe.control(data)

    def let_go(self) -> None:
        """Throw away what the terminal does not take, and wait for no answer of it."""
        if self._pipe is not None:
            self._pipe.expect_nothing()
        super().let_go()

    def _lost(self) -> None:
        if self._pipe is not None:
            self._pipe.expect_nothing()
        super()._lost()

    def repaint(self) -> None:
        """Send the whole screen anew, after something else wrote on it, or set the line's modes."""
        if self._pipe is not None:
            self._look_at_terminal()
            self._pipe.repaint()

    def process_message(self, message: Message) -> None:
        """Hear the terminal's answers, and its resizes."""
        pipe = self._pipe
        if pipe is not None:
            if isinstance(message, events.CursorPosition):
                pipe.answered()
                return
            if isinstance(message, events.Resize):
                pipe.repaint()
        super().process_message(message)

    def key_handed_on(self) -> None:
        """Take what is drawn from now on for the answer to a key: it is being carried out.

        Not when it has come: on a busy machine a second may begin before its turn.
        """
        if self._pipe is not None:
            self._pipe.key_pressed()

    def close(self) -> None:
        """Send the last words, and end."""
        if self._pipe is not None:
            self._pipe.stop()
        super().close()

    def _focused_rows(self) -> range:
        """The rows of what has the focus in a dialog; elsewhere the cursor tells where people look."""
        with suppress(ScreenStackError):  # there is no screen yet, or no more
            focused = self._app.focused
            if focused is not None and self._app.screen.is_modal:
                return range(focused.region.y, focused.region.bottom)
        return range(0)

    def _look_at_terminal(self) -> None:
        """Find out what it can do. The line's modes are put back with those that Textual has changed."""
        if self._pipe is not None and self.has_terminal and self._file is not None:
            output = self._file.fileno()
            erases = is_erased_in_colour(os.environ, output)
            line_feeds = self.attrs_before is not None and let_line_feeds_through(output, self.fileno)
            self._pipe.trust(Traits(line_feeds, erases))

    def resized(self, tell: Callable[[int, None], object]) -> None:
        """Draw everything anew: a terminal made smaller and larger again has the old size and another content."""
        if self._pipe is not None:
            self._pipe.repaint()
        super().resized(tell)
