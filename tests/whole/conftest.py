"""What the whole program needs around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.program import Program, environment, running_sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.program import SandboxProcess


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def sandbox(home: Path) -> Iterator[SandboxProcess]:
    """A quiet sandbox in which time passes as it does here."""
    with running_sandbox(home) as running:
        yield running


@pytest.fixture
def known(home: Path, sandbox: SandboxProcess) -> dict[str, str]:
    """An environment with the sandbox's account in it."""
    return environment(home, **sandbox.environ)


@pytest.fixture
def stranger(home: Path) -> Program:
    """The program with no configuration at all."""
    return Program(environment(home))
