"""What `roomtui doctor` looks at on this machine: the terminal, ways to the clipboard, files. Asks nobody outside."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from roomtui.children import of_the_terminal
from roomtui.cli.checks import Check, fail, ok, warn
from roomtui.own_files import OWNER_ONLY_FILE, chmod, see_that_it_may_be_ours
from roomtui.rooms.untrusted import safe
from roomtui.tui.multiplexers import TMUX_FORMAT, Tmux
from roomtui.tui.routes import route
from roomtui.tui.terminal import has_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_WHOLE: Final = (80, 24)
_USEFUL: Final = (60, 20)
_OTHERS: Final = 0o077
_SPARE_BYTES: Final = 50_000_000
_ANSWERS_WITHIN: Final = 2.0
# Milliseconds that tmux may hold back an escape before it passes it on.
_ESCAPE_TIME_MAX: Final = 50
_TMUX_WITH_CLIPBOARD: Final = (3, 2)


def answer_of(command: Sequence[str]) -> str | None:
    """What a program says on stdout; None where it does not run, fails, or takes more than two seconds."""
    try:
        done = subprocess.run(  # noqa: S603 - our own command lines, no shell
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_ANSWERS_WITHIN,
            check=False,
            env=of_the_terminal(),
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


@dataclass(frozen=True)
class Place:
    """Where the program runs.

    Attributes:
        environ: the environment, with the locale that it began with.
        is_terminal: whether stdin, stdout and stderr all are one, as the dashboard needs.
        size: the terminal's columns and lines, if there is one.
        encoding: of stdout.
        tty: the terminal's path, if any of the three is one.
        ask: runs a program and gives what it says; see `answer_of`.
        which: finds a program.
    """

    environ: Mapping[str, str] = field(repr=False)
    is_terminal: bool
    size: tuple[int, int] | None
    encoding: str
    tty: str | None = None
    ask: Callable[[Sequence[str]], str | None] = answer_of
    which: Callable[[str], str | None] = shutil.which


def terminal_checks(place: Place) -> Iterator[Check]:
    """The terminal, its colours, size and letters, and what stands between it and us."""
    yield _terminal(place)
    yield _letters(place)
    if not place.is_terminal:
        if place.tty is not None:  # `--json` into a file
            yield _clipboard(place)
        return
    yield _colours(place)
    if place.size is not None:
        yield _size(*place.size)
    if place.environ.get("TMUX"):
        yield from _tmux(place)
    elif place.environ.get("STY"):
        yield warn(
            "screen",
            "GNU screen: it misreads colours in 24 bits; copies are passed on through it, and kept nowhere",
            "Where you can, use tmux.",
        )
    yield _clipboard(place)


def _terminal(place: Place) -> Check:
    term = place.environ.get("TERM", "")
    if not place.is_terminal:
        return warn(
            "terminal", "this is none, so there can be no dashboard here", "The other commands work; or run it in one."
        )
    if term in {"", "dumb", "unknown"}:
        return fail("terminal", f"TERM is {safe(term) or 'not set'}", "Set TERM=xterm-256color.")
    return ok("terminal", safe(term))


def _colours(place: Place) -> Check:
    environ = place.environ
    term = environ.get("TERM", "")
    if environ.get("NO_COLOR"):
        return ok("colours", "none, as NO_COLOR wants it")
    if environ.get("COLORTERM", "") in {"truecolor", "24bit"}:
        return ok("colours", "24 bits")
    if "256" in term or "direct" in term:
        return ok("colours", "256")
    return warn(
        "colours", f"few, by TERM={safe(term)}", "Set TERM=xterm-256color (in tmux tmux-256color) if it knows them."
    )


def _size(columns: int, lines: int) -> Check:
    told = f"{columns}x{lines}"
    if columns >= _WHOLE[0] and lines >= _WHOLE[1]:
        return ok("size", told)
    if columns >= _USEFUL[0] and lines >= _USEFUL[1]:
        return warn("size", f"{told}: not all is shown", "Make the window 80x24 or larger.")
    return warn("size", f"{told}: too small to be of use", "Make the window 60x20 at the least.")


def _letters(place: Place) -> Check:
    utf_8 = place.encoding.lower().replace("-", "").replace("_", "") == "utf8"
    if utf_8 and (has_letters(place.environ) or not place.is_terminal):
        return ok("letters", "UTF-8")
    said = next((name for name in ("LC_ALL", "LC_CTYPE", "LANG") if place.environ.get(name)), "LANG")
    value = safe(place.environ.get(said, "")) or "not set"
    if utf_8:  # Python says so for any locale that it does not know
        return warn("letters", f"{said} is {value}: the dashboard draws nothing but ASCII", "Set LANG=C.UTF-8.")
    return warn(
        "letters",
        f"{said} is {value}: names beyond it are shown as escapes",
        "Set LANG=C.UTF-8; or draw with --ascii.",
    )


def _tmux(place: Place) -> Iterator[Check]:
    version = place.ask(("tmux", "-V"))
    if version is None:
        yield warn("tmux", "TMUX is set, but tmux does not answer", "Put tmux on the PATH: copies go through it.")
        return
    number = re.search(r"(\d+)\.(\d+)", version)
    # "next-3.5" and "master" are newer than what they are named for.
    if number is not None and (int(number[1]), int(number[2])) < _TMUX_WITH_CLIPBOARD:
        yield warn(
            "tmux",
            f"{safe(version)} does not hand copies to the terminal by itself",
            "They are sent through it; where that fails, use Y, or take tmux 3.2 or later.",
        )
    else:
        yield ok("tmux", safe(version))
    wait = place.ask(("tmux", "show-options", "-sv", "escape-time"))
    if wait is not None and wait.isascii() and wait.isdigit() and int(wait[:9]) > _ESCAPE_TIME_MAX:
        yield warn("tmux keys", f"esc is held back for {wait[:9]} ms", "Set in ~/.tmux.conf: set -s escape-time 10")


def _clipboard(place: Place) -> Check:
    tmux = None
    if place.environ.get("TMUX"):
        told = place.ask(("tmux", "display-message", "-p", TMUX_FORMAT))
        tmux = None if told is None else Tmux.told(told)
    found = route(place.environ, tmux, place.which, place.tty)
    return warn("clipboard", found.outlook, found.mend) if found.mend else ok("clipboard", found.outlook)


def journal_check(path: Path) -> Check:
    """Whether the journal can be written, and by its owner alone."""
    name = safe(str(path))
    folder = path.parent
    try:
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        free = shutil.disk_usage(folder).free
        if not folder.is_dir():
            mend = "Without a journal nothing can be changed: move it away, or set XDG_STATE_HOME."
            return fail("journal", f"{safe(str(folder))} is no folder", mend)
        mode = stat.S_IMODE(path.lstat().st_mode) if os.path.lexists(path) else None
        if folder == path.parent:
            see_that_it_may_be_ours(path)
    except OSError as error:
        return fail("journal", f"{name}: {error.strerror}", "Without a journal nothing can be changed: mend the path.")
    if not os.access(path if mode is not None else folder, os.W_OK):
        where = path if mode is not None else folder
        mend = "Without a journal nothing can be changed: make it writable, or set XDG_STATE_HOME."
        return fail("journal", f"{safe(str(where))} cannot be written", mend)
    if mode is not None and mode & _OTHERS:
        return warn("journal", f"{name} may be read by others", chmod(OWNER_ONLY_FILE, path))
    if free < _SPARE_BYTES:
        mend = "Make room on the disk: what cannot be written down is not done."
        return warn("journal", f"{name}: {free // 1_000_000} MB free", mend)
    return ok("journal", name if mode is not None else f"{name}, not begun yet")
