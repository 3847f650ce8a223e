"""The part of a screen that is drawn when some of its cells have changed: those cells, and no others.

Textual draws every widget that touches the rectangle around all that changed, and each changed line from the left edge
of its widget. Where a countdown ticks at the top of the screen and another at the bottom, that is the whole screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual._compositor import Compositor, CompositorUpdate
from textual.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderResult
    from textual._compositor import ChopsUpdate
    from textual.strip import Strip
    from textual.widget import Widget


class Cells(CompositorUpdate):
    """Strips, each with the row and the column at which it is written (from 0)."""

    def __init__(self, strips: Sequence[tuple[int, int, Strip]]) -> None:
        self.strips = strips

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """As text without places."""
        for _, _, strip in self.strips:
            yield from strip

    def render_segments(self, console: Console) -> str:
        """What the terminal is sent."""
        return "".join([f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for y, x, strip in self.strips])


class _Front(NamedTuple):
    """From which column of a row to which (the one behind the last) a widget is in front, and where all of it lies."""

    start: int
    end: int
    widget: Widget
    region: Region


class CellCompositor(Compositor):
    """Textual's compositor, which asks each widget for those cells that are dirty and not covered."""

    def __init__(self) -> None:
        super().__init__()
        # By row; found out once for each way in which the widgets lie.
        self._fronts: dict[int, list[_Front]] = {}
        self._fronts_of: object = None

    def render_partial_update(self) -> ChopsUpdate | Cells | None:  # type: ignore[override] # it is an update, too
        """The dirty cells; None where there are none."""
        if self._fronts_of is not self.visible_widgets:
            self._fronts, self._fronts_of = {}, self.visible_widgets
        blocks: dict[tuple[Widget, Region, int, int], list[int]] = {}
        for y, left, right in self._regions_to_spans(self._dirty_regions):
            for start, end, widget, region in self._in_front(y):
                x1, x2 = max(start, left), min(end, right)
                if x1 < x2:
                    blocks.setdefault((widget, region, x1, x2), []).append(y)
        strips: list[tuple[int, int, Strip]] = []
        for (widget, region, x1, x2), rows in blocks.items():
            for top, count in _runs(rows):
                drawn = widget.render_lines(Region(x1 - region.x, top - region.y, x2 - x1, count))
                if len(drawn) != count or any(strip.cell_length != x2 - x1 for strip in drawn):
                    return super().render_partial_update()  # not all of it covers what lies behind
                strips += [(y, x1, strip) for y, strip in enumerate(drawn, top)]
        self._dirty_regions.clear()
        return Cells(strips) if strips else None

    def _in_front(self, y: int) -> list[_Front]:
        fronts = self._fronts.get(y)
        if fronts is None:
            fronts = self._fronts[y] = list(self._find_fronts(y)) if 0 <= y < self.size.height else []
        return fronts

    def _find_fronts(self, y: int) -> Iterator[_Front]:
        bare = [(0, self.size.width)]
        for widget, (region, clip) in self.visible_widgets.items():  # what is in front comes first
            seen = region.intersection(clip)
            if not seen.y <= y < seen.bottom:
                continue
            left: list[tuple[int, int]] = []
            for start, end in bare:
                x1, x2 = max(start, seen.x), min(end, seen.right)
                if x1 >= x2:
                    left.append((start, end))
                    continue
                yield _Front(x1, x2, widget, region)
                left += [(a, b) for a, b in ((start, x1), (x2, end)) if a < b]
            bare = left


def _runs(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring rows, from top to bottom: the first, and how many they are."""
    first = following = -1
    for row in rows:
        if row != following:
            if first >= 0:
                yield first, following - first
            first = row
        following = row + 1
    if first >= 0:
        yield first, following - first
