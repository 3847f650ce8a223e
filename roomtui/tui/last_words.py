"""A crash report as text alone: what went wrong may tell of names that strangers chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment

from roomtui.rooms.untrusted import safe

if TYPE_CHECKING:
    from collections.abc import Iterable


def as_text(report: Iterable[Segment]) -> list[Segment]:
    """The report, line by line as it was, with nothing in it that a terminal obeys."""
    return [Segment("\n".join(map(safe, each.text.split("\n"))), each.style) for each in report if not each.control]
