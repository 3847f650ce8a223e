"""The line is cut, or whoever listens has gone: everything ends at once, and leaves nothing behind but its journal."""

from __future__ import annotations

import json
import os
import pty
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.cli.program import PATIENCE, PROGRAM, environment, harmless, until
from tests.sshd import missing_programs, running_sshd
from tests.whole.terminal import Terminal, children_of, is_running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.cli.program import SandboxProcess
    from tests.sshd import Sshd

_WITHIN = 1.0
"""Seconds in which it has ended."""
_CPU_MAX = 0.05
"""Seconds of the processor that this may take: whoever spins takes all of the time."""
_MEASURED = 3
_BUSY_MACHINE = PATIENCE
"""Seconds after which it is taken to wait for what will not come."""
_BEGINS = {"watching-began", "watching-went-on"}
"""What the journal says first of a dashboard; it goes on where another has ended a moment ago."""
_DEAF = (
    sys.executable,
    "-Sc",
    "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])",
)
"""What runs a program as `nohup` does."""
_KEYS_FROM = (
    sys.executable,
    "-Sc",
    "import os, sys; os.dup2(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY), 0); os.execv(sys.argv[2], sys.argv[2:])",
)
"""What runs a program with its keys from another terminal."""


def signalled(number: signal.Signals) -> Callable[[Terminal], None]:
    return lambda terminal: terminal.signal(number)


class Loss(NamedTuple):
    """What happens, to a program that was begun so, and with which code it ends."""

    happens: Callable[[Terminal], None]
    code: int
    begun: Sequence[str] = ()


LOSSES = {
    "SIGHUP": Loss(signalled(signal.SIGHUP), 129),
    "SIGTERM": Loss(signalled(signal.SIGTERM), 143),
    "SIGINT": Loss(signalled(signal.SIGINT), 130),
    "SIGQUIT": Loss(signalled(signal.SIGQUIT), 131),
    "the terminal is closed": Loss(Terminal.hang_up, 129),
    "the terminal is closed, SIGHUP is ignored": Loss(Terminal.hang_up, 129, _DEAF),
}
HOW = ("--frugal-output", "--plain-output")


