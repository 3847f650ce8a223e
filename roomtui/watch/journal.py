"""What we did: one JSON object a line, in a file only its owner may read.

A line is in the journal before the change it tells of is made; where it cannot be written, the change is not made.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_OWNER_ONLY_FILE: Final = 0o600
_OWNER_ONLY_FOLDER: Final = 0o700


class JournalError(Exception):
    """The journal cannot be written; `str()` is one sentence for people."""


class Journal:
    """An append-only file of JSON lines, safe for several writers at a time.

    Args:
        path: the file; its folder is made, for the owner only.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, line: Mapping[str, object]) -> None:
        """Append one line and see it onto the disk.

        Raises:
            JournalError: it could not be written; what the line was to tell of may not be done.
        """
        # ASCII only: no terminal and no line reader can be misled by what a stranger called a room.
        data = json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        try:
            with self._open() as descriptor:
                self._append(descriptor, data)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise JournalError(
                f"The journal {self.path} cannot be written ({reason}). Make room or mend the permissions, or set "
                "XDG_STATE_HOME to a folder of yours."
            ) from error

    @contextmanager
    def _open(self) -> Iterator[int]:
        self.path.parent.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.path, flags, _OWNER_ONLY_FILE)
        try:
            os.fchmod(descriptor, _OWNER_ONLY_FILE)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    @staticmethod
    def _append(descriptor: int, data: bytes) -> None:
        # A writer that was killed may have left half a line: the next one starts on a line of its own.
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            data = b"\n" + data
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)


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
