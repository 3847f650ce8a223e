"""A sandbox whose clock stands still until the test advances it, and the program that knows its account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.beside import sandbox_beside
from tests.cli.program import Program, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.program import RunningSandbox


@pytest.fixture
def stranger(tmp_path: Path) -> Program:
    """The program with no configuration at all."""
    return Program(environment(tmp_path))


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with sandbox_beside(speed=0) as running:
        yield running


@pytest.fixture
def roomtui(stranger: Program, sandbox: RunningSandbox) -> Program:
    """The program with the sandbox's account in its environment."""
    return stranger.knowing(sandbox)
