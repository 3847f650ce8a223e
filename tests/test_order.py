"""The order in which several workers run the tests."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.order import LONG, in_stretches

MODULES = ("tests/rooms/test_a.py", "tests/whole/test_b.py", "tests/tui/test_c.py", "tests/whole/test_secrets.py")


def stretches(order: list[str], workers: int) -> list[list[str]]:
    """What each worker is given at first."""
    found, left = [], list(order)
    for number in range(workers):
        size = len(left) // (workers - number)
        found.append(left[:size])
        left = left[size:]
    return found


@given(modules=st.lists(st.tuples(st.sampled_from(MODULES), st.integers(1, 5)), max_size=9), workers=st.integers(2, 5))
def test_every_test_is_run_once_whatever_there_is(modules: list[tuple[str, int]], workers: int) -> None:
    tests = [
        f"{module.replace('.py', str(number))}::test_{each}"
        for number, (module, many) in enumerate(modules)
        for each in range(many)
    ]
    assert sorted(in_stretches(tests, workers)) == list(range(len(tests)))


@pytest.mark.parametrize("workers", [2, 3, 4])
def test_each_worker_begins_with_long_modules_and_ends_with_short_ones(workers: int) -> None:
    long = [f"tests/whole/test_{number}.py::test_{each}" for number in range(8) for each in range(5)]
    short = [f"tests/rooms/test_{number}.py::test_{each}" for number in range(30) for each in range(10)]
    tests = [*short[:100], *long, *short[100:]]
    order = [tests[place] for place in in_stretches(tests, workers)]
    for stretch in stretches(order, workers):
        kinds = [test.startswith(LONG) for test in stretch]
        assert kinds == sorted(kinds, reverse=True)
        assert kinds[0]
        assert not kinds[-1]
        modules = [module for module, _ in groupby(test.partition("::")[0] for test in stretch)]
        assert len(modules) == len(set(modules)), "a module is begun once"


def test_the_longest_of_all_are_begun_before_the_others() -> None:
    tests = [
        "tests/whole/test_a.py::t",
        "tests/rooms/test_a.py::t",
        "tests/whole/test_secrets.py::t",
        "tests/cli/x.py::t",
    ]
    assert in_stretches(tests, 1) == [2, 0, 3, 1]
