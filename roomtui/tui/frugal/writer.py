"""Writes runs of cells in the order, and with the moves and looks between them, that cost fewest bytes."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from roomtui.tui.frugal.order import by_looks, chains, nearest_first
from roomtui.tui.frugal.pen import blanking, blanks, erasable, look, move, restyle, restyle_and_tell_the_ground
from roomtui.tui.widths import is_vowel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from roomtui.tui.frugal.runs import Run
    from roomtui.tui.frugal.traits import Traits

_SAVE: Final = "\x1b7"
_RECALL: Final = "\x1b8\x1b7"
"""To the saved place, which is then saved again: there are terminals that forget it once it was recalled."""
_WORTH_SAVING: Final = 8
"""A way of so many characters to a place."""
_MANY: Final = 4
"""So many runs of one look are likely to change again in the same place: that is what ticks."""
_NOT_RECALLED_MAX: Final = 2
"""After so many writes without it, what was saved is of no use any more."""
_RUNS_MAX: Final = 60
"""Of more runs than this, only one order look by look is tried."""
_SPACES: Final = " " * 4
"""What may be worth erasing."""
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
    """The way to a run, where that led, what is written there, and where that ends."""

    way: str
    run: Run
    begin: Place
    text: str
    end: Place
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
        traits: what it is known to do.
    """

    def __init__(self, width: int, traits: Traits) -> None:
        self._width = width
        self._traits = traits
        self._place = Place()
        # What the terminal has saved (DECSC): cursor and pen, both to be had again for four bytes.
        self._saved: Place | None = None
        self._not_recalled = 0

    def trust(self, traits: Traits) -> None:
        """From now on it is known to do this."""
        self._traits = traits

    def forget(self) -> None:
        """Nothing is known any more."""
        self._place = Place()
        self._saved = None

    def go(self, cursor: tuple[int, int]) -> str:
        """Take the cursor there."""
        sequence = self._move(self._place.cursor, cursor)
        self._place = self._place._replace(cursor=cursor)
        return sequence

    def length(self, run: Run) -> int:
        """How many characters it takes to write this, roughly."""
        if self._traits.erases and _SPACES in run.text and erasable(run.style):
            return len(blanks(run.text, to_edge=run.end == self._width)[0])
        return len(run.text)

    def write(self, runs: list[Run]) -> str:
        """All of these, row by row or look by look, whichever is shorter."""
        if not runs:
            return ""
        ordered = self._look_by_look(runs)
        way = self._way(sorted(runs) if ordered is None else ordered)
        if ordered is not None:
            way = min(way, self._way(sorted(runs), below=way.length), key=lambda each: each.length)
        self._place = way.end
        self._not_recalled = 0 if any(step.recalled for step in way.steps) else self._not_recalled + 1
        if self._saved is None or self._not_recalled >= _NOT_RECALLED_MAX:
            way = self._saving(way)
        return "".join([text for step in way.steps for text in (step.way, step.text)])

    def _way(self, ordered: Sequence[Run], below: int = sys.maxsize) -> _Way:
        """What writes the runs in this order; given up on as soon as it is not shorter than `below`."""
        place, length = self._place, 0
        steps: list[_Step] = []
        for run, following in zip(ordered, (*ordered[1:], None), strict=True):
            step = self._step(place, run, following)
            steps.append(step)
            length += len(step.way) + len(step.text)
            if length >= below:
                break
            place = step.end
        return _Way(steps, length, place)

    def _look_by_look(self, runs: Sequence[Run]) -> list[Run] | None:
        """One look after the other, from each to the nearest; None where that cannot be worth it."""
        groups = by_looks(runs)
        if len(groups) > _LOOKS_MAX:
            return None
        found = [(style, chain) for style, group in groups.items() for chain in chains(group, self._between)]
        looks = [style for style, _ in found]
        ends = [Place((chain[-1].end, chain[-1].row), style) for style, chain in found]

        def way(before: int | None, after: int) -> int:
            to = found[after][1][0]
            if before is not None and looks[before] == to.style:
                return self._between(found[before][1][-1], to)  # most ways are: there is nothing else to it
            return len(self._to(self._place if before is None else ends[before], to)[0])

        order = nearest_first(looks, way, thoroughly=len(runs) <= _RUNS_MAX)
        return [run for at in order for run in found[at][1]]

    def _step(self, place: Place, run: Run, following: Run | None) -> _Step:
        way, begin, recalled = self._to(place, run)
        text, end = run.text, run.end
        if self._traits.erases and _SPACES in text and erasable(begin.style or ""):
            erased, length = blanks(text, to_edge=end == self._width)
            short = run._replace(end=run.start + length)
            further = 0 if following is None else self._between(short, following) - self._between(run, following)
            if len(erased) + further < len(text):
                text, end = erased, short.end
        if not text.isascii() and any(map(is_vowel, text)):
            # A terminal that draws vowels into the cell of their letter leaves as many as they were as they are.
            text = f"{' ' * (run.end - run.start)}\x1b[{run.start + 1}G{text}"
        # At the right edge terminals differ; and what is not ASCII some terminal may measure otherwise than we do.
        known = end < self._width and run.text.isascii()
        return _Step(way, run, begin, text, begin._replace(cursor=(end if known else None, run.row)), recalled)

    def _to(self, place: Place, run: Run) -> tuple[str, Place, bool]:
        """The shortest way to a run, where that leads, and whether by the place that was saved."""
        way, begin = self._reach(place, run)
        if self._saved is not None and begin.style != place.style:
            on, its_begin = self._reach(self._saved, run)
            if len(_RECALL) + len(on) < len(way):
                return _RECALL + on, its_begin, True
        return way, begin, False

    def _reach(self, place: Place, run: Run) -> tuple[str, Place]:
        """The way from a place to where a run begins, written as it is to look."""
        style = blanking(place.style, run.style) if run.blank else run.style
        start = (run.start, run.row)
        change, recalled = restyle(place.style, style), False
        if place.recalled and place.style is not None:
            before, after = look(place.style), look(style)
            if before.background == after.background and before.attributes != after.attributes:
                change = restyle_and_tell_the_ground(place.style, style)
            else:
                recalled = before.background == after.background
        return self._move(place.cursor, start) + change, Place(start, style, recalled)

    def _move(self, before: tuple[int | None, int] | None, after: tuple[int, int]) -> str:
        return move(before, after, line_feeds=self._traits.line_feeds)

    def _between(self, before: Run, after: Run) -> int:
        return len(self._move((before.end, before.row), (after.start, after.row)))

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
