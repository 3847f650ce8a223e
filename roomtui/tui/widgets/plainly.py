"""Lines of widgets without any ornament, as they are: Textual would look for borders around each and copy it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual._styles_cache import StylesCache

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.strip import Strip
    from textual.widget import Widget

_ORNAMENTS: Final = (
    "outline_top",
    "outline_right",
    "outline_bottom",
    "outline_left",
    "hatch",
    "tint",
    "text_opacity",
)
"""What changes a line without taking room of its own, as borders and padding do."""


class PlainStylesCache(StylesCache):
    """Textual's store of a widget's lines; where nothing adorns them, they are kept as the widget has drawn them.

    So a line that only moves is the same strip, with all that was found out of it. Of a line that is dirty, a widget
    may draw the part alone that is asked for: `render_part(y, start, end)`, None where it would rather draw all of it.
    """

    def render_widget(self, widget: Widget, crop: Region) -> list[Strip]:
        """The lines of the widget in this region."""
        styles = widget.styles
        if any(styles.gutter) or styles.has_any_rules(*_ORNAMENTS) or widget.opacity != 1.0:
            return super().render_widget(widget, crop)
        width = widget.region.width
        if width != self._width:
            self.clear()
            self._width = width
        background = widget.background_colors[1]
        filters, (start, end) = widget.get_line_filters(), crop.column_span
        part = getattr(widget, "render_part", None) if end - start < width else None
        strips: list[Strip] = []
        for y in crop.line_range:
            strip = part(y, start, end) if part is not None and y in self._dirty_lines else None
            if strip is None:
                strip = self._line(widget, y, width, end).crop(start, end)
            for each in filters:
                strip = strip.apply_filter(each, background)
            strips.append(strip)
        return strips

    def _line(self, widget: Widget, y: int, width: int, end: int) -> Strip:
        strip = None if y in self._dirty_lines else self._cache.get(y)
        if strip is None:
            strip = self._cache[y] = widget.render_line(y)
            self._dirty_lines.discard(y)
        if end <= strip.cell_length <= width:
            return strip
        inner, _ = self.get_inner_outer(*widget.background_colors)
        return strip.adjust_cell_length(width, inner.rich_style)
