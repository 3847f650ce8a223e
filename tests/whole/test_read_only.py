"""`--read-only` holds against every way of acting: none is listed here by hand that the program could add to unseen."""

from __future__ import annotations

import inspect
import pkgutil
import subprocess
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import roomtui.tui
from roomtui.cli.main import _COMMANDS, cli
from roomtui.rooms.new_room import NewRoom
from roomtui.tui.app import RoomtuiApp
from roomtui.watch.actions import Actions, Dialling, ReadOnlyError
from roomtui.watch.journal import Journal
from tests.cli.program import PROGRAM, environment, until
from tests.rooms.builders import room
from tests.tui.scene import StillClock
from tests.whole.strangers.fuzz import Watched
from tests.whole.strangers.screen import Screen
from tests.whole.strangers.town import Running, Town, sid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from roomtui.twilio_api.gateway import Gateway

ROOM, PERSON = sid("RM", 0), sid("PA", 0)
ONLY_LOOKS = {"look", "recording"}
"""What `Actions` can do without changing anything."""
HANDED_IN: dict[str, object] = {
    "new": NewRoom(unique_name="x"),
    "sid": ROOM,
    "room_sid": ROOM,
    "participant_sid": PERSON,
    "even_if_occupied": True,
    "on": True,
    "dialling": Dialling(room(sid=ROOM), "+16505550123", "+15005550006"),
}
"""What the ways of acting are handed, by the names of their parameters."""

# How each command is asked to do as much as it can. A command that is new has to be added here.
WITH: dict[str, tuple[str, ...] | None] = {
    "ls": (), "show": (ROOM,), "create": ("fresh",), "end": (ROOM, "--yes"), "kick": (ROOM, PERSON, "--yes"),
    "record": (ROOM, "start", "--yes"), "dial": (ROOM, "--to", "+16505550123", "--from", "+15005550006", "--yes"),
    "twiml": (ROOM,), "log": (), "config": ("show",), "doctor": (), "completion": None, "replay": None, "sandbox": None,
    "demo": None, "watch": None, "bundle": None,
}  # fmt: skip
CHANGES = {"create", "end", "kick", "record", "dial"}

