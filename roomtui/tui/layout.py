"""Which columns the table has, in which order and how wide, and what it is sorted by: as somebody chose them.

What the configuration says and what is remembered may be anything: what is no column is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from roomtui.tui.columns import BY_KEY
from roomtui.tui.sorting import by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from roomtui.tui.sorting import By

WIDEST: Final = 80
NARROWEST: Final = 3
_NAMES: Final = {"room": "name", "rec": "recording", "closes_in": "closes", "small_type": "type_short"}
# The room's name is what the keys are about, and a mark stands in the gap before a second column.
_ALWAYS: Final = ("name", "closes")
_NAME_TO_BEGIN_WITH: Final = 30


class Chosen(NamedTuple):
    """A column by its key, and its width in cells; None for its usual one."""

    key: str
    width: int | None = None


Layout: TypeAlias = "tuple[Chosen, ...]"


class Sort(NamedTuple):
    """What rooms are sorted by: a column's key, and whether the greatest comes first."""

    key: str
    down: bool

    @property
    def by(self) -> By:
        """How rooms rank by it."""
        order = BY_KEY[self.key].order
        assert order is not None, self.key  # noqa: S101 - `sort_of` lets no other through
        return by(order, down=self.down)


def layout_of(columns: Iterable[object]) -> Layout | None:
    """The layout of these columns: each a name, or a name and a width (None: the usual); None where there are none.

    The name of the room is always there, and one column beside it.
    """
    found: dict[str, Chosen] = {}
    for each in columns:
        chosen = _chosen(each)
        if chosen is not None:
            found.setdefault(chosen.key, chosen)
    if not found:
        return None
    missing = [Chosen(key) for key in _ALWAYS if key not in found]
    if "name" not in found:
        return (*found.values(), missing[0])
    return (*found.values(), missing[-1]) if len(found) == 1 else tuple(found.values())


def no_columns(names: Iterable[str]) -> list[str]:
    """Those of these names that no column has."""
    return [name for name in names if _key(name) not in BY_KEY]


def sort_of(remembered: object) -> Sort | None:
    """What was remembered to sort by; None where that is nothing to sort by."""
    if not isinstance(remembered, list) or len(remembered) != 2:
        return None
    key, down = remembered
    if not isinstance(key, str) or not isinstance(down, bool):
        return None
    column = BY_KEY.get(_key(key))
    return Sort(column.key, down) if column is not None and column.order is not None else None


def _chosen(each: object) -> Chosen | None:
    name, width = (each[0], each[1]) if isinstance(each, (list, tuple)) and len(each) == 2 else (each, None)
    if not isinstance(name, str) or _key(name) not in BY_KEY:
        return None
    if not isinstance(width, int) or isinstance(width, bool):
        return Chosen(_key(name))
    return Chosen(_key(name), max(NARROWEST, min(width, WIDEST)))


def _key(name: str) -> str:
    key = name.casefold().replace("-", "_").replace(" ", "_")
    return _NAMES.get(key, key)


class Arrangement:
    """All columns while somebody arranges them: those that are shown in their order, then the others.

    Args:
        shown: the layout to begin with.
    """

    def __init__(self, shown: Layout) -> None:
        chosen = [each.key for each in shown]
        self.keys: list[str] = [*chosen, *(key for key in BY_KEY if key not in chosen)]
        self._shown = set(chosen)
        self._widths = {each.key: each.width for each in shown}

    @property
    def layout(self) -> Layout:
        """What is shown."""
        return tuple(Chosen(key, self._widths.get(key)) for key in self.keys if key in self._shown)

    def is_shown(self, key: str) -> bool:
        """Whether this column is shown."""
        return key in self._shown

    def width(self, key: str) -> int:
        """How wide it is in cells; 0 for what takes the rest."""
        return self._widths.get(key) or BY_KEY[key].width

    def turn(self, key: str) -> bool:
        """Show this column, or hide it; False where it must stay: the room's name, and one beside it."""
        if key not in self._shown:
            self._shown.add(key)
            return True
        if key == "name" or len(self._shown) <= 2:
            return False
        self._shown.remove(key)
        return True

    def move(self, key: str, steps: int) -> None:
        """Move this column by so many places."""
        here = self.keys.index(key)
        there = max(0, min(here + steps, len(self.keys) - 1))
        self.keys.insert(there, self.keys.pop(here))

    def widen(self, key: str, cells: int) -> None:
        """Make this column wider, or narrower."""
        now = self.width(key) or _NAME_TO_BEGIN_WITH
        self._widths[key] = max(NARROWEST, min(now + cells, WIDEST))
