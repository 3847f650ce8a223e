"""A poller that is driven by hand: its jobs are run by the test, on a schedule that only remembers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from roomtui.watch.board import Board
from roomtui.watch.budget import ReadBudget
from roomtui.watch.poller import Poller
from roomtui.watch.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from roomtui.rooms.clock import Clock
    from roomtui.rooms.picture import EndedRoom, LiveRoom
    from roomtui.twilio_api.gateway import Gateway
    from roomtui.watch.board import LinkState
    from tests.watch.virtual import VirtualTime


class ByHand(Schedule):
    """Runs nothing; remembers what it was told."""

    def __init__(self) -> None:
        self.jobs: dict[str, float] = {}
        self.put_off_by: list[float] = []
        self.told: list[str] = []

    def add(self, name: str, run: Callable[[], Awaitable[None]], seconds: float) -> None:
        assert asyncio.iscoroutinefunction(run), "APScheduler would run anything else in a thread"
        self.jobs[name] = seconds

    def start(self) -> None:
        self.told.append("start")

    def stop(self) -> None:
        self.told.append("stop")

    async def ended(self) -> None:
        self.told.append("ended")

    def pause(self) -> None:
        self.told.append("pause")

    def resume(self) -> None:
        self.told.append("resume")

    def every(self, name: str, seconds: float) -> None:
        self.jobs[name] = seconds

    def put_off(self, name: str, seconds: float) -> None:
        assert name == "rooms"
        self.put_off_by.append(seconds)


class Watch:
    """A poller, its board, and the time by which it reads."""

    def __init__(self, gateway: Gateway, clock: Clock, time: VirtualTime, *, promise: int = 1000) -> None:
        self.board = Board()
        self.time = time
        self.clock = clock
        self.budget = ReadBudget(promise)
        self.schedule = ByHand()
        self.poller = Poller(
            gateway, self.board, clock, self.budget, self.schedule, monotonic=time.monotonic, gather=0.0
        )
        self.poller.start()

    async def round(self) -> None:
        """Look at the list, then at every roster that is worth it by now, and wait for the answers."""
        await self.poller.look_at_rooms()
        await self.closer()

    async def later(self, seconds: float = 2.0) -> None:
        """A round when so much time has passed."""
        self.time.seconds += seconds
        await self.round()

    async def closer(self) -> None:
        while True:
            await self.poller.settled()
            self.poller.look_closer()
            if not self.poller._looks.under_way:
                break
        await self.published()

    async def published(self) -> None:
        """Let the picture be put together."""
        await self.poller.settled()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def live(self, sid: str) -> LiveRoom:
        return self.board.state.picture.live[sid]

    def ended(self, sid: str) -> EndedRoom:
        [ended] = [each for each in self.board.state.picture.ended if each.room.sid == sid]
        return ended

    def is_live(self, sid: str) -> bool:
        return sid in self.board.state.picture.live

    @property
    def link(self) -> LinkState:
        return self.board.state.link.state

    @property
    def events(self) -> list[tuple[str, str, str | None]]:
        """What happened, oldest first: kind, room, identity."""
        return [
            (each.kind.value, each.room_name.raw, each.identity.raw if each.identity is not None else None)
            for each in reversed(self.board.state.events)
        ]

    def people(self, sid: str) -> dict[str, str]:
        """Identity and status of who is present."""
        roster = self.live(sid).roster
        assert roster is not None
        return {each.identity.raw: each.status for each in roster.present}

    def deadline(self, sid: str) -> tuple[str, datetime, bool]:
        deadline = self.live(sid).deadline
        assert deadline is not None
        return deadline.kind.value, deadline.at, deadline.certain


def seconds_between(one: datetime, told: object) -> float:
    """How far an instant lies from one that the sandbox tells."""
    assert isinstance(told, str), told
    return abs(one.timestamp() - type(one).fromisoformat(told.replace("Z", "+00:00")).timestamp())
