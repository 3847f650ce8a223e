"""The dashboard in a real tmux with its default settings, where most of its life is spent."""

from __future__ import annotations

import json
import os
import re
import shutil
import unicodedata
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from tests.cli.program import until
from tests.whole.tmux import Tmux, dashboard_in_tmux

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.program import RunningSandbox

if shutil.which("tmux") is None:
    if os.environ.get("CI") == "true":
        pytest.fail("tmux is missing, and here it must not be: install it", pytrace=False)
    pytest.skip("tmux is not installed; copying through it is not tested", allow_module_level=True)


@pytest.fixture
def tmux(known: dict[str, str], sandbox: RunningSandbox) -> Iterator[Tmux]:  # noqa: ARG001 # it must answer first
    """The dashboard in a tmux, connected."""
    with dashboard_in_tmux("--refresh", "0.5", environ=known) as running:
        running.shows("0 live", "live", "q Quit")
        yield running


def go_down(tmux: Tmux, first: str, *others: str) -> None:
    """Put the cursor on the last of these rooms, which stand there in this order once all of them have been read.

    Until then they may change places, with the cursor at the top of them.
    """
    rooms = (first, *others)
    rows = re.compile(r"^[> ] +\d+:\d\d +(\S+) .*nobody came yet", re.MULTILINE)
    until(lambda: tuple(rows.findall(tmux.text)) == rooms, what=f"{rooms} on:\n{tmux.text}")
    is_on(tmux, first)
    for name in others:
        tmux.keys("j")
        is_on(tmux, name)


def is_on(tmux: Tmux, name: str) -> None:
    """Wait until the cursor is on this room."""
    until(lambda: re.search(rf"^> .* {name} ", tmux.text, re.MULTILINE), what=f"the cursor on {name}")


def countdown(tmux: Tmux) -> str | None:
    """The countdown in the line under the cursor."""
    match = re.search(r"^>\s+(\S+)", tmux.text, re.MULTILINE)
    return match.group(1) if match else None


def paused_for(tmux: Tmux) -> int:
    """How many seconds old it says the list is because it is paused; 0 while it does not say so."""
    match = re.search(r"paused, (\d+)s old", tmux.text)
    return int(match.group(1)) if match else 0


def audit(home: Path) -> list[dict[str, Any]]:
    """What stands in the journals of what was done."""
    lines = [json.loads(line) for path in home.rglob("journal-*.jsonl") for line in path.read_text().splitlines()]
    return [line for line in lines if line["kind"] == "audit"]


def status(sandbox: RunningSandbox, room: dict[str, Any]) -> str:
    return str(sandbox.room(room["sid"])["status"])


def test_t_and_enter_put_the_snippet_into_the_tmux_buffer(tmux: Tmux, sandbox: RunningSandbox) -> None:
    name = "Board & Co <1> 東京"
    sandbox.create(name)
    tmux.shows("Board & Co")
    tmux.keys("t")
    tmux.shows("Copy ", "TwiML", "enter copies")
    tmux.keys("Enter")
    document = ET.fromstring(until(lambda: tmux.buffer))  # noqa: S314 # our own XML
    room = document.find("Connect/Room")
    assert room is not None
    assert (room.text, room.attrib) == (name, {})


def test_an_identity_typed_first_stands_in_the_snippet(tmux: Tmux, sandbox: RunningSandbox) -> None:
    sandbox.create("board")
    sandbox.join("board", "alice")
    tmux.shows("board", "1/50")
    tmux.keys("t")
    tmux.shows("enter copies")
    tmux.type("alice")
    tmux.shows('participantIdentity="alice"', "!")
    tmux.type(' & "co"')
    tmux.shows("&amp;")
    tmux.keys("Enter")
    room = ET.fromstring(until(lambda: tmux.buffer)).find("Connect/Room")  # noqa: S314 # our own XML
    assert room is not None
    assert (room.text, room.attrib) == ("board", {"participantIdentity": 'alice & "co"'})


