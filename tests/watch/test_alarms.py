"""Calls to attention: told once, in one breath, and never more often than whoever is called can bear."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.alerts import AlertRule
from roomtui.rooms.query import parse
from roomtui.watch import alarms as module
from roomtui.watch.alarms import Alarms, Call, Means, run
from roomtui.watch.board import Board
from tests.rooms.builders import after
from tests.rooms.test_alerts import live, picture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CROWD = AlertRule("crowd", parse("people:>=2"))
NIGHT = datetime(2026, 1, 1, 23, 30, tzinfo=timezone.utc)


@dataclass
class Desk:
    """Whoever watches: what reached them."""

    board: Board = field(default_factory=Board)
    seconds: float = 0.0
    reached: list[tuple[str, str]] = field(default_factory=list)
    running: list[asyncio.Future[str | None]] = field(default_factory=list)
    hide: bool = False

    def now(self) -> datetime:
        return after(self.seconds)

    def watch(self, **how: object) -> Alarms:
        means = Means(
            ring=lambda: self.reached.append(("bell", "")),
            notify=lambda line: self.reached.append(("notify", line)),
            trouble=lambda sentence: self.reached.append(("trouble", sentence)),
            hide=lambda: self.hide,
            run=self._run,
            here=lambda: NIGHT,
        )
        alarms = Alarms(self.board, self, [Call(CROWD, **how)], means)  # type: ignore[arg-type] # its fields, by name
        self.board.show(picture(*(live(f"RM{number}", 1) for number in range(9))))
        alarms.start()
        return alarms

    def fill(self, *numbers: int) -> None:
        rooms = {**self.board.state.picture.live, **{f"RM{each}": live(f"RM{each}", 2) for each in numbers}}
        self.board.show(picture(*rooms.values()), changed=frozenset(f"RM{each}" for each in numbers))

    async def _run(self, command: Sequence[str], lines: bytes) -> str | None:
        self.reached.append((command[0], ",".join(json.loads(line)["room_sid"] for line in lines.splitlines())))
        ends: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.running.append(ends)
        return await ends


async def test_what_begins_to_hold_stands_among_the_events_and_is_shown_on_its_room() -> None:
    desk = Desk()
    alarms = desk.watch()
    desk.fill(3)
    (event,) = desk.board.state.events
    assert (event.room_sid, event.alert) == ("RM3", "crowd")
    assert alarms.shown.of("RM3") is CROWD
    alarms.call()
    assert desk.reached == []
    alarms.stop()


async def test_a_crowd_of_rooms_is_one_ring_and_one_line() -> None:
    desk = Desk()
    alarms = desk.watch(bell=True, notify=True)
    desk.fill(0, 1)
    desk.fill(2, 3, 4)
    alarms.call()
    assert [means for means, _ in desk.reached] == ["bell", "notify"]
    assert desk.reached[1][1].startswith("crowd: RM")
    assert desk.reached[1][1].endswith(" and 2 more")
    alarms.call()
    assert len(desk.reached) == 2
    alarms.stop()


async def test_the_first_call_comes_soon_and_the_next_not_before_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    desk, waits = Desk(), list[float]()
    alarms = desk.watch(bell=True)
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "time", lambda: 1000.0)

    def call_later(wait: float, _: object) -> asyncio.TimerHandle:
        waits.append(wait)
        return loop.call_at(1e9, print)

    monkeypatch.setattr(loop, "call_later", call_later)
    desk.fill(1)
    assert waits == [module.GATHER]
    alarms.call()
    desk.fill(2)
    assert waits == [module.GATHER, module.CALL_EVERY]
    alarms.stop()


async def test_in_quiet_hours_it_is_only_shown() -> None:
    desk = Desk()
    alarms = desk.watch(bell=True, notify=True, command=("page",), quiet_hours="22:00-06:00")
    desk.fill(1)
    alarms.call()
    assert desk.reached == []
    assert len(desk.board.state.events) == 1
    assert alarms.shown.of("RM1") is CROWD
    alarms.stop()


async def test_a_command_is_told_all_of_them_at_once_and_never_runs_twice_at_a_time() -> None:
    desk = Desk()
    alarms = desk.watch(command=("page", "me"))
    desk.fill(1, 2)
    alarms.call()
    await asyncio.sleep(0)
    desk.fill(3)
    alarms.call()
    desk.fill(4)
    alarms.call()
    await asyncio.sleep(0)
    assert [means for means, _ in desk.reached] == ["page"]
    assert sorted(desk.reached[0][1].split(",")) == ["RM1", "RM2"]
    assert len(desk.running) == 1
    desk.running[0].set_result("page ended with 7.")
    for _ in range(5):
        await asyncio.sleep(0)
    assert sorted(desk.reached[1:]) == [
        ("page", "RM3,RM4"),
        ("trouble", "The alert crowd could not run its command for 2 events: page ended with 7."),
    ]
    alarms.stop()


async def test_nobody_is_called_any_more_once_it_is_stopped() -> None:
    desk = Desk()
    alarms = desk.watch(bell=True)
    alarms.stop()
    desk.fill(1)
    assert desk.board.state.events == ()


async def test_a_program_reads_the_lines_and_sees_no_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "canary")
    got = tmp_path / "got"
    script = "import os,sys; open(sys.argv[1],'w').write(sys.stdin.read() + str('TWILIO_AUTH_TOKEN' in os.environ))"
    assert await run((sys.executable, "-c", script, str(got)), b"line\n") is None
    assert got.read_text() == "line\nFalse"


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        (("no-such-program-here",), "no-such-program-here cannot be started (No such file or directory)."),
        ((sys.executable, "-c", "raise SystemExit(3)"), f"{sys.executable} ended with 3."),
        (("a\x00b",), "a^@b cannot be started (embedded null byte)."),
    ],
)
async def test_what_goes_wrong_with_a_program_is_said_in_one_sentence(command: tuple[str, ...], wrong: str) -> None:
    assert await run(command, b"") == wrong


async def test_a_program_that_does_not_end_is_ended_with_all_that_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMAND_TIMEOUT", 0.05)
    assert await run(("sh", "-c", "sleep 60; true"), b"") == "sh took longer than 0.05 s."
