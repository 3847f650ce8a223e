"""A field with its name before it, and what is wrong with it below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from roomtui.tui.lines import Tone, line, wrap
from roomtui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widgets import Input

    from roomtui.tui.widgets.choice import Choice


class FormRow(Vertical):
    """One field of a form.

    Args:
        label: its name; always the program's own words.
        control: where it is typed or chosen.
    """

    DEFAULT_CSS = """
    FormRow {
        height: auto;
        & > Horizontal { height: 1; }
        & .label { width: 24; height: 1; color: $text-muted; }
        & Input, & Choice { width: 1fr; margin: 0; }
        & .echo { width: auto; height: 1; padding-left: 1; }
        & .complaint { display: none; height: auto; margin-left: 24; }
    }
    """

    def __init__(self, label: str, control: Input | Choice) -> None:
        super().__init__(id=f"row-{control.id}")
        self._label = label
        self.control = control
        self._complaint = ""

    def compose(self) -> ComposeResult:
        """Name and field; below them what is wrong."""
        with Horizontal():
            yield Static(self._label, markup=False, classes="label")
            yield self.control
            yield LineView(classes="echo")
        yield LineView(classes="complaint")

    @property
    def value(self) -> str:
        """What was typed or chosen."""
        return self.control.value

    def echo(self, text: str) -> None:
        """Say beside the field what its value comes to."""
        self.query_one(".echo", LineView).show([line((text, Tone.DIM))] if text else [])

    def complain(self, sentence: str = "") -> None:
        """Say what is wrong with it; nothing for nothing."""
        if sentence == self._complaint:
            return
        self._complaint = sentence
        view = self.query_one(".complaint", LineView)
        view.display = bool(sentence)
        width = max(20, self.size.width - (2 if self.app.size.width < 70 else 24))
        view.show([line((text, Tone.BAD)) for text in wrap(sentence, width)] if sentence else [])
