"""Rooms that end, leave the list or are not known any more, whatever else is under way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from roomtui.rooms.endings import EndingReason
from roomtui.watch.budget import Attention
from tests.watch.virtual import idle

if TYPE_CHECKING:
    from tests.watch.scripted import ScriptedGateway
    from tests.watch.watching import Watch


async def test_an_early_404_after_an_end_is_tolerated(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    twilio.ends(sid)
    twilio.hidden.add(sid)
    await watch.poller.look_at_rooms()
    await watch.published()
    assert watch.is_live(sid)
    assert not watch.live(sid).listed
    twilio.hidden.clear()
    await watch.later(2)
    assert watch.ended(sid).ending.reason is EndingReason.ENDED_BY_OTHERS


async def test_a_404_while_the_room_is_listed_does_not_count(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    twilio.hidden.add(sid)
    for _ in range(5):
        watch.poller.look_at(sid)
        await watch.published()
    assert watch.live(sid).listed
    twilio.ends(sid)
    await watch.poller.look_at_rooms()
    await watch.published()
    assert watch.is_live(sid), "this is the first that counts"


async def test_a_room_that_stays_unknown_is_gone_and_nobody_tells_why(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    twilio.vanishes(sid)
    for _ in range(3):
        await watch.later(2)
    assert not watch.is_live(sid)
    ended = watch.ended(sid)
    assert (ended.ending.reason, ended.ending.certain) == (EndingReason.UNKNOWN, False)
    assert not ended.room.is_live


async def test_a_room_that_we_ended_and_that_stays_unknown_was_ended_by_us(
    twilio: ScriptedGateway, watch: Watch
) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    twilio.vanishes(sid)
    watch.poller.ended_by_us(sid)
    for _ in range(3):
        await watch.later(2)
    assert watch.ended(sid).ending.reason is EndingReason.ENDED_BY_US


async def test_a_room_whose_status_is_not_known_stays_until_it_has_ended(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    twilio.rooms[sid] = replace(twilio.rooms[sid], status="paused")
    await watch.later(2)
    assert watch.is_live(sid)
    assert watch.deadline(sid)[2] is False
    twilio.ends(sid)
    await watch.later(2)
    assert watch.ended(sid).ending.reason is EndingReason.ENDED_BY_OTHERS


async def test_a_room_that_was_given_up_comes_back_with_the_list(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    twilio.unlisted.add(sid)
    twilio.hidden.add(sid)
    for _ in range(3):
        await watch.later(2)
    assert not watch.is_live(sid)
    twilio.unlisted.clear()
    twilio.hidden.clear()
    await watch.later(2)
    assert watch.is_live(sid)
    assert watch.board.state.picture.ended == ()


async def test_a_list_under_way_does_not_bring_back_a_room_that_ended(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    gate = twilio.hold("rooms")
    listing = asyncio.create_task(watch.poller.look_at_rooms())
    await idle()
    twilio.ends(sid)
    watch.poller.look_at(sid)
    await watch.published()
    assert not watch.is_live(sid)
    gate.set()
    await listing
    await watch.published()
    assert not watch.is_live(sid)
    assert [kind for kind, _, _ in watch.events] == ["room-ended"]


async def test_a_roster_under_way_does_not_bring_back_a_room_that_left_the_list(
    twilio: ScriptedGateway, watch: Watch
) -> None:
    sid = twilio.opens("talk")
    twilio.joins(sid, "alice")
    watch.time.seconds += 20  # she was there before we looked
    await watch.round()
    watch.time.seconds += 20
    gate = twilio.hold("participants:connected")
    watch.poller.look_closer()
    await idle()
    twilio.ends(sid)
    await watch.poller.look_at_rooms()
    assert not watch.live(sid).listed
    gate.set()
    await watch.published()
    assert not watch.is_live(sid), "it is fetched as soon as that roster has come"
    assert [kind for kind, _, _ in watch.events] == ["room-ended"]


async def test_a_room_that_ended_with_people_in_it_is_never_shown_as_empty(
    twilio: ScriptedGateway, watch: Watch
) -> None:
    sid = twilio.opens("talk")
    twilio.joins(sid, "alice")
    await watch.round()
    twilio.ends(sid)
    watch.time.seconds += 20
    await watch.closer()
    assert not watch.is_live(sid), "the roster comes before the list does; an empty room would get a countdown"


async def test_a_room_missed_between_two_pages_has_not_ended(twilio: ScriptedGateway, watch: Watch) -> None:
    sids = [twilio.opens(f"room-{number}") for number in range(4)]
    twilio.page_size = 2
    await watch.round()
    twilio.unlisted.add(sids[2])
    await watch.later(2)
    assert watch.is_live(sids[2])
    assert watch.live(sids[2]).listed
    assert watch.board.state.picture.ended == ()
    assert watch.events == []


async def test_a_room_on_two_pages_is_there_once(twilio: ScriptedGateway, watch: Watch) -> None:
    sids = [twilio.opens(f"room-{number}") for number in range(7)]
    twilio.page_size, twilio.overlap = 2, 2
    await watch.round()
    sids.append(twilio.opens("late"))
    await watch.later(2)
    assert list(watch.board.state.picture.live) == sids
    assert watch.events == [("room-opened", "late", None)]
    assert twilio.count("participants:connected") == len(sids)


async def test_what_is_done_to_a_room_while_it_is_looked_at_is_seen_all_the_same(
    twilio: ScriptedGateway, watch: Watch
) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    gate = twilio.hold("room")
    watch.poller.look_at(sid)
    await idle()
    twilio.ends(sid)
    watch.poller.ended_by_us(sid)
    watch.poller.look_at(sid)
    gate.set()
    await watch.published()
    assert watch.ended(sid).ending.reason is EndingReason.ENDED_BY_US


async def test_our_own_doing_is_known_even_when_the_list_is_quicker(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    twilio.ends(sid)
    await watch.later(2)
    assert watch.ended(sid).ending.reason is EndingReason.ENDED_BY_OTHERS
    watch.poller.ended_by_us(sid)
    await watch.published()
    assert watch.ended(sid).ending.reason is EndingReason.ENDED_BY_US


async def test_an_older_list_does_not_hide_a_room_that_a_newer_one_showed(
    twilio: ScriptedGateway, watch: Watch
) -> None:
    await watch.round()
    twilio.opens("first")
    gate = twilio.hold("rooms")
    older = asyncio.create_task(watch.poller.look_at_rooms())
    await idle()
    sid = twilio.opens("second")
    twilio._held.clear()
    await watch.poller.look_at_rooms()
    assert watch.live(sid).listed
    gate.set()
    await older
    assert watch.live(sid).listed


async def test_a_thousand_rooms_that_end_together_do_not_keep_the_rest_waiting(
    twilio: ScriptedGateway, watch: Watch
) -> None:
    sids = [twilio.opens(f"room-{number}") for number in range(1000)]
    await watch.poller.look_at_rooms()
    for sid in sids[1:]:
        twilio.ends(sid)
    watch.poller.attend(Attention(sids[0], frozenset({sids[0]})))
    await watch.poller.look_at_rooms()
    assert len(watch.poller._looks.under_way) <= 4
    watch.poller.look_closer()
    assert sids[0] in watch.poller._looks.under_way
    await watch.closer()
    assert list(watch.board.state.picture.live) == [sids[0]]
