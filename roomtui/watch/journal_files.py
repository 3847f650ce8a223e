"""The files of a journal: the current one, a few older ones, and the audit lines of those that are gone.

`journal-acme.jsonl` is written to. When it is full it becomes `journal-acme.jsonl.1`, that one `.2`, and so on. Before
the oldest is dropped its audit lines are kept, in `journal-acme.jsonl.audit`: a busy day has so many events that they
would soon push out what was done. There a line may stand twice, if we were killed in between; none is lost.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from roomtui.own_files import open_own

if TYPE_CHECKING:
    from pathlib import Path

OLD_FILES_KEPT: Final = 4

_AUDIT: Final = b'"kind":"audit"'
_READ: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def old_files(path: Path) -> list[Path]:
    """Where the older files of the journal at `path` are, newest first, whether they are there or not."""
    return [path.with_name(f"{path.name}.{number}") for number in range(1, OLD_FILES_KEPT + 1)]


def archive(path: Path) -> Path:
    """Where the audit lines are whose files are gone."""
    return path.with_name(f"{path.name}.audit")


def is_current(descriptor: int, path: Path) -> bool:
    """Whether this is the file that `path` leads to: somebody may have moved or removed it."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False


def append(descriptor: int, data: bytes) -> None:
    """Append `data` to a file that is locked.

    Raises:
        OSError: it could not be written, or only a part of it.
    """
    # A writer that was killed may have left half a line: the next one starts on a line of its own.
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        data = b"\n" + data
    while data:
        data = data[os.write(descriptor, data) :]


def rotate(path: Path) -> bool:
    """Make the current file, which the caller has locked, the newest of the old ones; whether that could be done.

    Whoever waits for the lock finds, once they have it, that their file is the current one no more.
    """
    olds = old_files(path)
    try:
        _keep_audit_lines(olds[-1], archive(path))
        for newer, older in reversed(list(pairwise([path, *olds]))):
            with suppress(FileNotFoundError):
                newer.replace(older)
        sync_folder(path)
    except OSError:
        return False  # a journal that grows too long is better than none
    return True


def sync_folder(path: Path) -> None:
    """See the names in the folder of `path` onto the disk."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_to_read(path: Path) -> int | None:
    """A descriptor of the plain file at `path`; None where there is none, be there a link or not."""
    try:
        descriptor = os.open(path, _READ)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return descriptor


def has_audit_lines(path: Path) -> bool:
    """Whether the journal at `path` tells of anything that was done.

    Raises:
        OSError: it cannot be read.
    """
    return any(_audit_lines(each) for each in (path, *old_files(path), archive(path)))


def _audit_lines(path: Path) -> bytes:
    descriptor = open_to_read(path)
    if descriptor is None:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        return b"".join(line for line in file if _AUDIT in line and line.endswith(b"\n"))


def _keep_audit_lines(oldest: Path, kept: Path) -> None:
    lines = _audit_lines(oldest)
    if not lines:
        return
    descriptor = open_own(kept, os.O_RDWR | os.O_APPEND | os.O_CREAT)
    try:
        size = os.fstat(descriptor).st_size
        # We may have been killed after this and before the file was dropped.
        if size < len(lines) or os.pread(descriptor, len(lines), size - len(lines)) != lines:
            append(descriptor, lines)
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
