"""The choice of another account, as a picture that was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.tui.driving import press, settle
from tests.tui.screens.test_profiles import with_accounts
from tests.tui.test_snapshots import ids

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from roomtui.config import Account


@pytest.mark.parametrize("size", [(60, 20), (80, 24)], ids=ids)
def test_accounts(snap_compare: Any, size: tuple[int, int]) -> None:
    async def never(_: Account) -> None:
        raise AssertionError

    async def before(pilot: Pilot[None]) -> None:
        await settle(pilot)  # what stands above the list is told anew once it has its width
        await press(pilot, "P", "j")

    assert snap_compare(with_accounts(never).app, run_before=before, terminal_size=size)
