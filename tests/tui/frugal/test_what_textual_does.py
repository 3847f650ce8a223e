"""What the frugal driver relies on in Textual: whoever upgrades Textual is told here, at once, what to read again."""

from __future__ import annotations

import asyncio
import inspect
import re
from typing import TYPE_CHECKING, Any, ClassVar
from zlib import crc32

import pytest
import textual
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.messages import TerminalSupportsSynchronizedOutput
from textual.pilot import Pilot
from textual.widgets import Static

from roomtui.tui.frugal.driver import FrugalDriver
from roomtui.tui.frugal.grid import Grid
from roomtui.tui.frugal.pipe import ASK

if TYPE_CHECKING:
    from collections.abc import Iterator

# What each is relied on for, and its source's checksum.
RELIED_ON: dict[Any, tuple[str, str]] = {
    LinuxDriver.__init__: (
        "names: `_file`, `fileno`, `input_tty`, `_must_signal_resume`; SIGTSTP and SIGCONT",
        "4fe945d7",
    ),
    LinuxDriver.start_application_mode: (
        "a new `_writer_thread`, or none in the background; SIGWINCH; ?1049h",
        "91088477",
    ),
    LinuxDriver.stop_application_mode: ("modes, then the terminal's settings, then ?1049l", "025658fb"),
    LinuxDriver.disable_input: ("the thread that reads the keys ends", "0799a7bb"),
    LinuxDriver.close: ("its own writer ends", "df26b5ed"),
    LinuxDriver.write: ("everything but ours goes to its own writer", "e586812b"),
    LinuxDriver.process_message: ("the terminal's answers, keys and sizes come this way", "0353c44a"),
    LinuxDriver._sigtstp_application: ("ctrl+z gives the terminal back before it stops", "9d150d85"),
    LinuxDriver._sigcont_application: ("fg takes it again, unless `_auto_restart` is off", "2e01774d"),
    Driver.suspend_application_mode: ("stop, then close", "35b7d455"),
    Driver.resume_application_mode: ("start", "a5f0a1c7"),
    App._display: ("one write a frame: what the compositor gives, and the cursor's address", "265dc1bb"),
    App._begin_update: ("mode 2026 is a write of its own, before the frame", "94f3a4e9"),
    App._end_update: ("and after it", "a3836902"),
    LayoutUpdate.render_segments: ("addresses, strips, line feeds", "d127d3b9"),
    ChopsUpdate.render_segments: ("addresses, strips, line feeds", "6111213f"),
}


@pytest.mark.parametrize("function", RELIED_ON, ids=lambda function: function.__qualname__)
def test_what_the_driver_was_written_for_has_not_changed(function: Any) -> None:
    what, checksum = RELIED_ON[function]
    assert f"{crc32(inspect.getsource(function).encode()):08x}" == checksum, (
        f"Textual {textual.__version__} has changed {function.__qualname__}, on which roomtui/tui/frugal relies for: "
        f"{what}. Read it again, run `python -m tests.tui.frugal.soak` and tests/whole, then renew the checksum here."
    )


def test_what_the_driver_overrides_is_there_with_these_arguments() -> None:
    for name in ("start_application_mode", "stop_application_mode", "write", "process_message", "close"):
        ours, theirs = (inspect.signature(getattr(each, name)) for each in (FrugalDriver, LinuxDriver))
        assert list(ours.parameters) == list(theirs.parameters), f"Textual {textual.__version__} has changed {name}"


def test_the_terminals_answer_to_our_question_comes_as_an_event_and_as_nothing_else() -> None:
    assert ASK == "\x1b[6n"
    for place in ("1;1", "1;2", "24;80", "1;8"):
        heard = list(XTermParser().feed(f"\x1b[{place}R"))
        assert [type(each) for each in heard] == [events.CursorPosition], (
            f"Textual {textual.__version__} hears {heard} where the terminal tells where its cursor is"
        )


class _Recording(Driver):
    """A driver that keeps what is written."""

    written: ClassVar[list[str]]

    def start_application_mode(self) -> None:
        type(self).written = []
        self._app.post_message(events.Resize(self._app.size, self._app.size))

    def write(self, data: str) -> None:
        self.written.append(data)

    def disable_input(self) -> None:
        pass

    def stop_application_mode(self) -> None:
        pass


class _Words(App[None]):
    """Something plain, something styled, something wide, beside each other."""

    CSS = "Screen { layout: horizontal } Static { width: 12; background: blue }"

    def compose(self) -> Iterator[Static]:
        yield Static("plain")
        yield Static("[bold red on green]styled[/] 会議", id="second")


async def test_a_frame_is_one_write_of_addresses_looks_and_text_between_two_of_mode_2026() -> None:
    app = _Words(driver_class=_Recording)
    running = asyncio.create_task(app.run_async(size=(40, 5)))
    with app._context():
        pilot: Pilot[None] = Pilot(app)
        await pilot.pause()
        app.post_message(TerminalSupportsSynchronizedOutput())
        await pilot.pause()
        _Recording.written.clear()
        app.query_one("#second", Static).update("[italic]other[/] words")
        await pilot.pause()
        app.refresh(layout=True)
        app.screen.refresh(layout=True)
        await pilot.pause()
        app.exit()
    await running
    frames = [each for each in _Recording.written if re.match(r"\x1b\[[0-9;]*H", each)]
    assert len(frames) >= 2
    told = f"Textual {textual.__version__} writes"
    for before, frame, after in zip(
        _Recording.written[::3], _Recording.written[1::3], _Recording.written[2::3], strict=False
    ):
        assert (before, after) == ("\x1b[?2026h", "\x1b[?2026l"), f"{told} {before!r}, a frame, {after!r}"
        assert frame in frames, f"{told} {frame!r} as a frame"
        Grid(40, 5).feed(frame)  # or raises, and tells what is new in it
