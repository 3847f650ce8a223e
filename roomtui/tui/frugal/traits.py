"""What a terminal and its line are known to do beyond what all of them do."""

from __future__ import annotations

import os
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_OUTPUT_FLAGS = 1


class Traits(NamedTuple):
    """What may be made use of.

    Attributes:
        line_feeds: a line feed goes down, and does nothing else.
        erases: it erases characters where they stand (ECH), and what is erased takes the background it writes on.
    """

    line_feeds: bool = False
    erases: bool = False


def let_line_feeds_through(output: int, restored: int) -> bool:
    """Have the line make nothing of a line feed but that; whether it does.

    Args:
        output: the descriptor that is written to.
        restored: the one whose modes are put back by whoever took the terminal over: it must be the same terminal.
    """
    with suppress(OSError, termios.error):
        if os.isatty(output) and os.fstat(output).st_rdev == os.fstat(restored).st_rdev:
            modes = termios.tcgetattr(output)
            modes[_OUTPUT_FLAGS] &= ~termios.ONLCR
            termios.tcsetattr(output, termios.TCSANOW, modes)
            return not termios.tcgetattr(output)[_OUTPUT_FLAGS] & termios.ONLCR
    return False


def is_erased_in_colour(environ: Mapping[str, str], output: int) -> bool:
    """Whether the terminal's description says that it erases characters in the colour of the background.

    That of tmux does not, though tmux does; it tells its name since 3.2.
    """
    name = environ.get("TERM", "")
    if name.startswith("tmux") and environ.get("TERM_PROGRAM") == "tmux":
        return True
    try:
        import curses  # noqa: PLC0415 - there are Pythons without

        curses.setupterm(name, output)
        return bool(curses.tigetstr("ech")) and curses.tigetflag("bce") > 0
    except (ImportError, OSError, ValueError):
        return False
    except curses.error:  # nothing is known of such a terminal
        return False
