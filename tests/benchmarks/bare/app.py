"""The least that an app on Textual can be, as a measure for the start: `python -m tests.benchmarks.bare.app`."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class BareApp(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        yield Static("ready")


if __name__ == "__main__":
    BareApp().run(mouse=False)
