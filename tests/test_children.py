"""Programs that we start are told what they need, and no secret of ours."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from roomtui.children import of_the_terminal, without_credentials, without_secrets
from roomtui.cli import checks_here
from roomtui.cli.checks_here import answer_of
from roomtui.cli.config import config
from roomtui.config.vault import from_command
from roomtui.tui import clipboard
from roomtui.tui.browser import Browser
from roomtui.tui.clipboard import Clipboard, run_with_input
from roomtui.watch.alarms import run

if TYPE_CHECKING:
    from pathlib import Path

OURS = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "canary-token",
    "TWILIO_API_SECRET": "canary-secret",
    "twilio_auth_token": "canary-lower",
    "ROOMTUI_PROFILE": "acme",
    "HTTPS_PROXY": "http://user:canary-proxy@proxy.example:3128",
    "all_proxy": "http://user:canary-proxy@proxy.example:3128",
    "PATH": os.environ["PATH"],
    "DISPLAY": ":0",
}
SECRETS_IN_OURS = ("canary-token", "canary-secret", "canary-lower")
TELL = "import os, sys; print(sorted(os.environ.items()), file=open(sys.argv[1], 'w'))"


class Told:
    """What a program was told, which writes it down."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __contains__(self, text: str) -> bool:
        with open(self.path, encoding="utf-8") as file:  # noqa: PTH123 - asked for in the loop, of a test alone
            return text in file.read()

    @property
    def secret(self) -> bool:
        return any(secret in self for secret in SECRETS_IN_OURS)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Where a program writes what it was told; our environment is full of secrets."""
    for name, value in OURS.items():
        monkeypatch.setenv(name, value)
    # Where the machine is busy, Python takes longer to start than anybody would wait for a copy.
    monkeypatch.setattr(clipboard, "_TIMEOUT", 60.0)
    monkeypatch.setattr(checks_here, "_ANSWERS_WITHIN", 60.0)
    return Told(tmp_path / "told")


def test_a_program_that_may_ask_the_network_knows_the_way_but_not_us() -> None:
    assert without_credentials(OURS).keys() == {"HTTPS_PROXY", "all_proxy", "PATH", "DISPLAY"}


def test_a_program_at_the_terminal_needs_no_proxy() -> None:
    assert of_the_terminal(OURS).keys() == {"PATH", "DISPLAY"}


def test_whoever_is_asked_for_the_secret_knows_for_whom() -> None:
    kept = without_secrets(OURS)
    assert {"TWILIO_ACCOUNT_SID", "ROOMTUI_PROFILE", "HTTPS_PROXY"} <= kept.keys()
    assert not any(value.startswith("canary") for value in kept.values())


async def test_what_copies_is_told_no_secret(told: Told) -> None:
    assert await run_with_input((sys.executable, "-c", TELL, told.path), "text")
    assert "DISPLAY" in told
    assert "canary" not in told
    made = Clipboard(lambda _: None, environ={"TMUX": "x"})
    assert made._run is run_with_input


async def test_a_browser_is_told_the_proxy_but_no_credentials(told: Told, tmp_path: Path) -> None:
    program = tmp_path / "xdg-open"
    program.write_text(f"#!{sys.executable}\nimport sys; sys.argv.insert(1, {told.path!r})\n{TELL}\n")
    program.chmod(0o700)
    os.environ["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    browser = Browser(environ={"DISPLAY": ":0"}, platform="linux", which=lambda _: str(program))
    assert await browser.open("https://console.twilio.com")
    assert "HTTPS_PROXY" in told
    assert not told.secret


async def test_the_program_of_an_alert_is_told_no_credentials(told: Told) -> None:
    assert await asyncio.wait_for(run((sys.executable, "-c", TELL, told.path), b""), 30) is None
    assert "canary-token" not in told


def test_what_the_doctor_asks_is_told_no_secret(told: Told) -> None:
    assert answer_of((sys.executable, "-c", TELL, told.path)) == ""
    assert "canary" not in told


def test_an_editor_is_told_no_credentials(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may live on in the background, as servers of editors do."""
    monkeypatch.setenv("VISUAL", shlex.join((sys.executable, "-c", TELL, told.path)))
    done = CliRunner().invoke(config, ["edit", "--config", str(tmp_path / "config.toml")], standalone_mode=False)
    assert done.exception is None
    assert "HTTPS_PROXY" in told
    assert not told.secret


def test_a_credential_command_is_told_no_secret_but_the_account(told: Told) -> None:
    print_one = f"{TELL}; print('a-secret')"
    assert from_command((sys.executable, "-c", print_one, told.path)) == {"secret": "a-secret"}
    assert "TWILIO_ACCOUNT_SID" in told
    assert not told.secret
