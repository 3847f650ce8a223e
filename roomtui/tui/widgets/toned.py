"""What all line widgets share: tones become styles."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.scroll_view import ScrollView

from roomtui.tui.lines import ASCII, TONE_CLASSES, TONE_CSS, UNICODE, Line, Tone, draw

if TYPE_CHECKING:
    from textual.strip import Strip

    from roomtui.tui.lines import Glyphs


class Toned(ScrollView):
    """A scrolling widget that draws lines of toned text, one strip at a time."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(TONE_CLASSES)
    DEFAULT_CSS = f"""
    Toned {{
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        scrollbar-color: $panel-lighten-2;
        scrollbar-color-hover: $panel-lighten-2;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        {TONE_CSS}
    }}
    """

    @property
    def glyphs(self) -> Glyphs:
        """The signs that this terminal has."""
        return ASCII if self.app.has_class("-ascii-only") else UNICODE

    def strip(self, line: Line, width: int, *, over: Style | None = None) -> Strip:
        """`line` drawn in exactly `width` cells; `over` is laid over the widget's own style."""
        return draw(
            line,
            _Styles(self),
            self.rich_style,
            width,
            over=Style.null() if over is None else over,
            ellipsis=self.glyphs.ellipsis,
        )


class _Styles(dict[Tone, Style]):
    """The style of each tone under the current theme, for those that are asked for (Textual caches them)."""

    def __init__(self, widget: Toned) -> None:
        super().__init__()
        self._widget = widget

    def __missing__(self, tone: Tone) -> Style:
        style = self._widget.get_component_rich_style(f"tone--{tone.value}")
        self[tone] = style
        return style
