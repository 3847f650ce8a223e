"""Twilio's links of a resource, kept small. Pure.

A record's links repeat its own address: four strings of a hundred characters in every room. What differs from room to
room is that address alone, so the rest is kept once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

Endings = tuple[tuple[str, str], ...]
"""Each link's name and what follows the resource's own address in it, in Twilio's order."""

_ENDING_MAX: Final = 128
"""Characters. Twilio's have 16."""


class Links(Mapping[str, str]):
    """Links below one address, each put together when it is asked for: 48 bytes instead of 900."""

    __slots__ = ("_address", "_endings")

    def __init__(self, address: str, endings: Endings) -> None:
        """`address` of the resource itself; `endings` as from `endings_of`."""
        self._address = address
        self._endings = endings

    def plain(self) -> dict[str, str]:
        """All of them, as they came."""
        address = self._address
        return {name: address + ending for name, ending in self._endings}

    def __getitem__(self, name: str) -> str:
        for known, ending in self._endings:
            if known == name:
                return self._address + ending
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._endings)

    def __len__(self) -> int:
        return len(self._endings)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Links) and self._endings is other._endings:
            return self._address == other._address
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]  # as any mapping's

    def __repr__(self) -> str:
        return f"Links({dict(self)!r})"


def endings_of(links: Mapping[str, object], address: str) -> Endings | None:
    """What follows `address`, itself of printable ASCII, in each of the links.

    None where one of them lies elsewhere, or is not short printable ASCII.
    """
    start = len(address)
    endings = [
        (name, link[start:]) for name, link in links.items() if isinstance(link, str) and link[:start] == address
    ]
    return _once(tuple(endings)) if len(endings) == len(links) else None


@lru_cache(maxsize=64)
def _once(endings: Endings) -> Endings | None:
    """The same object for equal endings, if they can be shown."""
    fit = all(len(ending) <= _ENDING_MAX and ending.isascii() and ending.isprintable() for _, ending in endings)
    return endings if fit else None
