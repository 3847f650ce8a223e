"""What is true, as only the sandbox knows it, and whether what somebody was shown was."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from roomtui.rooms.countdown import countdown
from roomtui.sandbox.world.limits import RoomType
from roomtui.sandbox.world.room import RoomSettings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from roomtui.sandbox.server import Sandbox
    from roomtui.sandbox.world.room import Room

SOON: Final = 600
"""Seconds: what closes within them is closing soon."""


@dataclass(frozen=True)
class RoomTruth:
    """A live room: how many are in it, and when it closes if nobody comes or goes."""

    name: str
    people: int
    closes: datetime

    def closes_within(self, seconds: float, now: datetime) -> bool:
        return (self.closes - now).total_seconds() <= seconds


@dataclass(frozen=True)
class Truth:
    """All live rooms at one moment, by SID."""

    at: datetime
    rooms: Mapping[str, RoomTruth]

    @property
    def people(self) -> int:
        return sum(room.people for room in self.rooms.values())

    @property
    def closing_soon(self) -> int:
        return sum(room.closes_within(SOON, self.at) for room in self.rooms.values())


@dataclass(frozen=True)
class Row:
    """What stands in one line of the table, or in a line of `ls`."""

    sid: str
    closes: str
    people: str

    @property
    def is_said_to_be_old(self) -> bool:
        return self.closes.endswith(" ?") and self.people.endswith("?")


def truth_of(sandbox: Sandbox) -> Truth:
    """By the sandbox's own timers, not by anybody's rules for them."""
    sandbox.clock.run_due()
    rooms = {room.sid: RoomTruth(room.unique_name, len(room.present), _closes(room)) for room in _live(sandbox)}
    return Truth(sandbox.clock.now(), rooms)


def _live(sandbox: Sandbox) -> list[Room]:
    return [room for room in sandbox.world.rooms._by_sid.values() if room.is_live]


def _closes(room: Room) -> datetime:
    assert room.age_timer is not None
    instants = [room.age_timer.instant]
    if room.present:
        sessions = [each.session_timer.instant for each in room.present.values() if each.session_timer is not None]
        instants.append(max(sessions) + timedelta(minutes=room.settings.empty_room_timeout))
    elif room.vacancy_timer is not None:
        instants.append(room.vacancy_timer.instant)
    return min(instants)


# -- what was shown


def untrue(row: Row, truths: Collection[Truth], now: datetime, *, timeless: bool = False) -> list[str]:
    """What is wrong with a row at `now`, if it may have been true at any of those moments; `timeless`: but for time."""
    known = [truth.rooms[row.sid] for truth in truths if row.sid in truth.rooms]
    if not known:
        return [f"{row} is not in progress"]
    wrong = []
    if not any(_is_count(row.people, room.people) for room in known):
        wrong.append(f"{row.people!r} people, where {sorted({room.people for room in known})} are true in {row}")
    if not timeless and not any(_is_countdown(row.closes, (room.closes - now).total_seconds()) for room in known):
        left = sorted({countdown(round((room.closes - now).total_seconds())) for room in known})
        wrong.append(f"closes in {row.closes!r}, where {left} is true in {row}")
    return wrong


def _is_count(text: str, people: int) -> bool:
    count = text.lstrip("▲▼").partition("/")[0]
    return count in {"?", str(people)}  # behind the most that it takes, a question mark says that it is old


def _is_countdown(text: str, seconds: float) -> bool:
    """Whether a countdown says so, a second more or less; a bound may not be below the truth."""
    text = text.rstrip(" !?")
    if not text:
        return True
    if text.startswith("≤"):
        bound = seconds_in(text[1:])
        return bound is not None and bound >= seconds - 60  # minutes are cut off
    return text in {countdown(round(seconds) + each) for each in (-2, -1, 0, 1, 2)}


def seconds_in(text: str) -> int | None:
    """The seconds that a countdown says; None where it is none."""
    if text == "due":
        return 0
    hours = re.fullmatch(r"(\d+)h(\d\d)", text)
    clock = re.fullmatch(r"(\d+):(\d\d)", text)
    minutes = re.fullmatch(r"(\d+)m", text)
    if hours:
        return int(hours[1]) * 3600 + int(hours[2]) * 60
    if clock:
        return int(clock[1]) * 60 + int(clock[2])
    return int(minutes[1]) * 60 if minutes else None


# -- what happens in the meantime


def settings(name: str) -> RoomSettings:
    return RoomSettings(type=RoomType.GROUP, max_participants=50, unique_name=name)


class Town:
    """Six rooms of every kind, and what happens in them without the dashboard's doing."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        world, clock = sandbox.world, sandbox.clock
        self.unused = world.create_room(replace(settings("unused"), unused_room_timeout=9))
        self.left = world.create_room(replace(settings("left"), empty_room_timeout=5))
        self.pair = world.create_room(settings("pair"))
        self.crowd = world.create_room(replace(settings("crowd"), max_participant_duration=1200))
        self.doomed = world.create_room(settings("doomed"))
        self.quiet = world.create_room(replace(settings("quiet"), empty_room_timeout=30))
        kim, self.bob = world.join(self.left.sid, "kim"), world.join(self.pair.sid, "bob")
        world.join(self.quiet.sid, "ana")
        for number in range(4):
            world.join(self.crowd.sid, f"guest-{number}")
        clock.advance(30)
        clock.run_due()
        world.leave(kim)
        world.drop(world.join(self.crowd.sid, "dropped"))
        clock.advance(5)
        clock.run_due()
        self._happened = 0

    def go_on(self) -> None:
        """The next thing happens: somebody comes, the last one leaves, a room is ended, another one opens."""
        world = self.sandbox.world
        self._happened += 1
        match self._happened:
            case 1:
                world.join(self.left.sid, "late")
            case 2:
                world.leave(self.bob)
            case 3:
                world.complete_room(self.doomed)
            case 4:
                world.create_room(settings("opened"))
            case number:
                world.join(self.crowd.sid, f"more-{number}")
