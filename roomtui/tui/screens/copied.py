"""What was copied, for selecting by hand where the clipboard did not get it."""

from __future__ import annotations

import asyncio
import os
import sys
import termios
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import SuspendNotSupported
from textual.binding import Binding
from textual.widgets import Static

from roomtui.rooms.untrusted import safe
from roomtui.tui import mouse
from roomtui.tui.lines import line
from roomtui.tui.screens.styled_once import Dialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widths import chop_cells

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.tui.app import RoomtuiApp
    from roomtui.tui.clipboard import Copied

_BACK: Final = "(Any key goes back to the dashboard.)"
_HINT: Final = "esc closes. p prints it on the shell's screen: there a long line is copied as one."
_HINT_SHORT: Final = "esc closes; p prints it: long lines copy whole."
_WIDE: Final = 84


class CopiedScreen(Dialog[None]):
    """The copied text, whole: from the left edge on and with nothing beside it, the mouse left to the terminal."""

    app: RoomtuiApp

    DEFAULT_CSS = """
    CopiedScreen .page { width: 100%; height: 100%; background: $surface; }
    CopiedScreen #about { text-style: bold; width: 100%; }
    CopiedScreen #text { height: 1fr; margin: 1 0; scrollbar-size: 0 0; }
    CopiedScreen.-short #text { margin: 1 0 0 0; }
    CopiedScreen .hint { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,Y", "dismiss(None)", "Close", id="copied.close"),
        Binding("p", "print", "Print", tooltip="On the shell's screen", id="copied.print"),
        Binding("up,k", "scroll(-1)", "Scroll", show=False, id="copied.up"),
        Binding("down,j", "scroll(1)", "Scroll", show=False, id="copied.down"),
        Binding("pageup", "scroll(-10)", "Page", show=False, id="copied.page-up"),
        Binding("pagedown", "scroll(10)", "Page", show=False, id="copied.page-down"),
        Binding("home,g", "scroll(-100000)", "Top, bottom", show=False, id="copied.top"),
        Binding("end,G", "scroll(100000)", "Top, bottom", show=False, id="copied.bottom"),
    ]

    def __init__(self, copied: Copied) -> None:
        super().__init__()
        self._copied = copied
        self._took_mouse = False
        self._prints = False

    def compose(self) -> ComposeResult:
        """What it is, what became of it, and the text."""
        with Box(classes="page"):
            yield Static(self._copied.sentence, id="about", markup=False)
            yield LineView(id="text")
            yield Static(_HINT if self.app.size.width >= _WIDE else _HINT_SHORT, classes="hint")

    def on_mount(self) -> None:
        """Show it, and let the terminal select."""
        driver = self.app._driver  # noqa: SLF001 - Textual has no other way to the mouse
        if driver is not None and mouse.listens(driver):
            self._took_mouse = mouse.listen(driver, on=False)
        self.call_after_refresh(self._show)

    def on_unmount(self) -> None:
        """Listen to the mouse again, if we did."""
        driver = self.app._driver  # noqa: SLF001 - as above
        if driver is not None and self._took_mouse:
            mouse.listen(driver, on=True)

    def heard(self, copied: Copied) -> None:
        """What was still under way has been copied."""
        self._copied = copied
        self.query_one("#about", Static).update(copied.sentence)
        self._show()

    def on_resize(self) -> None:
        """Lines are made for a width."""
        self.call_after_refresh(self._show)

    @property
    def _lines(self) -> list[str]:
        return [safe(text) for text in self._copied.text.split("\n")]

    def _show(self) -> None:
        if self.is_mounted:
            view = self.query_one("#text", LineView)
            width = max(1, view.size.width)
            view.show([line(part) for text in self._lines for part in chop_cells(text, width) or [""]])

    def action_scroll(self, lines: int) -> None:
        """Scroll by `lines`."""
        self.query_one("#text", LineView).scroll_relative(y=lines, animate=False, immediate=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Nothing is done while the terminal is the shell's, for a key that was read before it was.

        A second `p` would take the key that the first one waits for; once closed, nobody would take the terminal back.
        """
        return not self._prints

    def action_print(self) -> None:
        """Print it where the dashboard is not: the terminal itself folds it there, and knows what is one line."""
        self._prints = True
        self.run_worker(self._print(), exit_on_error=False)

    async def _print(self) -> None:
        try:
            with self.app.suspend():
                if sys.__stdin__ is None or sys.__stderr__ is None:
                    return
                text = "\r\n".join(self._lines)
                sys.__stderr__.write(f"\r\n{safe(self._copied.sentence)}\r\n\r\n{text}\r\n\r\n{_BACK}\r\n")
                sys.__stderr__.flush()
                await _any_key(sys.__stdin__)
        except SuspendNotSupported:
            self.app.tell("Here is no other screen to print on.")
        finally:
            self._prints = False


async def _any_key(terminal: TextIO) -> None:
    """Wait for a key, which is not shown and means nothing else."""
    pressed = asyncio.Event()
    loop = asyncio.get_running_loop()
    with _key_by_key(terminal.fileno()) as descriptor:
        loop.add_reader(descriptor, pressed.set)
        try:
            await pressed.wait()
            os.read(descriptor, 1024)
        finally:
            loop.remove_reader(descriptor)


@contextmanager
def _key_by_key(descriptor: int) -> Iterator[int]:
    before = termios.tcgetattr(descriptor)
    wanted = termios.tcgetattr(descriptor)
    # No signals: ctrl+c is only a key here, as it is in the dashboard.
    wanted[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG)
    termios.tcsetattr(descriptor, termios.TCSADRAIN, wanted)
    try:
        yield descriptor
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
