"""The rooms a demonstration opens with, in the middle of the day.

Times are seconds from now; what has happened is negative. Within the first minute people come and go, a
connection breaks, a countdown runs out, and a new room takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from roomtui.sandbox.traffic.names import people
from roomtui.sandbox.traffic.script import SOUND, Deed, ScriptWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from roomtui.sandbox.traffic.script import Script

_MINUTE = 60.0
_HOUR = 3600.0
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Opening:
    """A script that began `age` seconds ago."""

    script: Script
    age: float


def _standup(chance: Random) -> Opening:
    """Empty for 4:20 of its 5 minutes: closes in 40 seconds."""
    age = 31 * _MINUTE
    writer = ScriptWriter("daily-standup", age=age, parameters={"EmptyRoomTimeout": 5})
    for place, who in enumerate(people(chance, 6)):
        writer.stay(who, -age + 20 + 13 * place, -260 - 4 * place)
    return Opening(writer.script(), age)


def _interview(_chance: Random) -> Opening:
    """Nobody has come: closes in a minute and a half."""
    age = 210.0
    parameters = {"Type": "group-small", "UnusedRoomTimeout": 5}
    return Opening(ScriptWriter("interview-7731", age=age, parameters=parameters).script(), age)


def _board(chance: Random) -> Opening:
    """Recorded; the first to come reaches the four hours in eleven minutes."""
    age = 4 * _HOUR - 10 * _MINUTE
    parameters = {"RecordParticipantsOnConnect": "true", "EmptyRoomTimeout": 5}
    writer = ScriptWriter("Board & Co", age=age, parameters=parameters)
    for place, who in enumerate(people(chance, 7)):
        writer.stay(who, -4 * _HOUR + 11 * _MINUTE + 170 * place, 50 * _MINUTE if place else None)
    return Opening(writer.script(), age)


def _webinar(chance: Random) -> Opening:
    """48 of 50, for five hours already; only the 24 hours can end it."""
    age = 4 * _HOUR + 58 * _MINUTE
    parameters = {"MaxParticipantDuration": 86_400, "RecordParticipantsOnConnect": "true", "MediaRegion": "us2"}
    writer = ScriptWriter("quarterly-webinar", age=age, parameters=parameters)
    *crowd, early, late, last = people(chance, 50)
    for place, who in enumerate(crowd):
        writer.stay(who, -age + 30 + 37 * place, 3 * _HOUR + 5 * place)
    writer.stay(early, -age + 400, 14).stay(late, 27, 2 * _HOUR).stay(last, 95, 2 * _HOUR)
    return Opening(writer.script(), age)


def _support(chance: Random) -> Opening:
    """A customer on the phone, who is about to hang up."""
    age = 6 * _MINUTE
    (agent,) = people(chance, 1)
    writer = ScriptWriter("support-4711", age=age, parameters={"EmptyRoomTimeout": 1})
    writer.stay(agent, -345, 58).call("+16505550123-634a594e", -300, 45)
    return Opening(writer.script(), age)


def _vendor(chance: Random) -> Opening:
    """Empty for less than a minute of its 5."""
    age = 47 * _MINUTE
    writer = ScriptWriter("vendor-call", age=age, parameters={"EmptyRoomTimeout": 5, "MediaRegion": "de1"})
    for place, who in enumerate(people(chance, 3)):
        writer.stay(who, -age + 60 + 45 * place, -50 - 6 * place)
    return Opening(writer.script(), age)


def _night_watch(chance: Random) -> Opening:
    """Eight minutes before its 24 hours are over."""
    age = _DAY - 8 * _MINUTE
    parameters = {"MaxParticipantDuration": 86_400, "AudioOnly": "true"}
    writer = ScriptWriter("night-watch", age=age, parameters=parameters)
    for place, who in enumerate(people(chance, 2)):
        writer.stay(who, -(age - 20) / (1 + 3 * place), None, SOUND)
    return Opening(writer.script(), age)


def _huddle(chance: Random) -> Opening:
    """Ad hoc: one after the other leaves, and it is gone with the last."""
    age = 10 * _MINUTE
    writer = ScriptWriter("huddle-ux", age=age, ad_hoc=True)
    for place, who in enumerate(people(chance, 3)):
        writer.stay(who, -age + 15 * place, 20 + 16 * place)
    return Opening(writer.script(), age)


def _tokyo(chance: Random) -> Opening:
    """Somebody comes late, and somebody's connection breaks and mends."""
    age = 22 * _MINUTE
    writer = ScriptWriter("東京オフィス朝会", age=age, parameters={"MediaRegion": "jp1", "EmptyRoomTimeout": 3})
    late, lost, *others = people(chance, 6)
    for place, who in enumerate([lost, *others]):
        writer.stay(who, -age + 30 + 20 * place, 26 * _MINUTE + 7 * place)
    writer.stay(late, 6, 20 * _MINUTE).do(Deed.DROP, lost, 18).do(Deed.RESUME, lost, 31)
    return Opening(writer.script(), age)


def _council(chance: Random) -> Opening:
    """A name too long for any column; a screen is shared, and two have dialled in."""
    age = 65 * _MINUTE
    name = "Customer advisory council: accessibility, offline mode and the road to 3.0 (Europe, hosted from Dublin)"
    writer = ScriptWriter(name, age=age, parameters={"MediaRegion": "ie1", "EmptyRoomTimeout": 10})
    crowd = people(chance, 11)
    for place, who in enumerate(crowd):
        writer.stay(who, -age + 40 + 90 * place, 35 * _MINUTE + 11 * place)
    writer.do(Deed.SHARE, crowd[0], -age + 300).do(Deed.MUTE, crowd[4], -age + 900)
    writer.call("+16175550142-0c1d93ae", -30 * _MINUTE, 34 * _MINUTE)
    writer.call("+15035550117-f2b8471d", -11 * _MINUTE, 34 * _MINUTE)
    return Opening(writer.script(), age)


def _pairing(chance: Random) -> Opening:
    """Peer to peer; one joins a second time and puts themselves out."""
    age = 18 * _MINUTE
    writer = ScriptWriter("pairing-orbit", age=age, parameters={"Type": "peer-to-peer", "EmptyRoomTimeout": 3})
    twice, other = people(chance, 2)
    writer.stay(twice, -age + 20, 41 * _MINUTE).stay(other, -age + 32, 41 * _MINUTE).do(Deed.JOIN, twice, 24)
    return Opening(writer.script(), age)


def _tutoring(chance: Random) -> Opening:
    """One to one; the pupil's connection breaks for good."""
    age = 13 * _MINUTE
    writer = ScriptWriter("tutoring-maths", age=age, parameters={"Type": "go", "EmptyRoomTimeout": 2})
    teacher, pupil = people(chance, 2)
    writer.stay(teacher, -age + 5, 75).stay(pupil, -age + 50, None).do(Deed.DROP, pupil, 9)
    return Opening(writer.script(), age)


OPENINGS: Sequence[Callable[[Random], Opening]] = (
    _standup,
    _interview,
    _board,
    _webinar,
    _support,
    _vendor,
    _night_watch,
    _huddle,
    _tokyo,
    _council,
    _pairing,
    _tutoring,
)
