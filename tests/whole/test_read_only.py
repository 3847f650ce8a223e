"""`--read-only` holds against every way of acting: none is listed here by hand that the program could add to unseen."""

from __future__ import annotations

import inspect
import pkgutil
import subprocess
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import roomtui.tui
from roomtui.cli.main import _COMMANDS, cli
from roomtui.rooms.new_room import NewRoom
from roomtui.tui.app import RoomtuiApp
from roomtui.tui.asking import Deed
from roomtui.tui.screens.room_screen import RoomScreen
from roomtui.watch.actions import Actions, Dialling, ReadOnlyError
from roomtui.watch.journal import Journal
from tests.cli.program import PROGRAM, environment, until
from tests.rooms.builders import room
from tests.tui.scene import StillClock
from tests.whole.strangers.fuzz import Watched
from tests.whole.strangers.screen import Screen
from tests.whole.strangers.town import Asked, Running, Town, page, sid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from roomtui.twilio_api.gateway import Gateway

ROOM, OTHER_ROOM, PERSON = sid("RM", 0), sid("RM", 1), sid("PA", 0)
NUMBER, CALLER = "+16505550123", "+15005550006"
ONLY_LOOKS = {"look", "recording"}
"""What `Actions` can do without changing anything."""
HANDED_IN: dict[str, object] = {
    "new": NewRoom(unique_name="x"),
    "sid": ROOM,
    "room_sid": ROOM,
    "participant_sid": PERSON,
    "even_if_occupied": True,
    "on": True,
    "dialling": Dialling(room(sid=ROOM), NUMBER, CALLER),
}
"""What the ways of acting are handed, by the names of their parameters."""

# How each command is asked to do as much as it can. A command that is new has to be added here.
WITH: dict[str, tuple[tuple[str, ...], ...]] = {
    "ls": ((),), "show": ((ROOM,),), "twiml": ((ROOM,),), "log": ((),), "config": (("show",),), "doctor": ((),),
    "create": (("fresh",), ("fresh", "--like", ROOM)), "end": ((ROOM, "--yes"), (ROOM, OTHER_ROOM, "--yes")),
    "kick": ((ROOM, PERSON, "--yes"),), "record": ((ROOM, "start", "--yes"),),
    "dial": ((ROOM, "--to", NUMBER, "--from", CALLER, "--yes"),),
    "completion": (), "replay": (), "sandbox": (), "demo": (), "watch": (), "bundle": (),
}  # fmt: skip
CHANGES = {"create", "end", "kick", "record", "dial"}
BY_COMMAND = {
    (command, *arguments): Deed.AGAIN if "--like" in arguments else deed
    for command, deed in {
        "create": Deed.CREATE, "end": Deed.END, "kick": Deed.REMOVE, "record": Deed.RECORD, "dial": Deed.DIAL,
    }.items()
    for arguments in WITH[command]
}  # fmt: skip
"""What each command does that changes something."""

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
    """Three rooms with people in them, the first of which closes first, and one that has ended."""
    town = Closing(people=["alice", "bob", "carol"], tracks=["audio"])
    town.rename(["r0", "r1", "r2"])
    before = Town(names=["gone"], ended=True, more={"sid": sid("RM", 9)})

    def answer(asked: Asked) -> tuple[int, object] | None:
        parts = urlsplit(asked.target)
        has_ended = asked.method == "GET" and parts.path == "/v1/Rooms" and "Status=completed" in parts.query
        return (200, page("rooms", [before.room(0)], None)) if has_ended else None

    town.answer = answer
    with Running(town) as up:
        yield up


class Closing(Town):
    """One whose first room closes first."""

    def room(self, number: int) -> dict[str, object]:
        return super().room(number) | ({} if number else {"max_participant_duration": 7200})


