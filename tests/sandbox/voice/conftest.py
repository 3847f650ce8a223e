"""An office per test."""

from __future__ import annotations

import pytest

from tests.sandbox.voice.office import Office


@pytest.fixture
def office() -> Office:
    return Office()
