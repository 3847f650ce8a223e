"""Copying text out of a terminal, often through tmux and ssh, and saying truthfully how it was sent.

No way of copying reports success over a terminal; so the words say which way the text went, and the text stays
readable in a dialog for selecting by hand. Measured: plain OSC 52, all that Textual does, is dropped by tmux in its
default settings and by GNU screen; `tmux load-buffer -w -` arrives in all of tmux's.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from roomtui.children import of_the_terminal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

_TIMEOUT: Final = 2.0
# GNU screen drops a device control string that is longer than some 700 bytes.
_SCREEN_CHUNK: Final = 240

# Programs that put standard input onto the clipboard of this very machine.
_LOCAL: Final = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    (None, ("pbcopy",)),
)


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, what it is called, and by which way it went (a phrase for people)."""

    what: str
    text: str
    way: str
    sure: bool

    @property
    def sentence(self) -> str:
        """What to tell the person."""
        doubt = "" if self.sure else "; if a paste is empty, press Y"
        return f"{self.what} sent {self.way}{doubt}."


async def run_with_input(
    command: Sequence[str], text: str, *, environ: Callable[[], Mapping[str, str]] = of_the_terminal
) -> bool:
    """Run `command` with `text` on its standard input; whether it ended well within two seconds.

    It gets none of our terminal, which it could otherwise write to, and none of our credentials.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=environ(),
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(text.encode("utf-8", "surrogatepass")), _TIMEOUT)
    except (asyncio.TimeoutError, BrokenPipeError, ConnectionResetError):
        if process.returncode is None:
            process.kill()
            await process.wait()
        return False
    return process.returncode == 0


class Clipboard:
    """Sends text to where the person will paste it.

    Args:
        write: writes to the terminal, in step with what else is drawn there.
        environ: the environment that tells where we run.
        run: runs a program with text on its standard input.
        which: finds a program.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        *,
        environ: Mapping[str, str] = os.environ,
        run: Callable[[Sequence[str], str], Awaitable[bool]] = run_with_input,
        which: Callable[[str], str | None] = shutil.which,
    ) -> None:
        self._write = write
        self._environ = environ
        self._run = run
        self._which = which
        self.last: Copied | None = None

    async def copy(self, what: str, text: str) -> Copied:
        """Send `text`, called `what`, the best way there is here; remembered as `last`."""
        way, sure = await self._send(text)
        self.last = Copied(what, text, way, sure)
        return self.last

    async def _send(self, text: str) -> tuple[str, bool]:
        environ = self._environ
        # `likely_way` tells the same of these ways, without going any.
        if environ.get("TMUX") and await self._run(("tmux", "load-buffer", "-w", "-"), text):
            return "to the tmux buffer", True
        if environ.get("STY"):
            self._write("".join(_through_screen(_osc_52(text))))
            return "through screen (OSC 52)", False
        if environ.get("TERM", "").startswith(("screen", "tmux")):
            # tmux runs on the person's side of ssh: one of the two forms passes, whichever it is set to let through.
            self._write(_osc_52(text) + _through_tmux(_osc_52(text)))
            return "to your terminal (OSC 52, for tmux too)", False
        if not _is_remote(environ):
            for variable, command in _LOCAL:
                here = variable is None or environ.get(variable)
                if here and self._which(command[0]) and await self._run(command, text):
                    return f"to the clipboard ({command[0]})", True
        self._write(_osc_52(text))
        return "to your terminal (OSC 52)", False


def likely_way(environ: Mapping[str, str], which: Callable[[str], str | None] = shutil.which) -> tuple[str, bool]:
    """The way that a copy would go here, in words, and whether it is known to arrive; nothing is sent."""
    if environ.get("TMUX") and which("tmux"):
        return "the tmux buffer, and through it your terminal", True
    if environ.get("STY"):
        return "through screen (OSC 52)", False
    if environ.get("TERM", "").startswith(("screen", "tmux")):
        return "your terminal (OSC 52, for tmux too)", False
    if not _is_remote(environ):
        for variable, command in _LOCAL:
            if (variable is None or environ.get(variable)) and which(command[0]):
                return f"the clipboard ({command[0]})", True
    return "your terminal (OSC 52)", False


def _is_remote(environ: Mapping[str, str]) -> bool:
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))


def _osc_52(text: str) -> str:
    return f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'surrogatepass')).decode()}\x07"


def through_multiplexer(sequence: str, environ: Mapping[str, str]) -> str:
    """`sequence` for the terminal outside: bare, and wrapped as the multiplexer that we run in passes things on."""
    if environ.get("STY"):
        return "".join(_through_screen(sequence))
    if environ.get("TMUX") or environ.get("TERM", "").startswith(("screen", "tmux")):
        return _through_tmux(sequence)
    return sequence


def _through_tmux(sequence: str) -> str:
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def _through_screen(sequence: str) -> Iterator[str]:
    for start in range(0, len(sequence), _SCREEN_CHUNK):
        yield f"\x1bP{sequence[start : start + _SCREEN_CHUNK]}\x1b\\"
