"""Rooms of mixed time-outs, people who come and go, and when the program says that each will close."""

from __future__ import annotations

import random
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from tests.cli.program import Done, harmless

if TYPE_CHECKING:
    from tests.cli.program import Program, RunningSandbox

# The host's clock, wrong by so many seconds: nothing else of the program is touched.
_WRONG_CLOCK = """
import sys, datetime as real, roomtui.twilio_api.clock as clock
off = real.timedelta(seconds=float(sys.argv.pop(1)))
wall = clock.wall_clock
clock.wall_clock = lambda: wall() + off
clock.ServerClock.__init__.__kwdefaults__["wall"] = clock.wall_clock
from roomtui.cli.main import main
main()
"""


_CHANGES = 3


@dataclass(frozen=True)
class Told:
    """What one `ls` said of a room."""

    at: datetime
    kind: str
    certain: bool


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def list_rooms(program: Program, *, host_ahead: float) -> list[dict[str, Any]]:
    """`ls --json`, on a host whose clock is so many seconds ahead."""
    done = subprocess.run(
        [sys.executable, "-c", _WRONG_CLOCK, str(host_ahead), "ls", "--json", "--reads-per-second", "60"],
        env=dict(program.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    harmless(done.stdout + done.stderr, program.secrets)
    assert done.returncode == 0, done.stderr
    return list(Done(done.returncode, done.stdout, done.stderr).json)


def populate(sandbox: RunningSandbox, count: int, *, seed: int = 1, shortest: int = 10) -> list[str]:
    """`count` rooms of mixed time-outs: some nobody joins, some are left, some keep people to their limit. The SIDs.

    No time-out is below `shortest` minutes, so that all are seen before they end.
    """
    dice = random.Random(seed)  # noqa: S311 # the same rooms each time
    sids = []
    staying: list[dict[str, Any]] = []
    for number in range(count):
        room = sandbox.create(
            f"room-{number:03}",
            UnusedRoomTimeout=str(dice.randint(max(20, shortest), 60)),
            EmptyRoomTimeout=str(dice.randint(shortest, 60)),
            MaxParticipantDuration=str(dice.randint(1200, 7200)),
        )
        sids.append(room["sid"])
        people = [sandbox.join(room["sid"], f"person-{each}") for each in range(number % 3)]
        staying += people[1:]
        if people:
            sandbox.leave(people[0])
    for person in staying[::2]:
        sandbox.leave(person)
    return sids


def deadlines_and_ends(
    program: Program, sandbox: RunningSandbox, sids: list[str], *, host_ahead: float, jump: float, rounds: int = 40
) -> dict[str, tuple[list[Told], datetime]]:
    """For each room the deadlines it was given since the last change in it, and the end that the sandbox reports.

    People come and go between the first looks; then `jump` seconds pass between two looks, until all have ended.
    """
    told: dict[str, list[Told]] = {}
    dice = random.Random(2)  # noqa: S311 # the same people each time
    for turn in range(rounds):
        listed = list_rooms(program, host_ahead=host_ahead)
        for room in listed:
            if room["status"] == "in-progress":
                deadline = room["deadline"]
                before = told.get(room["sid"], []) if turn > _CHANGES else []
                told[room["sid"]] = [*before, Told(instant(deadline["at"]), deadline["kind"], deadline["certain"])]
        if not listed:
            break
        if turn < _CHANGES:
            come_and_go(sandbox, [room["sid"] for room in listed], dice, turn)
            continue
        sandbox.advance(jump)
    ends = {sid: sandbox.room(sid)["end_time"] for sid in sids}
    assert all(ends.values()), "not all of them have ended"
    return {sid: (told[sid], instant(end)) for sid, end in ends.items()}


def come_and_go(sandbox: RunningSandbox, sids: list[str], dice: random.Random, turn: int) -> None:
    """A few people join, and half of them leave again."""
    for sid in dice.sample(sids, max(1, len(sids) // 8)):
        room = sandbox.room(sid)
        if room["status"] == "in-progress":
            person = sandbox.join(sid, f"guest-{turn}")
            if dice.random() < 0.5:
                sandbox.leave(person)


def errors(found: dict[str, tuple[list[Told], datetime]]) -> dict[str, float]:
    """Seconds by which each room's end missed what it was told to be, at the worst."""
    return {sid: max(abs((end - each.at).total_seconds()) for each in told) for sid, (told, end) in found.items()}
