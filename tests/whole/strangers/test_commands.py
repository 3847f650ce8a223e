"""What commands print and write of strangers' names, on a terminal and into a pipe; who reads it gets it back whole."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from roomtui.rooms.twiml import Language, snippet
from roomtui.rooms.untrusted import safe
from tests.cli.program import PROGRAM, environment, until
from tests.strangers import STRANGERS
from tests.whole.strangers.fuzz import Watched
from tests.whole.strangers.screen import Screen
from tests.whole.strangers.test_screens import FIELDS, RAW
from tests.whole.strangers.town import Running, Town, sid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FIRST = sid("RM", 0)
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def running() -> Iterator[Running]:
    town = Town(people=RAW, tracks=RAW, more=FIELDS, says="".join(RAW[:40]))
    town.rename(RAW)
    with Running(town) as up:
        yield up


def piped(arguments: Sequence[str], environ: dict[str, str], *, may_fail: bool = False) -> str:
    """What it prints on stdout into a pipe, both streams having been read strictly; stdout as it came."""
    # "surrogateescape": an argument may hold what is no text.
    command = [each.encode("utf-8", "surrogateescape") for each in (*PROGRAM, *arguments)]
    done = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
    for data in (done.stdout, done.stderr):
        assert violations(data) == []
    assert b"Traceback" not in done.stderr, done.stderr
    assert may_fail or done.returncode == 0, done.stderr
    return done.stdout.decode("utf-8", "surrogateescape")


def violations(data: bytes) -> list[str]:
    screen = Screen(2000, 4000, wraps=True)
    screen.feed(data)
    screen.finish()
    return screen.violations


def on_a_terminal(arguments: Sequence[str], environ: dict[str, str]) -> Screen:
    """The same in a terminal of 120 columns."""
    screen = Screen(120, 2000, wraps=True)
    with Watched(screen, *arguments, environ=environ) as terminal:
        terminal.ends(60)
    screen.finish()
    return screen


def hurry(home: Path) -> None:
    """This Twilio counts no reads: the people of a hundred rooms need not be read over many seconds."""
    folder = home / "config" / "roomtui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("reads_per_second = 80\n")


COMMANDS = [
    ("ls",),
    ("ls", "--no-people"),
    ("ls", "--json", "--no-people"),
    ("ls", "--no-pii"),
    ("show", FIRST),
    ("show", FIRST, "--json"),
    ("twiml", FIRST, "--identity", "\x1b[2J\u202e"),
    ("twiml", FIRST, "--lang", "python"),
    ("end", FIRST, "--yes"),
    ("kick", FIRST, RAW[3], "--yes"),
    ("record", FIRST, "start", "--yes"),
    ("create", "\x1b[2J\u202e[b]"),
    ("dial", FIRST, "--to", "\x1b[2J", "--from", "+15005550006", "--yes"),
    ("show", "\x1b[2J\u202e"),
    ("\x1b[2J\u202e",),
    ("ls", "--\x1b[2J"),
    ("ls", "--status", "\x1b[2J\u202e"),
    ("--profile", "\x1b[2J\u202e", "ls"),
    ("--config", "/nowhere/\x1b[2J\u202e", "ls"),
    ("--api-url", "http://\x1b[2J", "ls"),
    ("log", "--search", "\x1b[2J"),
    ("config", "show"),
    ("replay", "/nowhere/\x1b[2J\u202e"),
    ("doctor",),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda each: ascii(" ".join(each)))
def test_no_command_prints_more_than_text(home: Path, running: Running, arguments: tuple[str, ...]) -> None:
    hurry(home)
    environ = environment(home, **running.environ)
    with ThreadPoolExecutor(1) as beside:
        drawn = beside.submit(on_a_terminal, arguments, environ)
        piped(arguments, environ, may_fail=True)
        assert drawn.result().violations == []


@pytest.mark.parametrize("language", Language)
def test_twiml_names_the_very_same_room_and_is_text(home: Path, language: Language) -> None:
    everybody = "".join(raw for raw in RAW if not _NOT_IN_XML.search(raw))
    identity = '\u0338Q\u0316\u0317\u0318\u202e&\u0301<"\t\n'
    town = Town()
    town.rename([everybody])
    with Running(town) as running:
        environ = environment(home, **running.environ)
        arguments = ("twiml", FIRST, "--identity", identity, "--lang", language.value)
        written = piped(arguments, environ)
        assert on_a_terminal(arguments, environ).violations == []
    assert written == snippet(everybody, identity=identity, language=language) + "\n"
    assert [safe(row) for row in written.split("\n")] == written.split("\n")
    if language in {Language.XML, Language.BIN}:
        (noun,) = ET.fromstring(written)[0]  # noqa: S314 - our own XML
        assert (noun.text, noun.get("participantIdentity")) == (everybody, identity)


def test_twiml_for_a_name_that_no_xml_can_carry_is_a_sentence(home: Path) -> None:
    town = Town()
    town.rename([raw for raw in RAW if _NOT_IN_XML.search(raw)][:4])
    with Running(town) as running:
        for number in range(len(town.names)):
            arguments = (*PROGRAM, "twiml", sid("RM", number))
            done = subprocess.run(
                arguments, env=environment(home, **running.environ), capture_output=True, check=False, timeout=60
            )
            assert (done.returncode, done.stdout) == (1, b"")
            assert b"which XML cannot carry" in done.stderr
            assert violations(done.stderr) == []


def test_a_path_is_text_to_people_and_itself_to_programs(home: Path) -> None:
    path = "/nowhere/\x07\u202e\ufe0f[b]"
    arguments = ("--config", path, "config", "path")
    done = subprocess.run([*PROGRAM, *arguments], env=environment(home), capture_output=True, check=True, timeout=60)
    assert done.stdout.decode() == f"{path}\n"
    assert on_a_terminal(arguments, environment(home)).violations == []


def test_json_gives_every_name_back_to_the_letter(home: Path, running: Running) -> None:
    """A lone surrogate stands there as its escape, as it came; Python and JavaScript read it so."""
    environ = environment(home, **running.environ)
    written = piped(("ls", "--json", "--no-people"), environ)
    assert written.isascii()
    rooms = {room["sid"]: room for room in json.loads(written)}
    assert {number: rooms[sid("RM", number)]["unique_name"] for number in range(len(RAW))} == {
        number: raw or None for number, raw in enumerate(RAW)
    }
    shown = json.loads(piped(("show", FIRST, "--json"), environ))
    assert [person["identity"] for person in shown["roster"]] == [raw or None for raw in RAW]
    for told in (rooms[FIRST], shown):
        assert {name: told[name] for name in FIELDS} == FIELDS


def test_every_name_stands_in_the_list_as_it_is_shown_and_shifts_nothing(home: Path, running: Running) -> None:
    environ = environment(home, **running.environ)
    written = piped(("ls", "--no-people"), environ)
    lines = [line for line in written.split("\n") if line.startswith("RM")]
    assert len(lines) == len(RAW)
    for number, raw in enumerate(RAW):
        line = next(line for line in lines if line.startswith(sid("RM", number)))
        assert line[36:].startswith(safe(raw))
    screen = on_a_terminal(("ls", "--no-people"), environ)
    rows = [at for at in range(screen.lines) if screen.columns_of(at, 0, 2) == "RM"]
    head = rows[0] - 1
    assert len(rows) == len(RAW)
    for title in ("PEOPLE", "CLOSES IN"):
        at = next(x for x in range(120) if screen.columns_of(head, x, x + len(title)) == title)
        assert {screen.columns_of(row, at - 2, at) for row in rows} == {"  "}, title
        assert all(screen.columns_of(row, at, at + 1) != " " for row in rows), title


def test_the_log_and_its_export_hold_every_name(home: Path, running: Running) -> None:
    """Written by hand into the journal, as the dashboard would, and read by every way there is."""
    environ = environment(home, **running.environ)
    journal = home / "state" / "roomtui" / "journal-AC0000..0000.jsonl"
    from roomtui.watch.journal import Journal  # noqa: PLC0415 - the program's own writing

    where = json.loads(piped(("config", "show", "--json"), environ))
    journal = type(journal)(next(row["value"] for row in where if row["key"] == "journal"))
    lines = [
        {"at": "2026-11-20T10:00:00+00:00", "kind": "event", "event": "participant-joined",
         "room_sid": sid("RM", number), "room": raw, "identity": raw, "participant_sid": sid("PA", number)}
        for number, raw in enumerate(RAW)
    ]  # fmt: skip
    lines.append({"at": "2026-11-20T10:00:01+00:00", "kind": "audit", "action": "end-room", "room_sid": FIRST,
                  "room": RAW[4],
         "phase": "after", "answer": "".join(RAW[:50]), "who": RAW[5], "host": RAW[6]})  # fmt: skip
    Journal(journal).write_events(lines)
    assert journal.read_bytes().isascii()
    assert [json.loads(line) for line in journal.read_text().splitlines()] == lines
    written = piped(("log", "--json"), environ)
    assert written.isascii()
    told = [json.loads(line) for line in written.splitlines()]
    assert told in (lines, [lines])
    text = piped(("log",), environ)
    for each in STRANGERS[:20]:
        assert safe(each.raw[:128]) in text
    assert on_a_terminal(("log",), environ).violations == []
    screen = Screen(100, 40)
    with Watched(screen, "watch", environ=environ, cwd=home) as terminal:
        terminal.shows("q Quit")
        terminal.type("3")
        terminal.shows("joined")
        terminal.type("w")
        exported = until(lambda: next(iter(home.glob("roomtui-journal*.txt")), None))
        terminal.shows("written to")
        terminal.leave()
    assert screen.violations == []
    assert exported.stat().st_mode & 0o077 == 0
    assert violations(exported.read_bytes()) == []
    assert len(exported.read_text().splitlines()) >= len(lines)


def test_what_completes_a_shell_s_words_is_text(home: Path) -> None:
    folder = home / "config" / "roomtui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('[profiles."a\\u001b[2J\\u202e"]\naccount_sid = "x"\n')
    for shell, words in (("bash", {"COMP_WORDS": "roomtui --profile ", "COMP_CWORD": "2"}),
                         ("zsh", {"COMP_WORDS": "roomtui --profile ", "COMP_CWORD": "2"}),
                         ("fish", {"COMP_WORDS": "roomtui --profile ", "COMP_CWORD": ""})):  # fmt: skip
        environ = environment(home, _ROOMTUI_COMPLETE=f"{shell}_complete", **words)
        piped((), environ, may_fail=True)
    for shell in ("bash", "zsh", "fish"):
        piped(("completion", shell), environment(home))


BUG = """
import sys
import roomtui.cli.listing as listing
import roomtui.cli.main as main
def bug(*_, **__):
    raise RuntimeError("bug in \\x1b[2J\\u202e\\x9b2J of a stranger")
command = main.cli.get_command(None, "ls")
command.callback = bug
sys.argv = ["roomtui", "ls"]
main.main()
"""


def test_a_bug_that_tells_of_a_stranger_is_told_as_text(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BUG], env=environment(home), capture_output=True, check=False, timeout=60
    )
    assert done.returncode != 0
    assert b"of a stranger" in done.stderr
    assert violations(done.stderr + done.stdout) == []


CRASH = """
import sys
import roomtui.tui.screens.live as live
def bug(*_, **__):
    raise RuntimeError("bug in \\x1b[2J\\u202e\\x9b2J of a stranger")
live.LiveScreen.show_rest = bug
import roomtui.cli.main as main
sys.argv = ["roomtui", "watch"]
main.main()
"""


def test_a_crash_report_is_text(home: Path, running: Running) -> None:
    screen = Screen(120, 60, wraps=True)
    program = (sys.executable, "-c", CRASH)
    environ = environment(home, **running.environ)
    with Watched(screen, environ=environ, program=program) as terminal:
        terminal.ends(30)
    assert "of a stranger" in terminal.text
    assert [each for each in screen.violations if "x07" not in each.partition(">>>")[2][:8]] == []
