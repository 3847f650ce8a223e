"""The parameters of list requests, read and checked."""

from __future__ import annotations

from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from roomtui.sandbox.world.parameters import first_of
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from roomtui.sandbox.wire import Fields

Choice = TypeVar("Choice", bound=Enum)


def choice_of(fields: Fields, name: str, choices: type[Choice]) -> Choice | None:
    """One of the words of an enumeration; None where the parameter is not given.

    Raises:
        Refusal: 20001 for any other word.
    """
    text = first_of(fields.get(name))
    if text is None:
        return None
    try:
        return choices(text)
    except ValueError:
        allowed = ", ".join(str(choice.value) for choice in choices)
        raise Refusal(20001, f"Invalid parameter {name}: must be one of {allowed}") from None


def instant_of(fields: Fields, name: str) -> datetime | None:
    """A date (its midnight in UTC) or an ISO 8601 date and time; None where the parameter is not given.

    Raises:
        Refusal: 20001 for any other text.
    """
    text = first_of(fields.get(name))
    if text is None:
        return None
    try:
        # Python 3.10 reads neither a final Z nor a lower-case t.
        instant = datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=timezone.utc)
        return instant.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise Refusal(20001, f"Invalid parameter {name}: must be YYYY-MM-DD or an ISO 8601 date-time") from None
