"""Snapshots are pictures of exact versions: any other would draw, and then "prove", another picture."""

from __future__ import annotations

from importlib.metadata import version

import pytest

_DRAWN_WITH = {"textual": "8.2.8", "rich": "15.0.0", "pytest-textual-snapshot": "1.1.0"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fail at once, with the reason, where a snapshot would fail without one."""
    wrong = {name: version(name) for name, wanted in _DRAWN_WITH.items() if version(name) != wanted}
    if wrong and any("snap_compare" in getattr(item, "fixturenames", ()) for item in items):
        raise pytest.UsageError(f"snapshots need {_DRAWN_WITH}, here are {wrong}: pip install -e '.[test]'")
