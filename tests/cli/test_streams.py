"""What we were given as stdin, stdout and stderr: whatever state it is in, no data is lost without a word."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import termios
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from roomtui.cli import streams
from roomtui.config import journal_file
from tests.cli.program import PROGRAM, harmless, until

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from tests.cli.program import Program, RunningSandbox

FULL = Path("/dev/full")
needs_a_full_device = pytest.mark.skipif(not FULL.exists(), reason="no device here is always full")
ALMOST_FULL = 60_000
"""Of the 65,536 bytes that a pipe has room for."""


def waiting_in(pipe: int) -> int:
    """How many bytes nobody has read yet."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def redirected(program: Program, how: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program as a shell starts it that redirects its streams."""
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {how}', "sh", *PROGRAM, *arguments],
        env=dict(program.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    harmless(done.stdout + done.stderr, program.secrets)
    return done


@needs_a_full_device
@pytest.mark.parametrize("command", ["ls", "ls --json", "create fresh", "log", "config show", "--help", "ls --help"])
def test_output_that_the_disk_does_not_take_is_a_sentence(
    roomtui: Program, sandbox: RunningSandbox, command: str
) -> None:
    sandbox.create("board")
    assert roomtui("create", "logged").code == 0
    done = redirected(roomtui, f">{FULL}", *command.split())
    assert (done.returncode, done.stderr) == (1, "roomtui: The output cannot be written: No space left on device.\n")


@needs_a_full_device
def test_talk_that_nobody_takes_keeps_no_data_back_and_no_exit_code(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("board")
    sandbox.create("other")
    done = redirected(roomtui, f"2>{FULL}", "ls", "--limit", "1", "--json")
    assert (done.returncode, len(json.loads(done.stdout))) == (0, 1)
    assert redirected(roomtui, f"2>{FULL}", "ls", "--nonsense").returncode == 2


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["ls", "show board", "doctor", "config path"])
def test_a_closed_stream_hinders_nothing(roomtui: Program, sandbox: RunningSandbox, command: str, closed: str) -> None:
    sandbox.create("board")
    done = redirected(roomtui, closed, *command.split())
    assert (done.returncode, bool(done.stdout)) == (0, ">&-" not in closed.replace("2>&-", ""))


def test_a_pipe_that_waits_for_nothing_loses_nothing(roomtui: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in roomtui.environ.items():
        monkeypatch.setenv(name, value)
    line = {"at": "2026-11-20T10:00:00+00:00", "kind": "event", "event": "opened", "room_sid": "RM1", "room_name": "b"}
    journal = journal_file("acme")
    journal.parent.mkdir(mode=0o700, parents=True)
    journal.write_text(f"{json.dumps(line)}\n" * 2000)
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    with subprocess.Popen([*PROGRAM, "log", "--json", "--profile", "acme"], env=roomtui.environ, stdout=writes) as log:
        os.close(writes)
        with os.fdopen(reads, "rb") as file:
            until(lambda: waiting_in(reads) > ALMOST_FULL)
            read = file.read()
    assert log.returncode == 0
    assert read.decode().splitlines() == [json.dumps(line)] * 2000


def test_what_was_written_when_ctrl_c_came_is_not_written_again(tmp_path: Path) -> None:
    class Interrupted(streams._Data):
        times = 0

        def write(self, data: ReadableBuffer, /) -> int:
            size = super().write(data)
            self.times += 1
            if self.times == 1:
                raise KeyboardInterrupt
            return size

    file = tmp_path / "printed"
    with file.open("w", encoding="utf-8") as given:
        printed = streams._through(Interrupted, given)
        with pytest.raises(KeyboardInterrupt):
            print("once", file=printed, flush=True)
        printed.flush()  # as Python does at exit
        print("then", file=printed, flush=True)
    assert file.read_text(encoding="utf-8") == "once\nthen\n"
