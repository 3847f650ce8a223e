"""The rooms that have ended, asked for at the sandbox over HTTP."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from roomtui.rooms.endings import EndingReason
from roomtui.rooms.timeline import peak
from roomtui.twilio_api.gateway import RoomQuery
from roomtui.watch import past as module
from roomtui.watch.board import Board
from roomtui.watch.budget import ReadBudget
from roomtui.watch.hindsight import Hindsight, nothing
from roomtui.watch.past import Past
from roomtui.watch.past_questions import Question
from tests.watch.watching import Watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from roomtui.watch.hindsight import Recall
    from tests.watch.conftest import Twilio

DAY = 24 * 3600


class Asker:
    """A `Past` on the sandbox, and what came of its questions."""

    def __init__(self, twilio: Twilio, board: Board, recall: Recall = nothing) -> None:
        self.waits: list[float] = []
        self.distances: list[float] = []
        self.gate = asyncio.Event()
        self.past = Past(
            twilio.gateway,
            board,
            twilio.clock,
            ReadBudget(20),
            recall=recall,
            monotonic=twilio.time.monotonic,
            sleep=self._sleep,
        )
        self._twilio = twilio

    async def _sleep(self, seconds: float) -> None:
        self.distances.append(seconds)
        if seconds > 1:
            self.waits.append(self.distances.pop())
            await self.gate.wait()
            self.gate.clear()

    async def until(self, done: Callable[[], bool]) -> None:
        told = asyncio.Event()
        stop = self.past.subscribe(lambda _: told.set())
        while not done():
            await told.wait()
            told.clear()
        stop()

    async def today(self, *, days_ago: int = 0) -> None:
        await self._twilio.gateway.room_pages(RoomQuery()).__anext__()  # so that Twilio's time is known
        today = self._twilio.clock.now().date()
        self.past.ask(Question(day=today - timedelta(days=days_ago)))
        await self.loaded()

    async def loaded(self) -> None:
        await self.until(lambda: not self.past.state.loading)

    async def rosters(self, *sids: str) -> None:
        self.past.attend(sids)
        await self.until(lambda: all(self._known(sid) for sid in sids))

    def _known(self, sid: str) -> bool:
        entry = self.past.find(sid)
        return entry is not None and not self.past.is_waiting(entry)

    @property
    def has_more(self) -> bool:
        return self.past.state.more

    @property
    def names(self) -> list[str]:
        return [each.room.unique_name.raw for each in self.past.state.rooms]

    def why(self, sid: str) -> tuple[EndingReason, bool]:
        entry = self.past.find(sid)
        assert entry is not None
        return entry.ending.reason, entry.ending.certain


@asynccontextmanager
async def asking(twilio: Twilio, board: Board | None = None, recall: Recall = nothing) -> AsyncIterator[Asker]:
    asker = Asker(twilio, board or Board(), recall)
    yield asker
    await asker.past.stop()


async def goes_on(twilio: Twilio, watch: Watch) -> None:
    """Sixteen seconds in which everything that is worth it is looked at."""
    for _ in range(8):
        await twilio.advance(2)
        await watch.round()


async def at_noon(twilio: Twilio) -> None:
    """Time goes on until noon at Twilio: what lasts some hours stays within a day."""
    now = (await twilio.control("GET", "/clock"))["now"]
    seconds = int(now[11:13]) * 3600 + int(now[14:16]) * 60 + int(now[17:19])
    await twilio.advance((DAY + DAY // 2 - seconds) % DAY)


async def test_completed_and_failed_rooms_of_a_day_come_with_the_newest_end_first(twilio: Twilio) -> None:
    await at_noon(twilio)
    first, failed, last = [await twilio.create(UniqueName=name) for name in ("first", "failed", "last")]
    await twilio.create(UniqueName="goes on")
    await twilio.end(first)
    await twilio.advance(60)
    await twilio.control("POST", f"/rooms/{failed}/fail")
    await twilio.advance(60)
    await twilio.end(last)
    async with asking(twilio) as asker:
        await asker.today()
        assert asker.names == ["last", "failed", "first"]
        assert not asker.has_more
        assert asker.why(failed) == (EndingReason.FAILED, True)


async def test_a_room_belongs_to_the_day_on_which_it_ended(twilio: Twilio) -> None:
    await at_noon(twilio)
    early = await twilio.create(UniqueName="ended yesterday")
    await twilio.end(early)
    over_night = await twilio.create(UniqueName="over night", EmptyRoomTimeout="60", MaxParticipantDuration="86400")
    await twilio.join("over night", "nico")
    await twilio.advance(13 * 3600)
    await twilio.end(over_night)
    async with asking(twilio) as asker:
        await asker.today()
        assert asker.names == ["over night"]
        await asker.today(days_ago=1)
        assert asker.names == ["ended yesterday"]
        await asker.today(days_ago=2)
        assert asker.names == []


async def test_reads_that_can_wait_keep_to_their_share_of_the_budget(twilio: Twilio) -> None:
    await at_noon(twilio)
    sids = [await twilio.create(UniqueName=f"room-{number}") for number in range(3)]
    for sid in sids:
        await twilio.end(sid)
    async with asking(twilio) as asker:
        await asker.today()
        asker.distances.clear()
        await asker.rosters(*sids)
        assert asker.distances == pytest.approx([0.2] * 3)  # a quarter of twenty a second


async def test_why_each_room_ended_is_told_once_its_roster_is_read(twilio: Twilio) -> None:
    await at_noon(twilio)
    unused = await twilio.create(UniqueName="unused", UnusedRoomTimeout="1")
    emptied = await twilio.create(UniqueName="emptied", EmptyRoomTimeout="2")
    ana = await twilio.join("emptied", "ana")
    by_others, by_us = [await twilio.create(UniqueName=name) for name in ("by others", "by us")]
    for name in ("by others", "by us"):
        await twilio.join(name, "bob")
    await twilio.advance(30)
    await twilio.act(ana, "leave")
    await twilio.advance(300)
    await twilio.end(by_others)
    await twilio.end(by_us)
    async with asking(twilio, recall=lambda _: Hindsight(frozenset({by_us}))) as asker:
        await asker.today()
        assert asker.why(by_us) == (EndingReason.ENDED_BY_US, True)
        assert asker.why(emptied) == (EndingReason.UNKNOWN, False)
        await asker.rosters(unused, emptied, by_others)
        assert asker.why(unused) == (EndingReason.UNUSED_ROOM, True)
        assert asker.why(emptied) == (EndingReason.EMPTY_ROOM, True)
        assert asker.why(by_others)[0] is EndingReason.ENDED_BY_OTHERS


async def test_a_room_that_lived_for_a_day_ended_by_that(twilio: Twilio) -> None:
    long = await twilio.create(UniqueName="long", MaxParticipantDuration="86400")
    await twilio.join("long", "nico")
    await twilio.advance(DAY + 5)
    async with asking(twilio) as asker:
        asker.past.ask(Question(name="long"))
        await asker.loaded()
        assert asker.why(long) == (EndingReason.MAX_ROOM, True)


async def test_a_room_whose_people_reached_their_limit_ended_because_it_was_empty_then(twilio: Twilio) -> None:
    limited = await twilio.create(UniqueName="limited", MaxParticipantDuration="600", EmptyRoomTimeout="1")
    await twilio.join("limited", "ana")
    await twilio.advance(900)
    async with asking(twilio) as asker:
        asker.past.ask(Question(name="limited"))
        await asker.loaded()
        await asker.rosters(limited)
        assert asker.why(limited) == (EndingReason.EMPTY_ROOM, True)
        entry = asker.past.find(limited)
        assert entry is not None
        assert entry.roster is not None
        assert [each.duration for each in entry.roster.everybody] == [600]


async def test_no_roster_is_read_that_nobody_looks_at_and_the_chosen_one_first(twilio: Twilio) -> None:
    sids = [await twilio.create(UniqueName=f"room-{number}") for number in range(4)]
    for sid in sids:
        await twilio.join(f"room-{sids.index(sid)}", "ana")
        await twilio.end(sid)
    async with asking(twilio) as asker:
        asker.past.ask(Question(name="room-1"))
        await asker.loaded()
        await asker.today()
        before = twilio.reads
        asker.past.choose(sids[2])
        asker.past.attend(sids[:3])
        order: list[str] = []
        asker.past.subscribe(
            lambda state: order.extend(
                each.room.sid for each in state.rooms if each.roster is not None and each.room.sid not in order
            )
        )
        await asker.until(lambda: all(asker._known(sid) for sid in sids[:3]))
        assert order == [sids[2], sids[0], sids[1]]
        assert twilio.reads - before == 3
        entry = asker.past.find(sids[3])
        assert entry is not None
        assert asker.past.is_waiting(entry)


async def test_while_polling_is_paused_only_the_chosen_roster_is_read(twilio: Twilio) -> None:
    sids = [await twilio.create(UniqueName=f"room-{number}") for number in range(2)]
    for sid in sids:
        await twilio.end(sid)
    async with asking(twilio) as asker:
        await asker.today()
        before = twilio.reads
        asker.past.attend(sids, held=True)
        asker.past.choose(sids[1])
        await asker.until(lambda: asker._known(sids[1]))
        asker.past.let_go(sids[1])
        await asyncio.sleep(0)
        assert twilio.reads - before == 1


async def test_a_day_is_read_page_by_page_as_far_as_somebody_goes(
    twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE_SIZE", 4)
    await at_noon(twilio)
    for number in range(10):
        await twilio.end(await twilio.create(UniqueName=f"room-{number}"))
    async with asking(twilio) as asker:
        await asker.today()
        assert len(asker.names) == 4
        assert asker.has_more
        reads = twilio.reads
        asker.past.more()
        await asker.loaded()
        assert len(asker.names) == 8
        assert twilio.reads == reads + 1  # the failed ones are known to be none
        asker.past.more()
        await asker.loaded()
        assert sorted(asker.names) == sorted(f"room-{number}" for number in range(10))
        asker.past.more()
        assert (asker.has_more, asker.past.state.loading) == (False, False)


async def test_pages_without_any_room_of_the_day_are_gone_through_only_so_far(
    twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE_SIZE", 1)
    await at_noon(twilio)
    for number in range(8):
        await twilio.end(await twilio.create(UniqueName=f"room-{number}"))
    await twilio.advance(DAY)
    async with asking(twilio) as asker:
        await asker.today()
        assert (asker.names, asker.has_more) == ([], True)
        asker.past.more()
        await asker.loaded()
        assert (asker.names, asker.has_more) == ([], False)


async def test_asked_again_it_reads_the_first_page_and_keeps_what_it_knows(
    twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE_SIZE", 2)
    await at_noon(twilio)
    for number in range(4):
        await twilio.end(await twilio.create(UniqueName=f"room-{number}"))
    async with asking(twilio) as asker:
        await asker.today()
        asker.past.more()
        await asker.loaded()
        await twilio.end(await twilio.create(UniqueName="new"))
        reads = twilio.reads
        asker.past.again()
        await asker.loaded()
        assert sorted(asker.names) == ["new", "room-0", "room-1", "room-2", "room-3"]
        assert twilio.reads == reads + 2


async def test_a_name_is_asked_for_over_all_days_and_says_which_were_made_again(twilio: Twilio) -> None:
    first = await twilio.create(UniqueName="standup")
    await twilio.end(first)
    await twilio.advance(3 * DAY)
    second = await twilio.create(UniqueName="standup")
    await twilio.end(second)
    await twilio.end(await twilio.create(UniqueName="standup 2"))
    async with asking(twilio) as asker:
        asker.past.ask(Question(name="standup"))
        await asker.loaded()
        assert [each.room.sid for each in asker.past.state.rooms] == [second, first]
        newer, older = (each.room for each in asker.past.state.rooms)
        assert asker.past.made_again(older) == newer
        assert asker.past.made_before(newer) == older
        assert asker.past.made_again(newer) is None


async def test_of_rooms_that_were_read_and_are_not_asked_for_any_more_nothing_is_left(twilio: Twilio) -> None:
    """Those of a day are sought among those that were created the day before, too: most of them ended on that one."""
    await at_noon(twilio)
    await twilio.end(await twilio.create(UniqueName="yesterday's"))
    await twilio.advance(DAY)
    await twilio.end(await twilio.create(UniqueName="today's"))
    async with asking(twilio) as asker:
        await asker.today()
        assert asker.names == ["today's"]
        assert len(asker.past._witness.namesakes) == 2
        await asker.today(days_ago=10)
        assert asker.names == []
        assert len(asker.past._witness.namesakes) == 0


async def test_what_the_board_has_seen_is_known_without_asking(twilio: Twilio) -> None:
    await at_noon(twilio)
    watch = Watch(twilio.gateway, twilio.clock, twilio.time)
    async with asking(twilio, watch.board) as asker:
        seen = await twilio.create(UniqueName="seen")
        ana, bob = [await twilio.join("seen", who) for who in ("ana", "bob")]
        await watch.round()
        await asker.today()
        assert asker.names == []
        await twilio.act(bob, "drop")
        await goes_on(twilio, watch)
        watch.poller.ended_by_us(seen)
        await twilio.end(seen)
        again = await twilio.create(UniqueName="seen")
        await watch.round()
        assert asker.names == ["seen"]
        assert asker.why(seen) == (EndingReason.ENDED_BY_US, True)
        [entry] = asker.past.state.rooms
        assert [each.sid for each in asker.past.ghosts(entry)] == [bob]
        assert entry.roster is not None
        assert peak(entry.roster) == 2
        later = asker.past.made_again(entry.room)
        assert later is not None
        assert later.sid == again
        assert ana not in {each.sid for each in asker.past.ghosts(entry)}
    await watch.poller.stop()


async def test_who_came_back_is_no_ghost(twilio: Twilio) -> None:
    await at_noon(twilio)
    watch = Watch(twilio.gateway, twilio.clock, twilio.time)
    async with asking(twilio, watch.board) as asker:
        seen = await twilio.create(UniqueName="seen")
        await twilio.join("seen", "ana")
        bob = await twilio.join("seen", "bob")
        await watch.round()
        for what in ("drop", "resume"):
            await twilio.act(bob, what)
            await goes_on(twilio, watch)
            assert (bob in asker.past._witness.lost) is (what == "drop")
        await twilio.end(seen)
        await watch.round()
        await asker.today()
        [entry] = asker.past.state.rooms
        assert asker.past.ghosts(entry) == ()
    await watch.poller.stop()


async def test_trouble_is_told_and_asking_goes_on_by_itself(twilio: Twilio) -> None:
    await at_noon(twilio)
    await twilio.end(await twilio.create(UniqueName="standup"))
    async with asking(twilio) as asker:
        await asker.today()
        await twilio.fault("auth", Rate="1")
        asker.past.again()
        await asker.until(lambda: asker.past.state.trouble is not None)
        assert asker.names == ["standup"]
        assert not asker.past.state.loading
        assert asker.past.state.next_try is not None
        assert asker.waits == [2.0]
        asker.gate.set()
        await asker.until(lambda: len(asker.waits) > 1)
        assert asker.waits == [2.0, 4.0]
        await twilio.control("DELETE", "/faults")
        asker.gate.set()
        await asker.until(lambda: asker.past.state.trouble is None)
        assert asker.names == ["standup"]


async def test_a_room_is_found_by_its_sid_too_whatever_it_is_called(twilio: Twilio) -> None:
    named, nameless = await twilio.create(UniqueName="standup"), await twilio.create()
    await twilio.end(named)
    await twilio.end(nameless)
    await twilio.advance(9 * DAY)
    async with asking(twilio) as asker:
        for sid in (named, nameless):
            asker.past.ask(Question(name=sid))
            await asker.loaded()
            assert [each.room.sid for each in asker.past.state.rooms] == [sid]
        asker.past.ask(Question(name="RM" + "0" * 32))
        await asker.loaded()
        assert asker.past.state.rooms == ()


async def test_a_chosen_room_is_read_though_nobody_asked_for_its_day(twilio: Twilio) -> None:
    sid, goes_on = await twilio.create(UniqueName="standup"), await twilio.create(UniqueName="goes on")
    await twilio.join("standup", "ana")
    await twilio.end(sid)
    async with asking(twilio) as asker:
        asker.past.choose(sid)
        assert asker.past.is_looking_for(sid)
        await asker.until(lambda: asker._known(sid))
        entry = asker.past.find(sid)
        assert entry is not None
        assert entry.roster is not None
        assert [each.identity.raw for each in entry.roster.everybody] == ["ana"]
        assert asker.past.state.rooms == ()
        for other in ("RM" + "0" * 32, goes_on):
            asker.past.choose(other)
            await asker.until(lambda other=other: not asker.past.is_looking_for(other))  # type: ignore[misc] # of this turn
            assert asker.past.find(other) is None