# Keys that leave, and those that a terminal cannot send by a name of ours.
NOT_PRESSED = {"q", "ctrl+q", "ctrl+z", "ctrl+c"}
SENT = {
    "enter": "\r", "escape": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "space": " ", "up": "\x1b[A", "down": "\x1b[B",
    "right": "\x1b[C", "left": "\x1b[D", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "home": "\x1b[H", "end": "\x1b[F",
    "delete": "\x1b[3~", "backspace": "\x7f", "plus": "+", "minus": "-", "question_mark": "?", "slash": "/",
    "asterisk": "*", "left_square_bracket": "[", "right_square_bracket": "]", "left_curly_bracket": "{",
    "right_curly_bracket": "}", "comma": ",", "full_stop": ".", "colon": ":", "equals_sign": "=", "underscore": "_",
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def running() -> Iterator[Running]:
    town = Town(people=["alice", "bob"], tracks=["audio"])
    town.rename([f"r{number}" for number in range(3)])
    with Running(town) as up:
        yield up


class NobodyMayBeAsked:
    """Stands where Twilio does."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"Twilio was asked: {name}")


ACTIONS = [name for name, each in inspect.getmembers(Actions, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("name", sorted(set(ACTIONS) - ONLY_LOOKS))
async def test_nothing_that_can_be_done_is_done(name: str, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    actions = Actions(cast("Gateway", NobodyMayBeAsked()), journal, StillClock(), context={}, read_only=True)
    way = getattr(actions, name)
    arguments = {each: HANDED_IN[each] for each in inspect.signature(way).parameters}
    done: Any = way(**arguments)
    with pytest.raises(ReadOnlyError, match="This is read-only"):
        await (anext(done) if inspect.isasyncgen(done) else done)
    assert not journal.path.exists()


def test_what_only_looks_is_still_there() -> None:
    assert set(ACTIONS) >= ONLY_LOOKS


def run(running: Running, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=environment(home, **running.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_every_command_is_known_here() -> None:
    assert WITH.keys() == _COMMANDS.keys() == set(cli.list_commands(cast("Any", None)))


@pytest.mark.parametrize("command", sorted(name for name, arguments in WITH.items() if arguments is not None))
def test_no_command_changes_anything(running: Running, home: Path, command: str) -> None:
    done = run(running, home, "--read-only", command, *(WITH[command] or ()))
    assert running.posts() == []
    assert (done.returncode == 5) is (command in CHANGES), done.stderr
    assert ("This is read-only" in done.stderr) is (command in CHANGES)
    assert command not in CHANGES or "audit" not in "".join(each.read_text() for each in home.rglob("*.jsonl"))


@pytest.mark.parametrize("command", sorted(CHANGES))
def test_without_it_each_of_them_would(running: Running, home: Path, command: str) -> None:
    run(running, home, command, *(WITH[command] or ()))
    assert running.posts()


def keys_of_everything() -> list[str]:
    """Every key that anything on the dashboard listens to, as a terminal sends it."""
    for module in pkgutil.walk_packages(roomtui.tui.__path__, "roomtui.tui."):
        import_module(module.name)
    nodes = [RoomtuiApp, *_below(DOMNode)]
    ours = [node for node in nodes if node.__module__.startswith("roomtui.")]
    keys = set()
    for node in ours:
        for binding in node.__dict__.get("BINDINGS", ()):
            names = binding.key if isinstance(binding, Binding) else binding[0]
            keys |= {name.strip() for name in names.split(",")}
    assert len(keys) > 50
    return sorted(sent for key in keys - NOT_PRESSED if (sent := _sent(key)) is not None)


def _below(kind: type[DOMNode]) -> list[type[DOMNode]]:
    return [each for below in kind.__subclasses__() for each in (below, *_below(below))]


def _sent(key: str) -> str | None:
    if len(key) == 1:
        return key
    if key.startswith("ctrl+") and len(key) == 6 and key[5].isalpha():
        return chr(ord(key[5]) & 0x1F)
    return SENT.get(key)


def pasted(text: str) -> str:
    """The text in one piece, where there is a field for it."""
    return f"\x1b[200~{text}\x1b[201~"


# As terminals send it that tell keys apart: it needs no pause behind it to be a key of its own.
ESCAPE = "\x1b[27u"
# What is typed behind each key: whatever asks back is answered with what it wants to hear.
ANSWERS = (("\r",), ("\t", "\r"), (pasted("r0"), "\r"), (pasted("+16505550123"), "\r", "\r", "\r"))


def press_everything(terminal: Watched, view: str, answer: tuple[str, ...]) -> None:
    """All of it at once, since keys wait for one another; then until the last of them has been carried out."""
    for key in keys_of_everything():
        terminal.type("".join((view, key, *answer, ESCAPE, ESCAPE, ESCAPE)))
    done(terminal)


def done(terminal: Watched) -> None:
    """What is filtered for stands on the screen only once every key before it has done what it does."""
    terminal.type(f"{ESCAPE * 3}1/zz")
    terminal.shows("filter: zz", seconds=60)
    terminal.type(f"\r{ESCAPE * 2}")
    terminal.shows_no("filter: ")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("view", ["1", "2", "3"], ids=["live", "ended", "log"])
@pytest.mark.parametrize("answer", ANSWERS, ids=["enter", "tab, enter", "name", "number"])
def test_no_key_changes_anything(running: Running, home: Path, view: str, answer: tuple[str, ...]) -> None:
    screen = Screen(80, 24, may_copy=True)
    environ = environment(home, **running.environ)
    with Watched(screen, "--read-only", "watch", environ=environ, cwd=home) as terminal:
        terminal.shows("3 live", "read-only")
        press_everything(terminal, view, answer)
        assert terminal.process.poll() is None
        terminal.process.kill()
    assert running.posts() == []
    assert "audit" not in "".join(each.read_text() for each in home.rglob("*.jsonl"))


@pytest.mark.timeout(300)
def test_without_it_keys_would(running: Running, home: Path) -> None:
    """The same keys, so that those above are known to arrive where they are meant to."""
    with Watched(Screen(80, 24, may_copy=True), "watch", environ=environment(home, **running.environ)) as terminal:
        terminal.shows("3 live")
        press_everything(terminal, "1", ANSWERS[3])
        terminal.process.kill()
    assert any("UniqueName" in each.body for each in running.posts()), running.posts()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("read_only", [True, False])
def test_nor_does_anything_in_the_palette(running: Running, home: Path, *, read_only: bool) -> None:
    """Each way of acting by its name; and the same without --read-only, where it does."""
    screen = Screen(80, 24, may_copy=True)
    environ = environment(home, **running.environ)
    options = ("--read-only",) if read_only else ()
    with Watched(screen, *options, "watch", environ=environ, cwd=home) as terminal:
        terminal.shows("3 live")
        for name in ("end", "new room", "new like", "dial", "remove", "recording", "end marked"):
            for answer in ANSWERS:
                terminal.type("\x10")
                with suppress(AssertionError):  # what is open may be left only now
                    until(lambda: "Search for a command" in terminal.text, 5)
                before = terminal.strict.checked
                terminal.type(name)
                with suppress(AssertionError):  # what is found is drawn behind what is typed
                    until(lambda: name in terminal.text and terminal.strict.checked > before + 500, 0.3)  # noqa: B023 - waited for here
                terminal.type("".join(("\r", "\r", *answer, ESCAPE, ESCAPE, ESCAPE)))
        done(terminal)
        if not read_only:
            until(running.posts)
        terminal.process.kill()
    assert bool(running.posts()) is not read_only
