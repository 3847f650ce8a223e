"""How the driver reads a terminal that it shares with the shell."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from textual.drivers.linux_driver import LinuxDriver

from roomtui.tui.descriptors import takes_something
from roomtui.tui.driver import TerminalDriver
from roomtui.tui.frugal.driver import FrugalDriver
from roomtui.tui.frugal.pipe import Pipe
from tests.tui.ptys import a_terminal

if TYPE_CHECKING:
    import pytest


def test_where_the_shell_has_taken_what_there_was_to_read_the_terminal_can_still_be_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Hasty(selectors.SelectSelector):
        """Says that there is something to read, as it was before somebody else read it."""

        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            super().select(timeout and 0)
            return [(key, key.events) for key in self.get_map().values()]

    monkeypatch.setattr(selectors, "SelectSelector", Hasty)
    driver, lost = object.__new__(TerminalDriver), Event()
    driver._debug, driver.exit_event = False, Event()
    driver._lost = lost.set  # type: ignore[method-assign]  # it would end this process
    with a_terminal() as (typing, driver.fileno):
        thread = Thread(target=driver.run_input_thread, daemon=True)
        thread.start()
        driver.exit_event.set()
        thread.join(5)
        held_up = thread.is_alive()
        os.write(typing, b"\n")
        thread.join(5)
    assert not held_up
    assert not lost.is_set()


def test_nothing_is_sent_before_the_line_s_modes_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def take(driver: TerminalDriver) -> None:
        done.append("took the line")
        driver.has_terminal = True

    monkeypatch.setattr(TerminalDriver, "start_application_mode", take)
    monkeypatch.setattr(Pipe, "start", lambda _: done.append("sends"))
    driver = object.__new__(FrugalDriver)
    driver.input_tty, driver.attrs_before = True, None
    with a_terminal() as (_, driver.fileno), os.fdopen(os.dup(driver.fileno), "w") as driver._file:
        driver.start_application_mode()
    assert done == ["took the line", "sends"], "the answer to a question would be shown by the line itself"


def test_a_terminal_that_takes_something_hears_our_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = object.__new__(TerminalDriver)
    monkeypatch.setattr("roomtui.tui.driver.time.sleep", lambda _: setattr(driver, "has_terminal", False))
    with a_terminal() as (screen, line), os.fdopen(os.dup(line), "w") as driver._file:
        driver._writer_thread, driver.has_terminal = None, True
        os.write(line, b"last words")
        driver.let_go()
        os.set_blocking(screen, False)
        assert os.read(screen, 100) == b"last words"


def test_what_a_terminal_does_not_take_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = object.__new__(TerminalDriver)
    monkeypatch.setattr("roomtui.tui.driver.time.sleep", lambda _: setattr(driver, "has_terminal", False))
    with a_terminal() as (_, line), os.fdopen(os.dup(line), "w") as driver._file:
        driver._writer_thread, driver.has_terminal = None, True
        os.set_blocking(line, False)
        with suppress(BlockingIOError):
            while os.write(line, b"x" * 4096):
                pass
        driver.let_go()
        assert takes_something(line)


async def test_a_change_of_size_between_asking_for_it_and_telling_it_is_told_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, told = [80], []

    def start(driver: LinuxDriver) -> None:
        """As Textual's own, which asks for the size and tells it, and is interrupted in between."""
        driver._writer_thread = object()  # type: ignore[assignment]  # another one than before
        signal.signal(signal.SIGWINCH, lambda *_: told.append(now[0]))
        asked = now[0]
        now[0] = 120
        signal.raise_signal(signal.SIGWINCH)
        told.append(asked)

    monkeypatch.setattr(LinuxDriver, "start_application_mode", start)
    driver = object.__new__(TerminalDriver)
    driver._writer_thread, driver._loop = None, asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGWINCH)
    try:
        driver.start_application_mode()
        await asyncio.sleep(0)
        assert told == [120, 80, 120]
        now[0] = 200
        signal.raise_signal(signal.SIGWINCH)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert told[-1] == 200
    finally:
        signal.signal(signal.SIGWINCH, before)
