"""The working day: lively, believable, repeatable."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomtui.sandbox.clock import Clock
from roomtui.sandbox.traffic.director import HISTORY_SECONDS, Director
from roomtui.sandbox.traffic.habits import with_habits
from roomtui.sandbox.traffic.meetings import some_meeting
from roomtui.sandbox.traffic.names import phone_caller
from roomtui.sandbox.traffic.script import Deed
from roomtui.sandbox.world.account import Account
from roomtui.sandbox.world.limits import Era
from roomtui.sandbox.world.register import RoomFilter, Span
from roomtui.sandbox.world.room import Room, RoomEnding, RoomStatus
from roomtui.sandbox.world.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable

NOW = datetime(2026, 3, 4, 11, 30, tzinfo=timezone.utc)


def working_day(rooms: int, seed: int = 1, era: Era = Era.LEGACY) -> World:
    clock = Clock(start=NOW - timedelta(seconds=HISTORY_SECONDS), speed=0)
    world = World(clock, Account(sid=f"AC{'a' * 32}", era=era), seed)
    Director(world, rooms, seed).begin()
    assert clock.now() == NOW
    return world


def live(world: World) -> list[Room]:
    return world.rooms.newest_first(RoomFilter(), Span(1000))


def completed(world: World) -> list[Room]:
    return world.rooms.newest_first(RoomFilter(status=RoomStatus.COMPLETED), Span(1000))


def seconds_left(world: World, rooms: Iterable[Room]) -> list[float]:
    return sorted(
        (room.vacancy_timer.instant - world.clock.now()).total_seconds()
        for room in rooms
        if room.vacancy_timer is not None and not room.present
    )


def story(world: World) -> list[tuple[object, ...]]:
    """Everything that has happened, as it would be told."""
    rooms = sorted([*live(world), *completed(world)], key=lambda room: room.number)
    told: list[tuple[object, ...]] = []
    for room in rooms:
        told.append((room.sid, room.unique_name, room.date_created, room.end_time, room.ending))
        told += [(who.sid, who.start_time, who.end_time, who.departure) for who in room.participants.values()]
    return told


def test_the_demonstration_opens_in_the_middle_of_the_day() -> None:
    world = working_day(12)
    rooms = {room.unique_name: room for room in live(world)}
    assert len(rooms) == 12
    countdowns = seconds_left(world, rooms.values())
    assert countdowns[0] == pytest.approx(40, abs=2)
    assert countdowns[1] == pytest.approx(90, abs=2)
    assert 120 < countdowns[2] < 300
    webinar = rooms["quarterly-webinar"]
    assert len(webinar.present) == 48
    assert min(rooms[name].date_created for name in rooms) < NOW - timedelta(hours=23, minutes=50)
    assert any(identity == "+16505550123-634a594e" for identity in rooms["support-4711"].present)
    assert {room.settings.type.value for room in rooms.values()} == {"group", "group-small", "peer-to-peer", "go"}
    assert len({room.settings.media_region for room in rooms.values()}) >= 4
    assert {0, 5} <= {room.settings.empty_room_timeout for room in rooms.values()}
    assert any(room.settings.record_participants_on_connect for room in rooms.values())
    assert any(len(name) > 80 for name in rooms)
    assert any("&" in name for name in rooms)
    assert any("東" in name for name in rooms)
    assert 5 <= len(completed(world)) <= 40


def test_the_first_minute_is_never_dull() -> None:
    world = working_day(12)
    people, ended, opened = set(), set(), set()
    before = {room.sid for room in live(world)}
    for second in range(1, 61):
        present = {who.sid for room in live(world) for who in room.present.values()}
        world.clock.advance(1)
        world.clock.run_due()
        if present != {who.sid for room in live(world) for who in room.present.values()}:
            people.add(second)
        ended |= before - {room.sid for room in live(world)}
        opened |= {room.sid for room in live(world)} - before
    assert len(people) >= 8
    assert len(ended) >= 2
    assert opened


def test_same_seed_same_history_and_another_seed_another_one() -> None:
    def told(seed: int, step: float) -> list[tuple[object, ...]]:
        world = working_day(15, seed)
        for _ in range(int(7200 / step)):
            world.clock.advance(step)
            world.clock.run_due()
        return story(world)

    assert told(5, 7200) == told(5, 60)
    assert told(5, 7200) != told(6, 7200)


@pytest.mark.parametrize("rooms", [1, 3, 40, 300])
def test_about_so_many_rooms_are_in_progress_at_any_time(rooms: int) -> None:
    world = working_day(rooms)
    assert world.rooms.live_count == rooms
    for _ in range(12):
        world.clock.advance(900)
        world.clock.run_due()
        assert rooms * 0.85 - 1 <= world.rooms.live_count <= rooms


def test_the_day_goes_on_when_somebody_ends_rooms_and_puts_people_out() -> None:
    world = working_day(12)
    for room in live(world)[:6]:
        world.complete_room(room)
    for room in live(world):
        for who in list(room.present.values())[:1]:
            world.remove(who)
    world.clock.advance(120)
    world.clock.run_due()
    assert world.rooms.live_count >= 9


def test_the_day_goes_on_in_an_account_that_has_group_rooms_only() -> None:
    world = working_day(30, era=Era.CURRENT)
    world.clock.advance(600)
    world.clock.run_due()
    assert world.rooms.live_count >= 20
    assert {room.settings.type.value for room in live(world)} == {"group"}


def test_rooms_end_in_every_usual_way() -> None:
    world = working_day(60)
    world.clock.advance(6 * 3600)
    world.clock.run_due()
    endings = {room.ending for room in completed(world)}
    assert endings == {RoomEnding.API, RoomEnding.EMPTY, RoomEnding.UNUSED, RoomEnding.MAX_DURATION}


@settings(max_examples=200)
@given(st.integers(0, 10_000))
def test_every_written_meeting_can_be_played_and_ends_when_its_script_says(seed: int) -> None:
    script = some_meeting(Random(seed), seed)  # noqa: S311 - a test's own chance
    assert 0 < script.life <= 86_400
    assert len(script.name) <= 128
    assert [act.at for act in script.acts] == sorted(act.at for act in script.acts)
    joined: set[str] = set()
    for act in script.acts:
        joined |= {act.who} if act.deed.name in {"JOIN", "CALL"} else set()
        assert act.deed.name == "END_ROOM" or act.who in joined


def test_the_demonstration_shows_recordings_mutes_screens_and_phones() -> None:
    world = working_day(12)
    rooms = {room.unique_name: room for room in live(world)}
    recorded = {name for name, room in rooms.items() if room.recording_now}
    assert recorded == {"Board & Co", "quarterly-webinar"}
    people = [who for room in rooms.values() for who in room.present.values()]
    tracks = [track for who in people for track in who.tracks.values()]
    assert 3 <= sum(track.kind == "audio" and not track.enabled for track in tracks) < len(tracks) / 3
    assert sum(track.kind == "video" and not track.enabled for track in tracks) >= 2
    assert sum(track.name == "screen" for track in tracks) >= 1
    phones = [who for who in people if who.phone is not None]
    assert len(phones) >= 3
    for phone in phones:
        assert phone.phone == phone.identity.partition("-")[0]
        assert [track.kind for track in phone.tracks.values()] == ["audio"]


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_habits_leave_who_comes_and_goes_as_it_is(seed: int) -> None:
    script = some_meeting(Random(seed), seed)  # noqa: S311 - a test's own chance
    habits = {Deed.MUTE, Deed.COVER, Deed.SHARE, Deed.UNSHARE}
    bare = replace(script, acts=tuple(act for act in script.acts if act.deed not in habits))
    again = with_habits(bare)
    assert [act for act in again.acts if act.deed not in habits] == list(bare.acts)
    assert again.life == bare.life
    assert again == with_habits(bare)
    assert all(act.at <= script.life for act in again.acts if act.deed in habits)


def test_the_same_seed_has_the_same_tracks_and_recordings() -> None:
    def told(seed: int) -> list[tuple[object, ...]]:
        world = working_day(20, seed)
        return [
            (recording.sid, recording.source_sid, recording.started, recording.status)
            for room in [*live(world), *completed(world)]
            for recording in room.recordings
        ]

    assert told(3) == told(3)
    assert told(3) != told(4)


def test_phone_callers_are_fictional_numbers() -> None:
    chance = Random(1)  # noqa: S311 - a test's own chance
    for _ in range(50):
        caller = phone_caller(chance)
        number, _, digits = caller.partition("-")
        assert number[:2] == "+1"
        assert number[5:10] == "55501"
        assert len(number) == 12
        assert len(digits) == 8
