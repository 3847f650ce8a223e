"""Where in a TOML text each key and each value begins, which `tomllib` does not tell.

The text has been read by `tomllib` before: it is valid (TOML 1.0), and is not checked again here.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from typing import Final, TypeAlias

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Path: TypeAlias = "tuple[str | int, ...]"
"""The way from the document to a value: names of keys, and numbers of elements from 0."""

_BLANK: Final = " \t"
_EMPTY: Final = " \t\r\n"
_ENDS_BARE_KEY: Final = frozenset(" \t=.]")
_ENDS_BARE_VALUE: Final = frozenset(",]}#\r\n")


class Lines:
    """The line, from 1, of everything in a TOML text.

    Args:
        text: a text that `tomllib` can read.
    """

    def __init__(self, text: str) -> None:
        self.found: dict[Path, int] = _Scan(text).found

    def of(self, *path: str | int) -> int | None:
        """The line of this value, or of the nearest that it is in; None for the document itself."""
        while path:
            line = self.found.get(path)
            if line is not None:
                return line
            path = path[:-1]
        return None


class _Scan:
    """One walk through the text."""

    def __init__(self, text: str) -> None:
        self.found: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._breaks = [at for at, each in enumerate(text) if each == "\n"]
        # How many tables each array of tables has so far.
        self._arrays: dict[Path, int] = {}
        table: Path = ()
        while self._skip():
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)

    # -- what TOML is made of

    def _header(self) -> Path:
        start = self._at
        in_array = self._text.startswith("[[", start)
        self._at += 2 if in_array else 1
        *outer, last = self._dotted()
        self._at += 2 if in_array else 1
        path: Path = ()
        for name in outer:
            path = (*path, name)
            self._note(path, start)
            if path in self._arrays:  # the last table of it is meant
                path = (*path, self._arrays[path] - 1)
        path = (*path, last)
        if in_array:
            number = self._arrays.get(path, 0)
            self._arrays[path] = number + 1
            self._note(path, start)
            path = (*path, number)
        # A table that was begun by one of its own tables, or by a dotted key, is named by its header.
        self.found[path] = self._line(start)
        return path

    def _pair(self, table: Path) -> None:
        start = self._at
        path = table
        for name in self._dotted():
            path = (*path, name)
            self._note(path, start)
        self._blank()
        self._at += 1  # the equals sign
        self._blank()
        self._value(path)

    def _dotted(self) -> list[str]:
        names = []
        while True:
            self._blank()
            names.append(self._name())
            self._blank()
            if self._peek() != ".":
                return names
            self._at += 1

    def _name(self) -> str:
        start = self._at
        if self._peek() in {'"', "'"}:
            self._string()
            # Escapes are read by whoever knows them.
            return str(tomllib.loads(f"name = {self._text[start : self._at]}")["name"])
        while self._at < len(self._text) and self._text[self._at] not in _ENDS_BARE_KEY:
            self._at += 1
        return self._text[start : self._at]

    def _value(self, path: Path) -> None:
        first = self._peek()
        if first in {'"', "'"}:
            self._string()
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            while self._at < len(self._text) and self._text[self._at] not in _ENDS_BARE_VALUE:
                self._at += 1

    def _array(self, path: Path) -> None:
        self._at += 1
        number = 0
        while self._skip() and self._peek() != "]":
            if self._peek() == ",":
                self._at += 1
                continue
            self._note((*path, number), self._at)
            self._value((*path, number))
            number += 1
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._skip() and self._peek() != "}":
            if self._peek() == ",":
                self._at += 1
            else:
                self._pair(path)
        self._at += 1

    def _string(self) -> None:
        quote = self._text[self._at]
        fence = quote * 3 if self._text.startswith(quote * 3, self._at) else quote
        self._at += len(fence)
        while self._at < len(self._text):
            if quote == '"' and self._text[self._at] == "\\":
                self._at += 2
            elif self._text.startswith(fence, self._at):
                self._at += len(fence)
                # Up to two quotes may stand before the three that end it.
                while len(fence) == 3 and self._peek() == quote:
                    self._at += 1
                return
            else:
                self._at += 1

    # -- where we are

    def _skip(self) -> bool:
        """Go to the next thing that means something; False at the end."""
        while self._at < len(self._text):
            if self._text[self._at] == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif self._text[self._at] in _EMPTY:
                self._at += 1
            else:
                return True
        return False

    def _blank(self) -> None:
        while self._at < len(self._text) and self._text[self._at] in _BLANK:
            self._at += 1

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _note(self, path: Path, at: int) -> None:
        self.found.setdefault(path, self._line(at))

    def _line(self, at: int) -> int:
        return bisect_right(self._breaks, at - 1) + 1
