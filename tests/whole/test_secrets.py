"""Canaries in the place of every secret: nothing that the program says, writes, sends or starts has one in it."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pytest

from tests.cli.program import PROGRAM, environment, until
from tests.whole.strangers.fuzz import Watched
from tests.whole.strangers.screen import Screen
from tests.whole.strangers.town import ACCOUNT, Running, Town, sid
from tests.whole.terminal import children_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.whole.strangers.town import Asked

KEY = "SK" + "0" * 32
# With all that an address, JSON, HTML or a shell writes otherwise.
CANARY = "c4n4ry+of/the=secret&\"%7E'<é>\\"
PROXY_CANARY = "c4n4ry-of-the-proxy"
OTHER_CANARY = "c4n4ry-of-another-profile"
ROOM = sid("RM", 0)


def canaries_in(data: bytes, depth: int = 3) -> list[str]:
    """Which of the canaries stand in it, plain or written in any way that can be read back."""
    text = data.decode("utf-8", "surrogateescape")
    found = [each for each in (CANARY, PROXY_CANARY, OTHER_CANARY) if each in text]
    if found or not depth:
        return found
    readings = {unquote(text), html.unescape(text), _unescaped(text), text.replace("\n", ""), text.replace("\\/", "/")}
    for word in re.findall(r"[A-Za-z0-9+/_-]{8,}={0,2}", text)[:5000]:
        for start in range(4):
            with suppress(binascii.Error, ValueError):
                part = word[start:].rstrip("=")
                # Any group of four may be where the secret begins.
                decoded = base64.b64decode(part + "=" * (-len(part) % 4), altchars=None if "-" not in part else b"-_")
                found += [each for each in (CANARY, PROXY_CANARY, OTHER_CANARY) if each.encode() in decoded]
        with suppress(ValueError):
            found += canaries_in(bytes.fromhex(word), 0)
    return found or [each for reading in readings - {text} for each in canaries_in(_bytes(reading), depth - 1)]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape" if not re.search(r"[\ud800-\udb7f]", text) else "replace")


def _unescaped(text: str) -> str:
    escapes = r"\\+u([0-9a-fA-F]{4})|\\+x([0-9a-fA-F]{2})|\\(.)"
    return re.sub(escapes, lambda each: each[3] or chr(int(each[1] or each[2], 16)), text)


def ways_of_saying(secret: str, user: str = KEY) -> list[str]:
    """How a server may repeat what it was sent."""
    header = base64.b64encode(f"{user}:{secret}".encode()).decode()
    return [
        secret, quote(secret, safe=""), json.dumps(secret), "".join(f"\\u{ord(each):04x}" for each in secret),
        html.escape(secret), "".join(f"&#{ord(each)};" for each in secret), secret.encode().hex(),
        base64.b64encode(secret.encode()).decode(), f"Basic {header}", quote(header, safe=""),
        json.dumps(f"Basic {header}"),
        base64.b64encode(f"Authorization: Basic {header}".encode()).decode(), quote(quote(secret, safe=""), safe=""),
    ]  # fmt: skip


@pytest.mark.parametrize("way", ways_of_saying(CANARY), ids=range(len(ways_of_saying(CANARY))))
def test_the_search_itself_would_find_it(way: str) -> None:
    assert canaries_in(f"You sent {way}, to us".encode()) or "QXV0aG9y" in way


@dataclass
class Echoing:
    """Answers as the town does until it is told to refuse: then it repeats the request, each time in another way."""

    status: int | None = None
    count: int = 0
    say: list[str] = field(default_factory=lambda: ways_of_saying(CANARY))

    def __call__(self, asked: Asked) -> tuple[int, object] | None:
        if self.status is None and asked.method == "GET":
            return None
        self.count += 1
        header = asked.headers.get("Authorization", "") + asked.headers.get("Proxy-Authorization", "")
        said = f"{self.say[self.count % len(self.say)]} {header} {quote(header)} {asked.headers}"
        return self.status or 400, {"code": 20003, "message": said[:490], "detail": said, "status": self.status}


@contextmanager
def echoing_town() -> Iterator[tuple[Running, Echoing]]:
    echo = Echoing()
    town = Town(people=["alice", "bob"], tracks=["audio"], answer=echo)
    town.rename([f"r{number}" for number in range(10)])
    with Running(town) as running:
        yield running, echo


def settings_of(kind: str, home: Path, url: str) -> dict[str, str]:
    """An environment in which the secret is kept in this way; the verbose logs of all that can be verbose are on."""
    folder, tools = home / "config" / "roomtui", home / "tools"
    folder.mkdir(parents=True)
    tools.mkdir()
    secret = {
        "file": f"api_secret = {json.dumps(CANARY)}",
        "command": f'credential_command = ["{sys.executable}", "{tools}/vault.py", "argument"]',
        "keyring": "keyring = true",
    }.get(kind)
    other = f'\n[profiles.other]\naccount_sid = "{ACCOUNT}"\napi_key = "{KEY}"\napi_secret = "{OTHER_CANARY}"\n'
    (tools / "vault.py").write_text(f"print({CANARY!r})\n")
    (tools / "keyring.py").write_text(f"def get_password(service, entry):\n    return {CANARY!r}\n")
    # What copies go through: it keeps all that it is told.
    tell = (
        f"#!{sys.executable}\nimport os, sys\nopen({str(home / 'tmux.told')!r}, 'ab').write(sys.stdin.buffer.read() + "
    )
    (tools / "tmux").write_text(f"{tell}repr((sys.argv, dict(os.environ))).encode())\n")
    (tools / "tmux").chmod(0o700)
    text = f'default_profile = "acme"\n[profiles.acme]\naccount_sid = "{ACCOUNT}"\napi_key = "{KEY}"\n{secret}\n{other}'
    config = folder / "config.toml"
    config.write_text(text if secret else "")
    config.chmod(0o600)
    (home / "tmp").mkdir()
    environ = environment(
        home,
        ROOMTUI_API_URL=url,
        TMUX="/nowhere,1,0",
        TMPDIR=str(home / "tmp"),
        PYTHONASYNCIODEBUG="1",
        PYTHONFAULTHANDLER="1",
        PYTHONPATH=str(tools),
        TEXTUAL_LOG=str(home / "textual.log"),
        TEXTUAL="debug",
        DEBUG="1",
        HTTPS_PROXY=f"http://somebody:{PROXY_CANARY}@127.0.0.1:1",
    )
    environ["PATH"] = f"{tools}:{environ['PATH']}"
    if kind == "token":
        environ |= {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": CANARY}
    elif kind == "environment":
        environ |= {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_API_KEY": KEY, "TWILIO_API_SECRET": CANARY}
    return environ


class Processes:
    """Looks at what other people of the machine can see of our processes, and at what our children were told."""

    def __init__(self, pid: int) -> None:
        self.seen: set[bytes] = set()
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._done.wait(0.01):
            with suppress(OSError):
                ours = Path(f"/proc/{self._pid}/cmdline").read_bytes()
                self.seen.add(ours)
                for child in children_of(self._pid):
                    command = Path(f"/proc/{child}/cmdline").read_bytes()
                    self.seen.add(command)
                    # Before it has become another program it is still ourselves. And whoever keeps the secret may have
                    # to ask the network for it.
                    if command not in {ours, b""} and b"vault.py" not in command:
                        self.seen.add(Path(f"/proc/{child}/environ").read_bytes())

    def stop(self) -> bytes:
        self._done.set()
        self._thread.join()
        return b"\n".join(self.seen)


def search(home: Path, running: Running, *said: bytes) -> None:
    """No canary in what was said, in any file but where it is kept, nor in what the server saw beside the header."""
    for data in said:
        assert canaries_in(data) == [], data
    for path in home.rglob("*"):
        kept_there = path.name == "config.toml" or path.parent.name in {"tools", "__pycache__"}
        if path.is_file() and not kept_there:
            assert canaries_in(path.read_bytes()) == [], path
    for asked in running.town.asked:
        others = {name: value for name, value in asked.headers.items() if "authorization" not in name.lower()}
        assert canaries_in(f"{asked.target} {asked.body} {others}".encode()) == [], asked


KINDS = ["token", "environment", "file", "command", "keyring"]
COMMANDS: list[tuple[str, ...]] = [
    ("ls",), ("ls", "--json"), ("show", ROOM), ("config", "show"), ("config", "show", "--json"), ("config", "check"),
    ("doctor",), ("doctor", "--json"), ("twiml", ROOM), ("create", "fresh"), ("end", ROOM, "--yes"),
    ("record", ROOM, "start", "--yes"), ("dial", ROOM, "--to", "+16505550123", "--from", "+15005550006", "--yes"),
    ("kick", ROOM, sid("PA", 0), "--yes"), ("log",), ("log", "--json"),
]  # fmt: skip


def said_by(arguments: tuple[str, ...], environ: dict[str, str]) -> tuple[bytes, bytes]:
    """What a command says on stdout and on stderr."""
    done = subprocess.run(
        [*PROGRAM, *arguments], env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=90
    )
    return done.stdout, done.stderr


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_no_command_gives_a_secret_away(tmp_path: Path, kind: str) -> None:
    with echoing_town() as (running, echo):
        environ = settings_of(kind, tmp_path, running.url)
        some = [each for each in COMMANDS if each[0] in {"ls", "config", "doctor"}]
        # What fails is asked again and again, takes its time, and says the same.
        lives: list[tuple[int | None, list[tuple[str, ...]]]] = [(401, some)]
        if kind == "token":
            lives = [(None, COMMANDS), (401, COMMANDS), (500, [("end", ROOM, "--yes")])]
        for status, commands in lives:
            echo.status = status
            # Side by side, since what is refused is waited for; the files are searched once for all of them.
            with ThreadPoolExecutor(8) as several:
                said = list(several.map(lambda arguments: said_by(arguments, environ), commands))
            search(tmp_path, running, *(each for one in said for each in one))
        assert echo.count
        assert running.town.asked, "nobody was asked: nothing was tried"


LIFE = (
    "\r", "\x1b", "y", "c", "curl", "\r", "c", "json", "\r", "Y", "\x1b", "J", "\x1b", "o", "\x1b", "t", "\r", "e",
    "\t", "\r", "\x1b", "n", "fresh\r", "\x1b", "\x1b", "3", "w", "1", "2", "1", "P", "\x1b", "?", "\x1b",
)  # fmt: skip


@pytest.mark.timeout(300)
# What is answered is told in the same way wherever the secret is kept: once all of it, then where it is asked for anew.
@pytest.mark.parametrize(
    ("kind", "answers"),
    [("token", (401, 500, 403)), ("command", (401,)), ("keyring", (401,))],
    ids=["token", "command", "keyring"],
)
def test_the_dashboard_gives_none_away_in_all_its_life(tmp_path: Path, kind: str, answers: tuple[int, ...]) -> None:
    screen = Screen(110, 34, may_copy=True)
    said = bytearray()
    with echoing_town() as (running, echo):
        environ = settings_of(kind, tmp_path, running.url)
        tape = tmp_path / "tape.jsonl"
        with Watched(
            screen, "watch", "--refresh", "0.5", "--record", str(tape), environ=environ, cwd=tmp_path
        ) as terminal:
            terminal.also = said.extend
            watching = Processes(terminal.process.pid)
            terminal.shows("10 live")
            live_through(terminal, "well")
            for status in answers:
                echo.status, before = status, echo.count
                terminal.type("r")
                until(lambda: echo.count > before + 1, 60)  # noqa: B023 - waited for here
                live_through(terminal, f"ill{status}")
            echo.status = None
            terminal.type("q")
            assert terminal.ends() == 0
            told = watching.stop()
        with Watched(Screen(110, 34), "replay", str(tape), environ=environ, cwd=tmp_path) as terminal:
            terminal.also = said.extend
            terminal.shows("10 live")
            terminal.signal(signal.SIGTERM)  # whatever is open
            terminal.ends()
        assert (tmp_path / "tmux.told").exists(), "nothing was copied: nothing was tried"
        assert tape.stat().st_size
        search(tmp_path, running, bytes(said), told, terminal.text.encode())


def live_through(terminal: Watched, name: str) -> None:
    """A life, until all that was typed has been carried out: keys wait for one another, and fall far behind."""
    for key in LIFE:
        before = terminal.strict.checked
        terminal.type(key)
        with suppress(AssertionError):
            until(lambda: terminal.strict.checked > before, 0.15)  # noqa: B023 - waited for here
    # What is filtered for stands on the screen only once every key before it has done what it does.
    terminal.type(f"\x1b\x1b\x1b/{name}")
    terminal.shows(f"filter: {name} ", seconds=60)
    terminal.type("\x1b")
    terminal.shows_no("filter: ")


BUGS = {
    "in a request": "import roomtui.twilio_api.wire as m; m.Wire._answer = bug",
    "on the screen": "import roomtui.tui.screens.live as m; m.LiveScreen.show_rest = bug",
    "while it connects": "import roomtui.tui.app as m; m.RoomtuiApp._connected = bug",
    "in the configuration": "import roomtui.config.credentials as m; m.Credentials = bug",
}


@pytest.mark.parametrize("bug", BUGS)
@pytest.mark.parametrize("command", ["watch", "ls"])
def test_no_crash_report_gives_one_away(tmp_path: Path, bug: str, command: str) -> None:
    program = (
        "import sys\ndef bug(self=None, *given, **named):\n    local = (self, given, named)\n"
        f"    raise RuntimeError('a bug of ours')\n{BUGS[bug]}\n"
        f"from roomtui.cli.main import main\nsys.argv = ['roomtui', '{command}']\nmain()\n"
    )
    screen = Screen(200, 80, wraps=True)
    said = bytearray()
    with echoing_town() as (running, _):
        environ = settings_of("environment", tmp_path, running.url)
        with Watched(screen, environ=environ, program=(sys.executable, "-c", program)) as terminal:
            terminal.also = said.extend
            with suppress(AssertionError):
                terminal.ends(4 if (command, bug) == ("watch", "in a request") else 30)  # that one it outlives
            text = terminal.text
        search(tmp_path, running, bytes(said), text.encode())


def test_nor_does_the_fault_handler(tmp_path: Path) -> None:
    said = bytearray()
    with echoing_town() as (running, _):
        environ = settings_of("token", tmp_path, running.url)
        with Watched(Screen(110, 34), "watch", environ=environ, cwd=tmp_path) as terminal:
            terminal.also = said.extend
            terminal.shows("10 live")
            terminal.signal(signal.SIGABRT)
            terminal.ends()
        assert b"Fatal Python error" in said
        search(tmp_path, running, bytes(said))


def test_a_proxy_that_refuses_and_repeats_is_not_repeated(tmp_path: Path) -> None:
    with echoing_town() as (running, echo):
        echo.status, echo.say = 407, ways_of_saying(PROXY_CANARY, "somebody")
        port = running.url.rpartition(":")[2]
        environ = environment(
            tmp_path,
            TWILIO_ACCOUNT_SID=ACCOUNT,
            TWILIO_AUTH_TOKEN=CANARY,
            HTTPS_PROXY=f"http://somebody:{PROXY_CANARY}@127.0.0.1:{port}",
            PYTHONASYNCIODEBUG="1",
        )
        for arguments in (("ls",), ("doctor",), ("end", ROOM, "--yes")):
            done = subprocess.run(
                [*PROGRAM, *arguments],
                env=environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=90,
            )
            search(tmp_path, running, done.stdout, done.stderr)
        assert any("video.twilio.com" in asked.target for asked in running.town.asked)
