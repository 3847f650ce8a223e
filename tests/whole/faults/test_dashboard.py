"""The dashboard while Twilio fails: alive, honest, and back by itself. One case for each fault."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest

from tests.whole.faults.story import tell
from tests.whole.faults.table import FAULTS, Fault
from tests.whole.faults.watch import watching

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_a_fault_is_told_nothing_wrong_is_shown_and_it_passes(
    fault: Fault, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with watching(tmp_path) as watch:
        story = await tell(watch, fault)
    printed = "".join(capfd.readouterr())
    journal = watch.journal.read_text(encoding="utf-8") if watch.journal.exists() else ""
    for place in ("\n".join(watch.screens), journal, caplog.text, printed):
        assert not any(secret in place for secret in watch.secrets)
    assert "Traceback" not in printed
    assert story.before
    assert story.mute == []
    assert story.wrong == []
    said = " ".join(story.words)
    if fault.words is None:
        assert said == ""
    else:
        assert re.search(fault.words, said), said
    assert story.back is not None
