"""Two accounts in one terminal: the change from one that hangs to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.cli.accounts import ENDS_WITHIN
from tests.cli.beside import sandbox_beside
from tests.cli.program import environment
from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.program import RunningSandbox

AT_ONCE = 20.0
"""Seconds, on a busy machine. An account that is left has a minute to finish what is under way there."""
LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"


def profile(name: str, sandbox: RunningSandbox, *more: str) -> str:
    account = sandbox.account
    lines = (
        f'account_sid = "{account["account_sid"]}"',
        f'auth_token = "{account["auth_token"]}"',
        f'api_url = "{sandbox.url}"',
        *more,
    )
    return "\n".join((f"[profiles.{name}]", *lines, ""))


def test_the_account_is_changed_at_once_though_the_old_one_hangs(tmp_path: Path) -> None:
    with sandbox_beside() as old, sandbox_beside() as new:
        old.create("room-of-the-old")
        new.create("room-of-the-new")
        path = tmp_path / "config" / "roomtui" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text(
            'default_profile = "old"\n' + profile("old", old) + profile("new", new, "read_only = true"),
            encoding="utf-8",
        )
        path.chmod(0o600)
        with Terminal(environ=environment(tmp_path)) as terminal:
            terminal.shows(" old ", "room-of-the-old", "nobody came yet")
            # An end is under way when Twilio falls silent.
            old.fault("timeout", Rate="1")
            terminal.type("e")
            terminal.shows("Cancel")
            terminal.type("\t\r")
            terminal.shows("Ending it...")
            terminal.type("\x1b")
            terminal.shows_no("Ending it...")
            terminal.type("P")
            terminal.shows("Accounts", "watched now", "read-only")
            before = len(terminal.raw)
            terminal.type("n\r")
            terminal.shows(" new ", "read-only", "room-of-the-new", seconds=AT_ONCE)
            assert "room-of-the-old" not in terminal.text
            # Nothing of the old account is drawn once more, where the line's modes are not those it was made for.
            assert b"room-of-the-old" not in terminal.raw[before:]
            # The shell behind it is not seen in between.
            assert LEAVES_ALTERNATE_SCREEN not in terminal.raw
            # And back, with what was under way there still not given up.
            terminal.type("Po\r")
            terminal.shows(" old ", "connecting", seconds=AT_ONCE)
            assert "room-of-the-new" not in terminal.text
            terminal.type("q")
            assert terminal.ends(ENDS_WITHIN + AT_ONCE) == 0
            assert terminal.settings == terminal.cooked
            assert LEAVES_ALTERNATE_SCREEN in terminal.raw
