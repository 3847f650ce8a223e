"""Copying text out of a terminal, often through tmux and ssh, and saying truthfully what became of it.

No way of copying reports success over a terminal; so the words say which way the text went, and the text stays
readable for selecting by hand. The clipboard is only ever written to: what lies in it is nobody's business here.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from roomtui.children import of_the_terminal
from roomtui.rooms.untrusted import safe
from roomtui.tui.multiplexers import SPILT_BY_SCREEN, TMUX_FORMAT, Outside, Tmux
from roomtui.tui.routes import Way, route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

MOST: Final = 74_994
"""Bytes that a terminal is asked to take: in base64 100,000, the most that several of them take of an OSC 52."""

_TIMEOUT: Final = 2.0
_LINE_BREAKS: Final = "\r\n"


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, what it is called, and what became of it (a phrase for people)."""

    what: str
    text: str
    told: str
    sure: bool

    @property
    def sentence(self) -> str:
        """What to tell the person."""
        controls = "; it holds control characters" if _has_controls(self.text) else ""
        return f"{self.what}: {self.told}{controls}."


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of running a program: its exit code, None where it did not end well in time; and what it printed."""

    code: int | None
    out: str = ""


async def run_with_input(
    command: Sequence[str], text: str, *, environ: Callable[[], Mapping[str, str]] = of_the_terminal
) -> bool:
    """Run `command` with `text` on its standard input; whether it ended well within two seconds.

    It gets none of our terminal, which it could otherwise write to, and none of our credentials.
    """
    # A program that stays behind to serve the clipboard would hold a pipe of ours open: it gets none.
    return (await _run(command, text, asyncio.subprocess.DEVNULL, environ())).code == 0


async def ask_with_input(command: Sequence[str], text: str) -> Answer:
    """The same, and what it says on stdout."""
    return await _run(command, text, asyncio.subprocess.PIPE, of_the_terminal())


async def _run(command: Sequence[str], text: str, stdout: int, environ: Mapping[str, str]) -> Answer:
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=stdout, stderr=asyncio.subprocess.DEVNULL, env=environ
        )
    except OSError:
        return Answer(None)
    try:
        out, _ = await asyncio.wait_for(process.communicate(_bytes(text)), _TIMEOUT)
    except (asyncio.TimeoutError, BrokenPipeError, ConnectionResetError):
        return Answer(None)
    finally:
        if process.returncode is None:  # too late, or nobody wants it any more
            await _end(process)
    return Answer(process.returncode, (out or b"").decode(errors="replace"))


async def _end(process: asyncio.subprocess.Process) -> None:
    process.kill()
    # tmux hands its pipes to its server, and who has stopped closes nothing: they are not waited for.
    if process.stdin is not None:
        with suppress(AttributeError):  # that of one that is closed already has lost its loop
            process.stdin.transport.abort()
    process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - asyncio has no other way
    await process.wait()


def our_terminal() -> str | None:
    """The terminal that we draw on, as a path."""
    for stream in (sys.__stderr__, sys.__stdout__, sys.__stdin__):
        with suppress(OSError, ValueError):  # it is none, or is closed
            if stream is not None:
                return os.ttyname(stream.fileno())
    return None


def write_down(text: str) -> str | None:
    """Write `text` into a new file of the person's that nobody else may read: its path, None where there is no room."""
    for folder in (str(Path.home()), tempfile.gettempdir()):
        try:
            descriptor, path = tempfile.mkstemp(prefix="roomtui-copied-", suffix=".txt", dir=folder)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_bytes(text))
        except OSError:
            continue
        return path
    return None


class Clipboard:
    """Sends text to where the person will paste it.

    Args:
        write: writes to the terminal, in step with what else is drawn there.
        repaint: draws all of it anew, after something was spilt there.
        environ: the environment that tells where we run.
        run: runs a program with text on its standard input.
        ask: the same, and tells what it printed.
        which: finds a program.
        tty: the terminal that `write` writes to.
        keep: writes down what is too long for a terminal.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        *,
        repaint: Callable[[], object] = lambda: None,
        environ: Mapping[str, str] = os.environ,
        run: Callable[[Sequence[str], str], Awaitable[bool]] = run_with_input,
        ask: Callable[[Sequence[str], str], Awaitable[Answer]] = ask_with_input,
        which: Callable[[str], str | None] = shutil.which,
        tty: Callable[[], str | None] = our_terminal,
        keep: Callable[[str], str | None] = write_down,
    ) -> None:
        self._write = write
        self._repaint = repaint
        self._environ = environ
        self._run = run
        self._ask = ask
        self._which = which
        self._tty = tty
        self._keep = keep
        self.last: Copied | None = None

    async def copy(self, what: str, text: str) -> Copied:
        """Send `text`, called `what`, the best way there is here; remembered as `last` from the beginning.

        It loses the line breaks at its end: pasted into a shell, they would be an enter that nobody pressed.
        """
        text = text.rstrip(_LINE_BREAKS)
        self.last = Copied(what, text, "being copied", sure=False)
        told, sure = await self._send(text) if text else ("empty, so nothing was copied", False)
        self.last = Copied(what, text, told, sure)
        return self.last

    async def _send(self, text: str) -> tuple[str, bool]:
        size = len(_bytes(text))
        tmux = await self._load_tmux(text, hand_on=size <= MOST) if self._environ.get("TMUX") else None
        found = route(self._environ, tmux, self._which, self._tty())
        if found.command:
            if await self._run(found.command, text):
                return found.told, True
            found = route(self._environ, tmux, lambda _: None)
        if size > MOST and found.way is not Way.MUTE:
            return self._too_long(text, size, tmux)
        sequence = _osc_52(text)
        if written := found.written(sequence):
            self._write(written)
            if found.spills and len(sequence) > SPILT_BY_SCREEN:
                self._repaint()
        return found.told, found.sure

    async def _load_tmux(self, text: str, *, hand_on: bool) -> Tmux | None:
        """Put `text` into tmux's buffer, and let it hand it on. None where tmux does not answer."""
        ask = (";", "display-message", "-p", TMUX_FORMAT)
        if hand_on and len(_osc_52(text)) > SPILT_BY_SCREEN:
            # By its terminfo tmux may think that screen takes copies; it would spill it where nobody paints it over.
            first = await self._ask(("tmux", *ask[1:]), "")
            if first.code is None:
                return None
            hand_on = Tmux.told(first.out).around is not Outside.SCREEN
        answer = await self._ask(("tmux", "load-buffer", "-w", "-", *ask), text) if hand_on else Answer(1)
        handed_on = answer.code == 0
        if answer.code not in {0, None}:
            # Before 3.2 tmux did not hand on what it loads.
            answer = await self._ask(("tmux", "load-buffer", "-", *ask), text)
        if answer.code != 0:
            return None
        tmux = Tmux.told(answer.out)
        return tmux if handed_on else replace(tmux, hands_on=False)

    def _too_long(self, text: str, size: int, tmux: Tmux | None) -> tuple[str, bool]:
        much = f"too long for a terminal ({size // 1000} kB)"
        if tmux is not None:
            return f"{much}, so it is in tmux's buffer alone", True
        path = self._keep(text)
        if path is None:
            return f"{much}, and there is no room for a file", False
        return f"{much}, so it is in {safe(path)}", True


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _osc_52(text: str) -> str:
    return f"\x1b]52;c;{base64.b64encode(_bytes(text)).decode()}\x07"


def _has_controls(text: str) -> bool:
    return any(not each.isprintable() and each not in "\n\t" for each in text)
