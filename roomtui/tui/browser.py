"""Opening a page in the browser of the person at the screen, where it would appear before their eyes."""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

from roomtui.children import without_credentials
from roomtui.tui.clipboard import run_with_input

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

_REMOTE: Final = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
_DISPLAYS: Final = ("WAYLAND_DISPLAY", "DISPLAY")
_run: Final = partial(run_with_input, environ=without_credentials)


class Browser:
    """Opens pages. Not by Python's `webbrowser`: that one may start a browser that draws on our terminal.

    Args:
        environ: the environment that tells where we run.
        platform: the operating system, as Python calls it.
        run: runs a program with text on its standard input, and nothing of our terminal.
        which: finds a program.
    """

    def __init__(
        self,
        *,
        environ: Mapping[str, str] = os.environ,
        platform: str = sys.platform,
        run: Callable[[Sequence[str], str], Awaitable[bool]] = _run,
        which: Callable[[str], str | None] = shutil.which,
    ) -> None:
        self._environ = environ
        self._platform = platform
        self._run = run
        self._which = which

    async def open(self, url: str) -> bool:
        """Open `url`; False where that cannot be done here: over ssh, without a display, without a program for it."""
        command = self._command()
        return command is not None and await self._run((command, url), "")

    def _command(self) -> str | None:
        if any(self._environ.get(name) for name in _REMOTE):
            return None
        if self._platform == "darwin":
            return "open"
        has_display = any(self._environ.get(name) for name in _DISPLAYS)
        return "xdg-open" if has_display and self._which("xdg-open") else None
