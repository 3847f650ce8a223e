"""A few lines of text that change now and then: only the lines that differ are drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region, Size
from textual.strip import Strip

from roomtui.tui.widgets.toned import Toned
from roomtui.tui.widths import cell_len

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roomtui.tui.lines import Line


class LineView(Toned, can_focus=False):
    """Shows lines; scrolls where there are more than fit."""

    DEFAULT_CSS = "LineView { height: auto; background: transparent; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = ()
        self._top = self._width = 0

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def show(self, lines: Sequence[Line]) -> None:
        """Show `lines`; draws only those that differ from what is shown."""
        new, old = tuple(lines), self._lines
        if new == old:
            return
        self._lines = new
        taller = len(new) != len(old)
        wider = self.styles.is_auto_width and _widest(new) != _widest(old)
        if taller or wider:
            self.reach(len(new))
            # What it took to show the old ones: where a layout is wanted already, Textual would go by that once more.
            self._box_model_cache.clear()
            self.refresh(layout=wider or self.styles.is_auto_height)
            return
        (width, height), top = self.size, self.scroll_offset.y
        regions: list[Region] = []
        for y, (before, after) in enumerate(zip(old, new, strict=True), -top):
            if before != after and 0 <= y < height:
                start = _same_up_to(before, after)
                if start < width:
                    regions.append(Region(start, y, width - start, 1))
        if regions:
            self.refresh(*regions)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual asks with these
        """As wide as the widest line."""
        return _widest(self._lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual asks with these
        """One row a line."""
        return len(self._lines)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw what is asked for of these lines."""
        # Once for all of them: Textual works out afresh each time where a widget is and how far it is scrolled.
        self._top, self._width = self.scroll_offset.y, self.scrollable_content_region.width
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw the line at row `y` of the widget."""
        index = y + self._top
        if index >= len(self._lines):
            return Strip.blank(self._width, self.rich_style)
        return self.strip(self._lines[index], self._width)


def _widest(lines: Sequence[Line]) -> int:
    return max((sum(cell_len(piece.text) for piece in line) for line in lines), default=0)


def _same_up_to(before: Line, after: Line) -> int:
    """How many cells at the beginning of a line are the same in another."""
    cells = 0
    for old, new in zip(before, after, strict=False):
        if old != new:
            break
        cells += cell_len(old.text)
    return cells
