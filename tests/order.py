"""In which order several workers run the tests: what takes long at first, so that nothing long is begun at the end.

`--dist worksteal` gives each worker a stretch of the list, as many tests to each; who has finished takes over the last
tests of another. So each stretch begins with its share of the long modules, each of them whole, since what a module
shares is made by every worker that has a test of it, and ends with tests that take no time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LONG: Final = (
    "tests/whole/test_secrets.py",
    "tests/watch/soak/",
    "tests/whole/test_bundle.py",
    "tests/whole/",
    "tests/watch/test_simulation.py",
    "tests/test_imports.py",
    "tests/cli/",
)
"""How the paths begin of the modules that start processes or live through hours, the longest first."""


def in_stretches(tests: Sequence[str], workers: int) -> list[int]:
    """The order for so many workers, as places in `tests`: node IDs, those of a module one after the other."""
    modules: dict[str, list[int]] = {}
    for place, test in enumerate(tests):
        modules.setdefault(test.partition("::")[0], []).append(place)
    long = sorted((module for module in modules if _rank(module) < len(LONG)), key=_rank)
    stretches: list[list[int]] = [[] for _ in range(workers)]
    for turn, module in enumerate(long):
        stretches[turn % workers] += modules[module]
    rest = [place for module, places in modules.items() if _rank(module) == len(LONG) for place in places]
    left = len(tests)
    for number, stretch in enumerate(stretches):
        size = left // (workers - number)  # as xdist deals them out
        room = max(0, size - len(stretch))
        stretch.extend(rest[:room])
        del rest[:room]
        left -= len(stretch)
    return [place for stretch in stretches for place in stretch] + rest


def _rank(module: str) -> int:
    return next((rank for rank, start in enumerate(LONG) if module.startswith(start)), len(LONG))
