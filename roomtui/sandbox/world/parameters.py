"""Reading the values of parameters: everything arrives as text, and any of it may be nonsense."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from roomtui.sandbox.world import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def is_utf8(text: str) -> bool:
    """Whether a text can be written in UTF-8: bytes that could not be read arrive as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_callback_url(url: str) -> bool:
    """Whether a text is an absolute http(s) URL of fewer than 1024 characters."""
    if len(url) > limits.STATUS_CALLBACK_LENGTH or not is_utf8(url) or _UNPRINTABLE_IN_URL.search(url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False
