"""What is read beside the rosters: recording rules, and who publishes what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.model import Track
from roomtui.rooms.recording import EVERYTHING, NOTHING, Recording
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import Throttled, TwilioError, Unreachable
from roomtui.watch.board import LinkState
from roomtui.watch.budget import Attention
from tests.watch.deeds import refused
from tests.watch.scripted import ScriptedGateway, not_found
from tests.watch.virtual import VirtualTime, idle
from tests.watch.watching import Watch

if TYPE_CHECKING:
    from tests.watch.conftest import Twilio

TICK = 0.25


class Stage:
    """A scripted Twilio that is watched, tick by tick."""

    def __init__(self, *, promise: int = 1000) -> None:
        self.time = VirtualTime()
        self.twilio = ScriptedGateway(self.time)
        self.watch = Watch(self.twilio, self.time, self.time, promise=promise)

    def room(self, *people: str, kind: str = "group") -> str:
        sid = self.twilio.opens(f"room {len(self.twilio.rooms)}")
        self.twilio.rooms[sid] = replace(self.twilio.rooms[sid], type=kind)
        for identity in people:
            self.twilio.joins(sid, identity)
        return sid

    def look(self, selected: str | None = None, *visible: str, detail: bool = True) -> None:
        self.watch.poller.attend(Attention(selected, frozenset(visible), detail))

    async def go_on(self, seconds: float, *, tick: float = TICK) -> None:
        """The two jobs run as often as the schedule would run them, and what they ask counts against the budget."""
        for number in range(round(seconds / tick)):
            if number % round(2 / tick) == 0:
                await self.watch.poller.look_at_rooms()
            asked = len(self.twilio.asked)
            self.watch.poller.look_closer()
            await self.watch.published()
            for _ in self.twilio.asked[asked:]:
                self.watch.budget.spend(self.time.seconds)
            self.time.seconds += tick

    def asked(self, what: str) -> list[str]:
        return [ask.sid for ask in self.twilio.asked if ask.what == what]

    def times(self, what: str) -> int:
        return self.twilio.count(what)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def mic(owner: str, *, enabled: bool = True) -> Track:
    return Track(sid="MT1", participant_sid=owner, name=Untrusted("mic"), kind="audio", enabled=enabled)


# What is read of which room


async def test_rules_and_tracks_of_the_selected_room_come_on_the_board_and_stay_fresh(stage: Stage) -> None:
    sid = stage.room("alice", "bob")
    alice, bob = stage.twilio.people
    stage.twilio.rules[sid] = EVERYTHING
    stage.twilio.tracks[alice] = (mic(alice),)
    stage.look(sid, sid)
    await stage.go_on(2)
    live = stage.watch.live(sid)
    assert live.recording_state == (Recording.ON, True)
    assert {who: each.published for who, each in live.tracks.items()} == {alice: (mic(alice),), bob: ()}
    stage.twilio.rules[sid] = NOTHING
    stage.twilio.tracks[alice] = (mic(alice, enabled=False),)
    then = stage.time.now()
    await stage.go_on(6)
    live = stage.watch.live(sid)
    assert live.recording_state == (Recording.OFF, True)
    assert live.tracks[alice].published == (mic(alice, enabled=False),)
    assert live.tracks[alice].as_of > then


async def test_of_rooms_on_screen_only_the_rules_are_read_and_those_once_a_minute(stage: Stage) -> None:
    rooms = [stage.room("alice") for _ in range(5)]
    hidden = stage.room("bob")
    stage.look(None, *rooms)
    await stage.go_on(59)
    assert sorted(stage.asked("rules")) == sorted(rooms)
    await stage.go_on(10)
    assert sorted(stage.asked("rules")) == sorted(rooms * 2)
    assert stage.times("tracks") == 0
    assert stage.watch.live(hidden).recording is None
    assert stage.watch.live(rooms[0]).recording_state == (Recording.OFF, True)


async def test_who_looks_at_no_detail_pays_for_none(stage: Stage) -> None:
    sid = stage.room("alice", "bob")
    stage.look(sid, sid, detail=False)
    await stage.go_on(50)
    assert (stage.times("tracks"), stage.times("rules")) == (0, 1)


@pytest.mark.parametrize("kind", ["peer-to-peer", "go"])
async def test_a_room_without_media_server_has_no_rules_to_read(stage: Stage, kind: str) -> None:
    sid = stage.room("alice", kind=kind)
    stage.look(sid, sid)
    await stage.go_on(20)
    stage.watch.poller.look_at(sid)
    await stage.watch.published()
    assert stage.times("rules") == 0
    assert stage.times("tracks") > 0


@pytest.mark.parametrize("kind", ["group", "group-small", "of the future"])
async def test_every_other_room_has_rules(stage: Stage, kind: str) -> None:
    sid = stage.room("alice", kind=kind)
    stage.look(sid, sid)
    await stage.go_on(2)
    assert stage.times("rules") == 1


async def test_what_was_learnt_stays_while_the_room_changes_and_goes_with_who_leaves(stage: Stage) -> None:
    sid = stage.room("alice", "bob")
    alice, bob = stage.twilio.people
    stage.look(sid, sid)
    await stage.go_on(2)
    assert set(stage.watch.live(sid).tracks) == {alice, bob}
    stage.twilio.leaves(bob)
    stage.twilio.trouble["rules"] = stage.twilio.trouble["tracks"] = Unreachable("no answer")
    await stage.go_on(4)
    live = stage.watch.live(sid)
    assert set(live.tracks) == {alice}
    assert live.recording is not None


async def test_tracks_of_somebody_who_left_meanwhile_are_not_shown(stage: Stage) -> None:
    sid = stage.room("alice", "bob")
    _, bob = stage.twilio.people
    stage.look(sid, sid)
    stage.twilio.before["tracks"] = lambda: stage.twilio.leaves(bob)
    await stage.go_on(6)
    assert bob not in stage.watch.live(sid).tracks


async def test_a_room_that_ends_leaves_nothing_behind(stage: Stage) -> None:
    sid = stage.room("alice")
    stage.look(sid, sid)
    await stage.go_on(2)
    stage.twilio.ends(sid)
    await stage.go_on(4)
    asked = stage.times("rules"), stage.times("tracks")
    assert not stage.watch.is_live(sid)
    await stage.go_on(20)
    assert (stage.times("rules"), stage.times("tracks")) == asked
    extras = stage.watch.poller._extras
    assert (extras._read_at, extras._rules_of) == ({}, {})


# After our own deed


async def test_after_a_deed_the_rules_are_read_at_once_whether_on_screen_or_not(stage: Stage) -> None:
    sid = stage.room("alice")
    await stage.go_on(2)
    stage.twilio.rules[sid] = EVERYTHING
    stage.watch.poller.look_at(sid)
    await stage.watch.published()
    assert stage.watch.live(sid).recording_state == (Recording.ON, True)
    assert [ask.urgent for ask in stage.twilio.asked if ask.what == "rules"] == [True]


async def test_an_answer_from_before_a_deed_does_not_undo_it(stage: Stage) -> None:
    sid = stage.room("alice")
    stage.twilio.rules[sid] = NOTHING
    stage.look(None, sid)
    await stage.watch.poller.look_at_rooms()
    slow = stage.twilio.hold("rules")
    stage.watch.poller.look_closer()
    await stage.time.pass_time(1)
    del stage.twilio._held["rules"]
    stage.twilio.rules[sid] = EVERYTHING
    stage.watch.poller.look_at(sid)
    await stage.time.pass_time(1)
    assert stage.watch.live(sid).recording_state == (Recording.ON, True)
    slow.set()
    await stage.watch.published()
    assert stage.times("rules") == 2
    assert stage.watch.live(sid).recording_state == (Recording.ON, True)


# The budget


@pytest.mark.parametrize("tick", [TICK, 0.05])
async def test_a_crowded_room_costs_no_more_than_four_such_reads_in_any_second(stage: Stage, tick: float) -> None:
    sid = stage.room(*(f"guest {number}" for number in range(50)))
    stage.look(sid, sid)
    for _ in range(40):
        before = stage.times("rules") + stage.times("tracks")
        await stage.go_on(1, tick=tick)
        assert stage.times("rules") + stage.times("tracks") - before <= 4
    assert len(stage.watch.live(sid).tracks) == 50
    assert stage.times("rules") >= 3, "fifty people do not crowd out the rules"


async def test_what_is_on_screen_is_not_crowded_out_by_a_crowded_room(stage: Stage) -> None:
    crowded = stage.room(*(f"guest {number}" for number in range(50)))
    rooms = [stage.room("alice") for _ in range(10)]
    stage.look(crowded, crowded, *rooms)
    await stage.go_on(30)
    assert all(stage.watch.live(sid).recording is not None for sid in rooms)


async def test_reads_run_to_nobodys_cost_however_often_it_is_asked_for_more(stage: Stage) -> None:
    sid = stage.room("alice", "bob")
    stage.look(sid, sid)
    await stage.watch.poller.look_at_rooms()
    await stage.watch.closer()
    for _ in range(20):
        await stage.watch.closer()
    assert stage.times("rules") + stage.times("tracks") == 1, "no time has passed"


async def test_rosters_come_first_and_the_rest_gets_one_read_in_twenty_where_they_would_take_all() -> None:
    stage = Stage(promise=20)
    crowd = [f"guest {number}" for number in range(50)]
    rooms = [stage.room(*crowd), *(stage.room("alice", "bob") for _ in range(300))]
    stage.look(rooms[0], *rooms[:20])
    await stage.go_on(80, tick=0.05)
    assert all(live.roster is not None for live in stage.watch.board.state.picture.live.values())
    extras, total = stage.times("rules") + stage.times("tracks"), len(stage.twilio.asked)
    await stage.go_on(40, tick=0.05)
    extras, total = stage.times("rules") + stage.times("tracks") - extras, len(stage.twilio.asked) - total
    assert total / 30 < extras <= total / 20 + 1
    assert stage.watch.live(rooms[0]).recording is not None, "nothing starves"


async def test_nothing_is_asked_beyond_what_may_be_in_flight(stage: Stage) -> None:
    sid = stage.room("alice", "bob")
    stage.look(sid, sid)
    await stage.go_on(1)
    stage.twilio.hold("tracks")
    for _ in range(40):
        stage.time.seconds += TICK
        stage.watch.poller.look_closer()
        await idle()
    assert stage.watch.poller._extras.under_way == 2, "nobody is asked for twice at a time"
    await stage.watch.poller.stop()
    assert stage.watch.poller._extras.under_way == 0


async def test_a_paused_or_troubled_watch_asks_for_none_of_it(stage: Stage) -> None:
    sid = stage.room("alice")
    stage.look(sid, sid)
    await stage.go_on(1)
    stage.twilio.trouble["rooms"] = Unreachable("no answer")
    await stage.watch.poller.look_at_rooms()
    asked = stage.times("rules") + stage.times("tracks")
    stage.time.seconds += 30
    stage.watch.poller.look_closer()
    await stage.watch.published()
    assert stage.times("rules") + stage.times("tracks") == asked


async def test_what_is_stopped_begins_nothing_more(stage: Stage) -> None:
    sid = stage.room("alice")
    stage.look(sid, sid)
    await stage.watch.poller.look_at_rooms()
    await stage.watch.poller.stop()
    stage.watch.poller.look_closer()
    await stage.watch.published()
    assert stage.times("rules") == 0


# Trouble


@pytest.mark.parametrize(
    "error",
    [not_found(), refused(53122), refused(20003, 403), Unreachable("no answer"), ZeroDivisionError()],
    ids=["404", "53122", "403", "no answer", "our own fault"],
)
async def test_whatever_goes_wrong_there_disturbs_nothing(stage: Stage, error: Exception) -> None:
    sid = stage.room("alice")
    stage.look(sid, sid)
    stage.twilio.trouble["rules"] = stage.twilio.trouble["tracks"] = error
    told: set[str | None] = set()
    stage.watch.board.subscribe(lambda state: told.add(state.link.trouble))
    await stage.go_on(20)
    live = stage.watch.live(sid)
    assert (live.recording, dict(live.tracks)) == (None, {})
    assert live.roster is not None
    assert stage.watch.link is LinkState.LIVE
    assert (told == {None}) is isinstance(error, TwilioError), "but a fault of our own is told"


@pytest.mark.parametrize(
    ("error", "often"),
    [
        (refused(53122), 1),
        (refused(20003, 403), 1),
        (Throttled(status=429, code=20429, message=Untrusted("Slow")), 6),
        (Unreachable("no answer"), 6),
    ],
    ids=["53122", "403", "429", "no answer"],
)
async def test_what_is_refused_is_not_asked_for_again_soon(stage: Stage, error: TwilioError, often: int) -> None:
    sid = stage.room()
    stage.look(sid, sid)
    stage.twilio.trouble["rules"] = error
    await stage.go_on(30)
    assert stage.times("rules") == often
    del stage.twilio.trouble["rules"]
    await stage.go_on(40)
    assert stage.watch.live(sid).recording is not None


async def test_after_a_deed_even_a_refused_question_is_asked_again(stage: Stage) -> None:
    sid = stage.room()
    stage.look(sid, sid)
    stage.twilio.trouble["rules"] = refused(53120)
    await stage.go_on(2)
    del stage.twilio.trouble["rules"]
    stage.watch.poller.look_at(sid)
    await stage.watch.published()
    assert stage.watch.live(sid).recording is not None


# Over HTTP


async def test_the_sandbox_tells_who_publishes_what_and_what_is_recorded(twilio: Twilio) -> None:
    watch = Watch(twilio.gateway, twilio.clock, twilio.time)
    sid = await twilio.create(UniqueName="talk", RecordParticipantsOnConnect="true")
    alice = str(
        (await twilio.control("POST", "/participants", Room=sid, Identity="alice", Tracks="audio,video"))["sid"]
    )
    watch.poller.attend(Attention(sid, frozenset({sid})))
    for _ in range(3):
        await watch.round()
        await twilio.advance(1)
    live = watch.live(sid)
    assert live.recording_state == (Recording.ON, True)
    assert sorted(track.kind for track in live.tracks[alice].published) == ["audio", "video"]
