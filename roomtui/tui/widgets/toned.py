"""What all line widgets share: tones become styles."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.scroll_view import ScrollView

from roomtui.tui.lines import TONE_CLASSES, TONE_CSS, UNICODE, Line, Tone, draw

if TYPE_CHECKING:
    from rich.style import Style
    from textual.strip import Strip

    from roomtui.tui.lines import Glyphs


class Toned(ScrollView):
    """A scrolling widget that draws lines of toned text, one strip at a time."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(TONE_CLASSES)
    DEFAULT_CSS = f"Toned {{ {TONE_CSS} }}"

    glyphs: Glyphs = UNICODE

    def styles_of_tones(self) -> dict[Tone, Style]:
        """The style of each tone under the current theme (Textual caches them)."""
        return {tone: self.get_component_rich_style(f"tone--{tone.value}", partial=True) for tone in Tone}

    def strip(self, line: Line, width: int, *, over: Style | None = None) -> Strip:
        """`line` drawn in exactly `width` cells; `over` is laid over the widget's own style."""
        base = self.rich_style if over is None else self.rich_style + over
        return draw(line, self.styles_of_tones(), base, width, ellipsis=self.glyphs.ellipsis)
