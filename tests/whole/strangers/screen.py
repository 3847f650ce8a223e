"""A terminal that understands nothing but text and the program's own sequences, and says where it gets anything else.

What it understands is listed here, and is little: whoever reads `_OWN` knows all that the program ever says to a
terminal. It keeps what it is shown, cell by cell, so that one can see that nothing shifted.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Final

from wcwidth import wcwidth

MODES: Final = frozenset({7, 25, 1000, 1003, 1004, 1006, 1015, 1016, 1049, 2004, 2026, 2031, 2048})
"""Wrapping, cursor, mouse, focus, other screen, paste, whole frames, colours, resizes: what is switched on and off."""

_OWN: Final = re.compile(
    r"""
    \x1b\[ (?P<numbers>[0-9]{0,3}(?:;[0-9]{0,3})?) (?P<move>[ABCDGHd])   # go there
  | \x1b\[ [0-9;]* m                                                     # write like this
  | \x1b\[ (?P<count>[0-9]{0,3}) (?P<erase>[KXJ])                        # rub out to the end of the line, so many, all
  | \x1b\[ \? (?P<mode>[0-9]+) [hl]                                      # switch a mode on, off
  | \x1b\[ \? [0-9]+ \$p                                                 # do you know this mode?
  | \x1b\[ (?:6n|c|>c|>q)                                                # where is the cursor? who are you?
  | \x1b\[ [<>=] [0-9;]* u                                               # keys told apart
  | \x1b\] 22;[a-z-]* (?:\x07|\x1b\\)                                    # the pointer's shape
  | \x1b (?P<index>[DM78])                                               # down, up; here, and back to there
  | (?P<control>[\r\n\b])
    """,
    re.VERBOSE,
)
_BEGUN: Final = re.compile(r"\x1b(?:\[[0-9;?<>=$]*|\][0-9;a-z-]*\x1b?)?$")
COPY: Final = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/]*={0,2})\x07")
"""What a copy is sent in; looked for only where one is expected."""
_NEVER: Final = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
_SPACES: Final = frozenset(" \u3000")
_BLANKS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")
_MARKS_MAX: Final = 2


class Screen:
    """Takes the bytes of a pty.

    Args:
        columns: of the terminal.
        lines: of the terminal.
        may_copy: whether the clipboard may be written to; what was, stands in `copied`.
        wraps: whether text may go on in the next line, as the sentences of a command do.

    Attributes:
        violations: what came that is neither text nor the program's own, with a few bytes around it.
        checked: how many bytes were looked at.
        copied: what was sent to the clipboard, in base64.
    """

    def __init__(self, columns: int, lines: int, *, may_copy: bool = False, wraps: bool = False) -> None:
        self.columns, self.lines = columns, lines
        self.violations: list[str] = []
        self.checked = 0
        self.copied: list[str] = []
        self._may_copy = may_copy
        self._wraps = wraps
        self._cells = [[" "] * columns for _ in range(lines)]
        self._x = self._y = 0
        self._saved = (0, 0)
        self._marks = 0
        self._rest = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def feed(self, data: bytes) -> None:
        """Take what came; a sequence that is cut off waits for its end."""
        self.checked += len(data)
        text = self._rest + self._decoder.decode(data)
        begun = _BEGUN.search(text[-40:])
        cut = len(text) - len(begun.group()) if begun else len(text)
        if self._may_copy and (start := text.rfind("\x1b]52;")) >= 0 and "\x07" not in text[start:]:
            cut = min(cut, start)
        self._rest = text[cut:]
        at = 0
        while at < cut:
            if text[at] >= " " and text[at] != "\x7f":
                self._put(text[at], text, at)
                at += 1
            else:
                at = self._obey(text, at)

    def finish(self) -> None:
        """Nothing more comes: what waits for its end is a fragment."""
        if self._rest:
            self._complain("a sequence without an end", self._rest, 0)

    @property
    def rows(self) -> list[str]:
        """What stands there, line by line; a wide letter takes one place here, and nothing follows it."""
        return ["".join(row).rstrip() for row in self._cells]

    def columns_of(self, line: int, start: int, end: int | None = None) -> str:
        """What stands in these cells of a line."""
        return "".join(self._cells[line][start:end])

    def _complain(self, what: str, text: str, at: int) -> None:
        self.violations.append(f"{what} at {text[max(0, at - 30) : at]!a} >>> {text[at : at + 30]!a}")

    def _obey(self, text: str, at: int) -> int:
        self._marks = _MARKS_MAX
        found = _OWN.match(text, at)
        if found is None:
            copy = COPY.match(text, at) if self._may_copy else None
            if copy is not None:
                self.copied.append(copy.group(1))
                return copy.end()
            self._complain("not the program's own", text, at)
            return at + 1
        if found["move"]:
            self._move(found["move"], [int(each or 1) for each in found["numbers"].split(";")])
        elif found["erase"]:
            self._erase(found["erase"], found["count"], text, at)
        elif found["mode"] and int(found["mode"]) not in MODES:
            self._complain("a mode that is not known", text, at)
        elif found["mode"] == "1049":
            self._cells = [[" "] * self.columns for _ in range(self.lines)]
        elif found["index"] or found["control"]:
            self._step(found["index"] or found["control"])
        return found.end()

    def _move(self, final: str, numbers: list[int]) -> None:
        first = numbers[0]
        if final == "H":
            self._y, self._x = first - 1, (numbers[1] if len(numbers) > 1 else 1) - 1
        elif final == "d":
            self._y = first - 1
        elif final == "G":
            self._x = first - 1
        else:
            step = {"A": (0, -1), "B": (0, 1), "C": (1, 0), "D": (-1, 0)}[final]
            self._x, self._y = min(self._x, self.columns - 1) + step[0] * first, self._y + step[1] * first
        self._x = min(max(self._x, 0), self.columns - 1)
        self._y = min(max(self._y, 0), self.lines - 1)

    def _step(self, control: str) -> None:
        if control == "\r":
            self._x = 0
        elif control == "7":
            self._saved = self._x, self._y
        elif control == "8":
            self._x, self._y = self._saved
        elif control == "\b":
            self._x = max(0, min(self._x, self.columns - 1) - 1)
        else:
            self._y = min(self.lines - 1, self._y + 1) if control in "D\n" else max(0, self._y - 1)

    def _erase(self, final: str, count: str, text: str, at: int) -> None:
        row = self._cells[self._y]
        if final == "J":
            if count not in {"", "2"}:
                self._complain("not the program's own", text, at)
            self._cells = [[" "] * self.columns for _ in range(self.lines)]
        else:
            end = self.columns if final == "K" else min(self.columns, self._x + int(count or 1))
            row[self._x : end] = [" "] * (end - self._x)

    def _put(self, character: str, text: str, at: int) -> None:
        category = unicodedata.category(character)
        if category in _NEVER or (category == "Zs" and character not in _SPACES) or character in _BLANKS:
            self._complain(f"U+{ord(character):04X} ({category}) is no text", text, at)
            return
        width = 1 if category == "Mc" else wcwidth(character)  # as tmux, xterm and the C library have it
        if width <= 0:
            # A vowel sign carries marks of its own.
            self._marks = self._marks + 1 if category in {"Mn", "Me"} else 0
            if self._marks > _MARKS_MAX and category in {"Mn", "Me"}:
                self._complain("more marks than a letter carries", text, at)
            before = self._x - 1
            while before > 0 and not self._cells[self._y][before]:
                before -= 1
            self._cells[self._y][max(0, before)] += character
            return
        self._marks = 0
        if self._x + width > self.columns and self._wraps:
            self._step("\r")
            self._step("\n")
        if self._x + width > self.columns:
            self._complain("text beyond the edge", text, at)
            return
        row = self._cells[self._y]
        if not row[self._x] and self._x:  # the right half of a wide letter is written on: its left half goes
            row[self._x - 1] = " "
        after = self._x + width
        if after < self.columns and not row[after]:
            row[after] = " "
        row[self._x] = character
        if width == 2:
            row[self._x + 1] = ""
        self._x = after
