"""Several dashboards, as processes that are killed, and somebody who follows what they write."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

from roomtui.watch.journal_reading import JournalReader

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = 300
PROGRAM = f"""
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from roomtui.rooms.changes import Event, EventKind
from roomtui.rooms.picture import Picture
from roomtui.rooms.untrusted import Untrusted
from roomtui.watch import chronicle
from roomtui.watch.board import Board
from roomtui.watch.journal import Journal
from tests.watch.virtual import NOON, VirtualTime

chronicle._EVERY, chronicle._GATHER = 0.05, 0.01

async def watch() -> None:
    board, journal = Board(), Journal(Path(sys.argv[1]), size_max=8_000)
    writer = chronicle.Chronicle(board, journal, VirtualTime(), about={{"who": sys.argv[2], "host": "desk"}})
    writer.start()
    for number in range({EVENTS}):
        at = NOON + timedelta(seconds=number)
        events = (Event(at, EventKind.ROOM_OPENED, f"RM{{number}}", Untrusted("room")),)
        # The first picture brings no events.
        board.show(Picture(as_of=at), events if number else ())
        await asyncio.sleep(0.004)
        print(number, flush=True)
    await writer.stop()

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(watch())
"""


class Dashboard:
    """A process that watches and, if it is its turn, writes."""

    def __init__(self, path: Path, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(path), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begins(self) -> None:
        self.sees(1)  # that it is ready
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.close()

    def sees(self, count: int) -> None:
        """Wait until it has seen so many events more."""
        assert self.process.stdout is not None
        for _ in range(count):
            self.process.stdout.readline()

    def ends(self) -> None:
        assert self.process.stdout is not None
        self.process.stdout.read()
        assert self.process.wait() == 0
        self.process.stdout.close()

    def is_killed(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def test_each_event_is_written_once_though_the_one_who_writes_is_killed_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    follower, rng = JournalReader(path), Random(11)  # noqa: S311 - which moment, not a secret
    dashboards = [Dashboard(path, f"watcher-{number}") for number in range(4)]
    first, *others = dashboards
    first.begins()
    first.sees(20)
    for each in others:
        each.begins()
    for each in dashboards[:-1]:
        each.sees(rng.randrange(20, 60))
        each.is_killed()
    dashboards[-1].ends()
    seen = [json.loads(each.raw) for found in iter(follower.newer, []) for each in found]
    follower.close()
    times = Counter(line["room_sid"] for line in seen if line["event"] == "room-opened")
    assert set(times.values()) == {1}
    assert times.keys() == {f"RM{number}" for number in range(1, EVENTS)}
    said = [line["event"] for line in seen if line["event"] != "room-opened"]
    assert said[0] == "watching-began"
    assert said[-1] == "watching-ended"
    assert set(said[1:-1]) == {"watching-went-on"}
