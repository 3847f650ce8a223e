"""The dashboard under a shell with job control: put aside, taken up again, and the shell's terminal in between."""

from __future__ import annotations

import os
import shlex
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.program import PROGRAM, until
from tests.whole.terminal import Terminal, children_of, is_running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.program import RunningSandbox

EVERYTHING = ("board", "nobody came yet", "CLOSES IN", "nobody has joined", "q Quit")


@pytest.fixture(params=["--frugal-output", "--plain-output"])
def shell(known: dict[str, str], sandbox: RunningSandbox, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """A shell in which the dashboard runs."""
    sandbox.create("board")
    with Terminal("-i", environ={**known, "PS1": "prompt: "}, program=["/bin/sh"]) as terminal:
        terminal.shows("prompt:")
        terminal.type(shlex.join([*PROGRAM, "watch", request.param]) + "\n")
        terminal.shows(*EVERYTHING)
        yield terminal


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


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
    until(lambda: _state(dashboard) == "T")
    shell.wipe()  # nothing was put right for the shell: its own prompt may stand anywhere
    shell.type("\n")
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


def test_whatever_the_size_becomes_meanwhile_all_is_drawn_in_it(shell: Terminal) -> None:
    for columns, lines, more in ((120, 40, "REGION"), (80, 24, "AGE"), (200, 50, "STATE")):
        _put_aside(shell)
        shell.wipe()
        shell.type("fg\n")
        shell.resize(columns, lines)  # before, while or after the dashboard asks how large it is
        shell.shows(*EVERYTHING, more)
        assert shell.lines[-1].strip()
    _leave(shell)


def test_killed_while_it_is_put_aside_it_ends_and_leaves_the_shell_alone(shell: Terminal) -> None:
    (dashboard,) = children_of(shell.process.pid)
    _put_aside(shell)
    shell.wipe()
    os.kill(dashboard, signal.SIGTERM)
    os.kill(dashboard, signal.SIGCONT)
    until(lambda: not is_running(dashboard))
    shell.type("\n")
    shell.shows("prompt:")
    assert shell.settings == shell.cooked
    assert "CLOSES IN" not in shell.text


@pytest.mark.parametrize("how", ["--frugal-output", "--plain-output"])
def test_where_nobody_would_take_it_up_again_it_is_not_stopped(
    known: dict[str, str], sandbox: RunningSandbox, how: str
) -> None:
    """As `ssh -t HOST roomtui` runs it: no shell is there that could say `fg`."""
    sandbox.create("board")
    with Terminal("watch", how, environ=known) as terminal:
        terminal.shows(*EVERYTHING)
        terminal.wipe()
        terminal.type("\x1a")
        terminal.shows(*EVERYTHING)
        assert _state(terminal.process.pid) != "T"
        terminal.type("q")
        assert terminal.ends() == 0
        assert terminal.settings == terminal.cooked
