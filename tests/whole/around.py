"""What a dashboard may run in: tmux, GNU screen, ssh, one within the other; the real programs, with files of their own.

A `Place` says in which order, from the person's terminal inwards. Innermost is a shell, into which commands are typed.
"""

from __future__ import annotations

import getpass
import json
import os
import shlex
import shutil
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.program import PATIENCE, PROGRAM, until
from tests.sshd import held_port, listens
from tests.whole.reading import ReadingTerminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROMPT = "prompt:"
NEEDED = {"tmux": ("tmux",), "screen": ("screen",), "ssh": ("ssh", "sshd", "ssh-keygen")}
_SYSTEM = os.pathsep.join(("/usr/sbin", "/sbin", "/usr/local/sbin"))


@dataclass(frozen=True)
class Layer:
    """A program that the next one runs in.

    Attributes:
        kind: "tmux", "screen" or "ssh".
        settings: tmux's options, or screen's commands, from the start.
    """

    kind: str
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where the dashboard runs.

    Attributes:
        layers: from the person's terminal inwards.
        term: what that terminal calls itself.
        before: what is handed to `env` before the dashboard.
    """

    layers: tuple[Layer, ...] = ()
    term: str = "xterm-256color"
    before: tuple[str, ...] = ()

    @property
    def kinds(self) -> set[str]:
        """The programs that are needed."""
        return {each.kind for each in self.layers}


def missing(kind: str) -> str | None:
    """The first program that this kind of layer needs and is not installed."""
    path = os.pathsep.join((os.environ.get("PATH", ""), _SYSTEM))
    return next((each for each in NEEDED[kind] if shutil.which(each, path=path) is None), None)


def need(place: Place) -> None:
    """Skip the test, with the reason, where a program is missing; in CI, where none may be, fail."""
    for kind in sorted(place.kinds):
        lacking = missing(kind)
        if lacking is not None and os.environ.get("CI") == "true":
            pytest.fail(f"{lacking} is missing, and here it must not be: install it", pytrace=False)
        if lacking is not None:
            pytest.skip(f"{lacking} is not installed; copying through {kind} is not tested")


class Around:
    """A running place: its terminal, its shell, and the tmuxes by their number from outside."""

    def __init__(self, terminal: ReadingTerminal, folder: Path, environ: Mapping[str, str], tmuxes: list[str]) -> None:
        self.terminal = terminal
        self.folder = folder
        self._environ = dict(environ)
        self._tmuxes = tmuxes
        self._files = 0

    def tmux(self, number: int, *arguments: str) -> subprocess.CompletedProcess[str]:
        """What the tmux of this number answers."""
        return subprocess.run(
            ["tmux", "-L", self._tmuxes[number], *arguments],
            capture_output=True,
            text=True,
            env=self._environ,
            check=False,
            timeout=30,
        )

    @property
    def buffers(self) -> list[str]:
        """What each tmux would paste, from outside inwards; empty where there is nothing."""
        return [self.tmux(number, "show-buffer").stdout for number in range(len(self._tmuxes))]

    def clear(self) -> None:
        """Nothing has been copied."""
        for number in range(len(self._tmuxes)):
            while self.tmux(number, "show-buffer").returncode == 0:
                self.tmux(number, "delete-buffer")
        self.terminal.clear()

    def set(self, number: int, option: str, value: str) -> bool:
        """Set an option of the tmux of this number; whether it knows such a value."""
        return self.tmux(number, "set-option", "-g", option, value).returncode == 0

    def watch(self, *before: str) -> None:
        """Begin the dashboard in the shell; `before` is as `env` takes it."""
        self._type(shlex.join(["exec", "env", *before, *PROGRAM, "watch", "--refresh", "60"]))

    def doctor(self, *before: str) -> dict[str, dict[str, str]]:
        """What `roomtui doctor --json` says in the shell, by name."""
        told = self.folder / f"doctor{self._files}"
        words = shlex.join(["env", *before, *PROGRAM, "doctor", "--json"])
        self._type(f"{words} > {told}.part\nmv {told}.part {told}")
        until(told.exists, what=f"doctor on:\n{self.terminal.text}")
        answer: dict[str, Any] = json.loads(told.read_text())
        return {each["name"]: each for each in answer["checks"]}

    def _type(self, lines: str) -> None:
        self._files += 1
        script = self.folder / f"run{self._files}"
        script.write_text(f"{lines}\n")
        self.terminal.type(f"sh {script}\n")


@contextmanager
def around(
    place: Place, environ: Mapping[str, str], keys: Sshd | None = None, *, columns: int = 100, lines: int = 30
) -> Iterator[Around]:
    """`place`, with a shell in it that has this environment, until the end of the block."""
    with ExitStack() as stack:
        # A short path, since a socket's may not be long.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="around-")))
        (folder / "screens").mkdir(mode=0o700)
        inner = {**environ, "PS1": f"{PROMPT} ", "SHELL": "/bin/sh", "ENV": ""}
        inner |= {"TMUX_TMPDIR": str(folder), "SCREENDIR": str(folder / "screens")}
        inner.pop("TERM", None)
        command = ["/bin/sh", "-i"]
        tmuxes: list[str] = []
        number = len(place.layers)
        for layer in reversed(place.layers):
            number -= 1
            name = f"layer{number}"
            if layer.kind == "tmux":
                tmuxes.insert(0, name)
                config = folder / f"{name}.conf"
                config.write_text("".join(f"set -g {each}\n" for each in ("default-shell /bin/sh", *layer.settings)))
                command = ["env", "-u", "TMUX", "tmux", "-L", name, "-f", str(config), "new-session", *_one(command)]
            elif layer.kind == "screen":
                config = folder / f"{name}.rc"
                config.write_text("".join(f"{each}\n" for each in ("startup_message off", *layer.settings)))
                command = ["screen", "-U", "-c", str(config), "-S", name, *command]
                stack.callback(_quit_screen, name, inner)
            else:
                assert keys is not None
                # sshd gives an environment of its own.
                told = [f"{name}={value}" for name, value in inner.items()]
                command = keys.command("env", *told, *command)
        for name in tmuxes:
            stack.callback(_kill_tmux, name, inner)
        terminal = ReadingTerminal(
            program=_whole(command), environ={**inner, "TERM": place.term}, columns=columns, lines=lines
        )
        stack.enter_context(terminal)
        terminal.shows(PROMPT)
        yield Around(terminal, folder, inner, tmuxes)


def _one(command: list[str]) -> list[str]:
    return [shlex.join(command)]


def _whole(command: list[str]) -> list[str]:
    program = shutil.which(command[0])
    assert program is not None
    return [program, *command[1:]]


def _kill_tmux(name: str, environ: Mapping[str, str]) -> None:
    subprocess.run(["tmux", "-L", name, "kill-server"], env=dict(environ), capture_output=True, check=False, timeout=30)


def _quit_screen(name: str, environ: Mapping[str, str]) -> None:
    subprocess.run(
        ["screen", "-S", name, "-X", "quit"], env=dict(environ), capture_output=True, check=False, timeout=30
    )


@dataclass(frozen=True)
class Sshd:
    """A running sshd of our own on loopback, which takes one key of our own."""

    folder: Path
    port: int

    def command(self, *command: str) -> list[str]:
        """What runs `command` over there, on a terminal."""
        options = {
            "IdentityFile": str(self.folder / "key"),
            "IdentitiesOnly": "yes",
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": "/dev/null",
            "LogLevel": "ERROR",
            "BatchMode": "yes",
        }
        told = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        where = f"{getpass.getuser()}@127.0.0.1"
        return ["ssh", "-F", "none", "-tt", "-p", str(self.port), *told, where, shlex.join(command)]


@contextmanager
def running_sshd() -> Iterator[Sshd]:
    """An sshd, until the end of the block."""
    path = os.pathsep.join((os.environ.get("PATH", ""), _SYSTEM))
    program = shutil.which("sshd", path=path)  # it starts itself anew, by its whole path
    assert program is not None
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # else it does not start; it is empty, and root's
    with tempfile.TemporaryDirectory(prefix="sshd-") as name, held_port() as port:
        folder = Path(name)
        for each in ("host", "key"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / each)], check=True, timeout=30
            )
        settings = {
            "Port": port,
            "ListenAddress": "127.0.0.1",
            "HostKey": folder / "host",
            "AuthorizedKeysFile": folder / "key.pub",
            "PidFile": "none",
            "StrictModes": "no",
            "UsePAM": "no",
            "PermitRootLogin": "yes",
            "PasswordAuthentication": "no",
            "PrintMotd": "no",
            "PrintLastLog": "no",
        }
        (folder / "config").write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
        process = subprocess.Popen(
            [program, "-D", "-f", str(folder / "config")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(lambda: process.poll() is not None or listens(port), what="sshd")
            assert process.poll() is None, "sshd did not start"
            yield Sshd(folder, port)
        finally:
            process.terminate()
            process.wait(PATIENCE)
