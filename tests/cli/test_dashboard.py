"""Leaving the dashboard before it has begun."""

from __future__ import annotations

import asyncio
import signal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from roomtui.cli.dashboard import until_left

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """What the dashboard hears is heard by nobody afterwards."""
    before = {number: signal.getsignal(number) for number in signal.valid_signals()}
    yield
    for number, handler in before.items():
        if signal.getsignal(number) is not handler:
            signal.signal(number, handler)


async def test_who_presses_ctrl_c_before_there_is_a_screen_is_shown_none() -> None:
    shown = []

    async def run(*, mouse: bool) -> None:
        shown.append(mouse)
        await asyncio.sleep(0)

    async def show() -> None:
        cast("asyncio.Task[None]", asyncio.current_task()).cancel()  # as `asyncio.run` does for ctrl+c
        await until_left(cast("Any", SimpleNamespace(console=SimpleNamespace(size=()), run_async=run)), mouse=False)

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(show())
    assert shown == []
