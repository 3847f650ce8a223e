"""The end of the poller, and what becomes of it in the long run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from roomtui.watch.budget import Attention
from roomtui.watch.poller import Poller
from roomtui.watch.schedule import Schedule
from tests.watch.virtual import idle
from tests.watch.watching import Watch

if TYPE_CHECKING:
    import pytest

    from tests.watch.scripted import ScriptedGateway


async def test_stopping_cancels_everything_and_leaves_no_task(twilio: ScriptedGateway, watch: Watch) -> None:
    sids = [twilio.opens(f"room-{number}") for number in range(8)]
    await watch.poller.look_at_rooms()
    for what in ("rooms", "room", "participants:connected"):
        twilio.hold(what)
    watch.poller.attend(Attention(sids[0], frozenset(sids)))
    watch.poller.refresh_now()
    watch.poller.look_closer()
    await idle()
    assert len(asyncio.all_tasks()) > 5
    state = watch.board.state
    await watch.poller.stop()
    assert watch.schedule.told[-2:] == ["stop", "ended"]
    assert asyncio.all_tasks() == {asyncio.current_task()}
    watch.poller.look_at(sids[0])
    watch.poller.refresh_now()
    await idle()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert watch.board.state is state, "and nobody hears of it any more"


async def test_events_stand_on_the_board_newest_first(twilio: ScriptedGateway, watch: Watch) -> None:
    await watch.round()
    sid = twilio.opens("talk")
    await watch.later(20)
    alice = twilio.joins(sid, "alice")
    await watch.later(20)
    twilio.leaves(alice)
    await watch.later(20)
    twilio.ends(sid)
    again = twilio.opens("talk")
    await watch.later(20)
    kinds = [event.kind.value for event in watch.board.state.events]
    assert kinds[2:] == ["participant-left", "participant-joined", "room-opened"]
    assert set(kinds[:2]) == {"room-ended", "room-recreated"}
    instants = [event.at for event in watch.board.state.events]
    assert instants == sorted(instants, reverse=True)
    assert watch.is_live(again)


async def test_rooms_that_come_and_go_leave_nothing_behind(twilio: ScriptedGateway, watch: Watch) -> None:
    await watch.round()
    for turn in range(100):
        sids = [twilio.opens(f"room-{turn}-{number}") for number in range(10)]
        await watch.later(30)
        for number, sid in enumerate(sids):
            if number % 3 == 0:
                twilio.vanishes(sid)
            else:
                twilio.ends(sid)
            watch.poller.ended_by_us(sid)
            watch.poller.look_at(sid)
        for _ in range(3):
            await watch.later(5)
        assert not watch.board.state.picture.live
    poller, known = watch.poller, watch.poller._known
    assert len(known._ended) <= 200
    for leftovers in (known._not_found, known._names, poller._looks.under_way, poller._looks.waiting):
        assert not leftovers
    assert not poller._rota._entries
    assert len(known._ours) <= 210
    assert len(known._given_up) <= 200
    assert len(watch.board.state.events) <= 200


async def test_on_a_real_schedule_it_feeds_the_board_and_ends_without_a_trace(
    twilio: ScriptedGateway, capfd: pytest.CaptureFixture[str]
) -> None:
    sid = twilio.opens("talk")
    twilio.joins(sid, "alice")
    watch = Watch(twilio, twilio.time, twilio.time)
    schedule = Schedule()
    poller = Poller(twilio, watch.board, twilio.time, watch.budget, schedule, monotonic=twilio.time.monotonic)
    read = asyncio.Event()
    watch.board.subscribe(lambda state: read.set() if state.picture.live and not state.picture.unread else None)
    poller.start()
    await read.wait()
    assert watch.people(sid) == {"alice": "connected"}
    twilio.hold("rooms")
    twilio.hold("participants:connected")
    poller.refresh_now()
    schedule.run_now()
    lists = twilio.count("rooms")
    await idle()
    assert twilio.count("rooms") == lists + 2, "the job's own list is under way too"
    await poller.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert capfd.readouterr() == ("", "")


async def test_whoever_looks_closer_by_the_schedule_looks_again_soon_but_not_while_paused(watch: Watch) -> None:
    def next_look() -> asyncio.TimerHandle | None:
        return watch.poller._next_look

    watch.poller.look_closer()
    assert next_look() is None, "by hand: nothing is left to read"
    await watch.poller._keep_looking()
    handle = next_look()
    assert handle is not None
    assert 0 < handle.when() - asyncio.get_running_loop().time() <= 0.25
    watch.poller.pause()
    assert handle.cancelled()
    await watch.poller._keep_looking()
    assert next_look() is None, "a run that was under way when it was paused"
