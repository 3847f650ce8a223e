"""Anything in any order: rooms, people, tracks and rules, through the world and the REST API, against a plain model.

What must hold after every step: counts add up, nobody absent has a track, the tracks recorded are those that the rules
describe, and whatever is asked, the answer is an answer: no exception but a refusal, and never a 500.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from roomtui.sandbox.clock import Clock
from roomtui.sandbox.rest.participants import ParticipantsResource
from roomtui.sandbox.rest.recordings import RecordingsResource
from roomtui.sandbox.rest.rooms import RoomsResource
from roomtui.sandbox.rest.tracks import TracksResource
from roomtui.sandbox.wire import Call, Routes, parse_fields, refusal_answer
from roomtui.sandbox.world import limits
from roomtui.sandbox.world.account import Account
from roomtui.sandbox.world.events import EventKind
from roomtui.sandbox.world.recording import RecordingStatus
from roomtui.sandbox.world.refusals import Refusal
from roomtui.sandbox.world.register import RoomFilter, Span
from roomtui.sandbox.world.room import RoomStatus
from roomtui.sandbox.world.subscriptions import subscriptions
from roomtui.sandbox.world.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from roomtui.sandbox.world.events import Event
    from roomtui.sandbox.world.participant import Participant, Track
    from roomtui.sandbox.world.recording import Recording
    from roomtui.sandbox.world.room import Room

START = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=timezone.utc)
NAMES = ("red", "green/1", "")
PEOPLE = ("ann", "bob", "eve")
TRACKS = ("mic", "cam", "screen", None)
MANY = Span(100_000)

Thing = TypeVar("Thing")

some = st.integers(0, 1_000)
"""Which one of those there are."""

kinds = st.sampled_from(("include", "include", "exclude"))
valid = st.one_of(
    st.fixed_dictionaries({"type": kinds, "all": st.sampled_from((True,))}),
    st.fixed_dictionaries({"type": kinds, "kind": st.sampled_from(("audio", "video"))}),
    st.fixed_dictionaries(
        {"type": kinds, "publisher": st.sampled_from(PEOPLE)},
        optional={"kind": st.sampled_from(("audio", "video")), "track": st.sampled_from(("mic", "cam", "screen"))},
    ),
)
strange = st.fixed_dictionaries(
    {"type": st.sampled_from(("include", "exclude"))},
    optional={"all": st.booleans(), "kind": st.sampled_from(("audio", "data")), "publisher": st.sampled_from(PEOPLE)},
)
rules = st.one_of(
    st.lists(valid, min_size=1, max_size=4), st.lists(valid, min_size=2, max_size=3), st.lists(strange, max_size=2)
).map(json.dumps)
creation = st.fixed_dictionaries(
    {"EmptyRoomTimeout": st.sampled_from("12"), "UnusedRoomTimeout": st.sampled_from("13")},
    optional={
        "UniqueName": st.sampled_from(NAMES),
        "Type": st.sampled_from(("group", "group", "group-small", "peer-to-peer")),
        "MaxParticipants": st.sampled_from("123"),
        "RecordParticipantsOnConnect": st.sampled_from(("true", "false")),
        "RecordingRules": rules,
        "AudioOnly": st.sampled_from(("true", "false")),
    },
)


def members(rule: dict[str, Any], tracks: Sequence[tuple[Participant, Track]]) -> set[str]:
    """The SIDs of the tracks that comply with all filters of a rule."""
    return {
        track.sid
        for who, track in tracks
        if rule.get("kind") in {None, track.kind}
        and rule.get("publisher") in {None, who.identity, who.sid}
        and rule.get("track") in {None, track.name, track.sid}
    }


def chosen(rules: Sequence[Any], tracks: Sequence[tuple[Participant, Track]], *, at_first: bool = False) -> set[str]:
    """The documented algorithm, step by step: unions and differences in the order of the rules."""
    found = {track.sid for _, track in tracks} if at_first else set()
    for each in rules:
        found = found | members(each, tracks) if each["type"] == "include" else found - members(each, tracks)
    return found


class AnythingInAnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock(start=START, speed=0)
        account = Account(sid=f"AC{'a' * 32}", room_quota=3, participant_quota=5)
        self.world = World(self.clock, account, seed=7)
        resources = (RoomsResource, ParticipantsResource, TracksResource, RecordingsResource)
        self.routes = Routes({path: ways for each in resources for path, ways in each(self.world).routes().items()})
        self.failed: set[str] = set()
        """SIDs of tracks whose recording has failed, which only new rules record again."""
        self.at_first: set[str] = set()
        """SIDs of rooms that record on connect, until their rules are replaced."""
        self.told: dict[str, list[EventKind]] = {}
        self.world.happened.append(self.hear)

    def hear(self, event: Event) -> None:
        if event.recording is not None:
            self.told.setdefault(event.recording.sid, []).append(event.kind)

    # What is there

    def rooms(self) -> list[Room]:
        return [room for status in RoomStatus for room in self.world.rooms.newest_first(RoomFilter(status), MANY)]

    def people(self) -> list[Participant]:
        return [who for room in self.rooms() for who in room.participants.values()]

    def recordings(self) -> list[Recording]:
        return [recording for room in self.rooms() for recording in room.recordings]

    @staticmethod
    def pick(things: Sequence[Thing], which: int) -> Thing:
        return things[which % len(things)]

    def pick_room(self, which: int) -> Room:
        """Mostly one in progress."""
        rooms = self.rooms()
        return self.pick([room for room in rooms if room.is_live and which % 5] or rooms, which)

    def pick_person(self, which: int) -> Participant:
        """Mostly one who is in."""
        people = self.people()
        return self.pick([who for who in people if who.is_present and which % 5] or people, which)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, Any]:
        """An answer of the REST API: JSON or nothing, and no server error."""
        path, _, query = path.partition("?")
        call = Call(
            method,
            path,
            "http://sandbox",
            query=parse_fields(query),
            form=parse_fields(urlencode(form or {})),
        )
        try:
            answer = self.routes.answer(call, path)
        except Refusal as refusal:
            answer = refusal_answer(refusal)
        assert answer.status < 500
        return answer.status, json.loads(answer.body or "null")

    @staticmethod
    def try_to(act: Callable[[], object]) -> None:
        """A refusal is fine, any other exception is not."""
        with suppress(Refusal):
            act()

    # What may happen

    @initialize()
    def begin(self) -> None:
        """Most stories need a room with somebody in it, and something that is over already."""
        self.create({"UniqueName": "red", "RecordParticipantsOnConnect": "true"})
        ann = self.world.join("red", "ann", ("audio", "video"))
        self.world.unpublish(ann, self.world.publish(ann, "video", "screen").sid)
        self.advance(6)

    @rule(form=creation)
    def create(self, form: dict[str, str]) -> None:
        status, body = self.ask("POST", "/v1/Rooms", form)
        if status == 201 and form.get("RecordParticipantsOnConnect") == "true":
            self.at_first.add(body["sid"])

    @rule(name=st.sampled_from(NAMES), who=st.sampled_from(PEOPLE), kinds=st.sampled_from(((), ("audio", "video"))))
    def join(self, name: str, who: str, kinds: tuple[str, ...]) -> None:
        self.try_to(lambda: self.world.join(name, who, kinds))

    @precondition(lambda self: self.rooms())
    @rule(
        which=some,
        who=st.sampled_from((*PEOPLE, None)),
        phone=st.booleans(),
        kinds=st.lists(st.sampled_from(("audio", "data"))),
    )
    def join_one(self, which: int, who: str | None, phone: bool, kinds: list[str]) -> None:  # noqa: FBT001 - drawn
        room = self.pick_room(which)
        if phone:
            self.try_to(lambda: self.world.join_by_phone(room.unique_name, "+16505550123", who))
        else:
            self.try_to(lambda: self.world.join(room.sid, who or "", kinds))

    @precondition(lambda self: self.people())
    @rule(which=some, what=st.sampled_from(("leave", "drop", "resume", "remove")))
    def go(self, which: int, what: str) -> None:
        who = self.pick_person(which)
        self.try_to(lambda: getattr(self.world, what)(who))

    @precondition(lambda self: self.people())
    @rule(
        which=some,
        kind=st.sampled_from(("audio", "video", "data")),
        name=st.sampled_from(TRACKS),
        enabled=st.booleans(),
    )
    def publish(self, which: int, kind: str, name: str | None, enabled: bool) -> None:  # noqa: FBT001 - drawn
        who = self.pick_person(which)
        self.try_to(lambda: self.world.publish(who, kind, name, enabled=enabled))

    @precondition(lambda self: self.people())
    @rule(which=some, name=st.sampled_from(("mic", "cam", "screen")))
    def unpublish(self, which: int, name: str) -> None:
        who = self.pick_person(which)
        self.try_to(lambda: self.world.unpublish(who, name))

    @precondition(lambda self: self.rooms())
    @rule(which=some, rules=rules)
    def set_recording_rules(self, which: int, rules: str) -> None:
        room = self.pick_room(which)
        before = room.recording_rules
        status, body = self.ask("POST", f"/v1/Rooms/{room.sid}/RecordingRules", {"Rules": rules})
        if status == 200:
            assert body["rules"] == list(room.recording_rules)
            self.at_first.discard(room.sid)
            self.failed -= {track.sid for who in room.present.values() for track in who.tracks.values()}
        else:
            assert room.recording_rules == before

    @precondition(lambda self: self.people())
    @rule(which=some, rules=rules)
    def set_subscribe_rules(self, which: int, rules: str) -> None:
        who = self.pick_person(which)
        self.ask("POST", f"/v1/Rooms/{who.room.sid}/Participants/{who.sid}/SubscribeRules", {"Rules": rules})

    @precondition(lambda self: self.people())
    @rule(which=some)
    def put_out(self, which: int) -> None:
        who = self.pick_person(which)
        self.ask("POST", f"/v1/Rooms/{who.room.sid}/Participants/{who.sid}", {"Status": "disconnected"})

    @precondition(lambda self: self.people())
    @rule(which=some)
    def anonymize(self, which: int) -> None:
        who = self.pick_person(which)
        status, _ = self.ask("POST", f"/v1/Rooms/{who.room.sid}/Participants/{who.sid}/Anonymize")
        assert status == (400 if who.is_present else 200)

    @precondition(lambda self: self.rooms())
    @rule(which=some, fails=st.integers(0, 3))
    def end(self, which: int, fails: int) -> None:
        room = self.pick_room(which)
        if fails:
            self.ask("POST", f"/v1/Rooms/{quote(room.unique_name, safe='')}", {"Status": "completed"})
        else:
            self.try_to(lambda: self.world.fail_room(room))

    @precondition(lambda self: self.recordings())
    @rule(which=some, in_room=st.booleans())
    def delete(self, which: int, in_room: bool) -> None:  # noqa: FBT001 - drawn
        recording = self.pick(self.recordings(), which)
        before = recording.status
        room = f"/Rooms/{recording.room.sid}" if in_room else ""
        status, _ = self.ask("DELETE", f"/v1{room}/Recordings/{recording.sid}")
        assert (status == 204) is (before in {RecordingStatus.COMPLETED, RecordingStatus.FAILED})

    @precondition(lambda self: self.recordings())
    @rule(which=some)
    def fail(self, which: int) -> None:
        recording = self.pick(self.recordings(), which)
        if recording.is_live:
            self.failed.add(recording.source_sid)
        self.try_to(lambda: self.world.recorder.fail(recording, "upload"))

    @rule(seconds=st.sampled_from((0.3, 1, 4.9, 6, 29, 61, 61, 200, 1, 0.7, 20_000, 31 * 86_400)))
    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.clock.run_due()

    # What must hold

    @invariant()
    def counts_add_up(self) -> None:
        assert self.world._present == sum(len(room.present) for room in self.rooms())
        for room in self.rooms():
            assert room.published_tracks == sum(len(who.tracks) for who in room.participants.values())
            assert len(room.present) <= room.settings.max_participants
            assert list(room.present.values()) == [each for each in room.participants.values() if each.is_present]
            assert room.is_live or not room.present

    @invariant()
    def nobody_absent_has_a_track(self) -> None:
        assert all(who.is_present or not who.tracks for who in self.people())

    @invariant()
    def recorded_is_what_the_rules_describe(self) -> None:
        for room in self.rooms():
            media = [
                (who, track) for who in room.present.values() for track in who.tracks.values() if track.kind != "data"
            ]
            wanted = chosen(room.recording_rules, media, at_first=room.sid in self.at_first)
            assert set(room.recording_now) == wanted - self.failed
            if not room.settings.type.has_media_server:
                assert not room.recordings

    @invariant()
    def a_recording_is_processing_while_its_track_is_recorded_and_shortly_after(self) -> None:
        finish = timedelta(seconds=limits.RECORDING_FINISH_SECONDS)
        for recording in self.recordings():
            live = recording.room.recording_now.get(recording.source_sid) is recording
            assert recording.is_live is live
            stopped = recording.stopped
            if recording.status is RecordingStatus.PROCESSING:
                assert stopped is None or self.clock.now() < stopped + finish + timedelta(milliseconds=1)
            else:
                assert stopped is not None
            if recording.status is RecordingStatus.COMPLETED:
                assert (recording.duration or 0) >= 1
            ends = self.told[recording.sid]
            assert ends[0] is EventKind.RECORDING_STARTED
            assert len(ends) == (1 if recording.status is RecordingStatus.PROCESSING else 2)

    @invariant()
    def everybody_receives_what_their_rules_describe(self) -> None:
        for who in self.people():
            others = [
                (other, track)
                for other in who.room.present.values()
                if other is not who and who.is_present
                for track in other.tracks.values()
                if who.phone is None or track.kind == "audio"
            ]
            assert {each.track.sid for each in subscriptions(who)} == chosen(who.subscribe_rules, others)

    @invariant()
    def everything_can_be_read(self) -> None:
        for status in RoomStatus:
            assert self.ask("GET", f"/v1/Rooms?Status={status.value}&PageSize=1000")[0] == 200
        listed = {each["sid"] for each in self.ask("GET", "/v1/Recordings?PageSize=100")[1]["recordings"]}
        kept = [each for each in self.recordings() if each.status is not RecordingStatus.DELETED]
        assert listed == {each.sid for each in sorted(kept, key=lambda each: -each.number)[:100]}
        for room in self.rooms()[:3]:
            path = f"/v1/Rooms/{room.sid}"
            assert self.ask("GET", path)[1]["status"] == room.status.value
            assert self.ask("GET", f"{path}/Recordings")[0] == 200
            expected = 200 if room.settings.type.has_media_server else 400
            assert self.ask("GET", f"{path}/RecordingRules")[0] == expected
            for who in list(room.participants.values())[-3:]:
                assert self.ask("GET", f"{path}/Participants/{who.sid}")[1]["status"] == who.status.value
                tracks = self.ask("GET", f"{path}/Participants/{who.sid}/PublishedTracks")[1]["published_tracks"]
                assert {each["sid"] for each in tracks} == {track.sid for track in who.tracks.values()}
                assert self.ask("GET", f"{path}/Participants/{who.sid}/SubscribedTracks")[0] == expected
                assert self.ask("GET", f"{path}/Participants/{who.sid}/SubscribeRules")[0] == expected


TestAnythingInAnyOrder = AnythingInAnyOrder.TestCase
TestAnythingInAnyOrder.settings = settings(max_examples=60, stateful_step_count=30)
