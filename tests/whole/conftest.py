"""What the whole program needs around it."""

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
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """A quiet sandbox in which time passes as it does here."""
    with sandbox_beside() as running:
        yield running


@pytest.fixture
def known(home: Path, sandbox: RunningSandbox) -> dict[str, str]:
    """An environment with the sandbox's account in it."""
    return environment(home, **sandbox.environ)


@pytest.fixture
def stranger(home: Path) -> Program:
    """The program with no configuration at all."""
    return Program(environment(home))
