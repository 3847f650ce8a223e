"""Clocks that lie, pages that shift, and a host that knows no network: what no bent answer alone can bring about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.whole.faults.bends import shifting
from tests.whole.faults.watch import watching

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("hours", [-1, 1, -24, 24])
async def test_a_host_whose_clock_is_set_shows_the_same_countdowns(hours: int, tmp_path: Path) -> None:
    async with watching(tmp_path) as watch:
        for _ in range(4):
            await watch.second()
        watch.host[0] = timedelta(hours=hours)
        for second in range(15):
            if second in {2, 5}:
                watch.town.go_on()
            shown = await watch.second()
            assert watch.wrong(shown) == []
            assert not shown.is_said_to_be_old
        assert watch.is_right(shown)


async def test_rooms_that_come_and_go_between_two_pages_are_neither_lost_nor_shown_twice(tmp_path: Path) -> None:
    async with watching(tmp_path) as watch:
        for _ in range(4):
            await watch.second()
        await watch.middle.become(shifting(lambda number: watch.town.go_on() if number < 8 else None))
        for _ in range(25):
            shown = await watch.second()
            assert watch.wrong(shown) == []
            sids = [row.sid for row in shown.rows]
            assert len(sids) == len(set(sids))
        # Each row is read every few seconds.
        assert any([watch.is_right(await watch.second()) for _ in range(8)])
