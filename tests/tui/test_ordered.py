from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from roomtui.tui.ordered import Ordered


class Counted(int):
    """A number that counts how often it is compared."""

    compared = 0

    def __lt__(self, other: int) -> bool:
        Counted.compared += 1
        return int(self) < int(other)


def numbers(*values: int) -> list[tuple[int]]:
    return [(value,) for value in values]


@given(st.sets(st.integers(0, 60)), st.lists(st.tuples(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))))
def test_whatever_comes_and_goes_they_are_in_order(first: set[int], changes: list[tuple[set[int], set[int]]]) -> None:
    kept = set(first)
    ordered = Ordered(sorted(numbers(*first)))
    for out, into in changes:
        leaving, coming = out & kept, into - kept
        ordered.change(numbers(*leaving), numbers(*coming))
        kept = kept - leaving | coming
        assert list(ordered) == sorted(numbers(*kept))
        assert len(ordered) == len(kept)
        assert all(ordered[ordered.index((value,))] == (value,) for value in kept)


def test_a_value_that_is_not_there_has_the_place_where_it_would_be() -> None:
    ordered = Ordered(numbers(1, 3, 5))
    assert [ordered.index((value,)) for value in (0, 1, 2, 5, 6)] == [0, 0, 1, 2, 3]


def test_a_change_among_ten_thousand_compares_with_a_handful_of_them() -> None:
    ordered: Ordered[Any] = Ordered((Counted(value),) for value in range(0, 20_000, 2))
    Counted.compared = 0
    ordered.change([(Counted(4000),)], [(Counted(13_001),)])
    # 2 ** 14 > 10,000: so many steps has a search, and each of them compares once.
    assert 0 < Counted.compared <= 2 * 15
