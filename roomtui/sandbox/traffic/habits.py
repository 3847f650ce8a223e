"""What people do once they are in: mute themselves, turn the camera off, share their screen.

It is added to a script that is written already, by a chance of its own, so that who comes and goes when stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from random import Random
from typing import TYPE_CHECKING

from roomtui.sandbox.traffic.script import CAMERA, Act, Deed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from roomtui.sandbox.traffic.script import Script

_MUTES, _UNMUTES, _DARKENS, _SHARES = 0.4, 0.3, 0.2, 0.5
_CROWD = 3
"""Fewer people than that look at each other, not at a screen."""


def with_habits(script: Script) -> Script:
    """The script, and what its people do in between; the same for the same script."""
    chance = Random(f"{script.name}/{script.life:.3f}")  # noqa: S311 - a repeatable day, nothing secret
    stays = list(_stays(script))
    acts = [*script.acts, *_switches(chance, stays)]
    if all(act.deed is not Deed.SHARE for act in acts):
        acts += _sharing(chance, stays)
    return replace(script, acts=tuple(sorted(acts, key=attrgetter("at"))))


def _stays(script: Script) -> Iterator[tuple[str, float, float]]:
    """Everybody who comes with a camera, when they come, and when they leave or the room is over."""
    leaves = {act.who: act.at for act in script.acts if act.deed is Deed.LEAVE}
    for act in script.acts:
        if act.deed is Deed.JOIN and act.tracks == CAMERA:
            yield act.who, act.at, leaves.get(act.who, script.life)


def _switches(chance: Random, stays: list[tuple[str, float, float]]) -> Iterator[Act]:
    for who, since, until in stays:
        mutes, unmutes, darkens = (chance.random() for _ in range(3))
        at, again, dark = (chance.uniform(since, until) for _ in range(3))
        at, dark = min(at, since + 240), min(dark, since + 400)
        if mutes < _MUTES and at > since:
            yield Act(at, Deed.MUTE, who)
            if unmutes < _UNMUTES and again > at:
                yield Act(again, Deed.MUTE, who)
        if darkens < _DARKENS and dark > since:
            yield Act(dark, Deed.COVER, who)


def _sharing(chance: Random, stays: list[tuple[str, float, float]]) -> Iterator[Act]:
    """In a crowd, often one of them shares their screen for most of their stay."""
    if len(stays) < _CROWD or chance.random() > _SHARES:
        return
    who, since, until = stays[chance.randrange(len(stays) // 2 + 1)]
    yield Act(since + (until - since) * chance.uniform(0.02, 0.2), Deed.SHARE, who)
    yield Act(since + (until - since) * chance.uniform(0.8, 0.97), Deed.UNSHARE, who)
