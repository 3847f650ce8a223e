"""Copying in all that a dashboard may run in: the real tmux, screen and ssh, read by a terminal on the outside.

Each row of the table says what is set, and what comes of it: what lies in the clipboard of the outermost terminal and
in tmux's buffers, what the dashboard says of it, and what `roomtui doctor` says.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from roomtui.tui.routes import WORDS, Way
from tests.cli.beside import sandbox_beside
from tests.cli.program import environment, until
from tests.whole.around import PROMPT, Around, Layer, Place, Sshd, around, missing, need, running_sshd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.program import RunningSandbox

_TMUX = Layer("tmux")
_TMUX_AS_SCREEN = Layer("tmux", ("default-terminal screen-256color",))
_SCREEN = Layer("screen")
_SCREEN_AS_TMUX = Layer("screen", ("term screen-256color",))
_SSH = Layer("ssh")
_OFF = ("allow-passthrough off", "set-clipboard external")
_ON = ("allow-passthrough off", "set-clipboard on")
_THROUGH = ("allow-passthrough on", "set-clipboard external")


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        settings: the options of each tmux, from outside inwards.
        way: what the dashboard and the doctor speak of.
        arrives: whether the terminal's clipboard has it.
        buffers: whether each tmux's buffer has it, from outside inwards.
    """

    settings: tuple[tuple[str, ...], ...]
    way: Way
    arrives: bool
    buffers: tuple[bool, ...]


def row(*settings: tuple[str, ...], way: Way, arrives: bool, buffers: str = "") -> Row:
    """A row; `buffers` has a letter for each tmux, `y` where its buffer has the copy."""
    return Row(settings, way, arrives, tuple(each == "y" for each in buffers))


ALONE = [
    row(("allow-passthrough off", f"set-clipboard {value}"), way=Way.TMUX, arrives=True, buffers="y")
    for value in ("on", "external", "off")
] + [
    row((f"allow-passthrough {value}", "set-clipboard external"), way=Way.TMUX, arrives=True, buffers="y")
    for value in ("on", "all")
]
AT_YOUR_SIDE = [
    row(_OFF, way=Way.AROUND, arrives=False, buffers="n"),
    row(_ON, way=Way.AROUND, arrives=True, buffers="y"),
    row(_THROUGH, way=Way.AROUND, arrives=True, buffers="n"),
]

