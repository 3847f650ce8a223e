"""Writes runs of cells in the order, and with the moves and looks between them, that cost fewest bytes."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.tui.frugal.pen import blanking, ground, look, move, restyle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roomtui.tui.frugal.runs import Run

_SAVE: Final = "\x1b7"
_RECALL: Final = "\x1b8\x1b7"
"""To the saved place, which is then saved again: there are terminals that forget it once it was recalled."""
_WORTH_SAVING: Final = 8
"""A way of so many characters to a place."""
_MANY: Final = 4
"""So many runs of one look are likely to change again in the same place: that is what ticks."""
_NOT_RECALLED_MAX: Final = 2
"""After so many writes without it, what was saved is of no use any more."""
_LOOKS_MAX: Final = 24
"""With more looks than this, to go through them one by one takes longer than it may save."""


class Place(NamedTuple):
    """Where the cursor is, and how what is written there looks; None: nobody knows.

    `recalled`: the background has not been told since this was recalled. xterm (379) writes on it, but goes back to the
    one that was told last as soon as an attribute changes.
    """

    cursor: tuple[int | None, int] | None = None
    style: str | None = None
    recalled: bool = False


class _Step(NamedTuple):
    """A run, the way to it, and where that led."""

    way: str
    run: Run
    begin: Place
    recalled: bool


class _Way(NamedTuple):
    """Some steps, how many characters they are, and where they end."""

    steps: list[_Step]
    length: int
    end: Place


class Writer:
    """A terminal's cursor and pen, as far as is known from what was sent to it.

    Args:
        width: the terminal's columns.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._place = Place()
        # What the terminal has saved (DECSC): cursor and pen, both to be had again for four bytes.
        self._saved: Place | None = None
        self._not_recalled = 0

    def forget(self) -> None:
        """Nothing is known any more."""
        self._place = Place()
        self._saved = None

    def go(self, cursor: tuple[int, int]) -> str:
        """Take the cursor there."""
        sequence = move(self._place.cursor, cursor)
        self._place = self._place._replace(cursor=cursor)
        return sequence

    def write(self, runs: list[Run]) -> str:
        """All of these, row by row or look by look, whichever is shorter."""
        if not runs:
            return ""
        row_by_row = sorted(runs)
        by_looks = self._by_looks(runs)
        way = self._way(by_looks or row_by_row)
        if by_looks is not None:
            way = min(way, self._way(row_by_row, below=way.length), key=lambda each: each.length)
        self._place = way.end
        self._not_recalled = 0 if any(step.recalled for step in way.steps) else self._not_recalled + 1
        if self._saved is None or self._not_recalled >= _NOT_RECALLED_MAX:
            way = self._saving(way)
        return "".join([text for step in way.steps for text in (step.way, step.run.text)])

    def _way(self, ordered: Sequence[Run], below: int = sys.maxsize) -> _Way:
        """What writes the runs in this order; given up on as soon as it is not shorter than `below`."""
        place, length = self._place, 0
        steps: list[_Step] = []
        for run in ordered:
            step = self._step(place, run)
            steps.append(step)
            length += len(step.way) + len(run.text)
            if length >= below:
                break
            # At the right edge terminals differ; and what is not ASCII some terminal may measure otherwise than we do.
            known = run.end < self._width and run.text.isascii()
            _, style, recalled = step.begin
            place = Place((run.end if known else None, run.row), style, recalled)
        return _Way(steps, length, place)

    def _step(self, place: Place, run: Run) -> _Step:
        way, begin = _reach(place, run)
        if self._saved is not None and begin.style != place.style:
            on, its_begin = _reach(self._saved, run)
            if len(_RECALL) + len(on) < len(way):
                return _Step(_RECALL + on, run, its_begin, recalled=True)
        return _Step(way, run, begin, recalled=False)

    def _saving(self, way: _Way) -> _Way:
        """The same way, with the place saved where most of one look begins, if that is worth it."""
        looks = Counter(step.run.style for step in way.steps if not step.run.blank)
        style, count = max(looks.items(), key=lambda item: item[1], default=("", 0))
        if count < _MANY:
            return way
        at = next(at for at, step in enumerate(way.steps) if step.run.style == style and not step.run.blank)
        begins = way.steps[at]
        if len(begins.way) < _WORTH_SAVING:
            return way
        self._saved, self._not_recalled = begins.begin._replace(recalled=True), 0
        way.steps[at] = begins._replace(way=begins.way + _SAVE)
        return way

    def _by_looks(self, runs: Sequence[Run]) -> list[Run] | None:
        """One look after the other, from each to the one that is nearest; None where that cannot be worth it."""
        groups: dict[str, list[Run]] = {}
        for run in runs:
            if not run.blank:
                groups.setdefault(run.style, []).append(run)
        if not 1 < len(groups) <= _LOOKS_MAX:
            return None
        on_ground = {ground(style): style for style in groups}
        for run in runs:
            if run.blank:
                groups.setdefault(on_ground.get(run.style, run.style), []).append(run)
        downwards = {style: sorted(group) for style, group in groups.items()}
        upwards = {style: sorted(group, key=lambda run: (-run.row, run.start)) for style, group in groups.items()}
        ordered: list[Run] = []
        place = self._place
        while downwards:
            _, _, style, way = min(
                (len(_reach(place, way[style][0])[0]), turn, style, way)
                for turn, way in enumerate((downwards, upwards))
                for style in way
            )
            ordered += way[style]
            place = Place((ordered[-1].end, ordered[-1].row), style)
            del downwards[style], upwards[style]
        return ordered


def _reach(place: Place, run: Run) -> tuple[str, Place]:
    """The way from a place to where a run begins, written as it is to look."""
    style = blanking(place.style, run.style) if run.blank else run.style
    start = (run.start, run.row)
    change, recalled = restyle(place.style, style), False
    if place.recalled and place.style is not None:
        before, after = look(place.style), look(style)
        if before.attributes != after.attributes:
            change = restyle(None, style)
        else:
            recalled = before.background == after.background
    return move(place.cursor, start) + change, Place(start, style, recalled)
