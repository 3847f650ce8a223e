"""stdin, stdout and stderr as we were given them: closed, on a full disk, shared with whoever waits for nothing."""

from __future__ import annotations

import os
import select
import sys
from io import FileIO, TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class OutputError(Exception):
    """What was to be printed cannot be written; `str()` is one sentence for people."""


def make_good() -> None:
    """See that all three are there, that no data is lost on stdout without a word, and that stderr ends nothing."""
    for name, mode, kind in (("stdin", "r", None), ("stdout", "w", _Data), ("stderr", "w", _Talk)):
        stream = getattr(sys, name)
        if stream is None:
            # It was closed: else the next file or connection would be given its number.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - for as long as we run
        elif kind is not None and stream is getattr(sys, f"__{name}__"):  # else whoever runs us has put it there
            setattr(sys, name, _through(kind, stream))


def _through(kind: type[FileIO], stream: TextIOWrapper) -> TextIOWrapper:
    raw = kind(stream.fileno(), "w", closefd=False)
    # What this terminal has no letter for is written as an escape; a name must not end the program.
    # Nothing in between keeps what was written: ctrl+c in the moment after that would have it written again at exit.
    lines = stream.line_buffering
    return TextIOWrapper(raw, stream.encoding, "backslashreplace", line_buffering=lines)


class _Data(FileIO):
    """Takes all of it, or tells once why it cannot; what comes after that is thrown away, at exit too."""

    _lost = False

    def write(self, data: ReadableBuffer, /) -> int:
        left = memoryview(data)
        size = left.nbytes
        try:
            # Python loses what a pipe has no room for where somebody else has set it to wait for nothing.
            while left and not self._lost:
                written = super().write(left)
                if written is None:
                    select.select([], [self], [])
                else:
                    left = left[written:]
        except OSError as error:
            self._lost = True
            if isinstance(error, BrokenPipeError):
                raise
            raise OutputError(f"The output cannot be written: {error.strerror}.") from error
        return size


class _Talk(_Data):
    """Takes what it can: who cannot be told anything any more is to get their data all the same."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except (OSError, OutputError):
            return memoryview(data).nbytes
