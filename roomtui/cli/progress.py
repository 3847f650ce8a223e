"""How far a long reading is, told on stderr: on a terminal in one line that is written over, else a line a minute."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from roomtui.cli.exits import say
from roomtui.rooms.countdown import span
from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from collections.abc import Callable

_REWRITTEN_EVERY: Final = 0.5
"""Seconds between two states of the line; it may go over a thin wire."""

_SAID_EVERY: Final = 60.0
"""Seconds between two lines where nothing can be written over, such as in a log."""

_TOO_EARLY: Final = 5.0
"""Seconds after which the speed so far says more about the rest than the promise does."""


class Progress:
    """Tells how many of so many things are done, and about how long the others take."""

    def __init__(self, what: str, total: int, monotonic: Callable[[], float], *, expected: float = 0.0) -> None:
        """Begin.

        Args:
            what: is read, in the plural.
            total: how many of them there are.
            monotonic: seconds, from any beginning.
            expected: seconds that all of it takes at the least.
        """
        self._what = what
        self._total = total
        self._done = 0
        self._monotonic = monotonic
        self._expected = expected
        self._began = self._told = monotonic()
        self._live = sys.stderr.isatty()
        self._width = 0

    def one_more(self) -> None:
        """One of them is done."""
        self._done += 1
        now = self._monotonic()
        if now - self._told < (_REWRITTEN_EVERY if self._live else _SAID_EVERY):
            return
        self._told = now
        far = f"{self._done} of {self._total} {self._what} read, about {span(round(self._left(now)))} left"
        if self._live:
            self._write(far)
        else:
            say(f"{far}.")

    def clear(self) -> None:
        """Leave nothing of the line that was written over."""
        if self._width:
            self._write("")
            click.echo("\r", nl=False, err=True)
            self._width = 0

    def _left(self, now: float) -> float:
        """Seconds that the rest takes: at the speed so far, but no faster than all of it can be."""
        rest = self._total - self._done
        at_the_least = self._expected / self._total * rest
        took = now - self._began
        return at_the_least if took < _TOO_EARLY else max(at_the_least, took / self._done * rest)

    def _write(self, text: str) -> None:
        text = safe(text)
        click.echo(f"\r{text}{' ' * (self._width - len(text))}", nl=False, err=True)
        self._width = max(1, len(text))
