"""Which cells of a row have to be written, in runs of one look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.tui.frugal.grid import CONTINUED, UNKNOWN
from roomtui.tui.frugal.pen import ground
from roomtui.tui.widths import is_vowel

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRINTABLE: Final = re.compile(r"[ -~]+")
_BRIDGE: Final = 6
"""So many cells that need not change are at most written again rather than jumped over."""
_STRIDE: Final = 24
"""So many cells are compared at a time."""


class Run(NamedTuple):
    """Neighbouring cells that are written in one go.

    Attributes:
        row: from 0.
        start: the first column, from 0.
        end: the column behind the last.
        text: what is written.
        style: SGR parameters; of nothing but spaces, their `ground`.
        blank: whether it is nothing but spaces: it may be written in any style on that ground.
    """

    row: int
    start: int
    end: int
    text: str
    style: str
    blank: bool

    def fits(self, style: str) -> bool:
        """Whether it may be written in this style."""
        return ground(style) == self.style if self.blank else style == self.style


def runs(row: int, texts: list[str], styles: list[str], shown_texts: list[str], shown_styles: list[str]) -> list[Run]:
    """What to write so that a row shows `texts` in `styles`, from left to right."""
    found: list[Run] = []
    for start, end in _changed(texts, styles, shown_texts, shown_styles):
        for run in _split(row, start, end, texts, styles):
            bridged = _bridge(found[-1], run, texts, styles) if found else None
            if bridged is None:
                found.append(run)
            else:
                found[-1] = bridged
    return found


def _changed(
    texts: list[str], styles: list[str], shown_texts: list[str], shown_styles: list[str]
) -> Iterator[tuple[int, int]]:
    """The stretches that have to be written, from their first column to the one behind them.

    A wide character is written as a whole, and a letter with its vowels: some terminals draw them in one cell.
    """
    width = len(texts)
    column = differs_before = 0
    while column < width:
        if column >= differs_before:
            # Most cells of most rows are as they were: many at a time are compared much faster than one by one.
            end = column + _STRIDE
            if texts[column:end] == shown_texts[column:end] and styles[column:end] == shown_styles[column:end]:
                column = end
                continue
            differs_before = end
        if texts[column] == shown_texts[column] and (
            styles[column] == shown_styles[column]
            or texts[column] == CONTINUED
            or (texts[column] == " " and ground(styles[column]) == ground(shown_styles[column]))
        ):
            column += 1
            continue
        start = column
        while start > 0 and (texts[start] == CONTINUED or is_vowel(texts[start])):
            start -= 1
        while column < width and (
            texts[column] != shown_texts[column]
            or (
                styles[column] != shown_styles[column]
                and (texts[column] != " " or ground(styles[column]) != ground(shown_styles[column]))
            )
            or texts[column] in {CONTINUED, UNKNOWN}
            or is_vowel(texts[column])
        ):
            column += 1
        yield start, column


def _split(row: int, start: int, end: int, texts: list[str], styles: list[str]) -> Iterator[Run]:
    """A stretch, wherever its look changes. Spaces go with their neighbours on the same ground.

    A word with vowels of their own ends it, too: not every terminal is then where we take it to be.
    """
    while start < end:
        style, blank = styles[start], texts[start] == " "
        stop = start + 1
        while stop < end:
            following = styles[stop]
            if following != style:
                if ground(following) != ground(style):
                    break
                if texts[stop] != " ":
                    if not blank:
                        break
                    style = following
            blank = blank and texts[stop] == " "
            stop += 1
        if blank:
            style = ground(style)
        text = "".join(texts[start:stop])
        if not text.isascii() and (vowels := [at for at in range(start, stop) if is_vowel(texts[at])]):
            stop = next((at for at in range(vowels[-1], stop) if texts[at] == " "), stop)
            text = "".join(texts[start:stop])
        yield Run(row, start, stop, text, style, blank)
        start = stop


def _bridge(before: Run, after: Run, texts: list[str], styles: list[str]) -> Run | None:
    """Both in one, with what lies between them written again; None where a jump is as short, or the looks differ."""
    gap = after.start - before.end
    jump = 3 if gap == 1 else 3 + len(str(gap))
    if gap > min(jump, _BRIDGE) or not before.text.isascii():
        return None
    style = after.style if before.blank else before.style
    if not (before.fits(style) and after.fits(style)):
        return None
    for column in range(before.end, after.start):
        if styles[column] != style and (texts[column] != " " or ground(styles[column]) != ground(style)):
            return None
    between = "".join(texts[before.end : after.start])
    if between and not _PRINTABLE.fullmatch(between):
        return None
    text = before.text + between + after.text
    blank = before.blank and after.blank and not between.strip(" ")
    return Run(before.row, before.start, after.end, text, style, blank)
