"""A terminal to try with."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def a_terminal() -> Iterator[tuple[int, int]]:
    """The end of whoever types, and the one that is typed into."""
    typing, terminal = os.openpty()
    try:
        yield typing, terminal
    finally:
        os.close(typing)
        os.close(terminal)
