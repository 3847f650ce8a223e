"""What a terminal emulator shows, as the eye has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pyte
    from pyte.screens import Char

Seen: TypeAlias = tuple[object, ...]


def seen(screen: pyte.Screen) -> list[list[Seen]]:
    """Each cell, row by row."""
    return [[_cell(screen.buffer[row][column]) for column in range(screen.columns)] for row in range(screen.lines)]


def _cell(cell: Char) -> Seen:
    if cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough or cell.blink):
        return (" ", cell.bg)  # in what colour and how bold nothing is written, nobody sees
    return tuple(cell)