TABLE = {
    "no multiplexer": (Place(), [row(way=Way.TERMINAL, arrives=True)]),
    "the console of Linux": (Place(term="linux"), [row(way=Way.MUTE, arrives=False)]),
    "a dumb terminal": (Place(term="dumb"), [row(way=Way.MUTE, arrives=False)]),
    "tmux": (Place((_TMUX,)), ALONE),
    "tmux in a terminal that it does not know": (
        Place((_TMUX,), term="vt220"),
        [
            row(_OFF, way=Way.TMUX_ALONE, arrives=False, buffers="y"),
            row(_THROUGH, way=Way.TMUX, arrives=True, buffers="y"),
        ],
    ),
    "the same, when it has been told": (
        Place((Layer("tmux", ("-as terminal-features ',vt220:clipboard'",)),), term="vt220"),
        [row(_OFF, way=Way.TMUX, arrives=True, buffers="y")],
    ),
    "tmux on the console of Linux": (
        Place((_TMUX,), term="linux"),
        [row(_THROUGH, way=Way.TMUX_ALONE, arrives=False, buffers="y")],
    ),
    "tmux in tmux": (
        Place((_TMUX, _TMUX)),
        [
            row(_OFF, _OFF, way=Way.TMUX_IN_TMUX, arrives=False, buffers="ny"),
            row(_ON, _OFF, way=Way.TMUX_IN_TMUX, arrives=True, buffers="yy"),
            row(_THROUGH, _OFF, way=Way.TMUX_IN_TMUX, arrives=False, buffers="ny"),
            row(_OFF, _THROUGH, way=Way.TMUX_IN_TMUX, arrives=False, buffers="ny"),
            row(_THROUGH, _THROUGH, way=Way.TMUX_IN_TMUX, arrives=True, buffers="ny"),
        ],
    ),
    "tmux in tmux in tmux": (
        Place((_TMUX, _TMUX, _TMUX)),
        [row(_ON, _ON, _OFF, way=Way.TMUX_IN_TMUX, arrives=True, buffers="yyy")],
    ),
    "screen": (Place((_SCREEN,)), [row(way=Way.SCREEN, arrives=True)]),
    "tmux in screen": (
        Place((_SCREEN, _TMUX)),
        [
            row(_OFF, way=Way.TMUX_SHUT_IN, arrives=False, buffers="y"),
            row(_THROUGH, way=Way.TMUX_IN_SCREEN, arrives=True, buffers="y"),
        ],
    ),
    "tmux in a screen that goes by the name of tmux": (
        Place((_SCREEN_AS_TMUX, _TMUX)),
        [
            row(_OFF, way=Way.TMUX_SHUT_IN, arrives=False, buffers="y"),
            row(_THROUGH, way=Way.TMUX_IN_EITHER, arrives=True, buffers="y"),
        ],
    ),
    "screen in tmux": (
        Place((_TMUX, _SCREEN)),
        [
            row(_OFF, way=Way.TMUX, arrives=True, buffers="y"),
            row(_ON, way=Way.TMUX, arrives=True, buffers="y"),
        ],
    ),
    "tmux whose variable was lost, as by sudo": (
        Place((_TMUX,), before=("-u", "TMUX")),
        AT_YOUR_SIDE,
    ),
    "tmux that is not on the PATH": (
        Place((_TMUX,), before=("PATH=/nowhere",)),
        [
            row(_OFF, way=Way.TMUX_SILENT, arrives=False, buffers="n"),
            row(_ON, way=Way.TMUX_SILENT, arrives=True, buffers="y"),
            row(_THROUGH, way=Way.TMUX_SILENT, arrives=True, buffers="n"),
        ],
    ),
    "tmux before 3.2": (
        Place((_TMUX,), before=("PATH={tools}/old:{path}",)),
        [row(_THROUGH, way=Way.TMUX, arrives=True, buffers="y")],
    ),
    "a tmux that has ended": (
        Place(before=("TMUX=/nowhere/default,1,0",)),
        [row(way=Way.TMUX_SILENT, arrives=True)],
    ),
    "ssh": (Place((_SSH,)), [row(way=Way.TERMINAL, arrives=True)]),
    "ssh, tmux there": (Place((_SSH, _TMUX)), [row(_OFF, way=Way.TMUX, arrives=True, buffers="y")]),
    "ssh, screen there": (Place((_SSH, _SCREEN)), [row(way=Way.SCREEN, arrives=True)]),
    "ssh, tmux here": (Place((Layer("tmux", ("default-terminal tmux-256color",)), _SSH)), AT_YOUR_SIDE),
    "ssh, tmux here, which calls itself screen": (Place((_TMUX_AS_SCREEN, _SSH)), AT_YOUR_SIDE),
    "ssh, screen here": (Place((_SCREEN, _SSH)), [row(way=Way.AROUND, arrives=True)]),
    "ssh, screen here, which calls itself as tmux does": (
        Place((_SCREEN_AS_TMUX, _SSH)),
        [row(way=Way.AROUND, arrives=True)],
    ),
    "ssh, tmux here and there": (
        Place((_TMUX, _SSH, _TMUX)),
        [
            row(_OFF, _OFF, way=Way.TMUX_IN_TMUX, arrives=False, buffers="ny"),
            row(_ON, _OFF, way=Way.TMUX_IN_TMUX, arrives=True, buffers="yy"),
        ],
    ),
}


README = (
    ("a terminal, over ssh too", Way.TERMINAL),
    ("tmux, whatever it is set to", Way.TMUX),
    ("tmux in a terminal that it does not know", Way.TMUX_ALONE),
    ("tmux in tmux, on either side of ssh", Way.TMUX_IN_TMUX),
    ("GNU screen", Way.SCREEN),
    ("tmux in screen", Way.TMUX_SHUT_IN),
    ("tmux in screen, so set", Way.TMUX_IN_SCREEN),
    ("ssh out of tmux or screen; `sudo` in them", Way.AROUND),
    ("tmux out of reach", Way.TMUX_SILENT),
    ("the console of Linux, `TERM=dumb`", Way.MUTE),
    ("your own desk: `wl-copy`, `xclip`, `xsel`, `pbcopy`", Way.LOCAL),
)
"""The ways that the README tells of, and where they are taken."""


def lines_of_readme() -> list[str]:
    """The table in the README: what happens, and what to set."""
    head = ["| where | a copy goes to | to be set |", "|---|---|---|"]
    told = [(name, WORDS[way].outlook, WORDS[way].mend.format(term="TERM")) for name, way in README]
    return [*head, *(f"| {name} | {outlook} | {mend.rstrip('.')} |" for name, outlook, mend in told)]


def test_the_readme_tells_the_same() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert "\n".join(lines_of_readme()) in text
    left_out = set(Way) - {way for _, way in README} - {Way.TMUX_IN_EITHER}  # told as `TMUX_IN_TMUX` is
    assert not left_out


@pytest.fixture(scope="module")
def world() -> Iterator[RunningSandbox]:
    """A sandbox with one room, which nobody need join for as long as all of the tests take."""
    with sandbox_beside() as running:
        running.create("board", UnusedRoomTimeout="60")
        yield running


@pytest.fixture(scope="module")
def sshd() -> Iterator[Sshd | None]:
    """An sshd, where there is one."""
    if missing("ssh") is not None:
        yield None
        return
    with running_sshd() as running:
        yield running


@pytest.fixture
def at_home(world: RunningSandbox, tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path, **world.environ)


@contextmanager
def dashboard(running: Around, *before: str) -> Iterator[None]:
    """The dashboard in the shell, until the end of the block."""
    running.watch(*before)
    running.terminal.shows("board", "q Quit")
    yield
    running.terminal.type("q")
    running.terminal.shows(PROMPT)


