"""A sandbox whose clock stands still until the test advances it, and the program that knows its account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.program import Program, environment, running_sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.program import SandboxProcess


@pytest.fixture
def stranger(tmp_path: Path) -> Program:
    """The program with no configuration at all."""
    return Program(environment(tmp_path))


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxProcess]:
    with running_sandbox(tmp_path, "--speed", "0") as running:
        yield running


@pytest.fixture
def roomtui(stranger: Program, sandbox: SandboxProcess) -> Program:
    """The program with the sandbox's account in its environment."""
    return stranger.knowing(sandbox)
