"""A screen that draws what a key has changed at once.

Textual draws by a timer, sixty times a second; where something else was drawn just before, as it is all the time while
many rooms are watched, the answer to a key waits for its next turn but one, up to 33 ms.
"""

from __future__ import annotations

from textual.screen import Screen, ScreenResultType

from roomtui.tui.keys import OneKeyAtATime


class AnswersAtOnce(Screen[ScreenResultType]):
    """Leaves to the timer what answers no key, and what is laid out anew: of that more is to come in a moment.

    While a key is carried out, what else has changed waits, too, and is drawn with the answer.
    """

    def on_idle(self) -> None:
        """Draw what is to be drawn, if a person waits for it."""
        app = self.app
        if self._only_repaints and isinstance(app, OneKeyAtATime) and app.is_to_be_drawn_at_once():
            super()._on_timer_update()

    def _on_timer_update(self) -> None:
        app = self.app
        if not (self._only_repaints and isinstance(app, OneKeyAtATime) and app.is_about_to_answer):
            super()._on_timer_update()  # else the timer goes on, and asks again

    @property
    def _only_repaints(self) -> bool:
        is_changed = self._layout_required or self._scroll_required or self._recompose_required
        return bool(self._dirty_widgets) and self.is_current and not is_changed
