"""The account a world belongs to: who it is, what it may do, and where its SIDs come from."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from roomtui.sandbox.world import limits

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(slots=True)
class Account:
    """Settings that the Console or Twilio's sales would change.

    Attributes:
        ad_hoc_rooms: "Client-side Room Creation": joining an unknown name makes a room.
        era: which room types are still offered.
        read_limit: GET requests a real second; 0 enforces nothing.
        write_limit: POST requests a real second; 0 enforces nothing.
        status_callback: the default callback URL, the only one an ad-hoc room can have.
        room_quota: rooms in progress at the same time (53119).
        participant_quota: participants in rooms at the same time (53206).
    """

    sid: str
    ad_hoc_rooms: bool = True
    era: limits.Era = limits.Era.LEGACY
    read_limit: int = limits.READS_PER_SECOND
    write_limit: int = limits.WRITES_PER_SECOND
    status_callback: str | None = None
    room_quota: int = limits.CONCURRENT_ROOMS
    participant_quota: int = limits.CONCURRENT_PARTICIPANTS


class SidMint:
    """Makes SIDs: two letters and 32 hexadecimal digits, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - a simulation repeats itself; nothing here is secret

    def make(self, prefix: str) -> str:
        """A new SID, such as `RM` and 32 digits."""
        return f"{prefix}{self._random.getrandbits(128):032x}"


def is_sid(text: str, prefix: str) -> bool:
    """Whether a text has the form of a SID of that kind (OpenAPI: `^RM[0-9a-fA-F]{32}$`)."""
    return len(text) == 34 and text.startswith(prefix) and set(text[2:]) <= _HEX


def is_utf8(text: str) -> bool:
    """Whether a text can be written in UTF-8: bytes that could not be read arrive as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_HEX: frozenset[str] = frozenset("0123456789abcdefABCDEF")


def first_of(values: Sequence[str] | None) -> str | None:
    """The value of a parameter that may be given once; the first one where it is repeated."""
    return values[0] if values else None