def cpu_of(pid: int) -> float:
    """Seconds of the processor that a process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def lose(terminal: Terminal, loss: Loss) -> tuple[int, float, float]:
    """The exit code, the seconds it took, and those of the processor."""
    seconds, cpu = ends_after(lambda: loss.happens(terminal), terminal.process.pid)
    return terminal.ends(), seconds, cpu


def ends_after(loss: Callable[[], object], pid: int) -> tuple[float, float]:
    """Seconds until the process has ended after this, and those of the processor that it took for it."""
    cpu, began = cpu_of(pid), time.monotonic()
    last = cpu
    loss()
    while is_running(pid) and time.monotonic() - began < _BUSY_MACHINE:
        try:
            last = cpu_of(pid)
        except OSError:
            break
        time.sleep(0.005)
    return time.monotonic() - began, last - cpu


def journal_of(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for each in home.rglob("*.jsonl") for line in each.read_text().splitlines()]


def left_behind(home: Path) -> list[str]:
    """Files that are neither the journal, its lock nor what is remembered."""
    known = (".jsonl", ".jsonl.lock")
    return [
        each.name
        for each in home.rglob("*")
        if not each.is_dir() and not each.name.endswith(known) and not each.name.startswith("state-")
    ]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", LOSSES)
def test_the_dashboard_ends_within_a_second_and_says_so_in_its_journal(
    home: Path, known: dict[str, str], sandbox: SandboxProcess, name: str, how: str
) -> None:
    sandbox.create("board")
    loss = LOSSES[name]
    taken: list[tuple[float, float]] = []
    for _ in range(_MEASURED):
        with Terminal("watch", how, environ=known, program=[*loss.begun, *PROGRAM]) as terminal:
            terminal.shows("board", "nobody came yet", "live ")
            until(lambda: any(line["event"] in _BEGINS for line in journal_of(home)[-1:]))
            code, seconds, cpu = lose(terminal, loss)
        assert code == loss.code
        assert journal_of(home)[-1]["event"] == "watching-ended"
        taken.append((seconds, cpu))
        if is_at_once(taken):
            break  # once is enough: others are at work on this machine
    assert is_at_once(taken), taken
    assert left_behind(home) == []


def is_at_once(taken: list[tuple[float, float]]) -> bool:
    """Whether it ended within a second, and did nothing meanwhile, some time at least."""
    return min(seconds for seconds, _ in taken) < _WITHIN and min(cpu for _, cpu in taken) <= _CPU_MAX


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    if missing := missing_programs():
        pytest.skip(f"there is no {', no '.join(missing)} here (package openssh-server)")
    with running_sshd(tmp_path / "sshd") as running:
        yield running


def watching(sshd: Sshd) -> int:
    """The dashboard that somebody runs who has logged in there."""

    def found() -> int | None:
        for pid in children_of(sshd.pid):
            with suppress(OSError):  # it has ended meanwhile
                line = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                # The shell that was told to run it has the same words in its line, but in one.
                if line[:1] != [b"env"] and b"roomtui" in line:
                    return pid
        return None

    return int(until(found, what="the dashboard behind ssh"))


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("ignores", [False, True], ids=["", "SIGHUP is ignored"])
def test_the_dashboard_ends_when_its_ssh_client_is_killed(
    home: Path, known: dict[str, str], sandbox: SandboxProcess, sshd: Sshd, how: str, *, ignores: bool
) -> None:
    sandbox.create("board")
    there = [
        "env",
        "-C",
        str(Path.cwd()),
        *(f"{name}={value}" for name, value in known.items()),
        *PROGRAM,
        "watch",
        how,
    ]
    words = ["sh", "-c", f"trap '' HUP; exec {shlex.join(there)}"] if ignores else there
    taken: list[tuple[float, float]] = []
    for _ in range(_MEASURED):
        with Terminal(environ=known, program=sshd.command(words)) as client:
            client.shows("board", "nobody came yet", "live ")
            until(lambda: any(line["event"] in _BEGINS for line in journal_of(home)[-1:]))
            dashboard = watching(sshd)
            taken.append(ends_after(client.process.kill, dashboard))
            assert not is_running(dashboard)
        assert journal_of(home)[-1]["event"] == "watching-ended"
        if is_at_once(taken):
            break
    assert is_at_once(taken), taken


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("ignores", [False, True], ids=["", "SIGHUP is ignored"])
def test_the_dashboard_ends_when_only_its_keys_are_gone(
    home: Path, known: dict[str, str], sandbox: SandboxProcess, how: str, *, ignores: bool
) -> None:
    """It still could be seen, but nobody could ever leave it."""
    sandbox.create("board")
    taken: list[tuple[float, float]] = []
    for _ in range(_MEASURED):
        keys, theirs = pty.openpty()
        program = [*(_DEAF if ignores else ()), *_KEYS_FROM, os.ttyname(theirs), *PROGRAM]
        with Terminal("watch", how, environ=known, program=program) as terminal:
            terminal.shows("board", "nobody came yet", "live ")
            os.close(theirs)
            seconds, cpu = ends_after(lambda: os.close(keys), terminal.process.pid)  # noqa: B023 - called here
            assert terminal.ends() == 129
        assert journal_of(home)[-1]["event"] == "watching-ended"
        taken.append((seconds, cpu))
        if is_at_once(taken):
            break
    assert is_at_once(taken), taken


@pytest.mark.parametrize("name", [*LOSSES, "SIGKILL"])
def test_the_sandbox_of_a_demo_ends_with_it(home: Path, name: str) -> None:
    loss = LOSSES.get(name, Loss(signalled(signal.SIGKILL), -9))
    with Terminal("demo", environ=environment(home), program=[*loss.begun, *PROGRAM]) as terminal:
        terminal.shows("daily-standup", "live ")
        children = children_of(terminal.process.pid)
        assert children
        code, _, _ = lose(terminal, loss)
        until(lambda: not any(map(is_running, children)))
        assert code == loss.code
    assert left_behind(home) == []
    # Nothing that was left hinders the next one.
    with Terminal("demo", environ=environment(home)) as terminal:
        terminal.shows("daily-standup", "live ")
        terminal.type("q")
        assert terminal.ends() == 0


def test_after_being_killed_the_next_one_writes_on_and_no_other_terminal_has_changed(
    home: Path, known: dict[str, str], sandbox: SandboxProcess
) -> None:
    sandbox.create("board")
    with Terminal("-i", environ={**known, "PS1": "prompt: "}, program=["/bin/sh"]) as other:
        other.shows("prompt:")
        with Terminal(environ=known) as terminal:
            terminal.shows("board", "live ")
            until(lambda: journal_of(home))
            terminal.signal(signal.SIGKILL)
            assert terminal.ends() == -signal.SIGKILL
        assert other.settings == other.cooked
        assert not children_of(other.process.pid)
    with Terminal(environ=known) as terminal:
        terminal.shows("board", "live ")
        terminal.type("q")
        assert terminal.ends() == 0
    assert journal_of(home)[-1]["event"] == "watching-ended"
    assert left_behind(home) == []


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("number", [signal.SIGQUIT, signal.SIGUSR1, signal.SIGXCPU])
def test_whatever_ends_the_dashboard_the_shell_has_its_terminal_back(
    known: dict[str, str], sandbox: SandboxProcess, number: signal.Signals, how: str
) -> None:
    sandbox.create("board")
    with Terminal("watch", how, environ=known) as terminal:
        terminal.shows("board", "nobody came yet")
        terminal.wipe()
        terminal.signal(number)
        assert terminal.ends() == 128 + number
        assert terminal.settings == terminal.cooked
        assert all(mode in terminal.raw for mode in (b"\x1b[?2004l", b"\x1b[?7h", b"\x1b[?1049l", b"\x1b[?25h"))


class StandsStill(Terminal):
    """A terminal that from some moment on takes nothing any more, as after ctrl+s, or behind a dead line."""

    stands_still = False

    def _feed(self, data: bytes) -> None:
        super()._feed(data)
        while self.stands_still:
            time.sleep(0.05)


@pytest.mark.parametrize("how", HOW)
def test_a_terminal_that_takes_nothing_holds_up_nobody_who_ends_it(
    home: Path, known: dict[str, str], sandbox: SandboxProcess, how: str
) -> None:
    sandbox.create("board")
    taken = []
    for _ in range(_MEASURED):
        with StandsStill("watch", how, environ=known) as terminal:
            terminal.shows("board", "live ")
            terminal.stands_still = True
            for number in range(60):  # each changes all of the screen
                terminal.type("\x0c" if number % 2 else "?\x1b")
                time.sleep(0.02)
            seconds, _ = ends_after(lambda: terminal.signal(signal.SIGTERM), terminal.process.pid)
            terminal.stands_still = False
            assert terminal.ends() == 143, terminal.text
        assert journal_of(home)[-1]["event"] == "watching-ended"
        taken.append(seconds)
    assert min(taken) < _WITHIN, taken
    assert max(taken) < _BUSY_MACHINE, taken


@pytest.mark.parametrize("arguments", [("ls",), ("ls", "--json"), ("log",), ("log", "--follow"), ("ls", "--watch")])
def test_a_command_whose_reader_has_enough_ends_quietly(
    known: dict[str, str], sandbox: SandboxProcess, arguments: tuple[str, ...]
) -> None:
    for number in range(3):
        sandbox.create(f"room-{number}")
    with Terminal(environ=known) as terminal:  # so that the journal has something to tell
        terminal.shows("3 live")
        sandbox.create("one-more")
        terminal.shows("4 live")
        terminal.type("q")
        terminal.ends()
    process = subprocess.Popen(
        [*PROGRAM, *arguments], env=dict(known), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    try:
        code = process.wait(PATIENCE)
        said = process.stderr.read()
        assert "roomtui:" not in said
        harmless(said)
    finally:
        process.kill()
        process.stderr.close()
    assert code in {0, 1, 141, -signal.SIGPIPE}


@pytest.mark.parametrize("arguments", [("ls", "--watch"), ("log", "--follow")])
def test_a_command_that_goes_on_ends_with_its_terminal(
    known: dict[str, str], sandbox: SandboxProcess, arguments: tuple[str, ...]
) -> None:
    sandbox.create("board")
    with Terminal(*arguments, environ=known) as terminal:
        until(lambda: terminal.bytes_written or arguments[0] == "log")
        time.sleep(1.0)
        pid = terminal.process.pid
        terminal.hang_up()
        until(lambda: not is_running(pid))
