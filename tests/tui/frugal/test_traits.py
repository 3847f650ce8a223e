"""What a terminal and its line are known to do."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from typing import TYPE_CHECKING

import pytest

from roomtui.tui.frugal.traits import is_erased_in_colour, let_line_feeds_through

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def terminals() -> Iterator[tuple[int, int, int]]:
    """Two terminals, and the other end of the first."""
    descriptors = [*pty.openpty(), *pty.openpty()]
    yield descriptors[1], descriptors[3], descriptors[0]
    for descriptor in descriptors:
        os.close(descriptor)


def _read_up_to(end: bytes, descriptor: int) -> bytes:
    """What comes until there is this: Linux hands on what is written at once in pieces, one after the other."""
    read = b""
    while end not in read:
        read += os.read(descriptor, 99)
    return read


def test_a_line_that_is_told_so_makes_nothing_of_a_line_feed(terminals: tuple[int, int, int]) -> None:
    terminal, _, other_end = terminals
    os.write(terminal, b"a\nb")
    assert _read_up_to(b"b", other_end) == b"a\r\nb"
    assert let_line_feeds_through(terminal, terminal)
    os.write(terminal, b"a\nb")
    assert _read_up_to(b"b", other_end) == b"a\nb"


def test_a_line_that_nobody_puts_back_is_left_alone(terminals: tuple[int, int, int]) -> None:
    terminal, other, _ = terminals
    assert not let_line_feeds_through(terminal, other)
    assert termios.tcgetattr(terminal)[1] & termios.ONLCR


def test_what_is_no_terminal_has_no_line() -> None:
    reader, writer = os.pipe()
    assert not let_line_feeds_through(writer, writer)
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        *(({"TERM": name}, "True") for name in ("xterm-256color", "linux")),
        *(({"TERM": name}, "False") for name in ("screen-256color", "vt100", "dumb", "nobody-knows-it")),
        ({}, "False"),
    ],
)
def test_what_is_erased_takes_the_background_where_the_terminals_description_says_so(
    environ: dict[str, str], expected: str
) -> None:
    # One process reads one description.
    asked = "from roomtui.tui.frugal.traits import *; import os; print(is_erased_in_colour(os.environ, 1))"
    environ = {"PATH": os.environ["PATH"], **environ}
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, env=environ)
    assert told.stdout == f"{expected}\n"


def test_tmux_which_tells_its_name_does_more_than_its_description_says() -> None:
    assert is_erased_in_colour({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux"}, 1)
