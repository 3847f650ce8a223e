"""Textual's driver for Unix terminals, at home under a shell with job control and on a line that may be cut.

Textual's own reads on when the terminal has gone, fails for a byte that is no UTF-8, stops itself where nobody is left
to take it up again, and takes the terminal over twice after it was stopped without a word.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import termios
import time
from codecs import getincrementaldecoder
from contextlib import suppress
from functools import partial
from queue import Empty, Full
from typing import TYPE_CHECKING, Any, Final, cast

from textual import events
from textual.drivers.linux_driver import LinuxDriver

from roomtui.tui.descriptors import keys_of, takes_something, write_all
from roomtui.tui.frugal.plain_keys import PlainKeys
from roomtui.tui.terminal import asks_for_little

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from textual.message import Message

_AT_A_TIME: Final = 4096
_LOOKS_UP_EVERY: Final = 0.1
_STOPS_WITHIN: Final = 0.05
_LAST_WORDS_WITHIN: Final = 0.3
"""Seconds that a terminal has to take them when the process is to end."""
_WAITING_MAX: Final = 8192
"""Characters that are written together."""
# Keyboard protocol, and modes that are asked for: what came after xterm began.
_NOT_FOR_ALL: Final = re.compile(r"\x1b\[(?:[<>=][0-9;]*u|\?[0-9;]*\$p|\?(?:2004|2048)[hl])")
# No other screen to come back from, and perhaps no cursor that hides.
_ALTERNATE: Final = re.compile(r"\x1b\[\?1049([hl])")
# Whether this window has the keyboard: nothing here hangs on it, and it would be drawn.
_FOCUS: Final = re.compile(r"\x1b\[\?1004[hl]")
_POINTER: Final = re.compile(r"\x1b\]22;[^\x07]*\x07")
_CLEAR: Final = "\x1b[m\x1b[H\x1b[2J"


class TerminalDriver(LinuxDriver):
    """Takes the terminal, hears its keys and gives it back; ends the dashboard (SIGHUP) when the terminal has gone."""

    has_terminal = False
    """Whether the terminal is ours now."""
    line_lost = False
    leaving = False
    _modest = False
    _draws_no_more = False
    _stopping = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - just as Textual's
        super().__init__(*args, **kwargs)
        self._modest = asks_for_little(os.environ)
        if self._file is not None:
            self._file = cast("Any", Line(self._file, self._lost))

    # -- the line

    def _lost(self) -> None:
        """The terminal has gone: what a hangup would have said, had nobody ignored or swallowed it."""
        if not self.line_lost:
            self.line_lost = True
            signal.raise_signal(signal.SIGHUP)

    def leave(self) -> None:
        """Do not take the terminal again: the process ends."""
        self.leaving = True

    def let_go(self) -> None:
        """Throw away what the terminal does not take, until the process ends.

        It may stand still for ever, and with it whoever writes; one that does not has our last words on their way. To
        be called in a thread of its own.
        """
        self._draws_no_more = True
        while self._file is not None and self.has_terminal:
            if not takes_something(self._file.fileno()):
                self._throw_away(self._file.fileno())
            time.sleep(_LOOKS_UP_EVERY)

    def _throw_away(self, descriptor: int) -> None:
        with suppress(termios.error, OSError):
            termios.tcflush(descriptor, termios.TCOFLUSH)
        if self._writer_thread is not None:
            waiting = self._writer_thread._queue  # noqa: SLF001 - full, it holds up the event loop
            with suppress(Empty):
                while waiting.get_nowait() is not None:
                    pass
                waiting.put_nowait(None)  # that was the end

    def run_input_thread(self) -> None:
        """Hear keys until the terminal is given back, or has gone."""
        parser = PlainKeys(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with keys_of(self.fileno) as keys, selectors.SelectSelector() as selector:
            selector.register(keys, selectors.EVENT_READ)
            ends = False
            while not ends:
                ends = self.exit_event.is_set()
                if selector.select(0.0 if ends else _LOOKS_UP_EVERY):
                    try:
                        read = os.read(keys, _AT_A_TIME)
                    except BlockingIOError:  # the shell was quicker
                        continue
                    except OSError:
                        read = b""
                    if not read:
                        self._lost()
                        return
                    for message in parser.feed(decode(read)):
                        self.process_message(message)
                    continue  # what has arrived comes before the question whether it came in time
                for message in parser.tick():
                    self.process_message(message)

    def process_message(self, message: Message) -> None:
        """Hear what the terminal sends, but not that another window has the keyboard.

        Textual then takes the focus from what the next key is meant for, and hands that key to nobody. There are keys
        all the same: a multiplexer types into any window, and a slow line delivers keys behind the report.
        """
        if not isinstance(message, (events.AppBlur, events.AppFocus)):
            super().process_message(message)

    # -- what the terminal is told

    def write(self, data: str) -> None:
        """Write, but nothing that a terminal of this kind might show as text."""
        data = self.understood(data)
        if data and not self._draws_no_more:
            super().write(data)

    def understood(self, data: str) -> str:
        """What of this the terminal understands."""
        data = _FOCUS.sub("", data)
        if not self._mouse:
            data = _POINTER.sub("", data)
        if not self._modest:
            # Where there is no other screen (GNU screen without `altscreen`) the shell goes on here: not amid ours.
            return data.replace("\x1b[?1049l", "\x1b[999;1H\x1b[K\x1b[?1049l")
        data = _NOT_FOR_ALL.sub("", data)
        return _ALTERNATE.sub(_CLEAR, data)

    # -- the shell

    def start_application_mode(self) -> None:
        """Take over the terminal, for the first time or again."""
        writer = self._writer_thread
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual gives no types here
        # Else we were sent to the background (`bg`), which may not: the shell will tell when it has the terminal.
        self.has_terminal = self._writer_thread is not writer
        if self.has_terminal:
            self._follow_sizes_in_order()

    def _follow_sizes_in_order(self) -> None:
        """Let one change of size be told after the other.

        A handler may be interrupted by the next one, between asking for the size and telling it: the last size that is
        told would be the one before the last. So may be who told the first one, a moment ago: it is told once more.
        """
        tell = signal.getsignal(signal.SIGWINCH)
        if callable(tell):
            signal.signal(signal.SIGWINCH, lambda *_: self._soon(partial(self.resized, tell)))
            self._soon(partial(tell, signal.SIGWINCH, None))

    def resized(self, tell: Callable[[int, None], object]) -> None:
        """The terminal has another size, or had one; `tell` is how Textual tells the app."""
        tell(signal.SIGWINCH, None)

    def stop_application_mode(self) -> None:
        """Give the terminal back, if it is ours."""
        if self.has_terminal:
            self._draws_no_more = False  # its last words it is to have
            super().stop_application_mode()
            self.has_terminal = False

    def close(self) -> None:
        """Send the last words, and end: without them where the process is to end, and the terminal takes nothing."""
        writer = self._writer_thread
        if writer is None or not self.leaving:
            super().close()
            return
        with suppress(Full):  # then it writes what nobody will read
            writer._queue.put(None, timeout=_LAST_WORDS_WITHIN)  # noqa: SLF001 - as its own `stop`, which waits for ever
        writer.join(_LAST_WORDS_WITHIN)

    def disable_input(self) -> None:
        """Hear nothing more; what belongs to the shell is not touched."""
        if self.has_terminal:
            super().disable_input()

    def _sigtstp_application(self, *_: object) -> None:
        """Hear ctrl+z, or whoever asks for the same."""
        self._soon(self._stop_for_a_while)

    def _sigcont_application(self, *_: object) -> None:
        """Hear that the shell has let us go on."""
        if self._stopping:
            self._stopping = False
        else:
            # Stopped without a word (SIGSTOP), or let go on in the background before: then the shell told nothing.
            self._soon(self._take_again)

    def _soon(self, do: Callable[[], None]) -> None:
        # A handler runs anywhere, with the locks held that writing takes.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(do)

    def _stop_for_a_while(self) -> None:
        """Give the terminal back, stop, and take it again once the shell lets us go on."""
        takes_again = self._auto_restart and self.has_terminal
        if takes_again:
            self.suspend_application_mode()
        # As the terminal itself does it: everybody of our job, and nobody where no shell is left that could go on.
        before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        self._stopping = True
        os.kill(0, signal.SIGTSTP)
        until = time.monotonic() + _STOPS_WITHIN
        while self._stopping and time.monotonic() < until:
            time.sleep(_STOPS_WITHIN / 10)
        self._stopping = False
        signal.signal(signal.SIGTSTP, before)
        if takes_again:
            self._take_again()

    def _take_again(self) -> None:
        """Take the terminal, and have everything drawn."""
        if self.leaving or not self._auto_restart:
            return
        if self.has_terminal:
            # The shell has had the terminal, and nothing of it is as it was. Textual would take it over twice: with two
            # threads that read the keys, and our modes as those to restore.
            self.suspend_application_mode()
        self._must_signal_resume = True
        self.resume_application_mode()


class Line:
    """A terminal's file that swallows what is written once the terminal has gone, and says so.

    It writes past the file's own buffer: that would be locked for as long as the terminal takes nothing, and nobody
    could end who has to flush it.

    Args:
        file: the terminal.
        lost: called when it has gone.
    """

    def __init__(self, file: TextIO, lost: Callable[[], None]) -> None:
        self._file = file
        self._lost = lost
        self._waiting: list[str] = []
        self._many = 0

    def write(self, text: str) -> int:
        """Write to the terminal, if it is there: at the latest when it is flushed."""
        self._waiting.append(text)
        self._many += len(text)
        if self._many >= _WAITING_MAX:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Have it sent."""
        data = "".join(self._waiting).encode(self._file.encoding or "utf-8", "backslashreplace")
        self._waiting.clear()
        self._many = 0
        try:
            write_all(self._file.fileno(), data)
        except (OSError, ValueError):  # it has gone, or its file is closed
            self._lost()

    def fileno(self) -> int:
        """The descriptor."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._file.isatty()
