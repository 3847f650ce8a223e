"""SIDs: the names Twilio gives to everything, two letters and 32 hexadecimal digits."""

from __future__ import annotations

from random import Random

_HEX: frozenset[str] = frozenset("0123456789abcdefABCDEF")


class SidMint:
    """Makes SIDs: two letters and 32 hexadecimal digits, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - a simulation repeats itself; nothing here is secret

    def make(self, prefix: str) -> str:
        """A new SID, such as `RM` and 32 digits."""
        return f"{prefix}{self.hexadecimal(32)}"

    def hexadecimal(self, digits: int) -> str:
        """Hexadecimal digits."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"


def is_sid(text: str, prefix: str) -> bool:
    """Whether a text has the form of a SID of that kind (OpenAPI: `^RM[0-9a-fA-F]{32}$`)."""
    return len(text) == 34 and text.startswith(prefix) and set(text[2:]) <= _HEX
