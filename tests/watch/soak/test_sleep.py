"""A laptop that sleeps for an hour, on a lively sandbox: back within one refresh."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, NamedTuple

import pytest

from roomtui.watch.board import LinkState
from tests.watch.soak.leaping import LeapingLoop
from tests.watch.soak.shift import PROMISE, Plan, Shift, in_the_time_of

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from textual.pilot import Pilot

    from roomtui.watch.board import BoardState

HOUR = 3600.0
REFRESH = 2.0


class Shown(NamedTuple):
    """A state of the board after waking up: when (seconds since), and how far the clock was off then."""

    after: float
    state: BoardState
    is_new: bool
    clock_off: timedelta


class Nap(Shift):
    """Half a minute of watching, an hour of sleep that no connection survives, and half a minute more."""

    def __init__(self, home: Path, loop: LeapingLoop, *, monotonic_goes_on: bool) -> None:
        super().__init__(Plan(hours=1, rate=1.0, rooms=30, refresh=REFRESH), home, loop)
        self.monotonic_goes_on = monotonic_goes_on
        self.shown: list[Shown] = []
        self.right_after_a_refresh = False

    async def _sit(self, pilot: Pilot[None]) -> None:
        app, loop, sandbox = pilot.app, self.loop, self.sandbox
        await asyncio.sleep(30)
        # Twilio's time, which is the sandbox's, goes on in any case.
        loop.sleep_for(HOUR, monotonic_goes_on=self.monotonic_goes_on)
        if not self.monotonic_goes_on:
            sandbox.clock.advance(HOUR)
        await sandbox._pulse.catch_up()
        assert sandbox._runner.server is not None
        for connection in list(sandbox._runner.server.connections):
            connection.force_close()
            if connection.transport is not None:
                connection.transport.abort()
        sandbox._meter.reset()
        woke, then = loop.time(), sandbox.clock.now()
        board = app.board  # type: ignore[attr-defined] # it is a `RoomtuiApp`

        def hear(state: BoardState) -> None:
            as_of = state.picture.as_of
            off = abs(self.clock.now() - sandbox.clock.now())
            self.shown.append(Shown(loop.time() - woke, state, as_of is not None and as_of >= then, off))

        board.subscribe(hear)
        await asyncio.sleep(REFRESH + 0.5)
        listed = {sid for sid, live in board.state.picture.live.items() if live.listed}
        really = {sid for sid, life in self.done.ledger.lives.items() if life.ended is None}
        self.right_after_a_refresh = len(listed ^ really) <= 2  # those of the last two seconds
        await asyncio.sleep(28)
        self.done.peak = self._peak()
        sandbox.clock.speed = 0.0
        await asyncio.sleep(20)


@pytest.fixture(scope="module", params=[True, False], ids=["both clocks went on", "the monotonic clock stood still"])
def nap(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Nap:
    loop = LeapingLoop()
    asyncio.set_event_loop(loop)
    try:
        with in_the_time_of(loop):
            slept = Nap(tmp_path_factory.mktemp("nap"), loop, monotonic_goes_on=request.param)
            loop.run_until_complete(slept.go())
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    return slept


def test_within_one_refresh_the_board_is_current(nap: Nap) -> None:
    first = next(shown for shown in nap.shown if shown.is_new)
    assert first.after <= REFRESH
    assert nap.right_after_a_refresh
    assert (
        next(shown.after for shown in nap.shown if shown.is_new and shown.state.link.state is LinkState.LIVE) <= REFRESH
    )


def test_no_more_reads_than_promised_arrive_when_it_wakes_up(nap: Nap) -> None:
    assert 0 < nap.done.peak <= PROMISE


def test_nothing_old_is_shown_as_if_it_were_new(nap: Nap) -> None:
    for shown in nap.shown:
        if shown.is_new:
            assert shown.clock_off.total_seconds() <= 1.0
        else:
            assert shown.state.news == (), "nothing has happened as far as anybody knows"


def test_every_end_in_the_hour_is_told_rightly(nap: Nap) -> None:
    ledger = nap.done.ledger
    assert len(ledger.told) >= 10
    assert (ledger.missed(), ledger.made_up(), ledger.twice, ledger.wrong_ends()) == (set(), set(), 0, [])
    assert ledger.reasons()["wrong"] == 0, ledger.wrong


def test_the_log_says_that_nobody_watched_meanwhile(nap: Nap) -> None:
    lines = [json.loads(line) for line in nap.journal.read_text(encoding="utf-8").splitlines()]
    told = [line["event"] for line in lines if str(line.get("event", "")).startswith("watching")]
    assert told == ["watching-began", "watching-interrupted", "watching-began", "watching-ended"]