def deed(asked: Asked) -> Deed:
    """What this write was to do."""
    path, told = urlsplit(asked.target).path, parse_qs(asked.body)
    if path == "/v1/Rooms":
        # What is like another room says so field by field.
        return Deed.CREATE if told.keys() == {"UniqueName"} else Deed.AGAIN
    if path.endswith("/Calls.json"):
        return Deed.DIAL
    kind = path.split("/")[4:5]
    if not kind and told == {"Status": ["completed"]}:
        return Deed.END
    if kind == ["Participants"] and told == {"Status": ["disconnected"]}:
        return Deed.REMOVE
    assert kind == ["RecordingRules"], asked
    return Deed.RECORD


def deeds(running: Running) -> set[Deed]:
    """All that was to be done so far."""
    return set(map(deed, running.posts()))


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


@pytest.mark.parametrize(
    "asked", [(command, *arguments) for command, each in WITH.items() for arguments in each], ids=" ".join
)
def test_no_command_changes_anything(running: Running, home: Path, asked: tuple[str, ...]) -> None:
    done = run(running, home, "--read-only", *asked)
    changes = asked[0] in CHANGES
    assert running.posts() == []
    assert (done.returncode == 5) is changes, done.stderr
    assert ("This is read-only" in done.stderr) is changes
    assert not changes or not audited(home)


@pytest.mark.parametrize(("asked", "wanted"), BY_COMMAND.items(), ids=map(" ".join, BY_COMMAND))
def test_without_it_each_of_them_would(running: Running, home: Path, asked: tuple[str, ...], wanted: Deed) -> None:
    run(running, home, *asked)
    assert deeds(running) == {wanted}
    assert len(running.posts()) == sum(each.startswith("RM") for each in asked if wanted is Deed.END) or 1
    assert audited(home)


def test_commands_do_all_that_keys_do() -> None:
    assert set(BY_COMMAND.values()) == set(Deed)


def audited(home: Path) -> bool:
    """Whether the journal says that anything was to be changed."""
    return "audit" in "".join(each.read_text() for each in home.rglob("*.jsonl"))


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
    assert keys >= OF_DEEDS.keys()
    # First those that change something where that may be: nothing that was pressed before is in their way.
    last = sorted(keys - OF_DEEDS.keys() - NOT_PRESSED)
    return [sent for key in (*OF_DEEDS, *last) if (sent := _sent(key)) is not None]


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
DOWN = "\x1b[B"
# What is typed into a dialog, so that it gets all that it wants to hear.
TEXTS, CHOICE = f"{pasted(NUMBER)}\t{pasted(CALLER)}\r\t\r", "\r\t\r"
NAME, COUNT = f"{pasted('r0')}\r", f"{pasted('3')}\r"
ANSWER = dict.fromkeys(Deed, TEXTS) | {Deed.END: NAME, Deed.REMOVE: CHOICE}


class Burst(NamedTuple):
    """What is typed before each key, what behind it, and what the keys then do where something may be done.

    `begins`: what stands on the screen once there is something to do it to; `all_keys`: it is for all keys that there
    are, not only for those that change something.
    """

    before: str
    answer: str
    does: set[Deed]
    begins: str = "6 people"
    all_keys: bool = False


BURSTS = {
    "live, texts": Burst("1g", TEXTS, set(Deed) - {Deed.END}, all_keys=True),
    "live, choice": Burst("1g", CHOICE, {Deed.REMOVE}),
    "live, name": Burst("1g", NAME, {Deed.END}),
    "marked, count": Burst("1*", COUNT, {Deed.END}, all_keys=True),
    "details, texts": Burst("1g\r", TEXTS, set(Deed) - {Deed.END}),
    "details, name": Burst("1g\r", NAME, {Deed.END}),
    "ended, texts": Burst("2g", TEXTS, {Deed.CREATE, Deed.AGAIN}, begins="completed ", all_keys=True),
    "log, texts": Burst("3", TEXTS, set(), begins="/ Search", all_keys=True),
}
OF_DEEDS = {
    each.key: Deed(each.action.split("'")[1])
    for each in RoomScreen.BINDINGS
    if isinstance(each, Binding) and each.action.startswith("say_why_not(")
}
"""The keys that change something, and what they do."""


