"""What a shell completes: commands, options, choices and profiles, without loading what they need to run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from roomtui.cli.main import _COMMANDS
from tests.cli.program import PROGRAM

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.program import Program

_COMPLETE = """
import atexit, sys
atexit.register(lambda: print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr))
sys.argv = ["roomtui"]
from roomtui.cli.main import main
main()
"""


def completed(stranger: Program, *words: str) -> tuple[list[str], set[str]]:
    """What bash is offered for the last of `words`, and which packages were loaded for it."""
    done = subprocess.run(
        [sys.executable, "-c", _COMPLETE],
        env={
            **stranger.environ,
            "_ROOMTUI_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["roomtui", *words]),
            "COMP_CWORD": str(len(words)),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line], set(done.stderr.split())


def test_commands_are_offered_without_loading_any(stranger: Program) -> None:
    offered, loaded = completed(stranger, "")
    assert offered == list(_COMMANDS)
    assert completed(stranger, "s")[0] == ["show", "sandbox"]
    assert not loaded & {"textual", "rich", "twilio", "aiohttp", "requests", "apscheduler"}


def test_options_and_choices_are_offered_without_what_asks_twilio(stranger: Program) -> None:
    offered, loaded = completed(stranger, "ls", "--st")
    assert offered == ["--status"]
    assert not loaded & {"textual", "rich", "twilio", "aiohttp", "requests", "apscheduler"}
    assert completed(stranger, "ls", "--status", "c")[0] == ["completed"]
    assert completed(stranger, "--read")[0] == ["--read-only"]


def test_profiles_are_offered_from_the_file(stranger: Program, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "roomtui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(
        '[profiles.acme-prod]\naccount_sid = "AC1"\n[profiles.acme-test]\n[profiles."a\\u001b[31m"]\n[profiles.beta]\n'
    )
    assert completed(stranger, "--profile", "a")[0] == ["acme-prod", "acme-test"]
    assert completed(stranger, "ls", "--profile", "b")[0] == ["beta"]
    (folder / "config.toml").write_text("[profiles")
    assert completed(stranger, "ls", "--profile", "")[0] == []


def test_a_profile_that_a_shell_would_take_for_more_than_a_word_is_left_to_be_typed(
    stranger: Program, tmp_path: Path
) -> None:
    """What is offered is put onto the command line as it is."""
    folder = tmp_path / "config" / "roomtui"
    folder.mkdir(parents=True)
    names = (
        "*",
        "two words",
        "a;reboot",
        "$(reboot)",
        "`reboot`",
        "col:on",
        "~root",
        "it's",
        "eq=ual",
        "\u00e9t\u00e9",
    )
    (folder / "config.toml").write_text("".join(f'[profiles."{name}"]\n' for name in (*names, "acme_eu-1.test")))
    assert completed(stranger, "--profile", "")[0] == ["acme_eu-1.test"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_calls_the_program(stranger: Program, shell: str) -> None:
    done = stranger("completion", shell)
    assert done.code == 0
    assert "_ROOMTUI_COMPLETE" in done.out
    assert f"{shell}_complete" in done.out
    if (found := shutil.which(shell)) is not None:
        checked = subprocess.run([found, "-n"], input=done.out, text=True, capture_output=True, timeout=30, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_with_it(stranger: Program, tmp_path: Path) -> None:
    program = tmp_path / "roomtui"
    program.write_text(f'#!/bin/sh\nexec {" ".join(PROGRAM)} "$@"\n')
    program.chmod(0o755)
    script = tmp_path / "script"
    script.write_text(stranger("completion", "bash").out)
    typed = 'COMP_WORDS=(roomtui sh); COMP_CWORD=1; _roomtui_completion roomtui; echo "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "--norc", "-c", f"source {script}; {typed}"],
        env={**stranger.environ, "PATH": f"{tmp_path}{os.pathsep}{stranger.environ['PATH']}"},
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "show")


def test_another_shell_is_wrong_usage(stranger: Program) -> None:
    assert stranger("completion", "tcsh").code == 2
