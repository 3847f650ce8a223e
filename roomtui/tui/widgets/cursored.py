"""What the tables share: a cursor on one of the lines, and how a line is drawn that is known by what stands on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region

from roomtui.tui.widgets.toned import Toned

if TYPE_CHECKING:
    from rich.style import Style
    from textual.strip import Strip

    from roomtui.tui.lines import Line


class Cursored(Toned):
    """Lines with a cursor on one of them, which is a line of another ground."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--cursor"}
    DEFAULT_CSS = """
    Cursored {
        background: $background;
        scrollbar-gutter: stable;
        & > .table--cursor { background: $primary-muted; }
        &:ansi > .table--cursor { background: transparent; text-style: reverse; }
    }
    """

    @property
    def cursor_style(self) -> Style:
        """What is laid over the line that the cursor is on."""
        return self.get_component_rich_style("table--cursor", partial=True)


class LineTable(Cursored):
    """Makes only the lines on screen, and draws of these only what has changed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._drawn: dict[int, tuple[Line, bool]] = {}

    def _wanted(self, y: int) -> tuple[Line, bool]:
        """What is to stand at row `y` of the widget, and whether the cursor is on it."""
        raise NotImplementedError

    def action_move(self, steps: int) -> None:
        """Move the cursor by `steps` lines."""
        raise NotImplementedError

    def action_page(self, direction: int) -> None:
        """Move the cursor by a screenful."""
        self.action_move(direction * max(1, self.size.height - 1))

    def redraw(self) -> None:
        """Draw the lines that are not what stands there."""
        if not self._drawn:
            self.refresh()
            return
        width = self.size.width
        changed = [y for y, drawn in self._drawn.items() if y < self.size.height and drawn != self._wanted(y)]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """Draw the line at row `y` of the widget."""
        line, is_cursor = self._drawn[y] = self._wanted(y)
        over = self.cursor_style if is_cursor else None
        return self.strip(line, self.scrollable_content_region.width, over=over)
