"""A disk on which nothing can be written down any more: then nothing is done, and it is said so.

The disk is full in earnest (a file system of a few pages, in a name space of its own), or the process may let no file
grow, which the program is told in the same way and every system has.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.cli.program import PROGRAM, harmless
from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.cli.program import RunningSandbox

# Mounted over the folder and filled up; what is started in it sees it so, nobody else does, and it goes with it.
_FULL = """
set -e
mkdir -p "$0"
mount -t tmpfs -o size=16k none "$0"
if dd if=/dev/zero of="$0/everything" bs=4k count=9 2>/dev/null; then exit 9; fi
exec "$@"
"""
_NO_MORE_THAN = (
    "import os, resource, sys; n = int(sys.argv[1]); resource.setrlimit(resource.RLIMIT_FSIZE, (n, n)); "
    "os.execv(sys.argv[2], sys.argv[2:])"
)


def full(folder: Path) -> tuple[str, ...]:
    """What starts a program for which this folder is on a full disk."""
    return "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", _FULL, str(folder)


def growing_to(size: int) -> tuple[str, ...]:
    """What starts a program whose files grow to so many bytes and no further."""
    return sys.executable, "-ISc", _NO_MORE_THAN, str(size)


def may_mount(folder: Path) -> bool:
    try:
        return not subprocess.run([*full(folder), "true"], capture_output=True, check=False, timeout=30).returncode
    except FileNotFoundError:
        return False


@pytest.fixture(params=["full", "no file may grow"])
def disk(request: pytest.FixtureRequest, home: Path) -> tuple[str, ...]:
    if request.param != "full":
        return growing_to(0)
    if not may_mount(home / "mounted"):
        pytest.skip("nothing may be mounted here")
    return full(home / "state")


def run(around: Sequence[str], environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*around, *PROGRAM, *arguments], env=environ, capture_output=True, text=True, check=False, timeout=60
    )  # fmt: skip
    harmless(done.stdout + done.stderr)
    return done


def changes(sandbox: RunningSandbox) -> Counter[tuple[str, str]]:
    """What Twilio was asked to change."""
    asked = sandbox.ask("GET", "/_sandbox/requests")["requests"]
    return Counter({(each["method"], each["route"]): each["count"] for each in asked if each["method"] != "GET"})


@pytest.mark.parametrize(
    ("arguments", "undone"),
    [
        (("end", "board", "--yes"), "was not ended"),
        (("end", "board", "other", "--yes"), "was not ended"),
        (("kick", "board", "alice", "--yes"), "was not removed"),
        (("record", "board", "start", "--yes"), "not"),
        (("create", "fresh"), "was not created"),
        (("dial", "board", "--to", "+16505550123", "--from", "+15005550006", "--yes"), "not"),
    ],
    ids=lambda each: "" if isinstance(each, str) else " ".join(each[:3]),
)
def test_no_command_changes_what_it_cannot_write_down(
    sandbox: RunningSandbox, known: dict[str, str], disk: tuple[str, ...], arguments: tuple[str, ...], undone: str
) -> None:
    sandbox.create("board")
    sandbox.create("other")
    sandbox.join("board", "alice")
    sandbox.ask("DELETE", "/_sandbox/requests")
    done = run(disk, known, *arguments)
    assert done.returncode == 1
    assert undone in done.stderr
    assert "because it cannot be written down. The journal " in done.stderr
    why = "No space left on device" if disk[0] == "unshare" else "File too large"
    assert f"cannot be written ({why}). Make room" in done.stderr
    assert changes(sandbox) == {}
    assert sandbox.room("board")["status"] == sandbox.room("other")["status"] == "in-progress"


def test_nothing_is_left_of_a_configuration_that_the_disk_does_not_take(home: Path, known: dict[str, str]) -> None:
    done = run(growing_to(0), {**known, "EDITOR": "true"}, "config", "edit")
    assert done.returncode == 2
    assert done.stderr.endswith("config.toml cannot be made: File too large.\n")
    assert not [each for each in (home / "config").rglob("*") if each.is_file()]
    assert run((), {**known, "EDITOR": "true"}, "config", "edit").returncode == 0


def test_a_bundle_that_the_disk_does_not_take_is_a_sentence(home: Path, known: dict[str, str]) -> None:
    done = run(growing_to(0), known, "bundle", str(home / "roomtui.pex"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"roomtui: {home}/roomtui.pex cannot be made: ")
    assert not list(home.glob("*roomtui*"))


def test_a_recording_that_the_disk_does_not_take_is_not_told_as_one(
    home: Path, known: dict[str, str], sandbox: RunningSandbox
) -> None:
    sandbox.create("board")
    arguments = ("watch", "--record", str(home / "shift"))
    with Terminal(*arguments, environ=known, program=[*growing_to(0), *PROGRAM]) as dashboard:
        dashboard.shows("board", "1 live")
        dashboard.type("q")
        assert dashboard.ends() == 0
        assert "ends early: it cannot be written (File too large)." in " ".join(dashboard.text.split())
        assert "Recorded into" not in dashboard.text


def test_what_can_only_be_written_down_before_is_done_and_it_is_said_that_the_rest_is_not_written(
    home: Path, sandbox: RunningSandbox, known: dict[str, str]
) -> None:
    sids = {name: sandbox.create(name)["sid"] for name in ("first", "other", "third")}
    assert run((), known, "end", "first", "--yes").returncode == 0
    (journal,) = (home / "state").rglob("journal*.jsonl")
    before, after = journal.read_bytes().splitlines(keepends=True)
    sandbox.ask("DELETE", "/_sandbox/requests")
    room_for_one = len(before) * 2 + len(after) + 10
    done = run(growing_to(room_for_one), known, "end", "other", "--yes")
    assert done.returncode == 0
    assert "ended" in done.stdout + done.stderr
    assert "cannot be written (File too large)" in done.stderr
    assert changes(sandbox) == {("POST", "/v1/Rooms/{NameOrSid}"): 1}
    assert sandbox.room(sids["other"])["status"] == "completed"
    # The half line spoils neither what stood there nor what comes when there is room again.
    assert run((), known, "end", "third", "--yes").returncode == 0
    told = [json.loads(line) for line in run((), known, "log", "--json").stdout.splitlines()]
    assert [(each["phase"], each["room_name"]) for each in told if each["kind"] == "audit"] == [
        ("before", "first"), ("after", "first"), ("before", "other"), ("before", "third"), ("after", "third"),
    ]  # fmt: skip


def test_the_dashboard_changes_nothing_while_the_disk_is_full_and_goes_on_when_there_is_room(
    sandbox: RunningSandbox, known: dict[str, str]
) -> None:
    board = sandbox.create("board")["sid"]
    sandbox.create("other")
    sandbox.ask("DELETE", "/_sandbox/requests")
    with Terminal("--refresh", "0.5", environ=known, columns=120, lines=40) as dashboard:
        dashboard.shows("2 live", "q Quit")
        _, most = resource.prlimit(dashboard.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(dashboard.process.pid, resource.RLIMIT_FSIZE, (0, most))
        dashboard.type("/name:board\re")
        dashboard.shows("End this room for everybody?")
        dashboard.type("\t\r")
        dashboard.shows("was not ended", "because it cannot be written down", "File too large")
        assert changes(sandbox) == {}
        resource.prlimit(dashboard.process.pid, resource.RLIMIT_FSIZE, (most, most))
        dashboard.type("\r")
        dashboard.shows("ended by us")
        dashboard.type("q")
        assert dashboard.ends() == 0
    assert changes(sandbox) == {("POST", "/v1/Rooms/{NameOrSid}"): 1}
    assert sandbox.room(board)["status"] == "completed"
    assert sandbox.room("other")["status"] == "in-progress"
