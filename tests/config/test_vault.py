"""Secrets that somebody else keeps: they are found, and nothing of them is ever repeated."""

from __future__ import annotations

import json
import sys
import time
import types
from typing import TYPE_CHECKING, Any

import pytest

from roomtui.config import ConfigError, CredentialsMissingError, Typed, load
from roomtui.config.vault import VaultError, from_command, from_keyring
from tests.cli.program import until
from tests.whole.terminal import is_running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SID = "AC" + "1" * 32
KEY = "SK" + "3" * 32
SECRET = "sesame-nobody-may-see"


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def refusal(program: str, **more: Any) -> str:
    with pytest.raises(VaultError) as caught:
        from_command(python(program), **more)
    assert SECRET not in str(caught.value)
    assert str(caught.value).isprintable()
    return str(caught.value)


# A program


def test_the_first_line_is_the_secret_as_password_stores_print_it() -> None:
    assert from_command(python(f"print('{SECRET}'); print('user: me')")) == {"secret": SECRET}


def test_json_tells_all_of_the_credentials() -> None:
    program = f'print(\'{{"account_sid": "{SID}", "api_key": "{KEY}", "api_secret": "{SECRET}", "more": 1}}\')'
    assert from_command(python(program)) == {"account_sid": SID, "api_key": KEY, "api_secret": SECRET}


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("pass", "prints nothing"),
        ("print('  ')", "prints nothing"),
        (f"print('{{{SECRET}')", "prints broken JSON"),
        ("print('{' + '[' * 20000)", "prints broken JSON"),
        (f'print(\'{{"password": "{SECRET}"}}\')', "prints JSON without api_key and api_secret, or auth_token"),
        ("print('{\"api_secret\": 3}')", "prints JSON without api_key and api_secret, or auth_token"),
        (f"import sys; sys.stdout.buffer.write(b'{SECRET}\\xff')", "prints something else than UTF-8 text"),
        (f"import sys; print('{SECRET}'); sys.exit('{SECRET}')", "failed with code 1: run it by hand to see why"),
        ("print('x' * 100_000)", "prints far more than credentials"),
        ("while True: print('x' * 100_000)", "prints far more than credentials"),
    ],
)
def test_what_is_no_secret_is_told_without_a_word_of_what_was_printed(program: str, why: str) -> None:
    assert refusal(program).endswith(f") that {why}")


def test_a_program_that_does_not_end_is_ended() -> None:
    began = time.monotonic()
    assert "did not end within 0.2 s" in refusal("import time; time.sleep(60)", patience=0.2)
    assert "did not end within 0.2 s" in refusal(
        f"import os, sys, time; print('{SECRET}'); sys.stdout.flush(); os.close(1); time.sleep(60)", patience=0.2
    )
    assert time.monotonic() - began < 30


def test_while_something_is_drawn_it_has_no_terminal_and_ends_with_all_that_it_started(tmp_path: Path) -> None:
    told = tmp_path / "child"
    program = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(told)!r}, 'w').write(f'{{child.pid}} {{os.getsid(0) == os.getpid()}}')\n"
        "print('x' * 100_000); time.sleep(60)"
    )
    assert "prints far more than credentials" in refusal(program, terminal=False)
    child, leads = told.read_text(encoding="utf-8").split()
    assert leads == "True"
    until(lambda: not is_running(int(child)))


def test_what_it_leaves_running_holds_nobody_up() -> None:
    # An agent that it has started keeps the pipe open.
    program = (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(20)'], "
        f"stderr=subprocess.DEVNULL); print('{SECRET}')"
    )
    began = time.monotonic()
    assert from_command(python(program)) == {"secret": SECRET}
    assert time.monotonic() - began < 15


def test_no_shell_reads_it_and_it_cannot_ask_on_stdin() -> None:
    assert from_command([*python("import sys; print(sys.argv[1], sys.stdin.read())"), "$(id); a b"]) == {
        "secret": "$(id); a b"
    }


def test_a_program_that_cannot_be_run() -> None:
    with pytest.raises(VaultError, match=r"\(no-such-program\) that cannot be run: No such file or directory"):
        from_command(["/nowhere/no-such-program", SECRET])


# The keyring


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], Any]:
    """A keyring: what it keeps, by service and entry; an exception is raised."""
    kept: dict[tuple[str, str], Any] = {}
    module = types.ModuleType("keyring")

    def get_password(service: str, entry: str) -> Any:
        found = kept.get((service, entry))
        if isinstance(found, Exception):
            raise found
        return found

    module.get_password = get_password  # type: ignore[attr-defined] # made up for this test
    monkeypatch.setitem(sys.modules, "keyring", module)
    return kept