def copied(running: Around) -> tuple[str, str]:
    """The SID that `y` has copied, and what is said of it."""
    terminal = running.terminal
    terminal.type("yY")
    pattern = re.compile(r"SID (RM[0-9a-f]{32}): (.+?)\. RM")

    def seen() -> re.Match[str] | None:
        match = pattern.search(terminal.words)
        return None if match is None or match[2] == "being copied" else match

    try:
        found: re.Match[str] = until(seen)
    except AssertionError:
        raise AssertionError(f"nothing is said of a copy on:\n{terminal.text}") from None
    terminal.type("q")
    terminal.shows_no("esc closes")
    return found[1], found[2]


def settle(running: Around, settings: tuple[tuple[str, ...], ...]) -> bool:
    """Set the options of each tmux; whether each knows them."""
    return all(running.set(number, *each.split(" ", 1)) for number, options in enumerate(settings) for each in options)


@pytest.mark.parametrize("name", TABLE)
def test_what_arrives_where_and_what_is_said_of_it(
    name: str, at_home: dict[str, str], sshd: Sshd | None, tmp_path: Path
) -> None:
    place, rows = TABLE[name]
    need(place)
    tempting = _tools(tmp_path)
    display = {"DISPLAY": ":77", "PATH": f"{tempting}:{at_home['PATH']}"} if place.layers else {}
    before = [each.format(tools=tempting, path=at_home["PATH"]) for each in place.before]
    with around(place, {**at_home, **display}, sshd) as running:
        known = [each for each in rows if settle(running, each.settings)]
        assert len(known) >= len(rows) - 1, "no more than `all` is new"
        with dashboard(running, *before):
            for each in known:
                settle(running, each.settings)
                running.clear()
                sid, told = copied(running)
                assert told == WORDS[each.way].told, each
                if each.arrives:
                    until(lambda: running.terminal.clipboard is not None, what=f"a copy in {each}")
                assert running.terminal.clipboard == (sid if each.arrives else None), each
                assert [text == sid for text in running.buffers] == list(each.buffers), each
        assert running.terminal.asked == 0
        for each in known:
            settle(running, each.settings)
            check = running.doctor(*before)["clipboard"]
            assert check["detail"] == WORDS[each.way].outlook, each
            assert check["mend"] == WORDS[each.way].mend.format(term=place.term), each
            assert check["status"] == ("warn" if WORDS[each.way].mend else "ok")
    assert not (tmp_path / "tempted").exists()


def _tools(folder: Path) -> Path:
    """Programs that are found before those of the system."""
    tools = folder / "tools"
    (tools / "old").mkdir(parents=True)
    # Where there is a display, a program for it would be tried: over ssh and in a multiplexer it is somebody else's.
    (tools / "xclip").write_text(f"#!/bin/sh\ntouch {folder}/tempted\n")
    # A real tmux, but for the one thing that it did not know then, and what it says it is.
    real = shutil.which("tmux")
    (tools / "old" / "tmux").write_text(
        "#!/bin/sh\n"
        'case " $* " in *" load-buffer -w "*) echo "unknown option -- w" >&2; exit 1;; esac\n'
        'case "$1" in -V) echo "tmux 3.1c"; exit 0;; esac\n'
        f'exec {real} "$@"\n'
    )
    for each in (tools / "xclip", tools / "old" / "tmux"):
        each.chmod(0o755)
    return tools


def test_a_tmux_that_does_not_answer_holds_up_no_key(at_home: dict[str, str]) -> None:
    need(Place((_TMUX,)))
    with tempfile.TemporaryDirectory(prefix="stuck-") as folder:
        there = {**at_home, "TMUX_TMPDIR": folder}

        def tmux(*arguments: str) -> str:
            command = ["tmux", "-f", "/dev/null", "-L", "stuck", *arguments]
            return subprocess.run(command, env=there, capture_output=True, text=True, check=True, timeout=30).stdout

        tmux("new-session", "-d", "cat")
        path, pid = tmux("display-message", "-p", "#{socket_path} #{pid}").split()
        os.kill(int(pid), signal.SIGSTOP)
        try:
            with around(Place(), at_home) as running, dashboard(running, f"TMUX={path},{pid},0"):
                running.terminal.type("y?")
                running.terminal.shows("Keys", "pgup")
                # However long we take to look: the help was drawn while it still waited for tmux.
                until(lambda: running.terminal.clipboard is not None, what="a copy without tmux")
                assert "pgup" in running.terminal.text_before(b"\x1b]52;")
                running.terminal.clear()
                running.terminal.type("q")
                running.terminal.shows_no("pgup")
                sid, told = copied(running)
                assert told == WORDS[Way.TMUX_SILENT].told
                until(lambda: running.terminal.clipboard == sid, what="a copy of what is told to be copied")
        finally:
            os.kill(int(pid), signal.SIGCONT)
            tmux("kill-server")
