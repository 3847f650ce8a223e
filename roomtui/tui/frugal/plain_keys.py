"""Escape is a key of its own, however soon another one follows.

Terminals send alt with a key as escape and that key, and Textual takes what arrives so for one key, or for that key
without the escape. Over a slow line an escape and the next key arrive in one piece all the time: then the escape is
lost, and an enter that was meant for what lies below answers the dialog that was to be left. Here no key is pressed
with alt (multiplexers lose those anyhow), so an escape that begins no sequence of the terminal's own is an escape.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual import events
from textual._xterm_parser import XTermParser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.message import Message

_ESCAPE: Final = "\x1b"
# CSI and SS3 begin so. ESC TAB is shift+tab on Linux's console; with alt, b, f and backspace go by words in a field.
_GOES_ON: Final = r"\x1b\[O\tbf\x7f"
_ALONE: Final = re.compile(rf"(?<=\x1b)(?=[^{_GOES_ON}])")
_PASTE_BEGINS: Final = "\x1b[200~"
_PASTE_ENDS: Final = "\x1b[201~"
_PERHAPS_A_PASTE: Final = re.compile(r"\x1b\[20{0,2}$")
_BEGINS_ALONE: Final = re.compile(rf"[^{_GOES_ON}]")


class PlainKeys(XTermParser):
    """Textual's parser of what a terminal sends, in which no escape is taken for an alt."""

    _holds_an_escape = False
    _held = ""
    _pasted: str | None = None

    def feed(self, data: str) -> Iterable[Message]:
        """Parse `data`; an escape at its end waits for what follows, as Textual has it.

        What is pasted is only text, in however many pieces and however late it comes: Textual takes what follows a
        marker that arrives in two pieces for keys.
        """
        data, self._held = self._held + data, ""
        while data:
            if self._pasted is None:
                keys, begins, data = data.partition(_PASTE_BEGINS)
                if begins:
                    self._pasted = ""
                elif begun := _PERHAPS_A_PASTE.search(keys):
                    keys, self._held = keys[: begun.start()], keys[begun.start() :]
                if keys:
                    yield from self._keys(keys)
                continue
            pasted, ends, data = (self._pasted + data).partition(_PASTE_ENDS)
            self._pasted = None if ends else pasted
            if ends:
                yield events.Paste(pasted.replace("\0", ""))

    def _keys(self, data: str) -> Iterable[Message]:
        if self._holds_an_escape and _BEGINS_ALONE.match(data):
            yield from self._end_the_wait()
        parts = _ALONE.split(data)
        for number, part in enumerate(parts, 1):
            yield from super().feed(part)
            if number < len(parts):
                yield from self._end_the_wait()
        self._holds_an_escape = data.endswith(_ESCAPE)

    def _end_the_wait(self) -> Iterable[Message]:
        # As if the time were up in which a sequence has to go on.
        if self._timeout_time is not None:
            self._timeout_time = 0.0
            yield from self.tick()
