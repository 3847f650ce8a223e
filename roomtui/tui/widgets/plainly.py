"""Lines of widgets without any ornament, as they are: Textual would look for borders around each and copy it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual._styles_cache import StylesCache

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.color import Color
    from textual.css.styles import StylesBase
    from textual.geometry import Region, Size, Spacing
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

    So a line that only moves is the same strip, with all that was found out of it.
    """

    _plain = False

    def render_widget(self, widget: Widget, crop: Region) -> list[Strip]:
        """The lines of the widget in this region."""
        styles = widget.styles
        self._plain = not any(styles.gutter) and not styles.has_any_rules(*_ORNAMENTS) and widget.opacity == 1.0
        return super().render_widget(widget, crop)

    def render_line(
        self,
        styles: StylesBase,
        y: int,
        size: Size,
        content_size: Size,
        padding: Spacing,
        base_background: Color,
        background: Color,
        render_content_line: Callable[[int], Strip],
        *rest: Any,  # noqa: ANN401 - handed on as it comes
    ) -> Strip:
        """One line."""
        if self._plain and y < content_size.height:
            inner, _ = self.get_inner_outer(base_background, background)
            return render_content_line(y).adjust_cell_length(size.width, inner.rich_style)
        return super().render_line(
            styles, y, size, content_size, padding, base_background, background, render_content_line, *rest
        )
