"""A countdown that can be trusted: each room ends when `ls` said it would, whatever the host's clock says."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.cli.beside import sandbox_beside
from tests.cli.program import Program, environment
from tests.whole.closing import deadlines_and_ends, errors, populate

if TYPE_CHECKING:
    from pathlib import Path

ROOMS = 40
SPEED = 4.0
"""However busy the machine is, the shortest time-out (ten minutes) does not pass within the time a test is given."""


@pytest.mark.parametrize("host_ahead", [0.0, 300.0], ids=["host-right", "host-5-min-ahead"])
def test_each_room_ends_when_it_was_said_to(home: Path, host_ahead: float, capsys: pytest.CaptureFixture[str]) -> None:
    with sandbox_beside(speed=SPEED, limited=False) as sandbox:
        program = Program(environment(home)).knowing(sandbox)
        sids = populate(sandbox, ROOMS)
        found = deadlines_and_ends(program, sandbox, sids, host_ahead=host_ahead, jump=1500)
    missed = errors(found)
    kinds = Counter(each.kind for told, _ in found.values() for each in told)
    with capsys.disabled():
        sys.stderr.write(f"[{len(found)} rooms, worst {max(missed.values()):g} s, {dict(kinds)}] ")
    assert len(found) == ROOMS
    assert all(each.certain for told, _ in found.values() for each in told)
    assert kinds.keys() == {"unused-room-timeout", "empty-room-timeout", "max-participant-duration"}
    assert max(missed.values()) <= 1.0, {sid: found[sid] for sid in missed if missed[sid] > 1.0}
