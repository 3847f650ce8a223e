"""Another window has the keyboard, or has it no more: whoever types is heard all the same, key by key."""

from __future__ import annotations

import fcntl
import struct
import termios
from typing import TYPE_CHECKING

import pytest

from tests.cli.program import until
from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from tests.cli.program import SandboxProcess

_AWAY, _BACK = "\x1b[O", "\x1b[I"


class InPieces(Terminal):
    """A terminal that sends what is typed piece by piece, each once the one before has been read."""

    def type_pieces(self, *pieces: str) -> None:
        for piece in pieces:
            self.type(piece)
            until(lambda: struct.unpack("i", fcntl.ioctl(self._slave, termios.FIONREAD, b"\0" * 4)) == (0,))


@pytest.mark.parametrize("how", ["--frugal-output", "--plain-output"])
def test_a_key_just_behind_a_report_of_the_focus_is_heard(
    known: dict[str, str], sandbox: SandboxProcess, how: str
) -> None:
    sandbox.create("board")
    # However busy the machine is, the pieces belong together.
    with InPieces("watch", how, environ={**known, "ESCDELAY": "30000"}) as terminal:
        terminal.shows("board", "live ")
        terminal.type("/")
        terminal.shows("enter Keep")
        wanted = ""
        letters = iter("abcdefghijklmnopqrstuvwxyz")
        for before, report in (("", _AWAY), ("", _BACK), (_AWAY, _AWAY), (_AWAY, _BACK)):
            for at in range(len(report) + 1):
                wanted += (letter := next(letters))
                sent = f"{report}{letter}"
                terminal.type_pieces(before + sent[:at], sent[at:])
                terminal.shows(f"filter: {wanted}")
        terminal.type_pieces(f"{_AWAY}\x1b[200~, pasted\x1b[201~")
        terminal.shows(f"filter: {wanted}, pasted")
        terminal.type("\x1b[27u")  # escape, which needs no pause behind it
        terminal.shows_no("filter: ")
        terminal.type(f"/{_AWAY}xyz")  # all at once, as a slow line delivers it
        terminal.shows("filter: xyz")
        # What is not asked for is rarely told: each would draw the screen anew, over a line that may be slow.
        assert b"?1004" not in terminal.raw
