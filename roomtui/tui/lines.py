"""Lines of toned text: what a widget shows before it is drawn.

Screens and widgets make `Line`s, which know nothing of colours and are easy to test; a `Palette` draws them. No markup
is ever read, so what a stranger called a room is only text.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from roomtui.tui.widths import cell_len, chop_cells

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tone(str, Enum):
    """What a piece of text is for; the theme says how that looks. None carries a meaning that words do not."""

    TEXT = "text"
    DIM = "dim"
    STRONG = "strong"
    TITLE = "title"
    ACCOUNT = "account"
    SOON = "soon"
    CLOSING = "closing"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Piece(NamedTuple):
    """Text in one tone."""

    text: str
    tone: Tone = Tone.TEXT


Line: TypeAlias = "tuple[Piece, ...]"


class Glyphs(NamedTuple):
    """The few signs that are drawn; `ASCII` where a terminal has no others."""

    ellipsis: str
    rule: str
    dot: str
    at_most: str
    mark: str
    up: str
    down: str
    done: str
    bars: str


UNICODE: Final = Glyphs("…", "─", "·", "≤", "*", "▲", "▼", "━", "▁▂▃▄▅▆▇█")
ASCII: Final = Glyphs("~", "-", "-", "<", "*", "^", "v", "#", "_.:-=+*#")

_NO_STYLE: Final = Style.null()


def line(*pieces: tuple[str, Tone] | str) -> Line:
    """A line of strings (in `Tone.TEXT`) and of (text, tone) pairs; empty ones are left out."""
    made = (Piece(piece) if isinstance(piece, str) else Piece(*piece) for piece in pieces)
    return tuple(piece for piece in made if piece.text)


def fit(text: str, width: int, *, right: bool = False, ellipsis: str = "…") -> str:
    """`text` in exactly `width` cells: padded, or cut with an ellipsis. Wide characters count as two cells."""
    if width <= 0:
        return ""
    # Most text is plain, and there a character is a cell.
    have = len(text) if text.isascii() else cell_len(text)
    if have > width:
        text = _cut(text, width - 1) + ellipsis
        have = cell_len(text)
    padding = " " * (width - have)
    return padding + text if right else text + padding


def _cut(text: str, width: int) -> str:
    if text.isascii():
        return text[:width]
    kept, used = [], 0
    for character in text:
        used += cell_len(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept)


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken between words where there are any."""
    lines: list[str] = []
    current = ""
    for word in text.split(" "):
        candidate = f"{current} {word}" if current else word
        if cell_len(candidate) <= width:
            current = candidate
            continue
        if current:
            lines.append(current)
        *full, current = chop_cells(word, max(2, width)) or [""]
        lines.extend(full)
    lines.append(current)
    return lines


def draw(
    pieces: Line, styles: Mapping[Tone, Style], base: Style, width: int, *, over: Style, ellipsis: str = "…"
) -> Strip:
    """A strip of exactly `width` cells; what is too long is cut with an ellipsis.

    Args:
        pieces: what to draw.
        styles: how each tone looks.
        base: how the rest of the line looks.
        width: in cells.
        over: laid over all of it, as for the row under the cursor.
        ellipsis: what stands for the part that is cut off.
    """
    segments: list[Segment] = []
    left = width
    # Most lines have nothing over them, and then each tone's style is one object: quick to compare.
    plain = over == _NO_STYLE
    for text, tone in pieces:
        if left <= 0:
            break
        have = len(text) if text.isascii() else cell_len(text)
        fitted = text if have <= left else fit(text, left, ellipsis=ellipsis)
        _join(segments, fitted, styles[tone] if plain else styles[tone] + over)
        left -= min(have, left)
    if left > 0:
        _join(segments, " " * left, base if plain else base + over)
    return Strip(segments, width)


def _join(segments: list[Segment], text: str, style: Style) -> None:
    # Every change of style costs up to 40 bytes on the line: a blank takes the style of what stands before it.
    if segments:
        before, look, _ = segments[-1]
        if look is not None and (style is look or style == look or _is_blank_beside(text, style, look)):
            segments[-1] = Segment(before + text, look)
            return
    segments.append(Segment(text, style))


def _is_blank_beside(text: str, style: Style, left: Style) -> bool:
    if not text.isspace():
        return False
    shows_on_a_blank = left.underline or left.reverse or left.strike
    return style.bgcolor == left.bgcolor and not shows_on_a_blank
