"""The dashboard in terminals that can do little, and in those that can do much: what each is sent, byte by byte."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.cli.program import PROGRAM, until
from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.program import RunningSandbox

_ATTRIBUTES = {0, 1, 4, 7, 22, 24, 27}
_FEW = _ATTRIBUTES | {39, 49, *range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108)}
NONE, FEW, MANY, ALL = "none", "few", "256", "millions"

_SEQUENCE = re.compile(rb"\x1b(?:\[([<>=?]?)([0-9;]*)([ -/]*)([@-~])|([78DM]))")
_VT = re.compile(r"[HmJ]|\?(25|7)[hl]")
_OLD = re.compile(r"[HmJABCDGdKXn]|\?(25|7|1000|1003|1006|1015)[hl]")
_MODERN = re.compile(r"[HmJABCDGdKXn]|\?(25|7|1049|1004|2004|2026|2048)[hl]|\?(2026|2048)\$p|[<>]\d*u")


class Kind(NamedTuple):
    """A terminal: what the environment says of it, and what it may be sent."""

    environ: Mapping[str, str]
    colours: str
    understands: re.Pattern[str] = _MODERN

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.environ.items()) or "nothing"


_TRUE = {"COLORTERM": "truecolor"}
KINDS = (
    Kind({}, NONE, _VT),
    Kind({"TERM": "dumb"}, NONE, _VT),
    Kind({"TERM": "unknown"}, NONE, _VT),
    Kind({"TERM": "vt100", **_TRUE}, NONE, _VT),
    Kind({"TERM": "vt220"}, NONE, _VT),
    Kind({"TERM": "linux"}, FEW, _OLD),
    Kind({"TERM": "xterm"}, FEW),
    Kind({"TERM": "xterm", "NO_COLOR": "1", **_TRUE}, NONE),
    Kind({"TERM": "xterm", "NO_COLOR": ""}, FEW),
    Kind({"TERM": "xterm-256color"}, MANY),
    Kind({"TERM": "xterm-256color", "NO_COLOR": "yes"}, NONE),
    Kind({"TERM": "xterm-256color", **_TRUE}, ALL),
    Kind({"TERM": "screen"}, FEW),
    Kind({"TERM": "screen-256color", "STY": "1.tty", **_TRUE}, MANY),
    Kind({"TERM": "screen-256color", **_TRUE}, MANY),
    Kind({"TERM": "tmux-256color"}, MANY),
    Kind({"TERM": "tmux-256color", **_TRUE}, ALL),
)


def environ_of(kind: Kind, known: Mapping[str, str]) -> dict[str, str]:
    without = {name: value for name, value in known.items() if name not in {"TERM", "COLORTERM", "NO_COLOR"}}
    return {**without, **kind.environ}


def painted(raw: bytes) -> str:
    """Which colours these bytes paint with."""
    most = NONE
    for parameters in set(re.findall(rb"\x1b\[([0-9;]*)m", raw)):
        numbers = [int(each or b"0") for each in parameters.split(b";")]
        while numbers:
            first, *numbers = numbers
            if first in {38, 48}:
                depth, numbers = (MANY, numbers[2:]) if numbers[0] == 5 else (ALL, numbers[4:])
            else:
                assert first in _FEW, parameters
                depth = NONE if first in _ATTRIBUTES else FEW
            most = max(most, depth, key=[NONE, FEW, MANY, ALL].index)
    return most


def misunderstood(raw: bytes, kind: Kind) -> set[str]:
    """What was sent that is neither text nor something that such a terminal understands."""
    found = set()
    for prefix, parameters, between, final, plain in _SEQUENCE.findall(raw):
        told = (prefix + (parameters if prefix else b"") + between + final).decode()
        if not plain and kind.understands.fullmatch(told) is None:
            found.add(told)
        if plain and kind.understands is _VT:
            found.add(plain.decode())
    rest = _SEQUENCE.sub(b"", raw)
    return found | set(re.findall(r"[\x00-\x07\x0b\x0c\x0e-\x1f\x7f-\x9f].{,8}", rest.decode()))


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_each_kind_of_terminal_gets_what_it_understands_in_the_colours_it_has(
    known: dict[str, str], sandbox: RunningSandbox, kind: Kind
) -> None:
    sandbox.create("left-alone", UnusedRoomTimeout="1")
    with Terminal(environ=environ_of(kind, known)) as terminal:
        terminal.shows("left-alone", " ! ", "1 closing soon", "q Quit")
        terminal.type("e")
        terminal.shows("Cancel", "nobody is in it")
        terminal.type("\x1b")
        terminal.shows_no("nobody is in it")
        terminal.type("?")
        terminal.shows("Keys", "pgup")
        terminal.type("\x1b")
        terminal.shows_no("pgup")
        terminal.type("q")
        assert terminal.ends() == 0
        assert terminal.settings == terminal.cooked
        raw = bytes(terminal.raw)
        assert painted(raw) == kind.colours
        assert misunderstood(raw, kind) == set()
        assert b"?1000h" not in raw, "the mouse is the terminal's"


@pytest.mark.parametrize(
    ("locale", "ascii_only"),
    [
        ({"LANG": "C"}, True),
        ({"LC_ALL": "POSIX"}, True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, True),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({}, True),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "C", "LC_ALL": "de_DE.utf8"}, False),
    ],
    ids=str,
)
def test_where_the_locale_has_only_ascii_nothing_else_is_drawn(
    known: dict[str, str], sandbox: RunningSandbox, locale: dict[str, str], *, ascii_only: bool
) -> None:
    sandbox.create("M\u00fcllers \u6771\u4eac")
    environ = {name: value for name, value in known.items() if name not in {"LANG", "LC_ALL", "LC_CTYPE"}}
    # Python, with which the terminal is begun here, would hand on a locale of its own.
    program = PROGRAM if "LC_CTYPE" in locale else ("/usr/bin/env", "-u", "LC_CTYPE", *PROGRAM)
    with Terminal(environ={**environ, **locale}, program=program) as terminal:
        terminal.shows("M?llers ????" if ascii_only else "M\u00fcllers \u6771", "nobody came yet", "q Quit")
        for key, shown in (("e", "Cancel"), ("t", "<Room"), ("J", "audio_only")):
            terminal.type(key)
            terminal.shows(shown)
            terminal.type("\x1b")
            terminal.shows_no(shown)
        assert bytes(terminal.raw).isascii() is ascii_only


def test_ascii_can_be_had_anywhere_and_letters_where_the_locale_knows_of_none(
    known: dict[str, str], sandbox: RunningSandbox
) -> None:
    sandbox.create("M\u00fcller")
    for option, locale, shown in (("--ascii", "C.UTF-8", "M?ller"), ("--no-ascii", "C", "M\u00fcller")):
        with Terminal(option, environ={**known, "LC_ALL": locale}) as terminal:
            terminal.shows(shown)


def test_the_size_that_a_shell_once_exported_says_nothing(known: dict[str, str], sandbox: RunningSandbox) -> None:
    sandbox.create("left-alone")
    with Terminal(environ={**known, "COLUMNS": "100", "LINES": "30"}) as terminal:
        terminal.shows("left-alone", "nobody came yet", "q Quit")
        assert terminal.lines[-1].strip()
        assert "REC" in terminal.lines[1]


@pytest.fixture(params=["--frugal-output", "--plain-output"])
def terminal(known: dict[str, str], sandbox: RunningSandbox, request: pytest.FixtureRequest) -> Terminal:
    """The dashboard on two rooms."""
    sandbox.create("board", UnusedRoomTimeout="20")
    sandbox.create("maths", UnusedRoomTimeout="30")
    return Terminal("watch", request.param, environ=known)


def test_what_is_pasted_is_text_and_no_keys(terminal: Terminal) -> None:
    with terminal:
        terminal.shows("> ", "board", "maths", "q Quit")
        terminal.type("\x1b[200~e\n\ty\nq\x1bq\x03p2\x1b[201~")
        terminal.type("\x1b[200~e\n\t" + "x" * 9000)
        # The marks of its ends may arrive in pieces, and late.
        terminal.type("\x1b[20")
        terminal.type("1~/")
        terminal.type("\x1b[200~mat\x1b[201~hs")
        terminal.shows("filter: maths", "1 found")
        terminal.shows_no("board")
        assert "Cancel" not in terminal.text
        assert "paused" not in terminal.text
        terminal.type("\x1bq")
        assert terminal.ends() == 0


def is_whole(terminal: Terminal) -> bool:
    """Whether the two rooms stand there from the first line of the terminal to the last, and nothing else."""
    wanted = {0: " live", 1: "CLOSES IN", 2: " board ", 3: " maths ", terminal.screen.lines - 1: "q Quit"}
    lines = terminal.lines
    return all(wanted[n] in line if n in wanted else not line for n, line in enumerate(lines))


def test_a_storm_of_sizes_ends_in_the_last_one(terminal: Terminal) -> None:
    with terminal:
        for begins in range(2):
            # While it begins, with a dialog open, and while it is left.
            for number in range(300):
                terminal._size(10 + number * 7 % 290, 3 + number * 5 % 77)
                if begins and number % 50 == 0:
                    terminal.type("j?\x1b")
            terminal.resize(80, 24)
            terminal.shows("AGE", "board", "maths", "q Quit")
        for columns, lines in ((40, 10), (10, 3), (1, 1), (300, 80), (60, 20)):
            terminal.resize(columns, lines)
        # What was drawn for one of the other sizes may arrive first.
        with suppress(AssertionError):
            until(lambda: is_whole(terminal))
        assert is_whole(terminal), terminal.text
        terminal.type("q")
        for number in range(100):
            terminal._size(60 + number, 20)
        assert terminal.ends() == 0
        assert terminal.settings == terminal.cooked


def test_the_mouse_is_taken_only_where_it_is_asked_for(known: dict[str, str], sandbox: RunningSandbox) -> None:
    sandbox.create("board")
    with Terminal("--mouse", environ={**known, "SSH_CONNECTION": "a 1 b 2"}) as terminal:
        terminal.shows("board", "q Quit")
        assert b"?1000h" in terminal.raw
        terminal.type("q")
        assert terminal.ends() == 0
        assert bytes(terminal.raw).rfind(b"?1000l") > bytes(terminal.raw).rfind(b"?1000h")
