"""`roomtui config`, driven as a command; what it knows of the file is tested in tests/config."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from roomtui.cli.config import config as command
from roomtui.cli.exits import code_of, expected
from roomtui.config import config_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.program import Program

SECRET = "sesame-nobody-may-see"
SID = "AC" + "1" * 32


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)


def write(text: str) -> Path:
    path = config_file()
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def run(*arguments: str) -> tuple[int, Result]:
    """The exit code, and what was printed."""
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    assert SECRET not in result.output
    if isinstance(result.exception, expected()):
        return code_of(result.exception), result
    assert result.exception is None, result.exception
    return int(result.return_value), result


def test_check_prints_every_mistake_with_its_line_and_ends_with_two() -> None:
    path = write(
        f'[profiles.acme]\naccount_sid = "{SID}"\nauth_token = "{SECRET}"\nrefesh = 3\n'
        'columns = ["peopel"]\ntheme = "nodr"\n'
        '[keys]\n"room.edn" = "x"\n'
    )
    code, result = run("check")
    assert code == 2
    assert result.stdout.splitlines() == [
        f"{path}:4: profile acme has an unknown key refesh. Did you mean refresh?",
        f"{path}:5: columns of profile acme: there is no column peopel. Did you mean people?",
        f"{path}:6: theme of profile acme: there is no theme nodr. Did you mean nord?",
        f"{path}:8: keys: nothing is called room.edn. Did you mean room.end?",
    ]


def test_check_tells_where_two_things_would_have_the_same_key() -> None:
    path = write('[keys]\n"room.end" = "q"\n')
    code, result = run("check")
    assert code == 2
    assert result.stdout.startswith(f"{path}:1: keys: The file gives the key q to room.end, and it is that of ")


def test_check_of_a_file_that_is_right_or_not_there_or_no_toml() -> None:
    code, result = run("check")
    assert (code, result.stdout) == (0, "")
    assert "roomtui config edit" in result.stderr
    path = write(f'[profiles.acme]\naccount_sid = "{SID}"\nauth_token = "{SECRET}"\n')
    code, result = run("check")
    assert (code, result.stdout, result.stderr) == (0, "", f"{path} is right; it has 1 profile.\n")
    path.write_text("a = \n", encoding="utf-8")
    code, result = run("check")
    assert (code, result.stdout) == (2, f"{path}:1: the file is not TOML: Invalid value.\n")


def test_show_tells_values_and_their_sources_as_a_table_and_as_json() -> None:
    path = write(f'[profiles.acme]\naccount_sid = "{SID}"\nauth_token = "{SECRET}"\nread_only = true\n')
    code, result = run("show")
    assert code == 0
    lines = {line.split()[0]: line.split(maxsplit=2)[1:] for line in result.stdout.splitlines()}
    assert lines["read_only"] == ["true", f"{path}:4, profile acme"]
    assert lines["auth_token"] == ["(set)", f"{path}:3"]
    code, result = run("show", "--json", "--profile", "acme")
    rows = {row["key"]: row for row in json.loads(result.stdout)}
    assert rows["profile"] == {"key": "profile", "value": "acme", "source": "typed: --profile"}
    assert rows["read_only"]["value"] is True


def test_show_of_a_file_that_is_wrong_is_refused() -> None:
    path = write("theme = 3")
    code, result = run("show")
    assert (code, str(result.exception)) == (2, f"{path}:1: theme is not text in quotes.")


def test_path_says_where_the_file_is_or_would_be(tmp_path: Path) -> None:
    code, result = run("path")
    assert (code, result.stdout) == (0, f"{tmp_path}/config/roomtui/config.toml\n")
    assert "none yet" in result.stderr
    assert run("path", "--config", "other.toml")[1].stdout == "other.toml\n"


def test_path_says_why_the_file_cannot_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ("x" * 300)))
    code, result = run("path")
    assert (code, result.stderr) == (0, "It cannot be read: File name too long.\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/dev/null")
    assert "none yet" in run("path")[1].stderr


def editor(tmp_path: Path, body: str) -> str:
    """A program in the place of an editor; the file is its last argument."""
    path = tmp_path / "my editor"
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o700)
    return f"'{path}' --wait"


def test_an_editor_whose_quotation_marks_do_not_match_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "/home/o'brien/vi")
    code, result = run("edit")
    sentence = "The editor (/home/o'brien/vi) has a quotation mark too many or too few. Set EDITOR."
    assert (code, str(result.exception)) == (2, sentence)


def test_edit_begins_a_file_for_its_owner_only_and_checks_what_came_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "/nowhere/vi")
    monkeypatch.setenv("VISUAL", editor(tmp_path, '[ "$1" = --wait ] && cat "$2" > seen; echo "theme = 3" >> "$2"'))
    monkeypatch.chdir(tmp_path)
    code, result = run("edit")
    path = config_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    begun = (tmp_path / "seen").read_text(encoding="utf-8")
    assert begun.startswith("#:schema ./roomtui.schema.json\n")
    assert json.loads((path.parent / "roomtui.schema.json").read_text(encoding="utf-8"))["properties"]["refresh"]
    last = len(path.read_text(encoding="utf-8").splitlines())
    assert (code, result.stdout) == (2, f"{path}:{last}: theme is not text in quotes.\n")
    # What is there is opened as it is.
    monkeypatch.setenv("VISUAL", editor(tmp_path, 'echo "[views]" > "$2"'))
    assert run("edit")[0] == 0
    assert path.read_text(encoding="utf-8") == "[views]\n"


def test_an_editor_that_cannot_be_run_or_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "/nowhere/vi -n")
    code, result = run("edit")
    assert (code, str(result.exception)) == (
        2,
        "The editor (/nowhere/vi) cannot be run: No such file or directory. Set EDITOR.",
    )
    monkeypatch.setenv("EDITOR", editor(tmp_path, "exit 3"))
    result = CliRunner().invoke(command, ["edit"], standalone_mode=False)
    assert str(result.exception) == "The editor ended with code 3."


def test_schema_is_json_on_stdout() -> None:
    code, result = run("schema")
    assert (code, json.loads(result.stdout)["$schema"]) == (0, "http://json-schema.org/draft-04/schema#")


def test_the_program_has_the_command(stranger: Program) -> None:
    done = stranger("config", "check", "--config", "/nowhere/config.toml")
    assert (done.code, done.out) == (2, "There is no configuration file /nowhere/config.toml.\n")
