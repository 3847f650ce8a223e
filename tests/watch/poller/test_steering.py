"""Pause, refresh and attention: what a person wants of the poller while it is at work."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import (
    Throttled,
    Unreachable,
)
from roomtui.watch.board import LinkState
from roomtui.watch.budget import Attention
from tests.watch.virtual import idle

if TYPE_CHECKING:
    from tests.watch.scripted import ScriptedGateway
    from tests.watch.watching import Watch


async def test_paused_it_asks_nothing(twilio: ScriptedGateway, watch: Watch) -> None:
    twilio.opens("talk")
    await watch.round()
    watch.poller.pause()
    assert watch.poller.paused
    assert watch.schedule.told[-1] == "pause"
    assert watch.link is LinkState.PAUSED


async def test_resumed_it_goes_on(watch: Watch) -> None:
    await watch.round()
    watch.poller.pause()
    watch.poller.resume()
    assert not watch.poller.paused
    assert watch.schedule.told[-2:] == ["pause", "resume"]
    assert watch.link is LinkState.LIVE


async def test_resuming_before_the_first_list_is_still_connecting(watch: Watch) -> None:
    watch.poller.pause()
    watch.poller.resume()
    assert watch.link is LinkState.CONNECTING


async def test_pausing_drops_the_looks_that_had_not_begun(twilio: ScriptedGateway, watch: Watch) -> None:
    sids = [twilio.opens(f"room-{number}") for number in range(50)]
    await watch.poller.look_at_rooms()
    for sid in sids:
        twilio.ends(sid)
    await watch.poller.look_at_rooms()
    watch.poller.pause()
    await watch.published()
    assert twilio.count("room") - twilio.count("rooms") <= 4
    assert len(watch.board.state.picture.ended) <= 4
    watch.poller.resume()
    await watch.later(2)
    assert len(watch.board.state.picture.ended) == 50


async def test_a_refresh_while_paused_asks_once_for_all_that_is_on_screen(
    twilio: ScriptedGateway, watch: Watch
) -> None:
    chosen, seen, unseen, ended = [twilio.opens(name) for name in ("chosen", "seen", "unseen", "ended")]
    await watch.round()
    watch.poller.attend(Attention(chosen, frozenset({chosen, seen})))
    watch.poller.pause()
    for sid in (chosen, seen, unseen):
        twilio.joins(sid, "alice")
    twilio.ends(ended)
    asked = len(twilio.asked)
    watch.poller.refresh_now()
    await idle()
    await watch.published()
    assert watch.people(chosen) == watch.people(seen) == {"alice": "connected"}
    assert watch.people(unseen) == {}
    assert not watch.is_live(ended)
    news = twilio.asked[asked:]
    assert sum(ask.what == "rooms" for ask in news) == 1
    assert unseen not in {ask.sid for ask in news}
    assert watch.link is LinkState.PAUSED
    asked = len(twilio.asked)
    await idle()
    assert len(twilio.asked) == asked


async def test_trouble_while_paused_is_told_until_a_refresh_goes_right(twilio: ScriptedGateway, watch: Watch) -> None:
    watch.poller.pause()
    twilio.trouble["rooms"] = Unreachable("nothing answers")
    watch.poller.refresh_now()
    await idle()
    assert (watch.link, watch.board.state.link.trouble) == (LinkState.PAUSED, "nothing answers")
    assert watch.schedule.put_off_by == [], "nothing is to be tried again by itself"
    twilio.trouble.clear()
    watch.poller.refresh_now()
    await idle()
    assert (watch.link, watch.board.state.link.trouble) == (LinkState.PAUSED, None)


async def test_a_list_that_comes_after_the_pause_does_not_end_it(twilio: ScriptedGateway, watch: Watch) -> None:
    gate = twilio.hold("rooms")
    listing = asyncio.create_task(watch.poller.look_at_rooms())
    await idle()
    watch.poller.pause()
    gate.set()
    await listing
    assert watch.link is LinkState.PAUSED
    assert watch.board.state.picture.as_of is not None


async def test_many_refreshes_at_once_are_two_lists(twilio: ScriptedGateway, watch: Watch) -> None:
    gate = twilio.hold("rooms")
    for _ in range(10):
        watch.poller.refresh_now()
        await idle()
    assert twilio.count("rooms") == 1
    late = twilio.opens("late")
    gate.set()
    await idle()
    assert twilio.count("rooms") == 2, "one more, for what happened since the first was asked for"
    assert watch.is_live(late)
    assert all(ask.urgent for ask in twilio.asked if ask.what == "rooms")


async def test_the_interval_can_be_changed(watch: Watch) -> None:
    assert watch.schedule.jobs == {"rooms": 2.0, "rosters": 5.0}
    watch.poller.set_refresh(10.0)
    assert watch.poller.refresh == watch.schedule.jobs["rooms"] == 10.0


async def test_a_new_interval_does_not_make_the_next_try_a_lie(twilio: ScriptedGateway, watch: Watch) -> None:
    twilio.trouble["rooms"] = Throttled(status=429, code=20429, message=Untrusted(""), retry_after=90.0)
    await watch.poller.look_at_rooms()
    watch.time.seconds += 30
    watch.poller.set_refresh(1.0)
    assert watch.schedule.put_off_by == [90.0, 60.0]


async def test_attention_decides_what_is_read(twilio: ScriptedGateway, watch: Watch) -> None:
    one, two = twilio.opens("one"), twilio.opens("two")
    for sid in (one, two):
        twilio.joins(sid, "alice")
    await watch.round()
    await watch.later(5)  # the second time they are complete
    before = twilio.count("participants", one), twilio.count("participants", two)
    watch.poller.attend(Attention(None, frozenset({two})))
    await watch.later(5)
    assert (twilio.count("participants", one), twilio.count("participants", two)) == (before[0], before[1] + 1)


async def test_looking_at_a_room_nobody_knows_does_nothing(twilio: ScriptedGateway, watch: Watch) -> None:
    await watch.round()
    asked = len(twilio.asked)
    watch.poller.look_at("RM" + "0" * 32)
    await watch.published()
    assert len(twilio.asked) == asked


async def test_running_down_the_list_looks_at_where_it_ends(twilio: ScriptedGateway, watch: Watch) -> None:
    sids = [twilio.opens(f"room-{number}") for number in range(300)]
    await watch.poller.look_at_rooms()
    gate = twilio.hold("room")
    for sid in sids:
        watch.poller.look_at(sid)
    await idle()
    assert len(watch.poller._looks.under_way) == 4
    gate.set()
    await watch.published()
    fetched = [ask.sid for ask in twilio.asked if ask.what == "room"]
    assert len(fetched) <= 4 + 8
    assert fetched[4] == sids[-1], "the last first"


async def test_answers_that_arrive_together_make_one_picture(twilio: ScriptedGateway, watch: Watch) -> None:
    for number in range(8):
        twilio.opens(f"room-{number}")
    await watch.poller.look_at_rooms()
    pictures: list[object] = []
    watch.board.subscribe(lambda state: pictures.append(state.picture))
    await watch.closer()
    assert watch.board.state.picture.unread == 0
    assert len(pictures) <= 2


async def test_no_room_is_looked_at_twice_at_once(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    await watch.poller.look_at_rooms()
    gate = twilio.hold("participants:connected")
    for _ in range(5):
        watch.time.seconds += 60
        watch.poller.look_closer()
        await idle()
    assert twilio.count("participants", sid) == 1
    gate.set()
    await watch.published()
