"""A screen that draws what a key has changed at once.

Textual draws by a timer, sixty times a second; where something else was drawn just before, as it is all the time while
many rooms are watched, the answer to a key waits for its next turn but one, up to 33 ms.
"""

from __future__ import annotations

from textual.screen import Screen, ScreenResultType

from roomtui.tui.keys import OneKeyAtATime


class AnswersAtOnce(Screen[ScreenResultType]):
    """Leaves to the timer what answers no key, and what is laid out anew: of that more is to come in a moment."""

    def on_idle(self) -> None:
        """Draw what is to be drawn, if a person waits for it."""
        if not self._dirty_widgets or not self.is_current:
            return
        if self._layout_required or self._scroll_required or self._recompose_required:
            return
        app = self.app
        if isinstance(app, OneKeyAtATime) and app.is_to_be_drawn_at_once():
            self._on_timer_update()
