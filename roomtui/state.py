"""What the dashboard remembers from one run to the next: one small JSON object per profile, in a file of its own.

Nothing of it is needed: a file that is not there, is broken or holds something else is as good as none. So nothing here
raises, and nobody waits for the disk. What is recalled may be anything that JSON can hold: who recalls it checks it.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tempfile
import threading
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from roomtui.own_files import make_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

JSON: TypeAlias = "str | int | float | bool | Sequence[JSON] | Mapping[str, JSON] | None"

_SOON: Final = 0.5
"""Seconds until a change is written; who types a filter changes it with each letter."""
_LARGEST: Final = 1_000_000
"""Bytes; no file of ours is so large."""


class Memory(Protocol):
    """Remembers values under names."""

    def recall(self, key: str) -> object | None:
        """What was remembered, as JSON has it; None where nothing was. Never raises."""
        ...

    def remember(self, key: str, value: JSON) -> None:
        """Remember this in place of what was remembered before. Never raises, and does not wait for the disk."""
        ...


class Forgetful:
    """Remembers until the process ends."""

    def __init__(self) -> None:
        self._values: dict[str, object] = {}

    def recall(self, key: str) -> object | None:
        """What was remembered."""
        return self._values.get(key)

    def remember(self, key: str, value: JSON) -> None:
        """Remember until the process ends."""
        self._values[key] = value


class StateFile:
    """Remembers in a file that only its owner may read.

    Of two dashboards that remember in one file each writes what it was told itself, and leaves the other's.

    Args:
        path: the file; its folder is made.
        soon: seconds until a change is written.
    """

    def __init__(self, path: Path, *, soon: float = _SOON) -> None:
        self.path = path
        self._soon = soon
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._values = _read(path)
        self._unwritten: dict[str, object] = {}
        self._timer: threading.Timer | None = None

    def recall(self, key: str) -> object | None:
        """What was remembered, in this run or the last one."""
        with self._lock:
            return self._values.get(key)

    def remember(self, key: str, value: JSON) -> None:
        """Remember; it is written soon, by a thread. What JSON cannot hold is forgotten."""
        try:
            plain = json.loads(json.dumps(value))  # a copy: whoever handed it in may change it
        except (TypeError, ValueError, RecursionError):
            return
        with self._lock:
            if key in self._values and self._values[key] == plain:
                return
            self._values[key] = self._unwritten[key] = plain
            if self._timer is None:
                self._timer = threading.Timer(self._soon, self.flush)
                self._timer.daemon = True
                with contextlib.suppress(RuntimeError):  # no thread can be had: `flush` will write it
                    self._timer.start()

    def flush(self) -> None:
        """Write what has not been written; to be called at the end."""
        with self._writing:  # of two writers the later one must not lose to the earlier one's older values
            with self._lock:
                if self._timer is not None:
                    self._timer.cancel()
                    self._timer = None
                fresh, self._unwritten = self._unwritten, {}
            if fresh:
                # Where the disk is full or the folder is not ours, it is remembered until the end of this run.
                with contextlib.suppress(OSError):
                    _replace(self.path, {**_read(self.path), **fresh})


def _read(path: Path) -> dict[str, object]:
    """What the file holds; nothing where it is not there, or not what was written here."""
    try:
        # A pipe of this name would not let us go.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return {}
    try:
        about = os.fstat(descriptor)
        # In a folder where others may write, one of theirs may lie here.
        if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST or about.st_uid != os.geteuid():
            return {}
        with os.fdopen(os.dup(descriptor), "rb") as file:
            values = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    finally:
        os.close(descriptor)
    return values if isinstance(values, dict) else {}


def _replace(path: Path, values: Mapping[str, object]) -> None:
    """Put these values in the place of the file, so that whoever reads it finds either all old or all new.

    Raises:
        OSError: it could not be written; the old file is as it was.
    """
    make_folder(path.parent)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600 from the start
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(values, file, ensure_ascii=True, indent=1)
            file.write("\n")
        os.replace(temporary, path)  # noqa: PTH105 - the temporary name is a string
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 - as above
        raise
