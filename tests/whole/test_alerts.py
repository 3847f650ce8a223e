"""Alerts, from the configuration to the screen, the terminal's bell and a program of somebody's own."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from tests.cli.program import Program, environment, until
from tests.whole.terminal import Terminal
from tests.whole.test_accounts import profile

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.program import RunningSandbox

_RULES = """
[[alerts]]
name = "somebody is alone"
when = "people:1"
sign = "#"
bell = true
osc9 = true
command = ["/bin/sh", "-c", 'cat >> "$0"', "{loud}"]

[[alerts]]
name = "told to nobody now"
when = "people:1"
quiet_hours = "{hours}"
command = ["/bin/sh", "-c", 'cat >> "$0"', "{quiet}"]
"""


def test_what_begins_to_hold_is_signed_rung_sent_to_a_program_and_written_down(
    home: Path, sandbox: RunningSandbox
) -> None:
    loud, quiet = home / "loud.jsonl", home / "quiet.jsonl"
    path = home / "config" / "roomtui" / "config.toml"
    path.parent.mkdir(parents=True)
    now = datetime.now(timezone.utc).astimezone()
    hours = f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=1):%H:%M}"
    rules = _RULES.format(loud=loud, quiet=quiet, hours=hours)
    path.write_text(profile("box", sandbox) + rules, encoding="utf-8")
    path.chmod(0o600)
    room = sandbox.create("board")
    with Terminal("--refresh", "0.5", environ=environment(home)) as terminal:
        terminal.shows("board", "0/50")
        before = terminal.raw.count(b"\x07")
        sandbox.join("board", "alice")
        terminal.shows("# board", "1/50")
        said = json.loads(until(lambda: loud.exists() and loud.read_text().endswith("\n") and loud.read_text()))
        assert (said["event"], said["room_sid"], said["alert"]) == ("alert", room["sid"], "somebody is alone")
        until(lambda: terminal.raw.count(b"\x07") > before)
        until(lambda: re.search(rb"\x1b\]9;[^\x07\x1b]*somebody is alone: board", bytes(terminal.raw)))
        sandbox.join("board", "bob")
        terminal.shows("2/50")
        terminal.shows_no("# board")
        terminal.type("3")
        terminal.shows("board: somebody is alone", "board: told to nobody now")
        terminal.type("q")
        assert terminal.ends() == 0
    assert not quiet.exists()
    assert "board: told to nobody now" in Program(environment(home))("log", "--kind", "event").out