class Dashboard(Watched):
    """One whose rooms are known already, and who is in them."""

    def __init__(self, running: Running, home: Path, *options: str, columns: int = 80) -> None:
        environ = environment(home, **running.environ)
        super().__init__(Screen(columns, 24, may_copy=True), "watch", *options, environ=environ, cwd=home)
        self.shows("3 live", "6 people", *(["read-only"] if "--read-only" in options else []))

    def begin(self, burst: Burst) -> None:
        """Wait until there is something to do."""
        self.type(burst.before[0])
        self.shows(burst.begins)

    def has_done(self, leaves: str = f"{ESCAPE * 3}1") -> None:
        """Wait until the last key has been carried out: what is filtered for is on the screen behind all the others."""
        self.type(f"{leaves}/zz")
        self.shows("filter: zz", seconds=60)
        self.type(f"\r{ESCAPE * 2}")
        self.shows_no("filter: ")
        assert self.process.poll() is None

    def has_clicked(self) -> None:
        """Wait until a click has been carried out: the key that it stands for comes behind what is typed meanwhile."""
        self.type(f"{ESCAPE * 3}1/")
        self.shows("enter Keep")
        self.type(ESCAPE * 2)
        self.shows_no("enter Keep")

    def leaves_dialogs(self) -> None:
        """Escape until there is none: while rooms are being ended, it only stops that."""
        while "╭" in self.text:
            self.type(ESCAPE)
            with suppress(AssertionError):
                until(lambda: "╭" not in self.text, 0.2)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", BURSTS)
def test_no_key_changes_anything(running: Running, home: Path, name: str) -> None:
    burst = BURSTS[name]
    with Dashboard(running, home, "--read-only") as terminal:
        terminal.begin(burst)
        for key in keys_of_everything() if burst.all_keys else OF_DEEDS:
            terminal.type(f"{burst.before}{key}{burst.answer}")
            if OF_DEEDS.get(key) in burst.does:
                terminal.has_done(leaves="1")  # no escape, which might stop what was begun; out of no dialog
            else:
                terminal.type(ESCAPE * 3)
        terminal.has_done()
        terminal.process.kill()
    assert running.posts() == []
    assert not audited(home)


@pytest.mark.parametrize("name", [name for name, burst in BURSTS.items() if burst.does])
def test_without_it_the_same_keys_do(running: Running, home: Path, name: str) -> None:
    burst = BURSTS[name]
    with Dashboard(running, home) as terminal:
        terminal.begin(burst)
        for key, wanted in OF_DEEDS.items():
            so_far = len(running.posts())
            terminal.type(f"{burst.before}{key}{burst.answer}")
            if wanted in burst.does:
                until(lambda: len(running.posts()) > so_far, what=wanted.value)  # noqa: B023 - waited for here
                assert deed(running.posts()[so_far]) is wanted
                terminal.leaves_dialogs()
            else:
                terminal.type(ESCAPE * 3)
        terminal.process.kill()
    assert audited(home)


def test_there_are_keys_for_all_that_can_be_done() -> None:
    assert set().union(*(burst.does for burst in BURSTS.values())) == set(Deed)
    assert set(OF_DEEDS.values()) == set(Deed)


