"""Spans of time as people type them: ``4h``, ``90m``, ``1h30``, ``600 s``, or a bare number."""

from __future__ import annotations

import re
from typing import Final

from roomtui.rooms.countdown import HOUR, MINUTE
from roomtui.rooms.words import limit

_WRITTEN: Final = re.compile(
    r"(?:(?P<h>\d+)\s*h(?:ours?)?)?\s*"
    r"(?:(?P<m>\d+)\s*m(?:in(?:ute)?s?)?)?\s*"
    r"(?:(?P<s>\d+)\s*s(?:ec(?:ond)?s?)?)?",
    re.ASCII | re.IGNORECASE,
)
# As this program itself writes an hour and a half.
_HOURS_AND_MINUTES: Final = re.compile(r"(?P<h>\d+)\s*h\s*(?P<m>\d{1,2})", re.ASCII | re.IGNORECASE)
_BARE: Final = re.compile(r"\d+", re.ASCII)
_DIGITS_MAX: Final = 9


def seconds(text: str, *, bare: int = 1) -> int:
    """The seconds that `text` speaks of; a bare number counts in units of `bare` seconds.

    Raises:
        ValueError: it speaks of none; `str()` is one sentence for people.
    """
    wanted = text.strip()
    if len(wanted) > 4 * _DIGITS_MAX:
        raise ValueError(_how(bare))
    if _BARE.fullmatch(wanted):
        return int(wanted) * bare
    found = _HOURS_AND_MINUTES.fullmatch(wanted) or _WRITTEN.fullmatch(wanted)
    if not wanted or found is None:
        raise ValueError(_how(bare))
    parts = {"s": None, **found.groupdict()}
    return sum(int(parts[unit] or 0) * worth for unit, worth in (("h", HOUR), ("m", MINUTE), ("s", 1)))


def minutes(text: str) -> int:
    """The whole minutes that `text` speaks of; a bare number is minutes.

    Raises:
        ValueError: it speaks of none, or not of whole ones.
    """
    found = seconds(text, bare=MINUTE)
    if found % MINUTE:
        raise ValueError("Twilio takes whole minutes here.")
    return found // MINUTE


def both(span: int) -> str:
    """A span as people say it and in seconds: ``4 h = 14400 s``."""
    said = limit(span)
    return said if said == f"{span} s" else f"{said} = {span} s"


def _how(bare: int) -> str:
    return f"Write it as 4h, 90m or 1h30; a bare number is {'minutes' if bare == MINUTE else 'seconds'}."
