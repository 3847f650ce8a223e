"""Reading the values of parameters: everything arrives as text, and any of it may be nonsense."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from roomtui.sandbox.world import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

_DEEPEST_JSON = 32
"""Levels. Nothing in Twilio's API nests half as deep; without a bound what was read could be too deep to be written."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_UNPRINTABLE_IN_URL = re.compile(r"[\x00-\x20\x7f]")


def first_of(values: Sequence[str] | None) -> str | None:
    """The value of a parameter that may be given once; the first one where it is repeated."""
    return values[0] if values else None


def integer(text: str) -> int | None:
    """A whole number in plain digits, or None."""
    return int(text) if _INTEGER.fullmatch(text) else None


def boolean(text: str) -> bool | None:
    """`true` or `false` in any case, or None."""
    return {"true": True, "false": False}.get(text.lower())


def json_object(text: str | bytes) -> dict[str, object] | None:
    """A JSON object, or None for anything else, or for one that is nested absurdly deep."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    level = [content]
    for _ in range(_DEEPEST_JSON):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return content if isinstance(content, dict) and not level else None


def is_utf8(text: str) -> bool:
    """Whether a text can be written in UTF-8: bytes that could not be read arrive as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_http_url(text: str, longest: int) -> bool:
    """Whether a text is an absolute http(s) URL that can be asked, of at most so many characters."""
    if len(text) > longest or not is_utf8(text) or _UNPRINTABLE_IN_URL.search(text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False


def is_callback_url(url: str) -> bool:
    """Whether a text is an absolute http(s) URL of fewer than 1024 characters."""
    return is_http_url(url, limits.STATUS_CALLBACK_LENGTH)