TITLES = {
    f"{each.description}: {each.tooltip}": Deed.AGAIN if each.action == "create_like" else Deed(each.action)
    for each in RoomScreen.BINDINGS
    if isinstance(each, Binding) and each.action in {*Deed, "create_like"} - {"create_again"}
}
"""What the palette calls what can be done with a live room."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("read_only", [True, False])
def test_nor_does_anything_in_the_palette(running: Running, home: Path, *, read_only: bool) -> None:
    """Each way of acting by its name; and the same without --read-only, where it does."""
    with Dashboard(running, home, *(["--read-only"] if read_only else [])) as terminal:
        named = [("1g", title, wanted, ANSWER[wanted]) for title, wanted in TITLES.items()]
        of_many = [("1*", title, wanted, COUNT) for title, wanted in TITLES.items() if wanted is Deed.END]
        for before, title, wanted, answer in (*named, *of_many):
            so_far = len(running.posts())
            terminal.type(f"{before}\x10{pasted(title)}")
            if read_only:
                terminal.shows("No matches found")
                terminal.type(f"{DOWN}\r{answer}{ESCAPE * 3}")
                continue
            until(lambda: terminal.text.count("Key: ") == 1, what=title)
            terminal.type(f"{DOWN}\r")
            terminal.shows("╭")
            terminal.type(answer)
            until(lambda: len(running.posts()) > so_far, what=title)  # noqa: B023 - waited for here
            assert deed(running.posts()[so_far]) is wanted
            terminal.leaves_dialogs()
        terminal.has_done()
        terminal.process.kill()
    assert bool(running.posts()) is audited(home) is not read_only


class Clicking:
    """Keys and clicks, remembered as they were sent."""

    def __init__(self, terminal: Watched) -> None:
        self._terminal = terminal
        self.sent: list[str] = []

    def type(self, keys: str) -> None:
        self.sent.append(keys)
        self._terminal.type(keys)

    def click(self, label: str, *, beside: str = "") -> None:
        """Click on it, in the last line in which it stands together with the other one."""

        def lines() -> list[tuple[int, str]]:
            return [(y, row) for y, row in enumerate(self._terminal.rows, 1) if label in row and beside in row]

        until(lines, what=f"{label!r} beside {beside!r} on:\n{self._terminal.text}")
        y, row = lines()[-1]
        x = row.rindex(label) + 1 + len(label) // 2
        self.type(f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m")


# How each dialog is opened: where there is no line of keys to click on, by its key. Then what is typed, and the button.
BY_MOUSE = {
    Deed.END: ("e End", pasted("r0"), "End room"),
    Deed.DIAL: ("d Dial in", f"{pasted(NUMBER)}\t{pasted(CALLER)}\r", "Call"),
    Deed.REMOVE: ("x Remove", "\r", "Remove"),
    Deed.RECORD: (None, "", "Start recording"),
    Deed.CREATE: (None, pasted("fresh"), "Create room"),
    Deed.AGAIN: (None, pasted("fresh"), "Create room"),
}


@pytest.mark.timeout(300)
def test_nor_does_the_mouse(running: Running, home: Path) -> None:
    """What is clicked on is known where it does something; then the same is sent where nothing may."""
    keys = {wanted: key for key, wanted in OF_DEEDS.items()}
    assert BY_MOUSE.keys() == set(Deed)
    sent: list[str] = []
    with Dashboard(running, home, "--mouse") as terminal:
        for wanted, (shown, text, button) in BY_MOUSE.items():
            so_far = len(running.posts())
            clicking = Clicking(terminal)
            clicking.type("1g")
            if shown is None:
                clicking.type(keys[wanted])
            else:
                clicking.click(shown)
            terminal.shows("╭")
            clicking.type(text)
            clicking.click(button, beside="Cancel")
            until(lambda: len(running.posts()) > so_far, what=f"{wanted}")  # noqa: B023 - waited for here
            assert deed(running.posts()[so_far]) is wanted
            terminal.leaves_dialogs()
            sent.append("".join(clicking.sent))
        terminal.process.kill()
    assert set(BY_MOUSE) == deeds(running)
    running.town.asked.clear()
    for each in home.rglob("*.jsonl"):
        each.unlink()
    with Dashboard(running, home, "--mouse", "--read-only") as terminal:
        for keys_and_clicks in sent:
            terminal.type(keys_and_clicks)
            terminal.has_clicked()
            terminal.has_done()  # out of what else has been clicked on: other keys stand there in the line
        terminal.process.kill()
    assert running.posts() == []
    assert not audited(home)
