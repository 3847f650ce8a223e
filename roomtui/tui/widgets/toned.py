"""What all line widgets share: tones become styles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.style import Style
from textual.color import Color
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.widget import Widget

from roomtui.tui.lines import ASCII, UNICODE, Line, Tone, draw
from roomtui.tui.widgets.plainly import PlainStylesCache

if TYPE_CHECKING:
    from textual.strip import Strip

    from roomtui.tui.lines import Glyphs

_COLOURS: Final = {
    Tone.TEXT: "foreground",
    Tone.DIM: "text-muted",
    Tone.STRONG: "foreground",
    Tone.TITLE: "text-accent",
    Tone.ACCOUNT: "account",  # the profile's own, else that of a title
    Tone.SOON: "text-warning",
    Tone.CLOSING: "text-error",
    Tone.GOOD: "text-success",
    Tone.WARN: "text-warning",
    Tone.BAD: "text-error",
}
"""The theme's variable for the colour of each tone."""
_BOLD: Final = frozenset({Tone.STRONG, Tone.TITLE, Tone.ACCOUNT, Tone.CLOSING, Tone.WARN, Tone.BAD})


class Toned(ScrollView):
    """A scrolling widget that draws lines of toned text, one strip at a time.

    The tones are no component classes: Textual matches each of those against every rule of the stylesheet for each
    widget whenever its look may have changed, and that was most of what opening a dialog took.
    """

    DEFAULT_CSS = """
    Toned {
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        scrollbar-color: $panel-lighten-2;
        scrollbar-color-hover: $panel-lighten-2;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own name
        self._tones = ToneStyles(self)
        super().__init__(id=id, classes=classes)
        self._styles_cache = PlainStylesCache()

    @property
    def glyphs(self) -> Glyphs:
        """The signs that this terminal has."""
        return ASCII if self.app.has_class("-ascii-only") else UNICODE

    def notify_style_update(self) -> None:
        """Forget how tones look: the theme or the background may be another."""
        self._tones.clear()
        super().notify_style_update()

    def reach(self, lines: int) -> None:
        """Be so many lines long, on screen or not; only where a scrollbar comes or goes is anything laid out anew.

        Textual lays out the whole screen whenever a `virtual_size` is set, which here is where nothing else depends on.
        """
        size = Size(self.scrollable_content_region.width, lines)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            if self.container_size:
                self._scroll_update(size)

    def strip(self, line: Line, width: int, *, over: Style | None = None) -> Strip:
        """`line` drawn in exactly `width` cells; `over` is laid over the widget's own style."""
        return draw(
            line,
            self._tones,
            self._tones.base,
            width,
            over=Style.null() if over is None else over,
            ellipsis=self.glyphs.ellipsis,
        )


class ToneStyles(dict[Tone, Style]):
    """The style of each tone under the current theme on the widget's background, for those that are asked for."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget
        self._base: Style | None = None

    @property
    def base(self) -> Style:
        """How a line looks where nothing stands."""
        if self._base is None:
            self._base = self._widget.rich_style
        return self._base

    def clear(self) -> None:
        """Look again: to be called where the theme or the background may be another."""
        self._base = None
        super().clear()

    def __missing__(self, tone: Tone) -> Style:
        background = self._widget.background_colors[1]
        colour = _on(background, self._widget.app.theme_variables[_COLOURS[tone]])
        style = self.base + Style(color=colour.rich_color, bold=tone in _BOLD or None)
        self[tone] = style
        return style


def _on(background: Color, variable: str) -> Color:
    """A colour of the theme as it shows on this background: `auto 60%` is light or dark, whichever can be read."""
    name, *share = variable.split()
    alpha = float(share[0].removesuffix("%")) / 100 if share else 1.0
    if name == "auto":
        return background + background.get_contrast_text(alpha)
    return background + Color.parse(name).multiply_alpha(alpha)
