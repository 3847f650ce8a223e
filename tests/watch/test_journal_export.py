"""Writing what was found in a journal into a file of its own."""

from __future__ import annotations

import errno
import os
import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from roomtui.watch.journal import Journal
from roomtui.watch.journal_export import export
from roomtui.watch.journal_index import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def no_file_may_grow_beyond(size: int) -> Iterator[None]:
    """As on a disk that is full; Python ignores the signal that goes with it."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def test_nothing_is_left_of_a_log_that_the_disk_does_not_take(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state" / "journal.jsonl")
    line = {"at": "2026-11-20T10:00:00+00:00", "kind": "event", "event": "room-opened", "room_name": "board"}
    journal.write_events([line] * 2000)
    with no_file_may_grow_beyond(20_000), pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
        export(journal.path, Wanted(), [tmp_path], "log.txt", hide=False)
    assert [each.name for each in tmp_path.iterdir()] == ["state"]
    assert export(journal.path, Wanted(), [tmp_path], "log.txt", hide=False) == (tmp_path / "log.txt", 2000)
