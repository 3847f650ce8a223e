"""A field with its name before it, and what is wrong with it below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.widget import Widget

from roomtui.tui.lines import Tone, draw, line, wrap
from roomtui.tui.widgets.line_view import LineView
from roomtui.tui.widgets.toned import ToneStyles

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.strip import Strip
    from textual.widgets import Input

    from roomtui.tui.lines import Line
    from roomtui.tui.widgets.choice import Choice

_NARROW_INDENT = 2


class FormRow(Widget):
    """One field of a form. It draws the name and the complaint itself: a form has many rows.

    Args:
        label: its name; always the program's own words.
        control: where it is typed or chosen.
        echoes: whether what its value comes to is said beside it.
    """

    DEFAULT_CSS = """
    FormRow {
        layout: horizontal;
        height: 1;
        padding-right: 1;
        & > Input, & > Choice { width: 1fr; height: 1; margin: 0 0 0 24; }
        & > .echo { width: auto; height: 1; padding-left: 1; }
    }
    """

    def __init__(self, label: str, control: Input | Choice, *, echoes: bool = False) -> None:
        self._tones = ToneStyles(self)
        super().__init__(id=f"row-{control.id}")
        self._label = label
        self.control = control
        self._echo = LineView(classes="echo") if echoes else None
        self._complaint = ""
        self._below: list[Line] = []

    def compose(self) -> ComposeResult:
        """The field, and what it comes to."""
        yield self.control
        if self._echo is not None:
            yield self._echo

    @property
    def value(self) -> str:
        """What was typed or chosen."""
        return self.control.value

    @property
    def complaint(self) -> str:
        """What is wrong with it, nothing for nothing."""
        return self._complaint

    def echo(self, text: str) -> None:
        """Say beside the field what its value comes to."""
        if self._echo is not None:
            self._echo.show([line((text, Tone.DIM))] if text else [])

    def complain(self, sentence: str = "") -> None:
        """Say what is wrong with it; nothing for nothing."""
        if sentence == self._complaint:
            return
        self._complaint = sentence
        width = max(20, self.content_size.width - self._indent)
        self._below = [line(" " * self._indent, (text, Tone.BAD)) for text in wrap(sentence, width)] if sentence else []
        self.styles.height = 1 + len(self._below)
        self.refresh()

    @property
    def _indent(self) -> int:
        return _NARROW_INDENT if self.screen.has_class("-narrow") else self.control.styles.margin.left

    # -- drawing

    def notify_style_update(self) -> None:
        """The theme may be another."""
        self._tones.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """Draw the name, or the complaint; the field lies above that."""
        rows = [line((self._label, Tone.DIM)), *self._below]
        pieces = rows[y] if y < len(rows) else ()
        return draw(pieces, self._tones, self._tones.base, self.content_size.width, over=Style.null())
