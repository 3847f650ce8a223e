"""`roomtui doctor`: what works here, and how to mend the rest."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomtui.cli.checks import Status, warn
from roomtui.cli.checks_here import Place, answer_of, journal_check, terminal_checks
from roomtui.cli.examining import _line
from roomtui.tui.multiplexers import TMUX_FORMAT
from tests.cli.beside import sandbox_beside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from roomtui.cli.checks import Check
    from tests.cli.program import Program, RunningSandbox

GOOD = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}


def looked_at(
    environ: dict[str, str],
    *,
    size: tuple[int, int] | None = (80, 24),
    encoding: str = "utf-8",
    is_terminal: bool = True,
    programs: Sequence[str] = (),
    answers: dict[str, str] | None = None,
    tty: str | None = None,
) -> dict[str, Check]:
    """What is found at a place, by name."""

    def ask(command: Sequence[str]) -> str | None:
        return (answers or {}).get(command[-1])

    def which(name: str) -> str | None:
        return name if name in programs else None

    place = Place(environ, is_terminal=is_terminal, size=size, encoding=encoding, tty=tty, ask=ask, which=which)
    return {check.name: check for check in terminal_checks(place)}


# -- the terminal


def test_a_good_terminal_has_nothing_to_mend() -> None:
    found = looked_at({**GOOD, "COLORTERM": "truecolor", "DISPLAY": ":0"}, programs=["xclip"])
    assert {name: check.status for name, check in found.items()} == dict.fromkeys(
        ("terminal", "letters", "colours", "size", "clipboard"), Status.OK
    )
    assert not any(check.mend for check in found.values())
    assert found["colours"].detail == "24 bits"


@pytest.mark.parametrize(
    ("environ", "name", "status"),
    [
        ({"TERM": "dumb"}, "terminal", Status.FAIL),
        ({"TERM": ""}, "terminal", Status.FAIL),
        ({}, "terminal", Status.FAIL),
        ({"TERM": "xterm"}, "colours", Status.WARN),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "colours", Status.OK),
        ({"TERM": "xterm-256color"}, "colours", Status.OK),
        ({"TERM": "screen-256color", "STY": "1.pts"}, "screen", Status.WARN),
        ({"TERM": "xterm-256color", "SSH_TTY": "/dev/pts/1", "DISPLAY": ":0"}, "clipboard", Status.WARN),
    ],
)
def test_what_a_terminal_lacks(environ: dict[str, str], name: str, status: Status) -> None:
    check = looked_at(environ, programs=["xclip"])[name]
    assert check.status is status
    assert bool(check.mend) is (status is not Status.OK)


@pytest.mark.parametrize(
    ("size", "status"),
    [
        ((80, 24), Status.OK),
        ((200, 50), Status.OK),
        ((79, 24), Status.WARN),
        ((80, 23), Status.WARN),
        ((59, 20), Status.WARN),
    ],
)
def test_how_large_it_is(size: tuple[int, int], status: Status) -> None:
    assert looked_at(GOOD, size=size)["size"].status is status


def test_letters_that_it_cannot_write() -> None:
    check = looked_at({"TERM": "xterm-256color", "LC_ALL": "POSIX"}, encoding="ascii")["letters"]
    assert (check.status, check.detail.split(":")[0]) == (Status.WARN, "LC_ALL is POSIX")
    assert looked_at(GOOD, encoding="UTF8")["letters"].status is Status.OK


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ({}, "LANG is not set"),
        ({"LANG": "C"}, "LANG is C"),
        ({"LC_ALL": "ja_JP.eucJP", "LANG": "C.UTF-8"}, "LC_ALL is ja_JP.eucJP"),
    ],
)
def test_letters_that_the_locale_knows_nothing_of(locale: dict[str, str], said: str) -> None:
    check = looked_at({"TERM": "xterm-256color", **locale})["letters"]
    assert (check.status, check.detail) == (Status.WARN, f"{said}: the dashboard draws nothing but ASCII")


def test_where_there_is_no_terminal_the_commands_still_work() -> None:
    found = looked_at({}, is_terminal=False, size=None)
    assert {name: check.status for name, check in found.items()} == {"terminal": Status.WARN, "letters": Status.OK}


XTERM = "/dev/pts/1|0|0|xterm-256color|bpaste,clipboard,title|"


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"-V": "tmux 3.4", "escape-time": "10", TMUX_FORMAT: XTERM}, {}),
        ({"-V": "tmux next-3.5", TMUX_FORMAT: XTERM}, {}),
        ({"-V": "tmux master", TMUX_FORMAT: XTERM}, {}),
        (
            {"-V": "tmux 3.0a", TMUX_FORMAT: "/dev/pts/1|||xterm||"},
            {"tmux": "tmux 3.0a does not hand copies to the terminal by itself"},
        ),
        (
            {"-V": "tmux 3.4", "escape-time": "500", TMUX_FORMAT: XTERM},
            {"tmux keys": "esc is held back for 500 ms"},
        ),
        # With `off` tmux hands on what it is told to load all the same (measured with 3.3a).
        ({"-V": "tmux 3.4", "set-clipboard": "off", TMUX_FORMAT: XTERM}, {}),
        (
            {"-V": "tmux 3.4", TMUX_FORMAT: "/dev/pts/1|0|0|vt220||"},
            {"clipboard": "tmux's buffer alone: tmux does not know that the terminal takes copies"},
        ),
        (
            {},
            {
                "tmux": "TMUX is set, but tmux does not answer",
                "clipboard": "TMUX is set, but tmux does not answer: your terminal is asked to take it (OSC 52)",
            },
        ),
    ],
)
def test_tmux(answers: dict[str, str], wrong: dict[str, str]) -> None:
    environ = {**GOOD, "TERM": "tmux-256color", "TMUX": "/tmp/x"}  # noqa: S108 - of nobody
    found = looked_at(environ, programs=["tmux"], answers=answers)
    assert {name: check.detail for name, check in found.items() if check.status is not Status.OK} == wrong
    assert {"tmux", "clipboard"} <= found.keys()


def test_the_way_of_copies_is_told_where_only_the_answer_goes_elsewhere() -> None:
    found = looked_at(GOOD, is_terminal=False, size=None, tty="/dev/pts/1")
    assert found.keys() == {"terminal", "letters", "clipboard"}


@given(environ=st.dictionaries(st.sampled_from(["TERM", "LANG", "LC_ALL", "COLORTERM", "TMUX", "STY"]), st.text()))
def test_whatever_stands_in_the_environment_is_told_harmlessly(environ: dict[str, str]) -> None:
    for check in looked_at(environ, encoding="ascii", answers={"-V": "\x1b[31m", "escape-time": "²"}).values():
        assert check.detail.isprintable()
        assert check.mend.isprintable()
        assert bool(check.mend) is (check.status is not Status.OK)


def test_programs_are_asked() -> None:
    assert answer_of(("echo", "hello")) == "hello"
    assert answer_of(("false",)) is None
    assert answer_of(("no-such-program-anywhere",)) is None


# -- files


def test_a_journal_that_can_be_written(tmp_path: Path) -> None:
    assert journal_check(tmp_path / "a" / "b" / "journal.jsonl").status is Status.OK
    journal = tmp_path / "journal.jsonl"
    journal.touch(0o600)
    assert journal_check(journal).detail == str(journal)
    journal.chmod(0o644)
    assert (journal_check(journal).status, journal_check(journal).mend) == (Status.WARN, f"chmod 600 {journal}")


def test_a_journal_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.jsonl"
    monkeypatch.setattr(
        os, "access", lambda place, mode: (place, mode) != (tmp_path, os.W_OK)
    )  # root may write anywhere
    check = journal_check(path)
    assert (check.status, check.detail) == (Status.FAIL, f"{tmp_path} cannot be written")
    monkeypatch.undo()
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    assert journal_check(in_the_way / "journal.jsonl").status is Status.FAIL


def test_a_journal_that_would_be_refused_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.symlink_to(tmp_path / "elsewhere")
    assert journal_check(path).status is Status.FAIL
    assert journal_check(path).detail == f"{path}: it is a link to another file"
    path.unlink()
    tmp_path.chmod(0o777)
    assert journal_check(path).detail.endswith(f"others may write into its folder: chmod 700 {tmp_path}")
    assert journal_check(tmp_path / ("x" * 300) / "journal.jsonl").detail.endswith(": File name too long")


# -- the lines


def test_a_line_is_folded_between_words_under_itself_on_a_terminal_only() -> None:
    check = warn("size", "so wide " * 12, "Make it wider.")
    assert len(_line(check, None).splitlines()) == 1
    first, *others = _line(check, 60).splitlines()
    assert first.startswith("warn  size         so wide so wide")
    assert all(line.startswith(" " * 19) and not line.startswith(" " * 20) for line in others)
    assert max(map(len, [first, *others])) <= 60
    assert " ".join(_line(check, 60).split()) == " ".join(_line(check, None).split())


# -- the whole command


def named(told: Any) -> dict[str, dict[str, str]]:
    return {check["name"]: check for check in told["checks"]}


def test_all_is_well(stranger: Program) -> None:
    # Its clock goes: one that stood still would be the more wrong the longer this machine takes.
    with sandbox_beside() as sandbox:
        is_well(stranger.knowing(sandbox), sandbox)


def is_well(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.create("room")
    before = sandbox.requests()
    done = roomtui("doctor", "--json")
    assert (done.code, done.err) == (0, "")
    assert sandbox.requests() == before + 1
    found = named(done.json)
    assert all(check.keys() == {"name", "status", "detail", "mend"} for check in found.values())
    # How quick the line is, and so what is said of it, this machine decides.
    took = re.search(r"answered in (\d+) ms", found["api"]["detail"])
    assert took is not None
    assert found["api"]["status"] == ("ok" if int(took[1]) <= 1000 else "warn")
    assert {name: found[name]["status"] for name in ("config", "credentials", "clock", "quota", "journal")} == {
        "config": "ok",
        "credentials": "ok",
        "clock": "ok",
        "quota": "ok",
        "journal": "ok",
    }
    assert "1 room, all rosters in 1s" in found["quota"]["detail"]
    lines = roomtui("doctor").out.splitlines()
    assert {line.split()[0] for line in lines} <= {"ok", "warn", "fail"}
    assert [line.split()[1] for line in lines] == list(found)


def test_a_clock_that_is_wrong_is_no_failure(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.advance(3600)
    done = roomtui("doctor", "--json")
    assert done.code == 0
    clock = named(done.json)["clock"]
    assert clock["status"] == "warn"
    assert "behind Twilio" in clock["detail"]


def test_credentials_that_are_refused_or_missing_have_a_code_of_their_own(
    roomtui: Program, stranger: Program, sandbox: RunningSandbox
) -> None:
    refused = roomtui("doctor", "--json", TWILIO_API_SECRET="wrong-" + "x" * 26)
    assert refused.code == 4
    assert named(refused.json)["credentials"]["status"] == "fail"
    assert "wrong-" not in refused.out
    missing = stranger("doctor", "--json")
    assert missing.code == 4
    assert "TWILIO_ACCOUNT_SID" in named(missing.json)["credentials"]["detail"]
    wrong = stranger("doctor", "--json", TWILIO_ACCOUNT_SID="a-token", TWILIO_AUTH_TOKEN="a-token")
    assert wrong.code == 4
    assert "TWILIO_ACCOUNT_SID" in named(wrong.json)["credentials"]["detail"]
    assert "a-token" not in wrong.out + wrong.err
    assert sandbox.requests()


def test_what_cannot_be_reached_or_is_wrong_is_a_failure(
    roomtui: Program, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    away = roomtui("doctor", "--json", ROOMTUI_API_URL="http://127.0.0.1:1")
    assert away.code == 1
    assert named(away.json)["api"]["status"] == "fail"
    assert roomtui("doctor", ROOMTUI_API_URL="ftp://example.com").code == 1
    sandbox.fault("html", Count="1")
    assert named(roomtui("doctor", "--json").json)["api"]["status"] == "fail"
    (tmp_path / "broken.toml").write_text("[profiles")
    broken = roomtui("doctor", "--json", "--config", str(tmp_path / "broken.toml"))
    assert broken.code == 1
    assert named(broken.json)["config"]["status"] == "fail"


def test_what_is_wrong_with_the_file_is_said_once(roomtui: Program, tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text("foo = 1\nbar = 2\n")
    done = roomtui("doctor", "--json", "--config", str(tmp_path / "wrong.toml"))
    (said,) = [each for each in done.json["checks"] if each["name"] == "config"]
    assert said["status"] == "fail"
    assert "foo" in said["detail"]
