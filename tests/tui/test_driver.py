"""How the driver reads a terminal that it shares with the shell."""

from __future__ import annotations

import os
import selectors
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from roomtui.tui.driver import TerminalDriver, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def a_terminal() -> Iterator[tuple[int, int]]:
    """The end of whoever types, and the one that is typed into."""
    typing, terminal = os.openpty()
    try:
        yield typing, terminal
    finally:
        os.close(typing)
        os.close(terminal)


def test_keys_are_read_without_waiting_and_the_shells_own_end_goes_on_waiting() -> None:
    with a_terminal() as (typing, terminal):
        with keys_of(terminal) as keys:
            with pytest.raises(BlockingIOError):
                os.read(keys, 10)
            assert os.get_blocking(terminal)
            os.write(typing, b"fg\n")
            assert os.read(keys, 10) == b"fg\n"
        os.write(typing, b"again\n")
        assert os.read(terminal, 10) == b"again\n"
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(keys)


def test_what_is_no_terminal_is_read_as_it_is() -> None:
    ready, keep = os.pipe()
    with keys_of(ready) as keys:
        assert keys == ready
    os.close(keep)
    assert os.read(ready, 1) == b"", "and is left open"
    os.close(ready)


def test_where_the_shell_has_taken_what_there_was_to_read_the_terminal_can_still_be_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Hasty(selectors.SelectSelector):
        """Says that there is something to read, as it was before somebody else read it."""

        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:  # noqa: ARG002 - as in the class above
            super().select(0)
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
