"""A terminal with a clipboard, as a real one has it: it obeys OSC 52, and no wrapping of it."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ESC, _BEL, _CAN, _SUB = 0x1B, 0x07, 0x18, 0x1A
_STRINGS = {ord("]"): "OSC", ord("P"): "DCS", ord("X"): "SOS", ord("^"): "PM", ord("_"): "APC"}
_WRITES = re.compile(rb"52;([a-z0-9]*);([^;]*)", re.DOTALL)


class Clipboard:
    """What lies in the clipboard after these bytes; `asked` is how often somebody wanted to read it."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.asked = 0
        self._state = "ground"
        self._string = bytearray()

    def feed(self, data: bytes) -> None:
        """Obey what is written: ECMA-48, and xterm's way to end an OSC by BEL."""
        for byte in data:
            if self._state == "escape":
                self._after_escape(byte)
            elif self._state == "ground":
                if byte == _ESC:
                    self._state = "escape"
            elif byte == _ESC:
                # Whatever follows, the string has come to its end.
                self._end()
                self._state = "escape"
            elif byte == _BEL and self._state == "OSC":
                self._end()
            elif byte in {_CAN, _SUB}:
                self._state = "ground"
            else:
                self._string.append(byte)

    def _after_escape(self, byte: int) -> None:
        self._string.clear()
        if byte != _ESC:
            self._state = _STRINGS.get(byte, "ground")

    def _end(self) -> None:
        found = _WRITES.fullmatch(bytes(self._string)) if self._state == "OSC" else None
        self._state = "ground"
        if found is None:
            return
        if found[2] == b"?":
            self.asked += 1
            return
        try:
            self.text = base64.b64decode(found[2], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            self.text = None  # as xterm does: what it cannot read empties the clipboard


class ReadingTerminal(Terminal):
    """A terminal with a clipboard."""

    def __init__(
        self,
        *,
        program: Sequence[str],
        environ: Mapping[str, str],
        columns: int = 100,
        lines: int = 30,
    ) -> None:
        self._clipboard = Clipboard()
        self._read_up_to = 0
        super().__init__(program=program, environ=environ, columns=columns, lines=lines)

    @property
    def clipboard(self) -> str | None:
        """What would be pasted; None for nothing that was copied since it was cleared."""
        return self._up_to_now().text

    @property
    def asked(self) -> int:
        """How often somebody asked what lies in the clipboard."""
        return self._up_to_now().asked

    def clear(self) -> None:
        """Forget what was copied."""
        self._up_to_now().text = None

    @property
    def words(self) -> str:
        """What stands on the screen, however it is folded."""
        return " ".join(self.text.split())

    def _up_to_now(self) -> Clipboard:
        with self._lock:
            new = bytes(self.raw[self._read_up_to :])
            self._read_up_to += len(new)
        self._clipboard.feed(new)
        return self._clipboard
