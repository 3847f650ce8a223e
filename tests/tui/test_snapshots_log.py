"""The log at several sizes, as a picture that was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.tui import journals
from tests.tui.driving import settle, typed
from tests.tui.test_snapshots import ALL_SIZES, ids

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.tui.scene import Stage


def compare(snap_compare: Any, stage: Stage, keys: Sequence[str], size: tuple[int, int]) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await settle(pilot)
        for key in ("3", *keys):
            await pilot.press(key)
            await journals.read(stage, pilot)

    assert snap_compare(stage.app, run_before=before, terminal_size=size)


@pytest.mark.parametrize("size", ALL_SIZES, ids=ids)
def test_log(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "journal-acme.jsonl"
    journals.a_day(path)
    compare(snap_compare, journals.stage(path), ["k"], size)


def test_log_searched_and_masked_in_ascii(snap_compare: Any, tmp_path: Path) -> None:
    path = tmp_path / "journal-acme.jsonl"
    journals.a_day(path)
    stage = journals.stage(path, ascii_only=True, hide_personal=True)
    compare(snap_compare, stage, ["slash", *typed("board")], (80, 24))


def test_log_without_lines(snap_compare: Any, tmp_path: Path) -> None:
    compare(snap_compare, journals.stage(tmp_path / "journal-acme.jsonl"), [], (80, 24))
