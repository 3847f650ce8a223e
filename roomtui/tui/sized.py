"""The size of the terminal, followed whatever comes in between.

Textual lays out anew a moment after a change, by a timer that skips a call for which it is late: held up just then, by
a stop or by a busy machine, it never lays out anything again.
"""

from __future__ import annotations

import asyncio
from typing import Final

from textual import events
from textual.app import App

_A_MOMENT: Final = 1 / 120


class Sized(App[None]):
    """An app that is always laid out in the size that was told last."""

    _laid_out_soon: asyncio.TimerHandle | None = None

    async def _on_resize(self, event: events.Resize) -> None:
        event.stop()
        event.prevent_default()
        is_first = self._size is None
        if self._size == event.size:
            return
        # Another one for the screen: with this one Textual is to do nothing.
        told = events.Resize(event.size, event.virtual_size, event.container_size, event.pixel_size)
        self._size, self._resize_event = event.size, told
        if is_first:
            self._check_resize()
        elif self._laid_out_soon is None:
            # Of a storm of sizes only the last one counts.
            self._laid_out_soon = asyncio.get_running_loop().call_later(_A_MOMENT, self.call_later, self._lay_out_anew)

    def _lay_out_anew(self) -> None:
        self._laid_out_soon = None
        self._check_resize()
