"""The world's own rules, without HTTP: what always holds, whatever happens in whatever order."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomtui.sandbox.clock import Clock
from roomtui.sandbox.world import register
from roomtui.sandbox.world.account import Account
from roomtui.sandbox.world.participant import ParticipantStatus
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.register import RoomFilter, Span
from roomtui.sandbox.world.room import Room, RoomEnding, RoomOrigin, RoomStatus
from roomtui.sandbox.world.room_request import room_settings
from roomtui.sandbox.world.world import World

START = datetime(2026, 1, 2, 3, 4, 5, 123_456, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
NAMES = ("red", "green", "blue")
PEOPLE = ("ann", "bob", "eve")


def new_world(seed: int = 1) -> World:
    return World(Clock(start=START, speed=0), Account(sid=f"AC{'a' * 32}", participant_quota=7), seed)


def create(world: World, **parameters: object) -> Room:
    return world.create_room(room_settings({name: [str(value)] for name, value in parameters.items()}, world.account))


def happen(world: World, chance: Random, what: str) -> None:
    """One thing happens, to somebody or something picked by chance; a refusal is fine."""
    name, who = chance.choice(NAMES), chance.choice(PEOPLE)
    room = world.rooms.live_named(name)
    someone = room.present.get(who) if room is not None else None
    try:
        if what == "create":
            empty = chance.randint(1, 3)
            create(world, UniqueName=name, MaxParticipants=2, EmptyRoomTimeout=empty, UnusedRoomTimeout=2)
        elif what == "join":
            world.join(name, who, chance.choice(((), ("audio",), ("audio", "video"))))
        elif what == "end" and room is not None:
            world.complete_room(room)
        elif what == "fail" and room is not None:
            world.fail_room(room)
        elif someone is not None:
            {"leave": world.leave, "drop": world.drop, "resume": world.resume, "remove": world.remove}[what](someone)
    except Refusal:
        return


def rooms_of(world: World) -> list[Room]:
    return [room for status in RoomStatus for room in world.rooms.newest_first(RoomFilter(status), Span(10_000))]


def check(world: World) -> None:
    """What always holds."""
    rooms = rooms_of(world)
    assert world._present == sum(len(room.present) for room in rooms)
    for room in rooms:
        present = {who.sid for who in room.participants.values() if who.is_present}
        assert present == {who.sid for who in room.present.values()}
        assert len(present) <= room.settings.max_participants
        assert room.published_tracks == sum(len(who.tracks) for who in room.present.values())
        assert (room.end_time is None) == room.is_live == (room.ending is None)
        assert world.rooms.find(room.sid) is room
        assert (world.rooms.live_named(room.unique_name) is room) == room.is_live
        for who in room.participants.values():
            assert (who.end_time is None) == who.is_present == (who.departure is None)
            assert who.end_time is None or room.date_created <= who.start_time <= who.end_time
        if not room.is_live:
            assert not room.present
            check_ending(room)
        elif not room.present:
            assert room.origin is RoomOrigin.REST
            assert room.vacancy_timer is not None
            assert room.vacancy_timer.instant > world.clock.now()


def check_ending(room: Room) -> None:
    """The end came exactly when the room's own numbers say."""
    assert room.end_time is not None
    last = max((who.end_time for who in room.participants.values() if who.end_time), default=None)
    if room.ending is RoomEnding.UNUSED:
        assert last is None
        assert room.end_time == room.date_created + room.settings.unused_room_timeout * MINUTE
    if room.ending is RoomEnding.EMPTY:
        assert last is not None
        assert room.end_time == last + room.settings.empty_room_timeout * MINUTE
    if room.ending is RoomEnding.MAX_DURATION:
        assert room.end_time == room.date_created + timedelta(days=1)


THINGS = st.sampled_from(["create", "join", "join", "join", "leave", "drop", "resume", "remove", "end", "fail"])
WAITS = st.one_of(st.just(0.0), st.floats(0, 50), st.floats(0, 400), st.just(90_000.0))


@settings(max_examples=150)
@given(things=st.lists(st.tuples(THINGS, WAITS), max_size=40), seed=st.integers(0, 1000))
def test_the_world_stays_consistent_and_every_end_is_on_time(things: list[tuple[str, float]], seed: int) -> None:
    world, chance = new_world(), Random(seed)  # noqa: S311 - a test's own chance
    for what, wait in things:
        happen(world, chance, what)
        check(world)
        world.clock.advance(wait)
        world.clock.run_due()
        check(world)
    world.clock.advance(200_000)
    world.clock.run_due()
    assert not world.rooms.live_count
    check(world)


def test_same_seed_same_sids() -> None:
    assert create(new_world(3)).sid == create(new_world(3)).sid != create(new_world(4)).sid


def test_a_resumed_participant_is_put_out_at_the_end_of_their_session_all_the_same() -> None:
    world = new_world()
    room = create(world, MaxParticipantDuration=600)
    ann = world.join(room.sid, "ann")
    world.clock.advance(595)
    world.drop(ann)
    world.drop(ann)
    world.clock.advance(10)
    world.clock.run_due()
    assert (ann.status, ann.duration) == (ParticipantStatus.DISCONNECTED, 600)
    with pytest.raises(Refusal, match="53204"):
        world.resume(ann)


def test_the_oldest_ended_rooms_are_forgotten_and_live_ones_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "ENDED_ROOMS_KEPT", 2)
    world = new_world()
    staying = create(world)
    ended = [create(world, UniqueName="daily")]
    ann = world.join("daily", "ann")
    world.complete_room(ended[0])
    for _ in range(2):
        ended.append(create(world, UniqueName="daily"))
        world.complete_room(ended[-1])
    kept = world.rooms.newest_first(RoomFilter(RoomStatus.COMPLETED, "daily"), Span(9))
    assert kept == [ended[2], ended[1]]
    assert world.rooms.find(ended[0].sid) is None
    assert world.find_participant(ann.sid) is None
    assert world.rooms.find(staying.sid) is staying
