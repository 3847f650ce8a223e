"""What is told as JSON."""

from __future__ import annotations

import json

import pytest

from roomtui.twilio_api.telling import json_text


def nested(opening: str, depth: int, closing: str) -> str:
    return opening * depth + "1" + closing * depth


def is_readable(text: str) -> bool:
    try:
        json.loads(text)
    except RecursionError:
        return False
    return True


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a": ', "}")])
def test_writes_a_value_nested_as_deeply_as_it_can_be_read(opening: str, closing: str) -> None:
    # How deeply that is differs from one version of Python to the next.
    deepest = next(depth for depth in (9000, 1400, 900, 500) if is_readable(nested(opening, depth, closing)))
    value = json.loads(nested(opening, deepest, closing))
    assert json_text(value).count(closing) == deepest
