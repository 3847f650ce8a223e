"""A screen whose widgets are matched against the stylesheet once when it opens, not three times."""

from __future__ import annotations

from typing import Any

from textual import events, on
from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType

from roomtui.tui.screens.at_once import AnswersAtOnce
from roomtui.tui.screens.composed import CellCompositor


class StyledOnce(AnswersAtOnce[ScreenResultType]):
    """Knows its size before it has widgets.

    Textual styles every widget when it is mounted, again when the screen is shown for the first time, and again when
    the screen learns how large it is and takes the classes for that (`-narrow`, `-short`...). The classes are taken
    here first of all, and what was just styled is left as it is.
    """

    _was_shown = False

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - handed on as they come
        super().__init__(*args, **options)
        self._compositor = CellCompositor()

    @on(events.Compose)
    def _take_the_size(self) -> None:
        # Textual takes the classes for a size whenever that changes.
        width, height = self.app.size
        classes: set[str] = set()
        for length, breakpoints in (
            (width, self.app.HORIZONTAL_BREAKPOINTS),
            (height, self.app.VERTICAL_BREAKPOINTS),
        ):
            reached = [each for each in breakpoints or () if length >= each[0]]
            classes |= {max(reached)[1]} if reached else set()
        self.add_class(*classes)

    @on(events.ScreenResume)
    def _keep_the_styles(self, event: events.ScreenResume) -> None:
        if not self._was_shown:
            self._was_shown = True
            event.refresh_styles = False


class Dialog(ModalScreen[ScreenResultType], StyledOnce[ScreenResultType]):
    """A screen that lies above another and keeps its keys to itself."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave it, once: pressed again before it has gone, Textual would take the next screen away, or the last."""
        if self.is_current:
            return super().dismiss(result)
        nothing: AwaitComplete = AwaitComplete.nothing()  # type: ignore[no-untyped-call]  # Textual gives no types here
        return nothing
