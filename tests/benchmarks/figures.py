"""What was measured, and the tables it is shown in."""

from __future__ import annotations

import math
import statistics
from dataclasses import asdict, dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class By(Enum):
    """What a limit limits."""

    RATIO = "x"
    DIFFERENCE = "+"
    VALUE = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so much: of the value itself, of its ratio to the baseline, or of what it is more than that."""

    most: float
    by: By = By.RATIO

    def describe(self, unit: str) -> str:
        if self.by is By.RATIO:
            return f"<= {self.most:g}x"
        return f"<= {'+' if self.by is By.DIFFERENCE else ''}{number(self.most)} {unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured.

    Attributes:
        subject: the benchmark it belongs to.
        what: what was measured, in words.
        value: how much.
        unit: of `value` and `baseline`.
        baseline: the same of what it is compared with, measured in the same run; None where there is nothing.
        against: what that is.
        limit: what it should be; None where it is only told.
        aside: whether it only explains others: the README does without it.
    """

    subject: str
    what: str
    value: float
    unit: str
    baseline: float | None = None
    against: str = ""
    limit: Limit | None = None
    aside: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times the baseline it is."""
        return None if not self.baseline or math.isnan(self.value) else self.value / self.baseline

    @property
    def met(self) -> bool | None:
        """Whether it is within its limit; None where there is none, or nothing to compare with."""
        if self.limit is None or math.isnan(self.value):
            return None
        if self.limit.by is By.VALUE:
            return self.value <= self.limit.most
        if self.baseline is None:
            return None
        if self.limit.by is By.DIFFERENCE:
            return self.value - self.baseline <= self.limit.most
        return self.ratio is not None and self.ratio <= self.limit.most

    def as_json(self) -> dict[str, object]:
        """All of it, and what follows from it."""
        limit = None if self.limit is None else {"most": self.limit.most, "by": self.limit.by.name.lower()}
        return {**asdict(self), "ratio": self.ratio, "limit": limit, "met": self.met}


def number(value: float) -> str:
    """With as many digits as mean something."""
    if math.isnan(value):
        return "?"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


_TITLES = ("SUBJECT", "WHAT", "MEASURED", "AGAINST", "RATIO", "WANTED", "")


def _cells(figure: Figure) -> tuple[str, ...]:
    against = "" if figure.baseline is None else f"{number(figure.baseline)} {figure.unit} {figure.against}".rstrip()
    return (
        figure.subject,
        figure.what,
        f"{number(figure.value)} {figure.unit}".rstrip(),
        against,
        "" if figure.ratio is None else f"{figure.ratio:.2f}x",
        "" if figure.limit is None else figure.limit.describe(figure.unit),
        {True: "ok", False: "MISSED", None: ""}[figure.met],
    )


def plain_table(figures: Iterable[Figure]) -> str:
    """For reading in a terminal."""
    rows = [_TITLES, *map(_cells, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES))]
    right = {2, 4}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def markdown_table(figures: Sequence[Figure]) -> str:
    """For the README: what has a limit or something to be compared with, and is no aside."""

    def rows() -> Iterator[str]:
        yield "| | measured | against | ratio | wanted |"
        yield "|---|---:|---|---:|---|"
        for figure in figures:
            if figure.aside or (figure.baseline is None and figure.limit is None):
                continue
            subject, what, value, against, ratio, wanted, _ = (cell.replace("|", "\\|") for cell in _cells(figure))
            yield f"| {subject}: {what} | {value} | {against} | {ratio} | {wanted} |"

    return "\n".join(rows())


def median(values: Sequence[float]) -> float:
    """The middle one; not a number where there are none."""
    return statistics.median(values) if values else math.nan


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all are not above; not a number where there are none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]
