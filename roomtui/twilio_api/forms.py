"""What goes into a query or a form, written as Twilio reads it. Pure."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from roomtui.twilio_api.errors import Unsendable

if TYPE_CHECKING:
    from collections.abc import Mapping


def encoded(fields: Mapping[str, object]) -> str:
    """`fields` as a query or form: lists repeat their key, booleans are words, nothing is sent for None.

    Raises:
        Unsendable: a text in it is no UTF-8.
    """
    pairs = tuple(
        (key, _text(item))
        for key, value in fields.items()
        for item in (value if isinstance(value, (list, tuple)) else (value,))
        if item is not None
    )
    try:
        return _encoded(pairs)
    except UnicodeEncodeError:
        raise Unsendable("The request holds characters that are no UTF-8: Twilio cannot be asked that.") from None


@lru_cache(maxsize=16)  # who polls asks the same again and again
def _encoded(pairs: tuple[tuple[str, str], ...]) -> str:
    return urlencode(pairs)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError("a time without a zone cannot be sent")
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)
