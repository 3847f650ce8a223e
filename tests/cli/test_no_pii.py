"""Phone numbers are masked in all text where that is wanted, and in no JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from roomtui.cli import exits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.program import Program, RunningSandbox

PHONE = "+16505550123-634a594e"
NUMBER = "6505550123"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    exits.mask_numbers(mask=False)


def test_by_an_option_of_those_that_only_look(roomtui: Program, sandbox: RunningSandbox) -> None:
    sandbox.join(PHONE, PHONE)
    for command in (["ls"], ["show", PHONE]):
        assert NUMBER in roomtui(*command).out
        hidden = roomtui(*command, "--no-pii")
        assert NUMBER not in hidden.out + hidden.err
        assert "+1650555****-634a594e" in hidden.out
        assert NUMBER in roomtui(*command, "--no-pii", "--json").out


def test_by_the_configuration_in_whatever_is_said(roomtui: Program, sandbox: RunningSandbox, tmp_path: Path) -> None:
    folder = tmp_path / "config" / "roomtui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("no_pii = true\n")
    room = sandbox.create("board")
    person = sandbox.join("board", PHONE)
    nobody = roomtui("kick", "board", "+16505550199", "--yes")
    assert nobody.code == 3
    assert "+1650555****" in nobody.err
    asked = roomtui("kick", "board", PHONE)
    assert asked.code == 5
    assert NUMBER not in asked.err
    removed = roomtui("kick", "board", PHONE, "--yes")
    assert removed.out == (
        f"+1650555****-634a594e ({person['sid']}) was removed from board ({room['sid']}); nobody left in it.\n"
    )
    told = roomtui("show", "board", "--json").json
    assert [each["identity"] for each in told["roster"]] == [PHONE]


def test_what_is_said_and_told_is_safe_and_masked(capsys: pytest.CaptureFixture[str]) -> None:
    exits.say("+16505550123\x1b[31m")
    exits.mask_numbers(mask=True)
    exits.say("+16505550123\x1b[31m")
    exits.tell("+16505550123")
    told = capsys.readouterr()
    assert told.out == "+1650555****\n"
    first, second = told.err.splitlines()
    assert first.startswith("+16505550123")
    assert second.startswith("+1650555****")
    assert "\x1b" not in told.err
