"""The dashboard in terminals that can do little: without colours, and of kinds that hardly anybody has any more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from tests.cli.program import SandboxProcess

_PAINTS = re.compile(rb"\x1b\[([0-9;]*)m")
_FULL = re.compile(rb"[34]8;2;")
_GREYS = {0, 7, 8, 15, 16, 59, 102, 145, 188, 231, *range(232, 256)}
"""Those of the 256 colours that have none."""


def colours(terminal: Terminal) -> set[bytes]:
    """What was painted with that is neither black nor white nor a grey between them."""
    return {each for each in set(_PAINTS.findall(bytes(terminal.raw))) if not _is_grey(each)}


def _is_grey(painted: bytes) -> bool:
    numbers = [int(each or b"0") for each in painted.split(b";")]
    while numbers:
        first, *numbers = numbers
        if first in {38, 48} and numbers[0] == 5:
            if numbers[1] not in _GREYS:
                return False
            numbers = numbers[2:]
        elif first in {38, 48}:
            if len(set(numbers[1:4])) != 1:
                return False
            numbers = numbers[4:]
        elif 31 <= first <= 36 or 41 <= first <= 46 or 91 <= first <= 96 or 101 <= first <= 106:
            return False
    return True


def test_with_no_color_nothing_is_coloured_and_what_is_urgent_is_still_said(
    known: dict[str, str], sandbox: SandboxProcess
) -> None:
    sandbox.create("left-alone", UnusedRoomTimeout="1")
    with Terminal(environ={**known, "TERM": "xterm-256color", "NO_COLOR": "1"}) as terminal:
        terminal.shows("left-alone", " ! ", "1 closing soon")
        terminal.type("e")
        terminal.shows("Cancel", "nobody is in it")
        terminal.type("\x1b")
        terminal.shows_no("nobody is in it")
        assert not colours(terminal)
        terminal.type("q")
        assert terminal.ends() == 0
    with Terminal(environ={**known, "TERM": "xterm-256color"}) as terminal:
        terminal.shows("left-alone")
        assert colours(terminal)


def test_the_size_that_a_shell_once_exported_says_nothing(known: dict[str, str], sandbox: SandboxProcess) -> None:
    sandbox.create("left-alone")
    with Terminal(environ={**known, "COLUMNS": "100", "LINES": "30"}) as terminal:
        terminal.shows("left-alone", "nobody came yet", "q Quit")
        assert terminal.lines[-1].strip()
        assert "REC" in terminal.lines[1]


@pytest.mark.parametrize("kind", ["dumb", "vt100"])
def test_the_kind_of_terminal_is_believed(known: dict[str, str], sandbox: SandboxProcess, kind: str) -> None:
    """What a terminal cannot show it is not sent: no millions of colours because some other one has them."""
    sandbox.create("left-alone", UnusedRoomTimeout="1")
    environ = {name: value for name, value in known.items() if name != "COLORTERM"}
    with Terminal("--ascii", environ={**environ, "TERM": kind}) as terminal:
        text = terminal.shows("left-alone", " ! ", "1 closing soon", "q Quit")
        assert text.isascii()
        assert not _FULL.search(terminal.raw)
        terminal.type("?")
        terminal.shows("Keys", "pgup")
        terminal.type("\x1b")
        terminal.shows_no("pgup")
        terminal.type("q")
        assert terminal.ends() == 0
        assert terminal.settings == terminal.cooked
