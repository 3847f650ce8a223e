"""The dashboard under a shell with job control: put aside, taken up again, and the shell's terminal in between."""

from __future__ import annotations

import os
import shlex
import signal
from typing import TYPE_CHECKING

import pytest

from tests.cli.program import PROGRAM, until
from tests.whole.terminal import Terminal, children_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.program import SandboxProcess

EVERYTHING = ("board", "nobody came yet", "CLOSES IN", "nobody has joined", "q Quit")


@pytest.fixture
def shell(known: dict[str, str], sandbox: SandboxProcess) -> Iterator[Terminal]:
    """A shell in which the dashboard runs."""
    sandbox.create("board")
    with Terminal("-i", environ={**known, "PS1": "prompt: "}, program=["/bin/sh"]) as terminal:
        terminal.shows("prompt:")
        terminal.type(shlex.join([*PROGRAM, "watch"]) + "\n")
        terminal.shows(*EVERYTHING)
        yield terminal


def _put_aside(terminal: Terminal) -> None:
    """ctrl+z, and the shell has its terminal as it was before."""
    terminal.wipe()
    terminal.type("\x1a")
    terminal.shows("prompt:")
    until(lambda: terminal.settings == terminal.cooked)
    terminal.type("echo $((6 * 7)) is the answer\n")
    terminal.shows("42 is the answer")
    assert b"\x1b[?1049l" in terminal.raw


def _leave(terminal: Terminal) -> None:
    terminal.wipe()
    terminal.type("q")
    terminal.shows("prompt:")  # what is typed before it is lost: the dashboard drops what it has not read
    until(lambda: terminal.settings == terminal.cooked)
    terminal.type("echo left with $?\n")
    terminal.shows("left with 0")


def test_after_fg_everything_is_drawn_again_and_keys_are_heard(shell: Terminal) -> None:
    _put_aside(shell)
    shell.wipe()
    shell.type("fg\n")
    shell.shows(*EVERYTHING)
    _put_aside(shell)
    shell.resize(120, 40)
    shell.wipe()
    shell.type("fg\n")
    shell.shows(*EVERYTHING, "REGION")
    shell.type("?")
    shell.shows("pgup")
    shell.type("\x1b")
    shell.shows_no("pgup")
    _leave(shell)


def test_stopped_without_a_word_it_takes_the_terminal_again_and_leaves_it_as_it_was(shell: Terminal) -> None:
    (dashboard,) = children_of(shell.process.pid)
    os.kill(dashboard, signal.SIGSTOP)
    shell.shows("prompt:")
    shell.resize(120, 40)
    shell.wipe()
    shell.type("fg\n")
    shell.shows(*EVERYTHING, "REGION")
    shell.type("?")
    shell.shows("pgup")
    shell.type("\x1b")
    shell.shows_no("pgup")
    _leave(shell)
