"""`--help` is the manual: what a command does, examples, exit codes, the environment."""

from __future__ import annotations

import re
import shlex
from unittest.mock import patch

import click
import pytest
from click.testing import CliRunner

from roomtui.cli.main import _COMMANDS, cli
from roomtui.cli.manual import EXAMPLES

EXAMPLE_LINES = [(name, line) for name, examples in EXAMPLES.items() for line, _ in examples]


def help_of(*arguments: str) -> str:
    with patch.dict("os.environ", {"COLUMNS": "80"}):
        done = CliRunner().invoke(cli, [*arguments, "--help"], prog_name="roomtui")
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("command", _COMMANDS)
def test_every_command_has_a_manual(command: str) -> None:
    told = help_of(command)
    assert f"Usage: roomtui {command} " in told
    assert "\n  Examples:\n    roomtui" in told
    assert "\n  Exit codes:\n    0    done\n" in told
    assert max(len(line) for line in told.splitlines()) <= 80


@pytest.mark.parametrize("command", _COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(command: str) -> None:
    _, sentence = _COMMANDS[command]
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    assert found.help is not None
    assert " ".join(found.help.split()).startswith(sentence.rstrip("."))


def test_the_program_tells_commands_exit_codes_and_environment() -> None:
    told = help_of()
    for name in _COMMANDS:
        assert f"\n  {name} " in told
    for code in (0, 1, 2, 3, 4, 5, 130):
        assert f"\n    {code:<4} " in told
    assert "TWILIO_ACCOUNT_SID" in told
    assert "ROOMTUI_PROFILE" in told


@pytest.mark.parametrize(("name", "line"), EXAMPLE_LINES, ids=[line for _, line in EXAMPLE_LINES])
def test_every_example_is_one_that_the_program_understands(name: str, line: str) -> None:
    typed = re.split(r" [|>]", line.removeprefix("room=$(").removesuffix(")"))[0]
    program, *words = shlex.split(typed)
    assert program == "roomtui"
    with cli.make_context("roomtui", words) as outer:
        command, *arguments = [*outer._protected_args, *outer.args]
        found = cli.get_command(outer, command)
        assert found is not None
        assert name in {command, "sandbox"}
        with found.make_context(command, arguments, parent=outer):
            pass  # it has only these options, and such values
