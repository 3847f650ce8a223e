"""What a screen shows, cell by cell, as frames of terminal sequences say it."""

from __future__ import annotations

import re
from typing import Final

from roomtui.tui.widths import cell_len

UNKNOWN: Final = "\x00"
"""The text of a cell of which nobody knows what the terminal shows in it."""
CONTINUED: Final = ""
"""The text of a cell that the wide character before it covers."""
LATE: Final = 1
"""The urgency of what answers no key."""

# A frame of Textual's compositor: where to write, how it is to look, text, and line ends (each followed by a CUP).
_TOKEN: Final = re.compile(r"\x1b\[([0-9;]*)([Hm])|([^\x00-\x1f\x7f-\x9f]+)|(\r?\n)")
# Characters that are one cell each, and join no other: ASCII, and what lines and bars are drawn with.
_PLAIN: Final = re.compile("[ -~\u2500-\u259f\u00b7\u2026\u2264\u25b2\u25bc]*")


class NotUnderstood(Exception):
    """A frame holds what this module does not know; `str()` says what."""


class Grid:
    """Text and style of each cell of a screen.

    Attributes:
        width: columns.
        height: rows.
        texts: per row, what each cell shows: one character, with the combining ones that belong to it.
        styles: per row, each cell's SGR parameters, as in `38;2;1;2;3`; empty for the terminal's own look.
        cursor: column and row, from 0, where the last frame left the cursor.
        focus: the rows of what has the focus, if that is known: there people look, and at the cursor if it is in it.
        left: the row where people looked before the cursor came to where it is; None: there was none.
        dirty: per row that was written to since it was last taken away, how urgent it is: the least first. The first
            number is that of the key that it answers, below 0, or `LATE`; the second that of the frame.
    """

    def __init__(self, width: int, height: int, *, text: str = " ") -> None:
        self.width = width
        self.height = height
        self.texts = [[text] * width for _ in range(height)]
        self.styles = [[""] * width for _ in range(height)]
        self.cursor = (0, 0)
        self.focus = range(0)
        self.left: int | None = None
        self.dirty: dict[int, tuple[int, int]] = {}
        self._keys = 0
        self._frame = 0
        self._late = False

    def feed(self, frame: str, *, late: bool = False) -> None:
        """Take in one frame.

        Args:
            frame: sequences as Textual's compositor writes them.
            late: whether it came so long after the last key that it answers none.

        Raises:
            NotUnderstood: it holds something else than cursor addresses, SGR and text. What came before that has been
                taken in.
        """
        self._frame += 1
        self._late = late
        looked_at = self.looked_at
        x, y = self.cursor
        style = ""
        at = 0
        while at < len(frame):
            token = _TOKEN.match(frame, at)
            if token is None:
                raise NotUnderstood(f"{frame[at : at + 12]!r} in a frame")
            at = token.end()
            numbers, kind, text, _ = token.groups()
            if text is not None:
                x = self._write(x, y, text, style)
            elif kind == "m":
                style = "" if numbers in {"", "0"} else numbers
            elif kind == "H":
                row, _, column = numbers.partition(";")
                x, y = max(int(column or 1) - 1, 0), max(int(row or 1) - 1, 0)
            else:
                x, y = 0, y + 1
        self.cursor = (x, y)
        if looked_at != self.looked_at and self._frame > 1:
            self.left = looked_at

    def key_pressed(self) -> None:
        """What is written from now on is the answer to a key, more urgent than all that was before."""
        self._keys += 1

    @property
    def looked_at(self) -> int:
        """The row where people look."""
        at = self.cursor[1]
        return at if not self.focus or at in self.focus else self.focus[0]

    @property
    def latest(self) -> int:
        """The first number of how urgent it is what answers the latest key."""
        return -self._keys

    @property
    def answering(self) -> int:
        """How many rows answer the latest key that are not sent yet."""
        return sum(key == -self._keys for key, _ in self.dirty.values())

    def touch(self, row: int) -> None:
        """This row is to be sent: before what older keys asked for, behind what this one did before."""
        urgency = self.dirty.get(row)
        if self._late:
            self.dirty.setdefault(row, (LATE, self._frame))
        elif urgency is None or urgency[0] != -self._keys:
            self.dirty[row] = (-self._keys, self._frame)

    def touch_all(self) -> None:
        """Every row is to be sent, and somebody waits for it."""
        self._late = False
        for row in range(self.height):
            self.touch(row)

    def forget(self) -> None:
        """Nobody knows any more what these cells show."""
        for row in range(self.height):
            self.texts[row] = [UNKNOWN] * self.width

    def _write(self, x: int, y: int, text: str, style: str) -> int:
        """Put `text` at column `x` of row `y`; the column behind it. What lies outside is cut off."""
        if y >= self.height:
            return x + cell_len(text)
        self.touch(y)
        if not _PLAIN.fullmatch(text):
            return self._write_characters(x, y, text, style)
        room = max(self.width - x, 0)
        fitting = text[:room]
        if fitting:
            end = x + len(fitting)
            self._cut_wide(y, x, end)
            self.texts[y][x:end] = fitting
            self.styles[y][x:end] = [style] * len(fitting)
        return x + len(text)

    def _write_characters(self, x: int, y: int, text: str, style: str) -> int:
        texts, styles = self.texts[y], self.styles[y]
        for character in text:
            width = cell_len(character)
            if width == 0:
                if 0 < x <= self.width:  # it joins the character before it
                    base = x - 1 if texts[x - 1] != CONTINUED else x - 2
                    texts[base] += character
                continue
            if x + width <= self.width:
                self._cut_wide(y, x, x + width)
                texts[x : x + width] = [character, CONTINUED][:width]
                styles[x : x + width] = [style] * width
            x += width
        return x

    def _cut_wide(self, y: int, start: int, end: int) -> None:
        """Half of a wide character cannot stay: writing over one half blanks the other."""
        texts = self.texts[y]
        if texts[start] == CONTINUED:
            texts[start - 1] = " "
        if end < self.width and texts[end] == CONTINUED:
            texts[end] = " "
