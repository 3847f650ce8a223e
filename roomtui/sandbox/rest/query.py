"""The parameters of list requests, read and checked, and written again for the next page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode

from roomtui.sandbox.world.parameters import first_of, integer
from roomtui.sandbox.world.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roomtui.sandbox.wire import Fields

DEFAULT_PAGE_SIZE = 50

Choice = TypeVar("Choice", bound=Enum)

_INSTANT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.(?P<fraction>[0-9]{1,9}))?"
    r"(?P<offset>[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?"
)
"""A date, or a date-time of RFC 3339; tolerated are a missing offset (it is UTC), missing seconds, and a space."""


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
    instant = _instant(text)
    if instant is None:
        raise Refusal(20001, f"Invalid parameter {name}: must be YYYY-MM-DD or an ISO 8601 date-time")
    return instant


def _instant(text: str) -> datetime | None:
    match = _INSTANT.fullmatch(text)
    try:
        return _in_utc(**match.groupdict()) if match is not None else None
    except (ValueError, OverflowError):  # no such day, or one before the first or after the last there is
        return None


def _in_utc(day: str, time: str | None, fraction: str | None, offset: str | None) -> datetime:
    """Of what a date-time may be, Python 3.10 reads only this much, and later versions more than it may be."""
    instant = datetime.fromisoformat(f"{day}T{time or '00:00'}+00:00")
    instant += timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0")))
    if offset is None or offset in "Zz":
        return instant
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if minutes > 59:
        raise ValueError
    east = timedelta(hours=hours, minutes=minutes)
    return instant - east if offset[0] == "+" else instant + east


def page_size_of(fields: Fields, largest: int) -> int:
    """How many things a page is to hold, `largest` at the most.

    Raises:
        Refusal: 20001 or 20007 for a size that cannot be.
    """
    text = first_of(fields.get("PageSize"))
    size = DEFAULT_PAGE_SIZE if text is None else integer(text)
    if size is None or size < 1:
        raise Refusal(20001, f"Invalid parameter PageSize: must be 1 to {largest}")
    if size > largest:
        raise Refusal(20007)
    return size


def page_index_of(fields: Fields, token: str | None) -> int:
    """The page's index, which "is simply for client state"; a token alone leads to some later page.

    Raises:
        Refusal: 20001 for an index that cannot be, or one without the token of its page.
    """
    text = first_of(fields.get("Page"))
    if text is None:
        return 0 if token is None else 1
    page = integer(text)
    if page is None or page < 0:
        raise Refusal(20001, "Invalid parameter Page: must be 0 or more")
    if page > 0 and token is None:
        raise Refusal(20001, "PageToken is required for paging.")
    return page


def encoded(pairs: Sequence[tuple[str, str]]) -> str:
    """The query of these parameters, bytes that were no UTF-8 as they came."""
    return urlencode(pairs, quote_via=quote, safe="", errors="surrogateescape")