def test_a_secret_in_the_keyring(keyring: dict[tuple[str, str], Any]) -> None:
    keyring["roomtui", KEY] = SECRET
    assert from_keyring("roomtui", KEY) == SECRET


def test_a_keyring_that_keeps_nothing_or_does_not_open(keyring: dict[tuple[str, str], Any]) -> None:
    with pytest.raises(VaultError, match=r"keeps nothing for SK3+: `keyring set roomtui SK3+`"):
        from_keyring("roomtui", KEY)
    keyring["roomtui", KEY] = RuntimeError(f"locked: {SECRET}")
    with pytest.raises(VaultError, match=r"does not open here \(RuntimeError\)") as caught:
        from_keyring("roomtui", KEY)
    assert SECRET not in str(caught.value)


def test_no_keyring_at_all_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(VaultError, match=r"pip install 'roomtui\[keyring\]'"):
        from_keyring("roomtui", KEY)


# Profiles that have their secrets so


def profile(**values: str) -> str:
    return "[profiles.acme]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())


def command(program: str) -> str:
    return json.dumps(python(program))


def test_a_command_tells_the_secret_of_the_key_or_else_the_token(write: Callable[..., Path]) -> None:
    write(profile(account_sid=f'"{SID}"', api_key=f'"{KEY}"', credential_command=command(f"print('{SECRET}')")))
    credentials = load(Typed(), {}).credentials
    assert (credentials.username, str(credentials.password), credentials.account_sid) == (KEY, SECRET, SID)
    write(profile(account_sid=f'"{SID}"', credential_command=command(f"print('{SECRET}')")))
    credentials = load(Typed(), {}).credentials
    assert (credentials.username, str(credentials.password)) == (SID, SECRET)


def test_a_command_may_tell_the_account_too_but_no_other_one(write: Callable[..., Path]) -> None:
    told = command(f'print(\'{{"account_sid": "{SID}", "api_key": "{KEY}", "api_secret": "{SECRET}"}}\')')
    write(profile(credential_command=told))
    credentials = load(Typed(), {}).credentials
    assert (credentials.username, credentials.account_sid) == (KEY, SID)
    path = write(profile(account_sid='"AC2"', credential_command=told))
    with pytest.raises(ConfigError) as caught:
        load(Typed(), {})
    assert str(caught.value) == f"{path}:1: profile acme is for AC2, but its credentials are for {SID}."


def test_a_failing_command_is_told_with_the_place_of_its_profile(write: Callable[..., Path]) -> None:
    path = write(profile(account_sid=f'"{SID}"', credential_command='["/nowhere/vault"]'))
    with pytest.raises(CredentialsMissingError) as caught:
        load(Typed(), {})
    assert str(caught.value) == (
        f"{path}:1: profile acme has a credential_command (vault) that cannot be run: No such file or directory."
    )


@pytest.mark.parametrize(("value", "service"), [("true", "roomtui"), ('"twilio"', "twilio")])
def test_the_keyring_of_a_profile(
    write: Callable[..., Path], keyring: dict[tuple[str, str], Any], value: str, service: str
) -> None:
    keyring[service, KEY] = SECRET
    write(profile(account_sid=f'"{SID}"', api_key=f'"{KEY}"', keyring=value))
    credentials = load(Typed(), {}).credentials
    assert (credentials.username, str(credentials.password)) == (KEY, SECRET)


def test_a_profile_without_a_secret_gets_that_of_the_environment_if_it_is_for_the_same_account(
    write: Callable[..., Path],
) -> None:
    write(profile(account_sid=f'"{SID}"'))
    environ = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_API_KEY": KEY, "TWILIO_API_SECRET": SECRET}
    config = load(Typed(profile="acme"), environ)
    assert (config.name, config.credentials.username) == ("acme", KEY)
    with pytest.raises(CredentialsMissingError, match="profile acme lacks its secret"):
        load(Typed(profile="acme"), {**environ, "TWILIO_ACCOUNT_SID": "AC2"})


def test_the_credentials_of_the_main_account_do_not_open_the_rooms_of_a_sub_account(write: Callable[..., Path]) -> None:
    main = "AC" + "9" * 32
    write(profile(account_sid=f'"{SID}"', api_key=f'"{main}"', api_secret=f'"{SECRET}"'))
    with pytest.raises(ConfigError, match=f"has the credentials of {main} for the rooms of {SID}.*make an API key in"):
        load(Typed(), {})
