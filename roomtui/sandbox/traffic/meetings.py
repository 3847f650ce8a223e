"""Kinds of meetings, written by chance. Times are seconds from the room's opening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from roomtui.sandbox.traffic.habits import with_habits
from roomtui.sandbox.traffic.names import people, phone_caller, room_name
from roomtui.sandbox.traffic.script import Deed, ScriptWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from roomtui.sandbox.traffic.script import Script

_MINUTE = 60.0
_REGIONS = ("us1", "us1", "us2", "ie1", "de1", "au1", "br1", "jp1", "sg1", "in1")


def stand_up(chance: Random, serial: int) -> Script:
    """Everybody comes at once, talks for some minutes, and leaves at once."""
    empty = chance.randint(1, 5)
    writer = ScriptWriter(room_name(chance, "standup", serial), parameters={"EmptyRoomTimeout": empty})
    end = chance.uniform(7, 20) * _MINUTE
    for who in people(chance, chance.randint(3, 9)):
        writer.stay(who, chance.uniform(5, 110), end + chance.uniform(0, 25))
    return writer.script()


def interview(chance: Random, serial: int) -> Script:
    """Two people; the second one waits for the first, or the first for the second."""
    room_type = chance.choice(("group", "group-small", "go"))
    writer = ScriptWriter(room_name(chance, "interview", serial), parameters={"Type": room_type, "EmptyRoomTimeout": 2})
    end = chance.uniform(15, 50) * _MINUTE
    for who in people(chance, 2):
        writer.stay(who, chance.uniform(4, 240), end + chance.uniform(0, 9))
    return writer.script()


def nobody_came(chance: Random, serial: int) -> Script:
    """Made through the API for a meeting that was called off."""
    unused = chance.randint(2, 15)
    return ScriptWriter(room_name(chance, "slot", serial), parameters={"UnusedRoomTimeout": unused}).script()


def support_call(chance: Random, serial: int) -> Script:
    """An agent with a camera and a customer on the phone."""
    writer = ScriptWriter(room_name(chance, "support", serial), parameters={"EmptyRoomTimeout": 1})
    end = chance.uniform(4, 18) * _MINUTE
    (agent,) = people(chance, 1)
    writer.stay(agent, 3, end + chance.uniform(2, 90))
    writer.call(phone_caller(chance), chance.uniform(10, 70), end)
    return writer.script()


def webinar(chance: Random, serial: int) -> Script:
    """Nearly full, for hours, with people coming and going."""
    parameters = {"MediaRegion": chance.choice(_REGIONS), "RecordParticipantsOnConnect": "true"}
    writer = ScriptWriter(room_name(chance, "webinar", serial), parameters=parameters)
    end = chance.uniform(45, 150) * _MINUTE
    for who in people(chance, chance.randint(35, 49)):
        writer.stay(who, chance.uniform(5, 600), chance.uniform(end * 0.7, end))
    return writer.end(end + 5).script()


def huddle(chance: Random, serial: int) -> Script:
    """Ad hoc: there as soon as somebody joins, gone with the last one."""
    writer = ScriptWriter(room_name(chance, "huddle", serial), ad_hoc=True)
    for place, who in enumerate(people(chance, chance.randint(2, 4))):
        writer.stay(who, place * chance.uniform(5, 60), chance.uniform(5, 25) * _MINUTE)
    return writer.script()


def workshop(chance: Random, serial: int) -> Script:
    """A recorded hour or two with late comers, somewhere in the world."""
    parameters = {
        "MediaRegion": chance.choice(_REGIONS),
        "RecordParticipantsOnConnect": chance.choice(("true", "false")),
        "EmptyRoomTimeout": chance.randint(1, 15),
        "MaxParticipants": chance.randint(12, 30),
    }
    writer = ScriptWriter(room_name(chance, "workshop", serial), parameters=parameters)
    end = chance.uniform(40, 120) * _MINUTE
    crowd = people(chance, chance.randint(5, 11))
    for who in crowd:
        writer.stay(who, min(chance.expovariate(1 / 240), 1500), end + chance.uniform(-300, 40))
    return writer.do(Deed.MUTE, crowd[0], 1600).script()


def flaky_pair(chance: Random, serial: int) -> Script:
    """Peer to peer on trains: one falls out and comes back, or comes in twice."""
    writer = ScriptWriter(
        room_name(chance, "pairing", serial), parameters={"Type": "peer-to-peer", "EmptyRoomTimeout": 3}
    )
    end = chance.uniform(15, 60) * _MINUTE
    rider, other = people(chance, 2)
    writer.stay(other, 4, end).stay(rider, 9, end + 4)
    at = chance.uniform(60, 200)
    while at < end - 120:
        writer.do(Deed.DROP, rider, at)
        writer.do(chance.choice((Deed.RESUME, Deed.JOIN)), rider, at + chance.uniform(4, 28))
        at += chance.uniform(120, 500)
    return writer.script()


_WEIGHTS: Mapping[Callable[[Random, int], Script], int] = {
    stand_up: 24,
    interview: 20,
    nobody_came: 12,
    support_call: 14,
    webinar: 1,
    huddle: 12,
    workshop: 9,
    flaky_pair: 8,
}


def some_meeting(chance: Random, serial: int) -> Script:
    """Any of them, stand-ups most often."""
    (write,) = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
    return with_habits(write(chance, serial))
