"""One key at a time, however fast they come.

Textual hands each key to whatever has the focus when it arrives. A slow line delivers several at once: then the letters
behind `/` or `e` are handed to the table too, before the field they are meant for has the focus, and run as commands
there. Here a key waits until the one before it has been carried out, and what that opened is ready.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

from textual import events, on
from textual.message import Message

from roomtui.tui.sized import Sized

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.widget import Widget

# Whoever was handed the key may be gone before it says that it is done with it: then the next one waits no longer. As
# long as it is there it may be slow, on a busy host: what is typed behind a key that opens a dialog belongs there.
_PATIENCE: Final = 0.5
_LONG_PATIENCE: Final = 5.0
_A_MOMENT: Final = 0.05
"""Seconds for which drawing what answers no key is put off while one is carried out."""


class _Handled(Message):
    """Follows a key on its way up from the focused widget, and so arrives here behind it."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class OneKeyAtATime(Sized):
    """An app in which no key, and no paste, overtakes what the one before it has set going."""

    def __init__(self, *, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class=driver_class)
        self._keys_waiting: deque[events.Key | events.Paste] = deque()
        self._key_number = 0
        self._key_timer: asyncio.TimerHandle | None = None
        self._is_unanswered = False
        self._key_began: float | None = None

    @property
    def is_about_to_answer(self) -> bool:
        """Whether a key is being carried out: in a moment there is more to draw."""
        began = self._key_began
        is_new = began is not None and asyncio.get_running_loop().time() - began < _A_MOMENT
        return is_new and not self._keys_waiting

    def is_to_be_drawn_at_once(self) -> bool:
        """Whether what has changed may answer a key that was carried out, and no other one is about to change it again.

        To be asked whenever something is to be drawn: once the next key has its turn, the next drawing is the last.
        """
        if self._key_began is not None or self._keys_waiting:
            return False
        at_once, self._is_unanswered = self._is_unanswered, self._is_unanswered and self._key_timer is not None
        return at_once

    async def on_event(self, event: events.Event) -> None:
        """Let a key wait for its turn; everything else goes its way."""
        if not isinstance(event, (events.Key, events.Paste)) or event.is_forwarded:
            await super().on_event(event)
        elif self._key_timer is not None:
            self._keys_waiting.append(event)
        else:
            await self._hand_on(event)

    async def _hand_on(self, key: events.Key | events.Paste) -> None:
        self._key_number += 1
        self._is_unanswered = True
        number = self._key_number
        if (tell := getattr(self._driver, "key_handed_on", None)) is not None:
            tell()
        loop = asyncio.get_running_loop()
        self._key_began = loop.time()
        target = self.focused or self.screen
        until = loop.time() + _LONG_PATIENCE
        self._key_timer = loop.call_later(_PATIENCE, self._wait_no_longer, number, target, until)
        await super().on_event(key)
        target.post_message(_Handled(number))

    def _wait_no_longer(self, number: int, target: Widget, until: float) -> None:
        loop = asyncio.get_running_loop()
        if number == self._key_number and target.is_running and loop.time() < until:
            self._key_timer = loop.call_later(_PATIENCE, self._wait_no_longer, number, target, until)
        else:
            self.call_later(self._next_key, number)

    @on(_Handled)
    def _key_was_handled(self, message: _Handled) -> None:
        self._key_began = None
        # A screen that the key has opened mounts first, and then focuses; focusing passes through our own queue.
        self.screen.call_later(self.call_later, self._next_key, message.number)

    async def _next_key(self, number: int) -> None:
        if number != self._key_number or self._key_timer is None:
            return
        self._key_timer.cancel()
        self._key_timer = self._key_began = None
        if self._keys_waiting:
            await self._hand_on(self._keys_waiting.popleft())
