"""Personal data: phone numbers, known as such, and hidden on request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from roomtui.rooms.untrusted import Untrusted

_NUMBER: Final = re.compile(r"\+\d{7,15}")
_HIDDEN_DIGITS: Final = 4
# What a phone participant is called when no identity was given: E.164, a dash, eight hexadecimal digits.
_PHONE_IDENTITY: Final = re.compile(r"\+[1-9][0-9]{1,14}-[0-9a-f]{8}")


def is_phone(identity: str) -> bool:
    """Whether this identity looks like the one that Twilio makes up for a phone participant; it holds the number."""
    return _PHONE_IDENTITY.fullmatch(identity) is not None


def shown(text: Untrusted, *, hide: bool) -> str:
    """The safe form of `text`; with `hide`, the last four digits of every phone number in it are stars."""
    return masked(text.safe) if hide else text.safe


def masked(text: str) -> str:
    """`text` with stars for the last four digits of every phone number in it."""
    return _NUMBER.sub(_stars, text)


def _stars(number: re.Match[str]) -> str:
    return number.group()[:-_HIDDEN_DIGITS] + "*" * _HIDDEN_DIGITS


def blotted(text: str) -> str:
    """`text` with zeros for the last four digits of every phone number in it: for what leaves the house.

    Zeros, so that a phone's identity is still known for one.
    """
    return _NUMBER.sub(lambda number: number.group()[:-_HIDDEN_DIGITS] + "0" * _HIDDEN_DIGITS, text)
