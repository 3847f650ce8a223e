"""The order in which runs are written."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from roomtui.tui.frugal.order import by_looks, chains, nearest_first
from roomtui.tui.frugal.pen import move
from roomtui.tui.frugal.runs import Run

if TYPE_CHECKING:
    from random import Random

_CELLS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), unique=True, max_size=25)


def _run(column: int, row: int, style: str = "31", text: str = "x") -> Run:
    return Run(row, column, column + len(text), text, style, not text.strip())


def _way(before: Run, after: Run) -> int:
    return len(move((before.end, before.row), (after.start, after.row)))


@given(_CELLS)
def test_each_run_is_in_one_chain_and_a_chain_leads_to_the_right_or_down(cells: list[tuple[int, int]]) -> None:
    runs = [_run(*cell) for cell in cells]
    found = chains(runs, _way)
    assert sorted(run for chain in found for run in chain) == sorted(runs)
    assert all(chain == sorted(chain) for chain in found)


def test_two_columns_are_two_chains() -> None:
    runs = [_run(column, row) for row in range(5) for column in (3, 20)]
    assert chains(runs, _way) == [[_run(column, row) for row in range(5)] for column in (3, 20)]


def test_blank_runs_go_with_a_look_on_their_ground() -> None:
    text, blank, other = _run(0, 0, "31;44"), _run(5, 0, "44", " "), _run(9, 0, "45", " ")
    assert by_looks([blank, other, text]) == {"31;44": [text, blank], "45": [other]}


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.randoms(use_true_random=False))
def test_each_chain_comes_once_and_those_of_one_look_together(looks: list[str], chance: Random) -> None:
    ways = {(one, two): chance.randint(1, 9) for one in (None, *range(12)) for two in range(12)}
    for thoroughly in (False, True):
        order = nearest_first(looks, lambda one, two: ways[one, two], thoroughly=thoroughly)
        assert sorted(order) == list(range(len(looks)))
        assert len(list(groupby(order, lambda each: looks[each]))) == len(set(looks))


def test_the_nearest_first_is_given_up_where_another_beginning_is_shorter() -> None:
    # From the cursor "a" is nearest; but from "b" to "a" it is short, and from "a" to "b" it is not.
    ways = {(None, 0): 1, (None, 1): 2, (0, 1): 9, (1, 0): 1}
    way = lambda one, two: ways[one, two]  # noqa: E731 - a table, looked up
    assert nearest_first(["a", "b"], way, thoroughly=False) == [0, 1]
    assert nearest_first(["a", "b"], way, thoroughly=True) == [1, 0]
