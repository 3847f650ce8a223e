"""A journal goes on in a new file when it is full, under several writers and readers, and whoever is killed."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.watch import journal_files
from roomtui.watch.journal import Journal
from roomtui.watch.journal_files import OLD_FILES_KEPT, archive, old_files
from roomtui.watch.journal_reading import JournalReader

if TYPE_CHECKING:
    from collections.abc import Mapping

SMALL = 2_000


def audit(number: int, **more: object) -> dict[str, object]:
    return {"kind": "audit", "number": number, **more}


def everything(path: Path) -> list[dict[str, Any]]:
    """All lines there are, oldest first."""
    reader = JournalReader(path)
    found: list[dict[str, Any]] = []
    while older := reader.older():
        found[:0] = [json.loads(each.raw) for each in older]
    reader.close()
    return found


def numbers(lines: list[dict[str, Any]]) -> list[int]:
    return [line["number"] for line in lines]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_a_full_journal_goes_on_in_a_new_file_and_nothing_is_lost(path: Path) -> None:
    journal = Journal(path, size_max=SMALL)
    for number in range(100):
        journal.write({"number": number, "filling": "x" * 50})
    assert path.stat().st_size <= SMALL
    assert [each.exists() for each in old_files(path)] == [True] * 3 + [False]
    assert numbers(everything(path)) == list(range(100))
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in path.parent.iterdir())


def test_only_a_few_old_files_are_kept_but_every_audit_line(path: Path) -> None:
    journal = Journal(path, size_max=SMALL)
    for number in range(0, 1000, 10):
        journal.write(audit(number))
        journal.write_events(
            {"kind": "event", "number": number + each, "room_name": '"kind":"audit"'} for each in range(1, 10)
        )
    lines = everything(path)
    assert [each["number"] for each in lines if each["kind"] == "audit"] == list(range(0, 1000, 10))
    events = [each["number"] for each in lines if each["kind"] == "event"]
    assert events == [each for each in range(events[0], 1000) if each % 10]
    assert sum(each.stat().st_size for each in path.parent.iterdir() if each != archive(path)) <= SMALL * (
        OLD_FILES_KEPT + 1
    )
    assert stat.S_IMODE(archive(path).stat().st_mode) == 0o600


def test_audit_lines_are_kept_once_though_dropping_their_file_failed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(path, size_max=100)
    for number in range(6):
        journal.write(audit(number, filling="x" * 50))

    def killed(_self: Path, _target: Path) -> Path:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        journal.write(audit(6, filling="x" * 50))
    journal.write(audit(7, filling="x" * 50))
    assert numbers(everything(path)) == list(range(8))


def test_a_journal_that_cannot_go_on_in_a_new_file_goes_on_in_the_old_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_files, "sync_folder", lambda _path: None)

    def refused(_self: Path, _target: Path) -> Path:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "replace", refused)
    journal = Journal(path, size_max=SMALL)
    for number in range(100):
        journal.write({"number": number, "filling": "x" * 50})
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert numbers(everything(path)) == list(range(100))


@pytest.mark.parametrize("in_the_way", ["symlink", "folder"])
def test_what_lies_where_an_old_file_goes_is_never_written_through(path: Path, tmp_path: Path, in_the_way: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    if in_the_way == "symlink":
        old_files(path)[0].symlink_to(victim)
    else:
        old_files(path)[0].mkdir()
    journal = Journal(path, size_max=200)
    for number in range(20):
        journal.write({"number": number, "filling": "x" * 50})
    assert victim.read_text() == "precious"
    assert numbers(everything(path))[-1] == 19


# Several processes


def _write_many(path: Path, writer: int, lines: int, size: int) -> None:
    journal = Journal(path, size_max=size)
    for number in range(lines):
        journal.write({"kind": "audit", "writer": writer, "number": number})


@pytest.mark.parametrize("size", [SMALL, 5 * SMALL], ids=["the oldest are dropped", "all are kept"])
def test_writers_that_rotate_under_each_other_lose_no_line_and_a_follower_sees_each_once(path: Path, size: int) -> None:
    writers, count = 3, 300
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write_many, args=(path, each, count, size)) for each in range(writers)]
    follower, seen = JournalReader(path), []
    for each in processes:
        each.start()
    while any(each.is_alive() for each in processes):
        seen += [json.loads(found.raw) for found in follower.newer()]
    while found := follower.newer():
        seen += [json.loads(each.raw) for each in found]
    assert [each.exitcode for each in processes] == [0] * writers
    # Who comes to a file only after it was dropped sees it no more: a busy machine may hold a reader up for so long.
    for lines in (everything(path), *([seen] if size > SMALL else [])):
        assert len(lines) == writers * count
        for writer in range(writers):
            assert [each["number"] for each in lines if each["writer"] == writer] == list(range(count))
    follower.close()


PROGRAM = """
import sys
from pathlib import Path
from roomtui.watch.journal import Journal

journal = Journal(Path(sys.argv[1]), size_max=int(sys.argv[3]))
for number in range(int(sys.argv[2]), 10**9):
    journal.write_events({"kind": "event", "number": number, "filling": "x" * (number % 300)} for _ in range(3))
    journal.write({"kind": "audit", "action": "end-room", "number": number, "filling": "x" * (number % 500)})
    print(number, flush=True)
"""


def _run_until_killed(path: Path, first: int, lines: int) -> int:
    """Let a process write until it has promised so many lines, and kill it in the middle of what it does then."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), str(first), str(SMALL * 4)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    promised = first - 1
    for _ in range(lines):
        promised = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    for told in process.stdout.read().splitlines():
        promised = int(told)
    process.wait()
    process.stdout.close()
    return promised


def test_every_audit_line_that_was_promised_survives_a_kill_at_any_moment(path: Path) -> None:
    rng, promised = Random(7), -1  # noqa: S311 - which moment, not a secret
    while promised < 1000:
        promised = _run_until_killed(path, promised + 1, rng.randrange(20, 120))
        # It opens again, for writing and for reading.
        Journal(path, size_max=SMALL * 4).write_events([{"kind": "event", "number": -1}])
        assert promised in _audited(path)
    # Lines of whom a kill overtook between the journal and the promise are there twice, none is missing.
    assert set(range(promised + 1)) <= _audited(path)


def _audited(path: Path) -> set[int]:
    found: set[int] = set()
    reader = JournalReader(path)
    while older := reader.older():
        for each in older:
            line: Mapping[str, Any] | None
            try:
                line = json.loads(each.raw)
            except ValueError:
                continue
            if isinstance(line, dict) and line.get("kind") == "audit":
                found.add(line["number"])
    reader.close()
    return found
