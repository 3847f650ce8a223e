"""Which columns the table has, in which order, how wide: chosen with the table in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.widgets import Static

from roomtui.tui.columns import BY_KEY
from roomtui.tui.layout import Arrangement
from roomtui.tui.lines import Tone, fit, line
from roomtui.tui.screens.styled_once import Dialog
from roomtui.tui.widgets.box import Box
from roomtui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from roomtui.tui.layout import Layout
    from roomtui.tui.lines import Line

_TITLE: Final = 14
_HINTS: Final = ("space shows, hides; J K move it down, up", "+ - wider, narrower; 0 as usual; esc closes")


class ColumnsDialog(Dialog[None]):
    """Lists all columns; what is changed is shown in the table at once.

    Args:
        shown: the columns that are shown now.
        changed: is told each change; None: as usual.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,C", "dismiss(None)", "Close", key_display="esc"),
        Binding("up,k", "step(-1)", "Up", show=False),
        Binding("down,j", "step(1)", "Down", show=False),
        Binding("space", "turn", "Show, hide", show=False),
        Binding("K", "move(-1)", "Move up", show=False),
        Binding("J", "move(1)", "Move down", show=False),
        Binding("plus", "widen(1)", "Wider", show=False),
        Binding("minus", "widen(-1)", "Narrower", show=False),
        Binding("0", "usual", "As usual", show=False),
    ]

    def __init__(self, shown: Layout, changed: Callable[[Layout | None], None]) -> None:
        super().__init__()
        self._arrangement = Arrangement(shown)
        self._changed = changed
        self._here = 0

    def compose(self) -> ComposeResult:
        """The columns, and what can be done with them."""
        with Box(classes="dialog small"):
            yield Static("Columns", classes="title")
            yield LineView(id="columns")
            for hint in _HINTS:
                yield Static(hint, markup=False, classes="hint")

    def on_mount(self) -> None:
        """Show them."""
        self._show()

    @property
    def _key(self) -> str:
        return self._arrangement.keys[self._here]

    def _show(self) -> None:
        lines = self.query_one("#columns", LineView)
        lines.show([self._line(index) for index in range(len(self._arrangement.keys))])
        lines.scroll_to(y=max(0, self._here - lines.size.height // 2), animate=False, immediate=True)

    def _line(self, index: int) -> Line:
        key, here = self._arrangement.keys[index], index == self._here
        column, shown = BY_KEY[key], self._arrangement.is_shown(key)
        title = f"{column.title} (short)" if key == "type_short" else column.title
        wide = self._arrangement.width(key)
        tone = Tone.STRONG if here else Tone.TEXT if shown else Tone.DIM
        return line(
            (">" if here else " ", Tone.STRONG),
            (f" [{'x' if shown else ' '}] {fit(title, _TITLE)}", tone),
            (f" {wide or 'the rest':>8}", Tone.DIM),
        )

    def _tell(self) -> None:
        self._changed(self._arrangement.layout)
        self._show()

    def action_step(self, steps: int) -> None:
        """Go up or down."""
        self._here = max(0, min(self._here + steps, len(self._arrangement.keys) - 1))
        self._show()

    def action_turn(self) -> None:
        """Show or hide the column."""
        if self._arrangement.turn(self._key):
            self._tell()

    def action_move(self, steps: int) -> None:
        """Move the column."""
        self._arrangement.move(self._key, steps)
        self._here = max(0, min(self._here + steps, len(self._arrangement.keys) - 1))
        self._tell()

    def action_widen(self, cells: int) -> None:
        """Make the column wider or narrower."""
        self._arrangement.widen(self._key, cells)
        self._tell()

    def action_usual(self) -> None:
        """Take the usual columns again."""
        self._changed(None)
        self.dismiss(None)
