"""What a command says of how it gets on with Twilio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.cli.connecting import HeldUp

if TYPE_CHECKING:
    import pytest


def test_it_is_said_once_why_nothing_happens_and_not_for_a_moment(capsys: pytest.CaptureFixture[str]) -> None:
    held_up = HeldUp()
    for seconds in (0.1, 1.9):
        held_up(seconds)
    assert capsys.readouterr().err == ""
    for seconds in (2.1, 0.3, 8.0):
        held_up(seconds)
    said = "Twilio limits this account's requests: asking again, for some minutes at most; ctrl+c ends it.\n"
    assert capsys.readouterr() == ("", said)
