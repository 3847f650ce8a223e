"""The director: keeps about so many rooms in progress by playing one script after the other in each of its slots.

It does what clients do, through the world's own entry points; a past begins by the clock being run through it.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from roomtui.sandbox.traffic.habits import with_habits
from roomtui.sandbox.traffic.meetings import some_meeting
from roomtui.sandbox.traffic.opening import OPENINGS, Opening
from roomtui.sandbox.traffic.script import Deed
from roomtui.sandbox.world.events import EventKind
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.room_request import room_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from roomtui.sandbox.traffic.script import Act, Script
    from roomtui.sandbox.world.events import Event
    from roomtui.sandbox.world.participant import Participant
    from roomtui.sandbox.world.room import Room
    from roomtui.sandbox.world.world import World

HISTORY_SECONDS = 86_400.0
"""How long before now the world begins: no room is older."""

_PAST_MEETINGS = 40

_ROOM_HOURS_PLAYED = 600
"""How much of a jump of the clock is filled with meetings, in all rooms together: a second or two of work. More would
keep everybody waiting who asks something: twenty minutes for a year of fifty rooms."""

_PAUSE = (3.0, 25.0)
_SCREEN = "screen"


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """While ten thousand rooms are built nothing is garbage, and looking for it takes half the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Performance:
    """One script being played in one room. It goes on only as long as the room does."""

    def __init__(self, world: World, script: Script) -> None:
        self._world = world
        self._script = script
        self._people: dict[str, Participant] = {}
        self._opened = world.clock.now()
        self._next = 0
        self.room: Room | None = None
        self._deeds: Mapping[Deed, Callable[[Act], object]] = {
            Deed.JOIN: self._join,
            Deed.LEAVE: lambda act: world.leave(self._people[act.who]),
            Deed.DROP: lambda act: world.drop(self._people[act.who]),
            Deed.RESUME: lambda act: world.resume(self._people[act.who]),
            Deed.CALL: self._call,
            Deed.MUTE: lambda act: self._switch(act, "audio"),
            Deed.COVER: lambda act: self._switch(act, "video"),
            Deed.SHARE: lambda act: world.publish(self._people[act.who], "video", _SCREEN),
            Deed.UNSHARE: lambda act: world.unpublish(self._people[act.who], _SCREEN),
            Deed.END_ROOM: self._end_room,
        }

    def open(self) -> bool:
        """Open the room, or find out that Twilio refuses."""
        if not self._script.ad_hoc:
            parameters = {name: [value] for name, value in self._script.parameters.items()}
            parameters["UniqueName"] = [self._script.name]
            try:
                self.room = self._world.create_room(room_settings(parameters, self._world.account))
            except Refusal:
                return False
        self._play()
        return self.room is not None

    def _play(self) -> None:
        """Do what is due, and wait for the next act."""
        now = self._world.clock.now()
        while self._next < len(self._script.acts):
            act = self._script.acts[self._next]
            due = self._opened + timedelta(seconds=act.at)
            if due > now:
                self._world.clock.at(due, self._play)
                return
            self._next += 1
            try:
                self._deeds[act.deed](act)
            except (Refusal, KeyError):  # someone else interfered: they are gone, or were never let in
                continue
            finally:
                if self.room is None or not self.room.is_live:
                    self._next = len(self._script.acts)

    def _join(self, act: Act) -> None:
        where = self._script.name if self.room is None else self.room.sid
        participant = self._world.join(where, act.who, act.tracks)
        self.room = self._people.setdefault(act.who, participant).room
        self._people[act.who] = participant

    def _call(self, act: Act) -> None:
        if self.room is not None:
            number = act.who.partition("-")[0]
            self._people[act.who] = self._world.join_by_phone(self.room.unique_name, number, act.who)

    def _switch(self, act: Act, kind: str) -> None:
        """Mute what is heard or seen of somebody, or the other way round; a shared screen stays as it is."""
        participant = self._people[act.who]
        for track in list(participant.tracks.values()):
            if track.kind == kind and track.name != _SCREEN:
                self._world.publish(participant, kind, track.name, enabled=not track.enabled)

    def _end_room(self, _act: Act) -> None:
        if self.room is not None:
            self._world.complete_room(self.room)


class Director:
    """Runs the day.

    Args:
        world: where; its clock must stand `HISTORY_SECONDS` before what is to be now.
        rooms: about how many are to be in progress at any time.
        seed: same seed, same day.
    """

    def __init__(self, world: World, rooms: int, seed: int) -> None:
        self._world = world
        self._rooms = rooms
        self._seed = seed
        self._rounds: list[int] = [0] * rooms
        self._slots: dict[str, int] = {}
        world.happened.append(self._hear)

    def begin(self) -> None:
        """Set everything going, and let the history happen: afterwards it is now."""
        clock = self._world.clock
        start = clock.now()
        now = start + timedelta(seconds=HISTORY_SECONDS)
        for slot in range(self._rooms):
            opening = self._first(slot)
            clock.at(max(start, now - timedelta(seconds=opening.age)), partial(self._open, slot, opening.script))
        for past in range(min(self._rooms, _PAST_MEETINGS)):
            self._schedule_past(past, now)
        clock.advance(HISTORY_SECONDS)
        with _no_garbage_collection():
            clock.run_due()

    def _first(self, slot: int) -> Opening:
        chance = self._chance(slot)
        if slot < len(OPENINGS):
            opening = OPENINGS[slot](chance)
            return Opening(with_habits(opening.script), opening.age)
        script = some_meeting(chance, slot)
        return Opening(script, chance.uniform(0.0, script.life * 0.98))

    def _schedule_past(self, number: int, now: datetime) -> None:
        """A meeting that is over by now."""
        chance = Random(f"{self._seed}/past/{number}")  # noqa: S311 - a repeatable day, nothing secret
        script = some_meeting(chance, 1000 + number)
        age = script.life + chance.uniform(120, 6 * 3600)
        performance = partial(self._perform_past, script)
        self._world.clock.at(now - timedelta(seconds=age), performance)

    def _perform_past(self, script: Script) -> None:
        Performance(self._world, script).open()

    def _open(self, slot: int, script: Script) -> None:
        performance = Performance(self._world, script)
        if performance.open() and performance.room is not None and performance.room.is_live:
            self._slots[performance.room.sid] = slot
        else:
            self._next(slot)

    def _hear(self, event: Event) -> None:
        slot = self._slots.pop(event.room.sid, None) if event.kind is EventKind.ROOM_ENDED else None
        if slot is not None:
            self._next(slot)

    def _next(self, slot: int) -> None:
        """After a pause, the slot's next meeting; but after too long a jump, one that is under way when it ends."""
        self._rounds[slot] += 1
        chance = self._chance(slot)
        script = some_meeting(chance, slot + max(100, self._rooms) * self._rounds[slot])
        clock = self._world.clock
        begin = clock.now() + timedelta(seconds=chance.uniform(*_PAUSE))
        if clock.present - begin > timedelta(hours=_ROOM_HOURS_PLAYED / self._rooms):
            begin = max(begin, clock.present - timedelta(seconds=chance.uniform(0.0, script.life * 0.98)))
        clock.at(begin, partial(self._open, slot, script))

    def _chance(self, slot: int) -> Random:
        return Random(f"{self._seed}/{slot}/{self._rounds[slot]}")  # noqa: S311 - a repeatable day, nothing secret
