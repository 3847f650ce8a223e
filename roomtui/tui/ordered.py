"""Values kept in order while a few of them change at a time."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

# Changes by ones cost a search and a short move each; where more than one value in so many changes, one pass over all
# of them is cheaper.
_FEW: Final = 8

ValueT = TypeVar("ValueT", bound=tuple[object, ...])


class Ordered(Generic[ValueT]):
    """Values in ascending order, none of them twice.

    Args:
        ascending: the first ones, in that order already.
    """

    def __init__(self, ascending: Iterable[ValueT] = ()) -> None:
        self._values = list(ascending)

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[ValueT]:
        return iter(self._values)

    def __getitem__(self, index: int) -> ValueT:
        return self._values[index]

    def index(self, value: tuple[object, ...]) -> int:
        """How many values are less than `value`: the place of one that is here."""
        return bisect_left(self._values, value)

    def change(self, out: Collection[ValueT], into: Collection[ValueT]) -> None:
        """Take out the values `out`, all of which are here, and put in the values `into`, none of which is."""
        if (len(out) + len(into)) * _FEW > len(self._values):
            leaving = set(out)
            self._values = [value for value in self._values if value not in leaving] if leaving else self._values
            # What is in order already costs the sort one comparison a value.
            self._values.extend(sorted(into))
            self._values.sort()
            return
        for value in out:
            del self._values[self.index(value)]
        for value in into:
            insort(self._values, value)
