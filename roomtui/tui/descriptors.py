"""Reading from and writing to a terminal that other programs use, too."""

from __future__ import annotations

import os
import select
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOKS_EVERY: Final = 0.1


@contextmanager
def keys_of(descriptor: int) -> Iterator[int]:
    """A descriptor to read a terminal's keys from that waits for none, where there can be one.

    The shell reads them, too, while it has the terminal: what there was to read a moment ago it may have taken, and who
    waits for the next key then hears nothing else. `descriptor` itself is shared with the shell, and stays as it is.
    """
    try:
        own = os.open(os.ttyname(descriptor), os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:  # no terminal, or another user's (su): then it is waited for
        yield descriptor
        return
    try:
        yield own
    finally:
        os.close(own)


def takes_something(descriptor: int) -> bool:
    """Whether the terminal takes anything now; one that has gone does not."""
    with suppress(OSError, ValueError):
        return bool(select.select([], [descriptor], [], 0)[1])
    return False


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it, however long that takes.

    Raises:
        OSError: the terminal has gone.
    """
    while data:
        with suppress(BlockingIOError):
            data = data[os.write(descriptor, data) :]
            continue
        # Another program on this terminal wants to wait for nothing.
        select.select([], [descriptor], [], _LOOKS_EVERY)
