"""One of all who watch an account writes down what happens: whoever holds the lock beside the journal.

The system takes it back when its holder ends, however that comes about. Its file says up to when was watched.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from roomtui.own_files import open_own
from roomtui.watch.journal_files import archive, has_audit_lines, is_current, old_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class WriterLock:
    """The lock of the journal at `path`.

    Args:
        path: the journal.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(f"{path.name}.lock")
        self._descriptor: int | None = None
        self._noted: datetime | None = None

    @property
    def held(self) -> bool:
        """Whether it is ours: not that of a file that is there no more, for another one may have a new one."""
        with suppress(OSError):
            return self._descriptor is not None and is_current(self._descriptor, self.path)
        return False

    def take(self) -> bool:
        """Whether it is ours now; it does not wait.

        Raises:
            OSError: there can be no such file.
        """
        if self.held:
            return True
        self.release()
        descriptor = open_own(self.path, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let another one have it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = self._noted = None

    def watched_until(self) -> datetime | None:
        """When whoever held it last had looked last (Twilio's time), or None. Only for its holder."""
        if self._descriptor is None:
            return None
        try:
            until = datetime.fromisoformat(os.pread(self._descriptor, 64, 0).decode("ascii").strip())
        except ValueError:
            return None
        return until if until.tzinfo is not None else None

    def note(self, as_of: datetime) -> None:
        """Leave word that we have looked at `as_of`. Only for its holder.

        Raises:
            OSError: the disk takes no more.
        """
        if self._descriptor is not None and as_of != self._noted:
            self._noted = as_of
            # Always of one length: whoever reads it next finds no rest of another one.
            os.pwrite(self._descriptor, f"{as_of.isoformat(timespec='microseconds')}\n".encode(), 0)


@contextmanager
def only_what_was_done_stays(path: Path) -> Iterator[None]:
    """Leave no journal at `path` behind that was begun within the block and tells of nothing that was done."""
    was_there = os.path.lexists(path)
    try:
        yield
    finally:
        lock = WriterLock(path)
        with suppress(OSError):
            # Somebody else may still write there.
            if not was_there and lock.take() and not has_audit_lines(path):
                for each in (path, *old_files(path), archive(path), lock.path):
                    each.unlink(missing_ok=True)
        lock.release()
