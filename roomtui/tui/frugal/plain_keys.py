"""Escape is a key of its own, however soon another one follows.

Terminals send alt with a key as escape and that key, and Textual takes what arrives so for one key, or for that key
without the escape. Over a slow line an escape and the next key arrive in one piece all the time: then the escape is
lost, and an enter that was meant for what lies below answers the dialog that was to be left. Here no key is pressed
with alt (multiplexers lose those anyhow), so an escape that begins no sequence of the terminal's own is an escape.

Nor does it matter how the line cuts what is sent: whole or in pieces, the same keys come of it. And what no key is (an
answer that nobody understands, the rest of a sequence that broke off) presses none: Textual takes its letters for keys.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual import events
from textual._time import get_time
from textual._xterm_parser import XTermParser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.message import Message

_ESCAPE: Final = "\x1b"
# CSI and SS3 begin so. ESC TAB is shift+tab on Linux's console; with alt, b, f and backspace go by words in a field.
_GOES_ON: Final = frozenset("[O\tbf\x7f")
_PASTE_BEGINS: Final = "\x1b[200~"
_PASTE_ENDS: Final = "\x1b[201~"
# A sequence that is at its end (ECMA-48, 5.4); two old kinds go on after a letter: F1 to F5 on Linux's console, and
# where the mouse is.
_COMPLETE: Final = re.compile(r"\x1b\[(?![\[M])[0-?]*[ -/]*[@-~]|\x1b\[\[.|\x1b\[M...|\x1bO[0-9;]*[^0-9;]", re.DOTALL)
_TOO_LONG: Final = 32
"""Letters: so long is no key; Textual would take each letter of it for one."""
_TWO_KEYS: Final = 2
"""Letters of what may have been an escape and a key of its own."""


class PlainKeys(XTermParser):
    """Textual's parser of what a terminal sends, in which no escape is taken for an alt."""

    _begun = ""
    _pasted: str | None = None

    def feed(self, data: str) -> Iterable[Message]:
        """Parse `data`; a sequence that is begun at its end waits for what follows, as Textual has it.

        What is pasted is only text, in however many pieces and however late it comes: Textual takes what follows a
        marker that arrives in two pieces for keys.
        """
        at = 0
        while at < len(data):
            if self._pasted is None:
                yield from self._take(data[at])
                at += 1
                continue
            pasted, ends, data = (self._pasted + data[at:]).partition(_PASTE_ENDS)
            at = 0
            self._pasted = None if ends else pasted
            if ends:
                yield events.Paste(pasted.replace("\0", ""))

    def tick(self) -> Iterable[Message]:
        """See whether a sequence should have gone on by now."""
        if self._timeout_time is not None and get_time() >= self._timeout_time:
            yield from self._break_off()

    def _take(self, letter: str) -> Iterable[Message]:
        if self._begun and (letter == _ESCAPE or (self._begun == _ESCAPE and letter not in _GOES_ON)):
            yield from self._break_off()
        if self._begun or letter == _ESCAPE:
            self._begun += letter
        if self._begun == _PASTE_BEGINS:
            self._forget()
            self._pasted = ""
            return
        if len(self._begun) < _TOO_LONG:
            yield from super().feed(letter)
        if self._timeout_time is None:
            self._begun = ""  # a key, or an answer that is understood
        elif _COMPLETE.fullmatch(self._begun):
            unknown = self._begun
            self._forget()
            if unknown[1] == "O":
                yield from self._one_by_one(unknown)  # no terminal's

    def _break_off(self) -> Iterable[Message]:
        begun = self._begun
        self._forget()
        if len(begun) <= _TWO_KEYS:
            yield from self._one_by_one(begun)

    def _one_by_one(self, letters: str) -> Iterable[Message]:
        yield events.Key("escape", _ESCAPE)
        for letter in letters[1:]:
            yield from super().feed(letter)

    def _forget(self) -> None:
        """Let what was begun be nothing."""
        self._begun = ""
        self._timeout_time = None
        self._gen = self.parse(self._tokens.append)
        self._awaiting = next(self._gen)
