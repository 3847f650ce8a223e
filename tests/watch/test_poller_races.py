"""The poller against a scripted Twilio: what may happen between a question and its answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from roomtui.rooms.endings import EndingReason
from roomtui.rooms.untrusted import Untrusted
from roomtui.twilio_api.errors import (
    Broken,
    CredentialsRefused,
    ForeignHost,
    NotTwilio,
    Refused,
    Throttled,
    TwilioError,
    Unreachable,
)
from roomtui.watch.board import LinkState
from roomtui.watch.budget import Attention
from roomtui.watch.poller import Poller
from roomtui.watch.schedule import Schedule
from tests.watch.scripted import ScriptedGateway, not_found
from tests.watch.virtual import VirtualTime, idle
from tests.watch.watching import Watch


@pytest.fixture
def twilio() -> ScriptedGateway:
    return ScriptedGateway(VirtualTime())


@pytest.fixture
def watch(twilio: ScriptedGateway) -> Watch:
    return Watch(twilio, twilio.time, twilio.time)


@pytest.fixture(autouse=True)
async def _nothing_fails_unseen(caplog: pytest.LogCaptureFixture) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: pytest.fail(str(context)))
    caplog.clear()


async def later(watch: Watch, seconds: float) -> None:
    watch.time.seconds += seconds
    await watch.round()


# Ends


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
    await later(watch, 2)
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
        await later(watch, 2)
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
        await later(watch, 2)
    assert watch.ended(sid).ending.reason is EndingReason.ENDED_BY_US


async def test_a_room_whose_status_is_not_known_stays_until_it_has_ended(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    twilio.rooms[sid] = replace(twilio.rooms[sid], status="paused")
    await later(watch, 2)
    assert watch.is_live(sid)
    assert watch.deadline(sid)[2] is False
    twilio.ends(sid)
    await later(watch, 2)
    assert watch.ended(sid).ending.reason is EndingReason.ENDED_BY_OTHERS


async def test_a_room_that_was_given_up_comes_back_with_the_list(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    twilio.unlisted.add(sid)
    twilio.hidden.add(sid)
    for _ in range(3):
        await later(watch, 2)
    assert not watch.is_live(sid)
    twilio.unlisted.clear()
    twilio.hidden.clear()
    await later(watch, 2)
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
    await watch.poller.look_closer()
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
    await later(watch, 2)
    assert watch.is_live(sids[2])
    assert watch.live(sids[2]).listed
    assert watch.board.state.picture.ended == ()
    assert watch.events == []


async def test_a_room_on_two_pages_is_there_once(twilio: ScriptedGateway, watch: Watch) -> None:
    sids = [twilio.opens(f"room-{number}") for number in range(7)]
    twilio.page_size, twilio.overlap = 2, 2
    await watch.round()
    sids.append(twilio.opens("late"))
    await later(watch, 2)
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
    await later(watch, 2)
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
    await watch.poller.look_closer()
    assert sids[0] in watch.poller._looks.under_way
    await watch.closer()
    assert list(watch.board.state.picture.live) == [sids[0]]


# Trouble


TROUBLES = [
    Unreachable("nothing answers"),
    NotTwilio("this is HTML"),
    ForeignHost("another host"),
    Refused(status=400, code=20001, message=Untrusted("bad \x1b[31m")),
    CredentialsRefused(status=401, code=20003, message=Untrusted("Authenticate")),
    not_found(),
    Throttled(status=429, code=20429, message=Untrusted("")),
    Broken(status=503, code=None, message=Untrusted("")),
    TwilioError("something else"),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: type(each).__name__)
async def test_every_trouble_is_told_keeps_the_picture_and_passes(
    twilio: ScriptedGateway, watch: Watch, trouble: TwilioError
) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    picture = watch.board.state.picture
    twilio.trouble["rooms"] = trouble
    await later(watch, 2)
    link = watch.board.state.link
    assert (link.state, link.trouble) == (LinkState.TROUBLE, trouble.sentence)
    assert link.next_try is not None
    assert (link.next_try - twilio.time.now()).total_seconds() == watch.schedule.put_off_by[-1] == 2.0
    assert watch.board.state.picture is picture
    twilio.trouble.clear()
    await later(watch, 2)
    assert (watch.link, watch.board.state.link.trouble, watch.board.state.link.next_try) == (LinkState.LIVE, None, None)
    assert watch.is_live(sid)


async def test_trouble_before_the_first_list_is_told_as_well(twilio: ScriptedGateway, watch: Watch) -> None:
    twilio.trouble["rooms"] = Unreachable("nothing answers")
    await watch.poller.look_at_rooms()
    assert watch.link is LinkState.TROUBLE
    assert watch.board.state.picture.as_of is None


async def test_a_fault_of_our_own_is_told_too(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    await watch.round()
    watch.poller.attend(Attention(sid, frozenset()))
    twilio.trouble["participants"] = OverflowError("date value out of range")
    await later(watch, 2)
    assert "OverflowError" in (watch.board.state.link.trouble or "")
    twilio.trouble = {"rooms": OverflowError("date value out of range")}
    await later(watch, 2)
    assert watch.link is LinkState.TROUBLE
    assert "OverflowError" in (watch.board.state.link.trouble or "")
    twilio.trouble.clear()
    await later(watch, 2)
    assert watch.board.state.link.trouble is None


async def test_the_waits_grow_and_are_bounded_and_begin_anew(twilio: ScriptedGateway, watch: Watch) -> None:
    twilio.trouble["rooms"] = Unreachable("nothing answers")
    for _ in range(400):
        await watch.poller.look_at_rooms()
    waits = watch.schedule.put_off_by
    assert waits[:6] == [2, 4, 8, 16, 30, 30]
    assert set(waits[6:]) == {30}
    twilio.trouble.clear()
    await watch.poller.look_at_rooms()
    twilio.trouble["rooms"] = Unreachable("nothing answers")
    await watch.poller.look_at_rooms()
    assert watch.schedule.put_off_by[-1] == 2


async def test_twilios_own_wish_for_peace_is_told_and_kept(twilio: ScriptedGateway, watch: Watch) -> None:
    twilio.trouble["rooms"] = Throttled(status=429, code=20429, message=Untrusted(""), retry_after=90.0)
    await watch.poller.look_at_rooms()
    assert watch.schedule.put_off_by == [90.0]
    next_try = watch.board.state.link.next_try
    assert next_try is not None
    assert (next_try - twilio.time.now()).total_seconds() == 90


async def test_no_roster_is_read_before_the_next_try(twilio: ScriptedGateway, watch: Watch) -> None:
    twilio.opens("talk")
    await watch.round()
    twilio.trouble["rooms"] = Unreachable("nothing answers")
    watch.time.seconds += 60
    asked = len(twilio.asked)
    await watch.round()
    assert [ask.what for ask in twilio.asked[asked:]] == ["rooms"]
    twilio.trouble.clear()
    await watch.round()
    assert twilio.asked[-1].what.startswith("participants")


async def test_a_roster_that_fails_keeps_what_was_known_and_is_not_asked_again_at_once(
    twilio: ScriptedGateway, watch: Watch
) -> None:
    sid = twilio.opens("talk")
    twilio.joins(sid, "alice")
    await watch.round()
    roster = watch.live(sid).roster
    twilio.trouble["participants"] = Broken(status=500, code=None, message=Untrusted(""))
    await later(watch, 16)
    asked = twilio.count("participants", sid)
    await watch.closer()
    assert twilio.count("participants", sid) == asked
    assert watch.live(sid).roster is roster
    assert (watch.link, watch.board.state.link.trouble) == (LinkState.LIVE, None)


async def test_a_selected_room_that_cannot_be_read_is_told(twilio: ScriptedGateway, watch: Watch) -> None:
    sid = twilio.opens("talk")
    watch.poller.attend(Attention(sid, frozenset({sid})))
    await watch.round()
    twilio.trouble["participants"] = Unreachable("nothing answers")
    await later(watch, 3)
    assert (watch.link, watch.board.state.link.trouble) == (LinkState.LIVE, "nothing answers")
    twilio.trouble.clear()
    await later(watch, 3)
    assert watch.board.state.link.trouble is None


# Pause, refresh, attention


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
    await later(watch, 2)
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
    before = twilio.count("participants", one), twilio.count("participants", two)
    watch.poller.attend(Attention(None, frozenset({two})))
    await later(watch, 5)
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
        await watch.poller.look_closer()
        await idle()
    assert twilio.count("participants", sid) == 1
    gate.set()
    await watch.published()


# The end, and the long run


async def test_stopping_cancels_everything_and_leaves_no_task(twilio: ScriptedGateway, watch: Watch) -> None:
    sids = [twilio.opens(f"room-{number}") for number in range(8)]
    await watch.poller.look_at_rooms()
    for what in ("rooms", "room", "participants:connected"):
        twilio.hold(what)
    watch.poller.attend(Attention(sids[0], frozenset(sids)))
    watch.poller.refresh_now()
    await watch.poller.look_closer()
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
    await later(watch, 20)
    alice = twilio.joins(sid, "alice")
    await later(watch, 20)
    twilio.leaves(alice)
    await later(watch, 20)
    twilio.ends(sid)
    again = twilio.opens("talk")
    await later(watch, 20)
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
        await later(watch, 30)
        for number, sid in enumerate(sids):
            if number % 3 == 0:
                twilio.vanishes(sid)
            else:
                twilio.ends(sid)
            watch.poller.ended_by_us(sid)
            watch.poller.look_at(sid)
        for _ in range(3):
            await later(watch, 5)
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

    await watch.poller.look_closer()
    assert next_look() is None, "by hand: nothing is left to read"
    await watch.poller._keep_looking()
    handle = next_look()
    assert handle is not None
    assert 0 < handle.when() - asyncio.get_running_loop().time() <= 0.25
    watch.poller.pause()
    assert handle.cancelled()
    await watch.poller._keep_looking()
    assert next_look() is None, "a run that was under way when it was paused"
