"""What is copied, to the letter and at any length; and selecting it by hand, in a real terminal and a real tmux."""

from __future__ import annotations

import json
import re
import stat
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.cli.beside import sandbox_beside
from tests.cli.program import environment, until
from tests.whole.around import PROMPT, Around, Layer, Place, around, need

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.program import RunningSandbox

NAME = "ボード & <Co> $(touch pasted) `touch pasted`; touch pasted\n\ttouch pasted #"
WIDE = "東" * 128
_BARE = Place()
_TMUX = Place((Layer("tmux"),))
_TMUX_IN_SCREEN = Place((Layer("screen"), Layer("tmux", ("allow-passthrough on",))))
# Nothing but TERM is known here, and that is tmux's as much as screen's.
_UNKNOWN = Place((Layer("screen", ("term screen-256color",)),), before=("-u", "STY"))


@pytest.fixture(scope="module")
def world() -> Iterator[RunningSandbox]:
    """A sandbox with a room that a stranger has named, one of fifty people, and one of fifty with the longest names."""
    with sandbox_beside() as running:
        for name in (NAME, "fifty", "endless"):
            running.create(name, UnusedRoomTimeout="60")  # as long as all of the tests may take
        for number in range(50):
            running.join("fifty", f"guest {number}")
            running.join("endless", chr(0x20000 + number) * 128)
        yield running


@pytest.fixture
def at_home(world: RunningSandbox, tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path, **world.environ)


def begin(running: Around, place: Place, room: str) -> None:
    """The dashboard, with the cursor on this room."""
    running.watch(*place.before)
    terminal = running.terminal
    terminal.shows("3 live", "100 people", "q Quit")
    terminal.type(f"/{room}")
    terminal.shows(f"filter: {room}")
    terminal.type("\r")
    terminal.shows_no("Keep")


def copy_json(running: Around) -> str:
    """What is said of the JSON of the room under the cursor, once it has been copied."""
    terminal = running.terminal
    terminal.type("J")
    terminal.shows("c copies, esc closes", "as of")
    terminal.type("cq")
    terminal.shows_no("c copies")
    terminal.type("Y")
    terminal.shows("esc closes")
    pattern = re.compile(r"JSON: (.+?)\. \{")

    def said() -> str | None:
        match = pattern.search(terminal.words)
        return None if match is None or match[1] == "being copied" else match[1]

    return str(until(said, what=f"words on a copy; screen:\n{terminal.text}"))


def people(text: str) -> int:
    return len(json.loads(text)["roster"])


def test_a_stranger_s_name_comes_out_as_the_very_same_and_pasting_it_runs_nothing(
    at_home: dict[str, str], tmp_path: Path
) -> None:
    with around(_BARE, at_home) as running:
        begin(running, _BARE, "touch")
        terminal = running.terminal
        terminal.type("t")
        terminal.shows("enter copies")
        terminal.type("\r")
        text = until(lambda: terminal.clipboard)
        room = ET.fromstring(text).find("Connect/Room")  # noqa: S314 # our own XML
        assert room is not None
        assert room.text == NAME
        assert not text.endswith("\n")
        terminal.shows_no("enter copies")
        terminal.clear()
        terminal.type("c")
        terminal.shows("type to find")
        terminal.type("name\r")
        line = until(lambda: terminal.clipboard)
        assert line.isprintable(), "no line break that a shell would take for enter"
        terminal.wipe()  # the emulator has no other screen: the prompt would stand among what the dashboard drew
        terminal.type("q")
        terminal.shows(PROMPT)
        # As a terminal pastes that knows nothing of brackets around it: it waits in the shell's line to be sent.
        terminal.type(line)
        terminal.shows("touch pasted")
        terminal.type("\x15echo $((6 * 7))\n")
        terminal.shows("42")
    assert not list(tmp_path.rglob("pasted"))


def test_printed_on_the_shell_s_screen_a_long_line_is_one_line_to_whoever_selects_it(
    at_home: dict[str, str],
) -> None:
    need(_TMUX)
    with around(_TMUX, at_home, columns=60, lines=20) as running:
        begin(running, _TMUX, "fifty")
        terminal = running.terminal
        terminal.type("t")
        terminal.shows("Identity", "<Room>fifty</Room>")
        terminal.type(WIDE)
        terminal.shows("東東東")
        terminal.type("\r")
        until(lambda: running.buffers[0].count("東") == 128)
        text = running.buffers[0]
        terminal.type("Y")
        terminal.shows("esc closes")
        # Here the dashboard draws: what it folds is folded for good.
        assert text not in running.tmux(0, "capture-pane", "-p", "-J").stdout
        terminal.type("p")
        terminal.shows("Any key goes back")
        assert text in running.tmux(0, "capture-pane", "-p", "-J", "-S", "-").stdout
        assert running.tmux(0, "display-message", "-p", "#{mouse_any_flag} #{alternate_on}").stdout.split() == [
            "0",
            "0",
        ]
        terminal.type("\x03")  # no more than any other key
        terminal.shows("esc closes")
        terminal.type("q")
        terminal.shows("q Quit")


@pytest.mark.parametrize("place", [_BARE, _TMUX_IN_SCREEN, _UNKNOWN], ids=["bare", "tmux in screen", "by TERM alone"])
def test_the_json_of_fifty_people_arrives_whole_and_spills_nothing(place: Place, at_home: dict[str, str]) -> None:
    need(place)
    with around(place, at_home) as running:
        begin(running, place, "fifty")
        told = copy_json(running)
        assert "asked" in told
        assert people(until(lambda: running.terminal.clipboard)) == 50
        running.terminal.type("q")
        running.terminal.shows_no("esc closes")
        running.terminal.shows("fifty", "q Quit")
        # What base64 would leave on the screen.
        running.terminal.shows_no_match(r"[A-Za-z0-9+/]{50}")


@pytest.mark.parametrize("place", [_BARE, _TMUX], ids=["bare", "tmux"])
def test_what_is_too_long_for_terminals_is_put_where_it_is_said_to_be(
    place: Place, at_home: dict[str, str], tmp_path: Path
) -> None:
    need(place)
    with around(place, at_home) as running:
        begin(running, place, "endless")
        told = copy_json(running)
        assert re.match(r"too long for a terminal \(\d+ kB\), so it is in ", told)
        assert running.terminal.clipboard is None
        if place is _TMUX:
            assert told.endswith(" tmux's buffer alone")
            assert people(running.buffers[0]) == 50
            return
        (file,) = tmp_path.glob("roomtui-copied-*")
        # A path may be folded between its letters.
        assert told.replace(" ", "").endswith(str(file).replace(" ", ""))
        assert people(file.read_text()) == 50
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
