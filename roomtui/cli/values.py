"""What options take beside plain words and numbers: durations, JSON, phone numbers. For `type=` of an option."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from roomtui.rooms import typed
from roomtui.rooms.phone import phone_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from roomtui.rooms.recording import RecordingRule

ValueT = TypeVar("ValueT")


def duration(text: str) -> int:
    """Seconds, written as such or as `4h`, `90m`, `1h30`.

    Raises:
        click.BadParameter: it is none.
    """
    return _read(typed.seconds, text)


def phone(text: str) -> str:
    """A phone number as people write it, in E.164.

    Raises:
        click.BadParameter: it is none.
    """
    return _read(phone_number, text)


def json_object(text: str) -> Mapping[str, object]:
    """A JSON object.

    Raises:
        click.BadParameter: it is none.
    """
    return _read(typed.json_object, text)


def recording_rules(text: str) -> tuple[RecordingRule, ...]:
    """Recording rules: a JSON array of objects, as the Recording Rules API has them.

    Raises:
        click.BadParameter: it is none.
    """
    return _read(typed.recording_rules, text)


def _read(read: Callable[[str], ValueT], text: str) -> ValueT:
    try:
        return read(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
