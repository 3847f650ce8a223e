"""`roomtui twiml`: the snippet on stdout, exact and alone; what may go wrong with it on stderr."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.tui.scene import HOSTILE

if TYPE_CHECKING:
    from tests.cli.program import Program, RunningSandbox


def test_the_snippet_names_the_very_same_room(roomtui: Program, sandbox: RunningSandbox) -> None:
    candidates = [
        *HOSTILE[:3],
        *HOSTILE[4:],
        "del\x7ftab\t",
        "plain",
        "Board & Co <1>",
        "c1\x9b31m",
        "cr\rlf\n",
        "\u2028line",
        "é東",
    ]
    names = [name for name in candidates if sandbox.try_create(name, UnusedRoomTimeout="60")]
    refused = 0
    for name in names:
        done = roomtui("twiml", name)
        if done.code == 1:
            assert "which XML cannot carry" in done.err
            assert done.out == ""
            refused += 1
            continue
        assert (done.code, done.err) == (0, "")
        document = ET.fromstring(done.out)  # noqa: S314 # our own XML
        assert document.findtext("Connect/Room") == name
    assert refused <= 2
    assert len(names) - refused >= 12


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_the_snippet_is_the_same_in_every_encoding(roomtui: Program, sandbox: RunningSandbox, encoding: str) -> None:
    sandbox.create("Café 東京")
    process = subprocess.run(
        [sys.executable, "-m", "roomtui", "twiml", "Café 東京"],
        env={**roomtui.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=True,
        timeout=60,
    )
    document = ET.fromstring(process.stdout)  # noqa: S314 # our own XML
    assert document.findtext("Connect/Room") == "Café 東京"


def test_an_identity_and_a_fallback_stand_in_it(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("board")
    done = roomtui("twiml", "board", "--identity", 'al"ice & <b>', "--fallback-say", "It's <over> & done")
    document = ET.fromstring(done.out)  # noqa: S314 # our own XML
    room = document.find("Connect/Room")
    assert room is not None
    assert (room.text, room.attrib) == ("board", {"participantIdentity": 'al"ice & <b>'})
    assert document.findtext("Say") == "It's <over> & done"


def test_python_makes_the_same_twiml(
    roomtui: Program, sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    name = 'it\'s "quoted" \\ 東\x7f'
    sandbox.create(name)
    done = roomtui("twiml", name, "--lang", "python", "--identity", "al'ice", "--fallback-say", "over")
    exec(done.out, {})  # noqa: S102 # the very thing it is for
    document = ET.fromstring(capsys.readouterr().out)  # noqa: S314 # our own XML
    room = document.find("Connect/Room")
    assert room is not None
    assert (room.text, room.attrib, document.findtext("Say")) == (name, {"participantIdentity": "al'ice"}, "over")


def test_node_is_one_plain_program(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create('it\'s `${1}` "q"')
    done = roomtui("twiml", 'it\'s `${1}` "q"', "--lang", "node", "--identity", "alice")
    assert done.code == 0
    assert 'connect.room({ participantIdentity: "alice" }, "it\'s `${1}` \\"q\\"");' in done.out


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_for_a_bin_it_is_the_same_room_and_nothing_that_a_bin_would_fill_in(
    roomtui: Program, sandbox: RunningSandbox, encoding: str
) -> None:
    name = "{{From}} & 東\x7f\u202e"
    sandbox.create(name)
    done = roomtui("twiml", name, "--lang", "bin", "--fallback-say", "{{To}} is over", PYTHONIOENCODING=encoding)
    assert (done.code, done.err) == (0, "")
    assert "{{" not in done.out
    document = ET.fromstring(done.out)  # noqa: S314 # our own XML
    assert (document.findtext("Connect/Room"), document.findtext("Say")) == (name, "{{To}} is over")


def test_hazards_go_to_stderr_and_the_snippet_is_printed_all_the_same(
    roomtui: Program, sandbox: RunningSandbox
) -> None:
    sandbox.create("pair", Type="go")
    sandbox.join("pair", "alice")
    sandbox.join("pair", "bob")
    done = roomtui("twiml", "pair", "--identity", "alice")
    assert done.code == 0
    assert ET.fromstring(done.out).findtext("Connect/Room") == "pair"  # noqa: S314 # our own XML
    lines = done.err.splitlines()
    assert all(line.startswith("roomtui: ") for line in lines)
    assert any("only group rooms take phone calls" in line for line in lines)
    assert any("The room is full (2 of 2)" in line for line in lines)
    assert any("alice" in line or "identity" in line.lower() for line in lines)
    told = roomtui("twiml", "pair", "--identity", "alice", "--json").json
    assert told.keys() == {"room_sid", "unique_name", "language", "snippet", "hazards"}
    assert told["snippet"] + "\n" == done.out
    assert [f"roomtui: {hazard['sentence']}" for hazard in told["hazards"]] == lines


def test_what_cannot_be_an_identity_is_refused_in_words(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("board")
    for identity in ("x" * 129, "esc\x1b[2J"):
        done = roomtui("twiml", "board", "--identity", identity)
        assert (done.code, done.out) == (1, "")
        assert len(done.err.splitlines()) == 1
