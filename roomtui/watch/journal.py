"""What happened and what we did: one JSON object a line, in files only their owner may read.

An audit line is on the disk before the change it tells of is made; where it cannot be written, the change is not made.
A line about an event is written down as soon as there is time.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from roomtui.own_files import open_own
from roomtui.watch.journal_files import append, is_current, rotate, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

SIZE_MAX: Final = 10_000_000
"""Bytes after which a journal goes on in a new file."""

_FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT


class JournalError(Exception):
    """The journal cannot be written; `str()` is one sentence for people."""


class Journal:
    """An append-only file of JSON lines, safe for several writers at a time, processes and threads alike.

    Args:
        path: the file; its folder is made, for the owner only.
        size_max: bytes after which it goes on in a new file; see `journal_files` for what becomes of the old one.
    """

    def __init__(self, path: Path, *, size_max: int = SIZE_MAX) -> None:
        self.path = path
        self._size_max = size_max

    def write(self, line: Mapping[str, object]) -> None:
        """Append one line and see it onto the disk.

        Raises:
            JournalError: it could not be written; what the line was to tell of may not be done.
        """
        self._write(encoded(line), durable=True)

    def write_events(self, lines: Iterable[Mapping[str, object]]) -> None:
        """Append lines; when they reach the disk is left to the system. Where it fails, some may have been written.

        Raises:
            JournalError: they could not be written.
        """
        self._write(b"".join(map(encoded, lines)), durable=False)

    def _write(self, data: bytes, *, durable: bool) -> None:
        try:
            with self._open(len(data)) as descriptor:
                append(descriptor, data)
                if durable:
                    os.fsync(descriptor)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise JournalError(
                f"The journal {self.path} cannot be written ({reason}). Make room or mend the permissions, or set "
                "XDG_STATE_HOME to a folder of yours."
            ) from error

    @contextmanager
    def _open(self, more: int) -> Iterator[int]:
        """The file to write to, locked, with room for so many bytes more."""
        while True:
            descriptor = open_own(self.path, _FLAGS)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                size = os.fstat(descriptor).st_size
                # While we waited for the lock, somebody may have made this an old file: nothing is added to such.
                if not is_current(descriptor, self.path) or (
                    size and size + more > self._size_max and rotate(self.path)
                ):
                    continue
                if not size:
                    sync_folder(self.path)  # else a new file, and all that is written to it, may vanish with the power
                yield descriptor
                return
            finally:
                os.close(descriptor)


def encoded(line: Mapping[str, object]) -> bytes:
    """`line` as it stands in the journal: ASCII only, so that no terminal or reader is misled by a stranger's text."""
    # DEL is ASCII, and the one control character that JSON need not escape.
    text = json.dumps(line, ensure_ascii=True, separators=(",", ":")).replace("\x7f", "\\u007f")
    return text.encode() + b"\n"


def who() -> dict[str, str]:
    """Who acts, and where: the login name, the one behind `sudo`, and the host."""
    try:
        user = os.getlogin()
    except OSError:
        user = os.environ.get("USER") or _name_of(os.getuid())
    names = {"who": user, "host": socket.gethostname()}
    if sudo := os.environ.get("SUDO_USER"):
        names["sudo_user"] = sudo
    return names


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