def test_y_puts_the_sid_into_the_tmux_buffer(tmux: Tmux, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    tmux.shows("board")
    tmux.keys("y")
    assert until(lambda: tmux.buffer) == room["sid"]
    tmux.keys("Y")
    tmux.shows("in tmux's buffer", room["sid"], "esc closes")
    tmux.keys("Escape")
    tmux.shows_no("esc closes")


def test_an_empty_room_is_ended_by_e_tab_enter(tmux: Tmux, sandbox: RunningSandbox, home: Path) -> None:
    rooms = {name: sandbox.create(name, UnusedRoomTimeout=minutes) for name, minutes in (("aa", "5"), ("bb", "6"))}
    tmux.shows("aa", "bb", "2 live")
    go_down(tmux, "aa", "bb")
    tmux.keys("e")
    tmux.shows("End this room for everybody?", rooms["bb"]["sid"], "nobody is in it")
    # Cancel has the focus.
    tmux.keys("Enter")
    tmux.shows_no("End this room for everybody?")
    assert status(sandbox, rooms["bb"]) == "in-progress"
    assert audit(home) == []
    tmux.keys("e")
    tmux.shows("End this room for everybody?", rooms["bb"]["sid"], "nobody is in it")
    tmux.keys("Tab", "Enter")
    tmux.shows("ended by us")
    until(lambda: status(sandbox, rooms["bb"]) == "completed")
    assert status(sandbox, rooms["aa"]) == "in-progress"
    before, after = audit(home)
    assert (before["phase"], after["phase"], after["id"]) == ("before", "after", before["id"])
    assert {line["room_sid"] for line in (before, after)} == {rooms["bb"]["sid"]}
    assert (after["outcome"], before["people"], before["room_name"]) == ("ended", 0, "bb")
    tmux.shows("1 live")


def test_a_room_with_people_is_ended_by_its_name_alone(tmux: Tmux, sandbox: RunningSandbox, home: Path) -> None:
    room = sandbox.create("board")
    sandbox.join("board", "alice")
    sandbox.join("board", "bob")
    tmux.shows("board", "2/50")
    tmux.keys("e")
    tmux.shows("2 people are in it", room["sid"], "Type board to end it")
    tmux.keys("Enter")
    tmux.shows("That is not it")
    tmux.type("boar")
    tmux.shows_no("That is not it")
    tmux.keys("Enter")
    tmux.shows("That is not it")
    assert status(sandbox, room) == "in-progress"
    assert audit(home) == []
    tmux.type("d")
    tmux.keys("Enter")
    tmux.shows("ended by us")
    until(lambda: status(sandbox, room) == "completed")
    before, after = audit(home)
    assert (before["people"], after["outcome"], after["room_sid"]) == (2, "ended", room["sid"])


def test_somebody_who_joins_while_we_are_asked_makes_the_question_stricter(
    tmux: Tmux, sandbox: RunningSandbox, home: Path
) -> None:
    room = sandbox.create("board")
    tmux.shows("board", "0/50")
    tmux.keys("e")
    tmux.shows("nobody is in it")
    sandbox.join("board", "alice")
    tmux.keys("Tab", "Enter")
    tmux.shows("Type board to end it")
    assert status(sandbox, room) == "in-progress"
    assert audit(home) == []
    tmux.keys("Escape")
    tmux.shows_no("End this room for everybody?")
    assert status(sandbox, room) == "in-progress"


def find(tmux: Tmux, text: str) -> None:
    """Filter by this text, and keep the filter."""
    tmux.keys("/")
    tmux.shows("Keep")
    tmux.type(text)
    tmux.shows(f"filter: {text}")
    tmux.keys("Enter")
    tmux.shows_no("Keep")


def test_the_filter_shows_what_was_asked_for(tmux: Tmux, sandbox: RunningSandbox) -> None:
    sandbox.create("standup")
    other = sandbox.create("retro")
    sandbox.join("retro", "alice")
    tmux.shows("standup", "retro", "1/50")
    find(tmux, "stand")
    tmux.shows_no("retro")
    tmux.keys("Escape")
    tmux.shows("standup", "retro")
    tmux.shows_no("filter:")
    find(tmux, "alice")
    tmux.shows("retro")
    tmux.shows_no("standup")
    tmux.keys("y")
    assert until(lambda: tmux.buffer) == other["sid"]


def test_p_stops_the_polling_and_not_the_countdowns(tmux: Tmux, sandbox: RunningSandbox) -> None:
    sandbox.create("board")
    # Until its roster is read, all that is known is a bound that moves once a minute.
    until(lambda: (countdown(tmux) or "").startswith("4:"))
    tmux.keys("p")
    tmux.shows("paused")
    # What was under way when the key was pressed may still come.
    until(lambda: paused_for(tmux) >= 4)
    asked = sandbox.requests()
    seen = countdown(tmux)
    until(lambda: countdown(tmux) not in {seen, None})
    until(lambda: paused_for(tmux) >= 8)
    assert sandbox.requests() == asked
    tmux.keys("r")
    until(lambda: sandbox.requests() > asked)
    tmux.keys("p")
    tmux.shows_no("paused, ")
    asked = sandbox.requests()
    until(lambda: sandbox.requests() > asked)


def test_help_detail_and_back(tmux: Tmux, sandbox: RunningSandbox) -> None:
    room = sandbox.create("board", MediaRegion="ie1")
    sandbox.join("board", "alice")
    tmux.shows("board", "1/50")
    tmux.keys("?")
    tmux.shows("Keys", "pgup", "TwiML")
    tmux.keys("Escape")
    tmux.shows_no("pgup")
    tmux.keys("Enter")
    tmux.shows("esc Back", room["sid"], "alice", "Timeline")
    tmux.keys("G")
    tmux.shows("ie1")
    tmux.shows_no("CLOSES IN")
    tmux.keys("Escape")
    tmux.shows("CLOSES IN", "q Quit")


def test_read_only_has_no_key_that_ends(known: dict[str, str], sandbox: RunningSandbox) -> None:
    room = sandbox.create("board")
    with dashboard_in_tmux("--read-only", environ=known) as tmux:
        tmux.shows("board", "read-only", "q Quit")
        assert "e End" not in tmux.text
        tmux.keys("e", "?")
        tmux.shows("Keys", "pgup")
        assert "End this room" not in tmux.text
        assert status(sandbox, room) == "in-progress"


def test_a_hostile_name_changes_neither_buffer_nor_title(tmux: Tmux, sandbox: RunningSandbox) -> None:
    names = (
        "\x1b]52;c;aGFja2Vk\x07one",
        "\x1b]2;hacked\x07\x1bkhacked\x1b\\two",
        "\x9d2;hacked\x9c\x1bPtmux;\x1bthree",
    )
    titles = tmux.titles
    for name in names:
        sandbox.create(name)
        sandbox.join(name, name)
    tmux.shows("3 live  3 people", "^[]52;c", "^[]2;hacked")
    for _ in names:
        tmux.keys("j", "Enter")
        tmux.shows("esc Back")
        tmux.keys("Escape")
        tmux.shows("CLOSES IN")
        tmux.shows_no("esc Back")
        tmux.keys("t")
        tmux.shows("XML cannot carry")
        tmux.keys("Enter")
        tmux.keys("Escape")
        tmux.shows_no("XML cannot carry")
        tmux.keys("e")
        tmux.shows("End this room for everybody?")
        tmux.keys("Escape")
        tmux.shows_no("End this room for everybody?")
    assert tmux.buffer == ""
    # The window's name follows the program that runs in it, when tmux finds the time; the pane's title does not.
    assert tmux.titles.split()[0] == titles.split()[0]
    assert "hacked" not in tmux.titles


def test_names_with_vowels_of_their_own_are_whole_and_shift_nothing(tmux: Tmux, sandbox: RunningSandbox) -> None:
    """tmux gives them a cell each. Hindi, Tamil and Bengali names; a letter of each was written over once."""
    names = (
        "board",
        "\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0940\u091f\u093f\u0902\u0917",
        "\u0ba8\u0bbf\u0bb1\u0bc1\u0bb5\u0ba9\u0bae\u0bcd \u0b95\u0bc2\u0b9f\u0bcd\u0b9f\u0bae\u0bcd",
        "\u09ac\u09be\u0982\u09b2\u09be \u09ac\u09c8\u09a0\u0995",
        "z",
    )
    for minutes, name in enumerate(names):
        sandbox.create(name, UnusedRoomTimeout=str(20 + minutes))
    tmux.shows(*names, f"{len(names)} live")
    for signs, key in (("    >", "G"), (">    ", "g"), (" >   ", "j")):
        tmux.keys(key)
        until(lambda: "".join(row[0] for row in _table(tmux)) == signs, what=f"{key} on:\n{tmux.text}")  # noqa: B023 - waited for here
        rows = _table(tmux)
        assert [name for name in names if not any(f" {name}  " in row for row in rows)] == []
        assert len({_cells_before("nobody came yet", row) for row in rows}) == 1, rows


def _table(tmux: Tmux) -> list[str]:
    """The rows of the rooms."""
    return [row for row in tmux.text.split("\n") if re.match(r"[> ] +\d+m .*nobody came yet", row)]


def _cells_before(what: str, row: str) -> int:
    """In tmux's cells: marks that are drawn above and below a letter have none."""
    return sum(unicodedata.category(each) != "Mn" for each in row[: row.index(what)])


def test_q_leaves_and_tmux_goes_on(known: dict[str, str], sandbox: RunningSandbox) -> None:
    sandbox.create("board")
    with dashboard_in_tmux(environ=known) as tmux:
        tmux.shows("board")
        tmux.keys("q")
        tmux.shows("left with 0")
