"""A tmux server of our own, in its default settings, with the dashboard in its one pane."""

from __future__ import annotations

import shlex
import subprocess
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.cli.program import PROGRAM, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Tmux:
    """What a person at this tmux sees, types and pastes."""

    def __init__(self, socket: str, environ: Mapping[str, str]) -> None:
        self._socket = socket
        self._environ = dict(environ)

    def tell(self, *arguments: str) -> str:
        """What a tmux command answers."""
        done = subprocess.run(
            ["tmux", "-f", "/dev/null", "-L", self._socket, *arguments],
            capture_output=True,
            text=True,
            env=self._environ,
            check=False,
            timeout=30,
        )
        return done.stdout

    @property
    def text(self) -> str:
        """What stands in the pane."""
        return self.tell("capture-pane", "-p")

    @property
    def buffer(self) -> str:
        """What would be pasted; empty when there is nothing."""
        return self.tell("show-buffer")

    @property
    def titles(self) -> str:
        """What the pane, the window and the session are called."""
        return self.tell("display-message", "-p", "#{pane_title} #{window_name} #{session_name}")

    def keys(self, *keys: str) -> None:
        """Press keys, by tmux's names for them."""
        self.tell("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text, letter by letter."""
        self.tell("send-keys", "-l", text)

    def shows(self, *wanted: str, seconds: float = 30.0) -> str:
        """The pane, once all of it stands there."""

        def seen() -> str | None:
            text = self.text
            return text if all(each in text for each in wanted) else None

        try:
            return str(until(seen, seconds))
        except AssertionError:
            raise AssertionError(f"{wanted} not within {seconds:g} s on:\n{self.text}") from None

    def shows_no(self, unwanted: str, seconds: float = 30.0) -> str:
        """The pane, once it stands there no more."""
        return str(until(lambda: unwanted not in self.text and (self.text or " "), seconds, what=f"no {unwanted!r}"))


@contextmanager
def dashboard_in_tmux(
    *arguments: str, environ: Mapping[str, str], columns: int = 100, lines: int = 30
) -> Iterator[Tmux]:
    """The dashboard in a tmux of its own, until the end of the block; the pane outlives it and tells its exit code."""
    command = f"{shlex.join([*PROGRAM, 'watch', *arguments])}; echo left with $?; exec cat"
    tmux = Tmux(f"roomtui-{uuid.uuid4().hex}", environ)
    tmux.tell("new-session", "-d", "-x", str(columns), "-y", str(lines), command)
    try:
        yield tmux
    finally:
        tmux.tell("kill-server")
