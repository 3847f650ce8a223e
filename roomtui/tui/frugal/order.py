"""In which order runs are written, so that the way from one to the next is short."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from roomtui.tui.frugal.pen import ground

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from roomtui.tui.frugal.runs import Run

    Chain: TypeAlias = list[Run]
    """Runs of one look, each written right after the one before."""

_NEAR: Final = 5
"""A way of at most so many characters is one that an address would not shorten."""
_ROWS: Final = 2
"""So many rows further down the next run of a chain is looked for."""


def by_looks(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """The runs of each look; blank ones go with a look on the same ground."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        if not run.blank:
            groups.setdefault(run.style, []).append(run)
    on_ground = {ground(style): style for style in groups}
    for run in runs:
        if run.blank:
            groups.setdefault(on_ground.get(run.style, run.style), []).append(run)
    return groups


def chains(runs: Sequence[Run], way: Callable[[Run, Run], int]) -> list[Chain]:
    """Put each behind the one from which it is nearest, the shortest ways first; all lead to the right, or down.

    Args:
        runs: of one look.
        way: how many characters lead from the end of one to the next.
    """
    ordered = sorted(runs)
    in_rows: dict[int, list[int]] = {}
    for number, run in enumerate(ordered):
        in_rows.setdefault(run.row, []).append(number)
    ways = sorted(
        (length, number, following)
        for number, run in enumerate(ordered)
        for row in range(run.row, run.row + _ROWS + 1)
        for following in in_rows.get(row, ())
        if following > number and (length := way(run, ordered[following])) <= _NEAR
    )
    next_to: dict[int, int] = {}
    reached: set[int] = set()
    for _, number, following in ways:
        if number not in next_to and following not in reached:
            next_to[number] = following
            reached.add(following)
    found: list[Chain] = []
    for number, run in enumerate(ordered):
        if number not in reached:
            chain, at = [run], number
            while at in next_to:
                at = next_to[at]
                chain.append(ordered[at])
            found.append(chain)
    return found


def nearest_first(looks: Sequence[str], way: Callable[[int | None, int], int], *, thoroughly: bool) -> list[int]:
    """In which order to write chains: all of one look, then all of the one that is nearest, and so on.

    Args:
        looks: the look of each chain.
        way: how many characters lead from the end of one chain (None: from where the cursor is) to another.
        thoroughly: try each look as the first one, for to the nearest first is not always the shortest in the end.
    """
    known = lru_cache(maxsize=None)(way)
    groups: dict[str, list[int]] = {}
    for number, style in enumerate(looks):
        groups.setdefault(style, []).append(number)
    shortest, order = _from(groups, known, None, sys.maxsize)
    for style in groups if thoroughly else ():
        length, other = _from(groups, known, style, shortest)
        if length < shortest:
            shortest, order = length, other
    return order


def _from(
    groups: Mapping[str, Sequence[int]], way: Callable[[int | None, int], int], first: str | None, below: int
) -> tuple[int, list[int]]:
    """The order that begins with this look (None: the nearest), and its length; given up on if not `below`."""
    left = dict(groups)
    order: list[int] = []
    at, length = None, 0
    while left and length < below:
        style = first or min((way(at, each), style) for style, group in left.items() for each in group)[1]
        first, group = None, set(left.pop(style))
        while group:
            further, at = min((way(at, each), each) for each in group)
            length += further
            order.append(at)
            group.remove(at)
    return length, order
