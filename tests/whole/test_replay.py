"""A shift recorded in one terminal, and shown again in another: with no account and no Twilio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.program import Program, environment
from tests.whole.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.program import RunningSandbox


def test_what_was_watched_is_watched_again_and_nothing_can_be_done_to_it(
    known: dict[str, str], sandbox: RunningSandbox, home: Path
) -> None:
    tape = home / "shift.jsonl.gz"
    sandbox.create("first-room")
    with Terminal("watch", "--record", str(tape), "--no-pii", environ=known) as terminal:
        terminal.shows("first-room", "nobody came yet")
        sandbox.create("call-+16505551234")
        sandbox.join("first-room", "alice")
        terminal.shows("call-+1650555****", "1/50")
        terminal.type("q")
        assert terminal.ends() == 0
        assert f"Recorded into {tape}" in terminal.raw.decode().replace("\r\n", "").replace("\n", "")
    secrets = (sandbox.account["auth_token"], sandbox.account["api_secret"])
    for arguments in (("watch", "--record", str(tape)), ("demo", "--record", str(tape))):
        with Terminal(*arguments, environ=known) as terminal:
            assert terminal.ends() == 2
            assert "istherealready:recordintoanotherfile" in "".join(terminal.text.split())
    nobody = environment(home)  # no credentials, no sandbox
    with Terminal("replay", str(tape), "--speed", "4", environ=nobody) as terminal:
        terminal.shows("replay ", "first-room", "x4")
        terminal.shows("call-+16505550000", "1/50", "The recording ends here; p plays it again.")
        terminal.type("e")
        terminal.shows("This is a recording")
        terminal.type("{")
        terminal.shows_no("call-+16505550000")
        terminal.type("}p")
        terminal.shows("first-room")
        terminal.type("q")
        assert terminal.ends() == 0
        assert not any(secret.encode() in terminal.raw for secret in secrets)


def test_what_cannot_be_shown_again_is_said_in_one_sentence(home: Path) -> None:
    run = Program(environment(home))
    (home / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    for name, wrong in (("none", "cannot be read (No such file"), ("picture.png", "is no recording of roomtui")):
        done = run("replay", str(home / name))
        assert done.code == 2
        assert wrong in done.err
