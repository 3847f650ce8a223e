"""Connection overrides: how a webhook's URL may say, in its fragment, how patiently it is called.

"Webhook connection overrides": `https://example.com/hook#rc=2&rp=ct,5xx&rt=3000`. The fragment itself is never sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from roomtui.sandbox.world.parameters import integer

if TYPE_CHECKING:
    from collections.abc import Mapping

POLICIES = frozenset({"4xx", "5xx", "ct", "rt"})
"""What may be tried again: answers of a class, a connection that is not made, an answer that does not come in time."""

_MILLISECONDS = {"ct": range(100, 10_001), "rt": range(100, 15_001), "tt": range(100, 15_001)}
_RETRIES = range(6)


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a URL asks for; None where it asks for nothing that is valid.

    Attributes:
        connect: seconds to wait for the connection (`ct`).
        read: seconds to wait for the answer, and between its parts (`rt`).
        total: seconds for all of it (`tt`).
        retries: how often to try again (`rc`).
        policies: what to try again after (`rp`).
    """

    connect: float | None = None
    read: float | None = None
    total: float | None = None
    retries: int | None = None
    policies: frozenset[str] | None = None


def overrides_of(url: str) -> Overrides:
    """The overrides in the fragment of a URL. What is unknown or out of range is as if it were not there."""
    try:
        given = dict(parse_qsl(urlsplit(url).fragment))
    except ValueError:  # no URL at all
        return Overrides()
    return Overrides(
        connect=_seconds(given, "ct"),
        read=_seconds(given, "rt"),
        total=_seconds(given, "tt"),
        retries=_within(given, "rc", _RETRIES),
        policies=_policies(given),
    )


def _within(given: Mapping[str, str], name: str, allowed: range) -> int | None:
    number = integer(given.get(name, ""))
    return number if number is not None and number in allowed else None


def _seconds(given: Mapping[str, str], name: str) -> float | None:
    milliseconds = _within(given, name, _MILLISECONDS[name])
    return None if milliseconds is None else milliseconds / 1000


def _policies(given: Mapping[str, str]) -> frozenset[str] | None:
    named = frozenset(filter(None, given.get("rp", "").split(",")))
    if named == {"all"}:
        return POLICIES
    return named if named and named <= POLICIES else None
