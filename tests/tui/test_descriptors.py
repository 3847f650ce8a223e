"""Reading from and writing to a terminal that other programs use, too."""

from __future__ import annotations

import os
from threading import Thread

import pytest

from roomtui.tui.descriptors import keys_of, write_all
from tests.tui.ptys import a_terminal


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


def test_all_is_written_though_another_program_has_the_terminal_wait_for_nothing() -> None:
    data = bytes(range(256)) * 1000
    read, write = os.pipe()
    os.set_blocking(write, False)
    writer = Thread(target=write_all, args=(write, data))
    writer.start()
    arrived = b""
    while len(arrived) < len(data):
        arrived += os.read(read, 4096)
    writer.join()
    assert arrived == data
    os.close(read)
    os.close(write)


def test_that_the_terminal_has_gone_is_told_to_whoever_writes() -> None:
    read, write = os.pipe()
    os.close(read)
    with pytest.raises(BrokenPipeError):
        write_all(write, b"x")
    os.close(write)
