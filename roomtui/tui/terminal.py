"""What the terminal that we draw on can do, as far as its kind, its locale and its description tell."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FEW: Final = 8
_MANY: Final = 256
_NAMELESS: Final = frozenset({"", "dumb", "unknown"})
# Of which nobody says more than that they are like a VT100, or one of its successors.
_LIKE_VT: Final = re.compile(r"vt[1-5]\d\d|ansi|pcansi|network|dialup|su|switch|cons25|sun|wsvt25")
_BEFORE_XTERM: Final = re.compile(r"linux|eterm|hurd|mach|cygwin|teraterm")
_TRUE: Final = frozenset({"truecolor", "24bit"})
_UTF_8: Final = re.compile(r"utf-?8", re.IGNORECASE)
_COERCED: Final = frozenset({"C.UTF-8", "C.utf8", "UTF-8"})


class Colours(Enum):
    """How many colours a terminal has; the value is what Textual calls it."""

    NONE = "none"
    FEW = "standard"
    MANY = "256"
    ALL = "truecolor"


def colours(environ: Mapping[str, str], described: Callable[[str], int | None]) -> Colours:
    """How many colours may be used here.

    Args:
        environ: the environment.
        described: how many the description of a kind of terminal (by the value of TERM) speaks of: less than one for
            none; None where there is no description.
    """
    kind = environ.get("TERM", "")
    number = described(kind)
    # https://no-color.org: one that is empty asks for nothing.
    if environ.get("NO_COLOR") or kind.lower() in _NAMELESS:
        return Colours.NONE
    if number is not None and number < _FEW:
        # What another terminal could (COLORTERM goes everywhere) says nothing about this one.
        return Colours.NONE
    if number is None and _LIKE_VT.match(kind):
        return Colours.NONE
    if environ.get("COLORTERM", "").lower() in _TRUE and not _is_gnu_screen(environ):
        return Colours.ALL
    if (number or 0) >= _MANY or kind.endswith(("-256color", "-direct")):
        return Colours.MANY
    return Colours.FEW


def _is_gnu_screen(environ: Mapping[str, str]) -> bool:
    # It takes millions of colours for something else (4.9: bold, dim, black). tmux may be called so, too.
    kind = environ.get("TERM", "")
    return kind.startswith("screen") and ("STY" in environ or "TMUX" not in environ)


def described_colours(kind: str) -> int | None:
    """How many colours the description of this kind of terminal on this machine speaks of, if there is one."""
    try:
        import curses  # noqa: PLC0415 - there are Pythons without

        curses.setupterm(kind, 1)
        return curses.tigetnum("colors")
    except (ImportError, OSError, ValueError):
        return None
    except curses.error:  # nothing is known of such a terminal
        return None


def is_like_vt(environ: Mapping[str, str]) -> bool:
    """Whether nothing may be sent but what a VT100 understands."""
    kind = environ.get("TERM", "").lower()
    return kind in _NAMELESS or _LIKE_VT.match(kind) is not None


def asks_for_little(environ: Mapping[str, str]) -> bool:
    """Whether questions and modes that came after xterm are to be left out: they might be shown as text."""
    return is_like_vt(environ) or _BEFORE_XTERM.match(environ.get("TERM", "").lower()) is not None


def has_letters(environ: Mapping[str, str]) -> bool:
    """Whether the locale says that the terminal shows more than ASCII, as UTF-8.

    Python sets LC_CTYPE itself where the locale is C (PEP 538), but says nothing so of the terminal: what counts is
    what it was when we began. The name alone tells, whether or not this machine has such a locale.
    """
    name = next((environ[each] for each in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(each)), "")
    return _UTF_8.search(name) is not None


def as_begun(environ: Mapping[str, str], begun: Path = Path("/proc/self/environ")) -> Mapping[str, str]:
    """The environment without the locale that Python may have put into it.

    Args:
        environ: the environment now.
        begun: the file that tells what it was when the process began, where the system has one.
    """
    # Python takes a locale that this machine does not have for C, too.
    coerced = environ.get("LC_CTYPE") in _COERCED and not environ.get("LC_ALL")
    if not coerced:
        return environ
    with suppress(OSError):
        was = begun.read_bytes().split(b"\0")
        if not any(each.startswith(b"LC_CTYPE=") for each in was):
            return {name: value for name, value in environ.items() if name != "LC_CTYPE"}
    return environ


def shows_letters() -> bool:
    """`has_letters`, of the terminal that this process was begun on."""
    return has_letters(as_begun(os.environ))
