"""The dashboard before it has begun: it is left, or cannot begin."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from roomtui.cli.dashboard import need_a_terminal, until_left
from roomtui.cli.main import main

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


def test_where_no_more_threads_may_begin_there_is_a_sentence_and_no_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")  # as `threading` says it

    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr("roomtui.cli.main.make_good", lambda: None)  # the streams here are of the one who tests
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr("roomtui.cli.dashboard.os.isatty", lambda _: True)
    monkeypatch.setattr("roomtui.cli.main.cli.main", lambda **_: need_a_terminal())
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert capsys.readouterr().err == (
        "roomtui: No more threads may begin here: other programs of yours take up what `ulimit -u` allows.\n"
    )
