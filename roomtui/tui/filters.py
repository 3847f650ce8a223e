"""What is drawn, made fit for a terminal that cannot show all of it: the last thing that happens to a line."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter, Monochrome, NoColor

from roomtui.tui.widths import cell_len

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.color import Color

UNSHOWABLE: Final = "?"
"""What stands, in each of its cells, for a character that the terminal has no letter for."""


class WithoutColours(LineFilter):
    """Leaves bold, underlined and reversed; takes every colour, and what some terminals show as one (dim, italic)."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same text without colours."""
        del background
        return [Segment(text, _plain(style), control) for text, style, control in segments]


@lru_cache(1024)
def _plain(style: Style | None) -> Style | None:
    if style is None:
        return None
    kept = Style(bold=style.bold or None, underline=style.underline or None, reverse=style.reverse or None)
    return kept + Style.from_meta(style.meta) if style.meta else kept


class OnlyAscii(LineFilter):
    """Puts a sign in the place of what is not ASCII, cell by cell: strangers' names, above all.

    The raw name still serves looking up and copying.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same text, as wide as before, in ASCII."""
        del background
        if all(segment.text.isascii() for segment in segments):
            return segments
        return [Segment(_ascii(text), style, control) for text, style, control in segments]


@lru_cache(4096)
def _ascii(text: str) -> str:
    if text.isascii():
        return text
    # A mark that joins the letter before it has no cell of its own.
    return "".join(each if each.isascii() else UNSHOWABLE * cell_len(each) for each in text)


def fit_for(filters: Sequence[LineFilter], *, no_colours: bool, ascii_only: bool) -> list[LineFilter]:
    """Textual's filters, with ours behind them; its own of this kind leave greys, or the codes of default colours."""
    kept = [each for each in filters if not isinstance(each, (Monochrome, NoColor))]
    if no_colours:
        kept.append(WithoutColours())
    if ascii_only:
        kept.append(OnlyAscii())
    return kept
