"""The rooms list: how often it is read, and how a long one is taken in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.endings import EndingReason
from roomtui.twilio_api.errors import Unreachable
from roomtui.watch.budget import Attention, list_interval
from tests.watch.watching import Watch

if TYPE_CHECKING:
    from roomtui.watch.board import BoardState
    from tests.watch.scripted import ScriptedGateway

AT_A_TIME = 500


class Audience:
    """What the board told, and how many turns of the event loop others had while the list was taken in."""

    def __init__(self, watch: Watch) -> None:
        self.states: list[BoardState] = []
        self.turns: list[int] = []
        self._turn = 0
        watch.board.subscribe(self._hear)

    def _hear(self, state: BoardState) -> None:
        self.states.append(state)
        self.turns.append(self._turn)

    async def _count(self) -> None:
        while True:
            self._turn += 1
            await asyncio.sleep(0)

    async def while_listing(self, watch: Watch) -> None:
        counting = asyncio.create_task(self._count())
        await asyncio.sleep(0)
        await watch.poller.look_at_rooms()
        counting.cancel()

    @property
    def changes(self) -> list[frozenset[str]]:
        return [state.changed for state in self.states if state.changed]


async def test_a_list_full_of_new_rooms_is_shown_part_by_part(twilio: ScriptedGateway, watch: Watch) -> None:
    sids = [twilio.opens(f"room-{number}") for number in range(2 * AT_A_TIME + 200)]
    audience = Audience(watch)
    await audience.while_listing(watch)
    assert [len(changed) for changed in audience.changes] == [AT_A_TIME, AT_A_TIME, 200]
    assert frozenset().union(*audience.changes) == set(sids)
    assert [state.picture.as_of is None for state in audience.states] == [True, True, False, False]
    assert audience.turns[:3] == sorted(set(audience.turns[:3])), "the event loop has its turn before each part"
    assert list(watch.board.state.picture.live) == sids
    assert watch.board.state.picture.unread == len(sids)
    assert watch.events == [], "all of it was there before we looked"


async def test_a_list_that_is_another_one_is_taken_in_part_by_part_too(twilio: ScriptedGateway, watch: Watch) -> None:
    gone = [twilio.opens(f"old-{number}") for number in range(AT_A_TIME)]
    await watch.poller.look_at_rooms()
    for sid in gone:
        twilio.ends(sid)
    came = [twilio.opens(f"new-{number}") for number in range(AT_A_TIME)]
    audience = Audience(watch)
    watch.time.seconds += 2
    await audience.while_listing(watch)
    assert audience.changes[:2] == [frozenset(came), frozenset(gone)]
    assert audience.turns[0] < audience.turns[1]
    assert {event.room_sid for event in watch.board.state.events} <= set(came)
    assert {event.kind.value for event in watch.board.state.events} == {"room-opened"}


async def test_a_list_in_which_little_changed_is_one_picture_of_little(twilio: ScriptedGateway, watch: Watch) -> None:
    sids = [twilio.opens(f"room-{number}") for number in range(2 * AT_A_TIME)]
    await watch.poller.look_at_rooms()
    before = watch.board.state.picture
    twilio.unlisted.add(sids[3])
    late = twilio.opens("late")
    audience = Audience(watch)
    watch.time.seconds += 2
    await audience.while_listing(watch)
    assert audience.changes == [{sids[3], late}]
    live = watch.board.state.picture.live
    assert sum(live[sid] is not before.live[sid] for sid in sids) == 1


async def test_a_list_that_breaks_off_is_not_taken_in(twilio: ScriptedGateway, watch: Watch) -> None:
    kept = twilio.opens("kept")
    await watch.poller.look_at_rooms()
    picture = watch.board.state.picture
    for number in range(3):
        twilio.opens(f"new-{number}")
    twilio.unlisted.add(kept)
    twilio.page_size = 1
    gate = twilio.hold("rooms")
    listing = asyncio.create_task(watch.poller.look_at_rooms())
    await asyncio.sleep(0)
    listing.cancel()
    gate.set()
    await asyncio.gather(listing, return_exceptions=True)
    assert watch.board.state.picture is picture
    twilio.trouble["rooms"] = Unreachable("nothing answers")
    await watch.poller.look_at_rooms()
    assert watch.board.state.picture is picture


# How often


def ten_pages(twilio: ScriptedGateway, *, promise: int) -> tuple[Watch, list[str]]:
    twilio.page_size = 1
    sids = [twilio.opens(f"room-{number}") for number in range(10)]
    return Watch(twilio, twilio.time, twilio.time, promise=promise), sids


async def test_a_list_of_many_pages_is_read_more_rarely_than_was_wished(twilio: ScriptedGateway) -> None:
    watch, _ = ten_pages(twilio, promise=20)
    for _ in range(2):
        await watch.poller.look_at_rooms()
    interval = list_interval(10, 20, watch.poller.refresh)
    assert interval > watch.poller.refresh
    assert watch.schedule.put_off_by == [interval, interval]
    assert watch.board.state.link.every == interval, "whoever looks on is told not to expect it earlier"
    watch.poller.set_refresh(1.0)
    assert watch.schedule.jobs["rooms"] == 1.0
    assert watch.schedule.put_off_by[2:] == [interval]
    watch.poller.set_refresh(60.0)
    assert len(watch.schedule.put_off_by) == 3, "what is wished is rare enough"


async def test_after_a_refusal_a_long_list_is_read_more_rarely_still(twilio: ScriptedGateway) -> None:
    watch, _ = ten_pages(twilio, promise=20)
    watch.budget.throttled(watch.time.monotonic())
    await watch.poller.look_at_rooms()
    assert watch.schedule.put_off_by == [list_interval(10, 10, watch.poller.refresh)]


async def test_a_paused_list_stays_paused_however_long_it_is(twilio: ScriptedGateway) -> None:
    watch, _ = ten_pages(twilio, promise=20)
    watch.poller.pause()
    watch.poller.refresh_now()
    await watch.poller._list_task  # type: ignore[misc]  # it has just been begun
    assert watch.board.state.picture.as_of is not None
    assert watch.schedule.put_off_by == []


async def test_a_person_who_asks_for_the_list_gets_it_however_long_it_is(twilio: ScriptedGateway) -> None:
    watch, _ = ten_pages(twilio, promise=20)
    await watch.poller.look_at_rooms()
    for _ in range(3):
        watch.poller.refresh_now()
        await watch.poller._list_task  # type: ignore[misc]  # it has just been begun
    assert twilio.count("rooms") == 4


async def test_a_list_that_became_short_is_read_as_often_as_was_wished(twilio: ScriptedGateway) -> None:
    watch, _ = ten_pages(twilio, promise=20)
    await watch.poller.look_at_rooms()
    twilio.page_size = 1000
    await watch.poller.look_at_rooms()
    assert watch.board.state.link.every is None
    assert len(watch.schedule.put_off_by) == 1


@pytest.mark.parametrize("people", [0, 1])
async def test_on_screen_an_end_is_noticed_though_the_list_is_far_too_long_to_tell(
    twilio: ScriptedGateway, people: int
) -> None:
    watch, sids = ten_pages(twilio, promise=4)
    for number in range(people):
        twilio.joins(sids[0], f"person-{number}")
    watch.poller.attend(Attention(None, frozenset({sids[0]})))
    await watch.poller.look_at_rooms()
    for _ in range(20):
        watch.poller.look_closer()
        await watch.published()
        watch.time.seconds += 1
    assert watch.live(sids[0]).roster is not None
    await watch.poller.look_at_rooms()
    lists = twilio.count("rooms")
    twilio.ends(sids[0])
    for _ in range(5):
        watch.time.seconds += 1
        watch.poller.look_closer()
        await watch.published()
    assert not watch.is_live(sids[0])
    assert watch.ended(sids[0]).ending.reason is EndingReason.ENDED_BY_OTHERS
    assert twilio.count("rooms") == lists
