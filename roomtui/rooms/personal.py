"""Personal data: phone numbers, hidden on request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from roomtui.rooms.untrusted import Untrusted

_NUMBER: Final = re.compile(r"\+\d{7,15}")
_HIDDEN_DIGITS: Final = 4


def shown(text: Untrusted, *, hide: bool) -> str:
    """The safe form of `text`; with `hide`, the last four digits of every phone number in it are stars."""
    return _NUMBER.sub(_masked, text.safe) if hide else text.safe


def _masked(number: re.Match[str]) -> str:
    return number.group()[:-_HIDDEN_DIGITS] + "*" * _HIDDEN_DIGITS
