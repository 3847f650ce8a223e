"""What a terminal emulator shows, as the eye has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import pyte

if TYPE_CHECKING:
    from pyte.screens import Char

Seen: TypeAlias = tuple[object, ...]

_BACKGROUNDS: Final = {0, *range(40, 50), *range(100, 108)}
_ATTRIBUTES: Final = {*range(1, 10), *range(21, 30)}


def seen(screen: pyte.Screen, row: int) -> list[Seen]:
    """Each cell of a row."""
    return [_cell(screen.buffer[row][column]) for column in range(screen.columns)]


def _cell(cell: Char) -> Seen:
    if cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough or cell.blink):
        return (" ", cell.bg)  # in what colour and how bold nothing is written, nobody sees
    if cell.data == " " and cell.reverse and cell.fg != "default" and not _has_more(cell):
        return (" ", cell.fg)
    return tuple(cell)


def _has_more(cell: Char) -> bool:
    """Whether more of an inverse space is seen than one colour; what is bold, some terminals show brighter."""
    return cell.bold or cell.italics or cell.underscore or cell.strikethrough or cell.blink


class LikeXterm(pyte.Screen):
    """An emulator with a trait of xterm (379): what it recalls (DECRC) is not the background that it was told last.

    It writes on the recalled one, but an attribute without a background brings the last one that was told back.
    """

    def __init__(self, columns: int, lines: int) -> None:
        self._told = "default"
        super().__init__(columns, lines)

    def select_graphic_rendition(self, *attrs: int, **options: bool) -> None:
        super().select_graphic_rendition(*attrs, **options)
        plain = _without_colours(attrs)
        if not plain or any(attr in _BACKGROUNDS for attr in plain):
            self._told = self.cursor.attrs.bg
        elif any(attr in _ATTRIBUTES for attr in plain):
            self.cursor.attrs = self.cursor.attrs._replace(bg=self._told)


def _without_colours(attrs: tuple[int, ...]) -> list[int]:
    """Without the numbers behind 38 and 48."""
    left, found = list(attrs), []
    while left:
        attr = left.pop(0)
        if attr in {38, 48}:
            del left[: 4 if left[:1] == [2] else 2]
        found.append(attr)
    return found
