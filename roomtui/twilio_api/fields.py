"""One record of Twilio's JSON, read field by field. Pure.

Reading is tolerant: a field that is missing, null or unreadable is None, and what was not understood is kept as it
came, so that nothing Twilio says is lost on the way to `--json`. Only a record without a SID is refused: nothing can
be done with it, and to skip it would lose a room.
"""

from __future__ import annotations

import marshal
import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeGuard

from roomtui.rooms.model import NOTHING_MORE
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import NotTwilio
from roomtui.twilio_api.links import Links, endings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_INTEGER_MAX: Final = 10**9
"""Seconds, minutes, people: beyond this it is no such number, and a date plus it is no date."""

_WORD_MAX: Final = 2048
"""Characters of a URL or a value from a list. Longer, or not printable ASCII: not what the field is for."""

_SID_MAX: Final = 64
"""Characters; Twilio's have 34."""

_REPEATED_MAX: Final = 64
"""Characters. Longer words are addresses: no two alike."""

_REPEATED_REST_MAX: Final = 1024
"""Bytes of fields that we do not know, if they are to be kept once for all records that have the same."""

_BY_VALUE: Final = 2
"""The last format of `marshal` in which equal values are equal bytes; later ones depend on who else holds them."""

_MOMENT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:[.,]([0-9]{1,9}))?(?:[Zz]|([+-])([01][0-9]|2[0-3]):?([0-5][0-9]))?"
)


def moment(text: str) -> datetime | None:
    """An ISO 8601 time as aware UTC; without an offset it is UTC; None where it is none.

    The SDK's own reader hands back a string where there is a fraction or an offset.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    day, time, fraction, sign, hours, minutes = match.groups()
    try:
        read = datetime.fromisoformat(f"{day}T{time}+00:00")
        if fraction:
            read = read.replace(microsecond=int(fraction[:6].ljust(6, "0")))
        if sign:
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            read = (read - offset if sign == "+" else read + offset).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None
    return _plausible(read)


def _mail_moment(text: str) -> datetime | None:
    """A time as the older API (2010-04-01) tells it: RFC 2822, ``Tue, 31 Aug 2010 20:36:28 +0000``."""
    try:
        read = parsedate_to_datetime(text)
        if read.tzinfo is not None:
            read = read.astimezone(timezone.utc)
        elif text.endswith("-0000"):
            read = read.replace(tzinfo=timezone.utc)  # UTC of unknown origin
        else:  # a zone that Python does not know, such as CET or "+02:00"; or it took AM or PM for one
            return None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return _plausible(read)


def _plausible(read: datetime) -> datetime | None:
    # A year far off is no time of a room; it would also overflow where a time-out is added to it.
    return read if 1970 <= read.year < 3000 else None


class Fields:
    """Takes the fields of one record. What is not taken, because nobody asked or it was unreadable, is the `rest`.

    What many records have in common (words, times, lists of codecs) is the same object in all of them: ten thousand
    rooms are kept at once.
    """

    __slots__ = ("_left",)

    def __init__(self, record: Mapping[str, object]) -> None:
        self._left = dict(record)

    def sid(self, kind: str) -> str:
        """The record's own SID. `kind`: what it is a record of, for people.

        Raises:
            NotTwilio: there is none.
        """
        value = self._left.pop("sid", None)
        if isinstance(value, str) and len(value) <= _SID_MAX and value.isascii() and value.isalnum():
            return value
        raise NotTwilio(f"The answer is not Twilio's: a {kind} without a SID. Is the API URL right?")

    def word(self, key: str) -> str | None:
        """A value from a list, a SID, a URL of Twilio's: printable ASCII, or it is not read."""
        value = self._left.pop(key, None)
        if value is None:
            return None
        if isinstance(value, str):
            read = _word(value) if len(value) <= _REPEATED_MAX else value if is_word(value) else None
            if read is not None:
                return read
        self._left[key] = value
        return None

    def name(self, key: str) -> Untrusted | None:
        """Text that strangers chose."""
        value = self._left.pop(key, None)
        if value is None:
            return None
        if isinstance(value, str):
            return Untrusted(value)
        self._left[key] = value
        return None

    def integer(self, key: str) -> int | None:
        """A whole number from 0, as a number or, as in calls, in digits."""
        value = read = self._left.pop(key, None)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
            read = int(value)
        if read is None or (type(read) is int and 0 <= read <= _INTEGER_MAX):
            return read
        self._left[key] = value
        return None

    def flag(self, key: str) -> bool | None:
        """A yes or no."""
        value = self._left.pop(key, None)
        if value is None or isinstance(value, bool):
            return value
        self._left[key] = value
        return None

    def moment(self, key: str) -> datetime | None:
        """A time, as either generation of Twilio's APIs writes it."""
        value = self._left.pop(key, None)
        if value is None:
            return None
        read = _any_moment(value) if isinstance(value, str) else None
        if read is None:
            self._left[key] = value
        return read

    def words(self, key: str) -> tuple[str, ...] | None:
        """A list of words."""
        value = self._left.pop(key, None)
        if value is None:
            return None
        if isinstance(value, list) and all(map(is_word, value)):
            return _words(tuple(value))
        self._left[key] = value
        return None

    def links(self, key: str, address: str | None) -> Mapping[str, str] | None:
        """Words by name. `address`: the record's own, with which they are expected to begin."""
        value = self._left.pop(key, None)
        if value is None:
            return None
        if isinstance(value, dict):
            endings = endings_of(value, address) if address else None
            if address and endings is not None:
                return Links(address, endings)
            if all(map(is_word, value.values())):
                return MappingProxyType(value)
        self._left[key] = value
        return None

    def rest(self) -> Mapping[str, object]:
        """What has not been taken, as it came."""
        return _rest(self._left) if self._left else NOTHING_MORE


def is_word(value: object) -> TypeGuard[str]:
    """Whether it is short printable ASCII."""
    return isinstance(value, str) and value.isascii() and value.isprintable() and len(value) <= _WORD_MAX


@lru_cache(maxsize=1024)
def _word(value: str) -> str | None:
    """`value`, the same object each time, if it is a word."""
    return value if is_word(value) else None


@lru_cache(maxsize=64)
def _words(value: tuple[str, ...]) -> tuple[str, ...]:
    return value


@lru_cache(maxsize=1024)
def _any_moment(text: str) -> datetime | None:
    return moment(text) or _mail_moment(text)


def _rest(left: dict[str, object]) -> Mapping[str, object]:
    """`left`, unchangeable. A field that Twilio adds says the same in most rooms, and is then kept once for all."""
    try:
        # By its bytes, not by equality: to Python 1, 1.0 and True are equal, to whoever reads our JSON they are not.
        written = marshal.dumps(left, _BY_VALUE)
    except ValueError:  # nested too deeply to be written, though not to be read
        return MappingProxyType(left)
    return _shared_rest(written) if len(written) <= _REPEATED_REST_MAX else MappingProxyType(left)


@lru_cache(maxsize=64)
def _shared_rest(written: bytes) -> Mapping[str, object]:
    return MappingProxyType(marshal.loads(written))  # noqa: S302  # our own bytes, of a moment ago


def iso(moment: datetime | None) -> str | None:
    """The time as Twilio's newer APIs write it, for JSON."""
    if moment is None:
        return None
    if moment.tzinfo is not timezone.utc:
        moment = moment.astimezone(timezone.utc)
    return f"{moment.isoformat()[:-6]}Z"
