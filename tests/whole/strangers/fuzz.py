"""Names by the thousand, each really drawn by the real dashboard in a pty, and every byte of it looked at.

A town of rooms gets new names between two lists, and is paged through; a name counts once its row has stood on the
screen, with exactly the text that it is to be shown as, beside columns that stand where their titles do.
"""

from __future__ import annotations

import os
import random
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from roomtui.rooms.untrusted import safe
from tests.cli.program import PROGRAM, environment, until
from tests.strangers import names
from tests.whole.strangers.screen import Screen
from tests.whole.strangers.town import Running, Town, sid
from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

COLUMNS = 200
_CONFIG = 'columns = ["name", "people", "sid"]\nrefresh = 1.0\n'
_WHERE = b"\x1b[6n"
_SID = re.compile(r"RM[0-9a-f]{32}")
_PATIENCE = 3.0
"""Seconds in which a page is there, as a rule."""
_GIVES_UP = 120.0
_ABOVE = 8
"""Lines of the screen that are not the table's, at most."""


@dataclass
class Figures:
    """What came of it.

    Attributes:
        drawn: names that stood on the screen as they are to be shown.
        checked: bytes that were looked at.
        violations: what should not have been among them, and rows that were not as they should be.
    """

    drawn: int = 0
    checked: int = 0
    violations: list[str] = field(default_factory=list)


class Watched(Terminal):
    """A terminal whose bytes are read strictly; no other emulator is fed."""

    def __init__(
        self,
        screen: Screen,
        *arguments: str,
        environ: dict[str, str],
        program: Sequence[str] = PROGRAM,
        cwd: Path | None = None,
    ) -> None:
        self.strict = screen
        self.also: Callable[[bytes], object] = lambda _data: None
        super().__init__(
            *arguments, environ=environ, columns=screen.columns, lines=screen.lines, program=program, cwd=cwd
        )

    def _feed(self, data: bytes) -> None:
        del self.raw[:]
        self.also(data)
        first, *others = data.split(_WHERE)
        self.strict.feed(first)
        for each in others:
            self.strict.feed(_WHERE)
            with suppress(OSError):
                os.write(self._master, b"\x1b[1;1R")  # it has come so far; where the cursor is nobody wants to know
            self.strict.feed(each)

    def leave(self) -> int:
        """Press q, out of whatever dialog is open; the exit code."""
        for _ in range(12):
            for key in ("\x1b", "\x1b", "q"):
                _wait(lambda: False, 0.3)  # so that each is a key of its own
                self.type(key)
            if _wait(lambda: self.process.poll() is not None, 3.0):
                break
        return self.ends()

    @property
    def text(self) -> str:
        return "\n".join(self.rows)

    @property
    def rows(self) -> list[str]:
        with self._lock:
            return self.strict.rows


def fuzz(
    home: Path,
    count: int,
    *,
    seed: int = 1,
    rooms: int = 1000,
    lines: int = 260,
    options: tuple[str, ...] = (),
    told: Callable[[Figures], object] = lambda _figures: None,
) -> Figures:
    """Have so many names drawn.

    Args:
        home: where the program lives.
        count: names.
        seed: the same names each time.
        rooms: how many there are at a time.
        lines: of the terminal.
        options: of `roomtui watch`.
        told: told how far it has come.
    """
    endless = names(random.Random(seed))  # noqa: S311 - the same names each time
    figures = Figures()
    folder = home / "config" / "roomtui"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(_CONFIG)
    town = Town()
    town.rename(_some(endless, min(rooms, count), 0))
    screen = Screen(COLUMNS, lines)
    with (
        Running(town) as running,
        Watched(screen, "watch", *options, environ=environment(home, **running.environ), cwd=home) as terminal,
    ):
        until(lambda: sum(bool(_SID.search(row)) for row in terminal.rows) > 3)
        while True:
            _page_through(terminal, town, figures)
            figures.checked, figures.violations = screen.checked, figures.violations + screen.violations
            screen.violations = []
            told(figures)
            if figures.drawn >= count or figures.violations:
                break
            town.rename(_some(endless, min(rooms, count - figures.drawn), figures.drawn))
            terminal.type("g")
        terminal.leave()
    figures.checked = screen.checked
    return figures


def _some(endless: object, count: int, first: int) -> list[str]:
    """So many names; each has a number in it, by which it is known to be a new one."""
    found = []
    for number in range(first, first + count):
        name = next(endless)  # type: ignore[call-overload]  # the names without end
        at = number % 3 * 2
        found.append(f"{name[:at]}#{number}.{name[at:]}"[:128])
    return found


def _page_through(terminal: Watched, town: Town, figures: Figures) -> None:
    shown = {sid("RM", number): safe(name) for number, name in enumerate(town.names)}
    missing = set(shown)
    wrong: dict[str, str] = {}
    deadline = time.monotonic() + _GIVES_UP
    pressed, patience = time.monotonic(), _PATIENCE
    while missing and time.monotonic() < deadline:
        found = _rows(terminal)
        right = {room for room, text in found.items() if room in shown and _is(text, shown[room])}
        wrong = {room: text for room, text in found.items() if room not in right}
        if right & missing:
            deadline, patience = time.monotonic() + _GIVES_UP, _PATIENCE
        missing -= right
        if not wrong or time.monotonic() - pressed > 5:
            # All of this page is as it should be, or will not be: on to the next one.
            # From the first room of a page the cursor goes to its last, from there to the next page.
            if not any(_turns(terminal, "\x1b[6~", found, patience) for _ in range(2)):
                # The end, or a machine so busy that the page comes only now: then `g` would lead back for ever.
                patience *= 2
                _turns(terminal, "g", found, patience)
            pressed = time.monotonic()
    figures.drawn += len(shown) - len(missing)
    for room in sorted(missing)[:5]:
        figures.violations.append(f"not drawn: {shown[room]!r}; instead: {wrong.get(room)!r}")


def _turns(terminal: Watched, key: str, page: dict[str, str], patience: float) -> bool:
    """Whether this key leads to another page within so many seconds, which then stands there whole."""
    terminal.type(key)
    if not _wait(lambda: _rows(terminal).keys() != page.keys(), patience):
        return False
    before = -1
    while before != terminal.strict.checked:
        before = terminal.strict.checked
        _wait(lambda: False, 0.05)
    return True


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return holds


def _rows(terminal: Watched) -> dict[str, str]:
    """What stands in the column of names, by the SID that stands in its column, right below its title."""
    with terminal._lock:
        screen = terminal.strict
        head = next((at for at in range(_ABOVE) if " SID" in screen.columns_of(at, 0)), None)
        if head is None:
            return {}
        titles = ["".join(cell or "" for cell in screen.columns_of(head, at, at + 1)) for at in range(screen.columns)]
        line = "".join(titles)
        name, people, column = line.find("ROOM"), line.find("PEOPLE"), line.find(" SID") + 1
        found = {}
        for at in range(head + 1, screen.lines):
            room = screen.columns_of(at, column, column + 34)
            if _SID.fullmatch(room):
                found[room] = screen.columns_of(at, name, people).rstrip()
        return found


def _is(text: str, wanted: str) -> bool:
    """Whether this is the name, or as much of it as the column takes."""
    if text == wanted.rstrip():
        return True
    return text.endswith(("…", "~")) and wanted.startswith(text[:-1].rstrip())
