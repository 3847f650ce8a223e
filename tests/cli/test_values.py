"""What options take: durations, JSON, recording rules, phone numbers. What can be typed: tests/rooms/test_typed.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from roomtui.cli.values import duration, json_object, phone, recording_rules
from roomtui.rooms.recording import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_options_are_read_as_the_form_reads_them() -> None:
    assert duration("1h30") == duration("90m") == duration("5400") == 5400
    assert json_object('{"a": 1}') == {"a": 1}
    assert recording_rules('[{"type": "include", "all": true}]') == EVERYTHING
    assert phone("+1 (500) 555-0006") == "+15005550006"


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (duration, "4d", "Write it as 4h, 90m or 1h30; a bare number is seconds"),
        (duration, "", "Write it as"),
        (json_object, "[]", "A JSON object is wanted"),
        (recording_rules, "{", "not JSON"),
        (phone, "0151 2345678", "country code"),
    ],
)
def test_what_cannot_be_read_is_wrong_usage_with_the_reason(
    read: Callable[[str], object], text: str, said: str
) -> None:
    with pytest.raises(click.BadParameter, match=said):
        read(text)
